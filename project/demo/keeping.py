"""What was done to the units of the small set in the last weeks, by coordinators and providers: through the same doors.

A change that is planned, places out of service and a revision, words on what is placeable of which one grew old, and
facts that were checked lately and long ago.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

from access import clock
from access.clock import AMSTERDAM
from project.demo.ground import Ground
from shelters import inventory
from shelters.models import OutOfService, Unit
from shelters.queries import standing_at
from shelters.words import OutReason


class Keeping:
    """The events of the inventory, in no order of their own."""

    def __init__(self, ground: Ground, units: dict[str, Unit], as_of: date) -> None:
        self.ground, self.units, self.as_of = ground, units, as_of

    def events(self) -> Iterator[tuple[datetime, Callable[[], None]]]:
        """What happened when."""
        house = {
            "security": "secret", "staff_day": "present", "staff_night": "on_call", "languages": ["en", "ti", "ar"],
            "treatment": "nearby", "school": "nearby", "route": "mediates", "intake_days": [1, 2, 3, 4, 5],
            "financing": "wmo",
        }  # fmt: skip
        yield self._at(40), partial(self._change, "vuurtoren-crisis", "coordinator", house, 40)
        yield self._at(12), partial(self._take_out, "vuurtoren-crisis", "provider", 12, 8)
        yield self._at(6), partial(self._later, "vuurtoren-crisis", "provider", 12)
        yield (
            self._at(4),
            partial(
                self._change, "vuurtoren-long", "provider", {"places": 8}, -30, "Verzonnen: er komen twee kamers bij."
            ),
        )
        yield self._at(3), partial(self._change, "vuurtoren-crisis", "coordinator", {}, 3)
        yield self._at(9), partial(self._say, "ankertouw-crisis", "provider.ankertouw")
        for key, post in (("vuurtoren-crisis", "provider"), ("lichtboei-crisis", "provider.lichtboei")):
            yield self._at(1), partial(self._say, key, post)

    def _at(self, back: int) -> datetime:
        return datetime.combine(self.as_of - timedelta(days=back), time(14, 20), AMSTERDAM)

    def _change(self, key: str, post: str, facts: dict[str, Any], back: int, remark: str = "") -> None:
        day = self.as_of - timedelta(days=back)
        checked = {"as_of": clock.today(), "source": "provider" if "provider" in post else "own_count"}
        acting = self.ground.posts[post]
        inventory.change(self.units[key], facts | checked, since=day, acting=acting, remark=remark)

    def _take_out(self, key: str, post: str, back: int, days: int) -> None:
        since = self.as_of - timedelta(days=back)
        inventory.take_out(
            self.units[key], places=1, since=since, until=since + timedelta(days=days), reason=OutReason.REPAIR,
            remark="Verzonnen: lekkage in de badkamer.", acting=self.ground.posts[post],
        )  # fmt: skip

    def _later(self, key: str, post: str, days: int) -> None:
        row = OutOfService.objects.get(unit=self.units[key])
        period = type(row.period)(row.period.lower, self.as_of + timedelta(days=days))
        inventory.revise_out(
            row, self.ground.posts[post], period=period, remark="Verzonnen: het duurt langer, de loodgieter kan later."
        )

    def _say(self, key: str, post: str) -> None:
        unit = self.units[key]
        free = standing_at(clock.now(), units=[unit.pk])[unit.pk].free
        inventory.say_placeable(
            unit, max(0, free - 1), self.ground.posts[post], "Verzonnen: één kamer wordt nog geverfd."
        )
