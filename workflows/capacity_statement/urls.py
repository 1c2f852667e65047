"""Addresses of capacity statements."""

from django.urls import path

from workflows.capacity_statement import views

app_name = "capacity_statement"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("region/<int:pk>/", views.region, name="region"),
    path("<uuid:pk>/", views.sheet, name="grid"),
    path("<uuid:pk>/correct/", views.correct, name="correct"),
    path("<uuid:pk>/import/", views.take_in, name="import"),
    path("<uuid:pk>/export/<slug:kind>/", views.export, name="export"),
]
