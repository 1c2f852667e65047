"""Break-glass: a restricted case opened in an emergency by number and reason, told at once, and reviewed by another."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from access import clock
from access.models import AccessRecord, Post
from access.roles import Role
from access.wall import Side, taken
from cases.models import Case, CaseAccess
from tests.factories.access import OrganisationFactory, PostFactory, RegionFactory, UserFactory
from tests.factories.cases import CaseAccessFactory, CaseFactory
from tests.workflows.conftest import queries
from workflows.break_glass import acts, policy
from workflows.break_glass.models import Attempt, Tried, Use
from workflows.engine import errors
from workflows.engine.models import Delivery, Notice, Process
from workflows.engine.steps import perform

SignIn = Callable[[Post], Client]
WHY = "Acuut gevaar vannacht, niemand van de zaak is bereikbaar."


@pytest.fixture
def officer(db: None) -> Post:
    """The privacy officer of the care side."""
    return PostFactory(role=Role.PRIVACY_OFFICER, organisation=OrganisationFactory(kind="national_desk"))


@pytest.fixture
def supervisor(coordinator: Post, region: Any) -> Post:
    """The supervisor of the caseworker's organisation."""
    return PostFactory(role=Role.SUPERVISOR, organisation=coordinator.organisation, regions=[region])


@pytest.fixture
def caseworker(coordinator: Post, region: Any) -> Post:
    """A caseworker of the region who is named for nothing."""
    return PostFactory(role=Role.CASEWORKER, organisation=coordinator.organisation, regions=[region])


@pytest.fixture
def hidden(region: Any, officer: Post, supervisor: Post) -> Case:
    """A restricted case of the region, for which one other person is named."""
    case: Case = CaseAccessFactory(case__region=region, user=UserFactory()).case
    return case


def ask(client: Client, number: str, reason: str = WHY) -> Any:
    """Ask to open a case by its number."""
    return client.post(reverse("break_glass:ask"), {"number": number, "reason": reason, "known": "on"})


# -- Opening ----------------------------------------------------------------------------------------------------------


def test_it_opens_the_case_for_a_time_and_no_longer(signed_in: SignIn, hidden: Case, caseworker: Post) -> None:
    client = signed_in(caseworker)
    page = reverse("case:page", args=[hidden.pk])
    assert client.get(page).status_code == 404
    with clock.at(clock.now()) as now:
        assert ask(client, hidden.number).status_code == 302
        shown = client.get(page)
        assert shown.status_code == 200
        assert "noodknop" in shown.content.decode().lower()
    with clock.at(now + timedelta(hours=3, minutes=59)):
        assert client.get(page).status_code == 200
    with clock.at(now + timedelta(hours=4)):
        assert client.get(page).status_code == 404


def test_the_supervisor_and_the_privacy_officer_are_told_at_once(
    signed_in: SignIn, hidden: Case, caseworker: Post, officer: Post, supervisor: Post
) -> None:
    ask(signed_in(caseworker), hidden.number)
    with taken(Side.CARE):
        process = Process.objects.get(kind="break_glass")
        for post in (officer, supervisor):
            assert Notice.objects.for_post(post).filter(process=process).count() == 1
            assert Delivery.objects.filter(notice__process=process, user=post.user_id).count() == 1
        assert not Notice.objects.for_post(caseworker).exists()
    for post in (officer, supervisor):
        client = signed_in(post)
        assert str(process.pk) in client.get(reverse("workflows:notices")).content.decode()
        answer = client.get(reverse("case:process", args=[process.pk]), follow=True)
        assert answer.status_code == 200
        assert hidden.number in answer.content.decode()


def test_every_attempt_is_kept_with_its_reason_and_logged_as_emergency_access(
    signed_in: SignIn, hidden: Case, caseworker: Post
) -> None:
    client = signed_in(caseworker)
    ask(client, "L-2026-000001")
    ask(client, hidden.number)
    client.get(reverse("case:page", args=[hidden.pk]))
    with taken(Side.CARE):
        assert list(Attempt.objects.order_by("at").values_list("opened", "reason")) == [(False, WHY), (True, WHY)]
        lines = AccessRecord.objects.filter(object_kind="break_glass", user=caseworker.user_id).order_by("pk")
        assert [(line.action, line.emergency) for line in lines] == [("refused", True), ("write", True)]
        assert AccessRecord.objects.get(object_kind="case", user=caseworker.user_id).emergency


def test_attempts_that_open_nothing_are_told_once_a_day_and_when_it_is_too_often(
    signed_in: SignIn, region: Any, caseworker: Post, officer: Post, supervisor: Post, coordinator: Post
) -> None:
    client = signed_in(caseworker)

    def told(post: Post) -> int:
        with taken(Side.CARE):
            return Notice.objects.for_post(post).filter(process__kind="break_glass_tried").count()

    with clock.at(clock.now()):
        for number in range(acts.TRIES):
            ask(client, f"L-2026-{800_000 + number}")
            assert (told(officer), told(supervisor)) == (1, 1)
        ask(client, "L-2026-800099")
        ask(client, "L-2026-800098")
        assert (told(officer), told(supervisor)) == (2, 2)
    with taken(Side.CARE):
        day = Tried.objects.get()
        assert Delivery.objects.filter(notice__process=day.process, user=officer.user_id).count() == 2
        assert not Notice.objects.for_post(caseworker).exists()
        assert not Process.objects.for_post(caseworker).filter(pk=day.pk).exists()
    page = reverse("break_glass:tried", args=[day.pk])
    for post in (officer, supervisor):
        shown = signed_in(post).get(reverse("case:process", args=[day.pk]), follow=True)
        assert shown.status_code == 200 and "L-2026-800099" in shown.content.decode()
    for post in (caseworker, coordinator):
        assert signed_in(post).get(page).status_code in (403, 404)
    reviewer = signed_in(officer)
    assert reviewer.post(reverse("case:step", args=[day.pk, "take_up"]), {"reason": "Besproken."}).status_code == 302
    assert len(queries(reviewer, page)) <= 10
    with clock.at(clock.now() + timedelta(days=1)):
        ask(client, "L-2026-800097")
    with taken(Side.CARE):
        assert Tried.objects.count() == 2


def test_what_does_not_open_answers_in_one_way(
    signed_in: SignIn, hidden: Case, caseworker: Post, officer: Post
) -> None:
    """Absent, open in another region, restricted in another region: the page is the same, byte for byte."""
    elsewhere = RegionFactory()
    numbers = [
        "L-2026-999999",
        CaseFactory(region=elsewhere).number,
        CaseFactory(region=elsewhere, restricted=True).number,
    ]
    client = signed_in(caseworker)
    seen = set()
    for number in numbers:
        answer = ask(client, number)
        assert answer.status_code == 422
        text = answer.content.decode().replace(number, "NUMMER")
        seen.add("".join(line for line in text.splitlines() if "csrf" not in line.lower()))
    assert len(seen) == 1
    with taken(Side.CARE):
        assert not Use.objects.exists()
        assert not CaseAccess.objects.filter(user=caseworker.user_id).exists()


def test_a_case_one_may_open_anyway_needs_no_glass(signed_in: SignIn, caseworker: Post, region: Any) -> None:
    plain = CaseFactory(region=region)
    answer = ask(signed_in(caseworker), plain.number)
    assert answer["Location"] == reverse("case:page", args=[plain.pk])
    with taken(Side.CARE):
        assert not Use.objects.exists() and not Attempt.objects.exists()


def test_guessing_numbers_leads_nowhere(signed_in: SignIn, hidden: Case, caseworker: Post) -> None:
    client = signed_in(caseworker)
    for number in range(acts.TRIES):
        ask(client, f"L-2026-{800_000 + number}")
    answer = ask(client, hidden.number)
    assert answer.status_code == 422
    with taken(Side.CARE):
        assert not Use.objects.exists()
        assert Attempt.objects.count() == acts.TRIES + 1
    with clock.at(clock.now() + acts.WITHIN + timedelta(minutes=1)):
        assert ask(signed_in(caseworker), hidden.number).status_code == 302


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"number": "2026"}, "number"),
        ({"number": "' OR 1=1"}, "number"),
        ({"reason": "spoed"}, "reason"),
        ({"reason": ""}, "reason"),
        ({"known": ""}, "known"),
    ],
)
def test_a_number_and_a_reason_are_needed(
    signed_in: SignIn, hidden: Case, caseworker: Post, data: dict[str, str], field: str
) -> None:
    given = {"number": hidden.number, "reason": WHY, "known": "on"} | data
    answer = signed_in(caseworker).post(reverse("break_glass:ask"), given)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    with taken(Side.CARE):
        assert not Attempt.objects.exists()


def test_pressed_twice_it_opens_once(signed_in: SignIn, hidden: Case, caseworker: Post) -> None:
    client = signed_in(caseworker)
    for _ in range(2):
        assert ask(client, hidden.number)["Location"] == reverse("case:page", args=[hidden.pk])
    with taken(Side.CARE):
        assert Use.objects.count() == 1


def test_it_can_be_given_back_before_its_time_by_who_broke_it(
    signed_in: SignIn, hidden: Case, caseworker: Post, supervisor: Post, coordinator: Post
) -> None:
    client = signed_in(caseworker)
    ask(client, hidden.number)
    with taken(Side.CARE):
        use = Use.objects.get()
    assert signed_in(coordinator).post(reverse("break_glass:end", args=[use.pk])).status_code == 404
    assert client.post(reverse("break_glass:end", args=[use.pk])).status_code == 302
    assert client.get(reverse("case:page", args=[hidden.pk])).status_code == 404


# -- Who sees it ------------------------------------------------------------------------------------------------------


def test_colleagues_learn_nothing_of_it(signed_in: SignIn, hidden: Case, caseworker: Post, coordinator: Post) -> None:
    ask(signed_in(caseworker), hidden.number)
    with taken(Side.CARE):
        use = Use.objects.get()
        assert not Process.objects.for_post(coordinator).filter(kind="break_glass").exists()
    client = signed_in(coordinator)
    for name in ("case:process", "break_glass:page", "case:log"):
        assert client.get(reverse(name, args=[use.pk])).status_code == 404


@pytest.mark.parametrize("role", list(Role))
def test_every_role_meets_the_doors_it_should(
    signed_in: SignIn, hidden: Case, caseworker: Post, region: Any, role: Role
) -> None:
    with taken(Side.CARE):
        use = acts.break_glass(caseworker, hidden.number, WHY)
    post = PostFactory(role=role, regions=[region], organisation__side=sorted(role.sides)[0])
    client = signed_in(post)
    doors = {"ask": policy.BREAK, "list": policy.OVERSEE, "page": policy.LOOK}
    for name, roles in doors.items():
        address = reverse(f"break_glass:{name}", args=[use.pk] if name == "page" else [])
        expected = 403 if role not in roles else 200 if name != "page" or role == Role.PRIVACY_OFFICER else 404
        assert client.get(address).status_code == expected, name


def test_a_privacy_officer_of_another_side_sees_nothing_of_care(hidden: Case, caseworker: Post) -> None:
    with taken(Side.CARE):
        acts.break_glass(caseworker, hidden.number, WHY)
    other = PostFactory(role=Role.PRIVACY_OFFICER, organisation__side=Side.JUSTICE, organisation__kind="police")
    with taken(Side.JUSTICE):
        assert not Process.objects.for_post(other).exists()


def test_the_review_lies_in_the_work_of_the_privacy_officer(
    signed_in: SignIn, hidden: Case, caseworker: Post, officer: Post
) -> None:
    """Without the case: its number stands on the page of the review alone."""
    with taken(Side.CARE):
        use = acts.break_glass(caseworker, hidden.number, WHY)
    page = signed_in(officer).get("/", follow=True).content.decode()
    assert str(use.pk) in page
    assert hidden.number not in page


def test_no_page_asks_more_than_ten_things_of_the_database(
    signed_in: SignIn, hidden: Case, caseworker: Post, officer: Post
) -> None:
    ask(signed_in(caseworker), hidden.number)
    signed_in(caseworker).get(reverse("case:page", args=[hidden.pk]))
    address = reverse("break_glass:page", args=[_use().pk])
    for post, pages in ((officer, [address, reverse("break_glass:list")]), (caseworker, [reverse("break_glass:ask")])):
        client = signed_in(post)
        for page in [*pages, reverse("case:page", args=[hidden.pk])][: 3 if post is caseworker else 2]:
            client.get(page)
            made = queries(client, page)
            assert len(made) <= 10, "\n".join(q[:160] for q in made)


# -- Reviewing --------------------------------------------------------------------------------------------------------


def test_the_review_shows_what_was_read_and_nothing_of_before_or_after(
    signed_in: SignIn, hidden: Case, caseworker: Post, officer: Post, region: Any
) -> None:
    client, other = signed_in(caseworker), CaseFactory(region=region)
    with clock.at(clock.now()) as now:
        ask(client, hidden.number)
        use = _use()
    with clock.at(now + timedelta(minutes=5)):
        client.get(reverse("case:page", args=[hidden.pk]))
        client.get(reverse("case:page", args=[other.pk]))
    with clock.at(now + timedelta(hours=5)):
        page = signed_in(officer).get(reverse("break_glass:page", args=[use.pk]))
    assert [line.object_id for line in page.context["lines"]] == [str(hidden.pk)]
    assert hidden.person.name not in unescape(page.content.decode())


@pytest.mark.parametrize(
    ("action", "state"), [("find_justified", "justified"), ("find_not_justified", "not_justified")]
)
def test_the_privacy_officer_finds_whether_it_was_justified(
    signed_in: SignIn, hidden: Case, caseworker: Post, officer: Post, action: str, state: str
) -> None:
    ask(signed_in(caseworker), hidden.number)
    use = _use()
    client = signed_in(officer)
    assert client.post(reverse("case:step", args=[use.pk, action]), {"reason": ""}).status_code == 422
    assert client.post(reverse("case:step", args=[use.pk, action]), {"reason": "Gezien."}).status_code == 302
    with taken(Side.CARE):
        process = Process.objects.get(pk=use.pk)
        assert process.state == state and process.closed_at is not None
        assert Use.objects.get().lasts is (action == "find_justified"), "what was not justified ends at once"


def test_who_broke_the_glass_does_not_review_it(hidden: Case, caseworker: Post, officer: Post) -> None:
    same = PostFactory(role=Role.PRIVACY_OFFICER, user=caseworker.user, organisation=officer.organisation)
    with taken(Side.CARE):
        use = acts.break_glass(caseworker, hidden.number, WHY)
        with translation.override("en"), pytest.raises(errors.ConditionUnmet) as refusal:
            perform(use.pk, "find_justified", same, {"reason": "Het was nodig."})
        assert "somebody else" in str(refusal.value.message)
        assert Process.objects.get(pk=use.pk).state == "used"


def test_the_national_desk_reviews_only_where_nobody_is_privacy_officer(
    hidden: Case, caseworker: Post, officer: Post, desk: Post
) -> None:
    with taken(Side.CARE):
        use = acts.break_glass(caseworker, hidden.number, WHY)
        with pytest.raises(errors.EngineError):
            perform(use.pk, "find_justified", desk, {"reason": "Namens de functionaris."})


def test_without_a_privacy_officer_it_falls_to_the_national_desk(
    region: Any, caseworker: Post, desk: Post, supervisor: Post
) -> None:
    case = CaseAccessFactory(case__region=region, user=UserFactory()).case
    with taken(Side.CARE):
        use = acts.break_glass(caseworker, case.number, WHY)
        assert use.process.owner_role == Role.NATIONAL_DESK
        perform(use.pk, "find_justified", desk, {"reason": "Gezien."})


def test_a_review_that_waits_too_long_escalates(hidden: Case, caseworker: Post, officer: Post) -> None:
    from workflows.engine.sweep import sweep

    boss = PostFactory(role=Role.SUPERVISOR, organisation=officer.organisation)
    with taken(Side.CARE):
        use = acts.break_glass(caseworker, hidden.number, WHY)
    sweep(Side.CARE, now=clock.now() + timedelta(days=12))
    sweep(Side.CARE, now=clock.now() + timedelta(days=12))
    with taken(Side.CARE):
        rungs = set(Notice.objects.for_post(boss).filter(process=use.pk).values_list("rung", flat=True))
    assert rungs, "the supervisor of the privacy officer's organisation hears of it"


def test_an_attempt_cannot_be_taken_back(hidden: Case, caseworker: Post) -> None:
    from django.db import ProgrammingError, transaction

    with taken(Side.CARE):
        acts.break_glass(caseworker, hidden.number, WHY)
        for wipe in (lambda: Attempt.objects.update(reason="x"), lambda: Attempt.objects.all().delete()):
            with pytest.raises(ProgrammingError), transaction.atomic():
                wipe()


def _use() -> Use:
    with taken(Side.CARE):
        return Use.objects.get()
