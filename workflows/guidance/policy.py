"""Who may do what on the pages of guidance. Which rows, say the querysets."""

from __future__ import annotations

from access.doors import CASE_WORKERS
from access.models import Post
from access.roles import Role
from workflows.guidance.models import Guidance

LOOK = CASE_WORKERS
"""Read the plan of guidance of a case that the post sees."""

WRITE = frozenset({Role.NAVIGATOR})
"""Write in it; the row's own process says who of them."""


ARRANGE = frozenset({Role.SUPERVISOR, Role.NATIONAL_DESK, Role.CARE_COORDINATOR})
"""See which navigators there are and how much they carry."""


def may_write(post: Post, guidance: Guidance) -> bool:
    """Whether a post may write in a guidance it sees, while it runs: navigators of the organisation that must act, and
    who guides, also while it is handed to another organisation that has not accepted yet.
    """
    process = guidance.process
    return (
        post.role in WRITE
        and process.closed_at is None
        and (
            process.owner_organisation_id == post.organisation_id
            or not {process.assignee_id, guidance.navigator_id}.isdisjoint({post.pk, *post.acts_for})
        )
    )
