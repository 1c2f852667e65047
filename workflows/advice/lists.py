"""The checklists of one guidance as a page shows them: which are asked for, and how each point stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.utils.translation import get_language

from access.models import Post
from access.text import plain
from workflows.advice import changes, content, rules
from workflows.advice.models import Mark
from workflows.advice.words import PROFESSIONAL, State, Subject
from workflows.guidance.models import Guidance

SETTLED = (State.DONE, State.ASIDE)


def language() -> str:
    """The language of the checklists for whoever reads."""
    code = (get_language() or PROFESSIONAL[0])[:2]
    return code if code in PROFESSIONAL else PROFESSIONAL[0]


@dataclass(frozen=True)
class Listed:
    """A checklist in the list of a guidance. `because`: why it is suggested; `mark`: what was done with it as a whole.

    `settled` counts points that were ticked or set aside as they read now.
    """

    subject: Subject
    checklist: content.Checklist
    because: str
    mark: Mark | None
    settled: int
    touched: int

    @property
    def total(self) -> int:
        """How many points there are."""
        return len(self.checklist.points)

    @property
    def left(self) -> int:
        """How many points ask to be looked at."""
        return self.total - self.settled

    @property
    def away(self) -> bool:
        """Whether somebody put it away."""
        return self.mark is not None and self.mark.state == State.AWAY

    @property
    def shown(self) -> bool:
        """Whether it is on the page of the guidance: suggested or added, and not put away."""
        return not self.away and bool(self.because or self.touched or self.mark)


@dataclass(frozen=True)
class Overview:
    """Every checklist for a guidance, in three heaps."""

    here: list[Listed]
    away: list[Listed]
    others: list[Listed]

    @property
    def left(self) -> int:
        """How many points of what is here ask to be looked at."""
        return sum(one.left for one in self.here)


def overview(guidance: Guidance, post: Post) -> Overview:
    """Which checklists this guidance asks for. Three queries."""
    because = rules.suggested(rules.facts_of(guidance, post))
    marks: dict[str, list[Mark]] = {}
    standing = Mark.objects.for_post(post).filter(guidance=guidance.pk).standing()
    for mark in standing.defer("reason").select_related("by__user"):
        marks.setdefault(mark.subject, []).append(mark)
    listed = [
        _listed(subject, because.get(subject, ""), marks.get(subject, []))
        for subject in Subject
        if content.library().checklist(subject, language())
    ]
    return Overview(
        here=[one for one in listed if one.shown],
        away=[one for one in listed if one.away],
        others=[one for one in listed if not one.shown and not one.away],
    )


def _listed(subject: Subject, because: str, marks: list[Mark]) -> Listed:
    library = content.library()
    checklist, kept = library.checklist(subject, language()), library.kept(subject)
    assert checklist is not None
    assert kept is not None
    points = [mark for mark in marks if mark.point]
    whole = next((mark for mark in marks if not mark.point), None)
    settled = [mark for mark in points if mark.state in SETTLED and mark.digest == kept.digest_of(mark.point)]
    return Listed(subject, checklist, because, whole, len(settled), len(points))


@dataclass(frozen=True)
class ShownPoint:
    """A point with what was done with it. `change`: what changed in it since then; `new`: it came with a later text."""

    point: content.Point
    sources: list[content.Source]
    mark: Mark | None = None
    change: changes.Change | None = None
    new: bool = False

    @property
    def settled(self) -> bool:
        """Ticked or set aside, as it reads now."""
        return self.mark is not None and self.mark.state in SETTLED and self.change is None


@dataclass(frozen=True)
class Gone:
    """A point that was ticked or set aside and is in the text no longer."""

    text: str
    mark: Mark


@dataclass
class Sheet:
    """One checklist on one guidance."""

    subject: Subject
    checklist: content.Checklist
    kept: content.Kept
    whole: Mark | None
    points: list[ShownPoint] = field(default_factory=list)
    gone: list[Gone] = field(default_factory=list)
    removed: list[changes.Change] = field(default_factory=list)
    before: int | None = None

    @property
    def settled(self) -> int:
        """How many points are settled."""
        return sum(point.settled for point in self.points)

    @property
    def changed(self) -> list[ShownPoint]:
        """Points that changed since they were ticked, or are new."""
        return [point for point in self.points if point.change is not None or point.new]

    @property
    def moved_on(self) -> bool:
        """Whether the text is another than the one last ticked in."""
        return bool(self.changed or self.gone or self.removed)


def sheet(guidance: Guidance, post: Post, subject: Subject) -> Sheet | None:
    """One checklist on a guidance; None when its files cannot be read. One query."""
    library = content.library()
    checklist, kept = library.checklist(subject, language()), library.kept(subject)
    if checklist is None or kept is None:
        return None
    rows = Mark.objects.for_post(post).filter(guidance=guidance.pk, subject=subject).standing()
    marks = list(rows.select_related("edition", "by__user"))
    made = Sheet(subject, checklist, kept, next((mark for mark in marks if not mark.point), None))
    by_point = {mark.point: mark for mark in marks if mark.point}
    last = max(by_point.values(), key=lambda mark: mark.at, default=None)
    since = {c.id: c for c in changes.between(last.edition.points, kept.points, language())} if last else {}
    if last and last.edition.digest != kept.digest:
        made.before = last.edition.version
    made.points = list(_shown(made, by_point, since))
    made.gone = [
        Gone(changes.said(_kept(mark), language())[0], mark)
        for key, mark in by_point.items()
        if mark.state in SETTLED and checklist.point(key) is None
    ]
    made.removed = [c for c in since.values() if c.kind == changes.REMOVED and c.id not in by_point]
    return made


def _shown(made: Sheet, marks: dict[str, Mark], since: dict[str, changes.Change]) -> Iterator[ShownPoint]:
    sources = {source.id: source for source in made.checklist.front.sources}
    for point in made.checklist.points:
        mark, change = marks.get(point.id), None
        if mark and mark.state in SETTLED and mark.digest != made.kept.digest_of(point.id):
            change = next(iter(changes.between(_one(_kept(mark)), _of(made.kept, point.id), language())), None)
        elif mark is None or mark.state not in SETTLED:
            found = since.get(point.id)
            change = found if found and found.kind == changes.CHANGED else None
        new = mark is None and point.id in since and since[point.id].kind == changes.ADDED
        yield ShownPoint(point, [sources[key] for key in point.sources if key in sources], mark, change, new)


def _kept(mark: Mark) -> dict[str, object] | None:
    return next((point for point in mark.edition.points if point["id"] == mark.point), None)


def _one(point: dict[str, object] | None) -> list[dict[str, object]]:
    return [point] if point else []


def _of(kept: content.Kept, key: str) -> list[dict[str, object]]:
    return [point for point in kept.points if point["id"] == key]


def found(query: str, phase: str) -> Iterable[tuple[Subject, content.Checklist]]:
    """Checklists for the list of all: those with every word of a query in them, and of a phase."""
    asked = plain(query).split()
    for subject in Subject:
        checklist = content.library().checklist(subject, language())
        if checklist is None or (phase and phase not in (subject, *checklist.front.phases)):
            continue
        text = plain(
            " ".join([checklist.front.title, checklist.lead, *(f"{p.text} {p.why}" for p in checklist.points)])
        )
        if all(word in text for word in asked):
            yield subject, checklist
