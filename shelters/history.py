"""What was known when: the inventory's second time.

A row of the inventory says when something *holds* (its own dates) and since when we know it (`known_since`). When it
changes, the database itself puts what was known until then into a table of the past. So today's questions read small
tables, and "as it was known on day K" reads those and the past together.

Nothing is deleted: what turned out never to hold gets an empty range, which contains no day and overlaps nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from access import clock


def remember(past: str, columns: Sequence[str]) -> list[pgtrigger.Trigger]:
    """Triggers by which a table keeps what it said before in the table `past`, and loses no row.

    In: the columns besides ``id`` and ``known_since``. Two changes at one moment leave one trace: what was known for no
    time is not kept. A change that comes later but carries an earlier moment (it waited for a lock) gets the later one.
    """
    names = ", ".join(columns)
    old = ", ".join(f"OLD.{name}" for name in columns)
    keep = (
        f"INSERT INTO {past} (of, {names}, known_since, known_until) "  # noqa: S608  names of our own columns
        f"VALUES (OLD.id, {old}, OLD.known_since, NEW.known_since);"
    )
    return [
        pgtrigger.Trigger(
            name="remember",
            when=pgtrigger.Before,
            operation=pgtrigger.Update,
            func=(
                "IF NEW IS NOT DISTINCT FROM OLD THEN RETURN NEW; END IF; "
                "NEW.known_since := GREATEST(NEW.known_since, OLD.known_since); "
                f"IF NEW.known_since > OLD.known_since THEN {keep} END IF; RETURN NEW;"
            ),
        ),
        pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
    ]


class Known(models.Model):
    """A row that is true as far as we know, and since when we know it."""

    known_since = models.DateTimeField(_("known since"), default=clock.now)

    class Meta:
        abstract = True


class Past(models.Model):
    """What a row said from `known_since` until (not including) `known_until`. Appended by the database alone."""

    id = models.BigAutoField(primary_key=True)
    known_since = models.DateTimeField(_("known since"))
    known_until = models.DateTimeField(_("known until"))

    class Meta:
        abstract = True
