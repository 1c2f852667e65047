"""The rules of the determination, each with the sentence that says so; machines and forms ask here.

None of them looks at a criminal case: there is nothing here from which one could be known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from viewflow.fsm import State

from access.clock import AMSTERDAM
from access.models import Post
from access.roles import Role
from workflows.determination import conflicts
from workflows.determination.words import Interest, Vote
from workflows.engine.machine import Machine, may, unmet

if TYPE_CHECKING:
    from workflows.determination.base import DeterminationMachine

CONFLICT = gettext_lazy(
    "Somebody of this panel has to do with the case: they guide, shelter, investigate or prosecute, or asked for the "
    "determination. They cannot sit on it."
)
ODD = gettext_lazy("A panel has an odd number of members.")


class sits(may):
    """Permission for members of the committee who sit on the panel of this determination."""

    sentence = gettext_lazy("This is for the members who sit on the panel now.")

    def __call__(self, machine: Machine, post: Post | None) -> bool:
        return super().__call__(machine, post) and post is not None and machine.seat_of(post) is not None  # type: ignore[attr-defined]


LEADS = may(Role.COMMITTEE_SECRETARY)
SITS = sits(Role.COMMITTEE_MEMBER)


def panel_fits(number: int, needed: int) -> bool:
    """Whether so many members make a panel: an odd number, and not fewer than the design asks."""
    return number % 2 == 1 and number >= needed


def majority_of(number: int) -> int:
    """How many of so many members are more than half."""
    return number // 2 + 1


COMPLETE = unmet(
    lambda machine: not machine.open_requirements,
    gettext_lazy("Something that was asked for is still missing."),
)
AGREED = unmet(
    lambda machine: machine.record.file.agreed,
    gettext_lazy("The person has not agreed with the request yet; nobody is determined a victim against their will."),
)
GUARDED = unmet(
    lambda machine: not machine.record.file.minor or machine.record.file.guardian_name,
    gettext_lazy(
        "The person is a minor, or has to be taken for one as long as their age is not shown: name the guardian first."
    ),
)
WHOLE = unmet(
    lambda machine: machine.panel_is_whole,
    gettext_lazy("The panel is not complete: an odd number of members, as many as the design asks, without conflict."),
)
OPINIONS_IN = unmet(
    lambda machine: machine.panel and all(machine.has_opinion(seat) for seat in machine.panel),
    gettext_lazy("Not every member has given an opinion yet."),
)
ONE_OPINION = unmet(
    lambda machine: (seat := machine.seat_of(machine.acting)) is not None and not machine.has_opinion(seat),
    gettext_lazy("You have given your opinion already; it does not change."),
)
ONE_DECLARATION = unmet(
    lambda machine: (seat := machine.seat_of(machine.acting)) is not None and seat.interest == Interest.OPEN,
    gettext_lazy("You have declared already."),
)
ONE_VOTE = unmet(
    lambda machine: (seat := machine.seat_of(machine.acting)) is not None and seat.vote == Vote.OPEN,
    gettext_lazy("You have voted on this draft already."),
)
REASONED = unmet(
    lambda machine: machine.record.draft_outcome and machine.record.draft_reasons.strip(),
    gettext_lazy("A decision needs an outcome and reasons."),
)
NOT_SERVED = unmet(
    lambda machine: (made := machine.last_decision) is not None and made.served_on is None,
    gettext_lazy("The service of this decision is recorded already."),
)
STILL_TIME = unmet(
    lambda machine: (
        (served := machine.last_decision) is not None
        and served.reconsider_until is not None
        and machine.now <= served.reconsider_until
    ),
    gettext_lazy("The term for a reconsideration is over."),
)
TIME_OVER = unmet(
    lambda machine: (
        (served := machine.last_decision) is not None
        and served.reconsider_until is not None
        and machine.now > served.reconsider_until
    ),
    gettext_lazy("The person can still ask for a reconsideration; the decision is not final before that term is over."),
)


def FREE_OF_CONFLICT(machine: Any) -> Any:
    """Nobody of the panel has to do with the case, asked again at the moment it counts."""
    found = conflicts.conflicted(machine.record.file, [seat.post for seat in machine.panel])
    return State.CONDITION(not found, str(CONFLICT))


FREE_OF_CONFLICT.sentence = CONFLICT  # type: ignore[attr-defined]


def NOT_TOO_EARLY(machine: DeterminationMachine) -> Any:
    """Where the design gives time to recover, no decision is made before it is over."""
    moment = machine.record.not_before
    if moment is None or machine.now is None or machine.now > moment:
        return State.CONDITION(True, "")
    day = date_format(moment.astimezone(AMSTERDAM).date(), "DATE_FORMAT")
    sentence = _("The person has time to recover until the end of %(day)s; no decision is made before that.")
    return State.CONDITION(False, sentence % {"day": day})


NOT_TOO_EARLY.sentence = gettext_lazy("The time to recover is not over yet.")  # type: ignore[attr-defined]
