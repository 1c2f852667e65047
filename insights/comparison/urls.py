"""Addresses of the comparison."""

from django.urls import path

from insights.comparison import views

app_name = "comparison"
urlpatterns = [path("", views.page, name="page")]
