"""As whom, and where, the embedded services run when the launcher is root.

PostgreSQL refuses to run as root. It then runs as a system user without rights that every machine has. Nothing of the
machine is changed for it: no user is made and no folder of somebody else gets another mode. Where that user cannot
enter the checkout (a home that only root may enter), data and a copy of the programs lie in a folder of the system.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import pwd
import shutil
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from project.launch.console import Trouble
from project.launch.places import Places

CANDIDATES = ("nobody", "daemon")
SYSTEM_FOLDER = Path("/var/tmp")  # noqa: S108 - survives a restart; the folder inside has its owner checked


@dataclass(frozen=True)
class Account:
    """The system user the services run as."""

    uid: int
    gid: int

    @property
    def ids(self) -> tuple[int, int]:
        return self.uid, self.gid


def account_for(data: Path) -> Account | None:
    """The account to run as, or None when that is simply the present user.

    Existing data decides: it was made by somebody, and only that user may open it.
    """
    if os.geteuid() != 0:
        return None
    with contextlib.suppress(OSError):
        owner = data.stat()
        if owner.st_uid != 0:
            return Account(owner.st_uid, owner.st_gid)
    for name in CANDIDATES:
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            if entry.pw_uid != 0:
                return Account(entry.pw_uid, entry.pw_gid)
    raise Trouble(
        "PostgreSQL does not run as root and this machine has no user 'nobody'; run as an ordinary user, "
        "or set DATABASE_URL to a PostgreSQL server."
    )


def can_use(account: Account | None, paths: Iterable[Path]) -> bool:
    """Whether `account` can read every path, and enter or run those that the owner can. Asked as that user."""
    wanted = list(paths)
    if account is None:
        return True
    child = os.fork()
    if child == 0:
        answer = 1
        try:
            os.setgroups([])
            os.setgid(account.gid)
            os.setuid(account.uid)
            answer = 0 if all(_usable(path) for path in wanted) else 1
        except OSError:
            answer = 2
        finally:
            os._exit(answer)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    if code == 2:
        raise Trouble(
            "Root may not become another user here, so PostgreSQL cannot be started; run as an ordinary user, "
            "or set DATABASE_URL to a PostgreSQL server."
        )
    return code == 0


def _usable(path: Path) -> bool:
    try:
        mode = path.stat().st_mode
    except OSError:
        return False
    wanted = os.R_OK | (os.X_OK if stat.S_ISDIR(mode) or mode & stat.S_IXUSR else 0)
    if not os.access(path, wanted):
        return False
    return all(_usable(entry) for entry in path.iterdir()) if stat.S_ISDIR(mode) else True


def home(places: Places, account: Account | None) -> Path:
    """The folder for the services' data: the profile's own where `account` can enter it, else one of the system."""
    if account is None or _can_enter(account, places.var):
        return places.var
    folder = SYSTEM_FOLDER / f"loods-{account.uid}-{mark_of(places.var)}"
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
        os.chown(folder, account.uid, account.gid)
    # Anybody may write in the system folder: what lies there under our name must be a folder of our account.
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != account.uid or found.st_mode & 0o077:
        raise Trouble(f"{folder} exists and is not ours; remove it, or work in a folder that other users can enter.")
    if not _can_enter(account, folder):
        raise Trouble(
            f"The user that PostgreSQL runs as can enter neither {places.var} nor {folder}; run as an ordinary user, "
            "or set DATABASE_URL to a PostgreSQL server."
        )
    return folder


def mark_of(var: Path) -> str:
    """What names the folder of the system that belongs to this `var`."""
    return hashlib.sha256(os.fsencode(var.resolve())).hexdigest()[:12]


def _can_enter(account: Account, folder: Path) -> bool:
    child = os.fork()
    if child == 0:
        answer = 1
        try:
            os.setgroups([])
            os.setgid(account.gid)
            os.setuid(account.uid)
            answer = 0 if os.access(folder, os.X_OK) else 1
        finally:
            os._exit(answer)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) == 0


def own_folder(folder: Path, account: Account | None) -> None:
    """Make `folder` for the account alone; one that exists is left as it is."""
    if folder.is_dir():
        return
    folder.mkdir(mode=0o700)
    if account is not None:
        os.chown(folder, account.uid, account.gid)


def usable_copy(sources: list[Path], base: Path, account: Account | None) -> list[Path]:
    """The `sources`, or copies of them under `base` when `account` cannot use them where they are.

    A copy keeps the sources' places relative to each other, for programs find their libraries that way. It is made
    under another name and renamed when whole; a copy of an older version is removed.
    """
    if can_use(account, sources):
        return sources
    parent = Path(os.path.commonpath([source.parent for source in sources]))
    mark = hashlib.sha256()
    for source in sources:
        for path in sorted(source.rglob("*")) if source.is_dir() else [source]:
            facts = path.stat()
            mark.update(f"{path.relative_to(parent)}\0{facts.st_size}\0{facts.st_mtime_ns}\n".encode())
    folder = base / "programs"
    own_folder(folder, account)
    family = sources[0].name
    target = folder / f"{family}-{mark.hexdigest()[:12]}"
    if not target.is_dir():
        for old in folder.glob(f"{family}-*"):
            shutil.rmtree(old, ignore_errors=True)
        temporary = folder / f"{family}-new"
        temporary.mkdir()
        for source in sources:
            place = temporary / source.relative_to(parent)
            place.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, place, ignore=shutil.ignore_patterns("include", "pgxs", "*.a"))
            else:
                shutil.copy2(source, place)
        for path in [temporary, *temporary.rglob("*")]:
            # Ours, just made: read for all, for the sources' modes are what stood in the way.
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & stat.S_IXUSR else 0o644)
        temporary.replace(target)
    return [target / source.relative_to(parent) for source in sources]
