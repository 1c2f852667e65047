"""`manage.py migrate`, run as the owner of the tables, and without making models that nobody asks for."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from django.core.management.base import CommandParser
from django.core.management.commands import migrate
from django.db.migrations.state import ProjectState


class Command(migrate.Command):
    """Django's own command, on the connection ``owner``, because the program's login may change no table."""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database="owner")

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate. Models are made anew by the thousand, through all of which the collector would go every time: it
        comes by less often meanwhile.
        """
        before = gc.get_threshold()
        gc.freeze()
        gc.set_threshold(50_000, 20, 100)
        try:
            with one_by_one():
                super().handle(*args, **options)
        finally:
            gc.set_threshold(*before)
            gc.unfreeze()


@contextmanager
def one_by_one() -> Iterator[None]:
    """Let an operation make anew the one model that it changes, not all that are related to it.

    Nearly everything of ours is related to people and processes, so Django makes most models anew in each of some 900
    operations: five sixths of the time that an empty database takes. What then points to a model points to it
    as it was before: an operation asks such a model for its table and its key alone. Code in a migration
    (`RunPython`), which may ask for more, gets all models made anew, because the state is marked as delayed; Django
    uses that mark itself when a field changes that is no relation. `tests/project/test_migrations.py` holds the tables
    made this way against those that Django makes without it.
    """

    def alone(state: ProjectState, app_label: str, model_name: str, delay: bool = False) -> set[tuple[str, str]]:
        state.is_delayed = True
        return {(app_label, model_name)}

    with patch.object(ProjectState, "_find_reload_model", alone):
        yield
