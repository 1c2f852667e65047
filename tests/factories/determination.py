"""A committee, and files that are walked to where a test needs them; all invented."""

from __future__ import annotations

from datetime import date
from typing import Any

from access import clock
from access.models import Organisation, Post
from access.roles import Role
from access.wall import Side
from tests.factories.access import OrganisationFactory, PostFactory
from workflows.determination import acts
from workflows.determination.models import Determination, File, MemberProfile, PanelMember
from workflows.determination.words import Expertise
from workflows.engine.models import Process
from workflows.engine.steps import Outcome, perform

KNOWS = [Expertise.LAW, Expertise.CRIMINOLOGY, Expertise.MEDICINE, Expertise.PSYCHOLOGY, Expertise.LABOUR,
         Expertise.YOUTH, Expertise.CULTURE]  # fmt: skip
REASONS = "Wat is verteld past bij wat anderen zagen."


class Committee:
    """A committee with a secretary, a supervisor and so many members. On the determination side."""

    def __init__(self, members: int = 9, name: str = "") -> None:
        named = {"name": name} if name else {}
        self.organisation: Organisation = OrganisationFactory(
            kind=Organisation.Kind.COMMITTEE, side=Side.DETERMINATION, **named
        )
        self.secretary: Post = PostFactory(role=Role.COMMITTEE_SECRETARY, organisation=self.organisation)
        self.supervisor: Post = PostFactory(role=Role.SUPERVISOR, organisation=self.organisation)
        self.members: list[Post] = [
            PostFactory(role=Role.COMMITTEE_MEMBER, organisation=self.organisation) for _ in range(members)
        ]

    def profiles(self) -> None:
        """Write what each member knows about; in the caller's transaction, on this side."""
        MemberProfile.objects.bulk_create(
            MemberProfile(post=post, expertise=[KNOWS[number % len(KNOWS)]]) for number, post in enumerate(self.members)
        )

    def file(self, design: str | None = None, **facts: Any) -> File:
        """A complete file of an adult, with its determination."""
        given: dict[str, Any] = {
            "alias": "Zonnebloem Verzonnen",
            "birth_date": date(1990, 5, 17),
            "capacity": "person",
            "agreed": True,
            "languages": ["nl"],
            "contact": "Via de begeleiding.",
        }
        return acts.open_file(self.secretary, organisation=self.organisation, design=design, **(given | facts))


def process_of(file: File) -> Process:
    """The process that runs on a file, the newest."""
    return Process.objects.filter(case_id=file.pk).order_by("-opened_at", "-pk")[0]


def record_of(process: Process) -> Determination:
    """The row of a determination as it stands."""
    return Determination.objects.select_related("file").get(process=process)


def seats(process: Process) -> list[PanelMember]:
    """Who sits in the present stage."""
    record = record_of(process)
    found = PanelMember.objects.filter(determination=record, stage=record.stage).sitting()
    return list(found.select_related("post__user", "post__organisation"))


def step(process: Process, action: str, acting: Post | None, **data: Any) -> Outcome:
    """Make a step and bring `process` up to date."""
    done = perform(process.pk, action, acting, data)
    process.refresh_from_db()
    return done


def name_panel(committee: Committee, process: Process, number: int, skip: int = 0) -> None:
    """The secretary names so many members, leaving out the first `skip`."""
    chosen = committee.members[skip : skip + number]
    step(process, "name_panel", committee.secretary, members=[str(post.pk) for post in chosen])


def declare_all(process: Process) -> None:
    """Every member declares to have no conflict."""
    for seat in seats(process):
        if not seat.interest:
            step(process, "declare", seat.post, interest="none")


def opine_all(process: Process, finding: str = "plausible") -> None:
    """Every member gives an opinion."""
    for seat in seats(process):
        if not hasattr(seat, "opinion"):
            step(process, "give_opinion", seat.post, finding=finding, reasons=REASONS, weight_coerced="2")


def to_draft(committee: Committee, process: Process, number: int, skip: int = 0) -> None:
    """From a panel to be composed to a decision to be drafted."""
    name_panel(committee, process, number, skip)
    declare_all(process)
    step(process, "ask_opinions", committee.secretary)
    opine_all(process)
    step(process, "decline_hearing", committee.secretary)


def to_decided(committee: Committee, process: Process, outcome: str = "plausible") -> None:
    """From a decision to be drafted to one that is made."""
    step(process, "draft", committee.secretary, outcome=outcome, reasons=REASONS)
    for seat in seats(process):
        if process.state == "deciding":
            step(process, "decide", seat.post, vote="for")


def to_served(committee: Committee, process: Process) -> None:
    """From a decision that is made to one that was served today."""
    step(process, "serve", committee.secretary, served_on=clock.today().isoformat(), how="in_person")
