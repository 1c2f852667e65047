"""Addresses of the room `shelters`."""

from django.urls import URLPattern

app_name = "shelters"
urlpatterns: list[URLPattern] = []
