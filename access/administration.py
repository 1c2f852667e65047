"""What every page of the administration shares: permission, a reason for each change, a look before it, the log.

A room registers its models with `Administered` (or `Looked` for a log). Nothing can be deleted, no list can be filtered
or searched by anything but what it offers, and what Django would write in its own log goes into `access.Change`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from typing import Any, cast

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import get_fields_from_path
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, reverse
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from access import changes, clock, log
from access.models import Change, Post
from access.policy import Act, Policy

INTERNAL = {"csrfmiddlewaretoken", "reason", "seen"}
PEOPLE, PLACES, AGREEMENTS, LOGS = _("People and organisations"), _("Regions"), _("Terms and routing"), _("Logs")
SHELTER = _("Shelter")
SECTIONS = (PEOPLE, PLACES, AGREEMENTS, SHELTER, LOGS)
"""Under which headings the models stand on the first page, in this order."""


@dataclass
class Outlook:
    """What a change would do, shown before it is done: a template with its values."""

    template: str
    values: dict[str, Any] = field(default_factory=dict)


def reason_field() -> forms.CharField:
    """The question why, in the same words everywhere."""
    return forms.CharField(
        label=_("Reason"),
        help_text=_("Why you change this. It stands in the change log with your name; write nothing about a case."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ReasonForm(forms.ModelForm):
    """A form of the administration: asks why, and shows what a change would do before it is done.

    `model_admin` and `acting` are set on the class that `Administered.get_form` makes.
    """

    model_admin: Administered
    acting: Post
    outlook: Outlook | None = None

    reason = reason_field()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.before = changes.facts(self.instance) if self.instance.pk else {}

    @property
    def mark(self) -> str:
        """A mark of what was filled in; it comes back with the form once somebody has seen what it would do."""
        data = cast("MultiValueDict[str, str]", self.data)
        items = sorted((name, data.getlist(name)) for name in data if name not in INTERNAL)
        return sha256(repr(items).encode()).hexdigest()[:24]

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if not self.errors:
            outlook = self.model_admin.outlook(self)
            if outlook is not None and self.data.get("seen") != self.mark:
                self.outlook = outlook
                self.add_error(None, ValidationError(_("Look at what this would do, then save."), code="look"))


class Administered(admin.ModelAdmin):
    """A model that administrators keep."""

    section: Any = ""
    lead: Any = ""
    policy: Policy
    adds = True
    """Whether rows are made here; some come from a list or with the program."""
    form = ReasonForm
    actions = None
    list_per_page = 50
    show_full_result_count = False
    save_on_top = False
    view_on_site = False
    change_list_template = "admin/change_list.html"

    # -- permission ------------------------------------------------------------------------------------------

    def may(self, request: HttpRequest, act: Act) -> bool:
        """Whether whoever asks may do this with rows of the model."""
        return self.policy.may(getattr(request, "acting", None), act)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.may(request, Act.VIEW)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, Act.VIEW)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.adds and self.may(request, Act.ADD)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, Act.CHANGE)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = self.policy.rows(getattr(request, "acting", None), Act.VIEW)
        ordering = self.get_ordering(request)
        return rows.order_by(*ordering) if ordering else rows

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Only what the list's own filters read; they take it out, so that nothing asked ever reaches a query."""
        return any(
            lookup in offered.parameters
            for offered in self.list_filter
            if isinstance(offered, type) and issubclass(offered, Offered)
        )

    # -- the form --------------------------------------------------------------------------------------------

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """The fields, and why."""
        given = list(self.fields or ())
        if obj is None and not self.has_add_permission(request):
            return given
        return [*given, "reason"] if obj is None or self.has_change_permission(request, obj) else given

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> type[Any]:
        made = super().get_form(request, obj, change, **kwargs)
        made.model_admin, made.acting = self, request.acting  # type: ignore[attr-defined]
        return made

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """The plain form field, as everywhere in Loods: the admin's own widgets need scripts and pop-ups."""
        if isinstance(db_field, (models.ForeignKey, models.ManyToManyField)):
            kwargs["queryset"] = self.choices(db_field, request)
        if isinstance(db_field, models.ManyToManyField):
            kwargs["widget"] = forms.CheckboxSelectMultiple(attrs={"class": "many"})
        return db_field.formfield(**kwargs)

    def choices(self, db_field: Any, request: HttpRequest) -> QuerySet[Any]:
        """The rows a relation can be set to."""
        return db_field.remote_field.model._default_manager.all()  # type: ignore[no-any-return]

    def outlook(self, form: ReasonForm) -> Outlook | None:
        """What saving a valid form (`form.instance` holds its values) would do, if somebody should see that first."""
        return None

    # -- the log ---------------------------------------------------------------------------------------------

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Save what belongs to the row, then write what changed in the change log."""
        super().save_related(request, form, formsets, change)
        rows = [(form.instance, form.before)]
        for formset in formsets:
            rows += [(row, {}) for row in formset.new_objects]
        reason = form.cleaned_data["reason"]
        lines = [self.line(row, before, reason, request.acting) for row, before in rows]  # type: ignore[attr-defined]
        Change.objects.bulk_create(line for line in lines if line.before or line.after)

    def line(self, row: Model, before: dict[str, Any], reason: str, by: Post) -> Change:
        """The line of the change log for a row that was saved."""
        return changes.change(row, before=before, after=changes.facts(row), reason=reason, by=by, key=self.key_of(row))

    def key_of(self, row: Any) -> object:
        """What names the row in the change log."""
        return row.pk

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:  # type: ignore[override]
        """Django's own log stays empty; `save_related` has written ours."""

    log_change = log_addition  # type: ignore[assignment]

    # -- the pages -------------------------------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        """Django's pages but the ones that delete, and the one that adds where nothing is added."""
        left_out = ("_delete",) if self.adds else ("_delete", "_add")
        return [p for p in super().get_urls() if not (p.name or "").endswith(left_out)]

    def own_url(self, route: str, view: Callable[..., HttpResponse], name: str) -> URLPattern:
        """An address of one of our own pages for this model."""
        from django.urls import path

        meta = self.model._meta
        return path(route, self.admin_site.admin_view(view), name=f"{meta.app_label}_{meta.model_name}_{name}")

    def address(self, page: str, *args: Any) -> str:
        """Address of a page of this model: changelist, add, change, history, or one of our own."""
        meta = self.model._meta
        return reverse(f"admin:{meta.app_label}_{meta.model_name}_{page}", args=args)

    def crumbs(self, *more: tuple[Any, str]) -> list[tuple[Any, str]]:
        """The way to a page of this model."""
        return [
            (_("Administration"), reverse("admin:index")),
            (str(self.model._meta.verbose_name_plural).capitalize(), self.address("changelist")),
            *more,
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        extra = {"crumbs": self.crumbs(), "lead": self.lead, **(extra_context or {})}
        return super().changelist_view(request, extra)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        row = self.get_object(request, object_id) if object_id else None
        label = self.name_of(row) if row is not None else _("New")
        more = self.links(row) if row is not None else []
        extra = {"heading": label, "crumbs": self.crumbs((label, "")), "more": more}
        return super().changeform_view(request, object_id, form_url, {**extra, **(extra_context or {})})  # type: ignore[no-any-return]

    def name_of(self, row: Any) -> str:
        """What a row is called on its pages."""
        return str(row)

    def links(self, row: Any) -> list[tuple[Any, str]]:
        """Further pages about a row: name and address."""
        return [(_("History"), self.address("history", row.pk))]

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Every change of one row, with its reason."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = self.get_object(request, object_id)
        if row is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined,no-any-return]
        lines = Change.objects.filter(object_kind=self.model._meta.label_lower, object_key=str(self.key_of(row)))
        context = {
            **self.admin_site.each_context(request),
            "title": self.name_of(row),
            "crumbs": self.crumbs((self.name_of(row), self.address("change", row.pk)), (_("History"), "")),
            "lines": lines.select_related("user")[:500],
        }
        from django.shortcuts import render

        return render(request, "admin/object_history.html", context)


class Looked(Administered):
    """A log: it can be looked at, and that is logged itself."""

    form = forms.ModelForm  # type: ignore[assignment]
    adds = False

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> type[Any]:
        return admin.ModelAdmin.get_form(self, request, obj, change, **kwargs)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        log.record(request, log.Action.SEARCH if request.GET else log.Action.READ, self.model._meta.label_lower)
        return super().changelist_view(request, extra_context)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        log.record(request, log.Action.READ, self.model._meta.label_lower, object_id or "")
        return super().changeform_view(request, object_id, form_url, extra_context)

    def links(self, row: Any) -> list[tuple[Any, str]]:
        return []


# -- Filters of a list ---------------------------------------------------------------------------------------------


class Offered(admin.ListFilter):
    """A filter a list offers; `parameters` are the names it reads from the address."""

    parameters: tuple[str, ...]


def select(path: str, title: Any = None) -> type[Offered]:
    """A filter by one value of a field with choices, a yes or no, or a relation; `path` may go through relations."""

    class Select(Offered, admin.SimpleListFilter):
        parameter_name = path.replace("__", "-")
        parameters = (parameter_name,)

        def __init__(self, request: HttpRequest, params: Any, model: type[Model], model_admin: Any) -> None:
            self.field = get_fields_from_path(model, path)[-1]
            self.title = title or getattr(self.field, "verbose_name", path)
            super().__init__(request, params, model, model_admin)

        def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, Any]]:
            related = self.field.related_model
            if related is not None:
                return [(str(row.pk), str(row)) for row in related._default_manager.all()]
            if isinstance(self.field, models.BooleanField):
                return [("1", _("Yes")), ("0", _("No"))]
            return [(str(value), label) for value, label in self.field.flatchoices]

        def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
            value = self.value()
            if not value:
                return queryset
            if value not in {key for key, _label in self.lookup_choices}:
                return queryset.none()
            found = queryset.filter(**{path: value == "1" if isinstance(self.field, models.BooleanField) else value})
            return found.distinct() if "__" in path else found

    return Select


class Period(Offered):
    """Rows between two days, both included; from thirty days ago when nothing was asked."""

    title = _("Period")
    column = "at"
    parameters = ("from", "until")
    DAYS = 30

    def __init__(self, request: HttpRequest, params: dict[str, Any], model: type[Model], model_admin: Any) -> None:
        super().__init__(request, params, model, model_admin)
        asked = {name: (params.pop(name, None) or [""])[-1] for name in self.parameters}
        self.start = self._day(asked["from"]) or clock.today() - timedelta(days=self.DAYS)
        self.end = self._day(asked["until"])

    @staticmethod
    def _day(text: str) -> date | None:
        try:
            return date.fromisoformat(text)
        except ValueError:
            return None

    def has_output(self) -> bool:
        return True

    def choices(self, changelist: Any) -> Iterator[Mapping[str, object]]:
        return iter(())

    def expected_parameters(self) -> list[str | None]:
        return list(self.parameters)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        midnight = lambda day: datetime.combine(day, time.min, clock.AMSTERDAM)  # noqa: E731
        queryset = queryset.filter(**{f"{self.column}__gte": midnight(self.start)})
        if self.end is not None and self.end < date.max:
            queryset = queryset.filter(**{f"{self.column}__lt": midnight(self.end + timedelta(days=1))})
        return queryset
