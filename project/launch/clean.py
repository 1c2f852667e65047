"""`make clean`: back to a fresh checkout. Asks first, for the demonstration's data goes too."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
SYSTEM_FOLDER = Path("/var/tmp")  # noqa: S108 - where `unprivileged.home` puts data that cannot be in the checkout


def folders() -> list[Path]:
    """What is there to remove."""
    var = Path(os.environ.get("LOODS_VAR") or ROOT / "var").absolute()
    found = [ROOT / ".venv", ROOT / "node_modules", var]
    found += [ROOT / name for name in (".mypy_cache", ".ruff_cache", ".pytest_cache", ".hypothesis")]
    for folder in (var, var / "test", var / "bench"):
        mark = hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()[:12]
        found += SYSTEM_FOLDER.glob(f"loods-*-{mark}")
    return [folder for folder in found if folder.is_dir()]


def main() -> int:
    """Stop what runs, ask, remove; answers the exit code."""
    there = folders()
    if not there:
        print("Nothing to remove.")  # noqa: T201 - talks to a terminal
        return 0
    print("This removes, data included:", *(f"  {folder}" for folder in there), sep="\n")  # noqa: T201
    if "--yes" not in sys.argv[1:]:
        try:
            answer = input("Type yes to go on: ")
        except (EOFError, KeyboardInterrupt):
            answer = ""
        if answer.strip().lower() != "yes":
            print("Nothing was removed.")  # noqa: T201
            return 1
    python = ROOT / ".venv" / "bin" / "python"
    if python.exists():
        subprocess.run([str(python), "-m", "project.launch", "stop"], cwd=ROOT, check=False)
    for folder in there:
        shutil.rmtree(folder, ignore_errors=True)
    left = [str(folder) for folder in there if folder.exists()]
    if left:
        print(f"Loods: Not removed, for lack of permission: {', '.join(left)}.", file=sys.stderr)  # noqa: T201
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
