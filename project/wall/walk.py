"""The program's part of the check: walk it with the wall up, breach it in every way, and walk it with the wall down."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.core import mail

from project.wall import addresses, breaches, deeds, down, program, scratch, undone, world
from project.wall.deeds import Deed
from project.wall.pages import overheard
from project.wall.planting import Marks, Row
from project.wall.program import Lookup, Visit
from project.wall.world import Asking, Worlds

if TYPE_CHECKING:
    from project.wall.check import Result


class Walk:
    """The walk through one set of worlds."""

    def __init__(self, worlds: Worlds, people: list[Asking], rows: list[Row], marks: Marks, full: bool) -> None:
        self.worlds, self.marks, self.full = worlds, marks, full
        self.people = people if full else [who for who in people if who.role in program.ONE_OF_EACH]
        self.visits = [*program.visits(self.people, rows, full), *program.sent(self.people, rows)]
        self.lookups = list(program.lookups(self.people, rows, full))
        if not full:
            self.visits = list(_one_of_each(self.visits))
        with world.entered(worlds.whole):
            self.posts = program.posts(self.people)
        self.deeds = list(deeds.all_of(self.people, self.posts, rows))
        self.small: list[Lookup | Deed] = [*self.lookups, *self.deeds]

    def up(self, result: Result) -> None:
        """With the wall up: nothing may come across, into no page, no log and no mail."""
        with overheard() as heard:
            seen = program.observe(self.worlds, self.visits, self.people)
            for visit in self.visits:
                for why in (program.crossing(visit, seen, self.worlds, self.marks),
                            program.broken(visit, seen, self.worlds)):  # fmt: skip
                    if why:
                        result.crossings.append(f"{visit.name}: {why}")
            with world.entered(self.worlds.whole):
                for probe in self.small:
                    if why := self._small(probe):
                        result.crossings.append(f"{probe.name}: {why}")
            letters = "\n".join(f"{m.subject}\n{m.body}\n{m.to}" for m in getattr(mail, "outbox", []))
            for where, text in (("log", "\n".join(heard.text)), ("mail", letters)):
                if mark := self.marks.out(text.encode(), None):
                    result.crossings.append(f"{where}: a mark came out: {mark!r}")

    def breach(self, result: Result) -> None:
        """Each breach of the program in turn: a probe near it must find it."""
        for breach in breaches.all_of():
            near = [p for p in [*self.visits, *self.small] if breach.near(p)]
            with overheard(), breach.make():
                found = self._finds(near)
            (result.killed if found else result.alive).append(breach.name)

    def down(self, result: Result) -> None:
        """With the wall down every probe must find something."""
        for name in self.worlds.all:
            with scratch.admin(name) as admin:
                for statement in down.rights(admin):
                    admin.execute(statement.encode())
        with overheard(), undone.down():
            seen = program.observe(self.worlds, self.visits, self.people)
            result.void += [v.name for v in self.visits if not program.crossing(v, seen, self.worlds, self.marks)]
            with world.entered(self.worlds.whole):
                result.void += [p.name for p in self.small if not self._small(p)]

    def _small(self, probe: Lookup | Deed) -> str:
        if isinstance(probe, Deed):
            return probe.crossing()
        return program.look(probe, self.posts[probe.who.name], self.marks)

    def _finds(self, near: list[Visit | Lookup | Deed]) -> bool:
        visits = [p for p in near if isinstance(p, Visit)][:: max(1, len(near) // breaches.NEAR)]
        if visits:
            seen = program.observe(self.worlds, visits, self.people)
            if any(
                program.crossing(v, seen, self.worlds, self.marks) or program.broken(v, seen, self.worlds)
                for v in visits
            ):
                return True
        with world.entered(self.worlds.whole):
            return any(self._small(p) for p in near if not isinstance(p, Visit))


def walk(name: str, people: list[Asking], rows: list[Row], marks: Marks, full: bool, result: Result) -> None:
    """Walk the program on copies of the database `name`, to which nobody may be connected."""
    result.untried += [f"{a.route}: no probe for {sorted(a.unknown)}" for a in addresses.known() if a.unknown]
    with world.copies(name, rows) as worlds:
        found = Walk(worlds, people, rows, marks, full)
        result.probes += len(found.visits) + len(found.lookups) + len(found.deeds)
        result.roads |= {v.road for v in found.visits} | {d.road for d in found.deeds}
        result.roads |= {f"queryset, {one.asked}" for one in found.lookups} | {"log", "mail"}
        found.up(result)
        if full:
            found.breach(result)
        found.down(result)


def _one_of_each(visits: Iterable[Visit]) -> Iterable[Visit]:
    """Of the probes of one road by one person at one address the first; doors are tried by tests of their own."""
    seen = set()
    for visit in visits:
        at = (visit.road, visit.who.name, *(part for part in visit.asked[0][1].split("/") if part.isalpha()))
        if not visit.shut and at not in seen:
            seen.add(at)
            yield visit
