"""How old what we know of a unit may be: facts by the rhythm of their scheme, a person's word by the week."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta

from shelters.models import Scheme

also: list[Callable[[list[int], date], dict[int, date]]] = []
"""Asked besides when units were checked last: processes of other rooms in which somebody looks at them put themselves
here. In: keys of units, and the day from which we look; out: by unit the day of the last check until then."""

MOST = {Scheme.Rhythm.WEEK: timedelta(days=7), Scheme.Rhythm.MONTH: timedelta(days=31)}
"""How long facts of a scheme that is stated in a rhythm are fresh (domain facts, section 5: COSMs report weekly)."""

WORD = timedelta(days=7)
"""How long a word that places take somebody counts; `shelters.functions` says the same."""


def stale(as_of: date | None, scheme: Scheme | None, day: date) -> bool:
    """Whether facts as of a day are older, seen from another, than their scheme's rhythm; so is what has no day."""
    rhythm = Scheme.Rhythm(scheme.stated_every) if scheme else Scheme.Rhythm.MONTH
    return as_of is None or day - as_of > MOST[rhythm]


def too_old(said_at: datetime, moment: datetime) -> bool:
    """Whether a word counts no longer."""
    return said_at <= moment - WORD


def checked(lines: Iterable[tuple[int, date | None]], day: date) -> dict[int, date | None]:
    """When units were checked last, by unit. In: each with the as-of date of its line, and the day we look from."""
    found = dict(lines)
    for ask in also:
        for unit, when in ask(list(found), day).items():
            found[unit] = max(when, found[unit] or when)
    return found
