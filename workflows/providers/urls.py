"""Addresses of the pages for providers."""

from django.urls import path

from workflows.providers import views

app_name = "providers"
urlpatterns = [
    path("", views.home, name="home"),
    path("units/<int:pk>/", views.planner, name="planner"),
    path("units/<int:pk>/table/<slug:kind>/", views.table, name="table"),
    path("stays/<uuid:pk>/", views.stay, name="stay"),
]
