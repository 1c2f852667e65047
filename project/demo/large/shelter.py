"""Units and who stayed in them, so that no place is ever taken twice at one time.

A unit is asked at random among those of its kind in the region that were open then. How many places it has is found
out at the end, from the most people it ever had at once: courses come case after case and not in the order of time.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from access.models import Organisation
from access.roles import Role
from project.demo.ground import MARK, Ground
from project.demo.large import times
from project.demo.large.world import NULL
from shelters.models import Kind, Scheme

UNITS = {
    Kind.CRISIS: 1500, Kind.LONG_STAY: 1200, Kind.MOVE_ON: 1000, Kind.SUPERVISED: 900, Kind.AMBULATORY: 300,
    Kind.EMERGENCY: 100,
}  # fmt: skip
"""Units in the whole set of 200,000 cases; a smaller set has fewer, but of every kind one in each region."""
WORDS = {
    Kind.EMERGENCY: "noodbed", Kind.CRISIS: "crisis", Kind.LONG_STAY: "lang verblijf", Kind.MOVE_ON: "doorstroom",
    Kind.SUPERVISED: "begeleid wonen", Kind.AMBULATORY: "ambulant",
}  # fmt: skip
SCHEMES = ("other",) * 5 + ("womens",) * 6 + ("social",) * 5 + ("mens",) * 2 + ("cosm", "omm")
"""Schemes by chance; under the last two CoMensha alone places people."""
CLOSES = 0.4
"""Share of the units that stopped taking people at some time in the second half of the years."""
FOR_EVER = 1 << 40


@dataclass(slots=True)
class Room:
    """A unit: when it stopped taking people, whether only CoMensha places people there, and its stays.

    A stay says from when, until when and for which process a place is held, and since when somebody is there.
    """

    key: int
    organisation: int
    region: int
    name: str
    kind: str
    closes: int
    scheme: str
    exclusive: bool
    stays: list[tuple[int, int, str, int | None]] = field(default_factory=list)


class Shelters:
    """All units of the set."""

    UNIT_COLUMNS = ("id", "organisation_id", "region_id", "name", "kind")
    LINE_COLUMNS = (
        "unit_id", "holds", "scheme_id", "places", "active", "genders", "children", "pregnant", "psychiatric",
        "wheelchair", "as_of", "known_since",
    )  # fmt: skip
    STAY_COLUMNS = ("id", "unit_id", "place", "period", "arrived_at", "ref", "known_since")

    def __init__(self, chance: random.Random, ground: Ground, regions: list[int], since: int, until: int, share: float):
        """`regions`: keys of regions, each as often as it weighs; `share`: of the whole set."""
        self.chance, self.since, self.until = chance, since, until
        self.rooms: list[Room] = []
        self._of: dict[tuple[int, str], list[Room]] = {}
        self._exclusive = set(Scheme.objects.filter(exclusive=True).values_list("code", flat=True))
        providers: dict[int, list[Organisation]] = {}
        for house in ground.houses.values():
            for post in ground.posts_at(house, Role.SHELTER_PROVIDER)[:1]:
                for region in sorted(ground.regions_of[post.pk]):
                    providers.setdefault(region, []).append(house)
        for kind, count in UNITS.items():
            for region in dict.fromkeys(regions):
                for _ in range(max(1, round(count * share * regions.count(region) / len(regions)))):
                    closes = FOR_EVER
                    if self._of.get((region, kind)) and chance.random() < CLOSES:
                        closes = until - int(chance.random() * (until - since) / 2)
                    self._build(chance.choice(providers[region]), region, kind, closes)

    def _build(self, provider: Organisation, region: int, kind: Kind, closes: int) -> None:
        name = f"{provider.name.removesuffix(MARK).removeprefix('Opvang ').strip()}, {WORDS[kind]}"
        key = len(self.rooms) + 1
        scheme = self.chance.choice(SCHEMES)
        room = Room(key, provider.pk, region, f"{name} {key}", str(kind), closes, scheme, scheme in self._exclusive)
        self.rooms.append(room)
        self._of.setdefault((region, str(kind)), []).append(room)

    def ask(self, region: int, kind: str, at: int) -> Room:
        """A unit of a kind in a region that takes people at a moment."""
        rooms = self._of[region, kind]
        while (room := rooms[int(self.chance.random() * len(rooms))]).closes <= at:
            pass  # the first of each kind never closes
        return room

    def rows(self, make_key: Callable[[], str]) -> Iterator[tuple[str, str]]:
        """The rows of all units and stays, each with the name of its table. `make_key` gives the key of a stay."""
        for room in self.rooms:
            free: list[tuple[int, int]] = []
            places, lasting = 0, False
            for start, end, ref, arrived in sorted(room.stays, key=lambda stay: stay[:3]):
                if free and free[0][0] <= start:
                    place = heapq.heappop(free)[1]
                else:
                    places += 1
                    place = places
                heapq.heappush(free, (end, place))
                lasting = lasting or end == FOR_EVER
                until = "" if end == FOR_EVER else times.text(end)
                since, came = times.text(start), NULL if arrived is None else times.text(arrived)
                yield "stay", f"{make_key()}\t{room.key}\t{place}\t[{since},{until})\t{came}\t{ref}\t{since}\n"
            yield "unit", f"{room.key}\t{room.organisation}\t{room.region}\t{room.name}\t{room.kind}\n"
            yield "line", self._line(room, max(places, self.chance.randint(2, 6)), lasting or room.closes == FOR_EVER)

    def _line(self, room: Room, places: int, active: bool) -> str:
        genders = self.chance.choice(("{}", "{woman}", "{woman}", "{man}", "{woman,man,other}"))
        takes = self.chance.choice(
            ("\t\t\t", "yes\t\t\t", "yes\tyes\t\t", "no\t\tyes\t", "\tconsult\tconsult\t", "\t\tno\tyes")
        )
        since, as_of = times.text(self.since), times.text(self.until)
        return (
            f"{room.key}\t[{since[:10]},)\t{room.scheme}\t{places}\t{'t' if active else 'f'}\t{genders}\t{takes}\t"
            f"{as_of[:10]}\t{since}\n"
        )
