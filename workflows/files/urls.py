"""Addresses of the files of the determination."""

from django.urls import path

from workflows.files import views

app_name = "files"
urlpatterns = [
    path("", views.listing, name="list"),
    path("new/", views.new, name="new"),
    path("members/", views.members, name="members"),
    path("members/<int:post>/", views.member, name="member"),
    path("process/<uuid:pk>/", views.process, name="process"),
    path("<uuid:pk>/", views.page, name="page"),
    path("<uuid:pk>/evidence/", views.evidence, name="evidence"),
    path("<uuid:pk>/evidence/<uuid:piece>/", views.piece, name="piece"),
    path("<uuid:pk>/panel/", views.panel, name="panel"),
    path("<uuid:pk>/decisions/", views.decisions, name="decisions"),
    path("<uuid:pk>/decisions/<uuid:decision>/<slug:language>.pdf", views.letter, name="letter"),
    path("<uuid:pk>/do/<slug:deed>/", views.do, name="do"),
    path("<uuid:pk>/consents/<uuid:consent>/", views.consent, name="consent"),
]
