"""What changed in the inventory, when and by whom, told from what was known before (`shelters.history`).

An act writes all its rows at one moment. What was known just before that moment is held against what is known from it
on: that is the change, with the days it holds for. Nothing is written for this beside the rows themselves.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import DateTimeField, F, QuerySet, Value
from django.db.models.functions import JSONObject
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from access.models import Post
from shelters.models import OFFERED, Capacity, CapacityPast, OutOfService, OutOfServicePast, Unit, schemes
from shelters.offer import ABOUT_FIGURES, Difference, differences, differing
from shelters.words import OutReason

_OUT = ("places", "reason")


@dataclass(frozen=True, slots=True)
class Author:
    """Who entered something, and for which organisation."""

    post: int
    name: str
    organisation: str
    organisation_id: int


@dataclass(frozen=True, slots=True)
class Version:
    """What a row of the inventory said while it was known; `until` None: it is what we know now."""

    unit: int
    row: int
    span: DateRange
    since: datetime
    until: datetime | None
    by: Author | None
    remark: str
    facts: dict[str, Any]

    def known(self, at: datetime | None) -> bool:
        """Whether this is what was known at a moment (None: now)."""
        if at is None:
            return self.until is None
        return self.since <= at and (self.until is None or at < self.until)

    @property
    def ever(self) -> bool:
        """Whether it holds on any day."""
        return not self.span.isempty


@dataclass(slots=True)
class Memory:
    """Everything that is or was known of units: capacity lines and intervals out of service, by unit."""

    lines: dict[int, list[Version]] = field(default_factory=lambda: defaultdict(list))
    outs: dict[int, list[Version]] = field(default_factory=lambda: defaultdict(list))


def remembered(units: Iterable[int]) -> Memory:
    """What is and was known of units, in one query."""
    keys, found = list(units), Memory()
    nobody = Value(None, output_field=DateTimeField())
    asked: Any = None
    for table, span, names in (
        (Capacity, "holds", OFFERED), (CapacityPast, "holds", OFFERED),
        (OutOfService, "period", _OUT), (OutOfServicePast, "period", _OUT),
    ):  # fmt: skip
        past = hasattr(table, "of")
        rows = table.objects.filter(unit__in=keys).values_list(
            "unit_id", span, "known_since", "remark",
            F("of") if past else F("pk"),
            F("known_until") if past else nobody,
            F("entered_by_id"), F("entered_by__user__name"), F("entered_by__organisation__name"),
            F("entered_by__organisation_id"),
            JSONObject(**{name: name for name in names}),
        )  # fmt: skip
        asked = rows.order_by() if asked is None else asked.union(rows.order_by(), all=True)
    for unit, span, since, remark, row, until, post, name, house, house_id, facts in asked:
        offered = "scheme_id" in facts
        if offered:
            facts["as_of"] = date.fromisoformat(facts["as_of"]) if facts["as_of"] else None
        by = Author(post, name, house, house_id) if post else None
        kept = found.lines if offered else found.outs
        kept[unit].append(Version(unit, row, span, since, until, by, remark, facts))
    return found


def known(versions: Iterable[Version], at: datetime | None) -> list[Version]:
    """What was known at a moment (None: now) and holds on some day, in the order of days."""
    return sorted((v for v in versions if v.ever and v.known(at)), key=lambda v: (v.span.lower, v.row))


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a change: what happened, for which days, and what it was before."""

    what: str
    since: date | None = None
    until: date | None = None
    differences: tuple[Difference, ...] = ()


@dataclass(slots=True)
class Event:
    """What somebody changed of a unit at a moment. `other`: they work for another organisation than the reader."""

    unit: int
    at: datetime
    by: Author | None
    remark: str
    parts: list[Part] = field(default_factory=list)
    other: bool = False


def story(units: Iterable[Unit], memory: Memory, reader: Post) -> list[Event]:
    """What changed of units, the latest first. In: what is remembered of them; who reads, to tell who is another."""
    names = {scheme.pk: str(scheme) for scheme in schemes()}
    events = [
        event
        for unit in units
        for event in (*_line_events(unit, memory.lines[unit.pk], names), *_out_events(unit, memory.outs[unit.pk]))
    ]
    for event in events:
        event.other = event.by is not None and event.by.organisation_id != reader.organisation_id
    return sorted(events, key=lambda event: (event.at, event.unit), reverse=True)


def _line_events(unit: Unit, versions: list[Version], schemes: Mapping[str, str]) -> Iterator[Event]:
    for at, written in _by_moment(versions):
        before = [v for v in versions if v.ever and v.since < at and (v.until is None or v.until >= at)]
        after = [v for v in versions if v.ever and v.known(at)]
        events: dict[Author | None, Event] = {}
        for version in sorted((v for v in written if v.ever), key=lambda v: v.span.lower):
            for part in _line_parts(unit, version, before, schemes):
                event = events.setdefault(version.by, Event(unit.pk, at, version.by, version.remark))
                event.parts.append(part)
        if before and (last := _upper(after)) < _upper(before):
            event = events.setdefault(written[0].by, Event(unit.pk, at, written[0].by, written[0].remark))
            never = last == date.min
            event.parts.append(Part(_("Was never there")) if never else Part(_("Ends"), since=last))
        yield from events.values()


def _line_parts(unit: Unit, version: Version, before: list[Version], schemes: Mapping[str, str]) -> Iterator[Part]:
    span = version.span
    overlapped = [v for v in before if _overlap(v.span, span)]
    if not overlapped:
        what = _("Taken up again") if before else _("Added")
        names = ["places"] if not before else [n for n in OFFERED if n not in ABOUT_FIGURES and version.facts[n]]
        nothing = dict.fromkeys(OFFERED)
        said = differences(names, nothing, version.facts, unit.kind, schemes)
        yield Part(what, span.lower, span.upper, tuple(Difference(d.label, "", d.after) for d in said))
    for old in sorted(overlapped, key=lambda v: v.span.lower):
        names = differing(old.facts, version.facts)
        if names:
            changed = [name for name in names if name not in ABOUT_FIGURES]
            what = _("Changed") if changed else _("Confirmed")
            said = differences(changed or names, old.facts, version.facts, unit.kind, schemes)
            yield Part(what, max(old.span.lower, span.lower), _earlier(old.span.upper, span.upper), tuple(said))


def _out_events(unit: Unit, versions: list[Version]) -> Iterator[Event]:
    for _row, group in groupby(sorted(versions, key=lambda v: (v.row, v.since)), key=lambda v: v.row):
        old: Version | None = None
        for new in group:
            yield Event(unit.pk, new.since, new.by, new.remark, [_out_part(old, new)])
            old = new


def _out_part(old: Version | None, new: Version) -> Part:
    places, reason = new.facts["places"], OutReason(new.facts["reason"]).label
    if not new.ever:
        return Part(_("Out of service: withdrawn"))
    until = new.span.upper
    if old is None or not old.ever:
        said = (Difference(_("Places"), "", str(places)), Difference(_("Reason"), "", str(reason)))
        return Part(_("Out of service"), new.span.lower, until, said)
    pairs = (
        (_("Places"), str(old.facts["places"]), str(places)),
        (_("Reason"), str(OutReason(old.facts["reason"]).label), str(reason)),
        (_("From"), _day(old.span.lower), _day(new.span.lower)),
        (_("Usable again"), _day(old.span.upper), _day(until)),
    )
    changed = tuple(Difference(*pair) for pair in pairs if pair[1] != pair[2])
    return Part(_("Out of service: revised"), new.span.lower, until, changed)


def _day(day: date) -> str:
    return date_format(day, "j F Y")


def _by_moment(versions: list[Version]) -> Iterator[tuple[datetime, list[Version]]]:
    for at, group in groupby(sorted(versions, key=lambda v: v.since), key=lambda v: v.since):
        yield at, list(group)


def _overlap(one: DateRange, other: DateRange) -> bool:
    return (one.upper is None or other.lower < one.upper) and (other.upper is None or one.lower < other.upper)


def _earlier(one: date | None, other: date | None) -> date | None:
    return min(one or date.max, other or date.max) if one or other else None


def _upper(versions: list[Version]) -> date:
    """The day from which nothing is known to hold; the first of all days when nothing ever does."""
    return max((v.span.upper or date.max for v in versions), default=date.min)


def recent(units: QuerySet[Unit], *, since: datetime, before: datetime | None, most: int) -> list[tuple[int, datetime]]:
    """Units and the moments at which something of them changed, the latest first, at most `most`."""
    asked: Any = None
    for table in (Capacity, CapacityPast, OutOfService, OutOfServicePast):
        rows = table.objects.filter(unit__in=units.order_by().values("pk"), known_since__gte=since)
        if before is not None:
            rows = rows.filter(known_since__lt=before)
        pairs = rows.order_by().values_list("unit_id", "known_since")
        asked = pairs if asked is None else asked.union(pairs)
    return list(asked.order_by("-known_since")[:most])
