"""Addresses of break-glass."""

from django.urls import path

from workflows.break_glass import views

app_name = "break_glass"
urlpatterns = [
    path("", views.ask, name="ask"),
    path("uses/", views.listing, name="list"),
    path("uses/<uuid:pk>/", views.page, name="page"),
    path("attempts/<uuid:pk>/", views.tried, name="tried"),
    path("uses/<uuid:pk>/end/", views.end, name="end"),
]
