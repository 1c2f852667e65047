"""SIGKILL before and after every statement of a step, a sweep, a delivery: never half, and the next attempt works."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings

from access import clock
from access.models import Post
from access.roles import Role
from access.wall import Side, taken
from cases.models import Referral as Report
from tests.conftest import MONDAY
from tests.factories.access import PostFactory, RegionFactory
from tests.factories.cases import CaseFactory, ReferralFactory
from tests.faults import provider
from tests.faults.guillotine import Strike, strikes
from workflows.engine import errors, outbox
from workflows.engine.models import Delivery, Notice, Process, StepLog
from workflows.engine.steps import open_process, perform
from workflows.engine.sweep import sweep, sweep_batch
from workflows.placement.machine import Placement
from workflows.placement.models import PlacementRecord
from workflows.referral.machine import Referral

pytestmark = [pytest.mark.services, pytest.mark.slow, pytest.mark.django_db(transaction=True)]

LATER = MONDAY + timedelta(hours=4, minutes=5)


@pytest.fixture
def people(transactional_db: None) -> dict[str, Any]:
    """A region with a coordinator and a supervisor."""
    region = RegionFactory()
    coordinator = PostFactory(role=Role.CARE_COORDINATOR, regions=[region])
    PostFactory(role=Role.SUPERVISOR, organisation=coordinator.organisation, regions=[region])
    return {"region": region, "coordinator": coordinator}


def committed(work: Callable[[], Any]) -> Any:
    """Do something on the care side in a transaction of its own, on the Monday of all tests."""
    with clock.at(MONDAY), taken(Side.CARE), transaction.atomic():
        return work()


def whole_or_nothing(process: Process, coordinator: Post, strike: Strike) -> bool:
    """Whether the step of `process` was made; fails when it was made by half."""

    def look() -> bool:
        row = Process.objects.get(pk=process.pk)
        placements = Process.objects.filter(case_id=process.case_id, kind="placement")
        found = (
            row.state,
            row.version,
            StepLog.objects.filter(process=process).count(),
            placements.count(),
            PlacementRecord.objects.filter(process__in=placements).count(),
            StepLog.objects.filter(process__in=placements).count(),
        )
        assert found in {("triage", 2, 2, 0, 0, 0), ("accepted", 3, 3, 1, 1, 1)}, f"half a step {strike}: {found}"
        return found[0] == "accepted"

    return bool(committed(look))


def test_a_step_is_made_whole_or_not_at_all_and_the_next_attempt_works(people: dict[str, Any]) -> None:
    coordinator, region = people["coordinator"], people["region"]
    answers = {"shelter": "on", "shelter_kind": "crisis"}
    process: Process

    def triage() -> Process:
        case = CaseFactory(region=region)
        report: Report = ReferralFactory(case=case, registered_by=coordinator)
        opened = open_process(
            Referral, acting=coordinator, case_id=case.pk, region_id=region.pk, record={"report": report}
        )
        return perform(opened.pk, "begin_triage", coordinator).process

    def accept() -> Any:
        return committed(lambda: perform(process.pk, "accept", coordinator, answers, version=2))

    def prepare() -> Callable[[], object]:
        nonlocal process
        process = committed(triage)
        return accept

    seen = Counter[bool]()
    for strike in strikes(prepare):
        done = whole_or_nothing(process, coordinator, strike)
        assert done is (strike.number == 0 or (strike.after and strike.event == "COMMIT")), str(strike)
        seen[done] += 1
        if done:
            with pytest.raises(errors.LostRace):
                accept()
        else:
            accept()
        assert whole_or_nothing(process, coordinator, strike)
    assert seen[True] >= 2
    assert seen[False] >= 12
    sys.stdout.write(f"\nstep: killed at {sum(seen.values()) - 1} places\n")


@pytest.fixture
def placement(people: dict[str, Any]) -> Callable[[], Process]:
    """Opens a request for shelter whose term is long over at `LATER`, reminder included."""

    def opened() -> Process:
        def work() -> Process:
            case = CaseFactory(region=people["region"])
            return open_process(Placement, acting=people["coordinator"], case_id=case.pk, region_id=people["region"].pk)

        return committed(work)  # type: ignore[no-any-return]

    return opened


def notices(process: Process) -> list[tuple[int, int]]:
    """Rung and number of mails of each notice about a process, in order."""

    def look() -> list[tuple[int, int]]:
        rows = Notice.objects.filter(process=process).order_by("rung")
        return [(row.rung, row.deliveries.count()) for row in rows]

    return committed(look)  # type: ignore[no-any-return]


def test_a_sweep_tells_all_of_a_rung_or_nothing_and_the_next_sweep_makes_up(placement: Callable[[], Process]) -> None:
    batch: list[Process] = []

    def prepare() -> Callable[[], object]:
        batch[:] = [placement(), placement()]
        return lambda: sweep_batch(Side.CARE, LATER)

    places = 0
    for places, strike in enumerate(strikes(prepare)):  # noqa: B007
        told = [notices(process) for process in batch]
        rungs = committed(lambda: {p.rung for p in Process.objects.filter(pk__in=[b.pk for b in batch])})
        if strike.number == 0 or (strike.after and strike.event == "COMMIT"):
            assert (told, rungs) == ([[(1, 1)]] * 2, {1}), str(strike)
        else:
            assert (told, rungs) == ([[], []], {0}), str(strike)
        sweep(Side.CARE, LATER)
        assert [notices(process) for process in batch] == [[(1, 1), (2, 1)]] * 2, str(strike)
    sys.stdout.write(f"\nsweep: killed at {places} places\n")


@pytest.fixture
def post_office(tmp_path: Path) -> Iterator[Path]:
    """A mail server that accepts everything; the path of its ledger."""
    ledger = tmp_path / "ledger"
    ledger.write_text("")
    server = subprocess.Popen([sys.executable, provider.__file__, str(ledger), "0"], stdout=subprocess.PIPE)
    assert server.stdout is not None
    port = int(server.stdout.readline())
    backend = "workflows.engine.mail.EmailBackend"
    with override_settings(EMAIL_BACKEND=backend, EMAIL_HOST="127.0.0.1", EMAIL_PORT=port, EMAIL_TIMEOUT=5):
        yield ledger
    server.kill()
    server.wait()


def test_a_mail_leaves_once_or_waits_for_a_person(placement: Callable[[], Process], post_office: Path) -> None:
    process: Process

    def prepare() -> Callable[[], object]:
        nonlocal process
        process = placement()
        sweep(Side.CARE, LATER)
        post_office.write_text("")
        return lambda: outbox.deliver(Side.CARE, LATER)

    ends = Counter[tuple[str, int]]()
    for strike in strikes(prepare):
        outbox.deliver(Side.CARE, LATER + timedelta(hours=1))
        rows = committed(lambda: list(Delivery.objects.filter(notice__process=process)))
        accepted = [line for line in post_office.read_text().splitlines() if line.startswith("accepted")]
        states = {row.state for row in rows}
        assert len(rows) == 2
        assert len(states) == 1
        state = states.pop()
        assert state in {"sent", "uncertain"}, str(strike)
        assert len(accepted) <= 1, str(strike)
        if state == "sent":
            assert [line.split()[1] for line in accepted] == [rows[0].message_id]
        else:
            assert {row.why for row in rows} == {"interrupted"}
        ends[state, len(accepted)] += 1
    # Undecided is what was marked and not sent yet, and what was accepted while nobody lived to write it down.
    assert ends["uncertain", 0] >= 1
    assert ends["uncertain", 1] >= 1
    assert ends["sent", 1] > 20
    figures = {f"{state}, {count} accepted": n for (state, count), n in ends.items()}
    sys.stdout.write(f"\ndelivery: killed at {sum(ends.values()) - 1} places: {figures}\n")
