"""`manage.py demo_clock +5d`: let the demonstration's clock run ahead."""

from __future__ import annotations

import re
from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from access import clock, configuration, demo_clock
from access.wall import Side, taken

UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


class Command(BaseCommand):
    help = "Moves the demonstration's clock forward, by +30m, +4h, +5d or +1w; without a step says how it stands."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("step", nargs="?", default="", help="+ and a number with m, h, d or w")

    def handle(self, *args: Any, **options: Any) -> None:
        with taken(Side.COMMON), transaction.atomic():
            configuration.refresh()
        if options["step"]:
            found = re.fullmatch(r"\+?(\d{1,5})([mhdw])", options["step"])
            if found is None:
                raise CommandError("Say how far, like +30m, +4h, +5d or +1w.")
            try:
                demo_clock.forward(timedelta(**{UNITS[found[2]]: int(found[1])}))
            except demo_clock.NotNow as refusal:
                raise CommandError(str(refusal)) from refusal
        now = clock.now().astimezone(clock.AMSTERDAM)
        self.stdout.write(f"{demo_clock.ahead()} ahead: it is {now:%Y-%m-%d %H:%M} in the demonstration.")
