"""Every process as it is declared: printed, drawn and shown."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import Client
from django.utils import translation

from access.models import AccessRecord, Post
from access.roles import Role
from access.wall import Side, taken
from tests.conftest import https_client
from tests.factories.access import PostFactory, RegionFactory
from tests.workflows.conftest import Browser, queries
from tests.workflows.test_casepage import text
from workflows.engine.machine import registry
from workflows.engine.models import Process, Term
from workflows.engine.steps import perform
from workflows.machines.describe import describe
from workflows.machines.drawing import Taken, draw
from workflows.machines.layout import arrange


def printed(*arguments: str) -> str:
    """What the command prints."""
    out = StringIO()
    call_command("machines", *arguments, stdout=out)
    return out.getvalue()


# -- The command ------------------------------------------------------------------------------------------------------


def test_the_page_of_the_documentation_is_up_to_date() -> None:
    committed = (Path(settings.BASE_DIR) / "docs" / "processes.md").read_text(encoding="utf-8")
    assert printed("--markdown") == committed, "Run: manage.py machines --markdown > docs/processes.md"


@pytest.mark.django_db
def test_every_state_and_step_is_printed() -> None:
    shown = printed()
    for machine in registry.values():
        assert all(f"{state}:" in shown for state in machine.states)
        assert all(f"{action}:" in shown for action in machine.actions())
    assert "who must act: Care coordinator; escalates to: Supervisor" in shown
    assert "asks: Reason" in shown and "who: the program itself" in shown


@pytest.mark.django_db
def test_the_terms_that_run_are_printed() -> None:
    with taken(Side.COMMON), transaction.atomic():
        old = Term.objects.get(key="referral.triage")
        old.pk, old.amount, old.valid_from = None, 8, datetime(2020, 1, 1, tzinfo=UTC)
        old.save(force_insert=True)
    assert "8 working days (changed by an administrator)" in printed("--kind", "referral")


@pytest.mark.django_db
def test_tools_get_json() -> None:
    said = json.loads(printed("--json", "--kind", "placement"))
    assert [machine["kind"] for machine in said] == ["placement"]
    offer = next(step for step in said[0]["steps"] if step["action"] == "offer")
    assert offer["sources"] == ["requested", "seeking", "at_desk", "no_place", "police_bed"]
    assert {"name": "unit", "label": "Unit", "required": True, "type": "modelchoice"} in offer["fields"]


@pytest.mark.django_db
def test_graphviz_gets_an_edge_for_every_transition() -> None:
    shown = printed("--dot")
    assert shown.startswith("digraph processes {") and shown.count("{") == shown.count("}")
    assert 'referral_received -> referral_triage [label="Begin triage"];' in shown


def test_an_unknown_process_is_named_with_those_there_are() -> None:
    with pytest.raises(CommandError, match=r"placement, .*referral"):
        printed("--kind", "flying")


# -- The drawing ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", sorted(registry))
@pytest.mark.parametrize("language", ["en", "nl"])
def test_nothing_in_a_drawing_lies_over_something_else(kind: str, language: str) -> None:
    with translation.override(language):
        drawn = draw(describe(registry[kind]))
    places = [part.place for part in [*drawn.boxes, *drawn.plates]]
    for number, one in enumerate(places):
        assert one.left >= 0 and one.top >= 0
        assert one.left + one.width <= drawn.width and one.bottom <= drawn.height
        for other in places[number + 1 :]:
            beside = abs(one.x - other.x) >= (one.width + other.width) / 2
            assert beside or abs(one.y - other.y) >= (one.height + other.height) / 2


@pytest.mark.parametrize("kind", sorted(registry))
def test_every_state_and_step_is_drawn(kind: str) -> None:
    said = describe(registry[kind])
    drawn = draw(said)
    assert {box.code for box in drawn.boxes} == {state.code for state in said.states}
    words = " ".join(line.text for part in [*drawn.boxes, *drawn.plates] for line in part.lines)
    assert all(word in words for step in said.steps for word in step.label.split())


def test_the_way_a_process_went_is_marked() -> None:
    way = Taken(frozenset({("open", "", "received"), ("begin_triage", "received", "triage")}), "triage")
    drawn = draw(describe(registry["referral"]), way)
    assert [box.code for box in drawn.boxes if box.here] == ["triage"]
    assert {box.code for box in drawn.boxes if box.passed} == {"received", "triage"}
    assert sum(wire.passed for wire in drawn.wires) == 2  # to the step and on to the state


def test_a_cycle_and_a_long_line_are_laid_out() -> None:
    edges = [("a", "b"), ("b", "c"), ("c", "a"), ("a", "c"), ("c", "d"), ("a", "d")]
    made = arrange("abcd", edges, lambda node: (40.0, 20.0), first="a")
    assert [made.places[n].y for n in "abcd"] == sorted(made.places[n].y for n in "abcd")
    assert made.paths["c", "a"][-1][1] == made.places["a"].bottom  # what leads back enters from below
    assert set(made.paths) == set(edges)


# -- The pages --------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_everybody_signed_in_may_read_how_it_works(browser: Browser) -> None:
    analyst = browser(PostFactory(role=Role.ANALYST))
    listed = text(analyst.get("/processes/"))
    for kind in registry:
        assert f"/processes/{kind}/" in listed
        shown = analyst.get(f"/processes/{kind}/")
        assert shown.status_code == 200 and "<svg" in text(shown) and "style=" not in text(shown)
    assert "/account/login/" in https_client().get("/processes/")["Location"]
    assert analyst.get("/processes/flying/").status_code == 404


@pytest.mark.django_db
def test_the_page_marks_where_a_process_is(page: Client, referral: Process, coordinator: Post) -> None:
    perform(referral.pk, "begin_triage", coordinator, {})
    shown = text(page.get(f"/processes/referral/?process={referral.pk}"))
    assert re.search(r'is-step is-here"', shown) and "is-passed" in shown
    assert "Now here" in shown and 'aria-current="step"' in shown
    assert AccessRecord.objects.filter(object_kind="process", object_id=str(referral.pk)).exists()


@pytest.mark.django_db
def test_a_process_that_is_hidden_is_absent_here_too(referral: Process, browser: Browser) -> None:
    stranger = browser(PostFactory(role=Role.CARE_COORDINATOR, regions=[RegionFactory()]))
    for key in (referral.pk, uuid4(), "nonsense"):
        assert stranger.get(f"/processes/referral/?process={key}").status_code == 404


@pytest.mark.django_db
def test_the_pages_cost_few_queries(page: Client, referral: Process) -> None:
    address = f"/processes/referral/?process={referral.pk}"
    page.get(address)
    assert len(queries(page, address)) <= 10
