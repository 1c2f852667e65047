"""`manage.py migrate`, run as the owner of the tables."""

from __future__ import annotations

import gc
from typing import Any

from django.core.management.base import CommandParser
from django.core.management.commands import migrate


class Command(migrate.Command):
    """Django's own command, on the connection ``owner``, because the program's login may change no table."""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database="owner")

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate. Each operation makes many models anew, through all of which the collector would go every time: it
        comes by less often meanwhile, which takes a quarter off.
        """
        before = gc.get_threshold()
        gc.freeze()
        gc.set_threshold(50_000, 20, 100)
        try:
            super().handle(*args, **options)
        finally:
            gc.set_threshold(*before)
            gc.unfreeze()
