"""`/healthz` tells the truth about each part, to anybody, quickly, and nothing else."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
import redis
from django.db import connections
from django.test import Client

from project import health
from project.celery import app

PREFIX = f"test-{os.environ.get('LOODS_TEST_PREFIX', 'loods')}-{os.getpid()}:"
PARTS = ("database", "broker", "worker", "beat")


@pytest.fixture
def no_signs(settings: Any) -> Iterator[None]:
    """Nobody left a sign of life yet, under names of the tests' own."""
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {"global_keyprefix": PREFIX}
    names = [health._key("beat"), *(health._key("worker", queue) for queue in app.amqp.queues)]
    with redis.Redis.from_url(settings.CELERY_BROKER_URL) as broker:
        broker.delete(*names)
        yield
        broker.delete(*names)


@pytest.fixture
def silence() -> Iterator[int]:
    """A port that takes connections and never says a word."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        held: list[socket.socket] = []

        def accept() -> None:
            try:
                while True:
                    held.append(server.accept()[0])
            except OSError:
                return

        threading.Thread(target=accept, daemon=True).start()
        yield server.getsockname()[1]
        for connection in held:
            connection.close()


@pytest.mark.django_db
@pytest.mark.usefixtures("no_signs")
class TestHealth:
    def test_without_signs_of_life_worker_and_beat_are_down(self, client: Client) -> None:
        answer = client.get("/healthz")
        assert answer.status_code == 503
        assert answer.json() == {"database": "ok", "broker": "ok", "worker": "down", "beat": "down"}

    def test_with_all_signs_of_life_all_is_well(self, client: Client) -> None:
        health.pulse("beat", *(f"worker:{queue}" for queue in app.amqp.queues))
        answer = client.get("/healthz")
        assert answer.status_code == 200
        assert answer.json() == dict.fromkeys(PARTS, "ok")

    def test_a_queue_that_nobody_serves_is_seen(self, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        health.pulse("beat", *(f"worker:{queue}" for queue in app.amqp.queues))
        queues = {**app.amqp.queues, "forgotten": None}
        monkeypatch.setattr(app.amqp, "_queues", queues, raising=False)
        monkeypatch.setattr(type(app.amqp), "queues", property(lambda _amqp: queues))
        assert client.get("/healthz").json()["worker"] == "down"

    def test_a_sign_of_life_expires_by_itself(self) -> None:
        health.pulse("beat")
        remaining = health._client().ttl(f"{PREFIX}health:beat")
        assert 0 < remaining <= health.LIFE
        assert health.LIFE > 2 * health.PULSE

    def test_a_broker_that_is_away_takes_worker_and_beat_with_it_but_not_the_database(
        self, client: Client, settings: Any
    ) -> None:
        settings.CELERY_BROKER_URL = "redis://127.0.0.1:9/0"
        answer = client.get("/healthz")
        assert answer.status_code == 503
        assert answer.json() == {"database": "ok", "broker": "down", "worker": "down", "beat": "down"}
        health.pulse("beat")  # no error either

    def test_a_broker_that_hangs_is_not_waited_for(self, client: Client, settings: Any, silence: int) -> None:
        settings.CELERY_BROKER_URL = f"redis://127.0.0.1:{silence}/0"
        begun = time.monotonic()
        assert client.get("/healthz").json()["broker"] == "down"
        assert time.monotonic() - begun < 1.5

    def test_a_database_that_hangs_or_is_away_is_down(
        self, client: Client, monkeypatch: pytest.MonkeyPatch, silence: int
    ) -> None:
        health.pulse("beat", *(f"worker:{queue}" for queue in app.amqp.queues))
        for port in (silence, 9):
            monkeypatch.setitem(connections["default"].settings_dict, "PORT", port)
            begun = time.monotonic()
            answer = client.get("/healthz")
            assert time.monotonic() - begun < 1.5
            assert answer.status_code == 503
            assert answer.json() == {"database": "down", "broker": "ok", "worker": "ok", "beat": "ok"}

    def test_it_needs_no_sign_in_makes_no_session_and_is_not_kept(self, client: Client) -> None:
        answer = client.get("/healthz", HTTP_HOST="any.name.at.all")
        assert answer.cookies == {}
        assert answer["Cache-Control"] == "no-store"
        assert answer["Content-Type"] == "application/json"
        assert set(answer.json()) == set(PARTS)

    def test_it_only_answers_questions(self, client: Client) -> None:
        assert client.post("/healthz").status_code in (301, 302, 403, 404, 405)


def test_the_schedulers_file_lies_where_the_program_may_write() -> None:
    assert app.conf.beat_scheduler == "project.health:BeatScheduler"
    assert app.conf.beat_schedule_filename.endswith("/run/beat-schedule")
    assert health.BeatScheduler.max_interval <= health.LIFE / 3
