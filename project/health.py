"""`/healthz`: whether database, broker, worker and beat each do their work now.

Web asks the database and the broker itself. Worker and beat leave a sign of life in the broker every few seconds,
which expires by itself; the worker leaves one for each queue it serves, so that a queue nobody serves is seen too.
The answer names no person, no version and no address, and is made before sessions, sign-in and the wall take part.
"""

from __future__ import annotations

import http.client
import json
import logging
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import redis
from celery import Celery, bootsteps
from celery.beat import PersistentScheduler
from django.conf import settings
from django.db import connections
from django.http import HttpRequest, HttpResponse, JsonResponse
from redis.backoff import NoBackoff
from redis.retry import Retry

logger = logging.getLogger(__name__)

ADDRESS = "/healthz"
PATIENCE = 1.0
"""Seconds that one question may take."""
PULSE = 5.0
"""Seconds between two signs of life."""
LIFE = 20
"""Seconds after which a sign of life counts no more."""
OK, DOWN = "ok", "down"


def state() -> dict[str, str]:
    """Answers "ok" or "down" for database, broker, worker and beat, in at most about `PATIENCE` seconds."""
    found = dict.fromkeys(("database", "broker", "worker", "beat"), DOWN)

    def database() -> None:
        if _database_answers():
            found["database"] = OK

    def broker() -> None:
        found.update(_broker_answers())

    threads = [
        threading.Thread(target=part, daemon=True, name=f"healthz-{part.__name__}") for part in (database, broker)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    return dict(found)


def healthz(request: HttpRequest) -> HttpResponse:
    """The answer as JSON: 200 when all is well, 503 when a part is down."""
    answer = state()
    well = all(value == OK for value in answer.values())
    response = JsonResponse(answer, status=200 if well else 503)
    response["Cache-Control"] = "no-store"
    # Asked every few seconds: whoever asks hears that a part is down, the log need not repeat it each time.
    response._has_been_logged = True  # type: ignore[attr-defined]
    return response


class HealthMiddleware:
    """Answers `/healthz` before anything else takes part. Stands first in MIDDLEWARE."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == ADDRESS and request.method in ("GET", "HEAD"):
            return healthz(request)
        return self.get_response(request)


def _database_answers() -> bool:
    """Ask in a connection of its own: it takes no side of the wall, so it can see nothing, and waits for nobody."""
    parameters: dict[str, Any] = connections["default"].get_connection_params()
    for unwanted in ("cursor_factory", "context", "prepare_threshold", "pool"):
        parameters.pop(unwanted, None)
    parameters |= {"connect_timeout": 2, "options": f"-c statement_timeout={int(PATIENCE * 1000)}"}
    try:
        with psycopg.connect(**parameters, autocommit=True) as connection:
            return connection.execute("SELECT 1").fetchone() is not None
    except psycopg.Error:
        return False


def _broker_answers() -> dict[str, str]:
    from project.celery import app

    queues = sorted(app.amqp.queues)
    names = [*(_key("worker", queue) for queue in queues), _key("beat")]
    try:
        client = _client()
        client.ping()
        *workers, beat = client.mget(names)
    except redis.RedisError:
        return {}
    return {
        "broker": OK,
        "worker": OK if workers and all(workers) else DOWN,
        "beat": OK if beat else DOWN,
    }


_clients = threading.local()


def _client() -> redis.Redis:
    """A client for the broker that gives up quickly and tries once."""
    if not hasattr(_clients, "broker") or _clients.url != settings.CELERY_BROKER_URL:
        _clients.url = settings.CELERY_BROKER_URL
        _clients.broker = redis.Redis.from_url(
            _clients.url,
            socket_timeout=PATIENCE / 2,
            socket_connect_timeout=PATIENCE / 2,
            retry=Retry(NoBackoff(), 0),
        )
    client: redis.Redis = _clients.broker
    return client


def _key(*parts: str) -> str:
    prefix = settings.CELERY_BROKER_TRANSPORT_OPTIONS.get("global_keyprefix", "loods:")
    return ":".join((f"{prefix}health", *parts))


def pulse(*names: str) -> None:
    """Leave a sign of life under each name. A broker that is away is the broker's trouble, not the caller's."""
    try:
        with _client().pipeline(transaction=False) as pipeline:
            for name in names:
                pipeline.set(_key(*name.split(":", 1)), 1, ex=LIFE)
            pipeline.execute()
    except redis.RedisError:
        logger.warning("the broker takes no sign of life")


class WorkerPulse(bootsteps.StartStopStep):
    """Part of the worker: its event loop leaves a sign of life for each queue it serves, as long as it turns."""

    requires = ("celery.worker.components:Timer",)

    def __init__(self, parent: Any, **options: Any) -> None:
        self.entries: list[Any] = []
        super().__init__(parent, **options)

    def start(self, parent: Any) -> None:
        def beat() -> None:
            pulse(*(f"worker:{queue}" for queue in parent.app.amqp.queues.consume_from))

        self.entries = [parent.timer.call_after(0.1, beat), parent.timer.call_repeatedly(PULSE, beat)]

    def stop(self, parent: Any) -> None:
        for entry in self.entries:
            entry.cancel()
        self.entries = []

    terminate = stop


class BeatScheduler(PersistentScheduler):
    """Celery's own scheduler, which leaves a sign of life at every turn and turns often enough for it."""

    max_interval = int(PULSE)
    schedule_filename: str

    def setup_schedule(self) -> None:
        Path(self.schedule_filename).parent.mkdir(parents=True, exist_ok=True)
        super().setup_schedule()

    def tick(self, *args: Any, **options: Any) -> float:
        wait: float = super().tick(*args, **options)
        pulse("beat")
        return wait


def install(app: Celery) -> None:
    """Give worker and beat of this application their signs of life. Called once, in `project.celery`."""
    app.steps["worker"].add(WorkerPulse)
    app.add_defaults(
        lambda: {
            "beat_scheduler": "project.health:BeatScheduler",
            "beat_schedule_filename": str(Path(settings.VAR_DIR) / "run" / "beat-schedule"),
            "beat_max_loop_interval": PULSE,
        }
    )


def main() -> int:
    """`python -m project.health web|worker|beat`: exit code 0 when that part does its work. For containers."""
    part = sys.argv[1] if len(sys.argv) == 2 else ""
    if part == "web":
        return _web_answers()
    if part not in ("worker", "beat"):
        sys.stderr.write("usage: python -m project.health web|worker|beat\n")
        return 2
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
    return 0 if _broker_answers().get(part) == OK else 1


def _web_answers() -> int:
    """Whether web itself serves and has its database and broker; an absent worker is not web's fault."""
    port = int(os.environ.get("PORT", "8000"))
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", ADDRESS)
        answer = json.loads(connection.getresponse().read())
    except (OSError, http.client.HTTPException, ValueError):
        return 1
    finally:
        connection.close()
    return 0 if answer.get("database") == answer.get("broker") == OK else 1


if __name__ == "__main__":
    sys.exit(main())
