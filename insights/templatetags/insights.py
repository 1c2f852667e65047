"""Numbers of the picture on a page."""

from __future__ import annotations

import json
from typing import Any

from django import template
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.formats import number_format

from insights.picture import Line

register = template.Library()


@register.filter
def figure(value: float | str | None) -> str:
    """A number; a dash where there is none: missing is not zero."""
    if value is None or isinstance(value, str):  # a template gives an empty text for what is not there
        return "–"
    return number_format(value, 0 if float(value).is_integer() else 1)


@register.filter
def as_json(value: Any) -> str:
    """A value as JSON for an attribute, which the template escapes like any text."""
    return json.dumps(value, cls=DjangoJSONEncoder)


@register.filter
def told(line: Line, key: str) -> str:
    """A number of a line, or that it is too small to show."""
    return f"<{settings.LOODS_SMALL_NUMBER}" if key in line.hidden else figure(line.numbers.get(key))


@register.filter
def changed(line: Line, key: str) -> str:
    """How much a number of a line differs from the other day, with an arrow; a dash where that cannot be said."""
    by = line.change(key)
    if by is None:
        return "–"
    return "=" if not by else f"{'▲ +' if by > 0 else '▼ −'}{figure(abs(by))}"
