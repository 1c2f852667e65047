"""`manage.py documents`: are all documents there and readable, and is nothing left over? Also changes keys."""

from __future__ import annotations

import time
from argparse import ArgumentParser
from typing import Any

from cryptography.fernet import InvalidToken
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from access.wall import Side, taken
from cases import documents, sealed
from cases.models import Document

YOUNG = 24 * 3600
"""Seconds; a younger file without a row may belong to a transaction that still runs."""


class Command(BaseCommand):
    help = "Checks that every document can be opened. Names documents by their keys alone."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--sweep", action="store_true", help="delete files that no document claims, a day old")
        everything = "encrypt every file and sealed text anew with the first key"
        parser.add_argument("--rotate", action="store_true", help=everything)

    def handle(self, *args: Any, **options: Any) -> None:
        with taken(Side.CARE), transaction.atomic():
            claimed = {document.stored_name: document for document in Document.objects.present()}
        bad = 0
        for document in claimed.values():
            try:
                documents.content_of(document)
            except documents.DocumentUnreadable:
                bad += 1
                self.stdout.write(f"Document {document.pk} cannot be opened.")
        left_over = rotated = 0
        for name, path in documents.stored_files():
            if name in claimed:
                rotated += self._rotate(path) if options["rotate"] else 0
            elif time.time() - path.stat().st_mtime > YOUNG:
                left_over += 1
                if options["sweep"]:
                    path.unlink(missing_ok=True)
        told = f"{len(claimed) - bad} of {len(claimed)} documents can be opened; {left_over} files claimed by none"
        self.stdout.write(told + (", deleted." if options["sweep"] else "."))
        if options["rotate"]:
            with taken(Side.CARE), transaction.atomic():
                texts, lost = sealed.encrypt_anew()
            self.stdout.write(f"{rotated} files and {texts} sealed texts encrypted with the first key.")
            if lost:
                raise CommandError(f"{lost} sealed texts cannot be opened.")
        if bad:
            raise CommandError(f"{bad} documents cannot be opened.")

    def _rotate(self, path: Any) -> int:
        try:
            documents.encrypt_anew(path)
        except InvalidToken:
            return 0
        return 1
