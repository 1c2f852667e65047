"""The pages of what was learned, for who studies figures: an overview, a page for each question, and the cost."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from access import log
from access.doors import acting, door
from insights.guiding import costs, exports, page
from insights.guiding.curves import at_hand
from insights.guiding.definitions import BEFORE_AFTER, BY_KEY, METHOD, QUESTIONS, WELLBEING
from insights.guiding.forms import AskedForm, CostForm
from insights.guiding.page import Sheet, number
from insights.guiding.policy import STUDIES
from insights.pace import SHOWN, Pace, without


def tabs(here: str, role: str) -> list[dict[str, Any]]:
    """The pages that a role may enter."""
    lessons = {"label": _("Lessons"), "url": reverse("guiding:lessons"), "current": here == "lessons"}
    if role not in STUDIES:
        return [lessons]
    return [
        {"label": _("Overview"), "url": reverse("guiding:overview"), "current": here == "overview"},
        *({"label": TABS[question.key], "url": reverse("guiding:question", args=[question.key]),
           "current": here == question.key} for question in QUESTIONS),
        {"label": _("Cost"), "url": reverse("guiding:cost"), "current": here == "cost"},
        lessons,
    ]  # fmt: skip


TABS = {
    "willingness": gettext_lazy("Willingness"),
    "contact": gettext_lazy("Contact"),
    "complaint": gettext_lazy("Complaint"),
    "lost": gettext_lazy("Contact lost"),
    "wellbeing": gettext_lazy("Wellbeing"),
    "signs": gettext_lazy("New exploitation"),
    "again": gettext_lazy("Reported again"),
}
PACE = Pace()


@door(*STUDIES)
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """The questions, each with its figures of everybody; where these take a moment they follow (`shown`)."""
    form = AskedForm(request.GET)
    since, until = form.period()
    threshold = int(settings.LOODS_SMALL_NUMBER)
    context = {
        "form": form, "since": since, "until": until, "threshold": threshold, "questions": QUESTIONS,
        "query": without(request), "tabs": tabs("overview", acting(request).role),
    }  # fmt: skip
    this = ("overview", "all", form.span)
    if _follows(request, this):
        return render(request, "insights/guiding/overview.html", {**context, "follows": True})
    with PACE.timed(this):
        context["told"] = page.headlines(since, until, threshold)
    log.record(request, log.Action.READ, "guidance_figures")
    return render(request, "insights/guiding/overview.html", context)


@door(*STUDIES)
@require_safe
def question(request: HttpRequest, key: str) -> HttpResponse:
    """One question: its curve with who is still followed, tables, warnings and definitions; or its file.

    Where it takes a moment the page comes at once and says that it works it out; the answer follows (`shown`).
    """
    asked = BY_KEY.get(key)
    if asked is None:
        raise Http404
    form = AskedForm(request.GET, asked)
    since, until = form.period()
    threshold = int(settings.LOODS_SMALL_NUMBER)
    kind = request.GET.get("as", "")
    this = (key, form.cut, form.span)
    if not kind and _follows(request, this):
        context = {"form": form, "question": asked, "query": without(request), "tabs": tabs(key, acting(request).role)}
        return render(request, "insights/guiding/question.html", {**context, "follows": True})
    with PACE.timed(this):
        made = page.answer(asked, form.cut, since, until, threshold)
    if kind in exports.KINDS:
        log.record(request, log.Action.EXPORT, "guidance_figures", key, detail={"as": kind})
        tables = [*([made.at_risk] if made.at_risk else []), *made.sheets]
        return exports.file(kind, f"learned-{key}", str(asked.title), tables, exports.notes(made, since, until))
    log.record(request, log.Action.READ, "guidance_figures", key)
    context = {
        "form": form, "since": since, "until": until, "threshold": threshold, "question": asked, "made": made,
        "kinds": exports.KINDS, "query": without(request), "tabs": tabs(key, acting(request).role),
        "method": METHOD if asked.curve else (), "before_after": BEFORE_AFTER, "wellbeing": WELLBEING,
    }  # fmt: skip
    return render(request, "insights/guiding/question.html", context)


def _follows(request: HttpRequest, asked: tuple[str, str, int]) -> bool:
    """Besides: a process that has drawn nothing yet has to load what draws curves."""
    return PACE.follows(request, asked) or (not at_hand() and SHOWN not in request.GET)


@door(*STUDIES)
@require_safe
def cost(request: HttpRequest) -> HttpResponse:
    """What structural embedding would cost, from what is filled in; or the same as a file. Nothing is kept."""
    form = CostForm(request.GET or None)
    tables: list[Sheet] = []
    if form.is_bound and form.is_valid():
        given = costs.Inputs(**{name: value or Decimal(0) for name, value in form.cleaned_data.items()})
        tables = _sum(given, form)
        kind = request.GET.get("as", "")
        if kind in exports.KINDS:
            log.record(request, log.Action.EXPORT, "guidance_cost", detail={"as": kind})
            return exports.file(kind, "guidance-cost", _("What embedding would cost"), tables, _rests_on())
    log.record(request, log.Action.READ, "guidance_cost")
    context = {
        "form": form, "tables": tables, "assumptions": _rests_on(), "kinds": exports.KINDS, "query": without(request),
        "tabs": tabs("cost", acting(request).role),
    }  # fmt: skip
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "insights/guiding/cost.html", context, status=status)


def _sum(given: costs.Inputs, form: CostForm) -> list[Sheet]:
    made = costs.cost(given)
    result = Sheet(_("Result, each year"), [_("What"), _("How much"), _("How it was worked out")])
    euros = _("€ %(amount)s")

    def line(label: str, value: str, how: str) -> None:
        result.rows.append([(label, ""), (value, ""), (how, "")])

    def money(value: Any) -> str:
        return euros % {"amount": number(value)}

    line(_("Hours of guidance"), number(made.hours), _("people × months × hours a month"))
    line(_("Navigators"), number(made.navigators, 1), _("hours of guidance ÷ hours a navigator works with people"))
    line(_("People at once for each navigator"), number(made.caseload, 1), _("people × months ÷ 12 ÷ navigators"))
    line(_("Guidance"), money(made.guiding), _("hours of guidance × cost of an hour"))
    line(_("Beside it for navigators"), money(made.beside),
         _("%(n)s whole posts × other cost for each navigator") % {"n": made.posts})  # fmt: skip
    line(_("Beside it for people"), money(made.direct), _("people × other cost for each person"))
    line(_("Together"), money(made.total), _("the three amounts"))
    line(_("For each person"), money(made.total / given.persons if given.persons else 0), _("together ÷ people"))
    if given.margin:
        low, high = costs.between(made.total, given.margin)
        line(_("Lowest and highest"), f"{money(low)} – {money(high)}",
             _("together, %(n)s%% less and more") % {"n": number(given.margin)})  # fmt: skip
    filled = Sheet(_("What was filled in"), [_("What"), _("How much")])
    for field in form:
        value = form.cleaned_data[field.name]
        filled.rows.append(
            [(str(field.label), ""), ("–" if value is None else number(value, 2).removesuffix(",00"), "")]
        )
    return [result, filled]


def _rests_on() -> list[tuple[str, str]]:
    """The assumptions of the sum."""
    return [
        (_("A steady state"), _("As many people come to guidance as leave it. The year in which it is built up "
                                "costs less "
                                "guidance and more training.")),
        (_("One price"), _("Every hour costs the same, at today’s prices: no index, no rise in salaries.")),
        (_("Whole posts"), _("Cost beside the hours is counted for whole navigators, rounded up.")),
        (_("Only guidance"), _("Shelter, care, legal aid and what police and prosecution spend are not in it, and "
                               "neither "
                               "is what is saved.")),
        (_("Nothing from Loods"), _("All amounts were filled in by hand. Loods knows no prices and keeps none of "
                                    "this.")),
        (_("Made on"), date_format(page.today(), "j F Y")),
    ]  # fmt: skip
