"""The list of handovers as the person gets it on paper: what, from whom, to whom, why, on which ground, until when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access import clock
from access.models import Post
from cases.models import Case
from workflows.handovers import facts
from workflows.handovers.models import Handover
from workflows.handovers.words import LegalGround, State

GROUNDS: dict[str, str | Promise] = {
    LegalGround.CONSENT: gettext_lazy("You said that this was allowed. You can take that back at any time."),
    LegalGround.LEGAL_DUTY: gettext_lazy("The law says that we must."),
    LegalGround.PUBLIC_TASK: gettext_lazy("The law gives this organisation a task for which it needs this."),
    LegalGround.VITAL_INTEREST: gettext_lazy("It was needed to protect your life or that of somebody else."),
    LegalGround.REQUEST_OF_PERSON: gettext_lazy("You asked us to do this."),
}
"""The grounds in plain words, to the person."""


@dataclass(frozen=True)
class Entry:
    """One handover in plain words: a heading, and questions with their answers."""

    title: str
    lines: list[tuple[str, str]]


@dataclass(frozen=True)
class Paper:
    """What is printed, in the language that was active when it was made. Without a name: it may be found by others."""

    title: str
    number: str
    intro: list[str]
    entries: list[Entry]
    outro: list[str]

    @classmethod
    def of(cls, case: Case, rows: Iterable[Handover], post: Post) -> Paper:
        """The paper about these handovers."""
        entries = [_entry(handover) for handover in rows]
        intro = [
            _("This paper says which information about you went to other organisations, and why."),
            _("Other organisations cannot look into your file. They see only what stands here, and only as long as "
              "is said here."),
        ]  # fmt: skip
        if not entries:
            intro.append(_("Nothing about you went to organisations outside of care."))
        outro = [
            _("You may ask what exactly was given, ask to correct it, and ask to stop it. Ask the person who helps "
              "you, or %(organisation)s.") % {"organisation": post.organisation.name},
            _("Saying no, or taking your consent back, never costs you help or shelter."),
            _("You can complain at the Dutch data protection authority (Autoriteit Persoonsgegevens)."),
        ]  # fmt: skip
        made = _("Made on %(day)s") % {"day": date_format(clock.today(), "j F Y")}
        title = _("What we gave to others about you")
        return cls(title, f"{_('Case')} {case.number}. {made}.", intro, entries, outro)


def _entry(handover: Handover) -> Entry:
    day = date_format(handover.made_at.astimezone(clock.AMSTERDAM), "j F Y")
    lines = [
        (_("What"), ", ".join(str(name) for name in facts.labels(handover.facts_named))),
        (_("From whom"), handover.from_organisation.name),
        (_("To whom"), handover.to_organisation.name),
        (_("What for"), handover.get_purpose_display()),
        (_("Why this is allowed"), " ".join(filter(None, [str(GROUNDS[handover.ground]), handover.legal_ref]))),
        (_("Until when they can read it"), _until(handover)),
    ]
    return Entry(day, lines)


def _until(handover: Handover) -> str:
    end = handover.ended_at if handover.ended_at is not None else handover.until - timedelta(microseconds=1)
    day = date_format(end.astimezone(clock.AMSTERDAM), "j F Y")
    if handover.state is State.IN_FORCE:
        return day
    return _("They cannot read it any more. It stopped on %(day)s.") % {"day": day}
