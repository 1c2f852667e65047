"""Where the launcher keeps things: one folder per profile, so that the demonstration and the tests run side by side."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PROFILES = ("demo", "test", "bench")


@dataclass(frozen=True)
class Places:
    """The folders of one profile. `durable` is false where losing the last second of data hurts nobody (tests)."""

    profile: str
    var: Path
    durable: bool

    @property
    def postgres(self) -> Path:
        return self.var / "postgres"

    @property
    def redis(self) -> Path:
        return self.var / "redis"

    @property
    def run(self) -> Path:
        return self.var / "run"

    @property
    def log(self) -> Path:
        return self.var / "log"

    @property
    def secrets(self) -> Path:
        return self.var / "secrets.json"

    def make(self) -> None:
        """Make the folders that are missing; those that exist keep their mode."""
        for folder in (self.var, self.run, self.log):
            if not folder.is_dir():
                folder.mkdir(parents=True, exist_ok=True)


def base_var() -> Path:
    """The folder for everything made at run time: LOODS_VAR, else `var/` in the checkout."""
    given = os.environ.get("LOODS_VAR")
    return Path(given).absolute() if given else ROOT / "var"


def places(profile: str) -> Places:
    """The places of `profile`: "demo" (also used by `make services`), "test" or "bench"."""
    if profile not in PROFILES:
        raise ValueError(f"unknown profile {profile!r}")
    var = base_var()
    return Places(profile, var if profile == "demo" else var / profile, durable=profile != "test")


def keep_compiled() -> None:
    """Keep what Python compiles under `base_var()`, whatever this machine's habit: the parts start in half the time."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ.setdefault("PYTHONPYCACHEPREFIX", str(base_var() / "compiled"))
