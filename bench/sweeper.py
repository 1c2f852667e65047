"""One sweeper as a process of its own: says "ready", waits for a line, sweeps the care side."""

from __future__ import annotations

import sys

import django


def main() -> None:
    """Connect and remember first, so that what is measured is the sweep."""
    django.setup()
    from django.db import transaction

    from access import clock, configuration
    from access.wall import Side, taken
    from workflows.engine.sweep import escalation_targets, sweep

    with taken(Side.CARE), transaction.atomic():
        configuration.refresh()
        escalation_targets(clock.today())
    print("ready", flush=True)
    sys.stdin.readline()
    print(sweep(Side.CARE))


if __name__ == "__main__":
    main()
