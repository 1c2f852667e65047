"""The administration of the engine: terms and routing rules, each with a look at what a change would do."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from access import changes, clock, people
from access.administration import AGREEMENTS, Administered, Outlook, ReasonForm, reason_field, select
from access.models import Organisation, Region
from access.policy import Policy
from access.roles import Role
from access.wall import Side, taken
from cases.words import AgeGroup, Exploitation
from workflows.engine import acts, preview, rules
from workflows.engine.calendars import Unit
from workflows.engine.errors import EngineError
from workflows.engine.machine import End, registry
from workflows.engine.models import RoutingRule, Term
from workflows.engine.terms import SINCE

MOST = {Unit.HOURS: 8784, Unit.CALENDAR_DAYS: 3660, Unit.WORKING_DAYS: 2600, Unit.MONTHS: 120}
"""The longest that can be counted in each unit: about ten years, for hours one."""

people.leaving.append(preview.work_taken)


# -- Terms ---------------------------------------------------------------------------------------------------------


def _planned(term: Term) -> bool:
    """Whether a version of a term has yet to begin."""
    return term.valid_from is not None and term.valid_from > clock.now()


class TermForm(ReasonForm):
    """A new version of a term; the present one is kept and goes on for what runs under it."""

    columns = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.planned = _planned(self.instance)
        if "amount" in self.fields:
            self.fields["amount"].label = _("Term")
            for part in ("", "before_", "remind_", "escalate_", "again_"):
                self.fields[f"{part}unit"].label = _("Counted in")
        if "valid_from" in self.fields:
            moment = self.fields["valid_from"]
            moment.required = False
            moment.help_text = _("Leave this empty for: from now on. What runs already keeps the term it began with.")
            if not self.planned:
                self.initial["valid_from"] = None

    def clean_valid_from(self) -> Any:
        moment = self.cleaned_data["valid_from"]
        if moment is not None and moment <= clock.now():
            raise ValidationError(_("Choose a moment that is still to come, or leave this empty."))
        taken_already = Term.objects.filter(key=self.instance.key, valid_from=moment).exclude(pk=self.instance.pk)
        if moment is not None and taken_already.exists():
            raise ValidationError(_("From this moment on another version holds already. Choose another moment."))
        return moment or clock.now()

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        for name in ("", "remind_", "escalate_", "again_"):
            amount, unit = data.get(f"{name}amount"), data.get(f"{name}unit")
            if amount is not None and amount < 1:
                self.add_error(f"{name}amount", _("At least 1."))
            elif amount is not None and unit and amount > MOST[Unit(unit)]:
                self.add_error(f"{name}amount", _("At most %(most)d in this unit.") % {"most": MOST[Unit(unit)]})
        unit = data.get("before_unit")
        if unit and any(amount > MOST[Unit(unit)] for amount in data.get("before_amounts") or ()):
            self.add_error("before_amounts", _("At most %(most)d in this unit.") % {"most": MOST[Unit(unit)]})
        return data


@admin.register(Term)
class TermAdmin(Administered):
    """Terms."""

    section, policy = AGREEMENTS, Policy(Term)
    lead = _("How long something may take, when to remind and when to escalate. A change holds from a moment on.")
    form = TermForm
    adds = False  # terms come with the processes that declare them
    list_per_page = 200  # all of them, under the names of their processes
    fields = [
        "amount", "unit", "before_amounts", "before_unit", "remind_amount", "remind_unit", "escalate_amount",
        "escalate_unit", "again_amount", "again_unit", "statutory", "starts_with", "source", "valid_from",
    ]  # fmt: skip
    list_display = ["runs_in", "takes", "since", "statutory", "source"]
    sortable_by = ()
    search_fields = ["key", "source"]
    change_form_template = "admin/loods/term.html"

    @admin.display(description=_("Runs in"))
    def runs_in(self, row: Term) -> str:
        """Where a term runs, in words; its key when no process declares it any more."""
        uses = preview.uses_of(row.key)
        return "; ".join(f"{use.label} ({_('emergency')})" if use.urgent else use.label for use in uses) or row.key

    name_of = runs_in

    @admin.display(description=_("Valid from"))
    def since(self, row: Term) -> str:
        """From when on a version holds."""
        return (
            str(_("With Loods"))
            if row.valid_from == SINCE
            else date_format(localtime(row.valid_from), "DATETIME_FORMAT")
        )

    @admin.display(description=_("Term"))
    def takes(self, row: Term) -> str:
        """How long it is."""
        return Unit(row.unit).text(row.amount)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """The version that holds and those to come; what held before is history."""
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or _planned(obj) or obj.pk in set(self._current()))

    @staticmethod
    def _current() -> QuerySet[Any]:
        """Keys of the versions that hold now, one for each term."""
        held = Term.objects.filter(valid_from__lte=clock.now())
        return held.order_by("key", "-valid_from").distinct("key").values_list("pk", flat=True)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        listing = request.resolver_match is not None and request.resolver_match.url_name == "engine_term_changelist"
        return rows.filter(pk__in=self._current()) if listing else rows

    def key_of(self, row: Term) -> str:
        return row.key

    def outlook(self, form: ReasonForm) -> Outlook:
        """What runs on under the old version, and how the last year would have looked under the new one."""
        new, old = form.instance, Term.objects.get(pk=form.instance.pk)
        current = Term.objects.filter(pk__in=self._current(), key=new.key).first() or old
        return Outlook(
            "admin/loods/term_outlook.html",
            {"effects": preview.of_term(new, current), "now": self.takes(current), "then": self.takes(new)},
        )

    def save_model(self, request: HttpRequest, obj: Term, form: Any, change: bool) -> None:
        """A version that has not begun is mended; any other is followed by a new one."""
        if not form.planned:
            obj.pk = None
            obj._state.adding = True
        super().save_model(request, obj, form, change)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        row = self.get_object(request, object_id) if object_id else None
        rows = Term.objects.filter(key=row.key) if row is not None else []
        versions = [(version, self.since(version), self.takes(version), _planned(version)) for version in rows]
        extra = {"versions": versions}
        return super().changeform_view(request, object_id, form_url, {**extra, **(extra_context or {})})


# -- Routing rules -------------------------------------------------------------------------------------------------


def kinds() -> list[tuple[str, Any]]:
    """Processes that can be routed."""
    return [("", "—"), *((kind, machine.label) for kind, machine in registry.items())]


def states() -> list[tuple[Any, Any]]:
    """States in which somebody acts, grouped by process; one value can stand in several groups."""
    grouped: list[tuple[Any, Any]] = [("", _("Every state"))]
    for machine in registry.values():
        open_states = [s for s in machine.states if not isinstance(machine.steps[s], End)]
        grouped.append((machine.label, [(str(s), s.label) for s in open_states]))
    return grouped


class RuleForm(ReasonForm):
    """A routing rule."""

    columns = True

    kind = forms.ChoiceField(label=_("Process"), choices=kinds)
    state = forms.ChoiceField(label=_("State"), choices=states, required=False)
    form = forms.ChoiceField(
        label=_("Form of exploitation"), choices=[("", _("Every form")), *Exploitation.choices], required=False
    )
    age_group = forms.ChoiceField(
        label=_("Age group"), choices=[("", _("Every age")), *AgeGroup.choices], required=False
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        machine, state = registry.get(data.get("kind", "")), data.get("state")
        if machine is None:
            return data
        if state and state not in machine.states.values:
            self.add_error("state", _("This is no state of the process you chose."))
        if data.get("role") and machine.side is not Side.COMMON and machine.side not in Role(data["role"]).sides:
            self.add_error("role", _("This role does not exist on the side of the process."))
        if data.get("organisation") and data["organisation"].side != machine.side:
            self.add_error("organisation", _("This organisation stands on another side of the wall."))
        return data


class WhyForm(forms.Form):
    """Only the question why."""

    reason = reason_field()


@admin.register(RoutingRule)
class RoutingRuleAdmin(Administered):
    """Routing rules."""

    section, policy = AGREEMENTS, Policy(RoutingRule)
    lead = _(
        "Who must act next, under which circumstances. Where nobody holds the role, work goes to the national desk."
    )
    form = RuleForm
    fields = [
        "kind", "state", "region", "form", "age_group", "scheme", "role", "organisation", "tier", "active", "note",
    ]  # fmt: skip
    list_display = ["rule", "when", "then", "tier", "version", "active", "warning"]
    list_filter = [select("region", _("Region")), select("role"), select("active")]
    list_select_related = ["region", "organisation"]
    sortable_by = ["tier"]
    REROUTED_AT_ONCE = 500

    @admin.display(description=_("Process"))
    def rule(self, row: RoutingRule) -> str:
        """The process and state of a rule."""
        machine = registry.get(row.kind)
        if machine is None:
            return row.kind
        state = machine.states(row.state).label if row.state in machine.states.values else row.state or _("Every state")
        return f"{machine.label}: {state}"

    @admin.display(description=_("Circumstances"))
    def when(self, row: RoutingRule) -> str:
        """What a rule asks."""
        form = Exploitation(row.form).label if row.form in Exploitation.values else row.form
        age = AgeGroup(row.age_group).label if row.age_group in AgeGroup.values else row.age_group
        named = [str(part) for part in (row.region, form, age, row.scheme) if part]
        return ", ".join(named) or str(_("Always"))

    @admin.display(description=_("Who must act"))
    def then(self, row: RoutingRule) -> str:
        """Whom a rule leads to."""
        where = row.organisation or _("the organisation that holds the role in the region")
        return f"{Role(row.role).label}, {where}"

    @admin.display(description=_("Look at this"))
    def warning(self, row: RoutingRule) -> str:
        """What is wrong with a rule, if anything."""
        never, nobody = rules.never_matches(row), rules.holderless(row)
        if never:
            return never
        if nobody:
            return _("Nobody holds the role in: %(where)s.") % {"where": preview.few(nobody)}
        return ""

    def name_of(self, row: RoutingRule) -> str:
        return f"{self.rule(row)} → {Role(row.role).label}"

    def choices(self, db_field: Any, request: HttpRequest) -> QuerySet[Any]:
        rows: dict[str, QuerySet[Any]] = {
            "region": Region.objects.care().valid_on(clock.today()),
            "organisation": Organisation.objects.active(),
        }
        return rows[db_field.name]

    def outlook(self, form: ReasonForm) -> Outlook | None:
        """Which open processes would go elsewhere, and where nobody could act."""
        if form.instance.pk and changes.facts(form.instance) == form.before:
            return None
        return Outlook("admin/loods/rule_outlook.html", {"effect": preview.of_rule(form.instance)})

    def save_model(self, request: HttpRequest, obj: RoutingRule, form: Any, change: bool) -> None:
        if change and changes.facts(obj) != form.before:
            obj.version += 1
        super().save_model(request, obj, form, change)

    def get_urls(self) -> list[URLPattern]:
        return [self.own_url("<path:object_id>/reroute/", self.reroute, "reroute"), *super().get_urls()]

    def links(self, row: RoutingRule) -> list[tuple[Any, str]]:
        return [(_("Route open work anew"), self.address("reroute", row.pk)), *super().links(row)]

    def reroute(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Send work that nobody took where the rules lead now; an act of its own, with its own reason."""
        row = self.get_object(request, object_id)
        if row is None or row.kind not in registry:
            raise Http404
        form = WhyForm(request.POST or None)
        found = preview.misplaced(row.kind)
        if request.method == "POST" and form.is_valid():
            moved = sum(_reroute(side, keys[: self.REROUTED_AT_ONCE]) for side, keys in found.items())
            reason, by = form.cleaned_data["reason"], request.acting  # type: ignore[attr-defined]
            changes.change(row, before={}, after={"rerouted": moved}, reason=reason, by=by).save()
            self.message_user(request, _("%(n)d processes were routed anew.") % {"n": moved})
            return HttpResponseRedirect(self.address("reroute" if moved == self.REROUTED_AT_ONCE else "change", row.pk))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Route open work anew"),
            "crumbs": self.crumbs((self.name_of(row), self.address("change", row.pk)), (_("Route open work anew"), "")),
            "machine": registry[row.kind],
            "found": [(side, len(keys)) for side, keys in found.items()],
            "at_once": self.REROUTED_AT_ONCE,
            "form": form,
            "back": self.address("change", row.pk),
        }
        return render(request, "admin/loods/reroute.html", context)


def _reroute(side: Side, keys: Iterable[Any]) -> int:
    """Route processes of one side anew. Out: how many went elsewhere."""
    moved = 0
    with taken(side):
        for key in keys:
            try:
                moved += acts.reroute(key)
            except EngineError:
                continue  # closed or taken meanwhile
    return moved
