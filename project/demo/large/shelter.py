"""Places: given out so that no place is ever taken twice at one time, in as many units as that needs."""

from __future__ import annotations

import heapq
import random
from dataclasses import dataclass

from access.models import Organisation
from access.roles import Role
from project.demo.ground import MARK, Ground
from project.demo.large import times
from shelters.models import Kind

SIZES = {
    Kind.EMERGENCY: (2, 4), Kind.CRISIS: (8, 20), Kind.LONG_STAY: (6, 16), Kind.MOVE_ON: (6, 16),
    Kind.SUPERVISED: (4, 10), Kind.AMBULATORY: (20, 60),
}  # fmt: skip
WORDS = {
    Kind.EMERGENCY: "noodbed", Kind.CRISIS: "crisis", Kind.LONG_STAY: "lang verblijf", Kind.MOVE_ON: "doorstroom",
    Kind.SUPERVISED: "begeleid wonen", Kind.AMBULATORY: "ambulant",
}  # fmt: skip


@dataclass(slots=True)
class Room:
    """A unit as it fills."""

    key: int
    organisation: int
    region: int
    name: str
    kind: str
    places: int
    used: int = 0


Place = tuple[Room, int]


class Shelters:
    """Gives places; asked in about the order of time, it opens a new place only when none is free."""

    UNIT_COLUMNS = (
        "id",
        "organisation_id",
        "region_id",
        "name",
        "kind",
        "scheme",
        "places",
        "genders",
        "takes",
        "active",
    )
    STAY_COLUMNS = ("id", "unit_id", "place", "period", "ref")

    def __init__(self, chance: random.Random, ground: Ground) -> None:
        self.chance = chance
        self.rooms: list[Room] = []
        self._free: dict[tuple[int, str], list[tuple[int, int, Place]]] = {}
        self._filling: dict[tuple[int, str], Room] = {}
        self._providers: dict[int, list[Organisation]] = {}
        self._turn = 0
        for house in ground.houses.values():
            for post in ground.posts_at(house, Role.SHELTER_PROVIDER)[:1]:
                for region in sorted(ground.regions_of[post.pk]):
                    self._providers.setdefault(region, []).append(house)

    def hold(self, region: int, kind: str, at: int) -> Place:
        """A place that is free from a moment on; it is held until `release()`."""
        free = self._free.setdefault((region, kind), [])
        if free and free[0][0] <= at:
            return heapq.heappop(free)[2]
        room = self._filling.get((region, kind))
        if room is None or room.used == room.places:
            room = self._filling[region, kind] = self._build(region, kind)
        room.used += 1
        return room, room.used

    def release(self, place: Place, at: int) -> None:
        """Give a place back."""
        self._turn += 1
        heapq.heappush(self._free[place[0].region, place[0].kind], (at, self._turn, place))

    def _build(self, region: int, kind: str) -> Room:
        provider = self.chance.choice(self._providers[region])
        least, most = SIZES[Kind(kind)]
        name = f"{provider.name.removesuffix(MARK).removeprefix('Opvang ').strip()}, {WORDS[Kind(kind)]}"
        key = len(self.rooms) + 1
        room = Room(key, provider.pk, region, f"{name} {key}", kind, self.chance.randint(least, most))
        self.rooms.append(room)
        return room

    def unit_rows(self) -> list[str]:
        """The rows of all units."""
        rows = []
        for room in self.rooms:
            genders = self.chance.choice(("{}", "{woman}", "{woman}", "{man}", "{woman,man,other}"))
            takes = self.chance.choice(("{}", "{children}", "{children,pregnant}", "{psychiatric}", "{wheelchair}"))
            scheme = self.chance.choice(("", "", "", "cosm", "omm"))
            rows.append(
                f"{room.key}\t{room.organisation}\t{room.region}\t{room.name}\t{room.kind}\t{scheme}\t{room.places}\t"
                f"{genders}\t{takes}\tt\n"
            )
        return rows


def stay_row(key: str, place: Place, start: int, end: int | None, ref: str) -> str:
    """The row of a stay; `end` is None while it lasts."""
    until = "" if end is None else times.text(end)
    return f"{key}\t{place[0].key}\t{place[1]}\t[{times.text(start)},{until})\t{ref}\n"
