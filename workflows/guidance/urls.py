"""Addresses of guidance."""

from django.urls import path

from workflows.guidance import views

app_name = "guidance"
urlpatterns = [
    path("", views.today, name="home"),
    path("note/", views.note, name="note"),
    path("navigators/", views.team, name="team"),
    path("navigators/<int:pk>/", views.profile, name="profile"),
    path("calendar/", views.feed, name="feed"),
    path("calendar/<str:secret>.ics", views.ics, name="ics"),
    path("<uuid:pk>/<slug:tab>/", views.page, name="page"),
    path("<uuid:pk>/write/<slug:what>/", views.write, name="write"),
    path("<uuid:pk>/write/<slug:what>/<uuid:row>/", views.write, name="change"),
]
