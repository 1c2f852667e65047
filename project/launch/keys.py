"""Generated secrets of an embedded installation: made once, kept in one file that only its owner can read."""

from __future__ import annotations

import base64
import json
import os
import secrets
from pathlib import Path

from project.launch.console import Trouble


def _password() -> str:
    return secrets.token_urlsafe(24)


def _fernet_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode("ascii")


MAKERS = {
    "secret_key": lambda: secrets.token_urlsafe(50),
    "document_keys": _fernet_key,
    "postgres_password": _password,
    "owner_password": _password,
    "app_password": _password,
    "redis_password": _password,
}


def read_or_make(path: Path) -> tuple[dict[str, str], bool]:
    """The secrets in `path`, with the missing ones made, and whether the file existed.

    The file is written whole or not at all, with mode 600. A file that cannot be read as what it should be is never
    replaced, for the key of the stored documents is in it.
    """
    known: dict[str, str] = {}
    existed = path.exists()
    if existed:
        try:
            known = json.loads(path.read_text(encoding="utf-8"))
            if not isinstance(known, dict) or not all(isinstance(value, str) for value in known.values()):
                raise ValueError("not a set of texts")
        except ValueError as error:
            raise Trouble(
                f"The file {path} is damaged ({error}); put it back from a copy, or move the whole folder "
                f"{path.parent} away to begin with empty data."
            ) from error
    missing = {name: make() for name, make in MAKERS.items() if name not in known}
    if missing:
        known |= missing
        temporary = path.with_suffix(".new")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(known, file, indent=1)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    return known, existed
