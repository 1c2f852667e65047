"""Addresses of capacity statements."""

from django.urls import path

from workflows.capacity_statement import views

app_name = "capacity_statement"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("region/<int:pk>/", views.region, name="region"),
    path("<uuid:pk>/", views.sheet, name="grid"),
    path("<uuid:pk>/correct/", views.correct, name="correct"),
]
