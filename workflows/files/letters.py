"""The letter in which a person reads what was decided about them: plain language, and what they can do about it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from django.utils.formats import date_format
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from access.clock import AMSTERDAM
from access.printing import Sheet
from workflows.designs.declaration import Stage
from workflows.determination import designs, terms
from workflows.determination.models import Decision, File
from workflows.determination.words import Outcome
from workflows.engine.machine import Text
from workflows.engine.terms import current

FOUND: dict[str, Text] = {
    Outcome.PLAUSIBLE: gettext_lazy("We find it plausible that you are a victim of human trafficking."),
    Outcome.NOT_PLAUSIBLE: gettext_lazy("We do not find it plausible that you are a victim of human trafficking."),
    Outcome.NOT_ENOUGH: gettext_lazy(
        "We do not know enough to say whether you are a victim of human trafficking. That does not mean that we do "
        "not believe you."
    ),
    Outcome.WITHDRAWN: gettext_lazy("We have stopped, and we say nothing about what happened to you."),
}
"""What was found, said to the person."""

GROUNDS: dict[str, Text] = {
    Outcome.PLAUSIBLE: gettext_lazy(
        "There are reasonable grounds to think that you are a victim of human trafficking. You now have time to "
        "recover. After that we decide."
    ),
    Outcome.NOT_PLAUSIBLE: gettext_lazy(
        "We see no reasonable grounds to think that you are a victim of human trafficking."
    ),
}
"""The same for the first of two stages."""


@dataclass(frozen=True)
class Letter:
    """A letter in the language that was active when it was made: headings with their paragraphs."""

    title: str
    about: str
    greeting: str
    parts: list[tuple[str, list[str]]]
    closing: list[str]

    @classmethod
    def of(cls, decision: Decision, file: File) -> Letter:
        """The letter about a decision. In: the decision with its determination, and the file with its committee."""
        stage = decision.determination.declared.stage(decision.stage)
        first = decision.determination.declared.last.code != decision.stage
        found = GROUNDS.get(decision.outcome, FOUND[decision.outcome]) if first else FOUND[decision.outcome]
        why = paragraphs(decision.reasons)
        if get_language() != "nl":  # decided, and written, in Dutch
            why.append(
                _("These are the words of the committee. If you cannot read them, ask who helps you to read them with "
                  "you.")
            )  # fmt: skip
        parts = [(_("What we decided"), [str(found)]), (_("Why"), why)]
        if decision.outcome != Outcome.WITHDRAWN and not (first and decision.outcome == Outcome.PLAUSIBLE):
            parts.append((_("If you do not agree"), _again(decision)))
        parts.append((_("What this letter changes, and what it does not"), _unchanged()))
        about = _("Decision %(number)s of %(day)s") % {"number": file.number, "day": _day(decision.decided_at)}
        return cls(
            title=_title(decision, stage),
            about=f"{about}. {file.organisation.name}",
            greeting=_("Dear %(name)s,") % {"name": file.called},
            parts=parts,
            closing=[
                _("Is this letter hard to read, or do you have a question? Ask who helps you, or your lawyer."),
                _("Keep this letter in a safe place."),
            ],
        )  # fmt: skip


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a text as it was typed: empty lines part them."""
    return [part.strip() for part in re.split(r"\r?\n[ \t]*\r?\n", text) if part.strip()]


def _title(decision: Decision, stage: Stage) -> str:
    if decision.reconsiders_id is not None:
        return _("Our decision after looking at it again")
    return _("Our decision on reasonable grounds") if stage.code == designs.REASONABLE else _("Our decision")


def _again(decision: Decision) -> list[str]:
    days = current(terms.RECONSIDER.key, decision.decided_at).amount
    if decision.reconsiders_id is not None:
        return [_("Other members have looked at it again. Ask your lawyer what you can still do.")]
    until = (
        _("You can ask until the end of %(day)s.") % {"day": _day(decision.reconsider_until)}
        if decision.reconsider_until is not None
        else _("You can ask within %(days)d days after you got this letter.") % {"days": days}
    )
    return [
        _("You can ask us to look at it again. Other members than those who decided will do that."),
        until,
        _("You can ask if there is something new, or if we did not follow our own rules. You, your lawyer or the "
          "person who helps you can write or call us."),
    ]  # fmt: skip


def _unchanged() -> list[str]:
    return [
        _("You keep the help and the shelter that you have, whatever we decided."),
        _("This decision is not about a criminal case. You do not have to talk to the police, and the police do not "
          "get this letter from us."),
    ]  # fmt: skip


def _day(moment: datetime) -> str:
    return date_format(moment.astimezone(AMSTERDAM), "j F Y")


def write(letter: Letter, language: str) -> bytes:
    """The letter as a PDF."""
    sheet = Sheet(language)
    sheet.heading(letter.title)
    sheet.paragraph(letter.about, after=4)
    sheet.paragraph(letter.greeting)
    for heading, paragraphs in letter.parts:
        sheet.heading(heading, 1)
        for text in paragraphs:
            sheet.paragraph(text)
    sheet.paragraph("")
    for text in letter.closing:
        sheet.paragraph(text)
    return sheet.content()
