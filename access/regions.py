"""The lists of regions and municipalities: reading a file, seeing what it would change, doing that.

Two kinds of file, told apart by their header line. `REGIONS` lists care regions and provinces, `MUNICIPALITIES` which
municipality belongs to which region and since when. A file is the whole list: a care region (a province, a
municipality's place in a region) that it does not name is ended, never deleted. Of the levels of region it compares
only those it names itself, so a list of care regions alone leaves the provinces be. A file with one bad row changes
nothing.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from access import changes, clock
from access.models import Change, Configuration, Municipality, Post, Region, RegionMunicipality
from access.wall import Side, taken

DATA = Path(__file__).resolve().parent / "data"
BUILTIN = (DATA / "regions.csv", DATA / "municipalities.csv")
REGIONS = ("code", "name", "province", "level", "source", "as_of", "note")
MUNICIPALITIES = ("code", "name", "region", "valid_from", "valid_until", "source", "as_of")
MAX_BYTES = 1024 * 1024
MAX_ROWS = 5000
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,19}\Z")


@dataclass(frozen=True)
class Fault:
    """What is wrong with one cell of a file; `line` counts from 1, `column` is empty for the whole line."""

    line: int
    column: str
    text: str

    def __str__(self) -> str:
        if self.column:
            return _("Line %(line)d, column %(column)s: %(text)s") % vars(self)
        return _("Line %(line)d: %(text)s") % vars(self)


class BadFile(Exception):
    """A file with faults; `faults` lists them in the order of its lines. Nothing was changed."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = sorted(faults, key=lambda fault: fault.line)
        super().__init__("\n".join(map(str, self.faults)))


@dataclass(frozen=True)
class Item:
    """One thing a file would do. `before` and `after` hold the facts that differ, as the change log keeps them."""

    ADDED, CHANGED, ENDED = "added", "changed", "ended"

    what: str
    row: Any
    key: str
    name: str
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    warning: str = ""
    province: str | None = None  # code of the province a region comes to lie in, "" for none; None: stays as it is

    @property
    def verb(self) -> str:
        """What happens, as a word for the page."""
        return str(_VERBS[self.what])

    def differences(self) -> list[tuple[str, Any, Any]]:
        """Name of each fact that changes, with what it was and what it becomes; for something new nothing."""
        if self.what == self.ADDED:
            return []
        fields = {f.name: str(f.verbose_name) for f in self.row._meta.concrete_fields}
        return [(fields[n], self.before.get(n), self.after.get(n)) for n in {**self.before, **self.after}]

    def __str__(self) -> str:
        text = f"{self.verb}: {self.key} {self.name}"
        return text + "".join(f"; {n}: {old or '–'} → {new or '–'}" for n, old, new in self.differences())


_VERBS = {
    Item.ADDED: gettext_lazy("Added"),
    Item.CHANGED: gettext_lazy("Changed"),
    Item.ENDED: gettext_lazy("Ended"),
}


@dataclass(frozen=True)
class Plan:
    """What a file would do to the lists as they are now."""

    items: list[Item]
    unchanged: int

    @property
    def summary(self) -> str:
        """One sentence: how many are added, changed, ended and stay as they are."""
        count = {what: sum(item.what == what for item in self.items) for what in _VERBS}
        return _("%(added)d added, %(changed)d changed, %(ended)d ended, %(unchanged)d unchanged") % {
            **count,
            "unchanged": self.unchanged,
        }

    @property
    def warnings(self) -> list[str]:
        """What somebody should know before doing it."""
        return [item.warning for item in self.items if item.warning]

    @property
    def mark(self) -> str:
        """A short mark of what would be done: another one when the lists have changed since the file was looked at."""
        return sha256("\n".join(map(str, self.items)).encode()).hexdigest()[:24]


# -- Reading ------------------------------------------------------------------------------------------------------


class _Row:
    """One line of a file, whose cells report their faults as they are read."""

    def __init__(self, line: int, cells: dict[str, str], faults: list[Fault]) -> None:
        self.line, self.cells, self.faults = line, cells, faults

    def wrong(self, column: str, text: str) -> None:
        self.faults.append(Fault(self.line, column, text))

    def text(self, column: str, at_most: int, *, required: bool = True) -> str:
        value = self.cells[column].strip()
        if required and not value:
            self.wrong(column, _("is empty."))
        if len(value) > at_most:
            self.wrong(column, _("has %(n)d characters; at most %(most)d fit.") % {"n": len(value), "most": at_most})
        if "\x00" in value:
            self.wrong(column, _("holds a character that cannot be kept."))
        return value

    def code(self) -> str:
        value = self.text("code", 20)
        if value and len(value) <= 20 and not _CODE.match(value):
            self.wrong("code", _("“%(code)s” may hold only letters, digits, dots and dashes.") % {"code": value})
        return value

    def day(self, column: str, *, required: bool = True, past: bool = False) -> date | None:
        value = self.text(column, 10, required=required)
        if not value:
            return None
        try:
            found = date.fromisoformat(value) if len(value) == 10 else None
        except ValueError:
            found = None
        if found is None:
            self.wrong(column, _("“%(value)s” is not a date like 2026-01-31.") % {"value": value[:30]})
        elif past and found > clock.today():
            self.wrong(column, _("%(value)s lies in the future.") % {"value": value})
        return found


def _lines(content: bytes) -> tuple[tuple[str, ...], list[_Row], list[Fault]]:
    """The header and the rows of a file. Errors: BadFile when it cannot be read as a table at all."""
    if len(content) > MAX_BYTES:
        raise BadFile([Fault(1, "", _("The file is larger than 1 MB; a list of regions is not."))])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise BadFile([Fault(line, "", _("The file is not written in UTF-8. Save it as “CSV UTF-8”."))]) from error
    first = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";" if ";" in first and "," not in first else ",")
    try:
        table = list(_numbered(reader))
    except csv.Error as error:
        raise BadFile(
            [Fault(reader.line_num, "", _("This line cannot be read as a table: %(why)s.") % {"why": error})]
        ) from error
    if not table:
        raise BadFile([Fault(1, "", _("The file is empty."))])
    header = tuple(cell.strip().lower() for cell in table[0][1])
    expected = MUNICIPALITIES if "region" in header else REGIONS
    faults = [Fault(1, name, _("This column is missing.")) for name in expected if name not in header]
    faults += [Fault(1, name, _("This column is not known.")) for name in header if name and name not in expected]
    faults += [Fault(1, name, _("This column stands there twice.")) for name in expected if header.count(name) > 1]
    if faults:
        raise BadFile(faults)
    rows = []
    for line, cells in table[1:]:
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            text = ngettext("has %(n)d column", "has %(n)d columns", len(cells)) % {"n": len(cells)}
            faults.append(Fault(line, "", f"{text}; {_('expected: %(n)d.') % {'n': len(header)}}"))
            continue
        rows.append(_Row(line, dict(zip(header, cells, strict=True)), faults))
    if not rows and not faults:
        faults.append(Fault(1, "", _("There are no lines below the header; an empty list would end everything.")))
    if len(rows) > MAX_ROWS:
        raise BadFile([Fault(rows[MAX_ROWS].line, "", _("More than %(n)d lines.") % {"n": MAX_ROWS})])
    return expected, rows, faults


def _numbered(reader: Any) -> Iterator[tuple[int, list[str]]]:
    """Each row with the number of the line it begins on; a quoted cell may run over several lines."""
    before = 0
    for row in reader:
        yield before + 1, row
        before = reader.line_num


# -- Planning -----------------------------------------------------------------------------------------------------


def plan(content: bytes) -> Plan:
    """What a file would do to the lists as they are now; reads the common ground, changes nothing.

    Errors: BadFile with every fault of the file.
    """
    expected, rows, faults = _lines(content)
    made = (_plan_regions if expected is REGIONS else _plan_municipalities)(rows)
    if faults:
        raise BadFile(faults)
    return made


def _plan_regions(rows: list[_Row]) -> Plan:
    today = clock.today()
    present = {region.code: region for region in Region.objects.select_related("parent")}
    provinces = {code for code, region in present.items() if region.level == Region.Level.PROVINCE}
    provinces |= {row.cells["code"].strip() for row in rows if row.cells["level"].strip() == Region.Level.PROVINCE}
    wanted: dict[str, Region] = {}
    parents: dict[str, str] = {}
    unique_code, unique_name = _once("code"), _once("name")
    for row in rows:
        level = row.text("level", 20)
        if level and level not in Region.Level.values:
            row.wrong("level", _("“%(level)s” is not a level; use care or province.") % {"level": level})
        code, name = row.code(), row.text("name", 100)
        unique_code(row, code)
        unique_name(row, name and f"{level} {name}")
        province = row.text("province", 20, required=level == Region.Level.CARE)
        if level == Region.Level.PROVINCE and province:
            row.wrong("province", _("A province lies in no province; leave this empty."))
        elif province and province not in provinces:
            row.wrong("province", _("There is no province with code “%(code)s”.") % {"code": province})
        if code in present and level in Region.Level.values and present[code].level != level:
            row.wrong("level", _("%(code)s is on another level already.") % {"code": code})
        wanted[code] = Region(
            code=code,
            name=name,
            level=level,
            source=row.text("source", 300),
            as_of=row.day("as_of", past=True) or today,
            note=row.text("note", 300, required=False),
            valid_from=today if present else Region._meta.get_field("valid_from").get_default(),
        )
        parents[code] = province
    items, unchanged = [], 0
    for code, region in wanted.items():
        old = present.get(code)
        after = _region_facts(region, parents[code])
        if old is None:
            items.append(Item(Item.ADDED, region, code, region.name, {}, after, province=parents[code]))
            continue
        before, after = changes.difference(
            _region_facts(old, old.parent.code if old.parent else ""), {**after, "valid_from": str(old.valid_from)}
        )
        if not before and not after:
            unchanged += 1
            continue
        for name in ("name", "source", "as_of", "note", "valid_until"):
            setattr(old, name, getattr(region, name))
        items.append(Item(Item.CHANGED, old, code, region.name, before, after, province=parents[code]))
    levels = {region.level for region in wanted.values()}
    for code, region in present.items():
        if code not in wanted and region.level in levels and (region.valid_until is None or region.valid_until > today):
            before = {"valid_until": changes.plain({"d": region.valid_until})["d"]}
            region.valid_until = max(today, region.valid_from + timedelta(days=1))
            after = {"valid_until": str(region.valid_until)}
            items.append(Item(Item.ENDED, region, code, region.name, before, after, _still_used(region)))
    return Plan(items, unchanged)


def _region_facts(region: Region, province: str) -> dict[str, Any]:
    return {**changes.facts(region), "parent": province}


def _still_used(region: Region) -> str:
    """A sentence about posts that work in a region that ends, or nothing."""
    n = Post.objects.held_on(clock.today()).filter(regions=region.pk).count()
    if not n:
        return ""
    return ngettext(
        "%(region)s would end while %(n)d post works there.", "%(region)s would end while %(n)d posts work there.", n
    ) % {"region": region.name, "n": n}


def _plan_municipalities(rows: list[_Row]) -> Plan:
    today = clock.today()
    regions = {region.code: region for region in Region.objects.care()}
    known = {municipality.code: municipality for municipality in Municipality.objects.all()}
    links = {
        (link.municipality.code, link.region.code, link.valid_from): link
        for link in RegionMunicipality.objects.select_related("municipality", "region")
    }
    wanted: dict[tuple[str, str, date], RegionMunicipality] = {}
    names: dict[str, tuple[str, int]] = {}
    periods: dict[tuple[str, str], list[tuple[date, date, int]]] = {}
    for row in rows:
        code, name, region = row.code(), row.text("name", 100), row.text("region", 20)
        if region and region not in regions:
            row.wrong("region", _("There is no care region with code “%(code)s”.") % {"code": region})
        other, line = names.setdefault(code, (name, row.line))
        if code and other != name:
            row.wrong("name", _("%(code)s has another name in line %(line)d.") % {"code": code, "line": line})
        start, end = row.day("valid_from"), row.day("valid_until", required=False)
        if start and end and end <= start:
            row.wrong("valid_until", _("lies before the day it begins."))
        source, as_of = row.text("source", 300), row.day("as_of", past=True)
        if not start or region not in regions or not code:
            continue
        for other_start, other_end, other_line in periods.setdefault((code, region), []):
            if start < other_end and other_start < (end or date.max):
                row.wrong("code", _("The same as in line %(line)d, at the same time.") % {"line": other_line})
        periods[code, region].append((start, end or date.max, row.line))
        wanted[code, region, start] = RegionMunicipality(
            municipality=known.get(code) or Municipality(code=code, name=name),
            region=regions[region],
            valid_from=start,
            valid_until=end,
            source=source,
            as_of=as_of,
        )
    items, unchanged = [], 0
    for code, (name, _line) in names.items():
        old_municipality = known.get(code)
        if old_municipality is None:
            municipality = Municipality(code=code, name=name)
            items.append(Item(Item.ADDED, municipality, code, name, {}, changes.facts(municipality)))
        elif old_municipality.name != name:
            before = {"name": old_municipality.name}
            old_municipality.name = name
            items.append(Item(Item.CHANGED, old_municipality, code, name, before, {"name": name}))
    for key, link in wanted.items():
        old = links.get(key)
        label = f"{names[key[0]][0]} – {link.region.name}"
        if old is None:
            items.append(Item(Item.ADDED, link, key[0], label, {}, _link_facts(link)))
            continue
        before, after = changes.difference(_link_facts(old), _link_facts(link))
        if not before and not after:
            unchanged += 1
            continue
        old.valid_until, old.source, old.as_of = link.valid_until, link.source, link.as_of
        items.append(Item(Item.CHANGED, old, key[0], label, before, after))
    for key, link in links.items():
        if key not in wanted and (link.valid_until is None or link.valid_until > today):
            before = {"valid_until": changes.plain({"d": link.valid_until})["d"]}
            link.valid_until = max(today, link.valid_from + timedelta(days=1))
            after = {"valid_until": str(link.valid_until)}
            items.append(Item(Item.ENDED, link, key[0], str(link), before, after))
    return Plan(items, unchanged)


def _link_facts(link: RegionMunicipality) -> dict[str, Any]:
    values = {name: getattr(link, name) for name in ("valid_from", "valid_until", "source", "as_of")}
    return {"region": f"{link.region.code} {link.region.name}", **changes.plain(values)}


def _once(column: str) -> Callable[[_Row, str], None]:
    """A check that reports a value the second time it comes."""
    seen: dict[str, int] = {}

    def check(row: _Row, value: str) -> None:
        first = seen.setdefault(value, row.line)
        if value and first != row.line:
            row.wrong(column, _("The same as in line %(line)d.") % {"line": first})

    return check


# -- Doing --------------------------------------------------------------------------------------------------------


class Moved(Exception):
    """The lists have changed since the plan was shown; `plan` is what the file would do now. Nothing was changed."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        super().__init__()


def load(content: bytes, *, reason: str, by: Post | None = None, mark: str = "") -> Plan:
    """Do what a file says, in one transaction for the common side, with a line in the change log for each item.

    In: the file, why, the post that acts, and the `mark` of the plan somebody agreed to (empty: whatever it is).
    Errors: BadFile, Moved.
    """
    with taken(Side.COMMON), transaction.atomic():
        Configuration.objects.select_for_update().get()  # one at a time
        made = plan(content)
        if mark and mark != made.mark:
            raise Moved(made)
        _write(made)
        Change.objects.bulk_create(
            changes.change(i.row, before=i.before, after=i.after, reason=reason, by=by, key=i.key) for i in made.items
        )
    return made


def _write(made: Plan) -> None:
    rows = [item.row for item in made.items]
    regions = [item for item in made.items if isinstance(item.row, Region)]
    for item in sorted(regions, key=lambda item: item.row.level != Region.Level.PROVINCE):
        if item.province is not None:
            item.row.parent = Region.objects.get(code=item.province) if item.province else None
        item.row.save()
    for row in rows:
        if isinstance(row, Municipality):
            row.save()
    for row in rows:
        if isinstance(row, RegionMunicipality):
            if row.municipality.pk is None:
                row.municipality = Municipality.objects.get(code=row.municipality.code)
            row.save()


def load_builtin() -> list[Plan]:
    """Load the project's own lists; what is loaded already stays as it is. Out: what each of them did."""
    return [load(path.read_bytes(), reason=_("The list that comes with Loods")) for path in BUILTIN]
