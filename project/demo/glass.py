"""Break-glass in the small set: one use in each state of its review, and attempts that opened nothing."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from functools import partial

from access import log
from access.clock import AMSTERDAM
from access.models import Post
from access.wall import Side
from cases.models import Case
from workflows.break_glass import acts
from workflows.break_glass.models import Tried, Use
from workflows.engine.steps import perform

RESTRICTED = "for named people only"


class Glass:
    """Who broke the glass of the restricted case, and what the privacy officer found."""

    def __init__(self, as_of: date, post: Callable[[str], Post], case: Callable[[str], Case]) -> None:
        self.as_of, self.post, self.case = as_of, post, case
        self.uses: dict[str, Use] = {}

    def events(self) -> Iterator[tuple[datetime, Callable[[], None]]]:
        """When something happens, and what."""
        yield self._at(7, "11:20"), partial(self._try, "coordinator2", "L-2020-000440")
        yield (
            self._at(6, "09:30"),
            partial(self._made, "coordinator2", "find_explained", "Verzonnen: twee cijfers verwisseld; gebeld."),
        )
        yield (
            self._at(5, "21:10"),
            partial(self._break, "coordinator2", "Verzonnen: de betrokkene belt in paniek, niemand neemt op."),
        )
        yield self._at(5, "21:14"), partial(self._read, "coordinator2")
        yield (
            self._at(4, "16:30"),
            partial(self._find, "coordinator2", "find_justified", "Verzonnen: er was gevaar; alleen de zaak gelezen."),
        )
        yield self._at(4, "16:52"), partial(self._try, "leaver", "L-2020-000401")
        yield self._at(4, "17:00"), partial(self._break, "leaver", "Verzonnen: ik wil weten hoe het met haar gaat.")
        yield self._at(4, "17:02"), partial(self._read, "leaver")
        yield (
            self._at(3, "10:00"),
            partial(self._find, "leaver", "find_not_justified", "Verzonnen: er was geen haast en geen gevaar."),
        )
        yield (
            self._at(3, "10:10"),
            partial(self._made, "leaver", "take_up", "Verzonnen: raadde nummers; besproken met de leidinggevende."),
        )
        yield self._at(2, "08:45"), partial(self._try, "caseworker", "L-2020-000404")
        yield (
            self._at(1, "23:05"),
            partial(self._break, "caseworker", "Verzonnen: de politie belt en vraagt waar zij veilig is."),
        )
        yield self._at(1, "23:07"), partial(self._read, "caseworker")

    def _at(self, days: int, clock_time: str) -> datetime:
        return datetime.combine(self.as_of - timedelta(days=days), time.fromisoformat(clock_time), AMSTERDAM)

    def _break(self, by: str, why: str) -> None:
        self.uses[by] = acts.break_glass(self.post(by), self.case(RESTRICTED).number, why)

    def _try(self, by: str, number: str) -> None:
        with contextlib.suppress(acts.Nothing):
            acts.break_glass(self.post(by), number, "Verzonnen: nummer verkeerd overgenomen van een briefje.")

    def _read(self, by: str) -> None:
        case = self.case(RESTRICTED)
        line = log.line(
            self.post(by), log.Action.READ, "case", case.pk, subject=case.person_id, access_point="case:page",
            emergency=True,
        )  # fmt: skip
        line.side = Side.CARE
        line.save(force_insert=True)

    def _made(self, by: str, action: str, why: str) -> None:
        day = Tried.objects.filter(user=self.post(by).user_id).latest("on")
        perform(day.pk, action, self.post("privacy"), {"reason": why})

    def _find(self, by: str, action: str, why: str) -> None:
        perform(self.uses[by].pk, action, self.post("privacy"), {"reason": why})
