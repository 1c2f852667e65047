"""Determinations of the small set: of each design a file that stands in each of its states, and all that led to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import F

from access import clock
from access.clock import AMSTERDAM
from access.models import Post
from access.wall import Side, taken
from workflows.determination import acts
from workflows.determination.designs import COMMITTEE, TWO_STAGE
from workflows.determination.models import MemberProfile, PanelMember
from workflows.determination.words import Expertise, Finding
from workflows.engine.models import Process
from workflows.engine.steps import open_process, perform
from workflows.investigation_led.machine import InvestigationLed

MEMBERS = ("member", *(f"member{n}" for n in range(2, 8)))
REASONS = (
    "Verzonnen: wat u vertelde past bij wat de begeleiding zag. U kon niet weg, uw papieren waren weg en het loon bleef"
    " uit. Daarom is het aannemelijk dat u slachtoffer bent."
)
TREES = (
    "Els", "Iep", "Spar", "Wilg", "Linde", "Beuk", "Berk", "Esdoorn", "Populier", "Kastanje", "Hazelaar", "Vlier",
    "Meidoorn", "Larix", "Taxus", "Hulst", "Plataan", "Acacia", "Lijsterbes", "Sleedoorn", "Kornoelje", "Liguster",
    "Conifeer", "Jeneverbes", "Tamarisk", "Magnolia", "Robinia", "Douglas", "Ceder", "Cipres", "Moerbei", "Olijf",
    "Buxus", "Laurier",
)  # fmt: skip
EARLIER = ("final", "withdrawn", "final", "not_admissible", "final", "final")
"""How files of each design ended that were opened in earlier quarters: the comparison tells of those alone."""


@dataclass(frozen=True)
class Deed:
    """A step on a file: so many days after it was opened, by whom, and what was filled in."""

    after: int
    act: str
    by: str = "secretary"
    data: tuple[tuple[str, Any], ...] = ()


def deed(after: int, act: str, by: str = "secretary", **data: Any) -> Deed:
    """A deed with what was filled in."""
    return Deed(after, act, by, tuple(data.items()))


ADMIT: tuple[Deed, ...] = (deed(1, "admit"),)
DRAFT = deed(24, "draft", outcome=Finding.PLAUSIBLE, reasons=REASONS)


def _panel(names: tuple[str, ...], after: int) -> tuple[Deed, ...]:
    return (deed(after, "name_panel", panel=names),)


def _declared(names: tuple[str, ...], after: int) -> tuple[Deed, ...]:
    return tuple(deed(after, "declare", name, interest="none") for name in names)


def _opinions(names: tuple[str, ...], after: int, doubts: str) -> tuple[Deed, ...]:
    return tuple(
        deed(
            after + number % 3, "give_opinion", name,
            finding=Finding.NOT_ENOUGH if name == doubts else Finding.PLAUSIBLE,
            reasons="Verzonnen: het verhaal is samenhangend en past bij de stukken.",
            weight_coerced=str(1 + number % 2), weight_papers="2",
        )
        for number, name in enumerate(names)
    )  # fmt: skip


HEARD = deed(
    19, "record_hearing", heard=True, language="pl", interpreter="Tolk Verzonnen", support="Steun Verzonnen",
    checklist=["explained", "breaks"], report="Verzonnen: de betrokkene vertelde in eigen woorden, met twee pauzes.",
)  # fmt: skip
ASKED_AGAIN = deed(
    36, "ask_again", why="new_evidence", ground="Verzonnen: een getuige heeft zich gemeld bij de begeleiding."
)
STOPPED = deed(9, "stop", ground="person", reasons="Verzonnen: u wilde niet verder. Dat verandert niets aan de hulp.")


def _to_draft(names: tuple[str, ...], shift: int = 0) -> dict[str, tuple[Deed, ...]]:
    """What leads to each state from a panel to be composed to a decision, on top of what led to the panel."""
    panel = _panel(names, 3 + shift)
    declared = (*panel, *_declared(names, 5 + shift))
    asked = (*declared, deed(10 + shift, "ask_opinions"))
    given = (*asked, *_opinions(names, 13 + shift, names[-1]))
    heard = (*given, deed(HEARD.after + shift, HEARD.act, HEARD.by, **dict(HEARD.data)))
    drafted = (*heard, deed(DRAFT.after + shift, DRAFT.act, **dict(DRAFT.data)))
    return {
        "declaring": (*panel, *_declared(names[:1], 4 + shift)),
        "gathering": declared,
        "opinions": (*asked, *_opinions(names[:1], 13 + shift, "")),
        "hearing": given,
        "drafting": heard,
        "deciding": (*drafted, deed(27 + shift, "decide", names[0], vote="for")),
    }


def courses(design: str) -> dict[str, tuple[Deed, ...]]:
    """By state of a design: what was done with a file that stands in it."""
    missing = deed(1, "ask_missing", what=["story", "language"], from_whom="person", remark="")
    found: dict[str, tuple[Deed, ...]] = {
        "requested": (),
        "incomplete": (missing,),
        "not_admissible": (
            deed(2, "refuse_admission", reason="Verzonnen: er is geen enkel feit genoemd.",
                 how_to_mend="Vertel wat er is gebeurd; het verzoek wordt dan opnieuw bekeken."),
        ),
        "composing": ADMIT,
    }  # fmt: skip
    if design == COMMITTEE.code:
        before, names, shift = ADMIT, MEMBERS, 0
    else:
        one, names, shift = MEMBERS[:1], MEMBERS[1:4], 14
        grounds = (*ADMIT, *_panel(one, 2), *_declared(one, 3))
        recovers = (
            *grounds,
            deed(5, "find_grounds", one[0], outcome=Finding.PLAUSIBLE, reasons=REASONS),
            deed(6, "serve_first", served=True, how="in_person"),
        )
        found |= {"reasonable": grounds, "recovery": recovers}
        before = (*recovers, deed(12, "begin_conclusive"))
    found |= {state: (*before, *more) for state, more in _to_draft(names, shift).items()}
    votes = tuple(deed(28 + shift, "decide", name, vote="for") for name in names[1 : len(names) // 2 + 1])
    decided = (*found["deciding"], *votes)
    served = (*decided, deed(30 + shift, "serve", served=True, how="in_person"))
    again = deed(ASKED_AGAIN.after + shift, ASKED_AGAIN.act, **dict(ASKED_AGAIN.data))
    return found | {
        "decided": decided,
        "served": served,
        "reconsidered": (*served, again),
        "final": (*served, deed(65 + shift, "make_final")),
        "withdrawn": (*ADMIT, STOPPED),
    }


_COMPLAINT = deed(4, "register_cooperation", "investigator", cooperation="complaint", registered=True)
_CONVICTED = deed(40, "decide_case", "prosecutor", came_of_it="convicted")
RECOGNITIONS: dict[str, tuple[Deed, ...]] = {
    "requested": (),
    "cooperates": (_COMPLAINT,),
    "case_decided": (_COMPLAINT, _CONVICTED),
    "recognised": (_COMPLAINT, _CONVICTED, deed(45, "recognise", "prosecutor")),
    "not_recognised": (
        _COMPLAINT,
        deed(40, "decide_case", "prosecutor", came_of_it="acquitted"),
        deed(45, "not_recognise", "prosecutor", reason="Verzonnen: vrijspraak."),
    ),
    "dismissed": (_COMPLAINT, deed(30, "dismiss", "prosecutor", reason="Verzonnen: onvoldoende bewijs.")),
    "no_cooperation": (deed(20, "close", "investigator", reason="Verzonnen: de betrokkene wil geen aangifte doen."),),
}


class Determinations:
    """The files of the committee and the recognitions at the police, told in the order of time."""

    def __init__(self, as_of: date, post: Callable[[str], Post], region: Any) -> None:
        self.as_of, self.post, self.region = as_of, post, region
        self.processes: dict[tuple[str, str], UUID] = {}

    def events(self) -> Iterator[tuple[datetime, Callable[[], None]]]:
        """When something happens, and what."""
        yield self._at(330, 0, 0), self._profiles
        number = 0
        for design in (COMMITTEE.code, TWO_STAGE.code):
            known = courses(design)
            told = [((design, state), deeds, 2 + (number + n) % 2) for n, (state, deeds) in enumerate(known.items())]
            told += [((design, f"{state} {n}"), known[state], 100 + 15 * n) for n, state in enumerate(EARLIER)]
            for key, deeds, ago in told:
                begin = partial(self._open, key, TREES[number % len(TREES)])
                yield from self._course(key, deeds, ago, number, begin)
                number += 1
        for state, deeds in RECOGNITIONS.items():
            yield from self._course(("justice", state), deeds, 3, number, partial(self._request, state, number))
            number += 1

    def _course(
        self, key: tuple[str, str], deeds: tuple[Deed, ...], ago: int, number: int, begin: Callable[[], None]
    ) -> Iterator[tuple[datetime, Callable[[], None]]]:
        """How a file or case begins and what was done with it, the last so many days ago."""
        start = (deeds[-1].after if deeds else 0) + ago
        yield self._at(start, 0, number), begin
        for place, one in enumerate(deeds):
            yield self._at(start - one.after, place + 1, number), partial(self._do, key, one)

    def _at(self, days: int, place: int, number: int) -> datetime:
        begins = datetime.combine(self.as_of - timedelta(days=days), time(9), AMSTERDAM)
        return begins + timedelta(minutes=10 * place, seconds=number)

    def _profiles(self) -> None:
        with taken(Side.DETERMINATION):
            MemberProfile.objects.bulk_create(
                MemberProfile(post=self.post(name), expertise=[expertise])
                for name, expertise in zip(MEMBERS, Expertise, strict=False)
            )

    def _open(self, key: tuple[str, str], tree: str) -> None:
        with taken(Side.DETERMINATION):
            secretary = self.post("secretary")
            file = acts.open_file(
                secretary, organisation=secretary.organisation, design=key[0], alias=f"{tree} Verzonnen",
                birth_date=date(1970 + len(tree) * 3, 5, 17), capacity="lawyer" if len(tree) % 2 else "person",
                agreed=True, languages=["pl"] if len(tree) % 3 else ["nl"], contact="Via de begeleiding, op werkdagen.",
            )  # fmt: skip
            self.processes[key] = Process.objects.get(case_id=file.pk).pk

    def _request(self, state: str, number: int) -> None:
        with taken(Side.JUSTICE):
            opened = open_process(
                InvestigationLed, acting=self.post("investigator"), region_id=self.region.pk,
                record={"reference": f"PL0000-{self.as_of.year}{number:06d}"},
            )  # fmt: skip
            self.processes["justice", state] = opened.pk

    def _do(self, key: tuple[str, str], one: Deed) -> None:
        with taken(Side.JUSTICE if key[0] == "justice" else Side.DETERMINATION):
            process = self.processes[key]
            perform(process, one.act, self.post(one.by), self._filled_in(process, dict(one.data)))

    def _filled_in(self, process: UUID, data: dict[str, Any]) -> dict[str, Any]:
        """What a deed says, with what only the moment knows: days and keys."""
        today = clock.today().isoformat()
        if data.pop("served", False):
            data["served_on"] = today
        if data.pop("registered", False):
            data["cooperated_on"] = today
        if "panel" in data:
            data["members"] = [str(self.post(name).pk) for name in data.pop("panel")]
        if data.pop("heard", False):
            of_stage = PanelMember.objects.filter(determination__process=process, stage=F("determination__stage"))
            first, second = [str(key) for key in of_stage.sitting().order_by("post").values_list("pk", flat=True)[:2]]
            data |= {"held_on": today, "first": first, "second": second}
        return data
