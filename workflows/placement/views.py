"""The page that says how the search for a place goes: who was asked in which order, and what came of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from access import clock, log
from access.doors import CASE_WORKERS, acting, door
from access.roles import Role
from access.wall import Side
from workflows.casepage import words
from workflows.casepage.circumstances import number_of, subject_of
from workflows.engine.models import Process
from workflows.engine.seeing import also_seen
from workflows.placement import queue
from workflows.placement.machine import HERE, Placement
from workflows.placement.models import LongerStay, PlacementRecord, Turn


@door(*CASE_WORKERS, Role.SHELTER_PROVIDER, side=Side.CARE)
@require_safe
def course(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Where a request stands: who must act, since and until when; its place in the queue; units in their order.

    A provider sees its own units alone, and nothing of the person.
    """
    post = acting(request)
    own = Process.objects.for_post(post).filter(pk=pk, kind=Placement.kind)
    process = own.select_related("owner_organisation").first()
    seen = process is not None
    whole = seen and post.role != Role.SHELTER_PROVIDER
    process = process or also_seen(post, [pk]).get(pk)
    if process is None:
        raise Http404
    log.record(request, log.Action.READ, "process", pk, subject=subject_of(process))
    turns = Turn.objects.for_post(post).filter(process=pk).select_related("unit__organisation").order_by("number")
    context: dict[str, Any] = {
        "process": process, "number": number_of(process), "turns": list(turns), "whole": whole, "now": clock.now(),
        "state": words.state_label(Placement, process.state), "who": words.who(process) if whole else "",
        "back": reverse("case:process", args=[pk]) if seen else "",
    }  # fmt: skip
    if whole:
        record = PlacementRecord.objects.for_post(post).select_related("process").get(pk=pk)
        context |= {
            "record": record,
            "queue": queue.place_of(record) if record.arrived_at is None and process.closed_at is None else None,
            "stays": list(LongerStay.objects.filter(process=pk).order_by("at")) if process.state in HERE else [],
        }
    return render(request, "workflows/placement/course.html", context)
