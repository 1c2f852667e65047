"""What structural embedding of guidance would cost: a sum that anybody can do again, with what it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from math import ceil


@dataclass(frozen=True)
class Inputs:
    """What somebody filled in; see `forms.CostForm`."""

    persons: Decimal
    months: Decimal
    hours: Decimal
    rate: Decimal
    year: Decimal
    beside: Decimal = Decimal(0)
    direct: Decimal = Decimal(0)
    margin: Decimal = Decimal(0)


@dataclass(frozen=True)
class Cost:
    """The result, in euros a year once as many people leave guidance as come to it."""

    hours: Decimal
    caseload: Decimal
    navigators: Decimal
    posts: int
    guiding: Decimal
    beside: Decimal
    direct: Decimal

    @property
    def total(self) -> Decimal:
        """Everything together."""
        return self.guiding + self.beside + self.direct


def cost(given: Inputs) -> Cost:
    """The sum. Navigators beside their hours are paid as whole posts, because a car and a course come whole."""
    hours = given.persons * given.months * given.hours
    navigators = hours / given.year
    posts = ceil(navigators)
    guided_at_once = given.persons * given.months / 12
    return Cost(
        hours, guided_at_once / navigators if navigators else Decimal(0), navigators, posts, hours * given.rate,
        posts * given.beside, given.persons * given.direct,
    )  # fmt: skip


def between(total: Decimal, margin: Decimal) -> tuple[Decimal, Decimal]:
    """The lowest and the highest amount."""
    return total * (100 - margin) / 100, total * (100 + margin) / 100
