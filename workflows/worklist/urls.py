"""Addresses of the worklist, inside the namespace `workflows`."""

from django.urls import path

from workflows.worklist import views

urlpatterns = [
    path("", views.worklist, name="worklist"),
    path("work/search/", views.search, name="search"),
    path("work/do/", views.act, name="act"),
    path("work/take-one/", views.take_first, name="take_one"),
    path("work/views/", views.views, name="views"),
    path("work/views/<int:pk>/", views.view, name="view"),
    path("work/<uuid:pk>/take-over/", views.take_over, name="take_over"),
    path("work/<uuid:pk>/hand-over/", views.hand_over, name="hand_over"),
    path("work/<uuid:pk>/snooze/", views.snooze, name="snooze"),
]
