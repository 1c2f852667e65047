"""The administration site: for administrators only, without any case data."""

from __future__ import annotations

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.http import HttpRequest

from access.roles import Role


class LoodsAdminSite(AdminSite):
    """Django's admin in the program's own look, open only to whoever acts as an administrator."""

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether the post that acts is an administrator's."""
        post = getattr(request, "acting", None)
        return post is not None and post.role == Role.ADMINISTRATOR


class LoodsAdminConfig(AdminConfig):
    """Makes `LoodsAdminSite` the admin site."""

    default_site = "project.admin.LoodsAdminSite"
