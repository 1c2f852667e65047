"""The installation in containers: what each of them may know and do."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parent.parent.parent
COMPOSE = ROOT / "docker-compose.yml"
PROGRAM = ("web", "worker", "beat")


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(COMPOSE.read_text())["services"]
    return found


def compose_plugin() -> bool:
    docker = shutil.which("docker")
    if not docker:
        return False
    return subprocess.run([docker, "compose", "version"], capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(not compose_plugin(), reason="docker compose is not installed")
def test_docker_compose_accepts_it(tmp_path: Path) -> None:
    filled = tmp_path / ".env"
    filled.write_text(re.sub(r"^([A-Z_]+)=$", r"\1=filled-in", (ROOT / ".env.example").read_text(), flags=re.MULTILINE))
    command = ["docker", "compose", "--file", str(COMPOSE), "--env-file", str(filled), "config", "--quiet"]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr


def test_all_parts_are_there(services: dict[str, Any]) -> None:
    assert set(services) == {"db", "redis", "migrate", *PROGRAM}


def test_only_the_migration_knows_owner_and_administrator(services: dict[str, Any]) -> None:
    for name in PROGRAM:
        environment = str(services[name]["environment"])
        assert "OWNER" not in environment
        assert "ADMIN" not in environment
        assert "POSTGRES_PASSWORD" not in environment
    assert {"DATABASE_OWNER_URL", "DATABASE_ADMIN_URL"} <= set(services["migrate"]["environment"])


def test_the_migration_is_a_step_of_its_own_that_the_program_waits_for(services: dict[str, Any]) -> None:
    assert services["migrate"]["restart"] == "no"
    assert services["migrate"]["depends_on"]["db"]["condition"] == "service_healthy"
    assert "migrate" in str(services["migrate"]["command"])
    for name in PROGRAM:
        assert services[name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
        assert services[name]["depends_on"]["redis"]["condition"] == "service_healthy"


def test_every_lasting_part_has_a_health_check(services: dict[str, Any]) -> None:
    for name in ("db", "redis", *PROGRAM):
        assert services[name]["healthcheck"]["test"]


def test_the_program_runs_without_rights(services: dict[str, Any]) -> None:
    dockerfile = (ROOT / "Dockerfile").read_text()
    assert re.findall(r"^USER (\w+)$", dockerfile, re.MULTILINE) == ["loods"]
    assert "--require-hashes" in dockerfile
    assert "npm ci --ignore-scripts" in dockerfile
    for name in ("migrate", *PROGRAM):
        assert services[name]["read_only"] is True
        assert services[name]["cap_drop"] == ["ALL"]
        assert services[name]["security_opt"] == ["no-new-privileges:true"]


def test_only_web_can_be_reached_and_from_this_machine_only(services: dict[str, Any]) -> None:
    assert [name for name, service in services.items() if "ports" in service] == ["web"]
    assert services["web"]["ports"] == ["${LOODS_LISTEN:-127.0.0.1:8000}:8000"]


def test_no_secret_is_written_down_and_none_may_be_left_out() -> None:
    text = COMPOSE.read_text()
    secret = re.findall(r"\$\{((?:\w*PASSWORD|SECRET_KEY|LOODS_DOCUMENT_KEYS))(.)", text)
    assert secret
    assert {mark for _name, mark in secret} == {":"}
    assert not re.findall(r"\$\{\w*(?:PASSWORD|KEYS?):-", text)


def test_the_example_names_every_variable_and_holds_no_secret() -> None:
    wanted = set(re.findall(r"\$\{(\w+)", COMPOSE.read_text()))
    example = dict(re.findall(r"^([A-Z_]+)=(.*)$", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert wanted == set(example)
    assert [name for name, value in example.items() if re.search(r"PASSWORD|KEY", name) and value] == []


def test_the_databases_log_holds_no_values(services: dict[str, Any]) -> None:
    for setting in ("log_parameter_max_length=0", "log_parameter_max_length_on_error=0", "log_error_verbosity=terse"):
        assert setting in services["db"]["command"]
