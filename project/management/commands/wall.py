"""`manage.py wall`: who may do what with every table; with --check or --full, the proof that it is so."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from project.wall import addresses, check, matrix

SHOWN = 40


class Command(BaseCommand):
    help = (
        "Prints, from the live database, what every role may do with every table and address, and why. --check tries "
        "every road to planted rows in a database of its own and fails when anything crosses; --full does so for "
        "every column and breaks the wall in every way as well. Real data is never touched."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print the matrix as JSON")
        parser.add_argument("--check", action="store_true", help="try the wall, within a minute")
        parser.add_argument("--full", action="store_true", help="try the wall on every column, and every mutant of it")

        parser.add_argument(
            "--of", default="", help="copy this database, which is migrated and empty, instead of making one"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["check"] or options["full"]:
            self._check(options["full"], options["of"])
        elif options["json"]:
            self.stdout.write(json.dumps(matrix.rows(), indent=1))
        else:
            for line in matrix.lines():
                self.stdout.write(line)

    def _check(self, full: bool, of: str) -> None:
        result = check.run(full, of)
        for title, items in (
            ("Crossed", result.crossings),
            ("Void, the probe finds nothing with the wall down", result.void),
            ("Without a probe", result.untried),
            ("Mutants alive", result.alive),
        ):
            for item in items[:SHOWN]:
                self.stderr.write(f"{title}: {item}")
            if len(items) > SHOWN:
                self.stderr.write(f"{title}: and {len(items) - SHOWN} more")
        if full:
            for number, reason in check.NOT_TRIED.items():
                self.stdout.write(f"not tried {number}: {reason}")
            for address, why in (addresses.SILENT | addresses.NARROW).items():
                self.stdout.write(f"not tried as a page {address.rstrip('$')}: {why}")
            for (address, role), why in addresses.NOT_HIDDEN.items():
                self.stdout.write(f"not tried as a page {address} by {role}: {why}")
            self.stdout.write(
                "not tried as shut doors /admin/: it asks again itself; tried in tests/project/test_doors.py"
            )
        marks = sum("a mark came out" in crossing for crossing in result.crossings)
        self.stdout.write(
            f"{len(result.roads)} roads, {result.probes} probes, {marks} marks out, "
            f"{len(result.crossings) - marks} observables that differed, {len(result.void)} void probes, "
            f"{len(result.killed)} of {len(result.killed) + len(result.alive)} mutants killed"
        )
        if not result.sound:
            sys.exit(1)
