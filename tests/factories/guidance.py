"""A guidance under way, through the engine; everything invented."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from access.models import Post
from access.roles import Role
from access.wall import Side, taken
from cases.models import Case
from tests.factories.access import OrganisationFactory, PostFactory, RegionFactory
from tests.factories.cases import CaseFactory
from workflows.casepage.circumstances import circumstances
from workflows.engine.models import Process
from workflows.engine.steps import open_process, perform
from workflows.guidance.machine import GuidanceMachine
from workflows.guidance.models import Guidance, NavigatorProfile


class Guided:
    """A region with a coordinator, a supervisor and two navigators, and one case. Steps are made by name."""

    def __init__(self, **person: Any) -> None:
        self.region = RegionFactory()
        team = OrganisationFactory(name="Steunpunt Verzonnen")
        here: dict[str, Any] = {"organisation": team, "regions": [self.region]}
        self.coordinator = PostFactory(role=Role.CARE_COORDINATOR, **here)
        self.supervisor = PostFactory(role=Role.SUPERVISOR, **here)
        self.navigator, self.colleague = (PostFactory(role=Role.NAVIGATOR, **here) for _ in range(2))
        about = {"person__languages": ["ti"], "person__safe_contact": "Bel voor twaalf uur.", "forms": ["criminal"]}
        self.case: Case = CaseFactory(region=self.region, **{**about, **person})
        with taken(Side.CARE), transaction.atomic():
            NavigatorProfile.objects.create(
                post=self.navigator, gender="woman", languages=["ti", "nl"], knows=["criminal"], most=6
            )
            NavigatorProfile.objects.create(post=self.colleague, gender="man", languages=["nl"], most=6)

    def open(self, machine: Any = GuidanceMachine, acting: Post | None = None, **record: Any) -> Process:
        """Open a process on the case."""
        urgent = record.pop("urgent", False)
        return open_process(
            machine, acting=acting or self.coordinator, case_id=self.case.pk, region_id=self.region.pk, urgent=urgent,
            facts=circumstances(self.case), record=record,
        )  # fmt: skip

    def do(self, process: Process, action: str, acting: Post | None = None, **data: Any) -> Process:
        """Make a step, by the navigator unless said otherwise."""
        return perform(process.pk, action, acting or self.navigator, data).process

    def in_guidance(self) -> Process:
        """A guidance after the first contact."""
        process = self.open()
        self.do(process, "match", self.coordinator, navigator=self.navigator.pk)
        return self.do(process, "first_contact", way="meeting")

    def row(self) -> Guidance:
        """The guidance as it stands."""
        return Guidance.objects.get(case=self.case)

    def beside(self, kind: str) -> Process:
        """The latest process of a kind on the case."""
        return Process.objects.filter(case_id=self.case.pk, kind=kind).latest("opened_at")
