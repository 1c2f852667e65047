"""Addresses of the face."""

from django.urls import path

from project.face import styleguide, views

app_name = "face"
urlpatterns = [
    path("exit/", views.quick_exit, name="exit"),
    path("here/", views.here, name="here"),
    path("draft-key/", views.draft_key, name="draft_key"),
    path("preferences/", views.preferences, name="preferences"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("about/", views.about, name="about"),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
]
