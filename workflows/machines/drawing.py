"""A machine as a drawing: boxes for states, plates for steps, lines between them, ready to be written as SVG."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from textwrap import wrap

from django.utils.translation import gettext as _

from workflows.machines.describe import MachineSaid, StateSaid, StepSaid
from workflows.machines.layout import Layout, Place, arrange

Point = tuple[float, float]

TITLE, SMALL = 15.0, 13.0  # sizes of letters, in units of the drawing
LINE = 18.0
WIDE, NARROW = 0.56, 0.53  # average width of a letter as a part of its size, in bold and in plain
PAD_X, PAD_Y = 14.0, 11.0
STATE_LETTERS, STEP_LETTERS = 26, 24


@dataclass(frozen=True)
class TextLine:
    """A line of text at a place; `strong` for a name."""

    text: str
    x: float
    y: float
    strong: bool = False


@dataclass(frozen=True)
class Flag:
    """Words on the upper edge of a box."""

    place: Place
    line: TextLine


@dataclass(frozen=True)
class Box:
    """A state: its box and lines of text; `here` when the process is in it, `passed` when it has been."""

    code: str
    sort: str
    place: Place
    lines: tuple[TextLine, ...]
    here: bool = False
    passed: bool = False
    inner: Place | None = None  # the second line of an end
    flag: Flag | None = None  # says that the process is here


@dataclass(frozen=True)
class Plate:
    """Steps between the same states: their names together on one plate."""

    place: Place
    lines: tuple[TextLine, ...]
    system: bool = False
    passed: bool = False


@dataclass(frozen=True)
class Wire:
    """A line of the drawing, as SVG's path; with an arrow where it enters a state."""

    path: str
    arrow: bool = False
    passed: bool = False
    system: bool = False
    reopening: bool = False


@dataclass
class Drawing:
    """Everything to be drawn, back to front: wires, plates, boxes."""

    width: float
    height: float
    boxes: list[Box] = field(default_factory=list)
    plates: list[Plate] = field(default_factory=list)
    wires: list[Wire] = field(default_factory=list)


@dataclass(frozen=True)
class Taken:
    """The way one process went: steps as (action, from, to), and the state it is in."""

    steps: frozenset[tuple[str, str, str]] = frozenset()
    here: str = ""

    @property
    def states(self) -> frozenset[str]:
        """States it has been in."""
        return frozenset(state for step in self.steps for state in step[1:] if state) | ({self.here} - {""})


@dataclass(frozen=True)
class _Group:
    """Steps with the same sources and the same target."""

    sources: tuple[str, ...]
    target: str
    steps: tuple[StepSaid, ...]


def draw(machine: MachineSaid, taken: Taken = Taken()) -> Drawing:
    """The drawing of a machine, with the way of one process in it."""
    groups, texts, layout = _arranged(machine)
    made = Drawing(round(layout.width, 1), round(layout.height, 1))
    for group in groups:
        passed = {step[1] for step in taken.steps if step[2] == group.target and _has(group, step[0])}
        made.plates.append(_plate(layout.places[group], texts[group], group, bool(passed)))
        for source in group.sources:
            made.wires.append(_wire(layout, (source, group), source in passed, group))
        made.wires.append(_wire(layout, (group, group.target), bool(passed), group, arrow=True))
    for state in machine.states:
        made.boxes.append(_box(state, layout.places[state.code], texts[state.code], taken))
    return made


Texts = Mapping[object, list[tuple[str, bool]]]


@lru_cache(maxsize=64)
def _arranged(machine: MachineSaid) -> tuple[list[_Group], Texts, Layout]:
    """Groups, texts and places of a machine: the same for every process of the kind, so worked out once."""
    groups = _groups(machine.steps)
    texts: dict[object, list[tuple[str, bool]]] = {state.code: _box_lines(state) for state in machine.states}
    texts |= {group: _plate_lines(group) for group in groups}
    edges: list[tuple[Hashable, Hashable]] = [(source, group) for group in groups for source in group.sources]
    edges += [(group, group.target) for group in groups]
    nodes = [*(state.code for state in machine.states), *groups]
    return groups, texts, arrange(nodes, edges, lambda node: _size(texts[node]), first=machine.initial)


def _groups(steps: Iterable[StepSaid]) -> list[_Group]:
    together: dict[tuple[tuple[str, ...], str], list[StepSaid]] = {}
    for step in steps:
        together.setdefault((tuple(sorted(step.sources)), step.target), []).append(step)
    return [_Group(sources, target, tuple(members)) for (sources, target), members in together.items()]


def _has(group: _Group, action: str) -> bool:
    return any(step.action == action for step in group.steps)


def _box_lines(state: StateSaid) -> list[tuple[str, bool]]:
    lines = [(line, True) for line in wrap(state.label, STATE_LETTERS)]
    if state.owner:
        lines += [(line, False) for line in wrap(state.owner, STATE_LETTERS + 4)]
    if state.term:
        length = f"{state.term.length} / {state.urgent.length}" if state.urgent else state.term.length
        lines += [(line, False) for line in wrap(length, STATE_LETTERS + 4)]
    return lines


def _plate_lines(group: _Group) -> list[tuple[str, bool]]:
    return [(line, False) for step in group.steps for line in wrap(step.label, STEP_LETTERS)]


def _size(lines: list[tuple[str, bool]]) -> tuple[float, float]:
    width = max(len(text) * (TITLE * WIDE if strong else SMALL * NARROW) for text, strong in lines)
    return width + 2 * PAD_X, len(lines) * LINE + 2 * PAD_Y - 6


def _placed(place: Place, lines: list[tuple[str, bool]]) -> tuple[TextLine, ...]:
    first = place.y - (len(lines) - 1) * LINE / 2 + SMALL / 3
    return tuple(
        TextLine(text, round(place.x, 1), round(first + number * LINE, 1), strong)
        for number, (text, strong) in enumerate(lines)
    )


def _rounded(place: Place) -> Place:
    return Place(*(round(value, 1) for value in (place.x, place.y, place.width, place.height)))


def _box(state: StateSaid, place: Place, lines: list[tuple[str, bool]], taken: Taken) -> Box:
    here = state.code == taken.here
    return Box(
        code=state.code,
        sort=state.sort,
        place=_rounded(place),
        lines=_placed(place, lines),
        here=here,
        passed=state.code in taken.states,
        inner=_rounded(Place(place.x, place.y, place.width - 7, place.height - 7)) if state.sort == "end" else None,
        flag=_flag(place) if here else None,
    )


def _flag(place: Place) -> Flag:
    text = _("Now here")
    width = len(text) * SMALL * WIDE + 20
    flag = Place(place.x, place.top - 3, width, 20)
    return Flag(_rounded(flag), TextLine(text, round(flag.x, 1), round(flag.y + SMALL / 3, 1)))


def _plate(place: Place, lines: list[tuple[str, bool]], group: _Group, passed: bool) -> Plate:
    system = all(step.system for step in group.steps)
    return Plate(_rounded(place), _placed(place, lines), system, passed)


def _wire(layout: Layout, edge: tuple[object, object], passed: bool, group: _Group, arrow: bool = False) -> Wire:
    system = all(step.system for step in group.steps)
    return Wire(_curve(layout.paths[edge]), arrow, passed, system)  # type: ignore[index]


def _curve(points: list[Point]) -> str:
    """A smooth line that leaves and enters upright."""
    parts = [f"M{points[0][0]:.1f} {points[0][1]:.1f}"]
    for (x1, y1), (x2, y2) in pairwise(points):
        bend = (y2 - y1) / 2
        parts.append(f"C{x1:.1f} {y1 + bend:.1f} {x2:.1f} {y2 - bend:.1f} {x2:.1f} {y2:.1f}")
    return "".join(parts)
