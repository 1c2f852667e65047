"""Where victims are not welcome: the gaps, ranked, as sentences that can be quoted, each with the rows behind it.

A gap is a kind of shelter for somebody (a gender with or without a problem, with children along, under 18, after a form
of exploitation) that is not there in some regions: no place at all, or none free. Ranked by how many requests were not
met in the last twelve months, then by in how many regions there is no place.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from access.words import PROBLEMS, Exploitation, Gender, Need
from insights.cells import Supply
from insights.cuts import BY_KEY, PEOPLE
from shelters.words import Kind

KINDS = (Kind.EMERGENCY, Kind.CRISIS, Kind.LONG_STAY, Kind.MOVE_ON)
"""The kinds of shelter the plan speaks of: crisis, long-stay and move-on, with the emergency bed before them."""
Text = str | Promise

PLACE: dict[str, Text] = {
    Kind.EMERGENCY: gettext_lazy("emergency bed"),
    Kind.CRISIS: gettext_lazy("crisis place"),
    Kind.LONG_STAY: gettext_lazy("long-stay place"),
    Kind.MOVE_ON: gettext_lazy("move-on place"),
}
WHO: dict[str, Text] = {
    Gender.WOMAN: gettext_lazy("women"),
    Gender.MAN: gettext_lazy("men"),
    Gender.OTHER: gettext_lazy("people who are neither woman nor man"),
}
WITH: dict[str, Text] = {
    Need.PSYCHIATRIC: gettext_lazy("with psychiatric problems"),
    Need.ADDICTION: gettext_lazy("with an addiction"),
    Need.MILD_INTELLECTUAL_DISABILITY: gettext_lazy("with a mild intellectual disability"),
    Need.SOMATIC: gettext_lazy("who need medical care"),
    Need.BEHAVIOUR: gettext_lazy("whose behaviour asks for more guidance"),
}
AFTER: dict[str, Text] = {
    Exploitation.SEXUAL: gettext_lazy("victims of sexual exploitation"),
    Exploitation.LABOUR: gettext_lazy("victims of labour exploitation"),
    Exploitation.CRIMINAL: gettext_lazy("victims of criminal exploitation"),
}


@dataclass(frozen=True)
class Wanted:
    """A kind of shelter for somebody: `limits` as the picture limits itself, so that its rows can be looked at."""

    kind: str
    limits: tuple[tuple[str, Any], ...]

    @property
    def cut(self) -> dict[str, Any]:
        """Every limit, the kind among them."""
        return {"kind": self.kind, **dict(self.limits)}

    @property
    def whom(self) -> str:
        """For whom, in words."""
        known = dict(self.limits)
        if "gender" in known:
            who = str(WHO[known["gender"]])
            return f"{who} {WITH[known['problem']]}" if "problem" in known else who
        if "children" in known:
            return _("parents with children along")
        if "minor" in known:
            return _("victims under 18")
        return str(AFTER[known["form"]])


LIMITS = ("gender", "problem", "children", "minor", "form")
"""By what the kinds of shelter are looked at: cuts of the picture, so that its rows can be looked at too."""


def wanted() -> list[Wanted]:
    """Every combination worth asking."""
    some = [(("gender", str(gender)),) for gender in PEOPLE]
    some += [(("gender", str(g)), ("problem", str(p))) for g in PEOPLE for p in PROBLEMS]  # type: ignore[misc]
    some += [(("children", True),), (("minor", True),)]  # type: ignore[list-item]
    some += [(("form", str(form)),) for form in AFTER]
    return [Wanted(str(kind), limits) for kind in KINDS for limits in some]


@dataclass
class Gap:
    """A gap. `without`: regions that have no such place; `full`: regions that have some and none free."""

    wanted: Wanted
    without: frozenset[int]
    full: frozenset[int]
    regions: int
    unmet: int
    hidden: bool = False  # the number of requests is too small for this reader

    @property
    def sentence(self) -> str:
        """The gap as a sentence to quote."""
        values = {
            "n": len(self.without),
            "all": self.regions,
            "place": PLACE[self.wanted.kind],
            "whom": self.wanted.whom,
            "full": len(self.full),
        }
        if self.without:
            told = _("In %(n)s of %(all)s regions there is no %(place)s for %(whom)s") % values
        else:
            told = _("In %(full)s of %(all)s regions no %(place)s for %(whom)s is free") % values
        return f"{told}; {self.told_of_demand}."

    @property
    def told_of_demand(self) -> str:
        """The second half of the sentence."""
        if self.hidden:
            return _("a few requests in the last 12 months were not met")
        if not self.unmet:
            return _("no request in the last 12 months was left unmet")
        return ngettext(
            "%(count)s request in the last 12 months was not met",
            "%(count)s requests in the last 12 months were not met",
            self.unmet,
        ) % {"count": self.unmet}


def find(
    rows: Iterable[Supply], regions: Collection[int], unmet: Callable[[Wanted], int], threshold: int | None
) -> list[Gap]:
    """The gaps of a day, the worst first. In: supply, the regions there are, how many requests of a combination were
    not met, and from which number on requests are shown to this reader (None: always).
    """
    by_kind: dict[str, list[tuple[Supply, dict[str, set[Any]]]]] = defaultdict(list)
    for row in rows:
        if row.kind in KINDS:
            by_kind[row.kind].append((row, {key: set(BY_KEY[key].of(row)) for key in LIMITS}))
    found = []
    for one in wanted():
        fits = [row for row, values in by_kind[one.kind] if all(value in values[key] for key, value in one.limits)]
        there = {row.region for row in fits if row.places > 0}
        free = {row.region for row in fits if row.free > 0}
        without = frozenset(regions) - there
        full = frozenset(there & set(regions)) - free
        if without or full:
            count = unmet(one)
            small = threshold is not None and 0 < count < threshold
            found.append(Gap(one, without, full, len(regions), count, small))
    # What is hidden must not be betrayed by its rank: it stands with those of which nothing is known.
    return sorted(found, key=lambda gap: (-(0 if gap.hidden else gap.unmet), -len(gap.without), -len(gap.full)))
