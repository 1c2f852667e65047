"""By what the picture can be cut, and to what it can be limited: each declared once, for supply and demand alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from access.words import PROBLEMS, Exploitation, Gender
from insights.cells import Supply
from shelters.words import Kind

Text = str | Promise
PEOPLE = tuple(gender for gender in Gender if gender != Gender.UNKNOWN)


@dataclass(frozen=True)
class Cut:
    """A cut: how a group of units falls into its values, and what the values are called.

    `of` gives every value a row of supply counts under: a unit for men and women counts under both, so that the lines
    of such a cut do not add up (`adds_up`). `demand` is the name demand is counted by; empty: it is not. `supply` is
    the name by which the database tells units apart for it.
    """

    key: str
    label: Text
    of: Callable[[Supply], Iterable[Any]] = field(repr=False)
    names: Callable[[], dict[Any, str]] = field(repr=False)
    adds_up: bool = True
    demand: str = ""
    supply: str = ""


class NotAsked(TypeError):
    """Units were not told apart by this, so that nobody can say what they take."""


def _told(value: Any) -> Any:
    """What a row says, where it was asked."""
    if value is None:
        raise NotAsked
    return value


_PEOPLE = tuple(str(gender) for gender in PEOPLE)
_FORMS = tuple(str(form) for form in Exploitation)


def _genders(row: Supply) -> Iterable[str]:
    return _told(row.genders) or _PEOPLE


def _forms(row: Supply) -> Iterable[str]:
    return _told(row.forms) or _FORMS


def _labels(choices: Any) -> Callable[[], dict[Any, str]]:
    return lambda: {str(code): str(code.label) for code in choices}


CUTS: tuple[Cut, ...] = (
    Cut("region", _("Region"), lambda row: [row.region], dict, demand="region"),
    Cut("kind", _("Kind"), lambda row: [_told(row.kind)], _labels(Kind), demand="kind", supply="kind"),
    Cut("scheme", _("Scheme"), lambda row: [_told(row.scheme)], dict, supply="scheme"),
    Cut("form", _("Form of exploitation"), _forms, _labels(Exploitation), adds_up=False, demand="form", supply="forms"),
    Cut("gender", _("Gender"), _genders, _labels(PEOPLE), adds_up=False, demand="gender", supply="genders"),
    Cut("problem", _("Problem"), lambda row: _told(row.problems), _labels(PROBLEMS), adds_up=False, demand="problem",
        supply="problems"),
    Cut(
        "multiple", _("Multiple problems"), lambda row: [len(_told(row.problems)) > 1],
        lambda: {True: str(_("several problems")), False: str(_("one problem or none"))}, demand="multiple",
        supply="problems",
    ),
    Cut(
        "children", _("Children along"), lambda row: [_told(row.children)],
        lambda: {True: str(_("with children")), False: str(_("without children"))}, demand="children",
        supply="children",
    ),
    Cut(
        "minor", _("Minors"), lambda row: [_told(row.minors)],
        lambda: {True: str(_("under 18")), False: str(_("18 and older"))}, demand="minor",
        supply="minors",
    ),
)  # fmt: skip
BY_KEY = {cut.key: cut for cut in CUTS}


def limited(rows: Iterable[Supply], limits: dict[str, Any]) -> list[Supply]:
    """The rows of supply that answer every limit. In: by key of a cut, the value asked for."""
    return [row for row in rows if all(value in BY_KEY[key].of(row) for key, value in limits.items())]
