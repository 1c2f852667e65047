"""The administration site: for administrators only, without any case data."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import URLPattern, URLResolver
from django.utils.translation import gettext_lazy as _

from access.administration import SECTIONS, Administered
from access.doors import Door
from access.models import Change
from access.roles import Role

DOOR = Door(frozenset({Role.ADMINISTRATOR}))
UNUSED = {"login", "logout", "password_change", "password_change_done", "autocomplete", "view_on_site"}
"""Pages that Django brings and Loods does otherwise, or not at all."""


class LoodsAdminSite(AdminSite):
    """Django's admin in the program's own look, open only to whoever acts as an administrator."""

    site_title = site_header = index_title = _("Administration")
    enable_nav_sidebar = False
    final_catch_all_view = False
    empty_value_display = "–"

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Only models that a room of ours administers; what other packages would show here is left out."""
        if admin_class is not None and issubclass(admin_class, Administered):
            super().register(model_or_iterable, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether the post that acts is an administrator's."""
        post = getattr(request, "acting", None)
        return post is not None and post.role == Role.ADMINISTRATOR

    def get_urls(self) -> list[Any]:
        """Django's addresses without those we do not use, each behind the same door as a page of our own."""
        urls = [url for url in super().get_urls() if getattr(url, "name", None) not in UNUSED]
        for view in _views(urls):
            view.door = DOOR  # type: ignore[attr-defined]
        return urls

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """What can be administered, and the last changes."""
        sections: dict[str, list[dict[str, Any]]] = {str(section): [] for section in SECTIONS}
        for model, model_admin in self._registry.items():
            if isinstance(model_admin, Administered) and model_admin.has_view_permission(request):
                entry = {
                    "name": model._meta.verbose_name_plural,
                    "lead": model_admin.lead,
                    "url": model_admin.address("changelist"),
                }
                sections.setdefault(str(model_admin.section), []).append(entry)
        extra = {
            "sections": sections.items(),
            "lines": Change.objects.select_related("user")[:8],
            "crumbs": [(_("Administration"), request.path)],
        }
        return super().index(request, {**extra, **(extra_context or {})})

    def app_index(self, request: HttpRequest, app_label: str, extra_context: dict[str, Any] | None = None) -> Any:
        """The rooms of the program are no matter of an administrator: the same page as the whole."""
        return self.index(request, extra_context)


def _views(urls: Iterable[URLPattern | URLResolver]) -> Iterable[Any]:
    for url in urls:
        if isinstance(url, URLResolver):
            yield from _views(url.url_patterns)
        else:
            yield url.callback
