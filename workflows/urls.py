"""Addresses of the room `workflows`: lists in the namespace `workflows`, cases and processes in `case`."""

from django.urls import include, path

lists = [
    path("", include("workflows.worklist.urls")),
    path("", include("workflows.notices.urls")),
    path("", include("workflows.board.urls")),
    path("", include("workflows.undecided.urls")),
    path("", include("workflows.machines.urls")),
]
urlpatterns = [
    path("", include((lists, "workflows"))),
    path("statements/", include("workflows.capacity_statement.urls")),
    path("", include("workflows.handovers.urls")),
    path("files/", include("workflows.files.urls")),
    path("", include("workflows.advice.urls")),
    path("guidance/", include("workflows.guidance.urls")),
    path("break-glass/", include("workflows.break_glass.urls")),
    path("", include("workflows.matching.urls")),
    path("", include("workflows.placement.urls")),
    path("provider/", include("workflows.providers.urls")),
    path("", include("workflows.casepage.urls")),
]
