"""Querysets of handovers: the only door to their rows.

A handover is included for a post if, and only if, it crosses to or from the side of the post, and

- sent from care: the case is among those the post sees (a restricted case for named people only);
- sent from another side: it was sent by the post's organisation;
- received: it was sent to the post's organisation; and on the care side, when it answers a handover that was made
  there, the case of that one is among those the post sees.

Whatever is not included answers like what does not exist.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from django.apps import apps
from django.contrib.postgres.expressions import ArraySubquery
from django.db import models
from django.db.models import OuterRef, Q
from django.db.models.functions import JSONObject

from access import clock, keyset
from access.wall import Side
from cases.models import Case
from workflows.handovers import policy
from workflows.handovers.words import Purpose

if TYPE_CHECKING:
    from access.models import Post


class HandoverQuerySet(models.QuerySet[Any]):
    """Handovers."""

    def for_post(self, post: Post) -> Self:
        """Included if, and only if, see the module's docstring."""
        if post.role not in policy.LOOK:
            return self.none()
        own = post.organisation_id
        received = Q(to_side=post.side, to_organisation=own)
        if post.side is not Side.CARE:
            return self.filter(received | Q(from_side=post.side, from_organisation=own))
        cases = Case.objects.for_post(post).values("pk")
        sent = Q(from_side=Side.CARE, subject__in=cases)
        made = apps.get_model("handovers", "Handover").objects.filter(from_side=Side.CARE, subject__in=cases)
        return self.filter(sent | (received & (Q(answers=None) | Q(answers__in=made.values("pk")))))

    def in_force(self) -> Self:
        """Included if, and only if, it was not ended and its time is not over."""
        return self.filter(ended_at=None, until__gt=clock.now())

    def to_receive(self, side: Side) -> Self:
        """In force, sent to `side`, and not yet received there; the oldest first."""
        return self.in_force().filter(to_side=side, received_at=None).order_by("made_at", "pk")

    def about(self, case_id: UUID) -> Self:
        """Handed over from a case on the care side, and what answers it."""
        model = apps.get_model("handovers", "Handover")
        made = model.objects.filter(from_side=Side.CARE, subject=case_id)
        return self.filter(Q(from_side=Side.CARE, subject=case_id) | Q(answers__in=made.values("pk")))

    def with_names(self) -> Self:
        """With the names of both organisations."""
        return self.select_related("from_organisation", "to_organisation")

    def newest_first(self) -> Self:
        """In the order of the lists; the key makes it total."""
        return self.order_by("-made_at", "-pk")


SIZE = 25
SENT = "sent"
KEYS = (keyset.Key("made_at", True, datetime), keyset.Key("pk", True, UUID))


def page_of(post: Post, sent: bool, *, after: str = "", before: str = "") -> keyset.Page[Any]:
    """A page of what the post's side handed over (`sent`) or received, newest first.

    Errors: ValueError when a cursor is none of this list.
    """
    rows = apps.get_model("handovers", "Handover").objects.for_post(post).with_names()
    rows = rows.filter(from_side=post.side) if sent else rows.filter(to_side=post.side)
    return keyset.page_of(rows, KEYS, SIZE, after=after, before=before)


@dataclass(frozen=True)
class InForce:
    """A handover as the page of its case shows it."""

    pk: UUID
    to: str
    purpose: str
    until: datetime

    @property
    def for_what(self) -> str:
        """The purpose in the reader's words."""
        return str(Purpose(self.purpose).label)


def column() -> ArraySubquery:
    """What others may read of a case now, newest first, to be read along with the case."""
    rows = apps.get_model("handovers", "Handover").objects.filter(from_side=Side.CARE, subject=OuterRef("pk"))
    told = JSONObject(pk="pk", to="to_organisation__name", purpose="purpose", until="until")
    return ArraySubquery(rows.in_force().newest_first().values(told=told)[:20])


def in_force_of(rows: list[dict[str, Any]]) -> list[InForce]:
    """What `column` read."""
    return [InForce(**row | {"until": datetime.fromisoformat(row["until"])}) for row in rows]
