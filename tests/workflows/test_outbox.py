"""The outbox: which mails leave when, what they say, and what is known of each afterwards."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core import mail as django_mail
from django.db import connection, transaction
from django.test import override_settings

from access.models import Post, User
from access.roles import Role
from access.wall import Side, taken
from cases.models import Case
from tests.conftest import MONDAY
from tests.factories.access import DeputyFactory, PostFactory
from tests.factories.cases import CaseAccessFactory, CaseFactory
from tests.workflows.mailserver import DROP, HANG, Mailserver, serving
from workflows.engine import acts, outbox
from workflows.engine.mail import Answer, Reply
from workflows.engine.models import Delivery, Notice, Process
from workflows.engine.outbox import Decision, not_before
from workflows.engine.steps import open_process, perform
from workflows.engine.sweep import sweep
from workflows.placement.machine import Placement

pytestmark = pytest.mark.django_db

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
OVERDUE = datetime(2026, 3, 2, 13, 5, tzinfo=UTC)
"""Just after the end of the term of a request made on Monday; reminder and overdue are both due."""
AN_HOUR = timedelta(hours=1)


@pytest.fixture
def case(care: None, region: Any, monday: datetime) -> Case:
    """A case in the region."""
    return CaseFactory(region=region, number="L-2026-000123", person__name="Zilvermeeuw Test")  # type: ignore[no-any-return]


@pytest.fixture
def placement(case: Case, coordinator: Post, region: Any) -> Process:
    """A request for shelter, just made; it is to be answered by 14:00 in Amsterdam."""
    return open_process(Placement, acting=coordinator, case_id=case.pk, region_id=region.pk)


def tell(now: datetime = OVERDUE) -> None:
    """Let the sweeper tell what is due at a moment."""
    sweep(Side.CARE, now)


def states() -> dict[str, str]:
    """States and reasons of all mails."""
    return dict(Delivery.objects.values_list("state", "why"))


@pytest.fixture
def server() -> Iterator[Mailserver]:
    """A mail server to which the program sends."""
    with serving() as serves:
        settings = {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": serves.port, "EMAIL_TIMEOUT": 0.5}
        with override_settings(EMAIL_BACKEND="workflows.engine.mail.EmailBackend", **settings):
            yield serves


# -- What a mail says -----------------------------------------------------------------------------------------------


def test_a_mail_says_a_case_number_and_a_link_and_nothing_else(
    placement: Process, coordinator: Post, case: Case
) -> None:
    tell()
    outbox.deliver(Side.CARE, OVERDUE)
    [letter] = django_mail.outbox
    assert letter.to == [coordinator.user.email]
    link = f"http://127.0.0.1:8000/cases/{case.pk}/"
    assert [line for line in letter.body.splitlines() if line.startswith(("L-", "http"))] == ["L-2026-000123", link]
    everything = letter.message().as_string().lower()
    for word in ("zilvermeeuw", "placement", "plaatsing", "requested", "shelter", "opvang", coordinator.user.name):
        assert word.lower() not in everything


@pytest.mark.parametrize(("language", "subject"), [("nl", "Loods: 2 meldingen"), ("en", "Loods: 2 notices")])
def test_a_mail_speaks_the_language_of_the_person(
    placement: Process, coordinator: Post, language: str, subject: str
) -> None:
    with taken(Side.COMMON):
        User.objects.filter(pk=coordinator.user_id).update(language=language)
    tell()
    outbox.deliver(Side.CARE, OVERDUE)
    assert [letter.subject for letter in django_mail.outbox] == [subject]


def test_a_mail_to_a_shelter_points_to_the_process_and_names_no_case(offered: Process, provider: Post) -> None:
    tell(MONDAY + timedelta(hours=25))
    outbox.deliver(Side.CARE, MONDAY + timedelta(hours=25))
    [letter] = [one for one in django_mail.outbox if one.to == [provider.user.email]]
    assert f"/process/{offered.pk}/" in letter.body
    assert "L-20" not in letter.body


def test_the_number_of_a_mail_is_the_same_whenever_it_is_sent_and_tells_nothing() -> None:
    first = outbox.message_id([3, 1, 2])
    assert first == outbox.message_id([1, 2, 3]) != outbox.message_id([1, 2])
    with override_settings(SECRET_KEY="another"):
        assert outbox.message_id([1, 2, 3]) != first
    assert first.endswith("@example.invalid>")


# -- When --------

NOBODY_SLEEPS = User(digest="at_once")
SLEEPS = User(digest="at_once", quiet_from=time(22), quiet_until=time(7, 30))
LUNCHES = User(digest="at_once", quiet_from=time(12), quiet_until=time(13))
DAILY = User(digest="daily", digest_at=time(8, 30))
DAILY_IN_THE_NIGHT = User(digest="daily", digest_at=time(6), quiet_from=time(22), quiet_until=time(7, 30))


def here(day: int, hour: int, minute: int = 0, month: int = 3) -> datetime:
    """A moment in Amsterdam in 2026."""
    return datetime(2026, month, day, hour, minute, tzinfo=AMSTERDAM)


@pytest.mark.parametrize(
    ("wishes", "planned", "goes"),
    [
        (NOBODY_SLEEPS, here(2, 3), here(2, 3)),
        (SLEEPS, here(2, 12), here(2, 12)),
        (SLEEPS, here(2, 22), here(3, 7, 30)),
        (SLEEPS, here(3, 2), here(3, 7, 30)),
        (SLEEPS, here(3, 7, 30), here(3, 7, 30)),
        (LUNCHES, here(2, 12, 59), here(2, 13)),
        (LUNCHES, here(2, 13), here(2, 13)),
        (DAILY, here(2, 8, 29), here(2, 8, 30)),
        (DAILY, here(2, 8, 30), here(2, 8, 30)),
        (DAILY, here(2, 8, 31), here(3, 8, 30)),
        (DAILY_IN_THE_NIGHT, here(2, 5), here(2, 7, 30)),
        (DAILY_IN_THE_NIGHT, here(2, 9), here(3, 7, 30)),
        # The clock goes forward on 29 March and back on 25 October: the time of day counts.
        (SLEEPS, here(28, 23), here(29, 7, 30)),
        (DAILY, here(28, 9), here(29, 8, 30)),
        (SLEEPS, here(24, 23, month=10), here(25, 7, 30, month=10)),
    ],
)
def test_quiet_hours_and_the_daily_mail_count_in_amsterdam(wishes: User, planned: datetime, goes: datetime) -> None:
    found = not_before(wishes, planned.astimezone(UTC))
    assert found == goes
    assert not_before(wishes, found) == goes, "doing it twice changes nothing"


def test_a_daily_mail_that_was_tried_does_not_wait_another_day() -> None:
    assert not_before(DAILY, here(2, 8, 31), tried=True) == here(2, 8, 31)


def test_in_quiet_hours_nothing_leaves_and_afterwards_it_does(placement: Process, coordinator: Post) -> None:
    with taken(Side.COMMON):
        User.objects.filter(pk=coordinator.user_id).update(quiet_from=time(12), quiet_until=time(16))
    tell()
    assert outbox.deliver(Side.CARE, OVERDUE).mails == 0
    assert set(Delivery.objects.values_list("not_before", flat=True)) == {here(2, 16)}
    assert outbox.deliver(Side.CARE, here(2, 16)).sent == 2


def test_work_that_waited_while_the_program_was_down_respects_the_quiet_of_now(
    placement: Process, coordinator: Post
) -> None:
    with taken(Side.COMMON):
        User.objects.filter(pk=coordinator.user_id).update(quiet_from=time(22), quiet_until=time(7))
    tell()
    assert outbox.deliver(Side.CARE, here(2, 23)).mails == 0
    assert outbox.deliver(Side.CARE, here(3, 7)).mails == 1


def test_a_daily_mail_holds_all_of_the_day(placement: Process, coordinator: Post, region: Any, case: Case) -> None:
    with taken(Side.COMMON):
        User.objects.filter(pk=coordinator.user_id).update(digest="daily")
    tell(here(2, 13, 5))
    assert outbox.deliver(Side.CARE, here(2, 13, 5)).mails == 0
    tell(here(2, 14, 5))
    assert outbox.deliver(Side.CARE, here(2, 14, 5)).mails == 0
    assert outbox.deliver(Side.CARE, here(3, 8, 31)).sent == 2
    [letter] = django_mail.outbox
    assert letter.body.count("L-2026-000123") == 1


def test_who_wants_no_mail_gets_none_and_keeps_the_notice(placement: Process, coordinator: Post) -> None:
    tell()
    with taken(Side.COMMON):
        User.objects.filter(pk=coordinator.user_id).update(digest="none")
    assert outbox.deliver(Side.CARE, OVERDUE).mails == 0
    assert states() == {"dropped": "no_mail"}
    assert Notice.objects.for_post(coordinator).count() == 2


def test_what_is_due_for_one_person_goes_in_one_mail(placement: Process) -> None:
    tell()
    done = outbox.deliver(Side.CARE, OVERDUE)
    assert (done.sent, done.mails) == (2, 1)
    assert set(states()) == {"sent"}
    assert outbox.deliver(Side.CARE, OVERDUE).mails == 0


# -- Still needed? -


def test_a_mail_about_work_that_has_moved_on_is_dropped(placement: Process, coordinator: Post) -> None:
    tell()
    perform(placement.pk, "seek", coordinator)
    assert outbox.deliver(Side.CARE, OVERDUE).mails == 0
    assert states() == {"dropped": "moved_on"}


def test_a_mail_to_somebody_who_left_is_dropped(placement: Process, coordinator: Post) -> None:
    tell()
    with taken(Side.COMMON):
        User.objects.filter(pk=coordinator.user_id).update(is_active=False)
    outbox.deliver(Side.CARE, OVERDUE)
    assert states() == {"dropped": "person_left"}


def test_a_mail_to_somebody_whose_post_ended_is_dropped(placement: Process, coordinator: Post) -> None:
    tell()
    with taken(Side.COMMON):
        Post.objects.filter(pk=coordinator.pk).update(ends_on=date(2026, 3, 2))
    outbox.deliver(Side.CARE, OVERDUE)
    assert states() == {"dropped": "post_left"}


def test_of_a_restricted_case_only_those_named_get_mail(placement: Process, coordinator: Post, case: Case) -> None:
    colleague = PostFactory(
        role=Role.CARE_COORDINATOR, organisation=coordinator.organisation, regions=coordinator.regions.all()
    )
    Process.objects.filter(pk=placement.pk).update(restricted=True)
    CaseAccessFactory(case=case, user=coordinator.user, granted_by=coordinator)
    tell()
    outbox.deliver(Side.CARE, OVERDUE)
    assert [letter.to for letter in django_mail.outbox] == [[coordinator.user.email]]
    assert set(Delivery.objects.filter(user=colleague.user).values_list("why", flat=True)) == {"restricted"}


def test_a_deputy_gets_the_mail_too(placement: Process, coordinator: Post) -> None:
    deputy = PostFactory(role=Role.CARE_COORDINATOR, organisation=coordinator.organisation)
    DeputyFactory(absent=coordinator, deputy=deputy)
    acts.take(placement.pk, coordinator)
    tell()
    outbox.deliver(Side.CARE, OVERDUE)
    assert {letter.to[0] for letter in django_mail.outbox} == {coordinator.user.email, deputy.user.email}


def test_who_is_handed_work_gets_a_mail(placement: Process, coordinator: Post, region: Any) -> None:
    colleague = PostFactory(role=Role.CARE_COORDINATOR, organisation=coordinator.organisation, regions=[region])
    acts.hand_over(placement.pk, coordinator, colleague)
    outbox.deliver(Side.CARE, MONDAY)
    assert [letter.to for letter in django_mail.outbox] == [[colleague.user.email]]


# -- What became of it -------------------------------------------------------------------------------------------------


def test_a_refused_mail_is_shown_with_the_code_of_the_server(placement: Process, server: Mailserver) -> None:
    server.says["RCPT"] = "550 5.1.1 unknown"
    tell()
    assert outbox.deliver(Side.CARE, OVERDUE).failed == 2
    assert states() == {"failed": "550 5.1.1"}
    assert outbox.deliver(Side.CARE, OVERDUE + AN_HOUR).mails == 0


def test_a_mail_put_off_is_tried_again_and_each_time_later(placement: Process, server: Mailserver) -> None:
    server.says["content"] = "451 4.3.0 later"
    tell()
    at = OVERDUE
    waits = []
    for _ in range(3):
        assert outbox.deliver(Side.CARE, at).put_off == 2
        [then] = set(Delivery.objects.values_list("not_before", flat=True))
        waits.append(then - at)
        assert outbox.deliver(Side.CARE, then - timedelta(seconds=1)).mails == 0
        at = then
    assert waits == [timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4)]
    server.says.clear()
    assert outbox.deliver(Side.CARE, at).sent == 2
    assert len(server.contents) == 4


def test_a_server_that_puts_off_for_ever_is_shown_to_a_person(placement: Process, server: Mailserver) -> None:
    server.says["content"] = "451 later"
    tell()
    Delivery.objects.update(attempt=outbox.GIVE_UP - 1)
    assert outbox.deliver(Side.CARE, OVERDUE).failed == 2
    assert states() == {"failed": "gave_up"}


@pytest.mark.parametrize("silence", [HANG, DROP])
def test_a_mail_whose_fate_nobody_knows_is_not_sent_again(placement: Process, server: Mailserver, silence: str) -> None:
    server.says["content"] = silence
    tell()
    assert outbox.deliver(Side.CARE, OVERDUE).uncertain == 2
    assert states() == {"uncertain": "no_answer"}
    server.says.clear()
    for days in (1, 30):
        assert outbox.deliver(Side.CARE, OVERDUE + timedelta(days=days)).mails == 0
    assert len(server.contents) == 1


def test_without_a_server_everything_waits_and_no_mail_is_marked(placement: Process, server: Mailserver) -> None:
    tell()
    with override_settings(EMAIL_PORT=1):
        assert outbox.deliver(Side.CARE, OVERDUE).put_off == 2
    assert states() == {"planned": "no_server"}
    assert outbox.deliver(Side.CARE, OVERDUE + AN_HOUR).sent == 2


def test_a_server_that_is_ill_gets_no_more_mail_for_a_while(
    case: Case, coordinator: Post, region: Any, server: Mailserver
) -> None:
    for _ in range(6):
        colleague = PostFactory(role=Role.CARE_COORDINATOR, organisation=coordinator.organisation, regions=[region])
        opened = open_process(Placement, acting=coordinator, case_id=case.pk, region_id=region.pk)
        acts.take(opened.pk, colleague)
    server.says["content"] = DROP
    tell()
    done = outbox.deliver(Side.CARE, OVERDUE)
    assert (done.mails, done.uncertain, done.put_off) == (3, 6, 6)


def test_an_expired_claim_is_taken_over_and_an_expired_sending_becomes_uncertain(placement: Process) -> None:
    tell()
    first, second = Delivery.objects.order_by("pk")
    Delivery.objects.filter(pk=first.pk).update(state="claimed", attempt=1, lease_until=OVERDUE)
    Delivery.objects.filter(pk=second.pk).update(state="sending", attempt=1, lease_until=OVERDUE)
    later = OVERDUE + timedelta(seconds=1)
    assert outbox.deliver(Side.CARE, later).sent == 1
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.attempt) == ("sent", 2)
    assert (second.state, second.why, second.attempt) == ("uncertain", "interrupted", 1)


def test_when_its_time_is_over_a_sender_gives_back_what_it_did_not_begin(placement: Process) -> None:
    tell()
    batch = outbox.claim(Side.CARE, OVERDUE)
    sender = outbox._Sender(Side.CARE, django_mail.get_connection(), OVERDUE, until=0.0)
    assert not sender.send(batch)
    assert set(states()) == {"planned"}
    assert outbox.deliver(Side.CARE, OVERDUE).sent == 2


def test_a_claim_that_holds_is_left_alone(placement: Process) -> None:
    tell()
    assert outbox.claim(Side.CARE, OVERDUE)
    assert outbox.deliver(Side.CARE, OVERDUE + timedelta(seconds=10)).mails == 0


def test_who_lost_the_claim_changes_nothing(placement: Process) -> None:
    tell()
    slow = outbox.claim(Side.CARE, OVERDUE)
    later = OVERDUE + AN_HOUR
    assert outbox.claim(Side.CARE, later)
    sender = outbox._Sender(Side.CARE, django_mail.get_connection(), later)
    assert sender.send(slow)
    assert django_mail.outbox == []
    assert set(states()) == {"claimed"}


def _prepared(now: datetime) -> tuple[outbox._Sender, outbox._Prepared]:
    batch = outbox.claim(Side.CARE, now)
    sender = outbox._Sender(Side.CARE, django_mail.get_connection(), now)
    [(user_id, attempts)] = batch.by_user.items()
    prepared = sender._prepare(batch.users[user_id], attempts)
    assert prepared is not None
    return sender, prepared


def test_who_knows_better_may_say_so_after_it_was_called_uncertain(placement: Process) -> None:
    tell()
    sender, prepared = _prepared(OVERDUE)
    assert outbox.mend(Side.CARE, OVERDUE + AN_HOUR) == 2
    sender.known = (prepared, Reply(Answer.ACCEPTED))
    sender._write_known()
    assert states() == {"sent": ""}


def test_but_not_after_a_person_decided(placement: Process, supervisor: Post) -> None:
    tell()
    sender, prepared = _prepared(OVERDUE)
    outbox.mend(Side.CARE, OVERDUE + AN_HOUR)
    outbox.settle(supervisor, Delivery.objects.values_list("pk", flat=True), Decision.LEAVE)
    sender.known = (prepared, Reply(Answer.LATER, "451"))
    sender._write_known()
    assert states() == {"dropped": "left"}


def test_before_the_network_is_used_the_mark_is_committed(placement: Process, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def look(backend: Any, message: Any) -> Reply:
        row = Delivery.objects.first()
        assert row is not None
        seen.append((row.state, row.message_id == message.extra_headers["Message-ID"]))
        return Reply(Answer.ACCEPTED)

    monkeypatch.setattr(outbox.mail, "hand_over", look)
    tell()
    outbox.deliver(Side.CARE, OVERDUE)
    assert seen == [("sending", True)]


# -- A person decides ---------------------------------------------------------------------------------------------


@pytest.fixture
def undecided(placement: Process, server: Mailserver) -> list[Delivery]:
    """Two mails of which nobody knows whether they arrived."""
    server.says["content"] = HANG
    tell()
    outbox.deliver(Side.CARE, OVERDUE)
    server.says.clear()
    return list(Delivery.objects.order_by("pk"))


@pytest.mark.parametrize(
    ("decision", "state", "why"),
    [(Decision.ARRIVED, "sent", ""), (Decision.LEAVE, "dropped", "left"), (Decision.AGAIN, "planned", "")],
)
def test_a_decision_is_carried_out_once_and_says_whose_it_was(
    undecided: list[Delivery], supervisor: Post, decision: Decision, state: str, why: str
) -> None:
    ids = [row.pk for row in undecided]
    assert len(outbox.settle(supervisor, ids, decision)) == 2
    assert outbox.settle(supervisor, ids, decision) == []
    for row in Delivery.objects.all():
        assert (row.state, row.why, row.settled_by) == (state, why, supervisor.user)


def test_a_mail_that_is_sent_again_has_the_same_number_and_another_attempt(
    undecided: list[Delivery], supervisor: Post, server: Mailserver
) -> None:
    before = {row.message_id for row in undecided}
    outbox.settle(supervisor, [row.pk for row in undecided], Decision.AGAIN)
    assert outbox.deliver(Side.CARE, OVERDUE + AN_HOUR).sent == 2
    assert {(row.message_id, row.attempt) for row in Delivery.objects.all()} == {(key, 2) for key in before}
    assert len(server.contents) == 2


def test_who_may_not_see_the_process_settles_nothing(undecided: list[Delivery]) -> None:
    elsewhere = PostFactory(role=Role.SUPERVISOR)
    assert outbox.settle(elsewhere, [row.pk for row in undecided], Decision.LEAVE) == []
    assert not Delivery.objects.for_post(elsewhere).exists()


# -- Two at once ---------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_many_senders_at_once_send_each_mail_once(server: Mailserver) -> None:
    from tests.factories.access import RegionFactory

    region = RegionFactory()
    posts = [PostFactory(role=Role.CARE_COORDINATOR, regions=[region]) for _ in range(12)]
    with taken(Side.CARE), transaction.atomic():
        for post in posts:
            case = CaseFactory(region=region)
            process = open_process(Placement, acting=post, case_id=case.pk, region_id=region.pk, now=MONDAY)
            Process.objects.filter(pk=process.pk).update(owner_organisation=post.organisation)
    sweep(Side.CARE, OVERDUE)
    totals: list[outbox.Delivered] = []

    def send() -> None:
        try:
            totals.append(outbox.deliver(Side.CARE, OVERDUE, people=3))
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    outbox.deliver(Side.CARE, OVERDUE)
    assert len(server.contents) == 12
    with taken(Side.CARE), transaction.atomic():
        assert dict(Delivery.objects.values_list("state", "attempt")) == {"sent": 1}
