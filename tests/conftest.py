"""The tests' ground: a real database with the wall up, made by the owner's migrations, used by the program's login."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections, transaction
from django.test import Client, TransactionTestCase
from django.utils import translation
from playwright.sync_api import Browser, BrowserContext
from psycopg import sql

from access import clock, configuration
from access.models import Post
from access.roles import Role
from access.wall import Side, taken
from project.wall import scratch
from tests import browser as browsing
from tests import order
from tests.factories.access import PostFactory, RegionFactory

MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
_KEEP = {
    "django_migrations", "django_content_type", "auth_permission", "engine_term", "access_configuration",
    "shelters_scheme",
}  # fmt: skip
_LARGE = 4_000_000
"""Bytes from which on a table is truncated."""
_OURS = "relnamespace = 'public'::regnamespace"
_RESTART = """
SELECT setval(d.objid::regclass, 1, false) FROM pg_sequences s
    JOIN pg_depend d ON d.objid = format('%%I.%%I', s.schemaname, s.sequencename)::regclass AND d.deptype IN ('a', 'i')
WHERE s.last_value IS NOT NULL AND d.refobjid <> ALL(%s::regclass[])
"""


def pytest_sessionstart() -> None:
    """The collector comes by less often, and passes over what is there for good: that is a tenth of the work."""
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long comes first."""
    order.longest_first(items)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> order.ByFile:
    """Side by side, a file stays in one process."""
    return order.ByFile(config, log)


def admin_connection(name: str) -> psycopg.Connection[Any]:
    """A connection as the server's administrator: for making, emptying and dropping test databases only."""
    return psycopg.connect(settings.DATABASE_ADMIN_URL, dbname=name, autocommit=True)


@pytest.fixture(scope="session")
def django_db_setup(request: pytest.FixtureRequest, django_db_blocker: Any) -> Iterator[None]:
    """A database of its own for every test process, migrated by the owner, dropped afterwards."""
    worker = getattr(request.config, "workerinput", {})
    prefix = f"test_{os.environ.get('LOODS_TEST_PREFIX', 'loods')}"
    name = f"{prefix}_{worker.get('workerid', 'main')}"
    with django_db_blocker.unblock():
        if worker:
            _migrated_once(f"{prefix}_template", worker["testrunuid"], name)
        else:
            _migrated(name)
    yield
    with django_db_blocker.unblock():
        connections.close_all()
    scratch.drop(name)


def _migrated(name: str) -> None:
    scratch.drop(name)
    scratch.work_on(name)
    call_command("bootstrap_database", verbosity=0, stdout=open(os.devnull, "w"))  # noqa: SIM115
    call_command("migrate", verbosity=0)
    connections["owner"].close()


def _migrated_once(template: str, run: str, name: str) -> None:
    """A copy of what the first test process of a run migrated; the template stays until the next run."""
    with admin_connection("postgres") as admin:
        admin.execute("SELECT pg_advisory_lock(hashtext(%s))", [template])
        of = admin.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [template]
        )
        if of.fetchone() != (run,):
            _migrated(template)
            admin.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(template), sql.Literal(run)))
        scratch.drop(name)
        scratch.copy(template, name)
    scratch.work_on(name)


def _empty(_self: TransactionTestCase) -> None:
    """Empty the tables after a test that committed; the program's login may not, the administrator does.

    Deleting from the few tables that were written to costs a tenth of truncating them all, unless they are large.
    """
    connections["default"].close()
    with admin_connection(settings.DATABASES["default"]["NAME"]) as admin:
        rows = admin.execute("SELECT relname, pg_relation_size(oid) FROM pg_class WHERE relkind = 'r' AND " + _OURS)
        sizes = {name: size for name, size in rows if name not in _KEEP}
        if max(sizes.values()) > _LARGE:
            names = sql.SQL(", ").join(map(sql.Identifier, sizes))
            admin.execute(sql.SQL("TRUNCATE {} RESTART IDENTITY CASCADE").format(names))
        else:
            admin.execute("SET session_replication_role = replica")  # no trigger refuses, no foreign key is looked up
            some = sql.SQL("SELECT {} WHERE EXISTS (SELECT FROM {})")
            asked = [some.format(sql.Literal(name), sql.Identifier(name)) for name, size in sizes.items() if size]
            for (name,) in admin.execute(sql.SQL(" UNION ALL ").join(asked)).fetchall() if asked else ():
                admin.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(name)))
                admin.execute(sql.SQL("VACUUM {}").format(sql.Identifier(name)))  # rows lie in the order they come
            admin.execute(_RESTART, [sorted(_KEEP)])
        admin.execute("UPDATE access_configuration SET stamp = stamp + 1, clock_offset = '0'")


TransactionTestCase._fixture_teardown = _empty  # type: ignore[method-assign, assignment]


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    """No test sees what another one's rolled-back database said."""
    configuration.forget()
    yield
    configuration.forget()


class https_client(Client):
    """A client that speaks HTTPS, as the program asks by default."""

    def generic(self, *args: Any, **kwargs: Any) -> Any:
        return super().generic(*args, **kwargs | {"secure": True})


@pytest.fixture
def client() -> Client:
    """Nobody's client, speaking HTTPS (instead of pytest-django's)."""
    return https_client()


@pytest.fixture
def signed_in(db: None) -> Callable[[Post], Client]:
    """Gives a client in which the person of a post is signed in, acting in that post."""

    def sign_in(post: Post) -> Client:
        client = https_client()
        with taken(Side.COMMON), transaction.atomic():
            client.force_login(post.user, backend="allauth.account.auth_backends.AuthenticationBackend")
            session = client.session
            session["post"] = post.pk
            session.save()
        return client

    return sign_in


@pytest.fixture(autouse=True)
def _dutch() -> None:
    """Every test begins in Dutch, whatever the last request of another one spoke."""
    translation.activate("nl")


@pytest.fixture
def care(db: None) -> Iterator[None]:
    """Work for the care side during the test."""
    with taken(Side.CARE):
        yield


@pytest.fixture
def monday() -> Iterator[datetime]:
    """The clock stands still on a Monday morning in March without holidays near: 2 March 2026, 10:00 in Amsterdam."""
    with clock.at(MONDAY) as moment:
        yield moment


@pytest.fixture
def region(db: None) -> Any:
    """A care region."""
    return RegionFactory()


@pytest.fixture
def coordinator(region: Any) -> Post:
    """A care coordinator of `region`."""
    return PostFactory(role=Role.CARE_COORDINATOR, regions=[region])


@pytest.fixture
def supervisor(coordinator: Post) -> Post:
    """The supervisor of the coordinator's organisation."""
    return PostFactory(
        role=Role.SUPERVISOR, organisation=coordinator.organisation, regions=list(coordinator.regions.all())
    )


@pytest.fixture
def desk(db: None) -> Post:
    """A post at the national desk."""
    return PostFactory(role=Role.NATIONAL_DESK, organisation__kind="national_desk")


# -- In a browser (see `tests.browser`) -------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def _one_browser() -> Iterator[Browser]:
    with browsing.chromium() as browser:
        yield browser


@pytest.fixture
def chromium(_one_browser: Browser) -> Iterator[Browser]:
    """The browser of all tests of a process; whoever visited in a test has left after it."""
    yield _one_browser
    for visit in _one_browser.contexts:
        visit.close()


@pytest.fixture
def site(transactional_db: None, settings: Any) -> Iterator[str]:
    """The program as people meet it in the demonstration; its address."""
    settings.DEMO = True
    settings.PASSWORD_HASHERS = ["project.demo.hasher.DemonstrationHasher", *settings.PASSWORD_HASHERS]
    with browsing.served() as url:
        yield url


@pytest.fixture
def context(chromium: Browser, site: str) -> Iterator[BrowserContext]:
    """A visit to the site on a wide screen, in Dutch."""
    made = chromium.new_context(viewport=browsing.WIDE, locale="nl-NL", base_url=site)  # type: ignore[arg-type]
    yield made
    made.close()
