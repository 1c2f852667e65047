"""The demonstration: everything comes up, is watched, and is stopped again in order."""

from __future__ import annotations

import os
import re
import resource
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from project.launch import demo, processes
from tests.project.checkouts import OURS, ROOT, processes_in

pytestmark = [pytest.mark.services, pytest.mark.slow]
PARTS = ("web", "worker", "beat", "postgres", "redis")


@pytest.fixture
def var() -> Iterator[Path]:
    """A folder for everything made at run time, in a path with a space in it."""
    outer = Path(tempfile.mkdtemp(prefix="loods-demo-"))
    outer.chmod(0o755)
    folder = outer / "var of the demo"
    yield folder
    command(folder, "stop").communicate(timeout=90)
    shutil.rmtree(outer, ignore_errors=True)


@pytest.fixture
def port() -> int:
    with closing(socket.create_server(("127.0.0.1", 0))) as probe:
        found: int = probe.getsockname()[1]
    return found


def command(var: Path, *arguments: str) -> subprocess.Popen[str]:
    """Begin a command of the launcher of this very checkout, with its own `var`."""
    environment = {name: value for name, value in os.environ.items() if name not in OURS}
    return subprocess.Popen(
        [sys.executable, "-m", "project.launch", *arguments],
        cwd=ROOT,
        env={**environment, "LOODS_VAR": str(var)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def started(child: subprocess.Popen[str], within: float) -> tuple[str, float]:
    """What it printed until it was up, and the seconds it took."""
    assert child.stdout is not None
    begun, said = time.monotonic(), ""
    for line in child.stdout:
        said += line
        if "Ctrl-C stops everything" in line:
            return said, time.monotonic() - begun
        assert time.monotonic() - begun < within, said
    raise AssertionError(f"it ended: {said}")


def pids(var: Path) -> dict[str, int]:
    found = {name: processes.PidFile(var / "run" / f"{name}.json").alive() for name in PARTS}
    assert all(found.values()), found
    return {name: pid for name, pid in found.items() if pid}


def environment_of(pid: int) -> dict[str, str]:
    pairs = Path(f"/proc/{pid}/environ").read_bytes().decode().split("\0")
    return dict(pair.split("=", 1) for pair in pairs if "=" in pair)


STARTS = 5
"""How many times the program may be loaded within ten seconds' worth of work on a quiet machine: web, two of its
workers, the job worker, beat, the checks and what they do besides."""


def work_of(*family: int) -> float:
    """Seconds of processor time that these processes and their children have used."""
    ticks = 0
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            facts = entry.read_text().rpartition(")")[2].split()
            if int(entry.parent.name) in family or int(facts[1]) in family:
                ticks += int(facts[11]) + int(facts[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def work_of_loading(environment: dict[str, str]) -> float:
    """Seconds of processor time that loading the program once costs here and now: the least of three."""
    load = "import django; django.setup(); import project.celery, project.urls, project.wsgi"
    taken = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-c", load], cwd=ROOT, env=environment, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        taken.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(taken)


def test_from_the_first_start_to_ctrl_c(var: Path, port: int) -> None:
    address = f"http://127.0.0.1:{port}/"

    # The first start makes everything and says what it does.
    first = command(var, "demo", "--port", str(port))
    said, _took = started(first, within=120)
    assert address in said
    assert {"PostgreSQL", "Redis", "Tables", "Web, worker and beat"} <= set(
        re.findall(r"^  ok (.+?)  ", said, re.MULTILINE)
    )
    assert demo.health(port) == (200, dict.fromkeys(("database", "broker", "worker", "beat"), "ok"))

    # What runs for long knows neither the owner of the tables nor the administrator.
    running = pids(var)
    for name in ("web", "worker", "beat"):
        assert not {"DATABASE_OWNER_URL", "DATABASE_ADMIN_URL"} & set(environment_of(running[name]))
        assert "loods_app" in environment_of(running[name])["DATABASE_URL"]

    # Another one, meanwhile, says where this one is.
    another, _ = command(var, "demo", "--port", str(port + 1)).communicate(timeout=30)
    assert f"Loods: The demonstration already runs at {address}" in another

    # A part that dies is named, with the end of its log, and everything is stopped.
    os.kill(running["worker"], signal.SIGKILL)
    rest, _ = first.communicate(timeout=60)
    assert first.returncode == 1
    assert "Worker stopped by itself (signal SIGKILL)" in rest and "Traceback" not in rest
    assert processes_in(var) == []

    # The second start is quick, and Ctrl-C stops all of it.
    second = command(var, "demo", "--port", str(port))
    _said, took = started(second, within=60)
    running = pids(var)
    # Ten seconds; on a slower machine or beside other tests the work it took is held against loading the program.
    work, loading = work_of(second.pid, *running.values()), work_of_loading(environment_of(running["web"]))
    assert min(took, work) < 10 or work < STARTS * loading
    second.send_signal(signal.SIGINT)
    rest, _ = second.communicate(timeout=60)
    assert second.returncode == 0
    assert "web, beat, worker, redis, postgres" in rest
    assert [name for name, pid in running.items() if processes.identity(pid)] == []
    assert processes_in(var) == []
    assert demo.health(port) == (0, {})


def test_a_taken_port_gets_one_sentence(var: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        number = taken.getsockname()[1]
        said, _ = command(var, "demo", "--port", str(number)).communicate(timeout=30)
    assert said == (
        f"Loods: Port {number} is in use by another program; stop that one, or choose another port: "
        f"`make demo PORT={number + 1}`.\n"
    )
    assert processes_in(var) == []


@pytest.mark.parametrize("nonsense", ["0", "65536", "http", "-1", ""])
def test_nonsense_for_a_port_gets_one_sentence(var: Path, nonsense: str) -> None:
    said, _ = command(var, "demo", f"--port={nonsense}").communicate(timeout=30)
    assert said.startswith("Loods: PORT=") and said.count("\n") == 1


def test_ctrl_c_in_the_middle_of_the_set_up_leaves_nothing_and_the_next_attempt_can_begin(var: Path, port: int) -> None:
    child = command(var, "demo", "--port", str(port))
    assert child.stdout is not None
    for line in child.stdout:
        if "Redis" in line:
            break
    child.send_signal(signal.SIGINT)
    said, _ = child.communicate(timeout=60)
    assert "Traceback" not in said
    assert processes_in(var) == []


def test_programs_that_a_killed_supervisor_left_behind_are_stopped(var: Path) -> None:
    (var / "run").mkdir(parents=True)
    with subprocess.Popen(["sleep", "60"], cwd="/") as orphan:
        processes.PidFile(var / "run" / "web.json").write(orphan.pid)
        said, _ = command(var, "stop").communicate(timeout=30)
        assert "Stopped: web" in said
        assert orphan.wait(timeout=5) == -signal.SIGTERM
