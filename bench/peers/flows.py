"""The flow that viewflow.workflow and SpiffWorkflow run: received, triage, done."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from SpiffWorkflow.serializer.json import JSONSerializer
from SpiffWorkflow.specs.Simple import Simple
from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec
from viewflow import this
from viewflow.workflow import flow, lock

from bench.peers.models import PeerLog


class ReferralFlow(flow.Flow):
    """The step as viewflow.workflow makes it."""

    lock_impl = lock.SelectForUpdateLock(nowait=False)

    start = flow.StartHandle().Next(this.received)
    received = flow.Handle(this.begin_triage).Next(this.triage)
    triage = flow.Handle(this.nothing).Next(this.end)
    end = flow.End()

    def begin_triage(self, activation: Any, post_id: int) -> None:
        """Writes the log line."""
        PeerLog.objects.create(
            item=str(activation.process.pk), at=timezone.now(), action="begin_triage", from_state="received",
            to_state="triage", post_id=post_id,
        )  # fmt: skip

    def nothing(self, activation: Any) -> None:
        """Not reached in the measurement."""


def spiff_spec() -> WorkflowSpec:
    """The same three states for SpiffWorkflow."""
    spec = WorkflowSpec(name="referral", addstart=True)
    received, triage, done = (Simple(spec, name, manual=True) for name in ("received", "triage", "done"))
    spec.start.connect(received)
    received.connect(triage)
    triage.connect(done)
    return spec


SERIALIZER = JSONSerializer()
