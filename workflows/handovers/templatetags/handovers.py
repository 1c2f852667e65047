"""Handovers on a page."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django import template

from access import clock
from workflows.handovers import facts

register = template.Library()


@register.filter
def fact_names(codes: Iterable[str]) -> str:
    """Names of facts, with commas between."""
    return ", ".join(str(label) for label in facts.labels(codes))


@register.filter
def last_day(until: datetime) -> date:
    """The last day on which it can be read, in the Netherlands: the end is the moment after which it cannot."""
    return (until - timedelta(microseconds=1)).astimezone(clock.AMSTERDAM).date()
