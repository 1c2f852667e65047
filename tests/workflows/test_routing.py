"""Who must act next: rules by tier, then the declaration, then the national desk; and why, in the log."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from access import configuration
from access.models import Organisation, Post
from access.roles import Role
from access.wall import Side, taken
from tests.factories.access import OrganisationFactory, PostFactory, RegionFactory
from workflows.engine.models import Process, RoutingRule, StepLog
from workflows.engine.routing import matches
from workflows.engine.steps import open_process, perform
from workflows.placement.machine import Placement

pytestmark = pytest.mark.django_db


def rule(**fields: Any) -> RoutingRule:
    """A rule for placements, as an administrator makes one."""
    with taken(Side.COMMON), transaction.atomic():
        made = RoutingRule.objects.create(**{"kind": "placement", "role": Role.CARE_COORDINATOR} | fields)
        configuration.refresh()
    return made


def opened(region: Any, **facts: Any) -> Process:
    """A placement just asked for, with these circumstances."""
    with taken(Side.CARE):
        return open_process(Placement, acting=None, region_id=region.pk if region else None, facts=facts)


def why(process: Process) -> dict[str, Any]:
    with taken(Side.CARE):
        return StepLog.objects.filter(process=process).latest("id").route  # type: ignore[no-any-return]


def test_without_a_rule_it_goes_to_who_holds_the_declared_role_in_the_region(coordinator: Post, region: Any) -> None:
    process = opened(region)
    assert process.owner_organisation_id == coordinator.organisation_id
    assert why(process)["by"] == "declaration"


def test_a_region_without_a_coordinator_goes_to_the_national_desk_and_says_so(desk: Post, coordinator: Post) -> None:
    process = opened(RegionFactory(name="Elders"))
    assert (process.owner_role, process.owner_organisation_id) == (Role.NATIONAL_DESK, desk.organisation_id)
    assert why(process)["by"] == "national_desk"
    assert why(process)["wanted"] == Role.CARE_COORDINATOR


def test_nothing_is_unrouted_even_when_there_is_no_desk() -> None:
    process = opened(RegionFactory())
    assert process.owner_role == Role.NATIONAL_DESK


def test_the_lowest_tier_that_matches_wins(coordinator: Post, desk: Post, region: Any) -> None:
    other = PostFactory(role=Role.CARE_COORDINATOR, regions=[RegionFactory()])
    rule(tier=20, region=region, organisation=coordinator.organisation)
    low = rule(tier=10, form="labour", organisation=other.organisation, note="labour goes elsewhere")
    labour = opened(region, forms=["sexual", "labour"])
    assert labour.owner_organisation_id == other.organisation_id
    assert why(labour)["rule"] == low.pk
    assert opened(region, forms=["sexual"]).owner_organisation_id == coordinator.organisation_id


def test_within_a_tier_the_rule_that_names_most_wins(coordinator: Post, region: Any) -> None:
    minors = PostFactory(role=Role.CARE_COORDINATOR, regions=[RegionFactory()])
    rule(age_group="minor", state="requested", organisation=minors.organisation)
    rule(age_group="minor", organisation=coordinator.organisation)
    assert opened(region, age_group="minor").owner_organisation_id == minors.organisation_id


def test_a_rule_that_leads_to_nobody_is_passed_over(coordinator: Post, region: Any) -> None:
    empty = OrganisationFactory()
    rule(tier=1, organisation=empty)
    process = opened(region)
    assert process.owner_organisation_id == coordinator.organisation_id
    assert why(process)["by"] == "declaration"


def test_an_inactive_rule_does_not_count_and_a_change_is_seen_at_once(coordinator: Post, region: Any) -> None:
    other = PostFactory(role=Role.CARE_COORDINATOR, regions=[RegionFactory()])
    made = rule(organisation=other.organisation)
    assert opened(region).owner_organisation_id == other.organisation_id
    with taken(Side.COMMON):
        RoutingRule.objects.filter(pk=made.pk).update(active=False, version=2)
        configuration.refresh()
    assert opened(region).owner_organisation_id == coordinator.organisation_id


def test_the_log_keeps_rule_version_and_what_was_seen(coordinator: Post, region: Any) -> None:
    made = rule(region=region, scheme="COSM", version=4)
    process = opened(region, scheme="COSM", forms=["criminal"], age_group="adult")
    assert why(process) == {
        "by": "rule",
        "rule": made.pk,
        "version": 4,
        "tier": made.tier,
        "seen": {
            "state": "requested",
            "region": region.pk,
            "forms": ["criminal"],
            "age_group": "adult",
            "scheme": "COSM",
        },
    }


def test_a_post_that_ended_holds_nothing(region: Any, desk: Post, monday: datetime) -> None:
    PostFactory(role=Role.CARE_COORDINATOR, regions=[region], ends_on=date(2026, 3, 2))
    assert opened(region).owner_role == Role.NATIONAL_DESK


def test_a_deactivated_person_holds_nothing(region: Any, desk: Post, monday: datetime) -> None:
    PostFactory(role=Role.CARE_COORDINATOR, regions=[region], user__is_active=False)
    assert opened(region).owner_role == Role.NATIONAL_DESK


def test_a_post_that_begins_later_holds_nothing_yet(region: Any, desk: Post, monday: datetime) -> None:
    PostFactory(role=Role.CARE_COORDINATOR, regions=[region], starts_on=date(2026, 3, 3))
    assert opened(region).owner_role == Role.NATIONAL_DESK


def test_who_took_it_keeps_it_while_it_stays_in_their_queue(coordinator: Post, region: Any) -> None:
    from workflows.engine import acts

    process = opened(region)
    with taken(Side.CARE):
        acts.take(process.pk, coordinator)
        assert perform(process.pk, "seek", coordinator).process.assignee_id == coordinator.pk
        gone = perform(process.pk, "find_none", coordinator, {"ground": "no_free", "reason": "all full"}).process
    assert (gone.owner_role, gone.assignee_id) == (Role.NATIONAL_DESK, None)


values = st.fixed_dictionaries(
    {
        "state": st.sampled_from(["", "requested", "seeking"]),
        "region_id": st.sampled_from([None, 1, 2]),
        "form": st.sampled_from(["", "labour", "sexual"]),
        "age_group": st.sampled_from(["", "minor", "adult"]),
        "scheme": st.sampled_from(["", "COSM"]),
    }
)
seen = st.fixed_dictionaries(
    {
        "state": st.sampled_from(["requested", "seeking"]),
        "region": st.sampled_from([None, 1, 2]),
        "forms": st.lists(st.sampled_from(["labour", "sexual", "criminal"]), unique=True),
        "age_group": st.sampled_from(["", "minor", "adult"]),
        "scheme": st.sampled_from(["", "COSM"]),
    }
)


@given(values, seen)
def test_a_rule_matches_when_all_it_names_is_there(named: dict[str, Any], at: dict[str, Any]) -> None:
    wanted = {"state": at["state"], "region_id": at["region"], "age_group": at["age_group"], "scheme": at["scheme"]}
    differs = [k for k, v in wanted.items() if named[k] not in ("", None) and named[k] != v]
    if named["form"] and named["form"] not in at["forms"]:
        differs.append("form")
    assert matches(RoutingRule(kind="placement", role=Role.CARE_COORDINATOR, **named), at) is (not differs)


def test_an_inactive_organisation_holds_nothing(coordinator: Post, region: Any, desk: Post) -> None:
    with taken(Side.COMMON):
        Organisation.objects.filter(pk=coordinator.organisation_id).update(active=False)
        configuration.refresh()
    assert opened(region).owner_role == Role.NATIONAL_DESK
