"""The storm: more than ten thousand notices come due while everything around them is killed at random.

Afterwards each due rung has exactly one notice, no mail was accepted twice, and whatever nobody can know waits for a
person. Run it with ``-s`` to see the figures; LOODS_STORM_SEED chooses another storm.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import sys
import time
from collections import Counter, defaultdict
from typing import Any

import pytest

from tests.faults.ground import Ground

pytestmark = [pytest.mark.services, pytest.mark.slow]

SEED = int(os.environ.get("LOODS_STORM_SEED", "20260302"))
PROCESSES = 3_400  # three rungs each come due
ORGANISATIONS = 120
SECONDS = 24.0
PAUSE = 1.7
WORKERS = ("first", "second")
FAULTS = {"worker": 3, "child": 3, "beat": 1, "postgres": 2, "backend": 2, "redis": 2, "flush": 2}
QUIET = 8.0  # leavers and watch come by every five seconds here
REST = 120.0

_DUE = """
SELECT count(*), count(*) FILTER (WHERE notices = 1), count(*) FILTER (WHERE notices > 1)
FROM (
    SELECT p.id, i, (
        SELECT count(*) FROM engine_notice n WHERE n.process_id = p.id AND n.episode = p.episode AND n.rung = i
    ) AS notices
    FROM engine_process p, generate_subscripts(p.plan, 1) AS i WHERE p.plan[i] <= now()
) rungs
"""


def strike(ground: Ground, fault: str, chance: random.Random) -> None:
    """Do one fault."""
    worker = chance.choice(WORKERS)
    if fault in ("worker", "beat"):
        ground.crash_part(worker if fault == "worker" else fault)
    elif fault == "child":
        ground.crash_child(worker)
    else:
        {
            "postgres": ground.crash_postgres,
            "backend": ground.crash_backend,
            "redis": ground.crash_redis,
            "flush": ground.flush_redis,
        }[fault]()


def wait_until_calm(ground: Ground) -> None:
    """Wait until all that is due is told, no mail is on its way, and nothing new came for a while."""
    deadline = time.monotonic() + REST
    before, since = None, time.monotonic()
    while time.monotonic() < deadline:
        [(due, told, _)] = ground.rows(_DUE)
        [(mails, on_the_way)] = ground.rows(
            "SELECT count(*), count(*) FILTER (WHERE state IN ('planned', 'claimed', 'sending')) FROM engine_delivery"
        )
        if on_the_way or due != told or due != 3 * PROCESSES or mails != before:
            before, since = mails, time.monotonic()
        elif time.monotonic() - since > QUIET:
            return
        time.sleep(0.5)


@pytest.fixture(scope="module")
def storm(ground: Ground) -> dict[str, Any]:
    """Let it happen, wait until it is calm, and answer with what there is."""
    chance, clock = random.Random(SEED), [time.monotonic()]
    ground.no_database()
    ground.start_mail(SEED)
    with ground.filling(str(PROCESSES), str(ORGANISATIONS), str(SECONDS), str(SEED)):
        for part in (*WORKERS, "beat"):
            ground.start_part(part)
    clock.append(time.monotonic())
    faults = [name for name, times in FAULTS.items() for _ in range(times)]
    chance.shuffle(faults)
    for n, fault in enumerate(faults):
        time.sleep(PAUSE)
        strike(ground, fault, chance)
        if n == len(faults) // 2:  # somebody leaves in the middle of it
            ground.rows("UPDATE access_user SET is_active = false WHERE email LIKE 'persoon1_.%%' RETURNING id")
    clock.append(time.monotonic())
    wait_until_calm(ground)
    clock.append(time.monotonic())
    seconds = [round(end - start, 1) for start, end in itertools.pairwise(clock)]
    return {"faults": Counter(faults), "seconds": dict(zip(("made ready", "storm", "calm"), seconds, strict=True))}


def test_every_due_rung_has_exactly_one_notice(ground: Ground, storm: dict[str, Any]) -> None:
    [(due, once, doubled)] = ground.rows(_DUE)
    assert due >= 10_000
    assert (once, doubled) == (due, 0)
    assert ground.rows("SELECT count(*) FROM engine_notice WHERE rung > 3") == [(0,)]


def test_no_mail_hangs_and_each_is_sent_undecided_or_dropped_for_a_reason(
    ground: Ground, storm: dict[str, Any]
) -> None:
    states = dict(ground.rows("SELECT state, count(*) FROM engine_delivery GROUP BY state"))
    assert set(states) <= {"sent", "uncertain", "failed", "dropped"}
    assert (
        ground.rows("SELECT why, count(*) FROM engine_delivery WHERE state = 'sent' AND why <> '' GROUP BY why") == []
    )
    dropped = dict(ground.rows("SELECT why, count(*) FROM engine_delivery WHERE state = 'dropped' GROUP BY why"))
    assert set(dropped) <= {"person_left", "post_left"}
    failed = dict(ground.rows("SELECT why, count(*) FROM engine_delivery WHERE state = 'failed' GROUP BY why"))
    assert set(failed) <= {"550 5.1.1", "554 5.7.1"}


def test_nothing_was_accepted_twice_and_nothing_that_was_not_planned(ground: Ground, storm: dict[str, Any]) -> None:
    accepted = Counter(key for key, *_ in ground.accepted())
    assert [key for key, times in accepted.items() if times > 1] == []
    by_state: dict[str, set[str]] = defaultdict(set)
    for state, key in ground.rows("SELECT state, message_id FROM engine_delivery WHERE message_id <> ''"):
        by_state[state].add(key)
    assert by_state["sent"] <= set(accepted)
    assert set(accepted) <= by_state["sent"] | by_state["uncertain"]
    # A delivery could have been accepted in two mails with other company: then a person got more than was planned.
    told = Counter[str]()
    for _key, recipient, notices, _mode in ground.accepted():
        told[recipient] += notices
    planned = dict(
        ground.rows(
            "SELECT w.email, count(*) FROM engine_delivery d JOIN access_user w ON w.id = d.user_id "
            "WHERE d.message_id = ANY(%s) AND d.state IN ('sent', 'uncertain') GROUP BY w.email",
            list(accepted),
        )
    )
    assert dict(told) == planned


def test_what_is_undecided_is_so_for_a_reason_and_waits_for_a_person(ground: Ground, storm: dict[str, Any]) -> None:
    silent = {k for k, _, _, mode in [*ground.accepted(), *ground.refused()] if mode.startswith(("hang", "drop"))}
    unanswered = {k for (k,) in ground.rows("SELECT message_id FROM engine_delivery WHERE why = 'no_answer'")}
    assert unanswered <= silent
    reasons = dict(ground.rows("SELECT why, count(*) FROM engine_delivery WHERE state = 'uncertain' GROUP BY why"))
    assert set(reasons) <= {"no_answer", "interrupted"}
    [(undecided,)] = ground.rows("SELECT count(*) FROM engine_delivery WHERE state IN ('uncertain', 'failed')")
    raised = ground.rows("SELECT count FROM engine_alarm WHERE kind = 'undecided' AND closed_at IS NULL")
    assert raised == [(undecided,)]


def test_what_a_person_sends_again_is_the_only_thing_accepted_twice(ground: Ground, storm: dict[str, Any]) -> None:
    before = Counter(key for key, *_ in ground.accepted())
    figures(ground, storm)
    decided = ground.run("-m", "tests.faults.stage", "settle")
    assert ground.rows("SELECT count(*) FROM engine_delivery WHERE state = 'uncertain'") == [(0,)]
    after = Counter(key for key, *_ in ground.accepted())
    twice = {key for key, times in after.items() if times > 1}
    by_person = {
        key for (key,) in ground.rows("SELECT message_id FROM engine_delivery WHERE settled_by_id IS NOT NULL")
    }
    assert twice <= by_person
    assert sum(after.values()) >= sum(before.values())
    assert decided["settled"] >= 0


def figures(ground: Ground, storm: dict[str, Any]) -> None:
    """Print what happened."""
    [(due, once, doubled)] = ground.rows(_DUE)
    shown = {
        "seed": SEED,
        "faults": dict(storm["faults"]),
        "seconds": storm["seconds"],
        "due": due,
        "told once": once,
        "told twice": doubled,
        "deliveries": dict(ground.rows("SELECT state, count(*) FROM engine_delivery GROUP BY state ORDER BY state")),
        "why": dict(ground.rows("SELECT why, count(*) FROM engine_delivery WHERE why <> '' GROUP BY why ORDER BY why")),
        "mails accepted": len(list(ground.accepted())),
        "modes": dict(Counter(mode for *_, mode in [*ground.accepted(), *ground.refused()])),
    }
    sys.stdout.write(f"\nnotices under faults: {json.dumps(shown)}\n")
