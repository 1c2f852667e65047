"""Settings for measurements: the project's, with the peers it is measured against, on a database of its own."""

import os

from project.settings import *  # noqa: F403
from project.settings import DATABASES, INSTALLED_APPS, LOGGING

INSTALLED_APPS = [*INSTALLED_APPS, "viewflow", "viewflow.workflow", "bench.peers"]
for _database in DATABASES.values():
    _database["NAME"] = os.environ.get("LOODS_BENCH_DATABASE", "loods_bench")
DEMO = True
DEBUG = False
MIGRATION_MODULES = {
    "viewflow": None
}  # its migrations write through the default connection; its tables are enough here
LOGGING["root"]["level"] = "WARNING"
