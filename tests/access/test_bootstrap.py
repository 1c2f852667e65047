"""Making roles and database: safe to repeat, and safe for several who begin at the same moment."""

from __future__ import annotations

import os
import subprocess
import sys

import psycopg
from django.conf import settings


def test_several_who_make_the_roles_at_once_do_not_stumble_over_each_other() -> None:
    command = [sys.executable, "manage.py", "bootstrap_database"]
    running = [
        subprocess.Popen(
            command, cwd=settings.BASE_DIR, env=os.environ, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        for _ in range(4)
    ]
    answers = [(process.communicate(timeout=60)[0].decode(), process.returncode) for process in running]
    assert [code for _text, code in answers] == [0, 0, 0, 0], answers


def test_whoever_comes_second_waits_for_the_first() -> None:
    from access.management.commands.bootstrap_database import LOCK

    with psycopg.connect(settings.DATABASE_ADMIN_URL, autocommit=True) as holder:
        holder.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        waiting = subprocess.Popen(
            [sys.executable, "manage.py", "bootstrap_database"],
            cwd=settings.BASE_DIR,
            env=os.environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        try:
            waiting.wait(timeout=4)
            raise AssertionError("it did not wait")
        except subprocess.TimeoutExpired:
            holder.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
    assert waiting.wait(timeout=60) == 0
