"""Addresses of the national picture."""

from django.urls import path

from insights import actions, views

app_name = "insights"
urlpatterns = [
    path("", views.whole, name="picture"),
    path("places/", views.everybody, name="everybody"),
    path("why-not/", views.why_not, name="why"),
    path("gaps/", views.gap_list, name="gaps"),
    path("actions/", actions.actions, name="actions"),
    path("actions/new/", actions.open_action, name="open_action"),
    path("actions/<uuid:pk>/", actions.action, name="action"),
    path("years/", views.years, name="years"),
    path("definitions/", views.definitions, name="definitions"),
]
