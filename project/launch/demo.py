"""`make demo`: one supervisor that has everything running and stops everything again."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import IO

from project.launch import processes
from project.launch import services as services_module
from project.launch.console import Stage, Trouble, say, stage, warn
from project.launch.places import ROOT, Places, places

DEFAULT_PORT = 8000
HOST = "127.0.0.1"
READY_WITHIN = 90.0
WEB_PATIENCE, BEAT_PATIENCE, WORKER_PATIENCE = 8.0, 8.0, 20.0
ROOMS = ("access", "cases", "shelters", "workflows", "insights", "project", "templates", "static", "locale")


@dataclass
class Part:
    """A program under the supervisor: how it is called, and how long it may take to stop."""

    name: str
    arguments: list[str]
    patience: float
    child: subprocess.Popen[bytes] | None = None

    @property
    def title(self) -> str:
        return self.name.capitalize()


def parts(port: int) -> list[Part]:
    """The programs, in the order in which they are stopped."""
    python = [sys.executable, "-m"]
    web = ["gunicorn", "project.wsgi:application", "--bind", f"{HOST}:{port}", "--workers", "2", "--threads", "4"]
    web += ["--preload", "--graceful-timeout", "5", "--no-control-socket", "--log-level", "warning"]
    celery = [*python, "celery", "-A", "project"]
    return [
        Part("web", [*python, *web], WEB_PATIENCE),
        Part("beat", [*celery, "beat", "--loglevel", "INFO", "--pidfile="], BEAT_PATIENCE),
        Part(
            "worker",
            [*celery, "worker", "--concurrency", "2", "--loglevel", "INFO", "--without-gossip", "--without-mingle"],
            WORKER_PATIENCE,
        ),
    ]


def run(port: int) -> int:
    """Start everything, print where it is, and wait for Ctrl-C; answers the exit code."""
    if not 0 < port < 65536:
        raise Trouble(f"PORT={port} is no port; choose a number from 1024 to 65535.")
    where = places("demo")
    where.make()
    with _alone(where, port):
        stop_leftovers(where)
        if not processes.port_is_free(port):
            raise Trouble(
                f"Port {port} is in use by another program; stop that one, or choose another port: "
                f"`make demo PORT={port + 1}`."
            )
        return _Supervisor(where, port).run()


@contextlib.contextmanager
def _alone(where: Places, port: int) -> Iterator[None]:
    """One demonstration per checkout. The kernel drops the lock with its holder, so it is never stale."""
    with (where.run / "demo.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            facts = _pid_file(where, "demo").read()
            at = facts.get("address", "an address of its own")
            raise Trouble(f"The demonstration already runs at {at}; `make stop` stops it.") from None
        pid_file = _pid_file(where, "demo")
        pid_file.write(os.getpid(), address=f"http://{HOST}:{port}/")
        try:
            yield
        finally:
            pid_file.remove()


def _pid_file(where: Places, name: str) -> processes.PidFile:
    return processes.PidFile(where.run / f"{name}.json")


class _Supervisor:
    """Starts the programs, watches them, and stops them in order."""

    def __init__(self, where: Places, port: int) -> None:
        self.places = where
        self.port = port
        self.address = f"http://{HOST}:{port}/"
        self.parts = parts(port)
        self.services: services_module.Services | None = None
        self.begun = time.monotonic()
        self.stopping = False
        self.harder = False

    def run(self) -> int:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        try:
            self.services = services_module.acquire("demo", detached=False)
            self._prepare()
            self._start()
            self._wait_until_well()
            self._tell()
            self._watch()
        except KeyboardInterrupt:
            say()
        finally:
            self._stop()
        return 0

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        if self.stopping:
            self.harder = True
            return
        self.stopping = True
        raise KeyboardInterrupt

    @property
    def environment(self) -> dict[str, str]:
        return {
            "LOODS_DEMO": "1",
            "DEBUG": "0",
            "LOODS_VAR": str(self.places.var),
            "LOODS_URL": self.address,
            "ALLOWED_HOSTS": "localhost,127.0.0.1,[::1]",
            "PYTHONUNBUFFERED": "1",
            "PYTHONPATH": str(ROOT),
        }

    # -- before -----------------------------------------------------------------------------------------------------
    def _prepare(self) -> None:
        """Database, tables, static files and data; skipped when nothing changed since the last time."""
        assert self.services is not None
        mark = fingerprint(self.services)
        stamp = self.places.run / "prepared"
        if mark and stamp.is_file() and stamp.read_text(encoding="ascii").strip() == mark:
            return
        prepare(self.services, {**self.services.for_setup(), **self.environment}, "demo")
        if mark:
            stamp.write_text(mark + "\n", encoding="ascii")

    def _start(self) -> None:
        assert self.services is not None
        environment = {**self.services.for_running(), **self.environment}
        for part in self.parts:
            part.child = processes.launch(
                part.arguments, log=self._log(part), env=environment, cwd=ROOT, death_signal=signal.SIGTERM
            )
            _pid_file(self.places, part.name).write(part.child.pid)

    def _log(self, part: Part) -> Path:
        return self.places.log / f"{part.name}.log"

    def _wait_until_well(self) -> None:
        with stage("Web, worker and beat") as shown:
            deadline = time.monotonic() + READY_WITHIN
            answer: dict[str, str] = {}
            while time.monotonic() < deadline:
                self._raise_if_one_died()
                status, answer = health(self.port)
                if status == http.client.OK:
                    shown.note(", ".join(f"{name} {value}" for name, value in answer.items()))
                    return
                time.sleep(0.1)
            down = [name for name, value in answer.items() if value != "ok"] or ["web"]
            raise Trouble(
                f"Not everything came up within {READY_WITHIN:.0f} s: {', '.join(down)} (logs in {self.places.log})."
            )

    def _tell(self) -> None:
        say(f"\nLoods runs at {self.address}   ({time.monotonic() - self.begun:.1f} s)\n")
        accounts = self.places.run / "accounts.txt"
        if accounts.is_file():
            say(accounts.read_text(encoding="utf-8").rstrip() + "\n")
        say("Ctrl-C stops everything.")

    # -- during -----------------------------------------------------------------------------------------------------
    def _watch(self) -> None:
        while True:
            self._raise_if_one_died()
            time.sleep(0.3)

    def _raise_if_one_died(self) -> None:
        for part in self.parts:
            if part.child is not None and part.child.poll() is not None:
                code = part.child.returncode
                how = f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
                log = self._log(part)
                raise Trouble(
                    f"{part.title} stopped by itself ({how}), so everything is stopped; the end of {log}:\n"
                    + processes.tail(log)
                )
        for name, server in self._embedded():
            if server.poll() is not None:
                raise Trouble(
                    f"{name} stopped by itself, so everything is stopped; the end of its log:\n"
                    + processes.tail(self.places.log / f"{name.lower().replace('postgresql', 'postgres')}.log")
                )

    def _embedded(self) -> list[tuple[str, subprocess.Popen[bytes]]]:
        found = []
        if self.services and self.services.postgres and self.services.postgres.child:
            found.append(("PostgreSQL", self.services.postgres.child))
        if self.services and self.services.redis and self.services.redis.child:
            found.append(("Redis", self.services.redis.child))
        return found

    # -- after ------------------------------------------------------------------------------------------------------
    def _stop(self) -> None:
        """Web first, so that nobody asks for anything more; then beat, worker, Redis and PostgreSQL."""
        self.stopping = True
        running = [part for part in self.parts if part.child is not None and part.child.poll() is None]
        started = list(self.services.started) if self.services is not None else []
        if not running and not started:
            return
        with stage("Stopped") as shown:
            # Told in order, waited for together: each has its patience from the moment it was told.
            for part in running:
                self._end(part)
            for part in self.parts:
                _pid_file(self.places, part.name).remove()
            if self.services is not None:
                self.services.stop(harder=self.harder)
            shown.note(", ".join([part.name for part in running] + started[::-1]))

    def _end(self, part: Part) -> None:
        child = part.child
        if child is None:
            return
        with contextlib.suppress(ProcessLookupError):
            child.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + part.patience
        while child.poll() is None and time.monotonic() < deadline and not self.harder:
            time.sleep(0.02)
        # The rest of its group too: a killed worker leaves no children behind.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, signal.SIGKILL)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(timeout=5)


def health(port: int) -> tuple[int, dict[str, str]]:
    """What `/healthz` answers: its status, 0 when nobody answers, and the parts."""
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        answer = connection.getresponse()
        content = json.loads(answer.read())
        return answer.status, content if isinstance(content, dict) else {}
    except (OSError, http.client.HTTPException, ValueError):
        return 0, {}
    finally:
        connection.close()


def prepare(services: services_module.Services, environment: dict[str, str], *arguments: str) -> None:
    """Run `project.launch.prepare` and show its steps; Trouble with its last words when it fails."""
    log = services.places.log / "prepare.log"
    with processes.open_log(log) as errors:
        child = subprocess.Popen(
            [sys.executable, "-m", "project.launch.prepare", *arguments],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
        )
        assert child.stdout is not None
        try:
            with contextlib.closing(child.stdout):
                _show_steps(child, child.stdout, errors, log)
        finally:
            if child.poll() is None:
                processes.stop_process(child.pid, (signal.SIGTERM, 5.0), (signal.SIGKILL, 5.0))


def _show_steps(child: subprocess.Popen[bytes], lines: IO[bytes], log_file: IO[bytes], log: Path) -> None:
    """Show each step while it runs; what a step prints besides goes to the log."""
    while True:
        line = lines.readline()
        if line.startswith(b"begin "):
            name = line[6:].decode("utf-8", "replace").strip()
            with stage(name) as shown:
                _wait_for_done(child, lines, name, shown, log_file, log)
        elif line:
            log_file.write(line)
        else:
            break
    if child.wait() != 0:
        raise Trouble(_last_words(log))


def _wait_for_done(
    child: subprocess.Popen[bytes], lines: IO[bytes], name: str, shown: Stage, log_file: IO[bytes], log: Path
) -> None:
    while True:
        line = lines.readline()
        if not line:
            child.wait()
            raise Trouble(_last_words(log))
        if line.decode("utf-8", "replace").strip() == f"done {name}":
            return
        text = line.decode("utf-8", "replace").strip()
        if text:
            shown.note(text[:100])
        log_file.write(line)


def _last_words(log: Path) -> str:
    lines = [line for line in processes.tail(log, 40).splitlines() if line.strip()]
    return f"The set-up failed: {lines[-1].strip() if lines else 'no reason given'} (see {log})"


def fingerprint(services: services_module.Services) -> str:
    """What set-up depends on, as one text: the program's files and the data folder; empty where it cannot be known.

    Somebody else's database may be emptied behind our back, so with DATABASE_URL the set-up always runs.
    """
    if services.postgres is None:
        return ""
    mark = hashlib.sha256()
    made = (services.postgres.data / "PG_VERSION").stat()
    mark.update(f"{made.st_ino} {made.st_mtime_ns}\n".encode())
    files = [path for room in ROOMS for path in (ROOT / room).rglob("*")]
    for path in sorted([*files, ROOT / "requirements.lock", ROOT / "package-lock.json"]):
        if path.suffix in (".pyc", ".mo") or not path.is_file():
            continue
        facts = path.stat()
        mark.update(f"{path.relative_to(ROOT)} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    mark.update(str((services.places.var / "static" / "staticfiles.json").is_file()).encode())
    return mark.hexdigest()


def stop_leftovers(where: Places) -> list[str]:
    """Stop programs that a supervisor left behind when it was killed; answer with their names."""
    found = []
    for name in ("web", "beat", "worker"):
        pid_file = _pid_file(where, name)
        pid = pid_file.alive()
        if pid is not None:
            processes.stop_process(pid, (signal.SIGTERM, WORKER_PATIENCE), (signal.SIGKILL, 5.0))
            pid_file.remove()
            found.append(name)
    return found


def stop() -> list[str]:
    """Stop the running demonstration of this checkout, whatever is left of it; answer with what was stopped."""
    where = places("demo")
    if not where.run.is_dir():
        return []
    pid_file = _pid_file(where, "demo")
    pid = pid_file.alive()
    if pid is None or pid == os.getpid():
        return stop_leftovers(where)
    patience = WEB_PATIENCE + BEAT_PATIENCE + WORKER_PATIENCE + 45.0
    if not processes.stop_process(pid, (signal.SIGTERM, patience), (signal.SIGTERM, 20.0), (signal.SIGKILL, 5.0)):
        warn(f"The demonstration (process {pid}) did not stop.")
    pid_file.remove()
    return ["the demonstration", *stop_leftovers(where)]


def with_services(profile: str, module_or_command: list[str], *, demonstration: bool = False) -> int:
    """Run one command of the project in this terminal, on services that are started for it when they do not run."""
    services = services_module.acquire(profile, detached=False)
    environment = {**services.for_setup(), "LOODS_VAR": str(services.places.var), "PYTHONPATH": str(ROOT)}
    if demonstration:
        environment["LOODS_DEMO"] = "1"
    try:
        prepare(services, environment)
        return subprocess.call([sys.executable, *module_or_command], cwd=ROOT, env=environment)
    finally:
        services.stop()
