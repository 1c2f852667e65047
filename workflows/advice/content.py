"""The texts, as they stand in files that a professional edits: Markdown with front matter (docs/advice.md).

``<subject>/nl.md`` and ``en.md`` are the checklist, ``<subject>/person/<language>.md`` the page for the person. What
cannot be read is left out and told as a `Problem`; the rest works. System checks show the problems (`checks.py`).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from django.conf import settings
from markdown_it import MarkdownIt

from workflows.advice import frame
from workflows.advice.words import PERSONAL, PHASES, PROFESSIONAL, SITUATIONS, Subject

HERE = Path(__file__).parent / "content"
FRONT = re.compile(r"\A---\n(?P<front>.*?)\n---\n(?P<body>.*)\Z", re.DOTALL)
NAMED = re.compile(r"^(?P<text>.*?)\s*\{#(?P<id>[a-z0-9]+(?:-[a-z0-9]+)*)(?:\s+from=(?P<sources>[a-z0-9,-]+))?\}$")
POINTS, MODELS = "points", "models"


@dataclass(frozen=True)
class Problem:
    """Something wrong with a file: the check that tells it, the file, and what."""

    check: str
    file: str
    text: str


@dataclass(frozen=True)
class Source:
    """Where something comes from. `confirmed`: somebody looked it up; otherwise the page says that it is not."""

    id: str
    text: str
    url: str = ""
    confirmed: bool = False


@dataclass(frozen=True)
class Point:
    """One point of a checklist: what to do, and why."""

    id: str
    text: str
    why: str
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class ModelText:
    """A text to take over and fit to the case."""

    id: str
    title: str
    text: str


@dataclass(frozen=True)
class Front:
    """What the front matter says."""

    title: str
    version: int
    as_of: date
    sources: tuple[Source, ...]
    phases: tuple[str, ...] = ()
    read_by: str = ""
    read_on: date | None = None


@dataclass(frozen=True)
class Checklist:
    """A checklist in one language."""

    subject: Subject
    language: str
    front: Front
    lead: str
    points: tuple[Point, ...]
    models: tuple[ModelText, ...]

    def point(self, key: str) -> Point | None:
        """A point by its key."""
        return next((one for one in self.points if one.id == key), None)


@dataclass(frozen=True)
class PersonPage:
    """A page for the person in one language."""

    subject: Subject
    language: str
    front: Front
    text: str

    def sources(self, unconfirmed: str) -> Iterator[str]:
        """The sources in words, with `unconfirmed` behind those that nobody looked up."""
        for source in self.front.sources:
            yield source.text if source.confirmed else f"{source.text} ({unconfirmed})"


@dataclass
class Library:
    """All texts, and what was wrong with the files."""

    checklists: dict[tuple[str, str], Checklist] = field(default_factory=dict)
    pages: dict[tuple[str, str], PersonPage] = field(default_factory=dict)
    frames: dict[str, frame.Frame] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def checklist(self, subject: str, language: str) -> Checklist | None:
        """A checklist in a language, else in the other one."""
        return self.checklists.get((subject, language)) or next(
            (found for other in PROFESSIONAL if (found := self.checklists.get((subject, other)))), None
        )

    def kept(self, subject: str) -> Kept | None:
        """A checklist as it is kept when somebody ticks it."""
        both = {code: found for code in PROFESSIONAL if (found := self.checklists.get((subject, code)))}
        return Kept.of(both) if both else None


@dataclass(frozen=True)
class Kept:
    """The points of one version in every language, and a digest of them that no edit escapes."""

    version: int
    points: list[dict[str, Any]]
    digest: str

    @classmethod
    def of(cls, both: Mapping[str, Checklist]) -> Kept:
        """From the checklist in its languages."""
        first = next(iter(both.values()))
        points = []
        for point in first.points:
            said = {code: one for code, text in both.items() if (one := text.point(point.id))}
            points.append({"id": point.id, **{code: [one.text, one.why] for code, one in said.items()}})
        return cls(first.front.version, points, _digest((first.front.version, points)))

    def digest_of(self, key: str) -> str:
        """A digest of one point; empty when there is none."""
        return next((_digest(point) for point in self.points if point["id"] == key), "")


def _digest(what: Any) -> str:
    return hashlib.sha256(repr(what).encode()).hexdigest()[:32]


class Unreadable(Exception):
    """A file that cannot be read; `check` is the check that tells it."""

    def __init__(self, check: str, text: str) -> None:
        super().__init__(text)
        self.check = check


def library() -> Library:
    """The texts that are in use: of the folder that the setting names, else our own. Read once."""
    return _read_once(Path(settings.LOODS_ADVICE_CONTENT or HERE))


@cache
def _read_once(root: Path) -> Library:
    return load(root)


def load(root: Path) -> Library:
    """Every text under a folder."""
    made = Library()
    for subject in Subject:
        for language in PROFESSIONAL:
            _take(made, root / subject / f"{language}.md", root, subject, language)
        for language in PERSONAL if subject in SITUATIONS else ():
            _take(made, root / subject / "person" / f"{language}.md", root, subject, language, person=True)
        made.problems += _differences(made, subject)
    try:
        made.frames = frame.load(root)
    except ValueError as fault:
        made.problems.append(Problem("E002", frame.FILE, str(fault)))
    known = {str(subject) for subject in Subject}
    strange = [p.name for p in root.iterdir() if p.is_dir() and p.name not in known] if root.is_dir() else []
    made.problems += [Problem("E001", name, "No subject has this name.") for name in sorted(strange)]
    return made


def _take(made: Library, path: Path, root: Path, subject: Subject, language: str, person: bool = False) -> None:
    """Read one file into the library, or note what is wrong with it."""
    name = path.relative_to(root).as_posix()
    try:
        front, body = _read(path, subject)
        if person:
            if not body.strip():
                raise Unreadable("E006", "The page says nothing.")
            made.pages[(subject, language)] = PersonPage(subject, language, front, body.strip())
        else:
            checklist = _checklist(subject, language, front, body)
            made.checklists[(subject, language)] = checklist
            made.problems += [Problem("E005", name, text) for text in _source_faults(checklist)]
    except Unreadable as fault:
        made.problems.append(Problem(fault.check, name, str(fault)))


def _read(path: Path, subject: Subject) -> tuple[Front, str]:
    if not path.is_file():
        raise Unreadable("E001", "The file is missing.")
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as fault:
        raise Unreadable("E002", "The file is not written in UTF-8.") from fault
    parts = FRONT.match(text.replace("\r\n", "\n"))
    if parts is None:
        raise Unreadable("E002", "The file does not begin with front matter between two lines of three dashes.")
    try:
        front = yaml.safe_load(parts["front"])
    except (yaml.YAMLError, ValueError) as fault:  # a day such as 31 November is a ValueError
        raise Unreadable("E002", f"The front matter cannot be read: {fault}") from fault
    if not isinstance(front, dict):
        raise Unreadable("E002", "The front matter has no names with values.")
    if front.get("about") != subject:
        raise Unreadable("E002", f"about is not {subject}, the name of the folder.")
    return _front(front), parts["body"]


def _front(said: dict[str, Any]) -> Front:
    title, version, as_of = said.get("title"), said.get("version"), said.get("as_of")
    if not isinstance(title, str) or not title.strip():
        raise Unreadable("E002", "There is no title.")
    if type(version) is not int or version < 1:
        raise Unreadable("E002", "The version is a whole number from 1.")
    if type(as_of) is not date:
        raise Unreadable("E002", "as_of is a day, as 2026-11-28.")
    phases = tuple(said.get("phases") or ())
    if set(phases) - {str(phase) for phase in PHASES}:
        raise Unreadable("E002", f"A phase is one of {', '.join(PHASES)}.")
    read_on = said.get("read_on")
    if bool(said.get("read_by")) != bool(read_on) or (read_on and type(read_on) is not date):
        raise Unreadable("E002", "read_by and read_on go together, and read_on is a day.")
    return Front(title.strip(), version, as_of, _sources(said), phases, str(said.get("read_by") or ""), read_on)


def _sources(said: dict[str, Any]) -> tuple[Source, ...]:
    rows = said.get("sources")
    if not isinstance(rows, list) or not rows:
        raise Unreadable("E005", "There are no sources.")
    made = []
    for row in rows:
        if not isinstance(row, dict) or not row.get("id") or not row.get("text"):
            raise Unreadable("E005", "A source has an id and a text.")
        url = str(row.get("url") or "")
        if url and not url.startswith("https://"):
            raise Unreadable("E005", f"The address of source {row['id']} begins with https://.")
        made.append(Source(str(row["id"]), str(row["text"]), url, row.get("confirmed") is True))
    if len({one.id for one in made}) != len(made):
        raise Unreadable("E005", "Two sources have the same id.")
    return tuple(made)


def _checklist(subject: Subject, language: str, front: Front, body: str) -> Checklist:
    """The body in its parts: what stands before the first heading, the points, the model texts."""
    lead, parts = _parts(body)
    points: list[Point] = []
    models: list[ModelText] = []
    part = ""
    for level, heading, text in parts:
        named = NAMED.match(heading)
        if named is None:
            raise Unreadable("E003", f"The heading “{heading}” has no key: end it with {{#a-key}}.")
        if level == 2:
            part = named["id"]
            if part not in (POINTS, MODELS):
                raise Unreadable("E003", f"A part is {{#{POINTS}}} or {{#{MODELS}}}, not {{#{part}}}.")
        elif part == POINTS:
            if not text:
                raise Unreadable("E006", f"The point {named['id']} does not say why.")
            points.append(Point(named["id"], named["text"], text, tuple((named["sources"] or "").split(","))))
        elif part == MODELS:
            if not text:
                raise Unreadable("E006", f"The model text {named['id']} is empty.")
            models.append(ModelText(named["id"], named["text"], text))
        else:
            raise Unreadable("E003", f"“{heading}” stands in no part.")
    if not points:
        raise Unreadable("E006", "There are no points.")
    keys = [point.id for point in points] + [model.id for model in models]
    if double := sorted({key for key in keys if keys.count(key) > 1}):
        raise Unreadable("E003", f"Twice the same key: {', '.join(double)}.")
    return Checklist(subject, language, front, lead, tuple(points), tuple(models))


def _parts(body: str) -> tuple[str, list[tuple[int, str, str]]]:
    """What stands before the first heading of level 2 or 3, and each such heading with the text under it."""
    lines = body.split("\n")
    tokens = MarkdownIt("commonmark").parse(body)
    heads: list[tuple[int, str, int, int]] = []
    for at, token in enumerate(tokens):
        if token.type == "heading_open" and token.level == 0 and token.tag in ("h2", "h3") and token.map:
            heads.append((int(token.tag[1]), tokens[at + 1].content.strip(), token.map[0], token.map[1]))
    ends = [head[2] for head in heads[1:]] + [len(lines)]
    parts = [
        (level, text, "\n".join(lines[below:end]).strip())
        for (level, text, _start, below), end in zip(heads, ends, strict=True)
    ]
    return "\n".join(lines[: heads[0][2]] if heads else lines).strip(), parts


def _source_faults(checklist: Checklist) -> Iterator[str]:
    known = {source.id for source in checklist.front.sources}
    for point in checklist.points:
        if not any(point.sources):
            yield f"The point {point.id} names no source."
        elif lost := sorted(set(point.sources) - known):
            yield f"The point {point.id} names a source that is not there: {', '.join(lost)}."


def _differences(made: Library, subject: Subject) -> Iterator[Problem]:
    """Whether the languages of a checklist say the same, and no page for the person runs ahead of the Dutch one."""
    found = [made.checklists.get((subject, language)) for language in PROFESSIONAL]
    if all(found):
        first, *others = [_shape(one) for one in found if one]
        for language, other in zip(PROFESSIONAL[1:], others, strict=True):
            for what in (name for name in first if first[name] != other[name]):
                yield Problem("E004", f"{subject}/{language}.md", f"Not the same as in Dutch: {what}.")
    dutch = made.pages.get((subject, "nl"))
    for language in PERSONAL:
        page = made.pages.get((subject, language))
        if dutch and page and page.front.version != dutch.front.version:
            late = page.front.version < dutch.front.version
            text = "Behind the Dutch text." if late else "Of a later version than the Dutch text."
            yield Problem("W007" if late else "E004", f"{subject}/person/{language}.md", text)


def _shape(checklist: Checklist) -> dict[str, Any]:
    return {
        "version": checklist.front.version,
        "as_of": checklist.front.as_of,
        "phases": checklist.front.phases,
        "keys of sources": [source.id for source in checklist.front.sources],
        "keys of points": [(point.id, point.sources) for point in checklist.points],
        "keys of model texts": [model.id for model in checklist.models],
    }
