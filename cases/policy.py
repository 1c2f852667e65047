"""Who may do what with a file, as roles; which files is said by `cases.queries`."""

from __future__ import annotations

from access.doors import CASE_WORKERS
from access.models import Post
from access.roles import Role

WORK = CASE_WORKERS
"""Read and write what is in a file."""

MANAGE = frozenset({Role.CARE_COORDINATOR, Role.NATIONAL_DESK, Role.SUPERVISOR})
"""Merge persons and undo it, restrict a case to named people, open a closed case again."""

CLOSE = MANAGE | {Role.CASEWORKER}
"""Close a case."""


def may_manage(post: Post) -> bool:
    """Whether a post may merge, restrict and reopen."""
    return post.role in MANAGE


def may_close(post: Post) -> bool:
    """Whether a post may close a case."""
    return post.role in CLOSE
