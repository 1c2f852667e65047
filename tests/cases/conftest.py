"""What the tests of the file share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from access.models import Post


@pytest.fixture
def sign_in(signed_in: Callable[[Post], Client]) -> Callable[[Post], Client]:
    """Sign the holder of a post in; answers a client that acts in that post."""
    return signed_in


@pytest.fixture
def store(settings: Any, tmp_path: Path) -> Iterator[Path]:
    """An empty folder for documents."""
    settings.DOCUMENT_ROOT = tmp_path / "documents"
    yield settings.DOCUMENT_ROOT
