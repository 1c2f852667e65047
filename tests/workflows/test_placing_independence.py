"""Placement waits neither for a criminal complaint nor for a determination of victimhood: the proof."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from access.wall import Side
from access.wall.declaration import Own, declared
from workflows.determination.models import Determination, File
from workflows.engine.machine import registry
from workflows.guidance.models import Guidance
from workflows.investigation_led.machine import InvestigationLed
from workflows.placement import checks


def test_nothing_that_finds_or_gives_a_place_names_a_complaint_or_a_determination() -> None:
    assert checks.waits_for_neither(None) == []


def test_the_check_sees_what_is_forbidden() -> None:
    names: dict[str, Any] = {"File": File, "Guidance": Guidance, "Led": InvestigationLed, "harmless": 1}
    assert len(list(checks.named_by("workflows.placement.machine", names))) == 3
    assert set(checks.NEVER) <= {config.label for config in apps.get_app_configs()}


def test_only_another_placement_closes_a_placement() -> None:
    closing = {kind for kind, machine in registry.items() if any("placement" in moot.kinds for moot in machine.moots)}
    assert closing == {"placement"}


@pytest.mark.django_db
def test_the_role_under_which_placement_runs_cannot_read_the_other_sides() -> None:
    with connection.cursor() as cursor:
        readable = set()
        for model in apps.get_models():
            place = declared(model)
            if isinstance(place, Own) and place.side in (Side.DETERMINATION, Side.JUSTICE):
                cursor.execute("SELECT has_table_privilege(%s, %s, 'SELECT')", [Side.CARE.role, model._meta.db_table])
                if cursor.fetchone()[0]:
                    readable.add(model._meta.label)
        assert readable == set()
        cursor.execute(
            "SELECT has_table_privilege(%s, %s, 'SELECT')", [Side.DETERMINATION.role, Determination._meta.db_table]
        )
        assert cursor.fetchone()[0]  # the question itself can be answered with yes
