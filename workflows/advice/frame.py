"""The words around a page for the person, in its own language: they come from a file, as the text does."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from babel.dates import format_date

from workflows.advice.words import PERSONAL

FILE = "frame.yaml"


@dataclass(frozen=True)
class Frame:
    """Words of one language. `draft` says that a translator still has to look."""

    navigator: str
    phone: str
    danger: str
    sources: str
    unconfirmed: str
    version: str
    draft: str


def load(root: Path) -> dict[str, Frame]:
    """The words of every language. Errors: ValueError that says what is wrong."""
    try:
        said: Any = yaml.safe_load((root / FILE).read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError, UnicodeDecodeError) as fault:
        raise ValueError(f"cannot be read: {fault}") from fault
    names = {one.name for one in fields(Frame)}
    made = {}
    for language in PERSONAL:
        row = said.get(language) if isinstance(said, dict) else None
        if not isinstance(row, dict) or {name for name, value in row.items() if value} != names:
            raise ValueError(f"{language} needs {', '.join(sorted(names))}, and nothing else")
        made[language] = Frame(**{name: str(value) for name, value in row.items()})
    return made


def day(value: date, language: str) -> str:
    """A day as it is written in a language."""
    return format_date(value, "long", locale=language)
