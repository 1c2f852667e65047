"""The capacity statement: opened by the program, filled in, checked, published, and never changed again."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from html.parser import HTMLParser
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.db.utils import InternalError, ProgrammingError
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from access import clock
from access.models import AccessRecord, Organisation, Post
from access.roles import Role
from access.wall import Side, taken
from shelters import door, inventory
from shelters.models import Placeable, Scheme, Unit
from shelters.queries import standing
from tests.factories.access import OrganisationFactory, PostFactory, RegionFactory
from tests.factories.shelters import a_unit
from tests.workflows.conftest import queries
from workflows.capacity_statement import completeness, grid, opening, periods
from workflows.capacity_statement.models import Line, LongStay, Statement
from workflows.capacity_statement.plausibility import COUNTED, RULES, Beside, findings, unusual
from workflows.engine import errors
from workflows.engine.acts import reopen
from workflows.engine.models import Notice, Process, Rung
from workflows.engine.steps import perform
from workflows.engine.sweep import sweep

pytestmark = pytest.mark.django_db
SignIn = Callable[[Post], Client]


@pytest.fixture
def house(db: None) -> Organisation:
    """A provider."""
    made: Organisation = OrganisationFactory(kind="shelter", name="Opvang Voorbeeld")
    return made


@pytest.fixture
def unit(care: None, house: Organisation, region: Any, monday: datetime) -> Unit:
    """A COSM unit of four places, so stated weekly."""
    return a_unit(organisation=house, region=region, name="De Ark", places=4, scheme_id="cosm")


@pytest.fixture
def statement(unit: Unit, coordinator: Post, desk: Post, monday: datetime) -> Statement:
    """The statement of this week, in preparation."""
    opening.open_due()
    made: Statement = Statement.objects.get(rhythm="week")
    return made


def fill(statement: Statement, post: Post, **figures: Any) -> None:
    """Fill in and confirm every line, as the page would."""
    lines = list(Line.objects.filter(statement=statement))
    data = {}
    for line in lines:
        values = {**line.stated(), "occupied": 0, "reserved": 0, **figures}
        data |= {f"{name}-{line.pk}": "" if value is None else str(value) for name, value in values.items()}
        data |= {f"as_of-{line.pk}": figures.get("as_of", grid.texts(line)["as_of"]), f"source-{line.pk}": "own_count"}
        data |= {f"confirmed-{line.pk}": "1", f"remark-{line.pk}": figures.get("remark", "")}
    typed = grid.Typed(data, lines, [], clock.today())
    assert not typed.errors
    grid.save(statement, typed, post)


def publish(statement: Statement, coordinator: Post, desk: Post, **figures: Any) -> None:
    """Fill in, submit and publish."""
    fill(statement, coordinator, **figures)
    perform(statement.pk, "submit", coordinator, {})
    perform(statement.pk, "publish", desk, {})


# -- Opening ----------------------------------------------------------------------------------------------------------


def test_a_week_begins_on_monday_and_a_month_on_its_first_day() -> None:
    week = periods.period_of("week", date(2026, 3, 1))
    assert (week.lower, week.upper) == (date(2026, 2, 23), date(2026, 3, 2))
    month = periods.period_of("month", date(2026, 3, 31))
    assert (month.lower, month.upper) == (date(2026, 3, 1), date(2026, 4, 1))
    assert [p.lower for p in periods.last("month", date(2026, 3, 1), 3)] == [
        date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1),
    ]  # fmt: skip


@given(st.dates(date(2020, 1, 1), date(2035, 1, 1)), st.sampled_from(["week", "month"]))
def test_periods_follow_on_each_other_and_every_day_is_in_one(day: date, rhythm: str) -> None:
    period = periods.period_of(rhythm, day)
    assert period.lower <= day < period.upper
    assert periods.before(rhythm, period).upper == period.lower
    assert periods.expiry(rhythm, period) > period.upper


def test_each_region_gets_a_statement_of_the_rhythm_of_its_units(unit: Unit, house: Organisation, desk: Post) -> None:
    other = RegionFactory()
    a_unit(organisation=house, region=other, name="Haven", scheme_id="other")
    assert opening.open_due() == 2
    found = set(Statement.objects.values_list("region", "rhythm"))
    assert found == {(unit.region_id, "week"), (other.pk, "month")}


def test_a_statement_is_opened_once_however_often_the_job_runs(statement: Statement) -> None:
    assert opening.open_due() == 0
    assert opening.open_one(statement.region_id, "week", statement.period, clock.now()) is None
    assert Process.objects.filter(kind="capacity_statement").count() == 1


def test_it_comes_to_the_coordinator_of_the_region_and_else_to_the_national_desk(
    statement: Statement, house: Organisation
) -> None:
    assert statement.process.owner_role == Role.CARE_COORDINATOR
    nobody = RegionFactory()
    a_unit(organisation=house, region=nobody, name="Haven", scheme_id="omm")
    opening.open_due()
    assert Statement.objects.get(region=nobody).process.owner_role == Role.NATIONAL_DESK


def test_the_next_week_is_opened_when_it_begins(statement: Statement, monday: datetime) -> None:
    with clock.at(monday + timedelta(days=6, hours=8)):
        assert opening.open_due() == 0
    with clock.at(monday + timedelta(days=7)):
        assert opening.open_due() == 1


# -- What stands in it to begin with ----------------------------------------------------------------------------------


def test_the_figures_of_the_inventory_are_filled_in_and_count_as_carried_over(
    unit: Unit, coordinator: Post, monday: datetime
) -> None:
    ref = uuid4()
    door.hold(unit.pk, ref, monday)
    door.arrive(ref, monday, None, monday)
    inventory.take_out(unit, places=1, since=clock.today(), until=clock.today() + timedelta(days=5), reason="repair")
    opening.open_due()
    line = Line.objects.get(unit=unit)
    assert (line.places, line.occupied, line.reserved, line.out_of_service, line.free) == (4, 1, 0, 1, 2)
    assert (line.out_reason, line.out_until) == ("repair", clock.today() + timedelta(days=5))
    assert line.carried and line.confirmed_at is None


def test_what_nobody_knows_is_missing_and_not_zero(statement: Statement) -> None:
    line = Line.objects.get(statement=statement)
    assert line.occupied is None and line.free is None
    assert "missing" in {finding.rule.code for finding in findings([line])}


def test_what_was_stated_last_is_carried_over_where_the_inventory_knows_no_stays(
    statement: Statement, coordinator: Post, desk: Post, monday: datetime
) -> None:
    publish(statement, coordinator, desk, occupied=3)
    with clock.at(monday + timedelta(days=7)):
        opening.open_due()
        line = Line.objects.get(statement__period__startswith=clock.today())
        assert (line.occupied, line.carried, line.untouched) == (3, True, 0)
        assert line.as_of == monday.date(), "as old as when somebody counted, however often it is carried over"
        assert grid.texts(line)["as_of"] == clock.today().isoformat(), "whoever confirms it counts today"


def test_what_the_unit_was_for_is_frozen(statement: Statement, unit: Unit) -> None:
    inventory.change(unit, {"scheme_id": "omm", "genders": ["man"], "addiction": "yes"}, since=clock.today())
    line = Line.objects.get(statement=statement)
    assert (line.scheme_id, line.genders, line.problems) == ("cosm", [], [])


def test_a_stay_beyond_what_the_scheme_is_meant_for_asks_for_a_reason_each_period(
    unit: Unit, coordinator: Post, desk: Post, monday: datetime
) -> None:
    ref = uuid4()
    with clock.at(monday - timedelta(days=120)) as then:
        door.arrive(door.hold(unit.pk, ref, then).ref, then, None, then)
    opening.open_due()
    statement = Statement.objects.get()
    fill(statement, coordinator, occupied=1)
    with pytest.raises(errors.ConditionUnmet):
        perform(statement.pk, "submit", coordinator, {})
    LongStay.objects.update(reason="no_move_on")
    perform(statement.pk, "submit", coordinator, {})
    perform(statement.pk, "publish", desk, {})
    with clock.at(monday + timedelta(days=7)):
        opening.open_due()
        later = LongStay.objects.get(statement__period__startswith=clock.today())
    assert later.reason == "no_move_on", "the reason of last time is at hand"


def test_while_it_is_in_preparation_it_stays_in_step_with_the_inventory(
    statement: Statement, unit: Unit, house: Organisation, coordinator: Post, monday: datetime
) -> None:
    inventory.change(unit, {"places": 6}, since=clock.today())
    a_unit(organisation=house, region=unit.region, name="Nieuw", scheme_id="cosm", places=2)
    assert opening.refresh() == 2
    assert opening.refresh() == 0
    assert dict(Line.objects.values_list("unit__name", "places")) == {"De Ark": 6, "Nieuw": 2}
    fill(statement, coordinator, occupied=1, places=5)
    inventory.change(unit, {"places": 7}, since=clock.today())
    opening.refresh()
    line = Line.objects.get(unit=unit)
    assert (line.places, line.live_places) == (5, 7), "what somebody stated stays, beside what the inventory says"
    inventory.end(Unit.objects.get(name="Nieuw"), monday.date() - timedelta(days=7))
    opening.refresh()
    assert Line.objects.filter(unit__name="Nieuw").exists(), "somebody stated it"
    Line.objects.filter(unit__name="Nieuw").update(carried=True)
    opening.refresh()
    assert not Line.objects.filter(unit__name="Nieuw").exists(), "it turned out not to be there"


# -- Submitting, checking, publishing ---------------------------------------------------------------------------------


def test_a_statement_is_submitted_published_and_never_changes_again(
    statement: Statement, coordinator: Post, desk: Post
) -> None:
    publish(statement, coordinator, desk, occupied=2)
    statement.refresh_from_db()
    assert statement.published_at == clock.now() and not statement.late
    line = Line.objects.get(statement=statement)
    for change in (
        lambda: Line.objects.filter(pk=line.pk).update(occupied=0),
        lambda: Line.objects.create(statement=statement, unit=line.unit, organisation=line.organisation, kind="crisis",
                                    scheme=line.scheme, as_of=clock.today()),
        lambda: Line.objects.filter(pk=line.pk).delete(),
        lambda: Statement.objects.filter(pk=statement.pk).update(late=True),
        lambda: LongStay.objects.create(statement=statement, unit=line.unit, stay=uuid4(), since=clock.today()),
    ):  # fmt: skip
        with pytest.raises((InternalError, ProgrammingError, IntegrityError)), transaction.atomic():
            change()


def test_a_correction_is_a_new_version_with_its_own_date(
    statement: Statement, coordinator: Post, desk: Post, monday: datetime
) -> None:
    publish(statement, coordinator, desk, occupied=2)
    with clock.at(monday + timedelta(days=2)):
        process = opening.correct(Statement.objects.get(pk=statement.pk), coordinator, "miscounted")
        newer = Statement.objects.get(pk=process.pk)
        assert list(Statement.objects.in_force()) == [Statement.objects.get(pk=statement.pk)], "until it is published"
        publish(newer, coordinator, desk, occupied=3)
    assert [(s.version, s.published_at) for s in Statement.objects.in_force()] == [(2, monday + timedelta(days=2))]
    assert Line.objects.get(statement=statement).occupied == 2
    with pytest.raises(ValueError):
        opening.correct(Statement.objects.get(pk=statement.pk), coordinator, "again")


def test_a_correction_made_later_does_not_make_a_statement_late(
    statement: Statement, coordinator: Post, desk: Post, monday: datetime
) -> None:
    publish(statement, coordinator, desk, occupied=2)
    with clock.at(monday + timedelta(days=1)):
        newer = Statement.objects.get(pk=opening.correct(Statement.objects.get(pk=statement.pk), coordinator, "x").pk)
    with clock.at(monday + timedelta(days=30)):
        publish(newer, coordinator, desk, occupied=3)
        newer.refresh_from_db()
        assert not newer.late


def test_who_states_does_not_publish(statement: Statement, coordinator: Post, supervisor: Post) -> None:
    fill(statement, coordinator)
    perform(statement.pk, "submit", coordinator, {})
    for post in (coordinator, supervisor):
        with pytest.raises(errors.NotAllowed):
            perform(statement.pk, "publish", post, {})


def test_nobody_publishes_what_they_stated_themselves(statement: Statement, desk: Post, monday: datetime) -> None:
    fill(statement, desk)
    perform(statement.pk, "submit", desk, {})
    with pytest.raises(errors.ConditionUnmet, match="collega"):
        perform(statement.pk, "publish", desk, {})
    perform(statement.pk, "publish", PostFactory(role=Role.NATIONAL_DESK, organisation=desk.organisation), {})


def test_a_question_is_asked_at_the_line_and_read_there(
    signed_in: SignIn, page: Client, statement: Statement, coordinator: Post, desk: Post
) -> None:
    fill(statement, coordinator, remark="counted")
    perform(statement.pk, "submit", coordinator, {})
    line = Line.objects.get()
    checker = signed_in(desk)
    shown = checker.get(f"/statements/{statement.pk}/").content.decode()
    assert f'name="question-{line.pk}"' in shown and "data-cell" not in shown
    nothing = checker.post(f"/statements/{statement.pk}/", {"ask": "1", "questions": " ", f"question-{line.pk}": ""})
    assert nothing.status_code == 422
    sent_on = {"ask": "1", f"question-{line.pk}": "Is one child counted twice?", "version": str(version(statement))}
    assert checker.post(f"/statements/{statement.pk}/", sent_on).status_code == 302
    line.refresh_from_db()
    assert line.question == "Is one child counted twice?"
    assert "Is one child counted twice?" in text(page.get(f"/statements/{statement.pk}/"))
    again = checker.post(f"/statements/{statement.pk}/", sent_on)
    assert again.status_code == 409, "it was sent back already"
    assert page.post(f"/statements/{statement.pk}/", {"ask": "1", "questions": "?"}).status_code == 403


def test_questions_that_were_answered_are_gone_the_next_time(
    statement: Statement, coordinator: Post, desk: Post
) -> None:
    fill(statement, coordinator)
    line = Line.objects.get()
    for asked, kept in (({f"question-{line.pk}": "a"}, "a"), ({"questions": "b", "question-0": "of no line"}, "")):
        perform(statement.pk, "submit", coordinator, {})
        perform(statement.pk, "send_back", desk, asked)
        line.refresh_from_db()
        assert line.question == kept
        fill(statement, coordinator)


def version(statement: Statement) -> int:
    """The version of the row of its process."""
    return Process.objects.get(pk=statement.pk).version


def test_questions_send_it_back_and_do_not_make_it_late(
    statement: Statement, coordinator: Post, desk: Post, monday: datetime
) -> None:
    fill(statement, coordinator)
    perform(statement.pk, "submit", coordinator, {})
    perform(statement.pk, "send_back", desk, {"questions": "Is De Ark really empty?"})
    statement.refresh_from_db()
    assert statement.process.owner_role == Role.CARE_COORDINATOR and statement.questions
    with clock.at(monday + timedelta(days=9)):
        fill(statement, coordinator, occupied=1)
        perform(statement.pk, "submit", coordinator, {})
    statement.refresh_from_db()
    assert not statement.late


def test_what_was_said_to_be_placeable_is_a_word_in_the_inventory(
    statement: Statement, coordinator: Post, unit: Unit
) -> None:
    fill(statement, coordinator, occupied=1, placeable=2)
    perform(statement.pk, "submit", coordinator, {})
    assert list(Placeable.objects.values_list("unit", "places", "post")) == [(unit.pk, 2, coordinator.pk)]
    assert standing(clock.today())[unit.pk].placeable == 2


# -- Terms ------------------------------------------------------------------------------------------------------------


def test_reminder_overdue_escalation_and_the_next_level_up(
    statement: Statement, coordinator: Post, supervisor: Post, monday: datetime
) -> None:
    for days in range(1, 12):
        sweep(Side.CARE, now=monday + timedelta(days=days))
    told = dict(Notice.objects.filter(process=statement.pk).values_list("rung", "to_role"))
    assert told[Rung.REMINDER] == told[Rung.OVERDUE] == Role.CARE_COORDINATOR
    assert told[Rung.ESCALATION] == Role.SUPERVISOR
    assert Rung.SECOND_ESCALATION in told


def test_after_its_expiry_a_period_is_locked_and_opens_again_with_a_reason(
    statement: Statement, coordinator: Post, monday: datetime
) -> None:
    with clock.at(monday + timedelta(days=13)):
        assert opening.lock_expired() == 0
    with clock.at(monday + timedelta(days=14)):
        assert opening.lock_expired() == 1
        with pytest.raises(errors.WrongState):
            perform(statement.pk, "submit", coordinator, {})
        with pytest.raises(errors.ConditionUnmet):
            reopen(statement.pk, coordinator, reason="")
        reopen(statement.pk, coordinator, reason="The figures came in late")
        assert opening.lock_expired() == 0, "it stays open until the next period is over"
        opening.refresh()
        fill(statement, coordinator)
        perform(statement.pk, "submit", coordinator, {})
    statement.refresh_from_db()
    assert statement.late, "its own term had passed"


def test_a_period_that_is_over_is_filled_in_as_it_ended(
    statement: Statement, unit: Unit, coordinator: Post, monday: datetime
) -> None:
    ref = uuid4()
    with clock.at(monday + timedelta(days=5)) as saturday:
        door.hold(unit.pk, ref, saturday)
        door.arrive(ref, saturday, None, saturday)
    with clock.at(monday + timedelta(days=9)) as later:
        door.release(ref, later)
        opening.refresh()
        line = Line.objects.get(statement=statement)
    assert (line.occupied, line.as_of) == (1, date(2026, 3, 8)), "on its last day, whatever happened since"


# -- Plausibility -----------------------------------------------------------------------------------------------------

figures = st.one_of(st.none(), st.integers(0, 12))


def a_line(**values: Any) -> Any:
    """A line as the rules read it."""
    kept = {
        "unit_id": 1, "places": 4, "occupied": 2, "reserved": 0, "out_of_service": 0, "placeable": None,
        "waiting": None, "out_reason": "", "out_until": None, "live_occupied": None, "carried": False,
        "untouched": 0, "remark": "", "as_of": date(2026, 3, 2),
    }  # fmt: skip
    line = SimpleNamespace(**kept | values)
    parts = (line.places, line.occupied, line.reserved, line.out_of_service)
    line.free = None if None in parts else max(parts[0] - parts[1] - parts[2] - parts[3], 0)
    return line


def broken(beside: Beside | None = None, **values: Any) -> set[str]:
    """Codes of the rules a line breaks."""
    return {found.rule.code for found in findings([a_line(**values)], {1: beside or Beside()})}


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"reserved": 3, "out_of_service": 2, "out_reason": "repair", "out_until": date(2027, 1, 1)}, "parts"),
        ({"places": None, "reserved": 1}, "parts"),
        ({"placeable": 3}, "placeable"),
        ({"placeable": 1, "places": None}, "placeable"),
        ({"out_of_service": 1}, "out"),
        ({"out_of_service": 1, "out_reason": "repair"}, "out"),
        ({"out_of_service": 1, "out_reason": "repair", "out_until": date(2026, 3, 2)}, "out"),
        ({"occupied": None}, "missing"),
        ({"reserved": None}, "missing"),
        ({"waiting": 2, "reserved": None}, "waiting"),
        ({"waiting": 2, "occupied": None}, "waiting"),
        ({"occupied": 5}, "too_many"),
        ({"live_occupied": 1}, "stays"),
        ({"live_occupied": 0, "occupied": None}, "stays"),
        ({"waiting": 2}, "waiting"),
        ({"carried": True, "untouched": 2}, "untouched"),
    ],
)
def test_each_rule_finds_what_it_is_for(values: dict[str, Any], code: str) -> None:
    assert code in broken(**values)


def test_a_line_that_can_be_true_breaks_nothing() -> None:
    assert broken() == set()
    assert broken(placeable=2, waiting=0, occupied=0, live_occupied=0) == set()


def test_what_is_missing_is_never_passed_over() -> None:
    for name in COUNTED:
        assert "missing" in broken(**{name: None}), name


@given(
    places=figures, occupied=figures, reserved=figures, out=figures, placeable=figures, waiting=figures,
    known=st.sampled_from(["places", "occupied", "reserved", "out_of_service"]),
)  # fmt: skip
def test_a_missing_figure_never_makes_a_line_look_better(
    places: int | None, occupied: int | None, reserved: int | None, out: int | None, placeable: int | None,
    waiting: int | None, known: str,
) -> None:  # fmt: skip
    whole = {
        "places": places, "occupied": occupied, "reserved": reserved, "out_of_service": out, "placeable": placeable,
        "waiting": waiting,
    }  # fmt: skip
    assert broken(**(whole | {known: None})), "there is always something to say of a line with a hole in it"


def test_a_jump_of_places_is_found_too() -> None:
    assert "places_jump" in broken(Beside(places=[4, 4, 4, 4]), places=40)
    assert "places_jump" not in broken(Beside(places=[4, 4, 4, 4]), places=5)


@given(places=figures, occupied=figures, reserved=figures, out=figures, placeable=figures)
def test_a_line_that_passes_the_forbidding_rules_adds_up(
    places: int | None, occupied: int | None, reserved: int | None, out: int | None, placeable: int | None
) -> None:
    found = broken(places=places, occupied=occupied, reserved=reserved, out_of_service=out, placeable=placeable)
    if not found & {"parts", "placeable", "too_many", "missing"}:
        assert places is not None and occupied is not None and out is not None
        assert occupied + (reserved or 0) + out <= places
        assert placeable is None or placeable <= places - occupied - (reserved or 0) - out


@pytest.mark.parametrize(
    ("value", "before", "far"),
    [
        (9, [3, 3, 3], False),  # too little to know what is usual
        (9, [3, 3, 3, 3], True),
        (4, [3, 3, 3, 3], False),  # one more is no jump
        (5, [3, 3, 3, 3], True),
        (8, [2, 8, 3, 7, 5, 4, 6, 5], False),  # a unit that goes up and down
        (9, [9, 1, 3, 3, 3, 3, 3, 3], True),  # one outlier does not make another usual
        (None, [3, 3, 3, 3], False),  # missing is found by another rule
        (9, [9, 9, 9, 9, 9, 9, 3, 3, 3, 3, 3, 3, 3, 3], True),  # of the last eight only
    ],
)
def test_what_is_usual_is_the_median_of_the_last_eight(value: int | None, before: list[int], far: bool) -> None:
    assert unusual(value, before) is far


def test_what_forbids_stops_the_submitting_and_what_asks_wants_a_remark(
    statement: Statement, coordinator: Post
) -> None:
    assert {rule.code for rule in RULES if rule.forbids} == {"parts", "placeable", "out"}
    fill(statement, coordinator, occupied=1, placeable=4, remark="counted twice")
    with pytest.raises(errors.ConditionUnmet):
        perform(statement.pk, "submit", coordinator, {})
    fill(statement, coordinator, occupied=6, placeable="")
    with pytest.raises(errors.ConditionUnmet):
        perform(statement.pk, "submit", coordinator, {})
    fill(statement, coordinator, occupied=6, placeable="", remark="two children in an extra bed")
    perform(statement.pk, "submit", coordinator, {})


# -- The grid ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [("", None), ("0", 0), ("12", 12), ("12,0", 12), ("007", 7), ("1.000", ValueError), ("1,000", ValueError)],
)
def test_a_number_is_read_as_it_is_typed(text: str, value: Any) -> None:
    if value is ValueError:
        with pytest.raises(ValueError):
            grid.whole(text)
    else:
        assert grid.whole(text) == value


@given(st.text(max_size=12))
def test_no_text_in_a_cell_breaks_it(text: str) -> None:
    try:
        value = grid.whole(text)
    except ValueError as wrong:
        assert str(wrong)
    else:
        assert value is None or 0 <= value <= grid.MOST


def sent(page: Client, statement: Statement, **changes: str) -> dict[str, str]:
    """What the form of a statement sends: as it is shown, with changes for every line."""
    address = f"/statements/{statement.pk}/"
    html = page.get(address).content.decode()
    data = {"revision": html.split('name="revision" value="')[1].split('"')[0], "do": "save"}
    for line in Line.objects.filter(statement=statement):
        for name in grid.NUMBERS:
            value = getattr(line, name)
            data[f"{name}-{line.pk}"] = "" if value is None else str(value)
        data |= {f"as_of-{line.pk}": str(line.as_of), f"source-{line.pk}": "own_count", f"remark-{line.pk}": ""}
        data |= {f"{name}-{line.pk}": value for name, value in changes.items() if name not in ("do", "revision")}
    return data | {name: value for name, value in changes.items() if name in ("do", "revision")}


@pytest.fixture
def page(signed_in: SignIn, coordinator: Post) -> Client:
    """The coordinator's browser, in English."""
    client = signed_in(coordinator)
    client.cookies["django_language"] = "en"
    return client


def text(response: Any) -> str:
    """The words of a page."""
    return " ".join(response.content.decode().split())


def test_a_line_that_was_changed_or_confirmed_is_no_longer_carried_over(page: Client, statement: Statement) -> None:
    address = f"/statements/{statement.pk}/"
    page.post(address, sent(page, statement))
    assert Line.objects.get().carried
    page.post(address, sent(page, statement, confirmed="1"))
    line = Line.objects.get()
    assert not line.carried and line.confirmed_by is not None and line.occupied is None
    page.post(address, sent(page, statement, occupied="2"))
    line = Line.objects.get()
    assert (line.occupied, line.carried) == (2, False)


def test_it_is_submitted_from_the_grid(page: Client, statement: Statement) -> None:
    answer = page.post(
        f"/statements/{statement.pk}/", sent(page, statement, occupied="2", reserved="0", confirmed="1", do="submit")
    )
    assert answer.status_code == 302
    statement.refresh_from_db()
    assert statement.process.state == "submitted"
    assert AccessRecord.objects.filter(object_kind="statement", action="write").exists()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"occupied": "-1"}, "is not negative"),
        ({"occupied": "1000"}, "more than is possible"),
        ({"occupied": "1,5"}, "“1,5” is no whole number."),
        ({"occupied": "vier"}, "“vier” is no whole number."),
        ({"as_of": "2026-03-03"}, "The as-of date is in the future."),
        ({"as_of": "2019-03-03"}, "more than a year ago"),
        ({"as_of": "soon"}, "“soon” is no date."),
        ({"as_of": ""}, "Say as of which day this is."),
        ({"out_until": "2026-01-01"}, "must lie ahead"),
        ({"source": "rumour"}, "Choose where the figure comes from."),
        ({"out_reason": "tired"}, "“tired” is no reason we know."),
        ({"remark": "x" * 501}, "At most 500 characters."),
    ],
)
def test_a_slip_is_named_at_its_cell_and_nothing_is_lost_or_half_saved(
    page: Client, statement: Statement, changes: dict[str, str], said: str
) -> None:
    data = sent(page, statement, **{"remark": "kept words", "waiting": "3", **changes})
    answer = page.post(f"/statements/{statement.pk}/", data)
    assert answer.status_code == 422
    shown = text(answer)
    assert said in shown and data[f"remark-{Line.objects.get().pk}"] in shown and "De Ark" in shown
    assert Line.objects.get().waiting is None


def test_a_lost_race_says_so_and_keeps_what_was_typed(page: Client, statement: Statement) -> None:
    mine = sent(page, statement, occupied="3")
    page.post(f"/statements/{statement.pk}/", sent(page, statement, occupied="1"))
    answer = page.post(f"/statements/{statement.pk}/", mine)
    assert answer.status_code == 409
    assert "Somebody else changed this statement" in text(answer) and 'value="3"' in text(answer)
    assert Line.objects.get().occupied == 1


def as_shown(page: Client, statement: Statement) -> dict[str, str]:
    """What the form of a statement would send as it is shown, nothing touched."""
    reader = FormReader()
    reader.feed(page.get(f"/statements/{statement.pk}/").content.decode())
    return reader.data | {"do": "save"}


class FormReader(HTMLParser):
    """Reads what the form of a statement would send."""

    def __init__(self) -> None:
        super().__init__()
        self.data: dict[str, str] = {}
        self.inside, self.area, self.select = False, "", ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        name = given.get("name") or ""
        if tag == "form":
            self.inside = given.get("id") == "statement"
        elif not self.inside:
            return
        elif tag == "textarea":
            self.area, self.data[name] = name, ""
        elif tag == "select":
            self.select, self.data[name] = name, ""
        elif tag == "option" and "selected" in given:
            self.data[self.select] = given["value"] or ""
        elif tag == "input" and (given.get("type") != "checkbox" or "checked" in given):
            self.data[name] = given.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        self.area = "" if tag == "textarea" else self.area
        self.inside = self.inside and tag != "form"

    def handle_data(self, data: str) -> None:
        if self.area:
            self.data[self.area] += data


def test_sending_what_is_shown_changes_nothing(page: Client, statement: Statement) -> None:
    before = Line.objects.values().get()
    assert page.post(f"/statements/{statement.pk}/", as_shown(page, statement)).status_code == 302
    assert Line.objects.values().get() == before


def test_two_people_in_two_lines_do_not_get_in_each_others_way(
    page: Client, statement: Statement, house: Organisation, unit: Unit
) -> None:
    a_unit(organisation=house, region=unit.region, name="Haven", scheme_id="cosm", places=3)
    opening.refresh()
    ark, haven = Line.objects.order_by("unit__name")
    mine, theirs = as_shown(page, statement), as_shown(page, statement)
    page.post(f"/statements/{statement.pk}/", theirs | {f"occupied-{haven.pk}": "2"})
    assert page.post(f"/statements/{statement.pk}/", mine | {f"occupied-{ark.pk}": "1"}).status_code == 302
    assert list(Line.objects.order_by("unit__name").values_list("occupied", flat=True)) == [1, 2]


def test_the_inventory_moves_on_under_an_open_page_and_no_old_figure_is_stated(
    page: Client, statement: Statement, unit: Unit, house: Organisation, monday: datetime
) -> None:
    a_unit(organisation=house, region=unit.region, name="Haven", scheme_id="cosm", places=3)
    opening.refresh()
    mine = as_shown(page, statement)
    ark, haven = Line.objects.order_by("unit__name")
    inventory.change(unit, {"places": 6}, since=clock.today())
    opening.refresh()
    assert page.post(f"/statements/{statement.pk}/", mine | {f"occupied-{haven.pk}": "1"}).status_code == 302
    ark.refresh_from_db()
    assert (ark.places, ark.carried) == (6, True)
    answer = page.post(f"/statements/{statement.pk}/", mine | {f"confirmed-{ark.pk}": "1"})
    assert answer.status_code == 409, "who confirms a line confirms what they saw"
    assert 'value="6"' in text(answer) and "Somebody else changed this line" in text(answer)
    ark.refresh_from_db()
    assert ark.carried


def test_a_lost_race_shows_what_is_kept_now_beside_what_was_typed(page: Client, statement: Statement) -> None:
    line = Line.objects.get()
    mine, theirs = as_shown(page, statement), as_shown(page, statement)
    page.post(f"/statements/{statement.pk}/", theirs | {f"occupied-{line.pk}": "1", f"waiting-{line.pk}": "4"})
    answer = page.post(f"/statements/{statement.pk}/", mine | {f"occupied-{line.pk}": "3"})
    assert answer.status_code == 409
    shown = text(answer)
    assert 'value="3"' in shown and "now: 1" in shown and 'value="4"' in shown
    same = page.post(f"/statements/{statement.pk}/", theirs | {f"occupied-{line.pk}": "1", f"waiting-{line.pk}": "4"})
    assert same.status_code == 302, "the same twice is no race"


def test_a_statement_that_was_submitted_meanwhile_is_not_changed(page: Client, statement: Statement) -> None:
    mine = sent(page, statement, occupied="3", reserved="0")
    page.post(f"/statements/{statement.pk}/", mine | {"do": "submit"})
    answer = page.post(f"/statements/{statement.pk}/", mine | {"occupied": "1"})
    assert answer.status_code == 409
    assert Line.objects.get().occupied == 3


def test_what_differs_from_the_inventory_is_shown_and_can_be_brought_into_it(
    page: Client, statement: Statement, unit: Unit
) -> None:
    data = sent(page, statement, places="6")
    page.post(f"/statements/{statement.pk}/", data)
    assert "inventory: 4" in text(page.get(f"/statements/{statement.pk}/"))
    page.post(f"/statements/{statement.pk}/", sent(page, statement, places="6", do="inventory"))
    assert standing(clock.today())[unit.pk].places == 6
    assert "inventory: 4" not in text(page.get(f"/statements/{statement.pk}/"))


def test_places_out_of_service_are_brought_into_the_inventory_with_their_reason(
    page: Client, statement: Statement, unit: Unit
) -> None:
    line = Line.objects.get()
    until = clock.today() + timedelta(days=9)
    out = {f"out_of_service-{line.pk}": "2", f"out_reason-{line.pk}": "repair", "do": "inventory"}
    page.post(f"/statements/{statement.pk}/", as_shown(page, statement) | out)
    assert standing(clock.today())[unit.pk].out == 0, "without a day until when it cannot be"
    page.post(
        f"/statements/{statement.pk}/",
        as_shown(page, statement) | {f"out_until-{line.pk}": str(until), "do": "inventory"},
    )
    assert standing(clock.today())[unit.pk].out == 2
    assert standing(until)[unit.pk].out == 0
    assert AccessRecord.objects.filter(object_kind="unit", action="write").exists()


def test_regions_that_are_not_yours_do_not_exist(signed_in: SignIn, statement: Statement, house: Organisation) -> None:
    stranger = signed_in(PostFactory(role=Role.CARE_COORDINATOR, regions=[RegionFactory()]))
    provider = signed_in(PostFactory(role=Role.SHELTER_PROVIDER, organisation=house))
    assert stranger.get(f"/statements/{statement.pk}/").status_code == 404
    assert stranger.post(f"/statements/{statement.pk}/", {"revision": "1"}).status_code == 404
    assert stranger.get(f"/statements/region/{statement.region_id}/").status_code == 404
    assert provider.get(f"/statements/{statement.pk}/").status_code == 403


def test_others_of_the_region_read_and_do_not_fill_in(
    signed_in: SignIn, statement: Statement, supervisor: Post
) -> None:
    client = signed_in(supervisor)
    shown = client.get(f"/statements/{statement.pk}/")
    assert shown.status_code == 200 and b"data-cell" not in shown.content
    assert client.post(f"/statements/{statement.pk}/", {"revision": "1"}).status_code == 403


def test_the_worklist_leads_to_the_grid(page: Client, statement: Statement) -> None:
    answer = page.get(f"/process/{statement.pk}/?next=worklist")
    assert answer.status_code == 302 and answer["Location"] == f"/statements/{statement.pk}/?next=worklist"


def test_a_region_of_many_units_opens_in_few_queries(
    page: Client, house: Organisation, region: Any, unit: Unit, monday: datetime
) -> None:
    for number in range(40):
        a_unit(organisation=house, region=region, name=f"Unit {number:02}", places=3, scheme_id="cosm")
    opening.open_due()
    statement = Statement.objects.get()
    assert Line.objects.count() == 41
    page.get(f"/statements/{statement.pk}/")
    asked = queries(page, f"/statements/{statement.pk}/")
    assert len(asked) <= 10, [sql[:110] for sql in asked]
    for address in ("/statements/", f"/statements/region/{region.pk}/"):
        page.get(address)
        asked = queries(page, address)
        assert len(asked) <= 10, [address, *(sql[:110] for sql in asked)]


def test_two_hundred_lines_are_sent_in_one_form_and_published_in_few_statements(
    page: Client, house: Organisation, region: Any, unit: Unit, desk: Post, monday: datetime
) -> None:
    for number in range(199):
        a_unit(organisation=house, region=region, name=f"Unit {number:03}", places=3, scheme_id="cosm")
    opening.open_due()
    statement = Statement.objects.get()
    data = as_shown(page, statement)
    data |= {
        f"{name}-{pk}": "0" for pk in Line.objects.values_list("pk", flat=True) for name in ("occupied", "reserved")
    }
    assert page.post(f"/statements/{statement.pk}/", data | {"do": "submit"}).status_code == 302
    with CaptureQueriesContext(connection) as asked:
        perform(statement.pk, "publish", desk, {})
    assert Line.objects.count() == 200
    assert len(asked) <= 10, [query["sql"][:80] for query in asked]


# -- Completeness -----------------------------------------------------------------------------------------------------


def test_the_matrix_tells_what_was_expected_what_came_and_what_came_in_time(
    statement: Statement, coordinator: Post, desk: Post, monday: datetime
) -> None:
    publish(statement, coordinator, desk, occupied=1)
    with clock.at(monday + timedelta(days=7)):
        opening.open_due()
    with clock.at(monday + timedelta(days=14)) as later:
        opening.open_due()
        late = Statement.objects.get(period__startswith=later.date())
    with clock.at(monday + timedelta(days=20)):
        opening.lock_expired()
        publish(late, coordinator, desk, occupied=2)
    with clock.at(monday + timedelta(days=21)):
        opening.lock_expired()
        opening.open_due()
        (matrix,) = completeness.by_region(coordinator, clock.today())
    (band,) = matrix.bands
    assert [square.mark for square in band.squares][-4:] == ["published", "missing", "late", "running"]
    assert band.share == (7, 2, 1), "the four weeks before it was used are missing too"
    assert (band.last_known, band.age) == ((monday + timedelta(days=20)).date(), 1)
    assert (band.occupied, band.places) == (2, 4)


def test_a_region_that_never_stated_shows_as_such_and_not_as_zero(
    statement: Statement, coordinator: Post, page: Client
) -> None:
    (matrix,) = completeness.by_region(coordinator, clock.today())
    assert matrix.bands[0].last_known is None and matrix.bands[0].stale
    shown = text(page.get("/statements/"))
    assert "never" in shown and "missing" in shown


def test_an_empty_line_is_not_complete_and_what_is_being_checked_came_in_time(
    statement: Statement, coordinator: Post, house: Organisation, unit: Unit
) -> None:
    a_unit(organisation=house, region=unit.region, name="Haven", scheme_id="cosm", places=3)
    opening.refresh()
    fill(statement, coordinator, remark="nobody knows")
    Line.objects.filter(unit__name="Haven").update(occupied=None)
    perform(statement.pk, "submit", coordinator, {})
    (matrix,) = completeness.by_region(coordinator, clock.today())
    (band,) = matrix.bands
    last = band.squares[-1]
    assert (last.mark, last.expected, last.came) == ("checked", 2, 1)
    assert band.share == (16, 1, 1)


def test_the_units_of_a_region_show_what_was_expected_of_each_and_did_not_come(
    statement: Statement, coordinator: Post, desk: Post, house: Organisation, unit: Unit, monday: datetime, page: Client
) -> None:
    publish(statement, coordinator, desk, occupied=1)
    a_unit(organisation=house, region=unit.region, name="Haven", scheme_id="cosm", places=3, since=clock.today())
    with clock.at(monday + timedelta(days=14)):
        opening.lock_expired()
        opening.open_due()
        found = completeness.of_region(coordinator, unit.region_id, clock.today())
        shown = text(page.get(f"/statements/region/{unit.region_id}/"))
    assert found is not None
    (matrix,) = found.parts
    marks = {band.unit.name: [square.mark for square in band.squares][-4:] for band in matrix.bands}
    assert marks == {
        "De Ark": ["missing", "published", "missing", "running"],
        "Haven": ["none", "missing", "missing", "running"],
    }
    assert [(band.last and band.last.occupied, band.age) for band in matrix.bands] == [(1, 14), (None, None)]
    assert "14 days old" in shown and "never" in shown


@pytest.mark.parametrize("side", [Side.COMMON, Side.JUSTICE, Side.DETERMINATION])
def test_other_sides_know_when_a_region_was_stated_and_nothing_more(
    statement: Statement, coordinator: Post, desk: Post, side: Side
) -> None:
    publish(statement, coordinator, desk, occupied=1)
    with taken(side), connection.cursor() as cursor:
        cursor.execute(
            "SELECT region, rhythm, oldest, lines, places, occupied FROM capacity_statement_freshness(%s)",
            [clock.today()],
        )
        assert cursor.fetchall() == [(statement.region_id, "week", clock.today(), 1, 4, 1)]
    with pytest.raises(ProgrammingError), taken(side), transaction.atomic():
        Line.objects.count()


def test_the_rhythm_of_a_scheme_is_data(care: None) -> None:
    assert dict(Scheme.objects.values_list("code", "stated_every"))["cosm"] == "week"
    assert dict(Scheme.objects.values_list("code", "stated_every"))["womens"] == "month"


def test_moments_are_told_in_the_zone_of_the_netherlands(unit: Unit, coordinator: Post) -> None:
    with clock.at(datetime(2026, 3, 1, 23, 30, tzinfo=UTC)):  # Monday there already
        opening.open_due()
    assert Statement.objects.get().period.lower == date(2026, 3, 2)


# -- As a file --------------------------------------------------------------------------------------------------------


def taken_in(page: Client, statement: Statement, content: bytes, name: str = "opgave.csv") -> Any:
    """The preview of a file."""
    file = SimpleUploadedFile(name, content)
    return page.post(f"/statements/{statement.pk}/import/", {"file": file, "text": ""})


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_export_changed_in_a_spreadsheet_is_taken_in(page: Client, statement: Statement, kind: str) -> None:
    content = page.get(f"/statements/{statement.pk}/export/{kind}/").content
    if kind == "csv":
        text = content.decode("utf-8-sig").splitlines()
        cells = text[1].split(";")
        cells[4] = "3,0"
        content = "\r\n".join([text[0], ";".join(cells)]).encode("cp1252")
    else:
        book = load_workbook(io.BytesIO(content))
        book.worksheets[0]["E2"] = 3
        out = io.BytesIO()
        book.save(out)
        content = out.getvalue()
    shown = taken_in(page, statement, content, f"opgave.{kind}")
    assert shown.status_code == 200
    assert [(c.unit, c.column, c.before, c.after) for c in shown.context["preview"].changes] == [
        ("De Ark", "Occupied", "–", "3")
    ]
    assert Line.objects.get().occupied is None, "nothing is saved before somebody says so"
    page.post(f"/statements/{statement.pk}/import/", {"ready": shown.context["ready"]})
    line = Line.objects.get()
    assert (line.occupied, line.carried) == (3, False)
    assert AccessRecord.objects.filter(object_kind="statement", action="export").exists()


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("Unit;Occupied\nDe Ark;vier", "Row 2, column Occupied: “vier” is no whole number."),
        ("Unit;Occupied\nDe Ark;-1", "Row 2, column Occupied: A number of people or places is not negative."),
        ("Unit;Occupied\nElders;1", "Row 2: “Elders” is no unit of this statement."),
        ("Unit;Occupied\nDe Ark;1\nde ark;2", "Row 3: this unit stands in row 2 too."),
        ("Voorziening;Bezet;Bezet\nDe Ark;1;2", "The column “Bezet” stands there twice."),
        ("Naam;Aantal\nDe Ark;1", "no row can be told apart"),
        ("Unit;Color\nDe Ark;red", "None of the columns holds a figure"),
        ("Unit;As of\nDe Ark;2030-01-01", "Row 2, column As of: The as-of date is in the future."),
    ],
)
def test_a_bad_row_is_named_by_row_and_column_and_nothing_is_half_taken_in(
    page: Client, statement: Statement, table: str, said: str
) -> None:
    answer = taken_in(page, statement, table.encode())
    assert answer.status_code == 422 and said in text(answer), text(answer)[-3000:]
    assert "ready" not in answer.context
    assert Line.objects.get().occupied is None


def test_the_export_saved_by_a_spreadsheet_as_it_stands_changes_nothing(
    page: Client, statement: Statement, unit: Unit, region: Any
) -> None:
    for name in ("007", "Łódź & é"):
        a_unit(organisation=unit.organisation, region=region, name=name, places=2, scheme_id="cosm")
    opening.refresh()
    until = clock.today() + timedelta(days=9)
    Line.objects.update(remark="Łódź, 1,5 fte", out_of_service=1, out_reason="repair", out_until=until)
    exported = page.get(f"/statements/{statement.pk}/export/csv/").content.decode("utf-8-sig")
    # As LibreOffice and Excel save it in the Netherlands: Windows-1252, days as they are shown.
    saved = exported.replace(until.isoformat(), f"{until:%d-%m-%y}").encode("cp1252", "replace")
    titled = b"Opgave van de regio;;\r\n;;\r\n" + saved
    for content in (saved, titled, "\r\n".join(titled.decode("cp1252").splitlines()[:4]).encode("cp1252")):
        preview = taken_in(page, statement, content).context["preview"]
        assert (preview.problems, preview.changes) == ([], [])
    assert preview.found == 1 and len(preview.absent) == 2


def test_a_name_that_two_units_share_is_not_guessed(
    page: Client, statement: Statement, unit: Unit, region: Any
) -> None:
    other = OrganisationFactory(kind="shelter", name="Andere Opvang")
    a_unit(organisation=other, region=region, name="de ark", places=2, scheme_id="cosm")
    opening.refresh()
    answer = taken_in(page, statement, b"Unit;Occupied\nDe Ark;1")
    assert answer.status_code == 422
    assert "Row 2: “De Ark” is the name of more than one unit; give the unit number." in text(answer)
    assert taken_in(page, statement, b"Unit;Provider;Occupied\nDe Ark;Andere Opvang;1").status_code == 200
    answer = taken_in(page, statement, f'"Unit\nnumber";Unit;Occupied\n{unit.pk};Haven;1'.encode())
    assert f"Row 2: unit number {unit.pk} is “De Ark” and not “Haven”." in text(answer)


def test_what_is_no_file_is_said_and_a_changed_statement_is_not_overwritten(page: Client, statement: Statement) -> None:
    assert "no spreadsheet" in text(taken_in(page, statement, b"%PDF-1.4"))
    assert "Choose a file, or paste cells." in text(page.post(f"/statements/{statement.pk}/import/", {"text": ""}))
    shown = page.post(f"/statements/{statement.pk}/import/", {"text": "Unit\tOccupied\nDe Ark\t4"})
    page.post(f"/statements/{statement.pk}/", sent(page, statement, occupied="1"))
    answer = page.post(f"/statements/{statement.pk}/import/", {"ready": shown.context["ready"]})
    assert answer.status_code == 409 and Line.objects.get().occupied == 1
    assert page.post(f"/statements/{statement.pk}/import/", {"ready": "forged"}).status_code == 302
