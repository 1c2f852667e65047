"""Whose process is this, and which port is free."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from project.launch import processes
from project.launch.console import Trouble, guarded, sentence_for


def test_a_pid_file_knows_its_process_as_long_as_it_lives(tmp_path: Path) -> None:
    file = processes.PidFile(tmp_path / "x.json")
    child = subprocess.Popen(["sleep", "60"])
    file.write(child.pid, port=5)
    assert file.alive() == child.pid
    assert file.read()["port"] == 5
    assert processes.stop_process(child.pid, (signal.SIGTERM, 5.0))
    assert file.alive() is None
    assert not file.path.exists()


@pytest.mark.parametrize("content", ["", "{", "[]", '{"pid": "x"}', '{"pid": 1}', '{"pid": 1, "identity": "other/1"}'])
def test_a_torn_or_foreign_pid_file_is_nobody(tmp_path: Path, content: str) -> None:
    file = processes.PidFile(tmp_path / "x.json")
    file.path.write_text(content)
    assert file.alive() is None


def test_a_process_that_ignores_politeness_gets_the_next_signal(tmp_path: Path) -> None:
    ready = tmp_path / "ready"
    stubborn = "import signal, time, sys; signal.signal(15, signal.SIG_IGN); open(sys.argv[1], 'w'); time.sleep(60)"
    child = subprocess.Popen([sys.executable, "-c", stubborn, str(ready)])
    while not ready.exists():
        assert child.poll() is None
    assert processes.stop_process(child.pid, (signal.SIGTERM, 0.2), (signal.SIGKILL, 5.0))


def test_the_remembered_port_comes_first_and_a_taken_one_is_passed_over(tmp_path: Path) -> None:
    remembered = tmp_path / "port"
    first = processes.free_port(remembered, 40000)
    assert processes.free_port(remembered, 40000) == first
    with closing(socket.create_server(("127.0.0.1", first))):
        second = processes.free_port(remembered, 40000)
        assert second != first
    assert processes.free_port(remembered, 40000) == second


def test_a_log_that_grew_large_is_set_aside(tmp_path: Path) -> None:
    log = tmp_path / "web.log"
    log.write_bytes(b"x" * (processes.ROTATE_AT + 1))
    with processes.open_log(log) as file:
        file.write(b"new\n")
    assert log.read_bytes() == b"new\n"
    assert log.with_name("web.log.1").exists()


def test_a_child_is_told_when_its_supervisor_is_killed(tmp_path: Path) -> None:
    supervisor = (
        "import os, sys, time, pathlib; from project.launch import processes\n"
        "log, root = pathlib.Path(sys.argv[1]), pathlib.Path('/')\n"
        "child = processes.launch(['sleep', '60'], log=log, env=os.environ, cwd=root)\n"
        "print(child.pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", supervisor, str(tmp_path / "log")], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    known = processes.identity(child)
    assert known
    parent.kill()
    parent.communicate()
    assert processes.gone(child, known, 5.0)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(28, "No space left on device", "/x/y"), "The disk is full (/x/y)"),
        (PermissionError(13, "Permission denied", "/x/y"), "No permission to write or read (/x/y)"),
        (OSError(30, "Read-only file system", "/x"), "read-only disk"),
    ],
)
def test_errors_of_the_system_become_one_sentence(
    error: OSError, said: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert said in sentence_for(error)

    def fails() -> int:
        raise error

    assert guarded(fails, tmp_path / "log") == 1
    assert capsys.readouterr().err == f"Loods: {sentence_for(error)}\n"


def test_what_nobody_foresaw_is_kept_in_a_file_and_named_in_one_sentence(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    log = tmp_path / "log" / "launch.log"
    assert guarded(lambda: int(os.environ["NO_SUCH_VARIABLE"]), log) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert str(log) in said
    assert "Traceback" in log.read_text()


def test_trouble_is_said_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    def fails() -> int:
        raise Trouble("The cat sits on the disk; lift it.")

    assert guarded(fails) == 1
    assert capsys.readouterr().err == "Loods: The cat sits on the disk; lift it.\n"
