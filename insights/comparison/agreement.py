"""How far members agree: Krippendorff's alpha for findings without an order.

Computed here from coincidences and not by the package `krippendorff`: that asks for what each member found in each
file, and brings numpy along for a few sums. Coincidences are sums over many files, so that no opinion leaves its side
of the wall. Source: K. Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), whose worked examples are the
tests.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

Coincidences = Mapping[tuple[str, str], float]


def coincidences(units: Iterable[Sequence[str]]) -> dict[tuple[str, str], float]:
    """Of every file the pairs of what two different members found, so weighed that each finding counts once.

    In: the findings in each file; files with fewer than two say nothing. Out: the weight of each ordered pair.
    """
    found: dict[tuple[str, str], float] = defaultdict(float)
    for unit in units:
        if len(unit) < 2:
            continue
        counted = Counter(unit)
        for one, many in counted.items():
            for other, more in counted.items():
                found[one, other] += many * (more - (one == other)) / (len(unit) - 1)
    return dict(found)


def alpha(pairs: Coincidences) -> float | None:
    """1: all agree; 0: no more than by chance; under 0: less. None where nothing can be said: nothing was found, or all
    members found the same in all files, so that agreement cannot be told from a lack of difference.
    """
    margins: dict[str, float] = defaultdict(float)
    for (one, _other), weight in pairs.items():
        margins[one] += weight
    total = sum(margins.values())
    if total <= 1:
        return None
    observed = sum(weight for (one, other), weight in pairs.items() if one != other)
    expected = (total**2 - sum(margin**2 for margin in margins.values())) / (total - 1)
    return 1 - observed / expected if expected > 1e-9 else None
