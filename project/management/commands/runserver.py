"""`manage.py runserver`, for whoever works on Loods and has services running (`make services`)."""

from __future__ import annotations

from django.contrib.staticfiles.management.commands import runserver
from django.db import connections
from django.db.migrations.executor import MigrationExecutor


class Command(runserver.Command):
    """Django's own command. Which migrations ran is asked as the owner: the program's login may not read it."""

    def check_migrations(self) -> None:
        """Say which migrations have not run; nothing where the owner's address is not given."""
        if "owner" not in connections:
            return
        executor = MigrationExecutor(connections["owner"])
        if plan := executor.migration_plan(executor.loader.graph.leaf_nodes()):
            missing = ", ".join(str(migration) for migration, _backwards in plan)
            self.stdout.write(self.style.NOTICE(f"Not migrated yet: {missing}. Run `manage.py migrate`."))
