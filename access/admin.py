"""The administration of this room: organisations, people, posts, deputies, regions, and the two logs."""

from __future__ import annotations

from typing import Any

from django import forms
from django.apps import apps
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern
from django.utils.translation import gettext_lazy as _

from access import clock, people, regions
from access.administration import (
    LOGS,
    PEOPLE,
    PLACES,
    Administered,
    Looked,
    Outlook,
    Period,
    ReasonForm,
    reason_field,
    select,
)
from access.models import (
    AccessRecord,
    Change,
    Deputy,
    Municipality,
    Organisation,
    Post,
    Region,
    RegionMunicipality,
    User,
)
from access.policy import Act, policy_of
from access.roles import Role
from access.wall import Side

# -- Organisations -------------------------------------------------------------------------------------------------


class OrganisationForm(ReasonForm):
    """An organisation stays on its side of the wall once somebody holds a post there."""

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        side, parent, row = data.get("side"), data.get("parent"), self.instance
        if row.pk and side and side != row.side and row.posts.exists():
            self.add_error("side", _("People hold posts here. An organisation with posts cannot move to another side."))
        if parent and side and parent.side != side:
            self.add_error("parent", _("The next level up stands on another side of the wall."))
        above = parent
        while above is not None and row.pk:
            if above.pk == row.pk:
                self.add_error("parent", _("An organisation cannot stand above itself."))
                break
            above = above.parent
        if row.pk and row.active and data.get("active") is False:
            people.check_administrator_stays(row.posts.values_list("pk", flat=True))
        return data


@admin.register(Organisation)
class OrganisationAdmin(Administered):
    """Organisations."""

    section, policy = PEOPLE, policy_of(Organisation)
    lead = _("Who works with Loods, on which side of the wall, and to whom it answers.")
    form = OrganisationForm
    fields = ["name", "kind", "side", "parent", "active"]
    list_display = ["name", "kind", "side", "parent", "active"]
    list_filter = [select("kind"), select("side"), select("active")]
    list_select_related = ["parent"]
    search_fields = ["name"]

    def outlook(self, form: ReasonForm) -> Outlook | None:
        """Closing an organisation takes its posts out of use."""
        if not form.instance.pk or form.instance.active or not form.before["active"]:
            return None
        posts = list(Post.objects.held_on(clock.today()).filter(organisation=form.instance.pk).select_related("user"))
        return Outlook("admin/loods/leaving.html", {"posts": posts, "left": _left(posts)})


# -- People and posts ----------------------------------------------------------------------------------------------


def _left(posts: list[Post]) -> list[people.Left]:
    return people.work_left(post.pk for post in posts)


class PostForm(ReasonForm):
    """A post. Who holds which role where is set once: to change that, one post ends and another begins."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "starts_on" in self.fields:
            self.fields["starts_on"].initial = clock.today
        if "regions" in self.fields:
            self.fields["regions"].help_text = _("None for posts that work for the whole country.")

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        start, end = data.get("starts_on") or self.instance.starts_on, data.get("ends_on")
        if end and start and end <= start:
            self.add_error("ends_on", _("A post ends after the day it begins."))
        if data.get("role") and data.get("regions") and Role(data["role"]).national:
            self.add_error("regions", _("This role works for the whole country; choose no regions."))
        if self.instance.pk and end and self.instance.role == Role.ADMINISTRATOR:
            people.check_administrator_stays([self.instance.pk], max(end, clock.today()))
        return data


class NewPostForm(PostForm):
    """A post given on the page of the person; that page asks why."""

    reason = None  # type: ignore[assignment]

    def _post_clean(self) -> None:
        forms.ModelForm._post_clean(self)  # type: ignore[attr-defined]


class PostInline(admin.StackedInline):
    """The posts of a person: those held are shown, new ones can be given."""

    model = Post
    form = NewPostForm
    fields = ["role", "organisation", "regions", "starts_on", "ends_on"]
    extra = 1
    template = "admin/posts_inline.html"

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return policy_of(Post).may(request.acting, Act.VIEW)  # type: ignore[attr-defined]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        allowed = policy_of(Post).may(request.acting, Act.ADD)  # type: ignore[attr-defined]
        return allowed and (obj is None or obj.is_active)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    has_delete_permission = has_change_permission

    def get_queryset(self, request: HttpRequest) -> QuerySet[Post]:
        return Post.objects.select_related("organisation").prefetch_related("regions").order_by("starts_on", "pk")

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        return Administered.formfield_for_dbfield(self, db_field, request, **kwargs)  # type: ignore[arg-type]

    def choices(self, db_field: Any, request: HttpRequest) -> QuerySet[Any]:
        """The rows a relation can be set to."""
        return post_choices(db_field)


def post_choices(db_field: Any) -> QuerySet[Any]:
    """What a post can be set to: regions and organisations in use, people who are active."""
    rows: dict[str, QuerySet[Any]] = {
        "regions": Region.objects.care().valid_on(clock.today()),
        "organisation": Organisation.objects.active(),
        "user": User.objects.filter(is_active=True),
    }
    return rows[db_field.name]


class PersonForm(ReasonForm):
    """An account: no password, that the person sets."""

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"]).strip().lower()
        if User.objects.filter(email__iexact=email).exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("Somebody has this address already."))
        return email


class WhyForm(forms.Form):
    """Only the question why."""

    reason = reason_field()


@admin.register(User)
class PersonAdmin(Administered):
    """People."""

    section, policy = PEOPLE, policy_of(User)
    lead = _("Accounts. What somebody may do comes from the posts they hold; nobody is deleted.")
    form = PersonForm
    inlines = [PostInline]
    fields = ["name", "email", "language"]
    list_display = ["name", "email", "held", "is_active"]
    list_filter = [
        select("posts__role", _("Role")),
        select("posts__organisation", _("Organisation")),
        select("is_active", _("Active")),
    ]
    search_fields = ["name", "email"]
    change_form_template = "admin/loods/person.html"

    @admin.display(description=_("Posts"))
    def held(self, user: User) -> str:
        """The posts somebody holds today, in words."""
        today = clock.today()
        return "; ".join(
            f"{post.get_role_display()}, {post.organisation}" for post in user.posts.all() if post.held_on(today)
        )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        posts = Post.objects.select_related("organisation", "user")
        return super().get_queryset(request).prefetch_related(Prefetch("posts", posts))

    def get_urls(self) -> list[URLPattern]:
        own = [
            self.own_url("<path:object_id>/deactivate/", self.deactivate, "deactivate"),
            self.own_url("<path:object_id>/reactivate/", self.reactivate, "reactivate"),
            self.own_url("<path:object_id>/invite/", self.invite, "invite"),
        ]
        return [*own, *super().get_urls()]

    def links(self, row: User) -> list[tuple[Any, str]]:
        leave = (_("Deactivate"), self.address("deactivate", row.pk))
        back = (_("Activate again"), self.address("reactivate", row.pk))
        return [leave if row.is_active else back, *super().links(row)]

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)

    def response_add(self, request: HttpRequest, obj: User, post_url_continue: Any = None) -> HttpResponse:
        """A new person gets the link with which to set a password."""
        self._invite(request, obj)
        return super().response_add(request, obj, post_url_continue)

    def _person(self, request: HttpRequest, object_id: str) -> User:
        user = self.get_object(request, object_id) if self.has_change_permission(request) else None
        if user is None:
            raise Http404
        return user  # type: ignore[return-value]

    def _invite(self, request: HttpRequest, user: User) -> None:
        if people.invite(user):
            self.message_user(request, _("A link to set a password has been sent to %(to)s.") % {"to": user.email})
        else:
            text = _("The mail with the link could not be sent. Send it again from this page once mail works.")
            self.message_user(request, text, messages.WARNING)

    def invite(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Send the link to set a password again."""
        user = self._person(request, object_id)
        if request.method == "POST" and user.is_active:
            self._invite(request, user)
        return HttpResponseRedirect(self.address("change", user.pk))

    def deactivate(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Take away somebody's access, after showing what that does."""
        user = self._person(request, object_id)
        posts = people.open_posts(user)
        form = WhyForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            try:
                people.deactivate(user, by=request.acting, reason=form.cleaned_data["reason"])  # type: ignore[attr-defined]
            except ValidationError as refusal:
                form.add_error(None, refusal)
            else:
                self.message_user(request, _("%(name)s has no access any more.") % {"name": user.name})
                return HttpResponseRedirect(self.address("change", user.pk))
        return self._decide(
            request,
            user,
            form,
            "deactivate",
            _("Deactivate %(name)s"),
            {"leaving": {"posts": posts, "left": _left(posts)}},
        )

    def reactivate(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Let somebody in again."""
        user = self._person(request, object_id)
        form = WhyForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            people.reactivate(user, by=request.acting, reason=form.cleaned_data["reason"])  # type: ignore[attr-defined]
            self._invite(request, user)
            return HttpResponseRedirect(self.address("change", user.pk))
        return self._decide(request, user, form, "reactivate", _("Activate %(name)s again"), {})

    def _decide(
        self, request: HttpRequest, user: User, form: WhyForm, page: str, title: Any, values: dict[str, Any]
    ) -> HttpResponse:
        title = title % {"name": user.name}
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "person": user,
            "form": form,
            "back": self.address("change", user.pk),
            "crumbs": self.crumbs((user.name, self.address("change", user.pk)), (title, "")),
            **values,
        }
        return render(request, f"admin/loods/{page}.html", context)


@admin.register(Post)
class PostAdmin(Administered):
    """Posts."""

    section, policy = PEOPLE, policy_of(Post)
    lead = _("Who holds which role, where, and from when until when.")
    form = PostForm
    fields = ["user", "role", "organisation", "regions", "starts_on", "ends_on"]
    list_display = ["user", "role", "organisation", "starts_on", "ends_on"]
    list_filter = [select("role"), select("organisation"), select("regions", _("Region"))]
    list_select_related = ["user", "organisation"]
    search_fields = ["user__name", "user__email"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("user", "organisation")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        if obj is None:
            return []
        begun = obj.starts_on <= clock.today()
        return ["user", "role", "organisation", *(["starts_on"] if begun else [])]

    def choices(self, db_field: Any, request: HttpRequest) -> QuerySet[Any]:
        return post_choices(db_field)

    def outlook(self, form: ReasonForm) -> Outlook | None:
        """When a post comes to its end, what its holder had taken goes back to the queue."""
        end = form.instance.ends_on
        if not form.instance.pk or end is None or form.before["ends_on"] == end.isoformat():
            return None
        values = {"posts": [form.instance], "left": _left([form.instance]), "on": end}
        return Outlook("admin/loods/leaving.html", values)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if people.works_nowhere(form.instance):
            text = _("This post works in no region yet, so it sees no cases.")
            self.message_user(request, text, messages.WARNING)


class DeputyForm(ReasonForm):
    """Who acts for whom."""

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("starts_on") and data.get("ends_on") and data["ends_on"] <= data["starts_on"]:
            self.add_error("ends_on", _("Choose a day after the first one."))
        if data.get("absent") and data.get("absent") == data.get("deputy"):
            self.add_error("deputy", _("Nobody acts for themselves."))
        return data


@admin.register(Deputy)
class DeputyAdmin(Administered):
    """Deputies."""

    form = DeputyForm

    section, policy = PEOPLE, policy_of(Deputy)
    lead = _("Who acts for whom during absence.")
    fields = ["absent", "deputy", "starts_on", "ends_on"]
    list_display = ["absent", "deputy", "starts_on", "ends_on"]
    search_fields = ["absent__user__name", "deputy__user__name"]
    list_filter = [select("absent__organisation", _("Organisation"))]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        of = [f"{post}__{part}" for post in ("absent", "deputy") for part in ("user", "organisation")]
        return super().get_queryset(request).select_related(*of)

    def choices(self, db_field: Any, request: HttpRequest) -> QuerySet[Any]:
        return Post.objects.held_on(clock.today()).select_related("user", "organisation")


# -- Regions -------------------------------------------------------------------------------------------------------


class ListForm(forms.Form):
    """A list of regions or municipalities, and why."""

    file = forms.FileField(
        label=_("List"),
        help_text=_("CSV in UTF-8. A list is whole: what it does not name ends."),
        widget=forms.FileInput(attrs={"data-max-bytes": regions.MAX_BYTES, "accept": ".csv,text/csv"}),
    )
    reason = reason_field()


class RegionForm(ReasonForm):
    """A region."""

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if data.get("valid_from") and data.get("valid_until") and data["valid_until"] <= data["valid_from"]:
            self.add_error("valid_until", _("Choose a day after the first one."))
        if self.instance.level == Region.Level.CARE and "parent" in data and data["parent"] is None:
            self.add_error("parent", _("A care region lies in a province."))
        return data


@admin.register(Region)
class RegionAdmin(Administered):
    """Regions."""

    form = RegionForm

    section, policy = PLACES, policy_of(Region)
    lead = _("Areas in which care is coordinated, and the provinces that group them, each with its source.")
    adds = False  # regions come from lists
    fields = ["name", "parent", "valid_from", "valid_until", "source", "as_of", "note"]
    list_display = ["code", "name", "level", "parent", "valid_from", "valid_until", "as_of"]
    list_display_links = ["code", "name"]
    list_filter = [select("level"), select("parent", _("Province"))]
    list_select_related = ["parent"]
    search_fields = ["code", "name"]
    change_list_template = "admin/loods/regions.html"

    def key_of(self, row: Region) -> str:
        return row.code

    def choices(self, db_field: Any, request: HttpRequest) -> QuerySet[Any]:
        return Region.objects.filter(level=Region.Level.PROVINCE)

    def get_urls(self) -> list[URLPattern]:
        return [self.own_url("list/", self.upload, "upload"), *super().get_urls()]

    def upload(self, request: HttpRequest) -> HttpResponse:
        """Bring a list: first what it would do, then, when that is agreed to, doing it."""
        if not self.policy.may(request.acting, Act.CHANGE):  # type: ignore[attr-defined]
            raise PermissionDenied
        agreed = "agreed" in request.POST
        form: Any = WhyForm(request.POST) if agreed else ListForm(request.POST or None, request.FILES or None)
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "title": _("Bring a list"),
            "crumbs": self.crumbs((_("Bring a list"), "")),
            "columns": (regions.REGIONS, regions.MUNICIPALITIES),
        }
        if request.method == "POST" and form.is_valid():
            upload = form.cleaned_data.get("file")
            if upload is not None and upload.size > regions.MAX_BYTES:
                content = b"\n" * (regions.MAX_BYTES + 1)  # not read into memory; the reader refuses it by its size
            else:
                content = upload.read() if upload is not None else request.POST.get("content", "").encode()
            try:
                if agreed:
                    done = regions.load(
                        content,
                        reason=form.cleaned_data["reason"],
                        by=request.acting,  # type: ignore[attr-defined]
                        mark=request.POST["agreed"],
                    )
                    self.message_user(request, done.summary)
                    return HttpResponseRedirect(self.address("changelist"))
                context["plan"] = regions.plan(content)
            except regions.BadFile as error:
                context["faults"] = error.faults
            except regions.Moved as moved:
                context["plan"] = moved.plan
                context["moved"] = True
            context["content"] = content.decode("utf-8-sig", "replace")
        return render(request, "admin/loods/upload.html", {**context, "form": form})


@admin.register(Municipality)
class MunicipalityAdmin(Administered):
    """Municipalities."""

    section, policy = PLACES, policy_of(Municipality)
    lead = _("Municipalities and the regions they belong to; both change each 1 January, by a list.")
    adds = False  # municipalities come from lists
    fields = ["name"]
    list_display = ["code", "name", "belongs"]
    list_display_links = ["code", "name"]
    list_filter = [select("regions", _("Region"))]
    search_fields = ["code", "name"]

    @admin.display(description=_("Region"))
    def belongs(self, row: Municipality) -> str:
        """The regions a municipality has belonged to, with the days."""
        return "; ".join(
            f"{link.region} ({link.valid_from:%Y-%m-%d} – {link.valid_until or ''})"
            for link in row.regionmunicipality_set.all()
        )

    def key_of(self, row: Municipality) -> str:
        return row.code

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        links = RegionMunicipality.objects.select_related("region").order_by("valid_from")
        return super().get_queryset(request).prefetch_related(Prefetch("regionmunicipality_set", links))


# -- Logs ----------------------------------------------------------------------------------------------------------


def _kind(label: str) -> str:
    """A kind of object in words."""
    try:
        return str(apps.get_model(label)._meta.verbose_name)
    except (LookupError, ValueError):
        return label


@admin.register(AccessRecord)
class AccessRecordAdmin(Looked):
    """The access log, as far as it lies on the common ground; whose data it was is not shown."""

    section, policy = LOGS, policy_of(AccessRecord)
    lead = _(
        "Only lines of the common ground stand here: signing in, administration. What people did with cases stands "
        "behind the wall, where an administrator does not come; a client's own log is read on their case."
    )
    fields = ["at", "user", "post", "role", "organisation", "action", "object_kind", "access_point", "emergency"]
    list_display = ["at", "user", "role_name", "organisation", "action", "what", "access_point"]
    list_filter = [Period, select("action"), select("organisation", _("Organisation"))]
    list_select_related = ["user", "organisation"]
    search_fields = ["user__name", "user__email"]
    search_help_text = _("Name or e-mail address of a person")
    ordering = ["-id"]
    sortable_by = ["at"]

    @admin.display(description=_("Role"))
    def role_name(self, row: AccessRecord) -> str:
        """The role in which it was done."""
        return str(Role(row.role).label) if row.role in Role.values else ""

    @admin.display(description=_("Kind of object"))
    def what(self, row: AccessRecord) -> str:
        """What kind of thing it was."""
        return _kind(row.object_kind)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(side=Side.COMMON)


@admin.register(Change)
class ChangeAdmin(Looked):
    """The change log."""

    section, policy = LOGS, policy_of(Change)
    lead = _("What administrators changed, what it was before, and why. Nobody can change or delete a line.")
    fields = ["at", "user", "what", "object_name", "reason"]
    readonly_fields = ["what"]
    list_display = ["at", "user", "what", "object_name", "reason"]
    list_filter = [Period, select("post__organisation", _("Organisation"))]
    list_select_related = ["user"]
    search_fields = ["user__name", "object_name", "object_key"]
    search_help_text = _("Name of a person or of what was changed")
    change_form_template = "admin/loods/change.html"
    sortable_by = ["at"]

    @admin.display(description=_("Kind of object"))
    def what(self, row: Change) -> str:
        """What kind of thing was changed."""
        return _kind(row.object_kind)
