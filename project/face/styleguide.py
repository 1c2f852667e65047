"""The style guide: every component with invented contents, for builders and for the tests. Not there in production."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from access import clock
from access.doors import door
from project.face.templatetags.loods import STATUS


class FilterForm(forms.Form):
    """Filters over a list."""

    q = forms.CharField(label=_("Search"), required=False, widget=forms.TextInput(attrs={"type": "search"}))
    process = forms.ChoiceField(
        label=_("Process"), required=False, choices=[("", _("All")), ("r", "Referral"), ("p", "Placement")]
    )
    mine = forms.BooleanField(label=_("Only mine"), required=False)


class ExampleForm(forms.Form):
    """One of every field."""

    columns = True
    alias = forms.CharField(label="Alias", help_text="Never the real name when safety asks for that.", max_length=40)
    born = forms.DateField(label="Born on", help_text="For example 31-12-2001.", required=False)
    source = forms.ChoiceField(
        label="Came in through", choices=[("", "—"), ("p", "Police"), ("h", "Family doctor"), ("s", "Themselves")]
    )
    municipality = forms.ChoiceField(
        label="Municipality", choices=[("", "—")] + [(str(n), f"Exampleton {n}") for n in range(1, 30)]
    )
    forms_of = forms.MultipleChoiceField(
        label="Forms of exploitation",
        choices=[("s", "Sexual exploitation"), ("a", "Labour exploitation"), ("c", "Criminal exploitation")],
        widget=forms.CheckboxSelectMultiple,
    )
    safe = forms.ChoiceField(
        label="Safe to phone?", choices=[("j", "Yes"), ("n", "No"), ("o", "Unknown")], widget=forms.RadioSelect
    )
    note = forms.CharField(
        label="Explanation", widget=forms.Textarea(attrs={"maxlength": 500, "rows": 4}), required=False
    )
    file = forms.FileField(
        label="Document", required=False, widget=forms.FileInput(attrs={"data-max-bytes": 20 * 1024 * 1024})
    )
    agreed = forms.BooleanField(label="The person was told what happens with the data")


def rows() -> list[dict[str, Any]]:
    """Lines of an invented worklist."""
    now, day, hour = clock.now(), timedelta(days=1), timedelta(hours=1)
    noor, sem = "Noor van den Berg", "Sem Oyelaran"
    lines: list[tuple[str, str, str, str, timedelta, str | None, timedelta, str]] = [
        ("L-2026-000412", "Herring Gull", "Referral", "In triage", -3 * day, noor, 9 * day, ""),
        ("L-2026-000431", "Oystercatcher", "Placement", "Seeking", -5 * hour, None, 9 * hour, "emergency"),
        ("L-2026-000398", "Godwit", "Placement", "Offered", 3 * hour, sem, day, ""),
        ("L-2026-000377", "Redshank", "Referral", "Referred onward", 2 * day, noor, 4 * day, ""),
        ("L-2026-000365", "Common Tern", "Referral", "In triage", 11 * day, noor, 2 * day, ""),
        ("L-2026-000340", "Avocet", "Reflection period", "Suspended", 30 * day, sem, 40 * day, "paused"),
    ]
    return [
        {"number": number, "alias": alias, "process": process, "state": state, "due": now + due, "owner": owner}
        | {"since": now - waiting, "emergency": mark == "emergency", "paused": mark == "paused"}
        for number, alias, process, state, due, owner, waiting, mark in lines
    ]


@door(public=True)
def styleguide(request: HttpRequest) -> HttpResponse:
    """Every component on one page, only in development and demonstration."""
    if not (settings.DEBUG or getattr(settings, "DEMO", False)):
        raise Http404
    wrong = ExampleForm(
        {"w-born": "31-02-2001", "w-note": "Rather phones in the morning.", "w-forms_of": ["a"]}, prefix="w"
    )
    context = {
        "crumbs": [(_("Style guide"), request.path), (_("Components"), request.path)],
        "kinds": [(kind, words) for kind, (picture, words) in STATUS.items() if kind != "plain"],
        "rows": rows(),
        "filter": FilterForm(request.GET or None),
        "blank": ExampleForm(),
        "wrong": wrong,
        "now": clock.now(),
        "soon": clock.now() + timedelta(days=1),
        "late": clock.now() - timedelta(days=3),
        "birthday": date(2001, 12, 31),
        "tabs": [
            {"label": "Case", "url": "?", "current": True},
            {"label": "Timeline", "url": "?tab=timeline", "count": 14},
            {"label": "Documents", "url": "?tab=documents", "count": 3},
            {"label": "Consent", "url": "?tab=consent"},
        ],
        "steps": [
            {"label": "Received", "state": "done"},
            {"label": "In triage", "state": "current"},
            {"label": "Accepted", "state": ""},
        ],
    }
    return render(request, "face/styleguide.html", context)
