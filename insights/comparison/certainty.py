"""How sure a figure is: intervals of 95 per cent, and when there is too little to compare."""

from __future__ import annotations

from math import ceil, floor, sqrt

Z = 1.959964
"""The normal deviate of 95 per cent."""


def wilson(part: int, whole: int) -> tuple[float, float] | None:
    """The Wilson score interval of a share. In: how many of how many. Out: two shares; None of nothing.

    Errors: ValueError when the part is more than the whole. Source: E.B. Wilson (1927); sound for small numbers and for
    shares of none and all, where the usual interval is not.
    """
    if not 0 <= part <= whole:
        raise ValueError(f"{part} of {whole}")
    if whole == 0:
        return None
    share, square = part / whole, Z**2
    middle = (share + square / (2 * whole)) / (1 + square / whole)
    half = Z / (1 + square / whole) * sqrt(share * (1 - share) / whole + square / (4 * whole**2))
    return max(0.0, middle - half), min(1.0, middle + half)


def ranks(number: int, quantile: float) -> tuple[int, int] | None:
    """Between which of the ordered values, counted from 1, a quantile lies: the order-statistics interval (binomial).

    None where there are too few values to have both ends. It draws no samples, so that the values stay where they are
    and the same data give the same interval; the database takes the two values (`comparison_times`).
    """
    spread = Z * sqrt(number * quantile * (1 - quantile))
    low, high = floor(number * quantile - spread), ceil(number * quantile + spread) + 1
    return (low, high) if low >= 1 and high <= number else None
