"""Everything between running services and a running program, in one process, so that Django starts only once.

Prints a line `begin NAME` before and `done NAME` after each step, which the launcher shows with the time it took.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable
from pathlib import Path


def main() -> int:
    """`python -m project.launch.prepare [demo]`: database and tables, and for the demonstration its data as well."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
    demonstration = sys.argv[1:2] == ["demo"]
    try:
        _steps(demonstration)
    except Exception as error:
        from django.core.management.base import CommandError

        if not isinstance(error, CommandError):
            raise
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _steps(demonstration: bool) -> None:
    import django

    _step("Program", django.setup)
    from django.conf import settings
    from django.core.management import call_command, get_commands

    if settings.DATABASE_ADMIN_URL:
        _step("Database and its roles", lambda: call_command("bootstrap_database", verbosity=0))
    _step("Tables", lambda: call_command("migrate", interactive=False, verbosity=0))
    if not demonstration:
        return
    _step("Static files", lambda: call_command("collectstatic", interactive=False, verbosity=0, clear=False))
    if "demo_data" in get_commands():
        _step("Demonstration data", lambda: call_command("demo_data", "--size", "small", "--once"))
    if "demo_accounts" in get_commands():
        accounts = io.StringIO()
        _step("Accounts", lambda: call_command("demo_accounts", stdout=accounts, no_color=True))
        _keep(Path(settings.VAR_DIR) / "run" / "accounts.txt", accounts.getvalue())


def _step(name: str, work: Callable[[], object]) -> None:
    sys.__stdout__.write(f"begin {name}\n")  # type: ignore[union-attr]
    sys.__stdout__.flush()  # type: ignore[union-attr]
    work()
    sys.__stdout__.write(f"done {name}\n")  # type: ignore[union-attr]
    sys.__stdout__.flush()  # type: ignore[union-attr]


def _keep(path: Path, text: str) -> None:
    """Write for the owner alone: passwords of the demonstration are in it."""
    temporary = path.with_suffix(".new")
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    temporary.replace(path)


if __name__ == "__main__":
    sys.exit(main())
