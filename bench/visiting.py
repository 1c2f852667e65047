"""Visiting pages as somebody who signed in: how long the server takes, and how many queries it asks."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass

from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from access import configuration
from access.models import Post
from access.wall import Side, taken

TURNS = 15
WARM = 2
NO_QUERY = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT", "SET ", "SELECT set_config")
"""What keeps a transaction and takes its side asks nothing of the tables, unless a query goes with it."""


@dataclass(frozen=True)
class Visit:
    """What a page costs: milliseconds of server time (median) and queries (most of all visits)."""

    ms: float
    queries: int


def signed_in(post: Post) -> Client:
    """The browser of the person of a post, acting in it."""
    client = Client(SERVER_NAME="localhost")
    with taken(Side.COMMON), transaction.atomic():
        configuration.refresh()
        client.force_login(post.user, backend="allauth.account.auth_backends.AuthenticationBackend")
        session = client.session
        session["post"] = post.pk
        session.save()
    return client


def visited(client: Client, address: str, turns: int = TURNS) -> Visit:
    """Visit a page several times; the first visits, which fill what is kept in memory, do not count.

    Errors: AssertionError when the page is refused or absent.
    """
    times = []
    for turn in range(turns + WARM):
        begun = time.perf_counter()
        response = client.get(address, secure=True)
        if turn >= WARM:
            times.append(time.perf_counter() - begun)
        assert response.status_code == 200, f"{address}: {response.status_code}"
    with CaptureQueriesContext(connection) as asked:
        client.get(address, secure=True)
    sent = [query["sql"] for query in asked.captured_queries]
    queries = [sql for sql in sent if " FROM " in sql or not sql.startswith(NO_QUERY)]
    return Visit(statistics.median(times) * 1000, len(queries))
