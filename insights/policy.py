"""Who sees which picture, and whose small numbers."""

from __future__ import annotations

from access.models import Post
from access.roles import Role

WHOLE = frozenset(
    {
        Role.ANALYST,
        Role.ACTION_OWNER,
        Role.NATIONAL_DESK,
        Role.ADMINISTRATOR,
        Role.CARE_COORDINATOR,
    }
)
"""The picture with demand, cuts and downloads. Everybody signed in has the one without demand: so have supervisors,
who stand on every side of the wall, while demand is counted for the care side and the common ground alone."""

_CASES = frozenset({Role.CARE_COORDINATOR, Role.CASEWORKER, Role.NAVIGATOR, Role.NATIONAL_DESK})


def entitled(post: Post) -> frozenset[int] | None:
    """Regions whose cases a post may see, so that no number of them is left out for it. None: everywhere.

    Analysts and action owners see no case, so nothing small; the national desk sees every case; who works with cases
    in regions sees those.
    """
    if post.role == Role.NATIONAL_DESK:
        return None
    if post.role in _CASES:
        return frozenset(post.region_ids)
    return frozenset()
