"""One seed decides everything that is left to chance, keys of rows included."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.apps import apps
from django.db import models


def key_maker(chance: random.Random) -> Callable[[], uuid.UUID]:
    """A function that gives the next key: like `uuid.uuid4`, but the same ones for the same seed."""
    return lambda: uuid.UUID(int=chance.getrandbits(128), version=4)


@contextmanager
def seeded_keys(chance: random.Random) -> Iterator[None]:
    """Inside the block every model that makes up a random key for itself takes it from `chance`."""
    make = key_maker(chance)
    fields = [
        field
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, models.UUIDField) and field.default is uuid.uuid4
    ]
    try:
        for field in fields:
            _default(field, make)
        yield
    finally:
        for field in fields:
            _default(field, uuid.uuid4)


def _default(field: models.Field[object, object], make: Callable[[], uuid.UUID]) -> None:
    field.default = make
    field.__dict__.pop("_get_default", None)  # Django remembers it on first use
