"""Text that is kept encrypted, with the keys that documents are kept with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cryptography.fernet import InvalidToken
from django.apps import apps
from django.db import models
from django.utils.translation import gettext as _

from cases import documents


class SealedTextField(models.TextField):  # type: ignore[type-arg]  # not subscriptable when it runs
    """Sentences that the database keeps encrypted. They cannot be searched, and a key that is gone opens none."""

    def get_prep_value(self, value: Any) -> Any:
        """What is written."""
        text = super().get_prep_value(value)
        return documents.cipher().encrypt(text.encode()).decode("ascii") if text else text

    def from_db_value(self, value: str | None, expression: Any, connection: Any) -> str | None:
        """What is read; a sentence that says so where no key opens it."""
        if not value:
            return value
        try:
            return documents.cipher().decrypt(value).decode()
        except InvalidToken:
            return _("This text cannot be opened: the key it was kept with is gone.")


def fields() -> Iterator[tuple[type[models.Model], SealedTextField]]:
    """Every such field of every table."""
    for model in apps.get_models():
        for field in model._meta.local_concrete_fields:
            if isinstance(field, SealedTextField):
                yield model, field


def encrypt_anew() -> tuple[int, int]:
    """Encrypt every text anew with the first key, in the caller's transaction. Out: how many, and how many no key
    opens; those stay as they are.
    """
    done = lost = 0
    for model, field in fields():
        kept = model._base_manager.annotate(kept=models.functions.Cast(field.name, models.TextField()))
        for key, token in kept.exclude(**{field.name: ""}).values_list("pk", "kept"):
            try:
                fresh = documents.cipher().rotate(token).decode("ascii")
            except InvalidToken:
                lost += 1
                continue
            value = models.Value(fresh, output_field=models.TextField())
            done += model._base_manager.filter(pk=key).update(**{field.name: value})
    return done, lost
