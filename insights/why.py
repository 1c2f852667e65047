"""What came of the requests: met or not and why not, refused and why, and where nobody can move on.

The numbers of the picture with what lies behind them: reasons, contra-indications, and the kind of place that is waited
for. Small numbers are left out as in the picture: what is shown of a part with a known sum betrays nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from insights import policy, reading
from insights.suppression import betrayed, left_out
from shelters.words import Kind
from workflows.placement.demand import CONTRA_INDICATIONS, Demand, Reason
from workflows.placement.forms import RefusalReason, UnmetReason

if TYPE_CHECKING:
    from insights.views import Asked


@dataclass
class Row:
    """A line of a part: what it is about and its numbers; what is in `hidden` is left out for this reader."""

    name: str
    numbers: list[float | None]
    note: str = ""
    hidden: bool = False


@dataclass
class Part:
    """A table of the page. `whole` is the line below it; None where nothing adds up."""

    title: str
    means: str
    heads: list[str]
    rows: list[Row] = field(default_factory=list)
    whole: Row | None = None
    elsewhere: frozenset[int] = frozenset()
    """Lines that stand in another part too, so that they cannot cover for a small number here."""

    @property
    def lines(self) -> list[Row]:
        """Every line, the whole at the end."""
        return [*self.rows, *([self.whole] if self.whole else [])]


def parts(asked: Asked) -> list[Part]:
    """The tables of the page, with small numbers left out for who reads it. Three queries."""
    told = reading.told(asked.day, asked.limits)
    made = [_came_of(told), _unmet(told), _refused(told), _stays(told), _waits_for(told)]
    entitled = policy.entitled(asked.post)
    if entitled is not None and asked.limits.get("region") not in entitled:
        for part in made:
            leave_out(part, asked.threshold)
    return made


def leave_out(part: Part, threshold: int) -> None:
    """Leave small numbers of requests, stays and persons out, with what would betray them. The numbers of a line go
    together; the whole goes when it is small itself or would give away what is left out."""
    values = [_persons(row) for row in part.rows]
    known = {n for n in part.elsewhere if values[n] >= threshold}
    hidden = left_out(values, threshold, open_to=known)
    for position in hidden:
        part.rows[position].hidden = True
    if part.whole is not None:
        part.whole.hidden = 0 < _persons(part.whole) < threshold or betrayed(values, hidden, threshold)


def _persons(row: Row) -> float:
    """Of how many people a line tells at the most: where persons are not counted apart, each request is one."""
    return min(number or 0 for number in row.numbers[:2])


def _came_of(told: Demand) -> Part:
    rows = [
        Row(_("Came to a place"), [told.met], _median(told.waiting_days, _("median %(days)s days until the arrival"))),
        Row(_("Not met: no place was found"), [told.unmet]),
        Row(_("Withdrawn"), [told.withdrawn]),
        Row(_("Placed through another request"), [told.moot]),
        Row(_("Still sought"), [told.open]),
    ]
    return Part(
        _("What came of the requests"),
        _("Placement requests of the twelve months up to the day, as they stood on it."),
        [_("Requests")], rows, Row(_("All requests"), [told.asked]), frozenset({1}),
    )  # fmt: skip


def _unmet(told: Demand) -> Part:
    return Part(
        _("Why there was no place"),
        _("The reason given when no place was found and the search did not go on."),
        [_("Requests"), _("Persons")],
        _reasons(told.unmet_reasons, UnmetReason), Row(_("Not met"), [told.unmet, told.unmet_persons]),
    )  # fmt: skip


def _refused(told: Demand) -> Part:
    rows = _reasons(told.refusal_reasons, RefusalReason, times=True)
    against = {str(RefusalReason(code).label) for code in CONTRA_INDICATIONS}
    for row in rows:
        row.note = _("the place is there, but not for this person") if row.name in against else ""
    return Part(
        _("Why units refused"),
        _("A request can be refused by several units and for several reasons; each reason counts it once."),
        [_("Requests"), _("Persons"), _("Refusals")],
        rows, Row(_("Refused at least once"), [told.refused, told.refused_persons, told.refusals]),
    )  # fmt: skip


def _reasons(given: dict[str, Reason], words: Any, *, times: bool = False) -> list[Row]:
    rows = [
        Row(str(words(code).label), [one.requests, one.persons, *([one.times] if times else [])])
        for code, one in given.items()
    ]
    return sorted(rows, key=lambda row: (-(row.numbers[0] or 0), row.name))


def _median(days: float | None, text: str) -> str:
    return "" if days is None else text % {"days": round(days)}


def _stays(told: Demand) -> Part:
    rows = [
        Row(_("Longer than meant"), [told.overstay, told.overstay_persons],
            _median(told.over_days, _("median %(days)s days longer"))),
        Row(_("Of these, another place is asked for"), [told.blocked, told.blocked_persons]),
        Row(_("In a place that does not fit"), [told.outside, told.outside_persons]),
    ]  # fmt: skip
    return Part(
        _("People who are in the wrong place"),
        _("Stays at the end of the day. These overlap and do not add up."), [_("Stays"), _("Persons")], rows,
    )  # fmt: skip


def _waits_for(told: Demand) -> Part:
    rows = [
        Row(str(Kind(kind).label), [number])
        for kind, number in sorted(told.waits_for.items(), key=lambda one: (-one[1], one[0]))
    ]
    return Part(
        _("What people wait for who cannot move on"),
        _("The kind of place that was asked first for people who stay longer than meant: the blocked outflow."),
        [_("Stays")], rows, Row(_("Blocked outflow"), [told.blocked]),
    )  # fmt: skip


def table(made: Iterable[Part], small: str) -> tuple[list[str], list[list[Any]]]:
    """All parts as one table of a file: head and rows. In: what stands where a number is left out."""
    heads = [_("Part"), _("Line"), _("Requests or stays"), _("Persons"), _("Refusals")]
    return heads, [[part.title, row.name, *_cells(row, small)] for part in made for row in part.lines]


def _cells(row: Row, small: str) -> Sequence[Any]:
    shown: list[Any] = [small if row.hidden else number for number in row.numbers]
    return [*shown, *[None] * (3 - len(shown))]
