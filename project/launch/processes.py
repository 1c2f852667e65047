"""Whose process is this: pid files that cannot be mistaken for a later process with the same number.

A pid file holds the number, the moment the process began as the kernel knows it, and what it is. Only when number and
moment both match is the process ours; a reused number is somebody else's and is never signalled.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

PR_SET_PDEATHSIG = 1
ROTATE_AT = 10 * 1024 * 1024


def identity(pid: int) -> str | None:
    """A text that is the same as long as this very process lives, or None when there is none (a zombie is none)."""
    if pid <= 0:
        return None
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        after_name = stat.rpartition(")")[2].split()
        if after_name[0] in "ZX":
            return None
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{boot}/{after_name[19]}"
    except (OSError, IndexError):
        if Path("/proc/self/stat").exists():
            return None
    answer = subprocess.run(
        ["ps", "-o", "lstart=", "-p", str(pid)],  # noqa: S607
        capture_output=True,
        text=True,
        check=False,
    )
    return answer.stdout.strip() or None


def command_line(pid: int) -> list[str]:
    """The arguments of process `pid`; empty when it is gone or hidden."""
    try:
        raw = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        if Path("/proc/self/stat").exists():
            return []
        answer = subprocess.run(
            ["ps", "-o", "command=", "-p", str(pid)],  # noqa: S607
            capture_output=True,
            text=True,
            check=False,
        )
        return answer.stdout.split()
    return [part.decode("utf-8", "replace") for part in raw.split(b"\0") if part]


@dataclass(frozen=True)
class PidFile:
    """The file that remembers one process of ours."""

    path: Path

    def write(self, pid: int, **facts: Any) -> None:
        content = {"pid": pid, "identity": identity(pid), **facts}
        temporary = self.path.with_suffix(".new")
        temporary.write_text(json.dumps(content) + "\n", encoding="utf-8")
        temporary.replace(self.path)

    def read(self) -> dict[str, Any]:
        """What was written; empty when the file is missing or was torn by a crash."""
        try:
            content = json.loads(self.path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return content if isinstance(content, dict) else {}

    def alive(self) -> int | None:
        """The number of our process when it still runs; a stale file is removed."""
        content = self.read()
        pid = content.get("pid")
        if isinstance(pid, int) and content.get("identity") and identity(pid) == content["identity"]:
            return pid
        self.remove()
        return None

    def remove(self) -> None:
        with contextlib.suppress(OSError):
            self.path.unlink()


def port_is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether nobody listens on `port`."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def free_port(remembered: Path, lowest: int) -> int:
    """The port used the last time when it is still free, else a free one above `lowest`; it is remembered."""
    candidates = []
    with contextlib.suppress(OSError, ValueError):
        candidates.append(int(remembered.read_text(encoding="ascii")))
    # Spread by process number, so that two checkouts that start together do not race for the same port.
    offset = os.getpid() % 500
    candidates += [lowest + (offset + step) % 500 for step in range(500)]
    for port in candidates:
        if 0 < port < 65536 and port_is_free(port):
            remembered.write_text(f"{port}\n", encoding="ascii")
            return port
    raise OSError("No free port on 127.0.0.1 was found")


def open_log(path: Path) -> IO[bytes]:
    """Open a log for appending; one that grew beyond 10 MB is set aside as `<name>.1` first."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(OSError):
        if path.stat().st_size > ROTATE_AT:
            path.replace(path.with_name(path.name + ".1"))
    return path.open("ab")


def tail(path: Path, lines: int = 12) -> str:
    """The last lines of a log, for a message."""
    try:
        with path.open("rb") as file:
            file.seek(0, os.SEEK_END)
            file.seek(max(0, file.tell() - 8192))
            text = file.read().decode("utf-8", "replace")
    except OSError:
        return ""
    return "\n".join(text.splitlines()[-lines:])


def before_exec(uid_gid: tuple[int, int] | None, dies_with_parent: int | None) -> Callable[[], None] | None:
    """What a child does before it becomes the program: give up root, and ask to be told when its parent dies."""
    if uid_gid is None and dies_with_parent is None:
        return None
    library = ctypes.CDLL(None) if dies_with_parent is not None and sys.platform == "linux" else None
    parent = os.getpid()

    def prepare() -> None:
        if uid_gid is not None:
            os.setgroups([])
            os.setgid(uid_gid[1])
            os.setuid(uid_gid[0])
        if library is not None and dies_with_parent is not None:
            # After setuid, which clears it. The parent may have died in between.
            library.prctl(PR_SET_PDEATHSIG, dies_with_parent, 0, 0, 0)
            if os.getppid() != parent:
                os._exit(1)

    return prepare


def launch(
    arguments: list[str],
    *,
    log: Path,
    env: Mapping[str, str],
    cwd: Path,
    uid_gid: tuple[int, int] | None = None,
    detached: bool = False,
    death_signal: int = signal.SIGTERM,
    stdin: bytes | None = None,
) -> subprocess.Popen[bytes]:
    """Start a program in a session of its own, so that Ctrl-C reaches the supervisor alone, which stops it in order.

    Not `detached`: the program is sent `death_signal` when the supervisor is killed, so that nothing stays behind.
    """
    with open_log(log) as output:
        child = subprocess.Popen(
            arguments,
            stdin=subprocess.PIPE if stdin is not None else subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=cwd,
            env=dict(env),
            start_new_session=True,
            preexec_fn=before_exec(uid_gid, None if detached else death_signal),
        )
    if stdin is not None and child.stdin is not None:
        with contextlib.suppress(BrokenPipeError):
            child.stdin.write(stdin)
            child.stdin.close()
    return child


def gone(pid: int, known: str | None, timeout: float) -> bool:
    """Wait until the process is gone; answer whether it is, after at most `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while True:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)
        if identity(pid) != known or known is None:
            return True
        if time.monotonic() > deadline:
            return False
        time.sleep(0.03)


def stop_process(pid: int, *signals: tuple[int, float]) -> bool:
    """Send each signal in turn until the process is gone, waiting the seconds named with it."""
    known = identity(pid)
    if known is None:
        return True
    for number, patience in signals:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)
        if gone(pid, known, patience):
            return True
    return False
