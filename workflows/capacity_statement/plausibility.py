"""Whether what is stated can be true: rules with a name, of which some forbid and others ask for a remark.

A rule never passes a line because something is missing: what is missing is a finding itself. `RULES` is the one list;
the page, the checks at submitting and docs/statements.md come from it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from workflows.capacity_statement.models import Line

USUAL = 8
"""Of how many periods before the usual is taken."""
UNTOUCHED = 3
"""After how many periods without a confirmation somebody must say something."""


@dataclass(frozen=True)
class Beside:
    """What a line is held against: the places and the occupied places of the last periods, newest last."""

    occupied: Sequence[int] = ()
    places: Sequence[int] = ()


@dataclass(frozen=True)
class Rule:
    """A rule: its code, what it says, whether it forbids, the figures it is about, and when it is broken."""

    code: str
    text: str | Promise
    forbids: bool
    about: tuple[str, ...]
    broken: Callable[[Any, Beside], bool] = field(repr=False)


@dataclass(frozen=True)
class Finding:
    """That a line breaks a rule."""

    rule: Rule
    line: Any

    @property
    def open(self) -> bool:
        """Whether something must still be done: a rule that forbids always, another while there is no remark."""
        return self.rule.forbids or not self.line.remark.strip()


def _some(*values: int | None) -> int:
    return sum(value for value in values if value is not None)


COUNTED = ("places", "occupied", "reserved", "out_of_service")
"""The figures without which nobody knows what is free."""


def _missing(line: Any, beside: Beside) -> bool:
    return any(getattr(line, name) is None for name in COUNTED)


def _parts(line: Any, beside: Beside) -> bool:
    """Parts are held against the total also when one of them is missing: what is known already must fit."""
    if line.places is None:
        return _some(line.reserved, line.out_of_service) > 0
    return _some(line.reserved, line.out_of_service) > line.places


def _too_many(line: Any, beside: Beside) -> bool:
    used = _some(line.occupied, line.reserved, line.out_of_service)
    return used > line.places if line.places is not None else used > 0


def _placeable(line: Any, beside: Beside) -> bool:
    if line.placeable is None:
        return False  # nobody gave their word; that is allowed, and it is not zero
    left = (line.places or 0) - _some(line.occupied, line.reserved, line.out_of_service)
    return bool(line.placeable > max(left, 0))


def _out(line: Any, beside: Beside) -> bool:
    ahead = line.out_until is not None and line.out_until > line.as_of
    return bool(line.out_of_service) and not (line.out_reason and ahead)


def _stays(line: Any, beside: Beside) -> bool:
    """Held against the stays that Loods knows; a unit whose stays are kept elsewhere has nothing to be held against."""
    return line.live_occupied is not None and line.occupied != line.live_occupied


def unusual(value: int | None, before: Sequence[int]) -> bool:
    """Whether a figure lies beyond the usual: further from the median of the last 8 periods than 3 times the median
    distance from it, and by at least 2. With fewer than 4 periods nothing is usual yet, and nothing unusual.
    """
    seen = list(before)[-USUAL:]
    if value is None or len(seen) < 4:
        return False
    middle = median(seen)
    spread = median(abs(one - middle) for one in seen)
    return abs(value - middle) > max(3 * spread, 2 - 1e-9)


def _jump(line: Any, beside: Beside) -> bool:
    return unusual(line.occupied, beside.occupied)


def _places_jump(line: Any, beside: Beside) -> bool:
    return unusual(line.places, beside.places)


def _waiting(line: Any, beside: Beside) -> bool:
    """Places may be free as long as what is known does not fill them: a missing figure excuses nothing."""
    taken = _some(line.occupied, line.reserved, line.out_of_service)
    return bool(line.waiting) and line.places is not None and line.places > taken


def _untouched(line: Any, beside: Beside) -> bool:
    return line.carried and line.untouched + 1 >= UNTOUCHED


RULES: tuple[Rule, ...] = (
    Rule(
        "parts", _("Reserved and out of service together are more than the places there are."), True,
        ("places", "reserved", "out_of_service"), _parts,
    ),
    Rule("placeable", _("More is placeable than is free."), True, ("placeable",), _placeable),
    Rule(
        "out", _("Out of service needs a reason and a day until when, after the as-of date."), True,
        ("out_of_service", "out_reason", "out_until"), _out,
    ),
    Rule("missing", _("A figure is missing. Missing is not zero: fill it in, or say why nobody knows."), False,
         COUNTED, _missing),
    Rule("too_many", _("More is taken than there are places."), False, ("places", "occupied"), _too_many),
    Rule("stays", _("The stays that Loods knows give another number."), False, ("occupied",), _stays),
    Rule("jump", _("So many occupied places are far from what is usual for this unit."), False, ("occupied",), _jump),
    Rule("places_jump", _("So many places are far from what is usual for this unit."), False, ("places",),
         _places_jump),
    Rule("waiting", _("People wait while places are free."), False, ("waiting",), _waiting),
    Rule("untouched", _("Nobody has confirmed this line for three periods."), False, (), _untouched),
)  # fmt: skip


def findings(lines: Iterable[Line], beside: dict[int, Beside] | None = None) -> list[Finding]:
    """Every rule that a line breaks, line after line, in the order of the rules. `beside`: by unit."""
    context = beside or {}
    return [
        Finding(rule, line)
        for line in lines
        for rule in RULES
        if rule.broken(line, context.get(line.unit_id, Beside()))
    ]
