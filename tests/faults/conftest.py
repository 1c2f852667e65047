"""Services of the fault tests' own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from project.launch.places import base_var
from tests.faults.ground import Ground


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """PostgreSQL and Redis of this module's own, and what can be started on them."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    made = Ground(base_var() / f"faults-{worker}", Path(tmp_path_factory.mktemp("faults")))
    yield made
    made.clear()
