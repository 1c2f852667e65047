"""People who are guided in the small set: a guidance in every state, and what goes beside it. All invented."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

from access import clock
from access.clock import AMSTERDAM
from access.models import Post
from cases.models import Case
from project.demo.ground import Ground
from project.demo.stories import NO_SHELTER, TRIAGE, D, Deed, Story, When
from workflows.advice import acts as advice
from workflows.advice import content
from workflows.advice.words import Subject
from workflows.engine.models import Process
from workflows.guidance.models import (
    Action,
    Appointment,
    Goal,
    Guidance,
    Measurement,
    MeasureTried,
    NavigatorProfile,
    Willingness,
)

PLAN = {
    "contacts": "Verzonnen: zus, daarna de opvang.",
    "safe_hours": "Verzonnen: bellen tussen tien en twaalf, nooit in het weekend.",
    "code_words": "Verzonnen: “is de kat thuis?”",
    "threats": "Verzonnen: berichten van een onbekend nummer.",
    "what_to_do": "Verzonnen: naar de buren gaan en 112 bellen.",
}
NIGHT = {"requested_by": "police", "gender_wish": "", "weight": "3", "urgent": "on"}
ASKED = {"requested_by": "care", "gender_wish": "woman", "weight": "2"}
NAVIGATOR = "navigator"


def gui(when: When, act: str, by: str = NAVIGATOR, **data: Any) -> Deed:
    """Something done to the guidance; ``start`` asks for it."""
    return Deed(when, "guidance", act, by, data)


def plan(when: When) -> Deed:
    """The safety plan is gone through."""
    return Deed(when, "safety_plan", "write", NAVIGATOR, PLAN)


def pol(when: When, act: str, **data: Any) -> Deed:
    """Something done to a contact with the police; ``start`` plans it."""
    return Deed(when, "police_contact", act, NAVIGATOR, data)


def wrote(when: When, act: str, **data: Any) -> Deed:
    """Something written in the plan of guidance."""
    return Deed(when, "guided", act, NAVIGATOR, data)


def known(days: int) -> tuple[Deed, ...]:
    """The report was looked at and accepted, so many days ago."""
    return (
        Deed(D(days + 1, "10:00"), "referral", TRIAGE, "coordinator", {}),
        Deed(D(days + 1, "15:00"), "referral", "accept", "coordinator", NO_SHELTER),
    )


def met(days: int, **asked: Any) -> tuple[Deed, ...]:
    """From the report to the first contact, so many days ago."""
    return (
        *known(days),
        gui(D(days, "08:00"), "start", "coordinator", **(asked or ASKED)),
        gui(D(days, "08:30"), "match", "coordinator", navigator=NAVIGATOR, reason="Verzonnen: zo afgesproken."),
        gui(D(days, "15:00"), "first_contact", way="meeting", text="Verzonnen: kennisgemaakt bij de opvang."),
    )


def going(days: int) -> tuple[Deed, ...]:
    """A guidance that goes on since so many days, with a young safety plan and a recent contact."""
    return (*met(days), plan(D(days - 1, "10:00")), plan(D(6, "10:00")), gui(D(5, "11:00"), "contact", way="phone"))


YEAR = (
    *met(200, **NIGHT),
    plan(D(199, "09:00")),
    wrote(D(198, "10:00"), "goal", words="Verzonnen: ik wil weer slapen.", domain="medical", why="Slaapt slecht."),
    wrote(D(198, "10:05"), "goal", words="Verzonnen: een eigen kamer.", domain="housing", why="Vroeg er zelf om."),
    wrote(D(198, "10:10"), "action", what="Verzonnen: afspraak bij de huisarts.", owner="navigator", days=5),
    *(
        wrote(D(days, "11:00"), "measurement", domain=domain, score=score)
        for days, safety, medical in ((197, 1, 2), (140, 2, 2), (90, 3, 4), (30, 4, 4))
        for domain, score in (("safety", safety), ("medical", medical))
    ),
    wrote(D(197, "14:00"), "advice", subject="criminal", point="lawyer", state="done"),
    wrote(D(196, "14:00"), "advice", subject="criminal", point="retaliation", state="done"),
    wrote(D(195, "14:00"), "advice", subject="criminal", point="debts-fines", state="aside",
          reason="Verzonnen: er staat niets op naam."),
    wrote(D(190, "10:00"), "stand", stand="no", obstacles=["retaliation", "distrust"], words="Verzonnen: bang."),
    wrote(D(150, "10:00"), "measure", measure="psychologist", tried=True),
    wrote(D(140, "10:00"), "stand", stand="conditions", obstacles=["retaliation"], words="Verzonnen: eerst veilig."),
    wrote(D(100, "10:00"), "measure", measure="navigator", tried=True),
    pol(D(70, "09:00"), "start", authority="police", event="complaint", planned_at=D(60, "10:00"), interpreter="on",
        language="Tigrinya", place="Bureau Voorbeeld (demonstratie)", present="rechercheur, advocaat, tolk"),
    pol(D(61, "09:00"), "check", explained="yes", same_interviewer="no", chosen_gender="yes", interpreter="yes",
        safety_plan="yes", safe_contact="yes", lawyer="yes", no_confrontation="yes", notice="na"),
    pol(D(60, "16:00"), "hold", times_told="2", as_agreed="yes", breaks="yes", safe_home="yes", knows_next="yes"),
    pol(D(57, "11:00"), "give_aftercare"),
    wrote(D(59, "10:00"), "stand", stand="did", obstacles=[], words="Verzonnen: ik heb het gedaan."),
    gui(D(58, "10:00"), "phase", phase="wellbeing", move="begin", reason="Verzonnen: er is rust."),
    gui(D(20, "10:00"), "phase", phase="integration", move="begin", reason="Verzonnen: taalles begint."),
    plan(D(24, "10:00")),
    gui(D(120, "11:00"), "contact", way="phone", signs="yes", signs_forms=["criminal"],
        text="Verzonnen: kreeg weer een opdracht."),
    gui(D(8, "11:00"), "contact", way="meeting", text="Verzonnen: samen de plaat bekeken.", signs="no"),
    gui(D(7, "11:00"), "name_deputy", deputy="navigator2", deputy_known="on"),
    pol(D(5, "09:00"), "start", authority="court", event="hearing", planned_at=D(-3, "13:30"),
        place="Rechtbank (demonstratie)"),
    wrote(D(4, "11:00"), "appointment", days=4, kind="doctor", way="meeting"),
    wrote(D(3, "11:00"), "appointment", days=5, way="phone"),
    wrote(D(3, "11:10"), "appointment", days=8, kind="municipality", way="meeting"),
)  # fmt: skip
"""Most of what guidance is, in one case."""

STORIES: tuple[Story, ...] = (
    Story("guidance asked for, nobody found yet", D(3, "09:00"),
          (*known(1), gui(D(1, "16:00"), "start", "coordinator", **ASKED),)),
    Story(
        "handed over at night by police: first contact within 24 hours", D(1, "20:00"),
        (gui(D(1, "21:30"), "start", "desk", **NIGHT),
         gui(D(1, "22:00"), "match", "desk", navigator=NAVIGATOR, reason="Verzonnen: heeft dienst.")),
        urgent=True, by="desk",
    ),
    Story("in guidance for most of a year, with everything that goes with it", D(203, "09:00"), YEAR,
          person={"languages": ["ti"]}, case={"forms": ["criminal"]}),
    Story("in guidance, check-in overdue, the safety plan runs out, aftercare still to come", D(46, "09:00"),
          (*met(44), plan(D(43, "10:00")), plan(D(26, "10:00")), gui(D(20, "11:00"), "contact", way="phone"),
           pol(D(9, "10:00"), "start", authority="police", event="interview", planned_at=D(4, "10:00")),
           pol(D(4, "15:00"), "hold", times_told="1", as_agreed="yes"))),
    Story("in guidance since yesterday, the safety plan is to be written", D(3, "09:00"), met(1)),
    Story("contact lost, two steps of the protocol were taken", D(62, "09:00"),
          (*met(60), plan(D(59, "10:00")), plan(D(20, "10:00")),
           gui(D(9, "10:00"), "lose_contact", reason="Verzonnen: neemt niet op."),
           gui(D(8, "10:00"), "lost_step", reason="Verzonnen: ander nummer, geen antwoord."),
           gui(D(6, "10:00"), "lost_step", reason="Verzonnen: zus weet het ook niet."))),
    Story("handed to another navigator, not yet accepted", D(80, "09:00"),
          (*going(78), gui(D(1, "10:00"), "hand_on", navigator="navigator2", told="on", reason="Verzonnen: verlof."))),
    Story("aftercare, the first talk was had", D(210, "09:00"),
          (*met(205), plan(D(204, "10:00")), plan(D(12, "10:00")), gui(D(120, "10:00"), "begin_aftercare"),
           gui(D(30, "10:00"), "aftercare_talk", way="video", signs="no"))),
    Story("guidance ended: the person goes on alone", D(160, "09:00"),
          (*going(155),
           pol(D(50, "10:00"), "start", authority="police", event="information", planned_at=D(40, "10:00")),
           pol(D(41, "10:00"), "cancel", reason="Verzonnen: de betrokkene zag ervan af."),
           gui(D(3, "10:00"), "close", ground="goals", signs="no", reason="Verzonnen: gaat zelf verder."))),
    Story("guidance not started: the person does not want it now", D(15, "09:00"),
          (*known(12), gui(D(12, "10:00"), "start", "coordinator", **ASKED),
           gui(D(11, "10:00"), "not_start", "coordinator", ground="person"))),
)  # fmt: skip


def profiles(ground: Ground, as_of: date) -> Iterator[tuple[datetime, Callable[[], None]]]:
    """What the two navigators can do."""
    long_ago = datetime.combine(as_of - timedelta(days=300), time(9), AMSTERDAM)
    for key, gender, languages, knows in (
        ("navigator", "woman", ["nl", "en", "ti"], ["sexual", "criminal"]),
        ("navigator2", "man", ["nl", "pl", "ro"], ["labour"]),
    ):
        make: Any = partial(
            NavigatorProfile.objects.create, post=ground.posts[key], gender=gender, languages=languages, knows=knows
        )
        yield long_ago, make


def beside(case: Case, kind: str) -> Any:
    """The latest process of a kind on a case, which the engine opened by itself."""
    return Process.objects.filter(case_id=case.pk, kind=kind).latest("opened_at").pk


def typed(moment: datetime) -> str:
    """A moment as somebody types it."""
    return moment.astimezone(AMSTERDAM).strftime("%Y-%m-%d %H:%M")


def write(case: Case, acting: Post, what: str, data: Mapping[str, Any]) -> None:
    """Something in the plan of guidance, written today."""
    row = Guidance.objects.get(case=case)
    common: dict[str, Any] = {"guidance": row, "by": acting}
    today, values = clock.today(), dict(data)
    if what == "goal":
        Goal.objects.create(**common, **values)
    elif what == "action":
        Action.objects.create(**common, by_day=today + timedelta(days=values.pop("days")), **values)
    elif what == "measurement":
        Measurement.objects.create(**common, on_day=today, why="Verzonnen: vroeg er zelf om.", **values)
    elif what == "stand":
        Willingness.objects.create(**common, on_day=today, **values)
    elif what == "measure":
        tried = today if values.pop("tried") else None
        MeasureTried.objects.create(
            **common, offered_on=today, tried_on=tried, criminal="criminal" in case.forms, **values
        )
    elif what == "advice":
        kept = content.library().kept(values["subject"])
        assert kept is not None
        advice.mark(row, acting, Subject(values.pop("subject")), seen=kept.digest, **values)
    elif what == "appointment":
        day = today + timedelta(days=values.pop("days"))
        Appointment.objects.create(**common, at=datetime.combine(day, time(14), AMSTERDAM), **values)
