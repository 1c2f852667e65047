"""Addresses of the placement."""

from django.urls import path

from workflows.placement import views

app_name = "placement"
urlpatterns = [path("placements/<uuid:pk>/", views.course, name="course")]
