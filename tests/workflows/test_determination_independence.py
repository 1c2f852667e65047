"""The outcome does not depend on the criminal case.

Two files that are equal but for what happens on the side of justice go through the same steps, with the same facts
visible and the same terms, whatever happens there and whenever. The one thing that is asked across the wall, whether a
member has to do with the case, is asked of both.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.forms.models import model_to_dict
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from access import clock
from access.models import Post
from access.roles import Role
from access.wall import Side, taken
from tests.factories.access import OrganisationFactory, PostFactory, RegionFactory
from tests.factories.cases import CaseFactory
from tests.factories.determination import REASONS, Committee, process_of, record_of, seats, step
from workflows.determination.models import Decision, Evidence, File, Opinion, PanelMember, Requirement
from workflows.engine import errors
from workflows.engine.machine import form_of, registry
from workflows.engine.models import Process, StepLog
from workflows.engine.steps import open_process, perform
from workflows.handovers import acts as handovers
from workflows.investigation_led.machine import InvestigationLed

pytestmark = pytest.mark.django_db
BEGAN = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TODAY = "today"

JUSTICE: dict[str, dict[str, str]] = {
    "register_cooperation": {"cooperation": "complaint", "cooperated_on": TODAY},
    "close": {"reason": "Geen aangifte."},
    "decide_case": {"came_of_it": "convicted"},
    "dismiss": {"reason": "Onvoldoende bewijs."},
    "recognise": {},
    "not_recognise": {"reason": "Vrijspraak."},
}
COURSE: list[tuple[str, dict[str, Any]]] = [
    ("ask_missing", {"what": ["story"], "from_whom": "person"}),
    ("complete", {"supplied": []}),
    ("admit", {}),
    ("name_panel", {}),
    ("declare", {"interest": "none"}),
    ("ask_opinions", {}),
    ("give_opinion", {"finding": "plausible", "reasons": REASONS}),
    ("decline_hearing", {}),
    ("draft", {"outcome": "plausible", "reasons": REASONS}),
    ("decide", {"vote": "for"}),
    ("serve", {"served_on": TODAY, "how": "post"}),
    ("make_final", {}),
]
BY_MEMBERS = {"declare", "give_opinion", "decide"}


class World:
    """A committee, an investigator and a prosecutor, and two cases whose requests were handed over alike.

    The second case was also handed over to the police, who work on it as they like.
    """

    def __init__(self) -> None:
        self.committee = Committee(members=7)
        region = RegionFactory()
        police = OrganisationFactory(kind="police", side=Side.JUSTICE)
        self.police = {
            Role.INVESTIGATOR: PostFactory(role=Role.INVESTIGATOR, organisation=police, regions=[region]),
            Role.PROSECUTOR: PostFactory(role=Role.PROSECUTOR, regions=[region]),
        }
        guide = PostFactory(role=Role.CARE_COORDINATOR, regions=[region])
        cases = [CaseFactory(region=region) for _ in range(2)]
        until = clock.now() + timedelta(days=900)
        with taken(Side.CARE):
            for case in cases:
                handovers.hand_over(
                    guide, to_organisation=self.committee.organisation, purpose="request_determination",
                    ground="request_of_person", subject=case.pk, until=until,
                    facts={"alias": "Zonnebloem", "age_group": "adult", "story": "Verzonnen."},
                )  # fmt: skip
            told = handovers.hand_over(
                guide, to_organisation=police, purpose="police_contact", ground="legal_duty", subject=cases[1].pk,
                facts={"alias": "Zonnebloem"}, until=until,
            )  # fmt: skip
        with taken(Side.DETERMINATION):
            self.committee.profiles()
            handovers.receive(Side.DETERMINATION)
            files = {file.handover: file for file in File.objects.all()}
            self.files = sorted(files.values(), key=lambda file: file.number)
        with taken(Side.JUSTICE):
            self.investigation = open_process(
                InvestigationLed, acting=self.police[Role.INVESTIGATOR], region_id=region.pk,
                record={"handover": told.pk},
            )  # fmt: skip

    def justice(self, action: str) -> None:
        """Something happens on the side of justice, if it can."""
        facts = {name: clock.today().isoformat() if v == TODAY else v for name, v in JUSTICE[action].items()}
        with taken(Side.JUSTICE):
            for post in self.police.values():
                try:
                    perform(self.investigation.pk, action, post, facts)
                    return
                except errors.EngineError:
                    continue

    def go(self, process: Process, action: str, facts: dict[str, Any]) -> None:
        """Make a step of the determination, by everybody who has to."""
        facts = {name: clock.today().isoformat() if v == TODAY else v for name, v in facts.items()}
        if action == "name_panel":
            facts = {"members": [str(post.pk) for post in self.committee.members]}
        if action == "complete":
            facts = {"supplied": [str(row.pk) for row in Requirement.objects.filter(file=process.case_id)]}
        actors = (
            sorted((s.post for s in seats(process)), key=lambda p: p.pk)
            if action in BY_MEMBERS
            else [self.committee.secretary]
        )
        for post in actors[:4] if action == "decide" else actors:  # more than half of seven
            step(process, action, post, **facts)


KEYS = {"id", "process", "file", "determination", "number", "handover", "member", "process_id", "consent"}


def rows(model: Any, **where: Any) -> list[dict[str, Any]]:
    """What a table says, without keys."""
    found = model.objects.filter(**where).order_by("pk")
    said = [{k: v for k, v in model_to_dict(row).items() if k not in KEYS} for row in found]
    return sorted(said, key=lambda row: DjangoJSONEncoder(sort_keys=True).encode(row))


def visible(process: Process, reader: Post) -> dict[str, Any]:
    """Everything that can be seen of a determination: the row, its terms, what can be done, its file and papers."""
    file = File.objects.get(pk=process.case_id)
    record, machine = record_of(process), registry[process.kind](process, reader, clock.now())
    log = StepLog.objects.filter(process=process).order_by("pk")
    same = ("kind", "state", "due_at", "plan", "rung", "term_id", "owner_role", "paused_at", "waiting_on", "facts")
    return {
        "process": {name: getattr(process, name) for name in same},
        "file": rows(File, pk=file.pk),
        "record": {k: v for k, v in model_to_dict(record).items() if k not in KEYS},
        "log": [(s.action, s.from_state, s.to_state, s.at, s.reason, s.due_at) for s in log],
        "can": sorted((t.slug, t.has_perm(machine, reader)) for t in machine.from_state(process.state)),
        "asks": sorted(
            (t.slug, name) for t in machine.from_state(process.state) for name in form_of(t)(machine=machine).fields
        ),
        "papers": [rows(model, file=file) for model in (Requirement, Evidence, Decision)],
        "panel": [rows(model, determination=record) for model in (PanelMember, Opinion)],
    }  # fmt: skip


histories = st.lists(
    st.tuples(st.integers(0, len(COURSE)), st.sampled_from(sorted(JUSTICE)), st.integers(0, 20)), max_size=8
)


@settings(
    max_examples=6, deadline=None, phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
@given(history=histories)
def test_files_equal_but_for_the_criminal_case_go_the_same_way(history: list[tuple[int, str, int]]) -> None:
    with transaction.atomic():
        with clock.at(BEGAN):
            world, now = World(), BEGAN
        secretary = world.committee.secretary
        with taken(Side.DETERMINATION):
            pair = [process_of(file) for file in world.files]
        for number, (action, facts) in enumerate(COURSE):
            now += timedelta(days=40 if action == "make_final" else 1)
            with clock.at(now):
                for at, what, _days in history:
                    if at == number:
                        world.justice(what)
                with taken(Side.DETERMINATION):
                    for process in pair:
                        world.go(process, action, facts)
                    seen = [visible(process, secretary) for process in pair]
                    assert seen[0] == seen[1], f"they differ after {action}"
        with taken(Side.DETERMINATION):
            assert [process.state for process in pair] == ["final", "final"]
            outcomes = Decision.objects.values_list("outcome", "reasons", "decided_at", "reconsider_until")
            assert len(set(outcomes)) == 1
        transaction.set_rollback(True)


def test_the_comparison_would_notice_a_difference() -> None:
    """The same comparison, on two files of which one knows something more: it must see that."""
    with clock.at(BEGAN):
        world = World()
        with taken(Side.DETERMINATION):
            one, other = (process_of(file) for file in world.files)
            assert visible(one, world.committee.secretary) == visible(other, world.committee.secretary)
            File.objects.filter(pk=other.case_id).update(story="Er loopt een strafzaak.")
            assert visible(one, world.committee.secretary) != visible(other, world.committee.secretary)
            File.objects.filter(pk=other.case_id).update(story="Verzonnen.")
            world.go(other, "admit", {})
            assert visible(one, world.committee.secretary) != visible(other, world.committee.secretary)


def test_a_determination_waits_for_nothing_of_the_criminal_case() -> None:
    for kind in ("committee", "two_stage"):
        machine = registry[kind]
        roles = {role for t in machine.transitions() for role in getattr(t.permission, "roles", ())}
        assert not roles & {Role.INVESTIGATOR, Role.PROSECUTOR}
        waits = {step.waits_for for step in machine.steps.values() if step.waits_for}
        assert "prosecution" not in {str(party) for party in waits}
