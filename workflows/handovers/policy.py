"""Who may do what with handovers. Which rows, say the querysets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from access.roles import Role

if TYPE_CHECKING:
    from access.models import Post
    from workflows.handovers.models import Handover

MAKE = frozenset({Role.CARE_COORDINATOR, Role.CASEWORKER, Role.NAVIGATOR, Role.NATIONAL_DESK})
"""Hand something over from a case, and end it."""

WRITE = frozenset({Role.COMMITTEE_SECRETARY, Role.INVESTIGATOR, Role.PROSECUTOR})
"""Hand over what one writes, on a side without a case file."""

READ = MAKE | WRITE
"""Read what was handed over to their organisation."""

END = MAKE | WRITE
"""End what their own side handed over."""

LOOK = READ | {Role.COMMITTEE_MEMBER, Role.SUPERVISOR}
"""See that something was handed over: what by name, from, to, purpose, ground, until, how it stands."""


def may_end(post: Post, handover: Handover) -> bool:
    """Whether a post that sees a handover may end it now."""
    return post.role in END and handover.from_side == post.side and handover.in_force


def may_read(post: Post, handover: Handover) -> bool:
    """Whether a post that sees a handover may read its content, as long as it is in force; its own side always."""
    return post.role in READ
