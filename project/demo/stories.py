"""What happens in the small set: about forty stories, each a case with what was done, when and by whom.

A story says nothing the engine does not do: `project.demo.small` tells them through the same doors as the pages, in
the order of time, with the minute sweep in between. Moments count back from the as-of date: `W(2, "10:15")` is two
working days before it at a quarter past ten, `D(2, "23:20")` two calendar days. All of it lies before that date
begins, so nothing has happened in the future whenever somebody starts the demonstration.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from access.clock import AMSTERDAM
from workflows.engine.calendars import add_working_days


@dataclass(frozen=True)
class When:
    """A moment before the as-of date."""

    days: int
    clock: str
    working: bool

    def on(self, as_of: date) -> datetime:
        """The moment, given the as-of date."""
        day = add_working_days(as_of, -self.days) if self.working else as_of - timedelta(days=self.days)
        return datetime.combine(day, time.fromisoformat(self.clock), AMSTERDAM)


def W(days: int, clock: str) -> When:
    """A number of working days before the as-of date, at a time in the Netherlands."""
    return When(days, clock, True)


def D(days: int, clock: str) -> When:
    """A number of calendar days before the as-of date, at a time in the Netherlands."""
    return When(days, clock, False)


@dataclass(frozen=True)
class Deed:
    """Something somebody did: `on` is the kind of a process (the latest of the case), or ``file``.

    `by` is the account that acted; empty: the one that took the report in.
    """

    when: When
    on: str
    act: str
    by: str
    data: Mapping[str, Any]


def ref(when: When, act: str, by: str = "", **data: Any) -> Deed:
    """Something done to the referral."""
    return Deed(when, "referral", act, by, data)


def pla(when: When, act: str, by: str = "", **data: Any) -> Deed:
    """Something done to the placement."""
    return Deed(when, "placement", act, by, data)


def refl(when: When, act: str, by: str = "", **data: Any) -> Deed:
    """Something done to the reflection period; ``start`` offers it."""
    return Deed(when, "reflection_period", act, by, data)


def file(when: When, act: str, by: str = "", **data: Any) -> Deed:
    """Something done to the file."""
    return Deed(when, "file", act, by, data)


@dataclass(frozen=True)
class Story:
    """A case: what it shows, where and when it came in, who it is about, what was done."""

    shows: str
    arrives: When
    deeds: tuple[Deed, ...] = ()
    region: str = "Alkmaar"
    by: str = "coordinator"
    times: int = 1
    urgent: bool = False
    source: str = "police"
    person: Mapping[str, Any] = field(default_factory=dict)
    case: Mapping[str, Any] = field(default_factory=dict)


TRIAGE = "begin_triage"
OFFER = {"offered_by": "police", "offered_by_name": "Eenheid Voorbeeld (demonstratie)", "language": "Tigrinya"}
CRISIS = {"shelter": "on", "shelter_kind": "crisis"}
LONG = {"shelter": "on", "shelter_kind": "long_stay"}
NO_SHELTER = {"shelter": ""}


def placed(
    arrived: When, *, by: str, provider: str, unit: str, before: int, comensha: bool = False
) -> tuple[Deed, ...]:
    """The usual way from the report into a place, in the days before `arrived`; `comensha`: where it alone places."""
    d = arrived.days
    handed = (pla(D(d + 2, "09:00"), "ask_comensha", by),) if comensha else ()
    return (
        ref(D(d + before, "10:05"), TRIAGE, by),
        ref(D(d + before - 1, "11:20"), "accept", by, **CRISIS),
        pla(D(d + before - 1, "13:10"), "seek", by),
        *handed,
        pla(D(d + 2, "09:40"), "offer", "desk" if comensha else by, unit=unit),
        pla(D(d + 2, "15:15"), "accept", provider),
        pla(arrived, "arrive", provider),
    )


STORIES: tuple[Story, ...] = (
    # -- received -----------------------------------------------------------------------------------------------
    Story("received, to be looked at today", W(1, "15:10"), times=2),
    Story("received at night, an emergency", D(1, "23:20"), urgent=True, source="kmar", by="desk", region="Den Helder"),
    Story("an emergency nobody took up: escalated twice", D(1, "17:40"), urgent=True, region="Zaanstad", by="desk"),
    Story(
        "taken by somebody who is away: overdue and escalated", W(4, "09:30"), (ref(W(4, "10:10"), "take", "away"),),
        region="Zaanstad", by="twoposts",
    ),
    Story("no coordinator in the region: lies with the national desk", W(1, "11:45"), region="Venlo", by="desk"),
    Story("taken by somebody who leaves", W(1, "13:05"), (ref(W(1, "13:30"), "take", "leaver"),), source="self"),
    # -- in triage ----------------------------------------------------------------------------------------------
    Story("in triage, due today", W(6, "14:20"), (ref(W(5, "09:15"), TRIAGE), ref(W(5, "09:16"), "take")), times=2),
    Story("in triage, in time", W(3, "10:40"), (ref(W(2, "09:25"), TRIAGE),), times=2, source="nla",
          case={"forms": ["labour"]}),
    Story(
        "in triage, overdue; the holder is absent and a deputy acts", W(9, "10:00"),
        (ref(W(8, "11:30"), TRIAGE, "absent"), ref(W(8, "11:31"), "take", "absent")),
    ),
    Story(
        "paused, the clock stands still", W(7, "15:00"),
        (ref(W(6, "10:00"), TRIAGE), ref(W(6, "10:01"), "take"),
         ref(W(4, "16:20"), "pause", reason="Wacht op een tolk.")),
    ),
    Story(
        "paused and resumed: the term ends later", W(8, "09:00"),
        (ref(W(7, "10:30"), TRIAGE), ref(W(6, "09:10"), "pause", reason="De melder is niet bereikbaar."),
         ref(W(3, "14:00"), "resume")),
    ),
    Story(
        "snoozed until after tomorrow", W(3, "16:10"),
        (ref(W(2, "09:05"), TRIAGE), ref(W(2, "09:06"), "take"), ref(W(1, "16:45"), "snooze", days=2)),
    ),
    Story(
        "by rule with the caseworker", W(4, "12:15"), (ref(W(3, "09:50"), TRIAGE),), times=2,
        case={"forms": ["criminal"]}, source="municipality",
    ),
    Story(
        "handed over to a colleague", W(3, "11:00"),
        (ref(W(3, "13:20"), TRIAGE, "coordinator2"), ref(W(3, "13:21"), "take", "coordinator2"),
         ref(W(1, "16:30"), "hand_over", "coordinator2", to="coordinator", reason="Ik ben er morgen niet.")),
    ),
    Story(
        "given back to the queue", W(4, "10:30"),
        (ref(W(4, "11:00"), "take", "coordinator2"), ref(W(4, "13:00"), TRIAGE, "coordinator2"),
         ref(W(2, "09:00"), "give_back", "coordinator2", reason="Ik ken de betrokkene.")),
    ),
    Story(
        "a minor with a guardian, by rule with the youth coordination", W(2, "09:20"),
        (ref(W(1, "10:00"), TRIAGE, "coordinator.jeugd"),), region="Haarlem", by="twoposts",
        person={"years": 15}, case={"needs": ["gender_specific"]}, source="shelter",
    ),
    Story(
        "an emergency in triage, due in hours", D(1, "20:30"), (ref(D(1, "21:10"), TRIAGE),), urgent=True,
        region="Den Helder", person={"years": 16}, case={"safety_level": "high"},
    ),
    # -- referred onward ----------------------------------------------------------------------------------------
    Story(
        "referred onward, waiting for the answer", W(5, "10:10"),
        (ref(W(4, "09:40"), TRIAGE), ref(W(3, "14:30"), "refer_onward", organisation="rotterdam",
                                         reason="De betrokkene verblijft in een andere regio.")),
    ),
    Story(
        "referred onward to somebody not in the list, answer overdue", W(9, "13:15"),
        (ref(W(8, "10:10"), "refer_onward", name="Jeugdhulp Voorbeeld (demonstratie)", reason="Is daar bekend."),),
    ),
    Story(
        "not taken over there: in triage again", W(11, "11:10"),
        (ref(W(10, "09:00"), TRIAGE), ref(W(9, "10:00"), "refer_onward", organisation="utrecht", reason="Woont daar."),
         ref(W(2, "15:50"), "refused_onward", reason="Staat daar niet ingeschreven.")),
    ),
    Story(
        "taken over by another organisation", W(12, "09:30"),
        (ref(W(11, "10:00"), TRIAGE), ref(W(10, "10:00"), "refer_onward", organisation="breda", reason="Woont daar."),
         ref(W(6, "14:00"), "taken_over"), file(W(6, "14:30"), "close", reason="referred_onward")),
        region="Zaanstad", by="twoposts",
    ),
    # -- ended --------------------------------------------------------------------------------------------------
    Story(
        "not trafficking", W(8, "14:00"),
        (ref(W(7, "10:00"), TRIAGE),
         ref(W(5, "15:00"), "not_trafficking", ground="smuggling", reason="Gesmokkeld, geen dwang of uitbuiting."),
         file(W(5, "15:10"), "close", reason="not_trafficking")),
        source="kmar",
    ),
    Story(
        "not trafficking, opened again on new facts", W(14, "10:00"),
        (ref(W(13, "10:00"), TRIAGE),
         ref(W(11, "11:00"), "not_trafficking", ground="employment_dispute", reason="Geschil over het loon."),
         ref(W(2, "10:20"), "reopen", reason="Er is een tweede melding met aanwijzingen voor dwang.")),
        case={"forms": ["labour"]}, source="nla",
    ),
    Story(
        "withdrawn at the person's own request", W(5, "16:00"),
        (ref(W(4, "10:00"), TRIAGE), ref(W(3, "11:30"), "withdraw", reason="De betrokkene wil nu geen hulp."),
         file(W(3, "11:40"), "close", reason="withdrawn")),
        source="ngo", person={"birth_date": None, "adult_confirmed": False},
    ),
    Story(
        "accepted, ambulatory help, no shelter needed", W(13, "09:45"),
        (ref(W(12, "10:00"), TRIAGE), ref(W(9, "13:00"), "accept", **NO_SHELTER),
         file(W(8, "10:00"), "note", text="Kennisgemaakt; wekelijks contact afgesproken.", kind="contact")),
        times=2,
    ),
    # -- placement: before the place ----------------------------------------------------------------------------
    Story("shelter asked for, nobody looked yet: overdue", W(2, "11:00"),
          (ref(W(2, "13:00"), TRIAGE), ref(W(1, "15:20"), "accept", **CRISIS))),
    Story(
        "shelter asked for at night", D(1, "21:45"),
        (ref(D(1, "22:05"), TRIAGE, "desk"), ref(D(1, "23:15"), "accept", "desk", **CRISIS)),
        urgent=True, by="desk", region="Venlo", case={"needs": ["security"], "safety_level": "high"},
    ),
    Story(
        "seeking, due today", W(4, "10:00"),
        (ref(W(3, "10:00"), TRIAGE), ref(D(1, "09:20"), "accept", **LONG), pla(D(1, "10:30"), "seek"),
         pla(D(1, "10:31"), "take")),
        times=2, case={"needs": ["gender_specific", "children"], "children_along": 1},
    ),
    Story(
        "asked of CoMensha, which alone places people there", W(4, "10:40"),
        (ref(W(3, "10:30"), TRIAGE), ref(D(1, "09:30"), "accept", **CRISIS), pla(D(1, "10:40"), "seek"),
         pla(D(1, "14:20"), "ask_comensha")),
        case={"needs": ["psychiatric", "behaviour"]},
    ),
    Story(
        "asked of CoMensha, given back to the region, which asks another region to take over", W(5, "11:40"),
        (ref(W(4, "10:30"), TRIAGE), ref(D(3, "09:30"), "accept", **CRISIS), pla(D(3, "10:40"), "seek"),
         pla(D(3, "14:20"), "ask_comensha"),
         pla(D(1, "15:30"), "return_to_region", "desk", reason="Er is geen bedenktijd; de regio zoekt zelf verder."),
         pla(D(1, "16:30"), "hand_to_region", region="Rotterdam", reason="Verzonnen: veiliger buiten deze regio.")),
    ),
    Story(
        "seeking, overdue and escalated", W(6, "10:20"),
        (ref(W(5, "10:00"), TRIAGE), ref(W(4, "11:00"), "accept", **CRISIS), pla(W(4, "13:40"), "seek")),
        case={"needs": ["wheelchair"]},
    ),
    Story(
        "declined twice, back with CoMensha which asked last", W(7, "09:10"),
        (ref(W(6, "10:00"), TRIAGE), ref(W(6, "15:00"), "accept", **CRISIS), pla(W(5, "09:00"), "seek"),
         pla(W(5, "10:00"), "offer", unit="vuurtoren-crisis"),
         pla(W(5, "16:00"), "decline", "provider", ground="addiction", reason=""),
         pla(W(4, "09:00"), "ask_comensha"), pla(W(4, "09:30"), "offer", "desk", unit="ankertouw-crisis"),
         pla(W(4, "14:10"), "decline", "provider.ankertouw", ground="psychiatric", reason=""),
         pla(W(1, "16:50"), "pause", "desk", reason="Er is overleg met de verslavingszorg.")),
        case={"needs": ["addiction", "psychiatric"]},
    ),
    Story(
        "asked of the provider, answer due today", W(5, "12:00"),
        (ref(W(4, "10:00"), TRIAGE), ref(D(2, "10:00"), "accept", **CRISIS), pla(D(2, "11:00"), "seek"),
         pla(D(1, "13:00"), "offer", unit="vuurtoren-crisis")),
        times=2,
    ),
    Story(
        "asked of the provider, who does not answer: escalated", W(6, "15:20"),
        (ref(W(5, "10:00"), TRIAGE), ref(W(4, "10:00"), "accept", **CRISIS), pla(W(4, "11:00"), "seek"),
         pla(W(4, "11:30"), "ask_comensha"), pla(W(3, "10:00"), "offer", "desk", unit="ankertouw-crisis")),
        region="Zaanstad", by="twoposts",
    ),
    Story(
        "the question was taken back, another unit was asked and has it in hand", W(6, "10:50"),
        (ref(W(5, "13:00"), TRIAGE), ref(D(3, "10:00"), "accept", **CRISIS), pla(D(3, "11:00"), "seek"),
         pla(D(3, "11:30"), "ask_comensha"), pla(D(2, "10:00"), "offer", "desk", unit="ankertouw-crisis"),
         pla(D(1, "11:00"), "take_back", reason="Te dicht bij de dader."),
         pla(D(1, "11:30"), "offer", unit="vuurtoren-crisis"), pla(D(1, "14:00"), "take", "provider")),
        case={"safety_level": "high"},
    ),
    Story(
        "accepted, to arrive today", W(7, "11:30"),
        (ref(W(6, "10:00"), TRIAGE), ref(D(3, "15:00"), "accept", **CRISIS), pla(D(3, "16:00"), "seek"),
         pla(D(2, "09:00"), "offer", unit="vuurtoren-crisis"), pla(D(2, "12:00"), "accept", "provider")),
        case={"needs": ["pregnant"]},
    ),
    Story(
        "accepted, has not arrived: overdue", W(9, "11:30"),
        (ref(W(8, "10:00"), TRIAGE), ref(D(7, "15:00"), "accept", **CRISIS), pla(D(7, "16:00"), "seek"),
         pla(D(7, "16:30"), "ask_comensha"), pla(D(6, "09:00"), "offer", "desk", unit="lichtboei-crisis"),
         pla(D(6, "12:00"), "accept", "provider.lichtboei")),
        region="Rotterdam", by="coordinator.rotterdam",
    ),
    Story(
        "the person did not come: back with CoMensha, which asked", W(9, "14:30"),
        (ref(W(8, "13:00"), TRIAGE), ref(D(6, "15:00"), "accept", **CRISIS), pla(D(6, "16:00"), "seek"),
         pla(D(6, "16:30"), "ask_comensha"), pla(D(5, "09:00"), "offer", "desk", unit="kompasroos-crisis"),
         pla(D(5, "12:00"), "accept", "provider.kompasroos"),
         pla(D(1, "17:00"), "not_arriving", "provider.kompasroos", reason="Niet verschenen, geen contact.")),
        region="Utrecht", by="coordinator.utrecht",
    ),
    Story(
        "no place found: unmet demand, with the national desk", D(3, "19:00"),
        (ref(D(3, "19:30"), TRIAGE), ref(D(3, "21:00"), "accept", **CRISIS), pla(D(3, "21:20"), "seek"),
         pla(D(1, "22:40"), "find_none", ground="no_such_place",
             reason="Geen plek met rolstoeltoegang en beveiliging.")),
        urgent=True, case={"needs": ["wheelchair", "security"]},
    ),
    Story(
        "no place found and not taken up: escalated", W(5, "10:00"),
        (ref(W(4, "10:00"), TRIAGE), ref(W(4, "12:00"), "accept", **CRISIS), pla(W(4, "13:00"), "seek"),
         pla(W(3, "12:30"), "find_none", ground="refused", reason="Overal geweigerd vanwege gedrag.")),
        region="Haarlem", by="twoposts", case={"needs": ["behaviour"]},
    ),
    Story(
        "placement withdrawn: stays with family", W(8, "10:00"),
        (ref(W(7, "10:00"), TRIAGE), ref(W(6, "10:00"), "accept", **LONG), pla(W(6, "11:00"), "seek"),
         pla(W(5, "10:00"), "withdraw", "caseworker", reason="Kan bij familie terecht.")),
    ),
    Story(
        "in an emergency bed of the police, to be followed up today", D(1, "22:10"),
        (ref(D(1, "22:20"), TRIAGE, "desk"), ref(D(1, "22:40"), "accept", "desk", **CRISIS),
         pla(D(1, "23:05"), "give_bed", "desk", reason="De politie heeft een bed voor deze nacht.")),
        urgent=True, by="desk",
    ),
    Story(
        "three units asked in order, the first declined, the second asks something first", W(6, "09:20"),
        (ref(W(5, "10:00"), TRIAGE), ref(D(3, "10:00"), "accept", **CRISIS), pla(D(3, "11:00"), "seek"),
         file(D(2, "08:50"), "choose", unit="vuurtoren-crisis"),
         pla(D(2, "09:00"), "ask_comensha"),
         pla(D(2, "09:30"), "offer", "desk", unit="lichtboei-crisis", second="ankertouw-crisis",
             third="kompasroos-crisis"),
         pla(D(2, "15:00"), "decline", "provider.lichtboei", ground="full", reason=""),
         pla(D(1, "16:00"), "ask_next", "desk"),
         pla(D(1, "22:30"), "ask_back", "provider.ankertouw", question="Verzonnen: is er een rustige kamer nodig?")),
        case={"needs": ["pregnant"]},
    ),
    # -- placement: in the place and after ------------------------------------------------------------------------
    Story("in the place", D(24, "10:00"),
          placed(D(18, "14:00"), by="coordinator", provider="provider", unit="vuurtoren-crisis", before=5), times=2),
    Story("in the place, other region, the next step is planned", D(21, "10:00"),
          (*placed(D(15, "14:00"), by="coordinator.rotterdam", provider="provider.lichtboei", unit="lichtboei-crisis",
                   before=5, comensha=True),
           pla(D(12, "11:00"), "plan_next", planned_until=D(-20, "12:00"), next_step="move_on")),
          region="Rotterdam", by="coordinator.rotterdam", times=2),
    Story(
        "in the place after nothing could be found at first", D(12, "10:00"),
        (ref(D(11, "10:00"), TRIAGE), ref(D(10, "10:00"), "accept", **CRISIS), pla(D(10, "11:00"), "seek"),
         pla(D(10, "17:00"), "find_none", ground="no_free", reason="Alles bezet."),
         pla(D(9, "09:00"), "seek_again", "desk"), pla(D(8, "09:00"), "offer", "desk", unit="ankertouw-crisis"),
         pla(D(8, "11:00"), "accept", "provider.ankertouw"), pla(D(7, "15:00"), "arrive", "provider.ankertouw")),
        region="Zaanstad", by="twoposts",
    ),
    Story("in the place, the three months are nearly over", D(94, "10:00"),
          placed(D(88, "14:00"), by="coordinator", provider="provider", unit="vuurtoren-crisis", before=5)),
    Story("in the place for more than three months: escalated", D(121, "10:00"),
          placed(D(115, "14:00"), by="coordinator", provider="provider", unit="vuurtoren-crisis", before=5)),
    Story(
        "left for move-on shelter, case closed", D(66, "10:00"),
        (*placed(D(60, "14:00"), by="coordinator", provider="provider", unit="vuurtoren-crisis", before=5),
         pla(D(5, "11:00"), "leave", left_to="move_on"),
         file(D(4, "10:00"), "close", reason="guidance_complete")),
        times=2,
    ),
    Story(
        "in the place, stays longer with a reason; another region is asked to take over", D(108, "10:00"),
        (*placed(D(101, "14:00"), by="coordinator.rotterdam", provider="provider.lichtboei", unit="lichtboei-crisis",
                 before=5, comensha=True),
         pla(D(9, "11:00"), "stay_longer", ground="no_move_on", reason="Verzonnen: op een wachtlijst."),
         pla(D(1, "11:00"), "hand_to_region", region="Haarlem", reason="Verzonnen: de vervolgplek is daar.")),
        region="Rotterdam", by="coordinator.rotterdam",
    ),
    Story(
        "left, nobody knows where to: somebody looks after their safety", D(52, "10:00"),
        (*placed(D(46, "14:00"), by="coordinator.rotterdam", provider="provider.lichtboei", unit="lichtboei-crisis",
                 before=5, comensha=True),
         pla(D(1, "22:30"), "leave", left_to="unknown")),
        region="Rotterdam", by="coordinator.rotterdam",
    ),
    # -- the reflection period ---------------------------------------------------------------------------------------
    Story(
        "reflection period offered, the person still decides", W(4, "10:20"),
        (ref(W(3, "10:00"), TRIAGE), ref(W(3, "15:00"), "accept", **NO_SHELTER),
         refl(W(2, "11:00"), "start", interpreter="on", **OFFER)),
    ),
    Story(
        "reflection period accepted, still to start", W(6, "10:20"),
        (ref(W(5, "10:00"), TRIAGE), ref(W(5, "15:00"), "accept", **NO_SHELTER),
         refl(W(4, "11:00"), "start", "navigator", **OFFER | {"offered_by": "kmar", "language": "Engels"}),
         refl(W(1, "14:00"), "accept", "navigator")),
        source="kmar",
    ),
    Story(
        "reflection period runs, two of its signals were told", D(84, "10:00"),
        (ref(D(83, "10:00"), TRIAGE), ref(D(82, "10:00"), "accept", **NO_SHELTER),
         refl(D(82, "11:00"), "start", interpreter="on", **OFFER), refl(D(81, "11:00"), "accept"),
         refl(D(80, "11:00"), "begin", rule="general")),
    ),
    Story(
        "reflection period of thirty days in a Dublin case, over its end: escalated", D(42, "10:00"),
        (ref(D(41, "10:00"), TRIAGE), ref(D(40, "10:00"), "accept", **NO_SHELTER),
         refl(D(40, "11:00"), "start", interpreter="on", **OFFER), refl(D(39, "11:00"), "accept"),
         refl(D(38, "11:00"), "begin", rule="dublin")),
        source="kmar",
    ),
    Story(
        "reflection period declined: the help goes on", W(12, "10:20"),
        (ref(W(11, "10:00"), TRIAGE), ref(W(10, "15:00"), "accept", **NO_SHELTER),
         refl(W(9, "11:00"), "start", **OFFER | {"language": "Spaans"}), refl(W(8, "14:00"), "decline")),
    ),
    Story(
        "reflection period ended, no complaint: guidance goes on", D(99, "10:00"),
        (ref(D(98, "10:00"), TRIAGE), ref(D(97, "10:00"), "accept", **NO_SHELTER),
         refl(D(97, "11:00"), "start", interpreter="on", **OFFER), refl(D(96, "11:00"), "accept"),
         refl(D(95, "11:00"), "begin", rule="general"), refl(D(4, "15:00"), "end", follows="hardship")),
    ),
    Story(
        "reflection period entered by mistake, in the wrong file", W(5, "10:20"),
        (ref(W(4, "10:00"), TRIAGE), refl(W(3, "11:00"), "start", **OFFER),
         refl(W(3, "11:10"), "mistake", reason="In het verkeerde dossier ingevoerd.")),
    ),
    # -- files that show something of their own ---------------------------------------------------------------------
    Story(
        "two reports about one person: placed through one, the other closes by itself", D(15, "10:00"),
        (ref(D(14, "10:00"), TRIAGE), ref(D(13, "10:00"), "accept", **LONG),
         file(D(13, "12:00"), "report", source="shelter"), ref(D(13, "14:00"), "accept", **CRISIS),
         pla(D(13, "15:00"), "seek"), pla(D(12, "10:00"), "offer", unit="vuurtoren-crisis"),
         pla(D(12, "12:00"), "accept", "provider"), pla(D(11, "14:00"), "arrive", "provider")),
    ),
    Story(
        "for named people only", W(6, "09:40"),
        (ref(W(6, "10:00"), TRIAGE), file(W(6, "10:10"), "restrict", named=("coordinator", "supervisor")),
         ref(W(6, "10:20"), "take"), file(W(5, "09:00"), "consent", purpose="investigation", state="refused"),
         file(W(3, "10:00"), "note", text="De betrokkene kent iemand bij een ketenpartner.", kind="safety")),
        case={"safety_level": "high"},
    ),
    Story(
        "consents given, refused and taken back; documents", W(10, "10:00"),
        (ref(W(9, "10:00"), TRIAGE), file(W(9, "10:30"), "consent", purpose="registration", recipient="comensha"),
         file(W(9, "10:31"), "consent", purpose="shelter", recipient="vuurtoren"),
         file(W(9, "10:32"), "consent", purpose="investigation", recipient_name="Politie (demonstratie)",
              state="refused"),
         file(W(8, "14:00"), "document", title="Intakeverslag", kind="report"),
         file(W(7, "14:00"), "document", title="Veiligheidsplan", kind="safety_plan"),
         ref(W(6, "10:00"), "accept", **NO_SHELTER),
         file(W(4, "11:00"), "consent", purpose="registration", recipient="comensha", state="withdrawn"),
         file(W(2, "11:00"), "note", text="Overleg met de huisarts, met toestemming.", kind="consultation")),
    ),
    Story("possible duplicate, the first", W(9, "10:00"), (ref(W(8, "10:00"), TRIAGE), ref(W(6, "10:00"), "accept")),
          person={"name": "Nevelwilg Zilvermeeuw", "years": 27}),
    Story("possible duplicate, the second", W(1, "10:30"), person={"name": "Neevelwilg Zilvermeuw", "years": 27},
          region="Den Helder", source="health"),
    Story("two registrations merged, the first", W(8, "09:00"), (ref(W(7, "10:00"), TRIAGE),),
          person={"name": "Dauwlijster Goudvaren", "years": 31}, region="Zaanstad", by="twoposts"),
    Story(
        "two registrations merged, the second", W(5, "09:00"),
        (ref(W(4, "10:00"), TRIAGE, "twoposts"),
         file(W(3, "10:00"), "merge", "twoposts", into="two registrations merged, the first")),
        person={"name": "Goudvaren Dauwlijster", "years": 31}, region="Zaanstad", by="twoposts",
    ),
)  # fmt: skip
