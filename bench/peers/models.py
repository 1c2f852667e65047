"""Rows of the peers."""

from __future__ import annotations

from django.db import models
from django_fsm import FSMField, transition

from access.wall.declaration import ALL, Ground


class PeerLog(models.Model):
    """A line of a log, as every peer writes it."""

    item = models.CharField(max_length=40)
    at = models.DateTimeField()
    action = models.CharField(max_length=60)
    from_state = models.CharField(max_length=40)
    to_state = models.CharField(max_length=40)
    post_id = models.BigIntegerField()

    wall = Ground(ALL, ALL)


class FsmItem(models.Model):
    """An item under django-fsm-2."""

    state = FSMField(default="received")
    due_at = models.DateTimeField(null=True)

    wall = Ground(ALL, ALL)

    @transition(field=state, source="received", target="triage", permission=lambda item, user: user is not None)
    def begin_triage(self) -> None:
        """Nothing but the change of state."""


class SpiffItem(models.Model):
    """A workflow of SpiffWorkflow, kept as JSON."""

    state = models.TextField()

    wall = Ground(ALL, ALL)
