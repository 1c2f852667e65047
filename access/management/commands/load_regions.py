"""`manage.py load_regions`: bring the lists of regions and municipalities from a file."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.translation import gettext as _

from access import regions
from access.wall import Side, taken


class Command(BaseCommand):
    help = (
        "Shows what a list of regions or municipalities would add, change and end; with --apply does it. "
        f"Columns of a list of regions: {', '.join(regions.REGIONS)}; of municipalities: "
        f"{', '.join(regions.MUNICIPALITIES)}. CSV in UTF-8."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, help="the list")
        parser.add_argument("--builtin", action="store_true", help="the lists that come with Loods")
        parser.add_argument("--apply", action="store_true", help="do it; without this nothing is changed")
        parser.add_argument("--reason", default="", help="why, for the change log")

    def handle(self, *args: Any, **options: Any) -> None:
        if bool(options["file"]) is options["builtin"]:
            raise CommandError(_("Name one file, or say --builtin."))
        files = regions.BUILTIN if options["builtin"] else [options["file"]]
        with taken(Side.COMMON), transaction.atomic():
            for file in files:
                self._one(file, options["reason"] or _("List %(name)s") % {"name": file.name})
            if not options["apply"]:
                transaction.set_rollback(True)
        if not options["apply"]:
            self.stdout.write(_("Nothing was changed. Repeat this with --apply to do it."))

    def _one(self, file: Path, reason: str) -> None:
        """Load one file in the transaction that runs; a dry run is the same, undone afterwards."""
        try:
            done = regions.load(file.read_bytes(), reason=reason)
        except OSError as error:
            raise CommandError(f"{file}: {error.strerror}") from error
        except regions.BadFile as error:
            for fault in error.faults:
                self.stderr.write(f"{file.name}: {fault}")
            raise CommandError(_("The list has faults; nothing was changed.")) from error
        for item in done.items:
            self.stdout.write(f"{item}")
        for warning in done.warnings:
            self.stderr.write(warning)
        self.stdout.write(f"{file.name}: {done.summary}")
