"""When a post last looked at its list, kept in the session: what was handed over since is marked as new."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.http import HttpRequest

from access.models import Post

APART = timedelta(minutes=15)
FIRST = timedelta(days=3)
KEY = "worklist_visits"


def since(request: HttpRequest, post: Post, now: datetime) -> datetime:
    """The moment from which things are new: when the last visit before this one ended.

    Looks less than a quarter of an hour apart are one visit. The first visit of a session looks three days back. The
    session is written at most once a minute.
    """
    visits: dict[str, list[float]] = request.session.get(KEY, {})
    seen, new_from = visits.get(str(post.pk), (0.0, 0.0))
    stamp = now.timestamp()
    if not seen:
        new_from = (now - FIRST).timestamp()
    elif stamp - seen > APART.total_seconds():
        new_from = seen
    if stamp - seen >= 60:
        request.session[KEY] = {**visits, str(post.pk): [stamp, new_from]}
    return datetime.fromtimestamp(new_from, UTC)
