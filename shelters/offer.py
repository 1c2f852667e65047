"""What a unit offers, in groups and in words: one order for the page, the form and the story of its changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.dates import WEEKDAYS
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access import tongues
from access.words import PROBLEMS
from shelters.models import OFFERED, Capacity
from shelters.words import Kind, Measure

NO_DISTINCTION = frozenset({"forms", "genders", "residence"})
"""Lists that mean everybody when they are empty; of all else empty means that nobody has said."""


@dataclass(frozen=True, slots=True)
class Group:
    """Fields of a capacity line that belong together; `names` are of `OFFERED`."""

    key: str
    title: Any
    names: tuple[str, ...]


GROUPS = (
    Group("places", gettext_lazy("Places"), ("places", "active", "scheme_id", "maximum_stay_days", "waiting_list")),
    Group(
        "whom",
        gettext_lazy("For whom"),
        (
            "genders", "forms", "age_from", "age_to", "children", "pregnant", "couple", "pets", "residence",
            "languages",
        ),
    ),
    Group("problems", gettext_lazy("Multiple problems"), (*PROBLEMS, "contra_indications")),
    Group(
        "house",
        gettext_lazy("The house"),
        ("security", "wheelchair", "staff_day", "staff_night", "treatment", "school"),
    ),
    Group("way_in", gettext_lazy("Way in and who pays"), ("route", "intake_days", "financing")),
    Group("figure", gettext_lazy("Where these facts come from"), ("source", "as_of")),
)  # fmt: skip
assert sorted(name for group in GROUPS for name in group.names) == sorted(OFFERED)

ABOUT_FIGURES = frozenset(GROUPS[-1].names)
"""Fields that tell where facts come from; a change of these alone confirms what was there."""


def label(name: str, kind: str = "") -> str:
    """What a field is called; ambulatory help has a caseload instead of places."""
    if name == "places" and kind and Kind(kind).measure is Measure.CASELOAD:
        return str(Measure.CASELOAD.label)
    if name in ("active", "genders"):  # their own names would repeat that of the group
        return _("In use") if name == "active" else _("Gender")
    text = str(Capacity._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
    return text[:1].upper() + text[1:]


def words(name: str, value: Any, schemes: Mapping[str, str]) -> str:
    """A value of a field as people read it; `schemes` gives the names of schemes by code."""
    if value is None or value == "" or value == []:
        return _("No distinction") if name in NO_DISTINCTION else _("Not said")
    if name == "active":
        return _("Yes") if value else _("No")
    if name == "scheme_id":
        return schemes.get(value, value)
    if name == "languages":
        return tongues.language_names(value)
    if name == "intake_days":
        return ", ".join(str(WEEKDAYS[day - 1]) for day in sorted(value))
    if isinstance(value, date):
        return date_format(value, "j F Y")
    field: Any = Capacity._meta.get_field(name)
    if isinstance(value, list):
        names = dict(field.base_field.flatchoices)
        return ", ".join(str(names.get(one, one)) for one in value)
    return str(dict(field.flatchoices).get(value, value))


@dataclass(frozen=True, slots=True)
class Fact:
    """A field in words; `empty` when nobody said anything about it."""

    label: str
    text: str
    empty: bool


def facts(values: Mapping[str, Any], kind: str, schemes: Mapping[str, str]) -> list[tuple[Group, list[Fact]]]:
    """Everything a line says, group by group."""
    return [(group, [_fact(name, values[name], kind, schemes) for name in group.names]) for group in GROUPS]


def _fact(name: str, value: Any, kind: str, schemes: Mapping[str, str]) -> Fact:
    return Fact(label(name, kind), words(name, value, schemes), value in (None, "", []))


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that says something else than before, in words."""

    label: str
    before: str
    after: str


def differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Names of the fields in which two lines differ, in the order of the groups."""
    return [name for group in GROUPS for name in group.names if before[name] != after[name]]


def differences(
    names: Iterable[str], before: Mapping[str, Any], after: Mapping[str, Any], kind: str, schemes: Mapping[str, str]
) -> list[Difference]:
    """The named fields of two lines, in words."""
    return [
        Difference(label(name, kind), words(name, before[name], schemes), words(name, after[name], schemes))
        for name in names
    ]
