"""The register: the files a post sees, those that wait for it first, with where each stands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.core.paginator import Page, Paginator
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from access import clock
from access.clock import AMSTERDAM
from access.models import Post
from access.roles import Role
from access.wall import Side
from workflows.casepage import words
from workflows.determination.models import File, PanelMember
from workflows.engine.machine import registry
from workflows.engine.models import Process

SIZE = 25


class Which(models.TextChoices):
    """Which files the register shows."""

    TURN = "turn", _("Waiting for you")
    OPEN = "open", _("Running")
    OVER = "over", _("Over")


class Due(models.TextChoices):
    """By when the step a file stands at is to be made."""

    OVERDUE = "overdue", _("The term has passed")
    WEEK = "week", _("Within seven days")


@dataclass(frozen=True)
class Wanted:
    """Which files are wanted, beside those of a tab: in a state, by when due, with a member on the panel."""

    state: str = ""
    due: str = ""
    member: int | None = None


@dataclass(frozen=True)
class Row:
    """A file and its latest determination, as the register shows them. `called` is empty for who reads no file."""

    file: File
    process: Process
    called: str
    turn: bool

    @property
    def state(self) -> str:
        """Where it stands, in words."""
        return words.state_label(registry[self.process.kind], self.process.state)

    @property
    def closed(self) -> bool:
        """Whether it is over."""
        return self.process.closed_at is not None

    @property
    def due_at(self) -> datetime | None:
        """By when the step it stands at is to be made."""
        return self.process.due_at

    @property
    def overdue(self) -> bool:
        """Whether that has passed while the clock runs."""
        return bool(self.due_at and self.process.paused_at is None and self.due_at < clock.now())


def page_of(post: Post, which: Which, text: str = "", number: int = 1, wanted: Wanted = Wanted()) -> Page[Any]:
    """A page of rows. `text`: a part of a number or, for who reads files, of a name.

    Three statements, whatever the number of files.
    """
    latest = Process.objects.filter(case_id=OuterRef("pk"), side=Side.DETERMINATION).order_by(
        F("closed_at").desc(nulls_first=True), "-opened_at", "-pk"
    )
    mine = Process.objects.for_post(post).work_of(post).filter(case_id=OuterRef("pk"))
    files = (
        File.objects.for_post(post)
        .alias(
            closed=Subquery(latest.values("closed_at")[:1]),
            due=Subquery(latest.values("due_at")[:1]),
            paused=Subquery(latest.values("paused_at")[:1]),
            state=Subquery(latest.values("state")[:1]),
        )
        .annotate(latest=Subquery(latest.values("pk")[:1]), turn=Exists(mine))
    )
    if which is Which.OVER:
        files = files.exclude(closed=None).order_by("-closed", "-pk")
    else:
        files = files.filter(closed=None).order_by("-turn", F("due").asc(nulls_last=True), "pk")
        if which is Which.TURN:
            files = files.filter(turn=True)
    files = _narrowed(files, wanted)
    if text:
        files = files.filter(_fits(post, text))
    found = Paginator(files, SIZE).get_page(number)
    listed: list[Any] = list(found.object_list)
    processes = Process.objects.select_related("assignee__user").in_bulk([file.latest for file in listed])
    reads = reads_files(post)
    rows: list[Any] = [Row(file, processes[file.latest], file.called if reads else "", file.turn) for file in listed]
    found.object_list = rows
    return found


def _narrowed(files: Any, wanted: Wanted) -> Any:
    if wanted.state:
        files = files.filter(state=wanted.state)
    if wanted.due:
        week = datetime.combine(clock.today() + timedelta(days=8), time(), AMSTERDAM)
        until = week if wanted.due == Due.WEEK else clock.now()
        files = files.filter(due__lt=until, paused=None)
    if wanted.member is not None:
        seats = PanelMember.objects.sitting().filter(post=wanted.member)
        files = files.filter(pk__in=seats.values("determination__file"))
    return files


def _fits(post: Post, text: str) -> Q:
    digits = re.sub(r"\D", "", text)
    found = Q(number__iexact=text)
    if digits:
        found |= Q(number__endswith=digits[-6:])
    if reads_files(post):
        found |= Q(name__icontains=text) | Q(alias__icontains=text)
    return found


def reads_files(post: Post) -> bool:
    """Whether a post reads what is in a file; a supervisor sees where it stands and by when."""
    return post.role != Role.SUPERVISOR
