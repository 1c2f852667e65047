"""What can be handed over: facts with a name, each read from the case by itself, or typed for this one purpose.

Nothing is handed over as a whole file. Whoever hands over ticks facts by name and sees exactly what they say before it
goes. A receiver shows them with the same names; a process that hands over facts of its own registers them here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from access.models import Region
from access.tongues import language_names
from access.words import Exploitation, Gender, Need
from cases.models import Case
from cases.words import AgeGroup

Text = str | Promise


@dataclass(frozen=True)
class Fact:
    """A fact by its code. `read` takes it from a case as JSON knows it (None: it does not come from the case)."""

    code: str
    label: Text
    read: Callable[[Case], Any] | None = None
    show: Callable[[Any], str] = str


registry: dict[str, Fact] = {}


def register(*facts: Fact) -> None:
    """Make facts known by name. Errors: ValueError when a code means something else already."""
    for fact in facts:
        if registry.setdefault(fact.code, fact) is not fact:
            raise ValueError(f"There are two facts with the code {fact.code}")


def _labels(choices: Any) -> Callable[[Any], str]:
    def show(codes: Any) -> str:
        known = dict(choices.choices)
        listed = codes if isinstance(codes, list) else [codes]
        return ", ".join(str(known.get(code, code)) for code in listed)

    return show


def _name(case: Case) -> str:
    """Not where safety asks for the alias: then the name is not offered at all."""
    return "" if case.person.use_alias else case.person.name


def _birth_date(case: Case) -> str:
    """Only one that is sure: an estimated day would be taken for a fact."""
    person = case.person
    return person.birth_date.isoformat() if person.birth_date and not person.birth_date_estimated else ""


def _region(code: Any) -> str:
    region = Region.objects.filter(code=code).first()
    return region.name if region else str(code)


STORY = "story"

register(
    Fact("name", _("Name"), _name),
    Fact("alias", _("Alias"), lambda case: case.person.alias),
    Fact("age_group", _("Age group"), lambda case: str(case.person.age_group), _labels(AgeGroup)),
    Fact("birth_date", _("Date of birth"), _birth_date, lambda day: date_format(date.fromisoformat(day), "j F Y")),
    Fact("gender", _("Gender"), lambda case: "" if case.person.gender == Gender.UNKNOWN else case.person.gender,
         _labels(Gender)),
    Fact("forms", _("Forms of exploitation"), lambda case: list(case.forms), _labels(Exploitation)),
    Fact("languages", _("Languages"), lambda case: list(case.person.languages), language_names),
    Fact("needs", _("Needs"), lambda case: list(case.needs), _labels(Need)),
    Fact("region", _("Region"), lambda case: case.region.code, _region),
    Fact("safe_contact", _("How to reach the person safely"), lambda case: case.person.safe_contact),
    Fact(STORY, _("In the person's own words")),
)  # fmt: skip


def of_case(case: Case) -> dict[str, Any]:
    """Everything the case says of the registered facts, by code; what it does not know is left out."""
    read = ((code, fact.read(case)) for code, fact in registry.items() if fact.read is not None)
    return {code: value for code, value in read if value}


def shown(facts: Mapping[str, Any]) -> list[tuple[Text, str]]:
    """Facts in the reader's words: name and value, in the registry's order; what we have no name for comes last."""
    order = {code: place for place, code in enumerate(registry)}
    return [(label(code), _value(code, facts[code])) for code in sorted(facts, key=lambda c: order.get(c, len(order)))]


def label(code: str) -> Text:
    """The name of a fact; its code where nobody gave it a name."""
    return registry[code].label if code in registry else code


def labels(codes: Iterable[str]) -> list[Text]:
    """Names of facts."""
    return [label(code) for code in codes]


def _value(code: str, value: Any) -> str:
    if code in registry:
        return registry[code].show(value)
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
