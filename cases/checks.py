"""System checks of the cases room."""

from __future__ import annotations

from typing import Any

from cryptography.fernet import Fernet
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from cases.catalogue import CATALOGUE, GROUNDS
from cases.words import LegalGround


@register(Tags.security)
def documents_have_keys(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """`cases.E001`: no key to encrypt documents with; `cases.E002`: a key that is none."""
    hint = "Put keys made by `Fernet.generate_key()` in LOODS_DOCUMENT_KEYS; the first encrypts, the others still open."
    if not settings.LOODS_DOCUMENT_KEYS:
        return [Error("Documents cannot be stored: there is no key.", hint=hint, id="cases.E001")]
    for position, key in enumerate(settings.LOODS_DOCUMENT_KEYS, 1):
        try:
            Fernet(key)
        except ValueError:
            return [Error(f"Key {position} for documents is not a key.", hint=hint, id="cases.E002")]
    return []


@register()
def every_field_has_a_purpose(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """`cases.E003`: a field of the file without a purpose, or a purpose without a field; `cases.E004`: a ground."""
    from django.apps import apps

    found: list[CheckMessage] = []
    for model in apps.get_app_config("cases").get_models():
        fields = {field.name for field in model._meta.local_fields}
        known = set(CATALOGUE.get(model.__name__, {}))
        found += [
            Error(f"{model.__name__}.{name}: field and purpose do not match.", obj=model, id="cases.E003")
            for name in sorted(fields ^ known)
        ]
    found += [
        Error(f"The legal ground {ground} has no source.", id="cases.E004")
        for ground in LegalGround
        if ground not in GROUNDS
    ]
    return found
