"""Addresses of advice: the texts, and the checklists of one guidance."""

from django.urls import path

from workflows.advice import views

app_name = "advice"
urlpatterns = [
    path("advice/", views.everything, name="list"),
    path("advice/<slug:subject>/", views.read, name="read"),
    path("advice/<slug:subject>/person/<slug:language>/", views.person, name="person"),
    path("advice/<slug:subject>/person/<slug:language>/pdf/", views.person_pdf, name="person_pdf"),
    path("guidance/<uuid:pk>/checklists/", views.of_guidance, name="guidance"),
    path("guidance/<uuid:pk>/checklists/<slug:subject>/", views.checklist, name="checklist"),
]
