"""Where the parts of a diagram stand: a layered drawing from top to bottom, as small as a process needs.

The way of Sugiyama: turn back the edges that close a cycle, give every node a layer below what leads to it, put
stand-ins where an edge crosses a layer, order each layer so that few edges cross, and move the nodes as close to
their neighbours as the room between them allows. Pure: sizes come in, places come out; the same input gives the
same drawing.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

Node = Hashable
Edge = tuple[Node, Node]

SWEEPS = 24
GAP_X = 28.0
GAP_Y = 34.0
STAND_IN = 2.0
PORT = 16.0
PULL = (1.0, 2.0, 8.0)  # how hard a link pulls, by how many of its ends are stand-ins


@dataclass
class Place:
    """Where a node stands: its middle and its size."""

    x: float
    y: float
    width: float
    height: float

    @property
    def top(self) -> float:
        """Its upper side."""
        return self.y - self.height / 2

    @property
    def bottom(self) -> float:
        """Its lower side."""
        return self.y + self.height / 2

    @property
    def left(self) -> float:
        """Its left side."""
        return self.x - self.width / 2


@dataclass
class Layout:
    """Places of the nodes, the points every edge runs through from source to target, and the size of it all."""

    places: dict[Node, Place] = field(default_factory=dict)
    paths: dict[Edge, list[tuple[float, float]]] = field(default_factory=dict)
    width: float = 0.0
    height: float = 0.0


@dataclass(frozen=True)
class _StandIn:
    edge: Edge
    layer: int


def arrange(
    nodes: Sequence[Node], edges: Iterable[Edge], size: Callable[[Node], tuple[float, float]], *, first: Node
) -> Layout:
    """Arrange `nodes` (the first layer begins with `first`) and `edges`; `size` gives width and height of a node."""
    wanted = list(dict.fromkeys(edge for edge in edges if edge[0] != edge[1]))
    turned = _back_edges(nodes, wanted, first)
    downward = [(b, a) if (a, b) in turned else (a, b) for a, b in wanted]
    layer_of = _layers(nodes, downward)
    chains, layers = _with_stand_ins(nodes, wanted, turned, layer_of)
    links = [(a, b) for chain in chains.values() for a, b in pairwise(chain)]
    _order(layers, links)
    boxes = {node: (STAND_IN, 0.0) if isinstance(node, _StandIn) else size(node) for row in layers for node in row}
    xs = _across(layers, links, {node: box[0] for node, box in boxes.items()})
    return _draw(layers, boxes, xs, chains, turned)


def _back_edges(nodes: Sequence[Node], edges: list[Edge], first: Node) -> set[Edge]:
    """Edges that lead back to where a walk from `first` came from: turned round, the rest has no cycle."""
    onward: dict[Node, list[Node]] = {node: [] for node in nodes}
    for a, b in edges:
        onward[a].append(b)
    back: set[Edge] = set()
    state: dict[Node, int] = {}

    def walk(node: Node) -> None:
        state[node] = 1
        for other in onward[node]:
            if state.get(other) == 1:
                back.add((node, other))
            elif other not in state:
                walk(other)
        state[node] = 2

    for node in [first, *nodes]:
        if node not in state:
            walk(node)
    return back


def _layers(nodes: Sequence[Node], edges: list[Edge]) -> dict[Node, int]:
    """For every node the length of the longest way to it."""
    into: dict[Node, list[Node]] = {node: [] for node in nodes}
    for a, b in edges:
        into[b].append(a)
    known: dict[Node, int] = {}

    def layer(node: Node) -> int:
        if node not in known:
            known[node] = 0
            known[node] = max((layer(before) + 1 for before in into[node]), default=0)
        return known[node]

    for node in nodes:
        layer(node)
    return known


def _with_stand_ins(
    nodes: Sequence[Node], edges: list[Edge], turned: set[Edge], layer_of: dict[Node, int]
) -> tuple[dict[Edge, list[Node]], list[list[Node]]]:
    layers: list[list[Node]] = [[] for _ in range(max(layer_of.values(), default=0) + 1)]
    for node in nodes:
        layers[layer_of[node]].append(node)
    chains: dict[Edge, list[Node]] = {}
    for edge in edges:
        upper, lower = (edge[1], edge[0]) if edge in turned else edge
        between: list[Node] = [_StandIn(edge, number) for number in range(layer_of[upper] + 1, layer_of[lower])]
        for stand_in, number in zip(between, range(layer_of[upper] + 1, layer_of[lower]), strict=True):
            layers[number].append(stand_in)
        chains[edge] = [upper, *between, lower]
    return chains, layers


def _order(layers: list[list[Node]], links: list[Edge]) -> None:
    """Order every layer by where its neighbours stand, down and up again; the best order seen is kept."""
    above: dict[Node, list[Node]] = {}
    below: dict[Node, list[Node]] = {}
    for a, b in links:
        above.setdefault(b, []).append(a)
        below.setdefault(a, []).append(b)
    best, fewest = [list(row) for row in layers], _crossings(layers, below)
    for sweep in range(SWEEPS):
        downward = sweep % 2 == 0
        rows = range(1, len(layers)) if downward else range(len(layers) - 2, -1, -1)
        for number in rows:
            neighbours = above if downward else below
            at = {node: place for place, node in enumerate(layers[number - 1 if downward else number + 1])}
            middle = {
                node: sum(at[n] for n in neighbours[node]) / len(neighbours[node]) if neighbours.get(node) else place
                for place, node in enumerate(layers[number])
            }
            layers[number].sort(key=middle.__getitem__)
        crossings = _crossings(layers, below)
        if crossings < fewest:
            best, fewest = [list(row) for row in layers], crossings
    layers[:] = best


def _crossings(layers: list[list[Node]], below: dict[Node, list[Node]]) -> int:
    count = 0
    for upper, lower in pairwise(layers):
        at = {node: place for place, node in enumerate(lower)}
        ends = [sorted(at[other] for other in below.get(node, []) if other in at) for node in upper]
        for number, left in enumerate(ends):
            for right in ends[number + 1 :]:
                count += sum(1 for a in left for b in right if a > b)
    return count


def _across(layers: list[list[Node]], links: list[Edge], width: dict[Node, float]) -> dict[Node, float]:
    """Where every node stands from left to right: as near to the middle of its neighbours as its layer allows.

    Links between stand-ins pull hardest, so that long lines become straight.
    """
    near: dict[Node, list[tuple[Node, float]]] = {}
    for a, b in links:
        pull = PULL[isinstance(a, _StandIn) + isinstance(b, _StandIn)]
        near.setdefault(a, []).append((b, pull))
        near.setdefault(b, []).append((a, pull))
    weight = {node: sum(pull for _other, pull in near.get(node, [(node, 1.0)])) for row in layers for node in row}
    x: dict[Node, float] = {}
    for row in layers:
        x |= _spread(row, dict.fromkeys(row, 0.0), weight, width)
    for sweep in range(2 * SWEEPS):
        for row in layers if sweep % 2 == 0 else reversed(layers):
            wanted = {
                node: sum(x[other] * pull for other, pull in near.get(node, [(node, 1.0)])) / weight[node]
                for node in row
            }
            x |= _spread(row, wanted, weight, width)
    return x


def _spread(
    row: list[Node], wanted: dict[Node, float], weight: dict[Node, float], width: dict[Node, float]
) -> dict[Node, float]:
    """The places nearest to the wanted ones (least squares) that keep order and distance: neighbours are pooled."""
    offset, total = {}, 0.0
    for number, node in enumerate(row):
        if number:
            total += width[row[number - 1]] / 2 + GAP_X + width[node] / 2
        offset[node] = total
    pools: list[tuple[float, float, list[Node]]] = []
    for node in row:
        mean, heavy, members = wanted[node] - offset[node], weight[node], [node]
        while pools and pools[-1][0] > mean:
            other, other_heavy, before = pools.pop()
            mean = (other * other_heavy + mean * heavy) / (other_heavy + heavy)
            heavy += other_heavy
            members = before + members
        pools.append((mean, heavy, members))
    return {node: mean + offset[node] for mean, _heavy, members in pools for node in members}


def _draw(
    layers: list[list[Node]],
    boxes: dict[Node, tuple[float, float]],
    xs: dict[Node, float],
    chains: dict[Edge, list[Node]],
    turned: set[Edge],
) -> Layout:
    made = Layout()
    left = min(xs[node] - boxes[node][0] / 2 for row in layers for node in row) - GAP_X / 2
    y, middle = GAP_Y / 2, {}
    for row in layers:
        height = max(boxes[node][1] for node in row)
        for node in row:
            # A stand-in is as high as its layer: a line goes straight through it, past its neighbours.
            own = height if isinstance(node, _StandIn) else boxes[node][1]
            middle[node] = Place(xs[node] - left, y + height / 2, boxes[node][0], own)
        y += height + GAP_Y
    made.places = {node: place for node, place in middle.items() if not isinstance(node, _StandIn)}
    made.width = max(place.x + place.width / 2 for place in middle.values()) + GAP_X / 2
    made.height = y - GAP_Y / 2
    out, into = _ports(chains, middle)
    for edge, chain in chains.items():
        points = [(out[edge], middle[chain[0]].bottom)]
        for node in chain[1:-1]:
            points += [(middle[node].x, middle[node].top), (middle[node].x, middle[node].bottom)]
        points += [(into[edge], middle[chain[-1]].top)]
        made.paths[edge] = points[::-1] if edge in turned else points
    return made


def _ports(chains: dict[Edge, list[Node]], middle: dict[Node, Place]) -> tuple[dict[Edge, float], dict[Edge, float]]:
    """Where lines touch the nodes: side by side along the lower and the upper edge, in the order they come from."""
    below: dict[Node, list[Edge]] = {}
    above: dict[Node, list[Edge]] = {}
    for edge, chain in chains.items():
        below.setdefault(chain[0], []).append(edge)
        above.setdefault(chain[-1], []).append(edge)
    out: dict[Edge, float] = {}
    into: dict[Edge, float] = {}
    for node, edges in below.items():
        edges.sort(key=lambda edge: middle[chains[edge][1]].x)
        out |= dict(zip(edges, _along(middle[node], len(edges)), strict=True))
    for node, edges in above.items():
        edges.sort(key=lambda edge: middle[chains[edge][-2]].x)
        into |= dict(zip(edges, _along(middle[node], len(edges)), strict=True))
    return out, into


def _along(place: Place, count: int) -> list[float]:
    step = min(PORT, (place.width - 2 * PORT) / max(1, count - 1)) if count > 1 else 0.0
    return [place.x + step * (number - (count - 1) / 2) for number in range(count)]


__all__ = ["Layout", "Place", "arrange"]
