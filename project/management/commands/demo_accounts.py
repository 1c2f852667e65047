"""`manage.py demo_accounts`: the accounts of the demonstration, as `make demo` shows them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils.translation import override

from access.models import User
from access.roles import Role
from access.wall import Side, taken
from project.demo.ground import ACCOUNTS
from project.demo.hasher import PASSWORD


class Command(BaseCommand):
    help = "Prints the demonstration's accounts: role, name, e-mail address and password."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--all", action="store_true", help="every account, not one for each role")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("There are accounts to show only in a demonstration: set LOODS_DEMO=1.")
        with taken(Side.COMMON), transaction.atomic():
            names = dict(User.objects.filter(is_active=True).values_list("email", "name"))
        with override("en"):
            rows = [("Role", "Name", "E-mail", "Password")]
            rows += [
                (f"{Role(a.role).label}{f' ({a.remark})' if a.remark else ''}", names[a.email], a.email, PASSWORD)
                for a in ACCOUNTS
                if a.email in names and (a.shown or options["all"])
            ]
        if len(rows) == 1:
            raise CommandError("There are no demonstration accounts yet: make them with `make data SIZE=small`.")
        widths = [max(len(row[column]) for row in rows) for column in range(4)]
        for row in rows:
            cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            self.stdout.write("  ".join(cells).rstrip())
