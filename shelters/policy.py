"""Who may do what with units."""

from __future__ import annotations

from access.doors import CASE_WORKERS
from access.models import Post
from access.roles import Role
from shelters.models import Unit

LOOK = CASE_WORKERS | {Role.SHELTER_PROVIDER}
"""See the list of units; which ones is said by `shelters.queries`."""

KEEP = frozenset({Role.CARE_COORDINATOR, Role.NATIONAL_DESK})
"""Add, name and end units, in the regions of the post; CoMensha does it where there is no coordinator."""

CHANGE = KEEP | {Role.SHELTER_PROVIDER}
"""Say what a unit offers, what is out of service and what takes somebody now."""


def may_ask(post: Post, exclusive: bool) -> bool:
    """Whether a post may ask for a place under a scheme: where only CoMensha places, the national desk alone."""
    return not exclusive or post.role == Role.NATIONAL_DESK


def may_add(post: Post) -> bool:
    """Whether a post may add units in its regions."""
    return post.role in KEEP


def may_keep(post: Post, unit: Unit) -> bool:
    """Whether a post may say what a unit is called, which provider and kind it is, and that it ends."""
    return may_add(post) and post.works_in(unit.region_id)


def may_change(post: Post, unit: Unit) -> bool:
    """Whether a post may change what a unit offers: whoever keeps it, and the provider whose unit it is."""
    own = post.role == Role.SHELTER_PROVIDER and post.organisation_id == unit.organisation_id
    return own or may_keep(post, unit)


def may_say(post: Post, unit: Unit) -> bool:
    """Whether a post's word on how many places take somebody now counts: who keeps the unit and who works there."""
    return may_change(post, unit)
