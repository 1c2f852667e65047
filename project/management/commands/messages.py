"""`manage.py messages`: keep the translations complete, without GNU gettext."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from project import i18n


class Command(BaseCommand):
    help = "Brings the message catalogues of all rooms up to date with the texts in code and templates."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        how = parser.add_mutually_exclusive_group()
        how.add_argument("--compile", action="store_true", help="write the .mo files; nothing is extracted")
        how.add_argument("--check", action="store_true", help="change nothing; fail when a translation is missing")
        how.add_argument("--prune", action="store_true", help="also drop translations of texts that are gone")
        parser.add_argument("--room", choices=[room.name for room in i18n.ROOMS], help="only this room")

    def handle(self, *args: Any, **options: Any) -> None:
        rooms = [room for room in i18n.ROOMS if options["room"] in (None, room.name)]
        try:
            if options["compile"]:
                self.stdout.write(f"{i18n.compile_catalogues()} compiled")
            elif options["check"]:
                self._check(rooms)
            else:
                self._update(rooms, prune=options["prune"])
        except (ValueError, SyntaxError) as error:
            raise CommandError(str(error)) from error

    def _check(self, rooms: list[i18n.Room]) -> None:
        faults = [fault for room in rooms for language in i18n.LANGUAGES for fault in i18n.faults(room, language)]
        faults += [quarrel for language in i18n.LANGUAGES for quarrel in i18n.quarrels(language)]
        for fault in faults:
            self.stderr.write(fault)
        if faults:
            raise CommandError(f"{len(faults)} translations need work")
        self.stdout.write("Every text is translated.")

    def _update(self, rooms: list[i18n.Room], *, prune: bool) -> None:
        for room in rooms:
            for language in i18n.LANGUAGES:
                changed = i18n.update(room, language, prune=prune)
                open_ = [fault for fault in i18n.faults(room, language) if "untranslated" in fault]
                path = room.catalogue(language).relative_to(i18n.ROOT)
                self.stdout.write(f"{path}: {'updated' if changed else 'unchanged'}, {len(open_)} to translate")
        i18n.compile_catalogues()
