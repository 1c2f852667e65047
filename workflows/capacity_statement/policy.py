"""Who may do what with capacity statements."""

from __future__ import annotations

from access.models import Post
from access.roles import Role
from workflows.capacity_statement.models import Statement
from workflows.engine.models import Process

LOOK = frozenset({Role.CARE_COORDINATOR, Role.CASEWORKER, Role.NAVIGATOR, Role.NATIONAL_DESK, Role.SUPERVISOR})
"""See the statements of the regions of the post (`StatementQuerySet.for_post`)."""

FILL = frozenset({Role.CARE_COORDINATOR, Role.NATIONAL_DESK})
"""Fill in the lines, in the regions of the post; the desk where there is no coordinator."""


def may_fill(post: Post, process: Process) -> bool:
    """Whether a post may change the lines as the statement stands now."""
    return post.role in FILL and post.works_in(process.region_id) and process.state in ("preparing", "returned")


CHECK = frozenset({Role.NATIONAL_DESK})
"""Publish a statement, or send it back with questions."""


def may_check(post: Post, process: Process) -> bool:
    """Whether a post may publish the statement as it stands now, or send it back with questions."""
    return post.role in CHECK and post.works_in(process.region_id) and process.state == "submitted"


def may_correct(post: Post, statement: Statement) -> bool:
    """Whether a post may open a correction of a published statement."""
    return post.role in FILL and post.works_in(statement.region_id) and statement.published_at is not None
