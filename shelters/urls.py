"""Addresses of the shelter room."""

from django.urls import path

from shelters.views import keeping, listing, story, unit

app_name = "shelters"
urlpatterns = [
    path("", listing.units, name="list"),
    path("changes/", story.recent, name="changes"),
    path("units/add/", keeping.add, name="add"),
    path("units/<int:pk>/", unit.unit, name="unit"),
    path("units/<int:pk>/change/", keeping.change, name="change"),
    path("units/<int:pk>/name/", keeping.name, name="name"),
    path("units/<int:pk>/end/", keeping.end, name="end"),
    path("units/<int:pk>/word/", unit.say, name="say"),
    path("units/<int:pk>/confirm/", unit.confirm, name="confirm"),
    path("units/<int:pk>/out/", keeping.take_out, name="take_out"),
    path("units/<int:pk>/out/<int:out>/", keeping.revise_out, name="revise_out"),
    path("units/<int:pk>/out/<int:out>/finish/", keeping.finish_out, name="finish_out"),
]
