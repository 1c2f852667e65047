"""The lists of the administration: Django's change list as the tables and filters of our own pages."""

from __future__ import annotations

from typing import Any

from django import forms, template
from django.apps import apps
from django.contrib.admin.templatetags.admin_list import result_headers
from django.contrib.admin.utils import display_for_field, display_for_value, lookup_field
from django.contrib.admin.views.main import ORDER_VAR, PAGE_VAR, SEARCH_VAR
from django.db.models import DateTimeField, ForeignKey
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from access.administration import Period
from access.clock import AMSTERDAM

register = template.Library()


@register.simple_tag
def list_table(cl: Any) -> dict[str, Any]:
    """Heads (text, address to sort by, how it is sorted) and rows (address, cells) of a list."""
    heads = [
        {
            "text": head["text"],
            "url": head.get("url_primary", "") if head.get("sortable") else "",
            "state": ("ascending" if head["ascending"] else "descending") if head.get("sorted") else "",
        }
        for head in result_headers(cl)
    ]
    links = set(cl.list_display_links or cl.list_display[:1])
    rows = []
    for row in cl.result_list:
        cells = [
            (head["text"], _cell(cl, row, name), name in links)
            for head, name in zip(heads, cl.list_display, strict=True)
        ]
        rows.append({"url": cl.url_for_result(row), "cells": cells})
    return {"heads": heads, "rows": rows}


def _cell(cl: Any, row: Any, name: str) -> Any:
    """The value of a cell as the page shows it."""
    field, source, value = lookup_field(name, row, cl.model_admin)
    empty = cl.model_admin.get_empty_value_display()
    if field is None:
        return display_for_value(
            value, getattr(source, "empty_value_display", empty), getattr(source, "boolean", False)
        )
    if isinstance(field, ForeignKey):
        related = getattr(row, field.name)
        return empty if related is None else related
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return display_for_field(value, field, empty)


@register.simple_tag
def list_filter(cl: Any) -> forms.Form | None:
    """The form above a list: search and filters; None when the list has neither."""
    fields: dict[str, forms.Field] = {}
    values: dict[str, Any] = {}
    if cl.search_fields:
        widget = forms.TextInput(attrs={"type": "search"})
        fields[SEARCH_VAR] = forms.CharField(label=cl.search_help_text or _("Search"), required=False, widget=widget)
        values[SEARCH_VAR] = cl.query
    for spec in cl.filter_specs:
        if isinstance(spec, Period):
            fields["from"] = forms.DateField(label=_("From"), required=False)
            fields["until"] = forms.DateField(label=_("Up to and including"), required=False)
            values |= {"from": spec.start, "until": spec.end}
        else:
            choices = [("", _("All")), *spec.lookup_choices]
            fields[spec.parameter_name] = forms.ChoiceField(label=spec.title, required=False, choices=choices)
            values[spec.parameter_name] = spec.value()
    if not fields:
        return None
    form = forms.Form(initial=values)
    form.fields.update(fields)
    for field in form.fields.values():
        field.label = str(field.label)[:1].upper() + str(field.label)[1:]
    return form


@register.simple_tag
def list_pages(cl: Any) -> dict[str, Any]:
    """Addresses of the pages before and after, and where we are in words."""
    page, last = cl.page_num, cl.paginator.num_pages
    first = (page - 1) * cl.list_per_page + 1
    where = _("%(first)d–%(last)d of %(count)d") % {
        "first": first,
        "last": min(first + cl.list_per_page - 1, cl.result_count),
        "count": cl.result_count,
    }
    turn = lambda to: cl.get_query_string({PAGE_VAR: to}) if 1 <= to <= last else ""  # noqa: E731
    return {"previous": turn(page - 1), "next": turn(page + 1), "where": where if cl.result_count else ""}


@register.simple_tag(takes_context=True)
def is_filtered(context: Any) -> bool:
    """Whether somebody asked for less than the whole list."""
    return any(value for name, value in context["request"].GET.items() if name not in (ORDER_VAR, PAGE_VAR))


@register.filter
def reasons(form: Any) -> bool:
    """Whether a form has faults besides that somebody should look first."""
    return any(e.code != "look" for errors in form.errors.as_data().values() for e in errors)


@register.simple_tag
def difference(line: Any) -> list[tuple[str, str, str]]:
    """Name of each field that a line of the change log tells of, with its value before and after, in words."""
    try:
        fields = {f.name: f for f in apps.get_model(line.object_kind)._meta.get_fields() if hasattr(f, "verbose_name")}
    except (LookupError, ValueError):
        fields = {}
    names = {**line.before, **line.after}
    return [
        (
            str(fields[name].verbose_name) if name in fields else name,
            _in_words(fields.get(name), line.before.get(name)),
            _in_words(fields.get(name), line.after.get(name)),
        )
        for name in names
    ]


def _in_words(field: Any, value: Any) -> str:
    if value in (None, "", []):
        return "–"
    if isinstance(value, bool):
        return str(_("Yes") if value else _("No"))
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if field is not None and getattr(field, "choices", None):
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(field, DateTimeField):
        return exact(value)
    return str(value)


def exact(value: str) -> str:
    """A moment from the log as people read it; the text itself when it is none."""
    moment = parse_datetime(value)
    return date_format(localtime(moment, AMSTERDAM), "DATETIME_FORMAT") if moment else value
