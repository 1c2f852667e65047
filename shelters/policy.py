"""Who may do what with units."""

from __future__ import annotations

from access.doors import CASE_WORKERS
from access.models import Post
from access.roles import Role
from shelters.models import Unit

LOOK = CASE_WORKERS | {Role.SHELTER_PROVIDER}
"""See the list of units; which ones is said by `shelters.queries`."""

CHANGE = frozenset({Role.CARE_COORDINATOR})
"""Add and change units, in the regions of the post."""


def may_ask(post: Post, exclusive: bool) -> bool:
    """Whether a post may ask for a place under a scheme: where only CoMensha places, the national desk alone."""
    return not exclusive or post.role == Role.NATIONAL_DESK


def may_add(post: Post) -> bool:
    """Whether a post may add units in its regions."""
    return post.role in CHANGE


def may_change(post: Post, unit: Unit) -> bool:
    """Whether a post may change a unit."""
    return may_add(post) and post.works_in(unit.region_id)
