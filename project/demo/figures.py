"""How many possible victims were registered in which year, and how a number of cases is spread over the years.

The figures stand in `figures.csv` with source and year or day of publication. Figures get revised: a later one is a
new line, not a correction of the old. For years in between the figure is interpolated, for years before the first and
after the last it is the nearest one; the large set is about proportions, not about those years.
"""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path

FILE = Path(__file__).with_name("figures.csv")


def registered() -> dict[int, int]:
    """Possible victims registered by CoMensha, by year."""
    with FILE.open(encoding="utf-8", newline="") as file:
        return {int(row["year"]): int(row["registered"]) for row in csv.DictReader(file)}


def of_year(year: int, known: dict[int, int]) -> float:
    """The figure of a year: as registered, interpolated between its neighbours, or the nearest one."""
    if year in known:
        return known[year]
    before = max((y for y in known if y < year), default=None)
    after = min((y for y in known if y > year), default=None)
    if before is None or after is None:
        return known[after if before is None else before]  # type: ignore[index]
    share = (year - before) / (after - before)
    return known[before] + share * (known[after] - known[before])


def spread(cases: int, first: date, last: date) -> list[tuple[date, date, int]]:
    """A number of cases over the years from `first` until (not including) `last`, in the proportions of the figures.

    Out: for each year the days it runs from and until, and its cases; together exactly `cases`.
    """
    known = registered()
    spans = []
    for year in range(first.year, last.year + 1):
        start, end = max(first, date(year, 1, 1)), min(last, date(year + 1, 1, 1))
        if start < end:
            days = date(year + 1, 1, 1) - date(year, 1, 1)
            spans.append((start, end, of_year(year, known) * ((end - start) / days)))
    total = sum(weight for _start, _end, weight in spans)
    exact = [cases * weight / total for _start, _end, weight in spans]
    counts = [int(share) for share in exact]
    largest = sorted(range(len(exact)), key=lambda n: counts[n] - exact[n])
    for n in largest[: cases - sum(counts)]:
        counts[n] += 1
    return [(start, end, count) for (start, end, _weight), count in zip(spans, counts, strict=True)]


def ten_years_before(day: date) -> date:
    """The day ten years earlier, the first of March for a 29 February that is not there."""
    try:
        return day.replace(year=day.year - 10)
    except ValueError:
        return (day - timedelta(days=1)).replace(year=day.year - 10) + timedelta(days=1)
