"""Addresses of the pages about processes (in the namespace `workflows`)."""

from django.urls import path

from workflows.machines import views

urlpatterns = [
    path("processes/", views.machines, name="machines"),
    path("processes/<slug:kind>/", views.machine, name="machine"),
]
