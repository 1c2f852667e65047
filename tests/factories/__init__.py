"""Factories: each makes a row under the side that may write it."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from factory.django import DjangoModelFactory

from access.wall import Side, taken


class WalledFactory(DjangoModelFactory):
    """Makes rows for the side named in ``side`` (as a class attribute of the factory)."""

    class Meta:
        abstract = True

    _side = Side.COMMON

    @classmethod
    def _create(cls, model_class: type[Any], *args: Any, **kwargs: Any) -> Any:
        with taken(cls._side), transaction.atomic():
            return super()._create(model_class, *args, **kwargs)
