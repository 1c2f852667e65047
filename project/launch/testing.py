"""`make test` and `make lint`: the same set-up as the demonstration, on services of their own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from project.launch import services as services_module
from project.launch.console import INTERRUPTED, say, stage, warn
from project.launch.places import ROOT

CHROMIUM_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HOW_TO_GET_CHROMIUM = (
    "Chromium is missing, so the browser tests are skipped; install it (Debian: `apt-get install chromium`) "
    "or set LOODS_CHROMIUM to where it is."
)


def run(arguments: list[str]) -> int:
    """Run pytest with `arguments` on services of the tests' own; its summary is the last thing printed."""
    with stage("Chromium") as shown:
        chromium = find_chromium()
        shown.note(chromium or "missing")
    if not chromium:
        say(HOW_TO_GET_CHROMIUM)
    services = services_module.acquire("test", detached=False)
    (services.places.var / "static").mkdir(exist_ok=True)
    environment = {
        **services.for_setup(),
        "LOODS_CHROMIUM": chromium,
        "LOODS_VAR": str(services.places.var),
    }
    for unwanted in ("DEBUG", "LOODS_DEMO", "ALLOWED_HOSTS", "EMAIL_URL"):
        environment.pop(unwanted, None)
    try:
        if not any(argument.startswith(("-n", "--numprocesses", "--dist")) for argument in arguments):
            # Two cores are full with three: some tests wait for what dies and comes back. `tests/order.py` says what
            # runs where.
            arguments = ["-n", "3", *arguments]
        return _pytest(arguments, environment)
    finally:
        services.stop()


def _pytest(arguments: list[str], environment: dict[str, str]) -> int:
    """Run pytest in this terminal. Ctrl-C reaches it too; we wait until it has tidied up."""
    child = subprocess.Popen([sys.executable, "-m", "pytest", *arguments], cwd=ROOT, env=environment)
    previous = signal.signal(signal.SIGTERM, lambda *_: child.terminate())
    try:
        return child.wait()
    except KeyboardInterrupt:
        try:
            child.wait(timeout=30)
        except (subprocess.TimeoutExpired, KeyboardInterrupt):
            child.kill()
            child.wait()
        return INTERRUPTED
    finally:
        signal.signal(signal.SIGTERM, previous)


def find_chromium() -> str:
    """Where Chromium is: LOODS_CHROMIUM, the search path, or installed now from Debian's packages; empty when not."""
    given = os.environ.get("LOODS_CHROMIUM")
    if given is not None:
        return given if given and shutil.which(given) else ""
    found = next((path for name in CHROMIUM_NAMES if (path := shutil.which(name))), "")
    if found or os.geteuid() != 0 or not shutil.which("apt-get"):
        return found
    log = services_module.places("test").log / "chromium.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with log.open("ab") as output:
        for command in (["update", "-q"], ["install", "-y", "-q", "--no-install-recommends", "chromium"]):
            subprocess.run(
                ["apt-get", *command],  # noqa: S607
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                check=False,
            )
    return shutil.which("chromium") or ""


PRODUCTION_LIKE = {
    # A string long and varied enough for the check; it guards nothing.
    "SECRET_KEY": "only-for-the-check-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGH",
    "LOODS_DOCUMENT_KEYS": "b25seS1mb3ItdGhlLWNoZWNrLTAxMjM0NTY3ODkwMTI=",
    "DATABASE_URL": "postgres://loods_app:check@127.0.0.1:1/loods",
    "DATABASE_OWNER_URL": "postgres://loods_owner:check@127.0.0.1:1/loods",
    "REDIS_URL": "redis://127.0.0.1:1/0",
    "ALLOWED_HOSTS": "loods.example",
    "CSRF_TRUSTED_ORIGINS": "https://loods.example",
    "LOODS_URL": "https://loods.example",
    "DEBUG": "0",
    "LOODS_DEMO": "0",
}

LINE_LIMIT = 25
NOT_OURS = {"node_modules", "var"}
OUR_ENDINGS = {".py", ".po", ".html", ".txt", ".js", ".css", ".md", ".lock", ".json", ".toml", ".sh"}


def lint() -> int:
    """Run every check, also after one failed, and say which did; answers 1 when any failed."""
    environment = {**os.environ, **PRODUCTION_LIKE}
    environment.pop("DATABASE_ADMIN_URL", None)
    manage = [sys.executable, "-W", "ignore", "manage.py"]
    imports = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    checks = (
        ("ruff", [sys.executable, "-m", "ruff", "check", "."]),
        ("ruff format", [sys.executable, "-m", "ruff", "format", "--check", "."]),
        ("mypy", [sys.executable, "-m", "mypy"]),
        ("import-linter", [sys.executable, "-c", imports]),
        ("migrations", [*manage, "makemigrations", "--check", "--dry-run"]),
        ("translations", [*manage, "messages", "--check"]),
        ("settings for production", [*manage, "check", "--deploy", "--fail-level", "WARNING"]),
    )
    failed = []
    running = [(name, time.monotonic(), _start(command, environment)) for name, command in checks]
    for name, _begun, child in running:
        output, _ = child.communicate()
        if child.returncode == 0:
            say(f"  ok {name}")
            continue
        failed.append(name)
        lines = output.decode("utf-8", "replace").strip().splitlines()
        say(f"  no {name}")
        for line in lines if os.environ.get("CI") else lines[-LINE_LIMIT:]:
            say(f"       {line}")
    found = machine_paths()
    say(f"  {'no' if found else 'ok'} no path of this machine")
    for line in found:
        say(f"       {line}")
    if found:
        failed.append("paths of this machine")
    if failed:
        warn(f"These checks failed: {', '.join(failed)}.")
    return 1 if failed else 0


def machine_paths() -> list[str]:
    """Lines of our own files that name this checkout's or this user's folder, which exist on no other machine."""
    marks = [f"{folder}/" for folder in (ROOT, Path.home()) if len(folder.parts) > 1]
    found = []
    for folder, folders, names in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in NOT_OURS and not name.startswith((".", "__"))]
        for name in names:
            path = Path(folder) / name
            if path.suffix not in OUR_ENDINGS:
                continue
            lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
            found += [
                f"{path.relative_to(ROOT)}:{number}"
                for number, line in enumerate(lines, start=1)
                if any(mark in line for mark in marks)
            ]
    return found


def _start(command: list[str], environment: dict[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
