"""What a change of a rule or a term would do, and what can be wrong with a rule."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from access import clock, configuration
from access.models import Post, Region
from access.roles import Role
from access.wall import Side, taken
from tests.conftest import MONDAY
from tests.factories.access import OrganisationFactory, PostFactory, RegionFactory
from workflows.engine import acts, preview, rules
from workflows.engine.calendars import Unit
from workflows.engine.models import Process, RoutingRule, Term
from workflows.engine.steps import open_process, perform
from workflows.placement.machine import Placement

pytestmark = pytest.mark.django_db

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def rule(**given: Any) -> RoutingRule:
    """A rule that was not saved."""
    return RoutingRule(**{"kind": "placement", "role": Role.CARE_COORDINATOR, **given})


def kept(**given: Any) -> RoutingRule:
    """A rule that holds."""
    with taken(Side.COMMON), transaction.atomic():
        made = rule(**given)
        made.save()
    configuration.forget()
    return made


def placement(post: Post, region: Region, **facts: Any) -> Process:
    with taken(Side.CARE), transaction.atomic():
        return open_process(Placement, acting=post, region_id=region.pk, facts=facts, urgent=facts.pop("urgent", False))


def asked(question: Any, *given: Any) -> Any:
    """An answer given on the common ground, where an administrator stands."""
    configuration.forget()
    with taken(Side.COMMON), transaction.atomic():
        configuration.refresh()
        return question(*given)


# -- Rules -------------------------------------------------------------------------------------------------------------


def test_processes_that_would_go_elsewhere_are_counted_by_state_region_and_place(
    coordinator: Post, region: Region
) -> None:
    other = PostFactory(role=Role.CARE_COORDINATOR, regions=[region]).organisation
    sexual = [placement(coordinator, region, forms=["sexual"]) for _n in range(4)]
    placement(coordinator, region, forms=["labour"])
    effect = asked(preview.of_rule, rule(form="sexual", organisation=other))
    (move,) = effect.moves
    assert (effect.looked_at, effect.moved, move.count, move.side, move.region) == (5, 4, 4, Side.CARE, region.name)
    assert (move.now.organisation, move.then.organisation) == (coordinator.organisation.name, other.name)
    assert len(move.examples) == preview.EXAMPLES
    assert set(move.examples) <= {process.pk for process in sexual}


def test_a_rule_that_is_switched_off_gives_back_what_it_took(coordinator: Post, region: Region) -> None:
    other = PostFactory(role=Role.CARE_COORDINATOR, regions=[region]).organisation
    held = kept(organisation=other)
    placement(coordinator, region)
    held.active = False
    (move,) = asked(preview.of_rule, held).moves
    assert (move.now.organisation, move.then.organisation) == (other.name, coordinator.organisation.name)


def test_closed_processes_and_other_kinds_do_not_count(coordinator: Post, region: Region) -> None:
    process = placement(coordinator, region)
    with taken(Side.CARE), transaction.atomic():
        Process.objects.filter(pk=process.pk).update(closed_at=clock.now(), next_notice_at=None)
    effect = asked(preview.of_rule, rule(role=Role.NATIONAL_DESK))
    assert (effect.looked_at, effect.moves) == (0, [])


def test_where_nobody_could_act_is_told(coordinator: Post, region: Region) -> None:
    empty = RegionFactory(name="Niemandsland")
    effect = asked(preview.of_rule, rule(state="requested"))
    assert [(one.regions, one.every) for one in effect.unowned] == [([empty.name], False)]
    assert effect.holderless == [empty.name]
    assert asked(preview.of_rule, rule(region=region)).unowned == []


def test_the_work_is_that_of_circumstances_not_of_processes(coordinator: Post, region: Region) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as made:
            asked(preview.of_rule, rule(role=Role.NATIONAL_DESK))
        return len(made)

    placement(coordinator, region)
    few = queries()
    for _n in range(30):
        placement(coordinator, region)
    assert queries() == few


def test_what_lies_elsewhere_leaves_out_what_somebody_took(coordinator: Post, region: Region) -> None:
    free, busy = placement(coordinator, region), placement(coordinator, region)
    with taken(Side.CARE), transaction.atomic():
        acts.take(busy.pk, coordinator)
    assert asked(preview.misplaced, "placement") == {}
    kept(organisation=PostFactory(role=Role.CARE_COORDINATOR, regions=[region]).organisation)
    assert asked(preview.misplaced, "placement") == {Side.CARE: [free.pk]}


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({}, None),
        ({"kind": "walk"}, "geen proces"),
        ({"state": "triage"}, "geen stand"),
        ({"state": "declined"}, "geen stand"),
        ({"state": "ended"}, "voorbij"),
        ({"state": "offered"}, "weet het proces zelf"),
        ({"form": "unknown"}, "vorm van uitbuiting"),
        ({"age_group": "old"}, "leeftijdsgroep"),
        ({"role": Role.PROSECUTOR}, "kan niet handelen"),
        ({"state": "triage", "active": False}, None),
    ],
)
def test_a_rule_that_can_never_decide_says_why(given: dict[str, Any], why: str | None) -> None:
    found = asked(rules.never_matches, rule(**given))
    assert found is None if why is None else why in (found or "")


def test_a_rule_for_a_region_that_ended_or_is_none_never_decides() -> None:
    ended, province = RegionFactory(valid_until=date(2020, 1, 1)), RegionFactory(level="province")
    assert "bestaat niet meer" in asked(rules.never_matches, rule(region=ended))
    assert "geen zorgregio" in asked(rules.never_matches, rule(region=province))


def test_a_rule_never_leads_over_the_wall() -> None:
    police = OrganisationFactory(side=Side.JUSTICE)
    assert "andere kant" in asked(rules.never_matches, rule(organisation=police))


def test_a_rule_behind_a_more_general_one_never_decides(coordinator: Post, region: Region) -> None:
    first = kept(tier=1)
    late = rule(tier=5, region=region, form="sexual")
    assert f"nummer {first.pk}" in asked(rules.never_matches, late)
    assert asked(rules.never_matches, first) is None
    late.tier = 1
    assert asked(rules.never_matches, late) is None, "what names more comes first within a tier"


def test_a_general_rule_that_leaves_a_region_empty_stands_in_nobodys_way(coordinator: Post, region: Region) -> None:
    kept(tier=1)
    RegionFactory()
    assert asked(rules.never_matches, rule(tier=5, region=region, role=Role.NATIONAL_DESK)) is None


def test_where_nobody_holds_the_role_of_a_rule(coordinator: Post, region: Region) -> None:
    empty = RegionFactory()
    assert asked(rules.holderless, rule()) == [empty.name]
    assert asked(rules.holderless, rule(region=region)) == []
    assert asked(rules.holderless, rule(role=Role.NATIONAL_DESK)) == ["het hele land"]
    assert asked(rules.holderless, rule(organisation=coordinator.organisation)) == []
    nobody = OrganisationFactory()
    assert asked(rules.holderless, rule(organisation=nobody)) == [nobody.name]
    assert asked(rules.holderless, rule(organisation=nobody, active=False)) == []


# -- Terms -------------------------------------------------------------------------------------------------------------


def of(key: str, **changed: Any) -> list[preview.TermEffect]:
    """What a term would do with these values instead of its own."""

    def look() -> list[preview.TermEffect]:
        old, new = Term.objects.get(key=key), Term.objects.get(key=key)
        for name, value in changed.items():
            setattr(new, name, value)
        return preview.of_term(new, old)

    found: list[preview.TermEffect] = asked(look)
    return found


def test_where_a_term_runs_comes_from_the_declarations() -> None:
    (use,) = preview.uses_of("placement.requested")
    assert (use.machine, use.state, use.urgent) == (Placement, "requested", False)
    (use,) = preview.uses_of("placement.requested.urgent")
    assert use.urgent is True
    (use,) = preview.uses_of("placement.arrival")
    assert use.urgent is None, "no term of its own for an emergency"
    assert preview.uses_of("nowhere") == []


def test_the_last_year_is_held_against_both_terms(coordinator: Post, region: Region) -> None:
    """Requested for 1, 3, 5 and 30 hours; the term is 4 hours."""
    for hours in (1, 3, 5, 30):
        with clock.at(MONDAY):
            process = placement(coordinator, region)
        with clock.at(MONDAY + hours * HOUR), taken(Side.CARE), transaction.atomic():
            perform(process.pk, "seek", coordinator)
    with clock.at(MONDAY + 10 * DAY):
        (effect,) = of("placement.requested", amount=2)
        assert (effect.running, effect.entered, effect.late_now, effect.late_then) == (0, 4, 2, 3)
        (effect,) = of("placement.requested", amount=1, unit=Unit.WORKING_DAYS)
        assert (effect.late_now, effect.late_then) == (2, 0), "until the end of Tuesday"
    with clock.at(MONDAY + 400 * DAY):
        assert of("placement.requested", amount=2)[0].entered == 0


def test_what_still_lies_there_counts_as_late_once_its_time_is_over(coordinator: Post, region: Region) -> None:
    with clock.at(MONDAY):
        placement(coordinator, region)
    with clock.at(MONDAY + 3 * HOUR):
        (effect,) = of("placement.requested", amount=2)
        assert (effect.running, effect.entered, effect.late_now, effect.late_then) == (1, 1, 0, 1)


def test_pauses_do_not_count(coordinator: Post, region: Region) -> None:
    with clock.at(MONDAY):
        process = placement(coordinator, region)
    with taken(Side.CARE), transaction.atomic():
        with clock.at(MONDAY + HOUR):
            acts.take(process.pk, coordinator)
            acts.pause(process.pk, coordinator, reason="Wacht op tolk.")
        with clock.at(MONDAY + 11 * HOUR):
            acts.resume(process.pk, coordinator)
        with clock.at(MONDAY + 12 * HOUR):
            perform(process.pk, "seek", coordinator)
    with clock.at(MONDAY + DAY):
        (effect,) = of("placement.requested", amount=1)
        assert (effect.entered, effect.late_now, effect.late_then) == (1, 0, 1), "two hours in all"


def test_an_emergency_is_held_against_its_own_term(coordinator: Post, region: Region) -> None:
    with clock.at(MONDAY):
        placement(coordinator, region, urgent=True)
    with clock.at(MONDAY + HOUR):
        assert of("placement.requested")[0].entered == 0
        assert of("placement.requested.urgent")[0].entered == 1


def test_nothing_of_a_case_comes_along(coordinator: Post, region: Region) -> None:
    placement(coordinator, region)
    with CaptureQueriesContext(connection) as made:
        asked(preview.of_rule, rule(role=Role.NATIONAL_DESK))
        of("placement.requested", amount=2)
    assert made and not [query["sql"] for query in made if "cases_" in query["sql"] or "case_id" in query["sql"]]


def test_ends_are_those_of_the_calendar() -> None:
    """Five working days, over Good Friday and Easter Monday 2026."""
    term = asked(lambda: Term.objects.get(key="referral.triage"))
    ends = preview._ends(term, [date(2026, 3, 31), date(2026, 4, 2)])
    assert ends == [datetime(2026, 4, 9, 21, 59, 59, tzinfo=UTC), datetime(2026, 4, 13, 21, 59, 59, tzinfo=UTC)]
