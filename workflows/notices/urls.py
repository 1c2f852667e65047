"""Addresses of notices and of one's own settings, inside the namespace `workflows`."""

from django.urls import path

from workflows.notices import views, wishes

urlpatterns = [
    path("notices/", views.notices, name="notices"),
    path("notices/seen/", views.seen, name="notices_seen"),
    path("settings/", wishes.wishes, name="settings"),
    path("settings/away/", wishes.be_away, name="away"),
    path("settings/away/<int:pk>/end/", wishes.be_back, name="back"),
]
