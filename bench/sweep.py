"""(c) 10,000 due among 1,000,000: the sweep against one bare UPDATE of the same rows, with two sweepers at once.

The sweep moves each due process to its next rung, writes its notice and plans the mails, committed, by two processes
that begin at the same moment. The bare UPDATE moves the same rows to their next rung and nothing else, in one statement
of the administrator without policies. Afterwards every due process must have exactly one new notice.

Then the same with one of the two sweepers killed with -9 in the middle: what it had not committed the other one, or the
next sweep, tells.
"""

from __future__ import annotations

import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator

from bench import database
from bench.figures import Figure, bench

DUE, ROUNDS = 10_000, 3

_DUE = """
UPDATE engine_process p
SET rung = 0, next_notice_at = now() - interval '1 minute',
    plan = ARRAY[now() - interval '1 minute', now() + interval '9 days', now() + interval '10 days',
        now() + interval '11 days']
FROM bare.due d WHERE d.id = p.id
"""
_MISSING = """
SELECT count(*) FILTER (WHERE n = 0), count(*) FILTER (WHERE n > 1) FROM (
    SELECT d.id, count(t.id) AS n FROM bare.due d JOIN engine_process p ON p.id = d.id
    LEFT JOIN engine_notice t ON t.process_id = d.id AND t.episode = p.episode AND t.rung = 1
    GROUP BY d.id
) counted
"""


def choose() -> None:
    """Choose the processes that become due: open, on the care side, spread over the whole set."""
    with database.admin() as admin:
        admin.execute("CREATE SCHEMA IF NOT EXISTS bare")  # out of the way of the wall, which is built around `public`
        admin.execute("DROP TABLE IF EXISTS bare.due")
        admin.execute(
            "CREATE TABLE bare.due AS SELECT id FROM engine_process WHERE closed_at IS NULL AND side = 'care'"
            " ORDER BY md5(id::text) LIMIT %s",
            [DUE],
        )
        count = admin.execute("SELECT count(*) FROM bare.due").fetchone()
        assert count == (DUE,), f"the large set has only {count} open processes"
        # whatever else is due by now would blur the comparison
        admin.execute(
            "UPDATE engine_process SET next_notice_at = now() + interval '30 days'"
            " WHERE next_notice_at < now() + interval '1 day'"
        )


def make_due() -> None:
    """Make them due now, as if nobody had been told; the logs' guards are off for the administrator while it cleans."""
    with database.admin() as admin, admin.transaction():
        admin.execute("SET LOCAL session_replication_role = replica")
        admin.execute(
            "DELETE FROM engine_delivery d USING engine_notice n, bare.due b"
            " WHERE d.notice_id = n.id AND n.process_id = b.id"
        )
        admin.execute("DELETE FROM engine_notice n USING bare.due b WHERE n.process_id = b.id")
        admin.execute(_DUE)
    with database.admin() as admin:
        admin.execute("VACUUM (ANALYZE) engine_process, engine_notice, engine_delivery")


def bare() -> float:
    """Seconds of one UPDATE of the same rows."""
    make_due()
    with database.admin() as admin:
        begun = time.perf_counter()
        done = admin.execute(
            "UPDATE engine_process SET rung = rung + 1, next_notice_at = plan[rung + 2]"
            " WHERE side = 'care' AND next_notice_at <= now()"
        ).rowcount
        took = time.perf_counter() - begun
    assert done == DUE, done
    return took


def sweepers(count: int) -> list[subprocess.Popen[str]]:
    """Processes that are ready to sweep and wait for a line on their standard input."""
    started = [
        subprocess.Popen(
            [sys.executable, "-m", "bench.sweeper"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "bench.settings"},
        )
        for _ in range(count)
    ]
    for sweeper in started:
        assert sweeper.stdout is not None
        assert sweeper.stdout.readline().strip() == "ready"
    return started


def swept(kill: bool = False) -> float:
    """Seconds from the start of two sweepers to the end of the last. `kill`: one dies on the way; then swept again."""
    make_due()
    both = sweepers(2)
    begun = time.perf_counter()
    for sweeper in both:
        assert sweeper.stdin is not None
        sweeper.stdin.write("go\n")
        sweeper.stdin.flush()
    if kill:
        time.sleep(0.08)
        both[0].send_signal(signal.SIGKILL)
    for sweeper in both:
        sweeper.communicate(timeout=120)
    took = time.perf_counter() - begun
    if kill:
        (last,) = sweepers(1)
        last.communicate("go\n", timeout=120)
    return took


def faults() -> tuple[int, int]:
    """How many due processes have no notice, and how many have more than one."""
    with database.admin() as admin:
        row = admin.execute(_MISSING).fetchone()
    assert row is not None
    return int(row[0]), int(row[1])


@bench("sweep")
def sweep() -> Iterator[Figure]:
    """Two sweepers against one bare UPDATE; then with a kill."""
    database.large()
    choose()
    once, two, lost, doubled = [], [], 0, 0
    for _ in range(ROUNDS):
        once.append(bare())
        two.append(swept())
        missing, more = faults()
        lost, doubled = lost + missing, doubled + more
    yield Figure("sweep.two_sweepers", statistics.median(two), "s", "", note=f"{DUE:,} due, notices and mails written")
    yield Figure("sweep.bare_update", statistics.median(once), "s", "")
    yield Figure("sweep", statistics.median(two) / statistics.median(once), "ratio", "one bare UPDATE", 5.0, more=False)
    yield Figure("sweep.lost", lost, "notices", "due processes", 0, more=False)
    yield Figure("sweep.doubled", doubled, "notices", "due processes", 0, more=False)
    swept(kill=True)
    lost, doubled = faults()
    yield Figure(
        "sweep.killed.lost", lost, "notices", "due processes", 0, more=False, note="one sweeper killed with -9"
    )
    yield Figure("sweep.killed.doubled", doubled, "notices", "due processes", 0, more=False)
