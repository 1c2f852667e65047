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
    process = forms.ChoiceField(label=_("Process"), required=False, choices=[("", _("All")), ("r", "Referral"), ("p", "Placement")])
    mine = forms.BooleanField(label=_("Only mine"), required=False)


class ExampleForm(forms.Form):
    """One of every field."""

    columns = True
    alias = forms.CharField(label="Alias", help_text="Never the real name when safety asks for that.", max_length=40)
    born = forms.DateField(label="Born on", help_text="For example 31-12-2001.", required=False)
    source = forms.ChoiceField(label="Came in through", choices=[("", "—"), ("p", "Police"), ("h", "Family doctor"), ("s", "Themselves")])
    municipality = forms.ChoiceField(label="Municipality", choices=[("", "—")] + [(str(n), f"Exampleton {n}") for n in range(1, 30)])
    forms_of = forms.MultipleChoiceField(
        label="Forms of exploitation",
        choices=[("s", "Sexual exploitation"), ("a", "Labour exploitation"), ("c", "Criminal exploitation")],
        widget=forms.CheckboxSelectMultiple,
    )
    safe = forms.ChoiceField(label="Safe to phone?", choices=[("j", "Yes"), ("n", "No"), ("o", "Unknown")], widget=forms.RadioSelect)
    note = forms.CharField(label="Explanation", widget=forms.Textarea(attrs={"maxlength": 500, "rows": 4}), required=False)
    file = forms.FileField(label="Document", required=False, widget=forms.FileInput(attrs={"data-max-bytes": 20 * 1024 * 1024}))
    agreed = forms.BooleanField(label="The person was told what happens with the data")


def rows() -> list[dict[str, Any]]:
    """Lines of an invented worklist."""
    now = clock.now()
    day = timedelta(days=1)
    return [
        {"number": "L-2026-000412", "alias": "Herring Gull", "process": "Referral", "state": "In triage", "kind": "info", "due": now - 3 * day, "owner": "Noor van den Berg", "since": now - 9 * day},
        {"number": "L-2026-000431", "alias": "Oystercatcher", "process": "Placement", "state": "Seeking", "kind": "info", "due": now - timedelta(hours=5), "owner": None, "emergency": True, "since": now - timedelta(hours=9)},
        {"number": "L-2026-000398", "alias": "Godwit", "process": "Placement", "state": "Offered", "kind": "waiting", "due": now + timedelta(hours=3), "owner": "Sem Oyelaran", "since": now - day},
        {"number": "L-2026-000377", "alias": "Redshank", "process": "Referral", "state": "Referred onward", "kind": "waiting", "due": now + 2 * day, "owner": "Noor van den Berg", "since": now - 4 * day},
        {"number": "L-2026-000365", "alias": "Common Tern", "process": "Referral", "state": "In triage", "kind": "info", "due": now + 11 * day, "owner": "Noor van den Berg", "since": now - 2 * day},
        {"number": "L-2026-000340", "alias": "Avocet", "process": "Reflection period", "state": "Suspended", "kind": "paused", "due": now + 30 * day, "paused": True, "owner": "Sem Oyelaran", "since": now - 40 * day},
    ]  # fmt: skip


@door(public=True)
def styleguide(request: HttpRequest) -> HttpResponse:
    """Every component on one page, only in development and demonstration."""
    if not (settings.DEBUG or getattr(settings, "DEMO", False)):
        raise Http404
    wrong = ExampleForm({"w-born": "31-02-2001", "w-note": "Rather phones in the morning.", "w-forms_of": ["a"]}, prefix="w")
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
