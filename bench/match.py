"""Ten best places of 5,000 units and 1,000,000 stays for one person, and why nothing fits.

Our side is `find` with its wishes and reasons, against one query by hand that answers the hard rules alone, on the same
connection's rights as the administrator. By turns, for six different people; the figure is the ratio of the 95th
percentiles. `explain` keeps for each unit what it fails.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction

from access import clock
from access.models import Organisation, Post, User
from access.roles import Role
from access.wall import Side, taken
from access.words import Gender, Need
from bench import database, inventory
from bench.figures import Figure, bench
from shelters.matching.find import explain, find
from shelters.matching.wanted import Dates, Wanted

TURNS = 20
GOAL, EXPLAIN_MS = 1.5, 200.0

BARE = """
SELECT u.id, u.name, c.places - coalesce(s.taken, 0) - coalesce(o.gone, 0) AS free
FROM shelters_unit u JOIN shelters_capacity c ON c.unit_id = u.id AND c.holds @> %(since)s
LEFT JOIN (SELECT unit_id, count(DISTINCT place) AS taken FROM shelters_stay
    WHERE period && tstzrange(%(begin)s, %(end)s) GROUP BY 1) s ON s.unit_id = u.id
LEFT JOIN (SELECT unit_id, sum(places) AS gone FROM shelters_outofservice
    WHERE period && daterange(%(since)s, %(until)s) GROUP BY 1) o ON o.unit_id = u.id
WHERE c.active AND (%(kind)s::text IS NULL OR u.kind = %(kind)s)
    AND (c.genders = '{}' OR %(gender)s = ANY(c.genders)) AND (c.forms = '{}' OR c.forms::text[] && %(forms)s::text[])
    AND %(age)s >= coalesce(c.age_from * 12, 216) AND (c.age_to IS NULL OR %(age)s < (c.age_to + 1) * 12)
    AND (NOT %(children)s OR c.children = 'yes') AND (NOT %(addiction)s OR c.addiction = 'yes')
    AND (c.residence = '{}' OR 'eu' = ANY(c.residence))
    AND c.places - coalesce(s.taken, 0) - coalesce(o.gone, 0) >= 1
ORDER BY free DESC, u.id LIMIT 10
"""


def _people() -> list[Wanted]:
    def one(gender: str, kinds: set[str], needs: set[str], forms: set[str]) -> Wanted:
        return Wanted(
            kinds=frozenset(kinds), gender=gender, lowest_age=360, highest_age=360, needs=frozenset(needs),
            forms=frozenset(forms), residence="eu", languages=frozenset({"ro"}),
        )  # fmt: skip

    return [
        one(Gender.WOMAN, {"crisis"}, set(), {"sexual"}),
        one(Gender.MAN, set(), set(), {"labour"}),
        one(Gender.WOMAN, {"long_stay"}, {Need.CHILDREN}, {"sexual"}),
        one(Gender.OTHER, set(), {Need.ADDICTION}, {"criminal"}),
        one(Gender.MAN, {"move_on"}, {Need.CHILDREN, Need.ADDICTION}, {"labour"}),
        one(Gender.WOMAN, set(), set(), {"other"}),
    ]


def _by_hand(wanted: Wanted, dates: Dates) -> dict[str, Any]:
    return {
        "since": dates.since, "until": dates.until, "begin": dates.begin, "end": dates.end,
        "kind": next(iter(wanted.kinds), None), "gender": wanted.gender, "forms": sorted(wanted.forms),
        "age": wanted.lowest_age, "children": Need.CHILDREN in wanted.needs,
        "addiction": Need.ADDICTION in wanted.needs,
    }  # fmt: skip


def _ms(act: Callable[[], object]) -> float:
    begun = time.perf_counter()
    act()
    return (time.perf_counter() - begun) * 1000


def _p95(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.95)]


def _post() -> Post:
    with taken(Side.COMMON), transaction.atomic():
        house = Organisation.objects.create(name="Zorg Meetpunt", kind="care_coordination", side=Side.CARE)
        user = User.objects.create(email="plaatsing@example.invalid", name="Plaatsing Proef")
        post: Post = Post.objects.create(
            user=user, role=Role.NATIONAL_DESK, organisation=house, starts_on=date(2020, 1, 1)
        )
        return post


@bench("match")
def match() -> Iterator[Figure]:
    """Ten best for one person against the hard rules by hand, and the explanation of nothing fits."""
    with inventory.of(5000):
        note = f"5,000 units, {database.counted('shelters_stay'):,} stays"
        post = _post()
        dates = Dates(clock.today() + timedelta(days=3), clock.today() + timedelta(days=45))
        ours, bare, why = [], [], []
        with database.admin() as admin:
            admin.prepare_threshold = None
            for turn in range(TURNS + 2):
                for wanted in _people():
                    with taken(Side.CARE), transaction.atomic():
                        one = _ms(lambda w=wanted: find(w, post, dates))  # type: ignore[misc]
                        told = _ms(lambda w=wanted: explain(w, post, dates))  # type: ignore[misc]
                    given = _by_hand(wanted, dates)
                    other = _ms(lambda g=given: admin.execute(BARE, g).fetchall())  # type: ignore[misc]
                    if turn >= 2:
                        ours.append(one)
                        bare.append(other)
                        why.append(told)
        yield Figure("match.find.p95.ms", _p95(ours), "ms", "", note="this machine, this run")
        yield Figure("match.bare.p95.ms", _p95(bare), "ms", "", note="this machine, this run")
        yield Figure("match.find", _p95(ours) / _p95(bare), "ratio", "hard rules by hand", GOAL, more=False, note=note)
        yield Figure("match.explain.p95", _p95(why), "ms", "limit", EXPLAIN_MS, more=False, note=note)
    connection.close()
