"""Addresses of the whole program."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("workflows.urls")),
    path("cases/", include("cases.urls")),
    path("shelter/", include("shelters.urls")),
    path("comparison/", include("insights.comparison.urls")),
    path("learned/", include("insights.guiding.urls")),
    path("picture/", include("insights.urls")),
    path("access/", include("access.urls")),
    path("", include("project.face.urls")),
    path("account/", include("allauth.account.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/", admin.site.urls),
]
