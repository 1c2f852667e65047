"""Addresses of what was learned."""

from django.urls import path

from insights.guiding import lessons, views

app_name = "guiding"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("cost/", views.cost, name="cost"),
    path("lessons/", lessons.overview, name="lessons"),
    path("lessons/new/", lessons.write, name="new_lesson"),
    path("lessons/<uuid:pk>/", lessons.lesson, name="lesson"),
    path("lessons/<uuid:pk>/change/", lessons.change, name="change_lesson"),
    path("lessons/<uuid:pk>/<slug:act>/", lessons.act, name="act_on_lesson"),
    path("<slug:key>/", views.question, name="question"),
]
