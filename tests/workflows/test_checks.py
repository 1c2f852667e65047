"""Every rule over machines and schedules is broken once here, by a machine made to break it and nothing else."""

from __future__ import annotations

from typing import Any

import pytest
from celery.schedules import crontab
from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import trans_real

from access.models import Post
from access.roles import Role
from access.wall import Side, taken
from access.wall.declaration import Own
from project.i18n import compile_catalogues
from workflows.engine.calendars import Unit
from workflows.engine.checks import check_schedule, one_term_one_meaning, problems, routing_rules
from workflows.engine.forms import StepForm
from workflows.engine.machine import DeclaredTerm, End, Machine, MachineState, Moot, Step, by_system, may, registry
from workflows.engine.models import RoutingRule

TERM = DeclaredTerm("test.term", 2, Unit.HOURS, (1, Unit.HOURS), (1, Unit.HOURS), (1, Unit.HOURS), "a test")
ACTS = may(Role.CARE_COORDINATOR)


class S(models.TextChoices):
    """States of the machines made here; their words stand in the catalogue already."""

    OPEN = "open", _("Requested")
    DONE = "done", _("Ended")


def make(states: type[models.TextChoices] = S, **changes: Any) -> type[Machine]:
    """A machine of two states without a fault, with parts of it replaced; `finish` changes its one transition."""
    finish = {
        "source": "open",
        "target": "done",
        "label": _("Withdraw"),
        "permission": ACTS,
        "custom": {"form": StepForm},
    } | changes.pop("finish", {})
    state = MachineState(states)

    def method(self: Machine, **facts: Any) -> None:
        """Nothing."""

    method.__name__ = "finish"
    body: dict[str, Any] = {
        "kind": "made_for_a_test",
        "side": Side.CARE,
        "label": _("Placement"),
        "states": states,
        "initial": "open",
        "state": state,
        "steps": {states("open"): Step(Role.CARE_COORDINATOR, TERM), states("done"): End()},
        "finish": state.transition(**finish)(method),
        "__module__": __name__,
    } | changes
    return type("Made", (Machine,), body)


@pytest.fixture(autouse=True, scope="module")
def _catalogues() -> None:
    compile_catalogues()
    trans_real._translations.clear()  # type: ignore[attr-defined]


def ids(machine: type[Machine]) -> set[str]:
    return {str(problem.id).removeprefix("engine.") for problem in problems(machine)}


def test_a_whole_machine_has_no_problem() -> None:
    assert ids(make()) == set()


def test_the_machines_of_the_program_have_none() -> None:
    assert {"referral", "placement"} <= set(registry)
    assert [problem for machine in registry.values() for problem in problems(machine)] == []
    assert list(one_term_one_meaning(registry.values())) == []


class WithIsland(models.TextChoices):
    OPEN = "open", _("Requested")
    ISLAND = "island", _("Seeking a place")
    DONE = "done", _("Ended")


def test_e001_a_state_that_nothing_leads_to() -> None:
    steps = {
        WithIsland.OPEN: Step(Role.CARE_COORDINATOR, TERM),
        WithIsland.ISLAND: Step(Role.CARE_COORDINATOR, TERM),
        WithIsland.DONE: End(),
    }
    assert ids(make(WithIsland, steps=steps, finish={"source": ["open", "island"]})) == {"E001"}


def test_e002_a_state_that_leads_to_no_end() -> None:
    steps = {WithIsland.OPEN: Step(Role.CARE_COORDINATOR, TERM), WithIsland.ISLAND: End(), WithIsland.DONE: End()}
    found = ids(make(WithIsland, steps=steps | {WithIsland.DONE: Step(Role.CARE_COORDINATOR, TERM)}))
    assert "E002" in found


@pytest.mark.parametrize(
    "step",
    [
        Step(None, TERM),  # type: ignore[arg-type]
        Step(Role.CARE_COORDINATOR, None),  # type: ignore[arg-type]
        Step(Role.CARE_COORDINATOR, TERM, escalate_to=None),  # type: ignore[arg-type]
        Step(
            Role.CARE_COORDINATOR,
            DeclaredTerm("t", 0, Unit.HOURS, (1, Unit.HOURS), (1, Unit.HOURS), (1, Unit.HOURS), "s"),
        ),
        Step(
            Role.CARE_COORDINATOR,
            DeclaredTerm("t", 1, Unit.HOURS, (0, Unit.HOURS), (1, Unit.HOURS), (1, Unit.HOURS), "s"),
        ),
        Step(Role.CARE_COORDINATOR, DeclaredTerm("t", 1, Unit.HOURS, (1, Unit.HOURS), None, (1, Unit.HOURS), "s")),  # type: ignore[arg-type]
    ],
    ids=["no owner", "no term", "escalates to nobody", "term of nothing", "no reminder", "no escalation"],
)
def test_e003_an_open_state_without_owner_term_reminder_or_escalation(step: Step) -> None:
    assert "E003" in ids(make(steps={S.OPEN: step, S.DONE: End()}))


def test_e004_a_state_that_is_not_declared() -> None:
    assert "E004" in ids(make(steps={S.OPEN: Step(Role.CARE_COORDINATOR, TERM)}))


@pytest.mark.parametrize("permission", [None, may()], ids=["anybody", "nobody"])
def test_e005_a_transition_without_permission(permission: Any) -> None:
    assert "E005" in ids(make(finish={"permission": permission}))


def test_e006_a_transition_without_form() -> None:
    assert ids(make(finish={"custom": {}})) == {"E006"}


@pytest.mark.parametrize("label", ["Not translatable", _("zzz no such words")])
def test_w007_a_text_that_is_missing_in_a_language(label: Any) -> None:
    assert ids(make(finish={"label": label})) == {"W007"}


def test_e008_a_machine_that_reads_the_justice_side() -> None:
    class JusticeRow(models.Model):
        wall = Own(Side.JUSTICE)

        class Meta:
            app_label = "engine"
            managed = False

    try:
        assert ids(make(record_model=JusticeRow)) == {"E008"}
        assert ids(make(record_model=JusticeRow, side=Side.JUSTICE)) == {"E012"}
    finally:
        from django.apps import apps

        del apps.all_models["engine"]["justicerow"]
        apps.clear_cache()


def test_e009_a_transition_that_leaves_an_end() -> None:
    assert "E009" in ids(make(finish={"source": ["open", "done"]}))


def test_e009_a_transition_to_no_state() -> None:
    assert "E009" in ids(make(finish={"target": "elsewhere"}))


def test_e010_moot_kinds_that_do_not_exist() -> None:
    assert ids(make(moots=(Moot("done", ("nonsense",)),))) == {"E010"}


def test_e011_an_end_that_reopens_to_an_end() -> None:
    steps = {S.OPEN: Step(Role.CARE_COORDINATOR, TERM), S.DONE: End(reopens_to="done")}
    assert "E011" in ids(make(steps=steps))


def test_e012_a_role_that_cannot_exist_on_the_side() -> None:
    assert ids(make(finish={"permission": may(Role.CARE_COORDINATOR, Role.PROSECUTOR)})) == {"E012"}


def test_e013_an_owner_who_can_do_nothing() -> None:
    assert ids(make(finish={"permission": may(Role.CASEWORKER)})) == {"E013"}
    assert "E013" in ids(make(finish={"permission": by_system}))


def test_e014_one_term_declared_in_two_ways() -> None:
    other = DeclaredTerm("test.term", 3, Unit.HOURS, (1, Unit.HOURS), (1, Unit.HOURS), (1, Unit.HOURS), "a test")
    twice = [make(), make(steps={S.OPEN: Step(Role.CARE_COORDINATOR, other), S.DONE: End()})]
    assert [problem.id for problem in one_term_one_meaning(twice)] == ["engine.E014"]


def test_e020_a_scheduled_job_that_does_not_exist() -> None:
    entry = {"task": "workflows.engine.tasks.no_such_job", "schedule": 60.0}
    assert [problem.id for problem in check_schedule({"x": entry})] == ["engine.E020"]


@pytest.mark.parametrize("when", [0, -1.0, None, "every minute"])
def test_e021_a_schedule_that_never_fires(when: Any) -> None:
    entry = {"task": "workflows.engine.tasks.sweep_all", "schedule": when}
    assert [problem.id for problem in check_schedule({"x": entry})] == ["engine.E021"]


def test_the_schedule_of_the_program_holds() -> None:
    assert settings.CELERY_BEAT_SCHEDULE
    assert list(check_schedule(settings.CELERY_BEAT_SCHEDULE)) == []
    assert list(check_schedule({"x": {"task": "workflows.engine.tasks.sweep_all", "schedule": crontab(hour=3)}})) == []


@pytest.mark.django_db
def test_e030_a_rule_that_can_never_decide(coordinator: Post, region: Any) -> None:
    assert _rules(kind="nonsense", role=Role.CARE_COORDINATOR) == ["engine.E030"]


@pytest.mark.django_db
def test_e031_a_rule_to_a_role_that_nobody_holds_in_a_region(coordinator: Post, region: Any) -> None:
    assert _rules(kind="placement", role=Role.CARE_COORDINATOR, region=region) == []
    assert _rules(kind="placement", role=Role.NAVIGATOR, region=region) == ["engine.E031"]


def _rules(**fields: Any) -> list[str]:
    with taken(Side.COMMON), transaction.atomic():
        RoutingRule.objects.create(**fields)
        found = [str(problem.id) for problem in routing_rules(None, databases=["default"])]
        assert routing_rules(None, databases=["owner"]) == []
        transaction.set_rollback(True)
    return found
