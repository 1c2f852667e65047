"""Addresses of the matching."""

from django.urls import path

from workflows.matching import views

app_name = "matching"
urlpatterns = [
    path("cases/<uuid:pk>/place/", views.place, name="place"),
    path("places/proposal/", views.proposal, name="proposal"),
]
