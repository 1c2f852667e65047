"""Addresses of the cases room. The case page itself (``case:page``) is built above, where the processes are known."""

from django.urls import path

from cases.views import access, case, papers, person, register

app_name = "cases"
urlpatterns = [
    path("", register.register, name="list"),
    path("search/", register.search, name="search"),
    path("what-we-keep/", register.what_we_keep, name="what_we_keep"),
    path("<uuid:pk>/edit/", case.edit, name="edit"),
    path("<uuid:pk>/close/", case.close, name="close"),
    path("<uuid:pk>/reopen/", case.reopen, name="reopen"),
    path("<uuid:pk>/person/", person.edit, name="person"),
    path("<uuid:pk>/duplicates/", person.duplicates, name="duplicates"),
    path("<uuid:pk>/duplicates/<uuid:other>/", person.merge, name="merge"),
    path("<uuid:pk>/merges/<uuid:merge>/undo/", person.unmerge, name="unmerge"),
    path("<uuid:pk>/notes/", papers.add_note, name="add_note"),
    path("<uuid:pk>/consents/", papers.add_consent, name="add_consent"),
    path("<uuid:pk>/consents/<uuid:consent>/withdraw/", papers.withdraw_consent, name="withdraw_consent"),
    path("<uuid:pk>/documents/", papers.add_document, name="add_document"),
    path("<uuid:pk>/access/", access.people, name="access"),
    path("<uuid:pk>/access/restrict/", access.restrict, name="restrict"),
    path("<uuid:pk>/access/open/", access.open_up, name="open_up"),
    path("<uuid:pk>/access/<uuid:naming>/end/", access.end, name="end_naming"),
    path("documents/<uuid:pk>/", papers.document, name="document"),
    path("documents/<uuid:pk>/remove/", papers.remove_document, name="remove_document"),
]
