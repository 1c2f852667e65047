"""Addresses of cases, of processes and of their steps."""

from django.urls import path

from workflows.casepage import views
from workflows.referral import views as intake

app_name = "case"
urlpatterns = [
    path("intake/", intake.intake, name="intake"),
    path("cases/<uuid:pk>/", views.page, name="page"),
    path("cases/<uuid:pk>/start/<slug:kind>/", views.start, name="start"),
    path("process/<uuid:pk>/", views.process, name="process"),
    path("process/<uuid:pk>/log/", views.process_log, name="log"),
    path("process/<uuid:pk>/<slug:action>/", views.step, name="step"),
    path("process/<uuid:pk>/act/<slug:name>/", views.act, name="act"),
]
