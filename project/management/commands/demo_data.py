"""`manage.py demo_data`: make demonstration data; see `docs/demonstration.md`."""

from __future__ import annotations

import argparse
from datetime import date
from typing import Any

import psycopg
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError

from project.demo import making
from project.demo.progress import Progress


class Command(BaseCommand):
    help = "Fills the database with invented cases, replacing demonstration data that is there (needs LOODS_DEMO=1)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--size", choices=("small", "large"), default="small")
        parser.add_argument("--seed", type=int, default=2026, help="the same seed and date make the same rows")
        parser.add_argument("--as-of", type=date.fromisoformat, help="the day it looks from (default: today)")
        parser.add_argument("--once", action="store_true", help="leave demonstration data that is there alone")
        parser.add_argument("--cases", type=int, default=0, help=argparse.SUPPRESS)

    def handle(self, *args: Any, **options: Any) -> None:
        progress = Progress(quiet=options["verbosity"] == 0)
        try:
            made = making.make(
                options["size"], options["seed"], options["as_of"], once=options["once"], progress=progress,
                cases=options["cases"],
            )  # fmt: skip
        except making.Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        except KeyboardInterrupt:
            raise CommandError("Stopped: the set is not whole, and is made anew the next time.") from None
        except (OperationalError, psycopg.OperationalError) as error:
            raise CommandError(
                f"The database did not do it ({str(error).splitlines()[0]}); stop what else uses it and try again."
            ) from error
        self.stdout.write(
            f"Demonstration data ({made['size']}, seed {made['seed']}, as of {made['as_of']}): "
            f"{made['cases']:,} cases, {made['processes']:,} processes."
        )
