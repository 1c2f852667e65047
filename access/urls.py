"""Addresses of the access room."""

from django.urls import path

from access import views

app_name = "access"
urlpatterns = [
    path("post/", views.choose_post, name="choose_post"),
    path("clock/", views.move_clock, name="clock"),
]
