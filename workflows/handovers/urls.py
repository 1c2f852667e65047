"""Addresses of handovers."""

from django.urls import path

from workflows.handovers import views

app_name = "handovers"
urlpatterns = [
    path("handovers/", views.listing, name="list"),
    path("handovers/new/", views.write, name="write"),
    path("handovers/<uuid:pk>/", views.page, name="page"),
    path("handovers/<uuid:pk>/end/", views.end, name="end"),
    path("cases/<uuid:pk>/handovers/", views.of_case, name="case"),
    path("cases/<uuid:pk>/handovers/new/", views.make, name="make"),
    path("cases/<uuid:pk>/handovers/paper/<slug:language>/", views.paper, name="paper"),
    path("cases/<uuid:pk>/handovers/paper/<slug:language>.pdf", views.paper_pdf, name="paper_pdf"),
]
