"""The outbox: which mails leave when, what they say, and what is known of each afterwards."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core import mail as django_mail

from access import clock
from access.models import Post
from access.wall import Side, taken
from workflows.engine import outbox
from workflows.engine.models import Delivery, Process
from workflows.engine.steps import open_process
from workflows.engine.sweep import sweep
from workflows.placement.machine import Placement

pytestmark = pytest.mark.django_db

OVERDUE = datetime(2026, 3, 2, 13, 5, tzinfo=UTC)


@pytest.fixture
def placement(care: None, coordinator: Post, region: Any, monday: datetime) -> Process:
    """A request for shelter, just made; it is to be answered by 14:00 in Amsterdam."""
    return open_process(Placement, acting=coordinator, region_id=region.pk)


def told(now: datetime = OVERDUE) -> None:
    """Let the sweeper tell what is due at a moment."""
    sweep(Side.CARE, now)


def test_what_is_due_for_one_person_goes_in_one_mail(placement: Process, coordinator: Post) -> None:
    told()
    done = outbox.deliver(Side.CARE, OVERDUE)
    assert (done.sent, done.mails) == (2, 1)
    [letter] = django_mail.outbox
    assert letter.to == [coordinator.user.email]
    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}
    assert outbox.deliver(Side.CARE, OVERDUE).mails == 0
