"""The steps of a case's processes along its timeline."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from access.models import Post
from cases.models import Case
from cases.timeline import Event
from workflows.casepage import reading, words
from workflows.casepage.lanes import Line


def events(case: Case, acting: Post) -> Iterator[Event]:
    """Every line of the log of the processes that `acting` sees on a case."""
    read = reading.of_case(case, acting)
    for machine in read.machines:
        kind, before = type(machine), datetime.min.replace(tzinfo=UTC)
        for row in read.log.get(machine.process.pk, []):
            line = Line(kind, row)
            before = max(before, line.at)  # lines of one transaction keep their order along the timeline
            yield Event(
                at=before,
                kind=line.mark,
                icon=line.icon,
                title=f"{kind.label}: {line.what}",
                text=words.moved_text(line.to_state, line.reason) if line.moved else line.reason,
                by=line.by,
                organisation=line.organisation,
            )
