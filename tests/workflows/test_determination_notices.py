"""Who hears of a file of the committee: those who sit on its panel, and nobody of the other members."""

from __future__ import annotations

from datetime import timedelta

import pytest

from access import clock
from access.models import Deputy, Post
from access.wall import Side, taken
from tests.factories.determination import Committee, name_panel, process_of, seats, step
from workflows.determination.models import File
from workflows.engine.models import Delivery, Notice, Process
from workflows.engine.outbox import deliver
from workflows.engine.sweep import sweep

pytestmark = pytest.mark.django_db


@pytest.fixture
def committee() -> Committee:
    with taken(Side.DETERMINATION):
        made = Committee(members=10)
        made.profiles()
    return made


@pytest.fixture
def declaring(committee: Committee) -> Process:
    """A file whose first seven members must declare their interests."""
    with taken(Side.DETERMINATION):
        process = process_of(committee.file())
        step(process, "admit", committee.secretary)
        name_panel(committee, process, 7)
    return process


def mailed(process: Process, committee: Committee) -> set[int]:
    """Members for whom a mail about a process is planned."""
    mails = Delivery.objects.filter(notice__process=process, user__in=people(committee.members))
    with taken(Side.DETERMINATION):
        return set(mails.values_list("user", flat=True))


def people(posts: list[Post]) -> set[int]:
    return {post.user_id for post in posts}


def test_the_panel_alone_is_told_what_is_due_on_its_file(committee: Committee, declaring: Process) -> None:
    sweep(Side.DETERMINATION, now=clock.now() + timedelta(days=20))
    assert mailed(declaring, committee) == people(committee.members[:7])
    with taken(Side.DETERMINATION):
        for post in committee.members:
            read = Notice.objects.for_post(post).filter(process=declaring).exists()
            assert read is (post in committee.members[:7]), "whoever may read a notice gets the mail, and nobody else"


def test_who_stood_down_gets_no_mail_that_was_planned_before(
    committee: Committee, declaring: Process, mailoutbox: list[object]
) -> None:
    later = clock.now() + timedelta(days=20)
    sweep(Side.DETERMINATION, now=later)
    with taken(Side.DETERMINATION):
        seat = seats(declaring)[0]
        type(seat).objects.filter(pk=seat.pk).update(stood_down_at=clock.now(), stood_down_why="Ziek")
    deliver(Side.DETERMINATION, now=later)
    with taken(Side.DETERMINATION):
        theirs = Delivery.objects.filter(notice__process=declaring, user=seat.post.user_id)
        assert set(theirs.values_list("state", "why")) == {("dropped", "post_left")}
        assert Delivery.objects.filter(notice__process=declaring, state="sent").exists()


def test_a_seat_is_personal_and_a_deputy_sees_and_hears_nothing(committee: Committee, declaring: Process) -> None:
    """The deputy was never asked whether they have to do with the case."""
    absent, deputy = committee.members[0], committee.members[9]
    today = clock.today()
    with taken(Side.COMMON):
        Deputy.objects.create(absent=absent, deputy=deputy, starts_on=today, ends_on=today + timedelta(days=90))
    with taken(Side.DETERMINATION):
        Process.objects.filter(pk=declaring.pk).update(assignee=absent)
    sweep(Side.DETERMINATION, now=clock.now() + timedelta(days=20))
    assert mailed(declaring, committee) == {absent.user_id}
    with taken(Side.DETERMINATION):
        deputy = Post.objects.get(pk=deputy.pk)
        assert deputy.acts_for == {absent.pk}
        assert not Notice.objects.for_post(deputy).exists()
        assert not File.objects.for_post(deputy).exists()
        assert not Process.objects.for_post(deputy).exists()
