"""Which checklists a case asks for: one list of rules, each a small pure function of the facts of the case.

Willingness to report is no fact here and never becomes one: it changes nothing in help.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import TextChoices
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from access import clock
from access.models import Post
from access.words import Exploitation, Need
from workflows.advice.words import PHASES, Subject
from workflows.guidance.machine import S
from workflows.guidance.models import Appointment, Guidance, PoliceContact
from workflows.guidance.police import C as PoliceState
from workflows.guidance.words import Kind, PoliceEvent
from workflows.reflection_period.machine import S as Reflection
from workflows.reflection_period.models import ReflectionPeriod
from workflows.reflection_period.words import Follows

BEFORE_A_JUDGE = (PoliceEvent.HEARING, PoliceEvent.EXAMINATION)


@dataclass(frozen=True)
class Facts:
    """What the rules may look at."""

    minor: bool = False
    birth_known: bool = True
    forms: frozenset[str] = frozenset()
    needs: frozenset[str] = frozenset()
    phases: frozenset[str] = frozenset()
    state: str = ""
    residence_ends: date | None = None  # only once the term itself began to warn
    follows: str = ""
    court_on: date | None = None
    news: bool = False


Because = Callable[[Facts], str]
"""Why a checklist is asked for, in a sentence; empty when it is not."""


@dataclass(frozen=True)
class Rule:
    """That a checklist is suggested, and the function that says why."""

    subject: Subject
    because: Because


def in_phase(phase: Subject) -> Because:
    """The phase runs."""
    return lambda facts: _("This phase runs now.") if phase in facts.phases else ""


def in_aftercare(facts: Facts) -> str:
    """Aftercare began."""
    return _("Aftercare began.") if facts.state == S.AFTERCARE else ""


def minor(facts: Facts) -> str:
    """A minor, or somebody of whom nothing shows the age."""
    if not facts.minor:
        return ""
    if facts.birth_known:
        return _("By the date of birth the person is a minor.")
    return _("The date of birth is not known: until shown otherwise the person counts as a minor.")


def exploited(form: TextChoices) -> Because:
    """A form of exploitation stands in the file."""
    return lambda facts: (
        _("The file names %(form)s.") % {"form": str(form.label).lower()} if form in facts.forms else ""
    )


def residence_ends(facts: Facts) -> str:
    """The reflection period runs out."""
    if facts.residence_ends is None:
        return ""
    return _("The reflection period ends on %(day)s.") % {"day": _day(facts.residence_ends)}


def pregnant(facts: Facts) -> str:
    """The file says so."""
    return _("The file says that the person is pregnant.") if Need.PREGNANT in facts.needs else ""


def to_court(facts: Facts) -> str:
    """A hearing, an examination by a judge or an appointment at court is planned."""
    if facts.court_on is None:
        return ""
    return _("A day at court or before a judge is planned on %(day)s.") % {"day": _day(facts.court_on)}


def released(facts: Facts) -> str:
    """There was news about the criminal case, which can be a release."""
    return _("There is news about the criminal case, which can be a release.") if facts.news else ""


def returns(facts: Facts) -> str:
    """The person chose to return after the reflection period."""
    if facts.follows != Follows.RETURN:
        return ""
    return _("The person said after the reflection period that they want to return.")


def out_of_sight(facts: Facts) -> str:
    """The guidance says that contact is lost."""
    return _("Contact is lost.") if facts.state == S.CONTACT_LOST else ""


RULES: tuple[Rule, ...] = (
    *(Rule(phase, in_phase(phase)) for phase in PHASES if phase is not Subject.AFTERCARE),
    Rule(Subject.AFTERCARE, in_aftercare),
    Rule(Subject.MINOR, minor),
    Rule(Subject.CRIMINAL, exploited(Exploitation.CRIMINAL)),
    Rule(Subject.LABOUR, exploited(Exploitation.LABOUR)),
    Rule(Subject.SEXUAL, exploited(Exploitation.SEXUAL)),
    Rule(Subject.RESIDENCE, residence_ends),
    Rule(Subject.CHILD, pregnant),
    Rule(Subject.COURT, to_court),
    Rule(Subject.RELEASE, released),
    Rule(Subject.RETURN, returns),
    Rule(Subject.LOST, out_of_sight),
)
"""One for each subject. Whatever no rule sees, the navigator adds by hand."""


def suggested(facts: Facts) -> dict[Subject, str]:
    """The checklists these facts ask for, each with why."""
    found = ((rule.subject, rule.because(facts)) for rule in RULES)
    return {subject: because for subject, because in found if because}


def facts_of(guidance: Guidance, post: Post) -> Facts:
    """The facts of the case of a guidance, as far as the post sees them. Three queries."""
    case, today = guidance.case, clock.today()
    period = (
        ReflectionPeriod.objects.for_post(post).filter(case=case.pk, mistaken=False).select_related("process").first()
    )
    contacts = PoliceContact.objects.for_post(post).filter(case=case.pk).exclude(process__state=PoliceState.CANCELLED)
    events = list(contacts.values_list("event", "planned_at", "held_at").order_by("planned_at"))
    coming = [
        day
        for event, planned, held in events
        if event in BEFORE_A_JUDGE and held is None and (day := _day_of(planned)) >= today
    ]
    at_court = Appointment.objects.for_post(post).filter(guidance=guidance.pk, kind=Kind.COURT, cancelled_at=None)
    coming += [day for at in at_court.values_list("at", flat=True) if (day := _day_of(at)) >= today]
    return Facts(
        minor=case.person.is_minor_on(today),
        birth_known=case.person.birth_date is not None,
        forms=frozenset(case.forms),
        needs=frozenset(case.needs),
        phases=frozenset(guidance.phases),
        state=guidance.process.state,
        residence_ends=_running_out(period) if period else None,
        follows=period.follows if period else "",
        court_on=min(coming, default=None),
        news=any(event == PoliceEvent.NEWS for event, _planned, _held in events),
    )


def _running_out(period: ReflectionPeriod) -> date | None:
    """The end of a reflection period that runs, once its own first signal is due: when that is, the term says."""
    process = period.process
    if process.state != Reflection.RUNNING or process.due_at is None:
        return None
    moments = [moment for moment in (*process.signals, *process.plan) if moment is not None]
    return _day_of(process.due_at) if moments and min(moments) <= clock.now() else None


def _day_of(moment: datetime) -> date:
    return moment.astimezone(clock.AMSTERDAM).date()


def _day(day: date) -> str:
    return date_format(day, "j F Y")
