"""`make bench`, `make bench ONLY=step`: one line of JSON per figure, then a table."""

from __future__ import annotations

import argparse
import importlib
import os
import pkgutil
import sys


def main() -> int:
    """Run the measurements asked for. Out: 0, or 1 when a goal was missed."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"
    import django

    django.setup()
    import bench
    from bench import database
    from bench.figures import BENCHES, emit, table

    for module in pkgutil.iter_modules(bench.__path__):  # each measurement makes itself known
        if not module.ispkg and module.name != "__main__":
            importlib.import_module(f"bench.{module.name}")
    parser = argparse.ArgumentParser(prog="bench")
    parser.add_argument("--only", choices=sorted(BENCHES), help="run one measurement")
    only = parser.parse_args().only
    database.prepare()
    figures = []
    for name, measure in BENCHES.items():
        if only in (None, name):
            for figure in measure():
                emit(figure)
                figures.append(figure)
    table(figures)
    return 0 if all(figure.reached is not False for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
