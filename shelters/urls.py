"""Addresses of the shelter room."""

from django.urls import path

from shelters import views

app_name = "shelters"
urlpatterns = [
    path("", views.units, name="list"),
    path("units/add/", views.add, name="add"),
    path("units/<int:pk>/", views.edit, name="edit"),
]
