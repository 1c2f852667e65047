"""`manage.py machines`: every process as it is declared."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, transaction
from django.utils import translation

from access import clock, configuration
from access.wall import Side, taken
from workflows.engine.machine import registry
from workflows.machines import writing
from workflows.machines.describe import MachineSaid, describe, machines, running_terms


class Command(BaseCommand):
    help = "Prints every process: states, owners, terms, escalation, steps with who may, conditions and what they ask."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--kind", default="", help="only this process")
        form = parser.add_mutually_exclusive_group()
        form.add_argument("--json", action="store_true", help="for tools")
        form.add_argument("--dot", action="store_true", help="a diagram as GraphViz text")
        form.add_argument("--markdown", action="store_true", help="the page docs/processes.md, terms as declared")
        parser.add_argument("--language", default="en", choices=["en", "nl"], help="en unless told")

    def handle(self, *args: Any, **options: Any) -> None:
        kind = options["kind"]
        if kind and kind not in registry:
            raise CommandError(f"There is no process {kind!r}. There are: {', '.join(sorted(registry))}.")
        with translation.override(options["language"]):
            said = self._declared(kind) if options["markdown"] else self._running(kind)
            if options["json"]:
                self.stdout.write(json.dumps([one.as_dict() for one in said], ensure_ascii=False, indent=2))
            elif options["dot"]:
                self.stdout.write("\n".join(writing.dot(said)))
            elif options["markdown"]:
                self.stdout.write("\n".join(writing.markdown(said)).rstrip())
            else:
                self.stdout.write("\n\n".join("\n".join(writing.plain(one)) for one in said))

    @staticmethod
    def _declared(kind: str) -> list[MachineSaid]:
        return [describe(machine) for machine in machines(kind)]

    def _running(self, kind: str) -> list[MachineSaid]:
        """With the terms of the database, if there is one that answers."""
        try:
            with taken(Side.COMMON), transaction.atomic():
                configuration.refresh()
                running = running_terms(clock.now())
                return [describe(machine, running) for machine in machines(kind)]
        except DatabaseError:
            self.stderr.write("The database does not answer: these are the terms as declared.")
            return self._declared(kind)
