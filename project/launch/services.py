"""PostgreSQL and Redis for the program: the ones the environment names, else embedded ones."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit, urlunsplit

from project.launch import embedded_postgres, embedded_redis, keys
from project.launch.console import Trouble, say, stage
from project.launch.places import Places, places

APP_LOGIN = "loods_app"
OWNER_LOGIN = "loods_owner"
DATABASE = "loods"
# The long-running programs get these; the addresses of owner and administrator go to set-up commands only.
SETUP_ONLY = ("DATABASE_OWNER_URL", "DATABASE_ADMIN_URL")


@dataclass
class Services:
    """What the program is told about its services, and which of them this process started."""

    places: Places
    environment: dict[str, str]
    postgres: embedded_postgres.Server | None = None
    redis: embedded_redis.Server | None = None
    started: list[str] = field(default_factory=list)

    def for_setup(self) -> dict[str, str]:
        """The environment of commands that set up or migrate."""
        return {**os.environ, **self.environment}

    def for_running(self) -> dict[str, str]:
        """The environment of web, worker and beat: it names neither owner nor administrator of the database."""
        return {name: value for name, value in self.for_setup().items() if name not in SETUP_ONLY}

    def stop(self, *, harder: bool = False) -> None:
        """Stop what this process started, the broker first."""
        if "redis" in self.started:
            embedded_redis.stop(self.places, harder=harder)
        if "postgres" in self.started:
            embedded_postgres.stop(self.places, harder=harder)
        self.started.clear()


@contextlib.contextmanager
def start_lock(where: Places) -> Iterator[None]:
    """One start at a time per profile. The kernel lets go of the lock when its holder dies, so it is never stale."""
    where.make()
    with (where.run / "start.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def acquire(profile: str, *, detached: bool) -> Services:
    """Have both services running and answer with their addresses.

    DATABASE_URL and REDIS_URL win over the embedded services. Detached services outlive this process. Raises Trouble
    with one sentence when one cannot be had; what was started until then is stopped again.
    """
    where = places(profile)
    given_database = os.environ.get("DATABASE_URL", "")
    given_redis = os.environ.get("REDIS_URL", "")
    with start_lock(where):
        secrets, existed = keys.read_or_make(where.secrets)
        services = Services(where, _shared_environment(secrets))
        try:
            with stage("PostgreSQL") as shown:
                if given_database:
                    services.environment |= _external_database(given_database, secrets)
                    shown.note(f"DATABASE_URL ({_without_password(given_database)})")
                else:
                    postgres = embedded_postgres.start(
                        where, secrets["postgres_password"], detached=detached, forget_password=not existed
                    )
                    services.postgres = postgres
                    if postgres.child is not None:
                        services.started.append("postgres")
                    services.environment |= _embedded_database(postgres, secrets)
                    shown.note(
                        f"127.0.0.1:{postgres.port}{'' if postgres.child else ', already running'}"
                        + ("" if postgres.data.parent == where.var else f", data in {postgres.data}")
                    )
            with stage("Redis") as shown:
                if given_redis:
                    _check_redis(given_redis)
                    services.environment["REDIS_URL"] = given_redis
                    shown.note(f"REDIS_URL ({_without_password(given_redis)})")
                else:
                    redis = embedded_redis.start(where, secrets["redis_password"], detached=detached)
                    services.redis = redis
                    if redis.child is not None:
                        services.started.append("redis")
                    services.environment["REDIS_URL"] = redis.url(secrets["redis_password"])
                    shown.note(f"127.0.0.1:{redis.port}{'' if redis.child else ', already running'}")
        except BaseException:
            services.stop()
            raise
    return services


def stop(profile: str) -> list[str]:
    """Stop the embedded services of this profile that run, whoever started them; answer with their names."""
    where = places(profile)
    if not where.run.is_dir():
        return []
    with start_lock(where):
        found = []
        if embedded_redis.stop(where):
            found.append("Redis")
        if embedded_postgres.stop(where):
            found.append("PostgreSQL")
    return found


def command(profile: str) -> int:
    """`make services`: start both, leave them running, and print how to use them."""
    services = acquire(profile, detached=True)
    say()
    say(export_lines(services))
    say()
    say("These keep running until `make stop`. Paste the lines above into a shell to use them with manage.py.")
    return 0


def export_lines(services: Services) -> str:
    """Lines for a shell that make manage.py use these services."""
    return "\n".join(f"export {name}={shlex.quote(value)}" for name, value in sorted(services.environment.items()))


def _shared_environment(secrets: dict[str, str]) -> dict[str, str]:
    return {
        "SECRET_KEY": os.environ.get("SECRET_KEY") or secrets["secret_key"],
        "LOODS_DOCUMENT_KEYS": os.environ.get("LOODS_DOCUMENT_KEYS") or secrets["document_keys"],
    }


def _embedded_database(server: embedded_postgres.Server, secrets: dict[str, str]) -> dict[str, str]:
    at = f"127.0.0.1:{server.port}"
    return {
        "DATABASE_ADMIN_URL": server.admin_url(secrets["postgres_password"]),
        "DATABASE_OWNER_URL": f"postgres://{OWNER_LOGIN}:{secrets['owner_password']}@{at}/{DATABASE}",
        "DATABASE_URL": f"postgres://{APP_LOGIN}:{secrets['app_password']}@{at}/{DATABASE}",
    }


def _external_database(url: str, secrets: dict[str, str]) -> dict[str, str]:
    """The three addresses for a server somebody else runs.

    A login that may make roles is the administrator: owner's and program's logins are derived from it. Any other
    login is the program's own, and then the owner's address must be given as well.
    """
    if _may_make_roles(url):
        return {
            "DATABASE_ADMIN_URL": url,
            "DATABASE_OWNER_URL": _as_login(url, OWNER_LOGIN, secrets["owner_password"]),
            "DATABASE_URL": _as_login(url, APP_LOGIN, secrets["app_password"]),
        }
    owner = os.environ.get("DATABASE_OWNER_URL", "")
    if not owner:
        raise Trouble(
            "The login in DATABASE_URL may not make roles; give it that right, or set DATABASE_OWNER_URL to the login "
            "that owns the tables as well (see README.md)."
        )
    found = {"DATABASE_OWNER_URL": owner, "DATABASE_URL": url}
    if os.environ.get("DATABASE_ADMIN_URL"):
        found["DATABASE_ADMIN_URL"] = os.environ["DATABASE_ADMIN_URL"]
    return found


def _as_login(url: str, login: str, password: str) -> str:
    """The same server and database with another login; the server's own database gives way to ours."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    path = parts.path if parts.path.strip("/") not in ("", "postgres", "template1") else f"/{DATABASE}"
    return urlunsplit((parts.scheme, f"{login}:{quote(password, safe='')}@{host}", path, parts.query, ""))


def _may_make_roles(url: str) -> bool:
    """Whether the login in `url` may make roles; Trouble when the server does not answer or refuses the login."""
    try:
        import psycopg
    except ImportError as error:
        raise Trouble("The environment is not ready; run `make env`.") from error
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql"):
        raise Trouble("DATABASE_URL must look like postgres://user:password@host:5432/database.")
    try:
        with psycopg.connect(url, connect_timeout=10) as connection:
            row = connection.execute(
                "SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user"
            ).fetchone()
    except psycopg.Error as error:
        said = (str(error).strip().splitlines() or ["no reason given"])[-1]
        raise Trouble(f"The database server in DATABASE_URL does not let us in: {said}") from error
    return bool(row and row[0])


def _check_redis(url: str) -> None:
    """Trouble unless a server answers at `url`."""
    try:
        import redis
        from redis.backoff import NoBackoff
        from redis.retry import Retry
    except ImportError as error:
        raise Trouble("The environment is not ready; run `make env`.") from error
    once = Retry(NoBackoff(), 0)
    try:
        with redis.Redis.from_url(url, socket_connect_timeout=5, socket_timeout=5, retry=once) as client:
            client.ping()
    except (redis.RedisError, ValueError) as error:
        raise Trouble(f"The Redis server in REDIS_URL does not answer: {error}") from error


def _without_password(url: str) -> str:
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{parts.path}"
