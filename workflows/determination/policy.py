"""Who may do what with a file of the determination. Which rows, say the querysets."""

from __future__ import annotations

from access.models import Post
from access.roles import Role
from workflows.determination.models import File

LOOK = frozenset({Role.COMMITTEE_SECRETARY, Role.COMMITTEE_MEMBER, Role.SUPERVISOR})
"""See that there is a file, and where it stands."""

READ = frozenset({Role.COMMITTEE_SECRETARY, Role.COMMITTEE_MEMBER})
"""Read what is in it, as far as the querysets give it."""

LEAD = frozenset({Role.COMMITTEE_SECRETARY})
"""Open a file and keep it: consents, evidence, links, what happens to the person."""


def may_open(post: Post) -> bool:
    """Whether a post may open a file for its committee."""
    return post.role in LEAD


def may_lead(post: Post, file: File) -> bool:
    """Whether a post keeps this file."""
    return post.role in LEAD and post.organisation_id == file.organisation_id
