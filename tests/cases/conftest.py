"""What the tests of the file share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from access.models import Post
from access.wall import Side, taken


@pytest.fixture
def sign_in(db: None) -> Callable[[Post], Client]:
    """Sign the holder of a post in; answers a client that acts in that post."""

    def do(post: Post) -> Client:
        client = Client(raise_request_exception=True)
        with taken(Side.COMMON), transaction.atomic():
            client.force_login(post.user, backend="allauth.account.auth_backends.AuthenticationBackend")
            session = client.session
            session["post"] = post.pk
            session.save()
        return client

    return do


@pytest.fixture
def store(settings: Any, tmp_path: Path) -> Iterator[Path]:
    """An empty folder for documents."""
    settings.DOCUMENT_ROOT = tmp_path / "documents"
    yield settings.DOCUMENT_ROOT
