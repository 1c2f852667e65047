"""Services of the fault tests' own, made to be killed: PostgreSQL, Redis, worker, beat and a mail server."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import redis

from project.launch import embedded_postgres, embedded_redis, keys, processes
from project.launch.places import ROOT, Places
from project.launch.services import _embedded_database
from project.launch.unprivileged import account_for, home
from tests.faults import provider

PROVIDER = Path(provider.__file__)
TIMEOUT = 0.5
"""Seconds the program waits for the mail server; all its leases follow from it."""


def children_of(pid: int) -> list[int]:
    """Processes whose parent is `pid`."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, IndexError, ValueError):
            if int((entry / "stat").read_text().rpartition(")")[2].split()[1]) == pid:
                found.append(int(entry.name))
    return found


def kill(*pids: int) -> None:
    """Kill processes, which get no chance to tidy up."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


class Ground:
    """The services, and the ways in which each can be killed. All of it is stopped by `clear()`."""

    def __init__(self, var: Path, log: Path) -> None:
        self.places = Places("faults", var, durable=True)
        self.places.make()
        self.log = log
        self.secrets, _ = keys.read_or_make(self.places.secrets)
        self.parts: dict[str, subprocess.Popen[bytes]] = {}
        self.orphans: set[int] = set()
        self.postgres = self.start_postgres()
        self.redis = self.start_redis()
        self.ledger = log / "ledger"
        self.mail_port = 0

    # -- the databases ---------------------------------------------------------------------------------------

    def start_postgres(self) -> embedded_postgres.Server:
        return embedded_postgres.start(self.places, self.secrets["postgres_password"], detached=False)

    def start_redis(self) -> embedded_redis.Server:
        return embedded_redis.start(self.places, self.secrets["redis_password"], detached=False)

    def crash_postgres(self) -> None:
        """Kill every process of PostgreSQL at once, then start it on what is on the disk."""
        kill(*children_of(self.postgres.pid), self.postgres.pid)
        processes.gone(self.postgres.pid, processes.identity(self.postgres.pid), 5)
        port = self.postgres.port
        self.postgres = self.start_postgres()
        if self.postgres.port != port:
            raise RuntimeError("PostgreSQL came back at another port")

    def crash_backend(self) -> None:
        """Kill one server process that works for the program; PostgreSQL then restarts all of them by itself."""
        with self.admin() as admin:
            row = admin.execute(
                "SELECT pid FROM pg_stat_activity WHERE usename = 'loods_app' ORDER BY random() LIMIT 1"
            ).fetchone()
        if row:
            kill(row[0])

    def crash_redis(self) -> None:
        kill(self.redis.pid)
        processes.gone(self.redis.pid, processes.identity(self.redis.pid), 5)
        port = self.redis.port
        self.redis = self.start_redis()
        if self.redis.port != port:
            raise RuntimeError("Redis came back at another port")

    def flush_redis(self) -> None:
        with redis.Redis.from_url(self.redis.url(self.secrets["redis_password"])) as client:
            client.flushall()

    def admin(self) -> psycopg.Connection[Any]:
        """A connection as administrator, which no wall stops; waits for a server that is recovering."""
        url = self.postgres.admin_url(self.secrets["postgres_password"]).rpartition("/")[0] + "/loods"
        deadline = time.monotonic() + 20
        while True:
            try:
                return psycopg.connect(url, autocommit=True, connect_timeout=5)
            except psycopg.OperationalError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)

    def rows(self, query: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """The rows of a query as administrator."""
        with self.admin() as admin:
            return admin.execute(query, parameters).fetchall()

    # -- the program -------------------------------------------------------------------------------------------

    @property
    def environment(self) -> dict[str, str]:
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith(("LOODS_", "DATABASE_"))},
            **_embedded_database(self.postgres, self.secrets),
            "SECRET_KEY": self.secrets["secret_key"],
            "LOODS_DOCUMENT_KEYS": self.secrets["document_keys"],
            "REDIS_URL": self.redis.url(self.secrets["redis_password"]),
            "LOODS_VAR": str(self.places.var),
            "LOODS_SWEEP_SECONDS": "1",
            "LOODS_MAIL_TIMEOUT": str(TIMEOUT),
            "LOODS_MAIL_RETRY_SECONDS": "0.3",
            "EMAIL_URL": f"smtp://127.0.0.1:{self.mail_port}",
            "DJANGO_SETTINGS_MODULE": "project.settings",
            "PYTHONPATH": str(ROOT),
        }

    def run(self, *arguments: str) -> dict[str, Any]:
        """Run a command of the program to its end. Out: the JSON it prints, if it prints any."""
        done = subprocess.run(
            [sys.executable, *arguments], cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        lines = done.stdout.strip().splitlines()
        return json.loads(lines[-1]) if lines and lines[-1].startswith("{") else {}

    def no_database(self) -> None:
        """Drop what an earlier run left."""
        url = self.postgres.admin_url(self.secrets["postgres_password"])
        with psycopg.connect(url, autocommit=True) as admin:
            admin.execute("DROP DATABASE IF EXISTS loods WITH (FORCE)")

    @contextlib.contextmanager
    def filling(self, *arguments: str) -> Iterator[None]:
        """Make the tables before the block, and fill them as `arguments` have it after it."""
        child = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.stage", "fill", *arguments],
            cwd=ROOT, env=self.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert child.stdin is not None
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        yield
        child.stdin.write("go\n")
        child.stdin.close()
        child.stdout.read()
        assert child.wait() == 0

    def start_mail(self, seed: int) -> None:
        """Start the mail server; it is never killed, for it stands for somebody else's."""
        self.ledger.write_text("")
        child = subprocess.Popen(
            [sys.executable, str(PROVIDER), str(self.ledger), str(seed)], stdout=subprocess.PIPE, start_new_session=True
        )
        assert child.stdout is not None
        self.mail_port = int(child.stdout.readline())
        self.parts["mail"] = child

    def start_part(self, name: str) -> None:
        """Start a worker or beat as in production; beat delivers each of its messages three times."""
        command = ["-A", "tests.faults.thrice:app", "beat", "--pidfile="]
        if name != "beat":
            command = ["-A", "project", "worker", "--concurrency", "1", "--hostname", name]
            command += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
        self.parts[name] = processes.launch(
            [sys.executable, "-m", "celery", *command, "--loglevel", "WARNING"],
            log=self.log / f"{name}.log", env=self.environment, cwd=ROOT,
        )  # fmt: skip

    def crash_part(self, name: str) -> None:
        """Kill a worker or beat and start it again. Children of a worker go on until they see that it is gone."""
        child = self.parts[name]
        self.orphans |= set(children_of(child.pid))
        child.kill()
        child.wait()
        self.start_part(name)

    def crash_child(self, name: str) -> None:
        """Kill the process in which a worker does its jobs, in whatever it does."""
        kill(*children_of(self.parts[name].pid))

    # -- the ledger --------------------------------------------------------------------------------------------

    def accepted(self) -> Iterator[tuple[str, str, int, str]]:
        """What the mail server accepted: key, recipient, number of notices, how it dealt with it."""
        yield from self._ledger("accepted")

    def refused(self) -> Iterator[tuple[str, str, int, str]]:
        """What it saw and did not accept."""
        yield from self._ledger("refused")

    def _ledger(self, verb: str) -> Iterator[tuple[str, str, int, str]]:
        for line in self.ledger.read_text().splitlines():
            word, key, recipient, notices, mode = line.split(" ")
            if word == verb:
                yield key, recipient, int(notices), mode

    def clear(self) -> None:
        """Stop everything."""
        for child in self.parts.values():
            kill(*children_of(child.pid), child.pid)
            child.wait()
        kill(*self.orphans)
        self.parts.clear()
        embedded_redis.stop(self.places, harder=True)
        embedded_postgres.stop(self.places, harder=True)
        elsewhere = home(self.places, account_for(self.places.postgres))
        if elsewhere != self.places.var:  # a folder of the system, which `make clean` does not know
            shutil.rmtree(elsewhere)
