"""Whether a member has to do with the case: asked across the wall as yes or no, and of what the file itself says."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from access.models import Post
from workflows.determination.models import File


def conflicted(file: File, posts: Iterable[Post]) -> set[int]:
    """Keys of those of the posts whose person guides, shelters, investigates or prosecutes in this case, or asked for
    the determination. Nothing says which of these it is.

    A file that was handed over is asked about across the wall. Of one that came directly only is known which
    organisation asked for it: whoever has or had a post there has to do with it.
    """
    people = {post.pk: post.user_id for post in posts}
    if not people:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT u, (%s::uuid IS NOT NULL AND determination_conflict(%s::uuid, u)) "
            "OR EXISTS (SELECT FROM access_post p WHERE p.user_id = u AND p.organisation_id = %s::bigint) "
            "FROM unnest(%s::bigint[]) u",
            [file.handover, file.handover, file.requester_organisation_id, sorted(set(people.values()))],
        )
        found = {user for user, yes in cursor.fetchall() if yes}
    return {pk for pk, user in people.items() if user in found}
