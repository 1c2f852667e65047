"""Addresses of the national picture."""

from django.urls import path

from insights import views

app_name = "insights"
urlpatterns = [
    path("", views.whole, name="picture"),
    path("places/", views.everybody, name="everybody"),
    path("gaps/", views.gap_list, name="gaps"),
    path("years/", views.years, name="years"),
    path("definitions/", views.definitions, name="definitions"),
]
