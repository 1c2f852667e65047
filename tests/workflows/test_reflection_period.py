"""The reflection period: given once, ended by somebody and never by itself, and neutral whatever the person chooses."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from access import clock
from access.models import Post
from access.roles import Role
from access.wall import Side, taken
from cases.models import Case
from tests.factories.access import PostFactory
from tests.workflows.conftest import Browser, queries
from workflows.casepage.circumstances import circumstances
from workflows.engine import acts, errors, terms
from workflows.engine.machine import is_system, registry, roles_of
from workflows.engine.models import Delivery, Notice, Process, Rung, StepLog, Term
from workflows.engine.steps import open_process, perform
from workflows.engine.sweep import sweep
from workflows.engine.watch import reconcile
from workflows.placement.machine import Placement
from workflows.reflection_period.machine import Reflection, S
from workflows.reflection_period.models import ReflectionPeriod
from workflows.reflection_period.words import Follows, OfferedBy, Rule

pytestmark = pytest.mark.django_db

RECORDERS = [Role.CASEWORKER, Role.CARE_COORDINATOR, Role.NAVIGATOR, Role.NATIONAL_DESK]
MINUTE = timedelta(minutes=1)


@pytest.fixture
def alone(referral: Process, coordinator: Post) -> None:
    """The referral is dealt with, so that the reflection period is all that is told about."""
    perform(referral.pk, "accept", coordinator, {"shelter": ""})


def end_of(day: date) -> datetime:
    """The last second of a day in the Netherlands."""
    return datetime.combine(day, time(23, 59, 59), clock.AMSTERDAM).astimezone(UTC)


def at(day: date, hour: int = 12) -> Any:
    """The clock stands at an hour of a day in the Netherlands."""
    return clock.at(datetime.combine(day, time(hour), clock.AMSTERDAM))


def offer(case: Case, post: Post, **record: Any) -> Process:
    """A reflection period is offered today by the police."""
    values = {"offered_on": clock.today(), "offered_by": OfferedBy.POLICE, "language": "ti", "interpreter": True}
    return open_process(
        Reflection, acting=post, case_id=case.pk, region_id=case.region_id, facts=circumstances(case),
        record={**values, **record},
    )  # fmt: skip


def running(case: Case, post: Post, day: date, rule: str = Rule.GENERAL) -> Process:
    """It was offered, accepted and started on a day, under a rule."""
    with at(day):
        process = offer(case, post)
        perform(process.pk, "accept", post)
        return perform(process.pk, "begin", post, {"rule": rule}).process


def told(process: Process) -> list[tuple[int, str]]:
    """Rung and key of what was told about its running, in the order of the moments."""
    process.refresh_from_db()
    notices = Notice.objects.filter(process=process, episode=process.episode)
    return list(notices.order_by("at", "pk").values_list("rung", "key"))


# -- Offered, and answered ---------------------------------------------------------------------------------------------


def test_who_offered_it_when_and_how_it_was_explained_is_kept(page: Client, case: Case) -> None:
    answer = page.post(
        f"/cases/{case.pk}/start/reflection_period/",
        {"offered_on": "2026-02-27", "offered_by": "kmar", "offered_by_name": "Brigade Voorbeeld",
         "language": "Tigrinya", "interpreter": "on"},
        follow=True,
    )  # fmt: skip
    assert answer.status_code == 200
    kept = ReflectionPeriod.objects.get(case=case)
    assert (kept.offered_on, kept.offered_by, kept.language, kept.interpreter) == (
        date(2026, 2, 27), "kmar", "ti", True,
    )  # fmt: skip
    shown = answer.content.decode()
    assert "Royal Netherlands Marechaussee, Brigade Voorbeeld" in shown
    assert "Tigrinya, by an interpreter" in shown


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"offered_on": "2026-03-03"}, "This day is still to come."),
        ({"language": ""}, "required"),
        ({"language": "Tigrinya, English"}, "Name one language"),
        ({"language": "Klingonees"}, "not a language we know"),
        ({"offered_by": "other", "offered_by_name": " "}, "Say which organisation."),
        ({"offered_by": "prosecutor"}, "prosecutor"),
    ],
)
def test_an_offer_that_cannot_be_is_refused_with_the_reason(
    page: Client, case: Case, wrong: dict[str, str], said: str
) -> None:
    offered = {"offered_on": "2026-03-02", "offered_by": "police", "language": "Engels", **wrong}
    answer = page.post(f"/cases/{case.pk}/start/reflection_period/", offered)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not ReflectionPeriod.objects.exists()


@pytest.mark.parametrize("role", RECORDERS)
def test_caseworker_coordinator_navigator_and_desk_offer_and_record(
    role: Role, case: Case, browser: Browser, coordinator: Post, desk: Post
) -> None:
    known = {Role.NATIONAL_DESK: desk, Role.CARE_COORDINATOR: coordinator}
    post = known.get(role) or PostFactory(role=role, regions=[case.region])
    with at(date(2026, 3, 2)):
        answer = browser(post).post(
            f"/cases/{case.pk}/start/reflection_period/", {"offered_by": "police", "language": "en"}
        )
        assert answer.status_code == 302
        process = Process.objects.get(kind="reflection_period")
        for action, data in (("accept", {}), ("begin", {"rule": "general"}), ("end", {"follows": "none"})):
            perform(process.pk, action, post, data)
    process.refresh_from_db()
    assert process.state == S.ENDED


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.SHELTER_PROVIDER])
def test_nobody_else_does(role: Role, case: Case, browser: Browser, coordinator: Post) -> None:
    post = PostFactory(role=role, regions=[case.region])
    address = f"/cases/{case.pk}/start/reflection_period/"
    assert browser(post).post(address, {"offered_by": "police", "language": "en"}).status_code in {403, 404}
    assert not ReflectionPeriod.objects.exists()
    process = offer(case, coordinator)
    with pytest.raises((errors.NotAllowed, errors.NotFound)):
        perform(process.pk, "accept", post)


def test_an_answer_dates_from_the_offer_at_the_earliest(case: Case, coordinator: Post) -> None:
    process = offer(case, coordinator)
    for day, said in (("2026-03-01", "na deze dag aangeboden"), ("2026-03-03", "moet nog komen")):
        with pytest.raises(errors.BadFacts) as refused:
            perform(process.pk, "accept", coordinator, {"answered_on": day})
        assert said in str(refused.value.form.errors)
    perform(process.pk, "accept", coordinator, {"answered_on": "2026-03-02"})


# -- Running, and what is told -----------------------------------------------------------------------------------------


def test_three_months_with_signals_thirty_fourteen_and_three_days_before_the_end(
    case: Case, alone: None, coordinator: Post, supervisor: Post
) -> None:
    process = running(case, coordinator, date(2026, 3, 2))
    end = date(2026, 6, 2)
    assert process.due_at == end_of(end)
    days = [end - timedelta(days=30), end - timedelta(days=14), end - timedelta(days=3)]
    assert [*process.signals, process.plan[0]] == [end_of(day) for day in days]
    seen = []
    for day in days:
        assert sweep(Side.CARE, end_of(day) - MINUTE).told == 0
        assert sweep(Side.CARE, end_of(day)).told == 1
        seen = told(process)
    assert seen == [(0, "signal:1"), (0, "signal:2"), (Rung.REMINDER, "")]
    notices = Notice.objects.filter(process=process)
    assert {notice.to_role for notice in notices} == {Role.CARE_COORDINATOR}
    assert Delivery.objects.filter(notice__in=notices, user=coordinator.user).count() == 3
    assert sweep(Side.CARE, end_of(end) - MINUTE).told == 0


def test_in_a_dublin_case_thirty_days_with_signals_fourteen_and_three_days_before_the_end(
    case: Case, coordinator: Post
) -> None:
    process = running(case, coordinator, date(2026, 3, 2), Rule.DUBLIN)
    assert process.due_at == end_of(date(2026, 4, 1))
    assert [*process.signals, process.plan[0]] == [end_of(date(2026, 3, 18)), end_of(date(2026, 3, 29))]
    assert ReflectionPeriod.objects.get(process=process).rule == Rule.DUBLIN
    assert process.term is not None and "18 May 2023" in process.term.source


def test_each_signal_is_told_once_however_often_the_sweep_comes_by(case: Case, coordinator: Post) -> None:
    process = running(case, coordinator, date(2026, 3, 2))
    for _ in range(3):
        sweep(Side.CARE, end_of(date(2026, 5, 20)))
        Process.objects.filter(pk=process.pk).update(next_notice_at=clock.now(), signalled=0)  # a sweeper that died
    sweep(Side.CARE, end_of(date(2026, 5, 20)))
    assert told(process) == [(0, "signal:1"), (0, "signal:2")]
    assert Delivery.objects.filter(notice__process=process).count() == 2


def test_the_nightly_reckoning_writes_a_signal_that_was_lost(case: Case, alone: None, coordinator: Post) -> None:
    process = running(case, coordinator, date(2026, 3, 2))
    Process.objects.filter(pk=process.pk).update(signalled=2, next_notice_at=process.plan[0])
    later = end_of(date(2026, 5, 20))
    assert reconcile(Side.CARE, later) == 2
    assert told(process) == [(0, "signal:1"), (0, "signal:2")]
    assert (process.signalled, process.rung, process.next_notice_at) == (2, 0, process.plan[0])
    assert reconcile(Side.CARE, later) == 0


def test_a_signal_goes_to_who_took_it(case: Case, coordinator: Post) -> None:
    process = running(case, coordinator, date(2026, 3, 2))
    colleague = PostFactory(role=Role.CARE_COORDINATOR, organisation=coordinator.organisation, regions=[case.region])
    acts.take(process.pk, colleague)
    sweep(Side.CARE, end_of(date(2026, 5, 3)))
    assert set(Delivery.objects.filter(notice__key="signal:1").values_list("user_id", flat=True)) == {colleague.user_id}


def test_a_pause_moves_what_is_still_to_be_told_and_repeats_nothing(case: Case, alone: None, coordinator: Post) -> None:
    process = running(case, coordinator, date(2026, 3, 2))
    sweep(Side.CARE, end_of(date(2026, 5, 3)))
    with at(date(2026, 5, 5)):
        acts.pause(process.pk, coordinator, reason="in hospital")
    assert sweep(Side.CARE, end_of(date(2026, 9, 1))).told == 0
    with at(date(2026, 5, 15)):
        process = acts.resume(process.pk, coordinator)
    assert process.due_at == end_of(date(2026, 6, 12))
    sweep(Side.CARE, end_of(date(2026, 5, 28)) - MINUTE)
    assert told(process) == [(0, "signal:1")]
    sweep(Side.CARE, end_of(date(2026, 5, 29)))
    assert told(process) == [(0, "signal:1"), (0, "signal:2")]


def test_what_lies_behind_when_it_is_written_down_reminds_of_nothing(case: Case, coordinator: Post) -> None:
    with at(date(2026, 3, 2)):
        process = offer(case, coordinator)
    with at(date(2026, 5, 10)):
        perform(process.pk, "accept", coordinator, {"answered_on": "2026-03-02"})
        process = perform(process.pk, "begin", coordinator, {"rule": "general", "started_on": "2026-03-02"}).process
    assert process.due_at == end_of(date(2026, 6, 2))
    assert process.signals == [None, end_of(date(2026, 5, 19))]
    sweep(Side.CARE, end_of(date(2026, 5, 20)))
    assert told(process) == [(0, "signal:2")]


@pytest.mark.parametrize(
    ("start", "rule", "end"),
    [
        (date(2026, 11, 27), Rule.GENERAL, date(2027, 2, 27)),  # over Christmas and New Year
        (date(2026, 9, 25), Rule.GENERAL, date(2026, 12, 25)),  # ends on Christmas Day
        (date(2026, 1, 27), Rule.GENERAL, date(2026, 4, 27)),  # ends on King's Day, over the change of the clock
        (date(2026, 11, 30), Rule.GENERAL, date(2027, 2, 28)),  # no 30 February
        (date(2026, 11, 26), Rule.DUBLIN, date(2026, 12, 26)),  # ends on the second day of Christmas
        (date(2026, 4, 10), Rule.DUBLIN, date(2026, 5, 10)),  # over King's Day, ends on a Sunday
    ],
)
def test_it_ends_on_the_day_it_should_over_christmas_and_kings_day(
    case: Case, coordinator: Post, start: date, rule: str, end: date
) -> None:
    process = running(case, coordinator, start, rule)
    assert process.due_at == end_of(end)
    assert process.plan[0] == end_of(end - timedelta(days=3))


@pytest.mark.parametrize(
    ("start", "end"),
    [(date(2026, 1, 27), date(2026, 4, 28)), (date(2026, 9, 25), date(2026, 12, 28))],
)
def test_where_an_administrator_says_it_is_statutory_it_ends_on_the_next_working_day(
    case: Case, coordinator: Post, start: date, end: date
) -> None:
    with taken(Side.COMMON):
        Term.objects.filter(key="reflection_period.running").update(statutory=True)
    process = running(case, coordinator, start)
    assert process.due_at == end_of(end)


def test_the_length_is_data_and_what_runs_keeps_the_rule_it_began_with(case: Case, coordinator: Post) -> None:
    process = running(case, coordinator, date(2026, 3, 2))
    with taken(Side.COMMON):
        held = Term.objects.get(key="reflection_period.running")
        held.pk, held.amount, held.before_amounts = None, 6, [60, 30]
        held.valid_from = datetime(2026, 4, 1, tzinfo=UTC)
        held.save(force_insert=True)
    with at(date(2026, 4, 5)):
        acts.pause(process.pk, coordinator, reason="in hospital")
        acts.resume(process.pk, coordinator)
    process.refresh_from_db()
    assert process.due_at == end_of(date(2026, 6, 2))
    assert terms.current("reflection_period.running", datetime(2026, 4, 2, tzinfo=UTC)).before_amounts == [60, 30]


def test_the_thirty_days_do_not_hold_before_their_day(case: Case, coordinator: Post) -> None:
    with at(date(2023, 5, 20)):
        process = offer(case, coordinator, offered_on=date(2023, 5, 10))
        perform(process.pk, "accept", coordinator)
        with pytest.raises(errors.BadFacts) as refused:
            perform(process.pk, "begin", coordinator, {"rule": "dublin", "started_on": "2023-05-17"})
        assert "rule" in refused.value.form.errors
        perform(process.pk, "begin", coordinator, {"rule": "dublin", "started_on": "2023-05-18"})


# -- Never an end without somebody -------------------------------------------------------------------------------------


def test_at_the_end_it_is_overdue_and_escalates_and_nothing_ends_by_itself(
    case: Case, alone: None, coordinator: Post, supervisor: Post
) -> None:
    process = running(case, coordinator, date(2026, 3, 2))
    for days in range(0, 365 * 3, 30):
        sweep(Side.CARE, process.due_at + timedelta(days=days))  # type: ignore[operator]
    assert told(process) == [
        (0, "signal:1"), (0, "signal:2"),
        (Rung.REMINDER, ""), (Rung.OVERDUE, ""), (Rung.ESCALATION, ""), (Rung.SECOND_ESCALATION, ""),
    ]  # fmt: skip
    assert Notice.objects.get(process=process, rung=Rung.ESCALATION).to_role == Role.SUPERVISOR
    assert (process.state, process.closed_at, process.rung) == (S.RUNNING, None, Rung.SECOND_ESCALATION)


def test_every_way_out_of_it_is_made_by_people() -> None:
    leaving = Reflection.from_state(S.RUNNING)
    assert {transition.slug for transition in leaving} == {"end"}
    for transition in Reflection.transitions():
        assert not is_system(transition)
        assert roles_of(transition) == frozenset(RECORDERS)
    assert "reflection_period" not in {kind for machine in registry.values() for m in machine.moots for kind in m.kinds}


# -- Given once --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("far", [(), ("accept",), ("accept", "begin"), ("accept", "begin", "end"), ("decline",)])
def test_a_second_one_is_refused_with_the_rule(
    page: Client, case: Case, coordinator: Post, far: tuple[str, ...]
) -> None:
    process = offer(case, coordinator)
    for action in far:
        perform(process.pk, action, coordinator, {"rule": "general", "follows": "none"})
    with pytest.raises(errors.ConditionUnmet, match="één keer"):
        offer(case, coordinator)
    assert "start/reflection_period" not in page.get(f"/cases/{case.pk}/").content.decode()
    again = page.post(f"/cases/{case.pk}/start/reflection_period/", {"offered_by": "police", "language": "en"})
    assert again.status_code == 409
    assert "given once and is not extended" in again.content.decode()
    assert Process.objects.filter(kind="reflection_period").count() == 1


def test_the_database_refuses_it_too(case: Case, coordinator: Post) -> None:
    first = offer(case, coordinator)
    Process.objects.filter(pk=first.pk).update(state=S.MISTAKEN, closed_at=clock.now(), next_notice_at=None)
    with pytest.raises(IntegrityError, match="reflection_period_once"), transaction.atomic():
        offer(case, coordinator)


def test_one_that_was_entered_by_mistake_does_not_count(case: Case, coordinator: Post) -> None:
    first = offer(case, coordinator)
    perform(first.pk, "mistake", coordinator, {"reason": "another person's file"})
    second = offer(case, coordinator)
    perform(second.pk, "accept", coordinator)
    perform(second.pk, "begin", coordinator, {"rule": "general"})
    with pytest.raises(errors.WrongState):
        perform(second.pk, "mistake", coordinator, {"reason": "to have it longer"})


def test_opening_it_again_gives_not_a_day_more(case: Case, coordinator: Post) -> None:
    process = running(case, coordinator, date(2026, 3, 2))
    sweep(Side.CARE, end_of(date(2026, 5, 20)))
    with at(date(2026, 5, 25)):
        perform(process.pk, "end", coordinator, {"follows": "none"})
        reopened = acts.reopen(process.pk, coordinator, reason="the wrong file")
    assert (reopened.state, reopened.due_at) == (S.RUNNING, end_of(date(2026, 6, 2)))
    assert reopened.next_notice_at == end_of(date(2026, 5, 30)), "what was told before is not told again"
    kept = ReflectionPeriod.objects.get(process=process)
    assert (kept.ended_on, kept.follows, kept.rule) == (None, "", Rule.GENERAL)


def test_who_declined_may_change_their_mind(case: Case, coordinator: Post) -> None:
    process = offer(case, coordinator)
    perform(process.pk, "decline", coordinator)
    acts.reopen(process.pk, coordinator, reason="wants it after all")
    assert ReflectionPeriod.objects.get(process=process).answered_on is None
    assert perform(process.pk, "accept", coordinator).process.state == S.ACCEPTED


# -- Neutral -----------------------------------------------------------------------------------------------------------


def others(case: Case, but: Process) -> list[Any]:
    """Everything else that runs on the case, whole, and the case itself."""
    rows: list[Any] = list(Process.objects.filter(case_id=case.pk).exclude(pk=but.pk).order_by("pk").values())
    log = list(StepLog.objects.filter(process__case_id=case.pk).exclude(process=but).order_by("pk").values())
    return [rows, log, Case.objects.filter(pk=case.pk).values().get()]


@pytest.mark.parametrize("follows", [*Follows.values, "declined", "declined late"])
def test_whatever_the_person_chooses_nothing_else_is_closed_or_changed(
    case: Case, coordinator: Post, follows: str
) -> None:
    about = {"acting": coordinator, "case_id": case.pk, "region_id": case.region_id, "facts": circumstances(case)}
    open_process(Placement, **about)
    taken_up = open_process(Placement, **about)
    perform(taken_up.pk, "seek", coordinator)
    process = offer(case, coordinator)
    before = others(case, process)
    assert len(before[0]) >= 3
    if follows == "declined":
        perform(process.pk, "decline", coordinator)
    else:
        perform(process.pk, "accept", coordinator)
        if follows == "declined late":
            perform(process.pk, "decline", coordinator)
        else:
            perform(process.pk, "begin", coordinator, {"rule": "general"})
            done = perform(process.pk, "end", coordinator, {"follows": follows})
            assert done.opened == []
            assert ReflectionPeriod.objects.get(process=process).follows == follows
    process.refresh_from_db()
    assert process.closed_at is not None
    assert others(case, process) == before


def test_what_followed_cannot_be_left_out(case: Case, coordinator: Post) -> None:
    process = running(case, coordinator, date(2026, 3, 2))
    for data in ({}, {"follows": "something"}):
        with pytest.raises(errors.BadFacts) as refused:
            perform(process.pk, "end", coordinator, data)
        assert "follows" in refused.value.form.errors


def test_no_machine_waits_for_it() -> None:
    for machine in registry.values():
        for transition in machine.transitions():
            if machine is not Reflection:
                names = {getattr(condition, "__module__", "") for condition in transition.conditions}
                assert not any("reflection_period" in name for name in names)


# -- On the page -------------------------------------------------------------------------------------------------------


def test_the_lane_shows_it_and_costs_no_query(page: Client, case: Case, coordinator: Post) -> None:
    page.get(f"/cases/{case.pk}/")
    without = len(queries(page, f"/cases/{case.pk}/"))
    running(case, coordinator, date(2026, 3, 2), Rule.DUBLIN)
    assert len(queries(page, f"/cases/{case.pk}/")) <= without <= 10
    shown = page.get(f"/cases/{case.pk}/").content.decode()
    for text in ("Reflection period", "Explained in", "Police", "Dublin", "18 May 2023"):
        assert text in shown, text


def test_another_side_sees_nothing_of_it(case: Case, coordinator: Post) -> None:
    process = running(case, coordinator, date(2026, 3, 2))
    assert ReflectionPeriod.objects.for_post(coordinator).count() == 1
    stranger = PostFactory(role=Role.CARE_COORDINATOR)
    assert ReflectionPeriod.objects.for_post(stranger).count() == 0
    for side in (Side.JUSTICE, Side.DETERMINATION):
        with taken(side):
            assert not Process.objects.filter(pk=process.pk).exists()


def test_a_notice_of_a_signal_reads_as_an_early_reminder(page: Client, case: Case, coordinator: Post) -> None:
    process = running(case, coordinator, date(2026, 3, 2))
    sweep(Side.CARE, end_of(date(2026, 5, 3)))
    with at(date(2026, 5, 4)):
        shown = page.get("/notices/").content.decode()
    assert "Early reminder" in shown and "Reflection period" in shown
    assert str(process.pk) in shown or str(case.pk) in shown


@pytest.mark.django_db(transaction=True)
def test_two_sweepers_at_once_tell_a_signal_once(transactional_db: None) -> None:
    from tests.factories.access import RegionFactory
    from tests.factories.cases import CaseFactory

    region = RegionFactory()
    coordinator = PostFactory(role=Role.CARE_COORDINATOR, regions=[region])
    with taken(Side.CARE), transaction.atomic():
        made = [running(CaseFactory(region=region), coordinator, date(2026, 3, 2)) for _ in range(20)]
    gate = threading.Barrier(2)

    def go() -> None:
        try:
            gate.wait()
            sweep(Side.CARE, end_of(date(2026, 5, 20)), batch=3)
        finally:
            connection.close()

    threads = [threading.Thread(target=go) for _ in range(2)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    with taken(Side.CARE), transaction.atomic():
        for process in made:
            assert told(process) == [(0, "signal:1"), (0, "signal:2")]
