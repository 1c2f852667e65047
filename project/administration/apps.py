"""The administration as an application."""

from __future__ import annotations

from django.contrib.admin.apps import AdminConfig


class LoodsAdminConfig(AdminConfig):
    """Makes `LoodsAdminSite` the admin site."""

    default_site = "project.administration.site.LoodsAdminSite"
