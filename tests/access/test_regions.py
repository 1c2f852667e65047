"""Lists of regions and municipalities: what a file would do, doing it, and every fault with its line."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, transaction

from access import clock, regions
from access.models import Change, Municipality, Region, RegionMunicipality
from access.regions import BadFile, Item
from access.roles import Role
from access.wall import Side, taken
from tests.factories.access import PostFactory

pytestmark = pytest.mark.django_db

HEAD = "code,name,province,level,source,as_of,note\n"
PROVINCE = "PV20,Groningen,,province,CBS,2026-01-01,\n"
TOWN = "VO17,Groningen,PV20,care,lijst,2026-01-01,\n"
LINKS = "code,name,region,valid_from,valid_until,source,as_of\n"
LINK = "GM0014,Groningen,VO17,2015-01-01,,lijst,2026-01-01\n"
UNTIL_2020, SINCE_2020 = LINK.replace(",,lijst", ",2020-01-01,lijst"), LINK.replace("2015", "2020")


def load(text: str) -> regions.Plan:
    return regions.load(text.encode(), reason="toets")


def plan(text: str) -> regions.Plan:
    with taken(Side.COMMON), transaction.atomic():
        return regions.plan(text.encode())


def faults(text: str | bytes) -> list[tuple[int, str]]:
    """Line and column of every fault of a file."""
    with taken(Side.COMMON), transaction.atomic(), pytest.raises(BadFile) as caught:
        regions.plan(text if isinstance(text, bytes) else text.encode())
    assert all(str(fault) for fault in caught.value.faults)
    return [(fault.line, fault.column) for fault in caught.value.faults]


def common(question: Callable[[], Any]) -> Any:
    with taken(Side.COMMON), transaction.atomic():
        return question()


# -- The lists that come with Loods ----------------------------------------------------------------------------------


def test_the_builtin_lists_hold_12_provinces_and_35_areas_with_their_source() -> None:
    with regions.BUILTIN[0].open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == regions.REGIONS
    assert sum(row["level"] == "province" for row in rows) == 12
    areas = [row for row in rows if row["level"] == "care"]
    assert [row["code"] for row in areas] == [f"VO{n:02}" for n in range(1, 36)]
    assert all("Demonstration data" in row["source"] and "administrator replaces" in row["source"] for row in areas)
    assert all(row["as_of"] for row in rows)


def test_loading_the_builtin_lists_twice_does_nothing_the_second_time() -> None:
    first, again = regions.load_builtin(), regions.load_builtin()
    assert [len(done.items) for done in first] == [47, 70]
    assert [(len(done.items), done.unchanged) for done in again] == [(0, 47), (0, 35)]
    alkmaar = common(lambda: Region.objects.select_related("parent").get(code="VO01"))
    assert (alkmaar.name, alkmaar.parent.name, alkmaar.parent.code) == ("Alkmaar", "Noord-Holland", "PV27")
    assert common(lambda: RegionMunicipality.objects.filter(region=alkmaar).get().municipality.name) == "Alkmaar"
    assert common(Change.objects.count) == 117


# -- What a list does ------------------------------------------------------------------------------------------------


def test_a_plan_changes_nothing() -> None:
    found = plan(HEAD + PROVINCE + TOWN)
    assert [(item.what, item.key) for item in found.items] == [(Item.ADDED, "PV20"), (Item.ADDED, "VO17")]
    assert common(Region.objects.count) == 0


def test_what_a_list_does_not_name_ends_and_is_never_deleted() -> None:
    load(HEAD + PROVINCE + TOWN + TOWN.replace("VO17,Groningen", "VO14,Emmen"))
    done = load(HEAD + PROVINCE + TOWN.replace("VO17,Groningen", "VO17,Groningen en Ommelanden"))
    assert [(item.what, item.key) for item in done.items] == [(Item.CHANGED, "VO17"), (Item.ENDED, "VO14")]
    ended = common(lambda: Region.objects.get(code="VO14"))
    assert ended.valid_until == max(clock.today(), ended.valid_from + timedelta(days=1))
    later = date(2099, 1, 1)
    assert not common(lambda: Region.objects.valid_on(later).filter(code="VO14").exists())
    assert load(HEAD + PROVINCE + TOWN.replace("VO17,Groningen", "VO17,Groningen en Ommelanden")).items == []


def test_a_region_that_comes_back_goes_on() -> None:
    both = HEAD + PROVINCE + TOWN + TOWN.replace("VO17,Groningen", "VO14,Emmen")
    load(both)
    load(HEAD + PROVINCE + TOWN)
    (back,) = load(both).items
    assert (back.what, back.key, back.after) == (Item.CHANGED, "VO14", {"valid_until": None})


def test_a_list_of_areas_alone_leaves_the_provinces_be() -> None:
    load(HEAD + PROVINCE + TOWN)
    assert load(HEAD + TOWN).items == []
    assert common(lambda: Region.objects.get(code="PV20").valid_until) is None


def test_a_region_that_ends_while_people_work_there_is_warned_of() -> None:
    load(HEAD + PROVINCE + TOWN)
    PostFactory(role=Role.CARE_COORDINATOR, regions=[common(lambda: Region.objects.get(code="VO17"))])
    found = plan(HEAD + PROVINCE + TOWN.replace("VO17,Groningen", "VO14,Emmen"))
    assert found.warnings == ["Groningen zou eindigen terwijl 1 functie daar werkt."]


def test_each_change_stands_in_the_log_with_its_reason() -> None:
    load(HEAD + PROVINCE + TOWN)
    load(HEAD + PROVINCE + TOWN.replace("lijst", "nieuwe lijst"))
    line = common(lambda: Change.objects.get(after__source="nieuwe lijst"))
    assert (line.object_kind, line.object_key, line.before) == ("access.region", "VO17", {"source": "lijst"})
    assert (line.reason, line.user) == ("toets", None)


def test_municipalities_change_their_region_on_a_day() -> None:
    load(HEAD + PROVINCE + TOWN + TOWN.replace("VO17,Groningen", "VO14,Emmen"))
    load(LINKS + LINK)
    moved = LINK.replace(",,lijst", ",2026-01-01,lijst") + LINK.replace("VO17,2015", "VO14,2026")
    done = load(LINKS + moved)
    assert [(item.what, item.key) for item in done.items] == [(Item.CHANGED, "GM0014"), (Item.ADDED, "GM0014")]
    links = common(
        lambda: list(RegionMunicipality.objects.order_by("valid_from").values_list("region__code", "valid_until"))
    )
    assert links == [("VO17", date(2026, 1, 1)), ("VO14", None)]
    (ended,) = load(LINKS + LINK.replace(",,lijst", ",2026-01-01,lijst")).items
    assert (ended.what, ended.name) == (Item.ENDED, "Groningen – Emmen")
    assert common(Municipality.objects.count) == 1


def test_a_file_from_a_spreadsheet_is_read() -> None:
    text = (HEAD + PROVINCE + TOWN).replace(",", ";").replace("\n", "\r\n") + ";;;;;;\r\n\r\n"
    assert len(plan("\ufeff" + text).items) == 2


# -- Faults ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", [(1, "")]),
        (HEAD, [(1, "")]),
        ("code,name,level,source,as_of\n", [(1, "province"), (1, "note")]),
        (HEAD.replace("note", "note,adres"), [(1, "adres")]),
        (HEAD.replace("note", "name"), [(1, "note"), (1, "name")]),
        (HEAD + PROVINCE + TOWN.replace("PV20", "PV99"), [(3, "province")]),
        (HEAD + PROVINCE + TOWN.replace("PV20", ""), [(3, "province")]),
        (HEAD + PROVINCE.replace(",,", ",PV20,"), [(2, "province")]),
        (HEAD + PROVINCE + TOWN + TOWN.replace("Groningen", "Elders"), [(4, "code")]),
        (HEAD + PROVINCE + TOWN + TOWN.replace("VO17", "VO18"), [(4, "name")]),
        (HEAD + PROVINCE + TOWN.replace("Groningen", "  "), [(3, "name")]),
        (HEAD + PROVINCE + TOWN.replace("VO17", ""), [(3, "code")]),
        (HEAD + PROVINCE + TOWN.replace("VO17", "VO 17;--"), [(3, "code")]),
        (HEAD + PROVINCE + TOWN.replace("Groningen", "G" * 101), [(3, "name")]),
        (HEAD + PROVINCE + TOWN.replace("Groningen", "G\x00"), [(3, "name")]),
        (HEAD + PROVINCE + TOWN.replace("lijst", ""), [(3, "source")]),
        (HEAD + PROVINCE + TOWN.replace("care", "wijk"), [(3, "level")]),
        (HEAD + PROVINCE + TOWN.replace("2026-01-01", "31-01-2026"), [(3, "as_of")]),
        (HEAD + PROVINCE + TOWN.replace("2026-01-01", "2026-02-30"), [(3, "as_of")]),
        (HEAD + PROVINCE + TOWN.replace("2026-01-01", "2199-01-01"), [(3, "as_of")]),
        (HEAD + PROVINCE + "VO17,Groningen,PV20\n", [(3, "")]),
        (HEAD + 'PV20,"Gro\nningen",,province,CBS,2026-01-01,\nVO17,,PV20,care,lijst,2026-01-01,\n', [(4, "name")]),
        (HEAD + PROVINCE + TOWN[4:] + TOWN.replace("lijst", ""), [(3, "code"), (4, "name"), (4, "source")]),
    ],
)  # fmt: skip
def test_bad_rows_are_told_by_line_and_column(text: str, found: list[tuple[int, str]]) -> None:
    assert faults(text) == found
    assert common(Region.objects.count) == 0


def test_a_file_in_another_encoding_is_told_by_its_line() -> None:
    assert faults((HEAD + PROVINCE + TOWN.replace("Groningen", "Súdwest")).encode("latin-1")) == [(3, "")]
    assert faults(b"\xff\xfe" + HEAD.encode("utf-16-le")) == [(1, "")]


def test_a_file_that_is_no_list_is_refused() -> None:
    assert faults(b"x" * (regions.MAX_BYTES + 1)) == [(1, "")]
    many = "".join(TOWN.replace("VO17,Groningen", f"VO{n},Stad {n}") for n in range(regions.MAX_ROWS + 1))
    assert faults(HEAD + many) == [(regions.MAX_ROWS + 2, "")]
    assert faults(b"code,name\n" + b"\x00" * 100)[0][0] >= 1


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (LINK.replace("VO17", "VO99"), [(2, "region")]),
        (LINK.replace("VO17", "PV20"), [(2, "region")]),
        (LINK.replace("2015-01-01", ""), [(2, "valid_from")]),
        (LINK.replace(",,lijst", ",2014-01-01,lijst"), [(2, "valid_until")]),
        (LINK + LINK, [(3, "code")]),
        (LINK + LINK.replace("2015", "2020"), [(3, "code")]),
        (UNTIL_2020 + SINCE_2020, []),
        (UNTIL_2020 + SINCE_2020.replace("Groningen", "Gron"), [(3, "name")]),
    ],
)  # fmt: skip
def test_bad_rows_of_municipalities_are_told_too(text: str, found: list[tuple[int, str]]) -> None:
    load(HEAD + PROVINCE + TOWN)
    if found:
        assert faults(LINKS + text) == found
    else:
        assert plan(LINKS + text).items


def test_one_bad_row_and_nothing_happens() -> None:
    with pytest.raises(BadFile):
        load(HEAD + PROVINCE + TOWN.replace("VO17", "VO18") + TOWN.replace("2026", "26"))
    assert common(Region.objects.count) == 0
    assert common(Change.objects.count) == 0


def test_another_side_cannot_load_a_list() -> None:
    with taken(Side.CARE), transaction.atomic(), pytest.raises(ProgrammingError):
        Region.objects.create(code="X", name="X", source="x", as_of=date(2026, 1, 1))


# -- The command -----------------------------------------------------------------------------------------------------


def command(*arguments: str) -> tuple[str, str]:
    """What the command says, on both channels."""
    out, trouble = io.StringIO(), io.StringIO()
    call_command("load_regions", *arguments, stdout=out, stderr=trouble)
    return out.getvalue(), trouble.getvalue()


def test_the_command_shows_first_and_does_it_with_apply(tmp_path: Path) -> None:
    file = tmp_path / "lijst.csv"
    file.write_text(HEAD + PROVINCE + TOWN, encoding="utf-8")
    said, _trouble = command(str(file))
    assert "Toegevoegd: VO17 Groningen" in said and "--apply" in said
    assert common(Region.objects.count) == 0
    said, _trouble = command(str(file), "--apply", "--reason", "nieuwe indeling")
    assert "2 toegevoegd" in said
    assert set(common(lambda: list(Change.objects.values_list("reason", flat=True)))) == {"nieuwe indeling"}


def test_the_command_shows_the_builtin_lists_together() -> None:
    said, _trouble = command("--builtin")
    assert "47 toegevoegd" in said and "70 toegevoegd" in said
    assert common(Region.objects.count) == 0


def test_the_command_says_what_is_wrong(tmp_path: Path) -> None:
    file = tmp_path / "lijst.csv"
    file.write_text(HEAD + TOWN, encoding="utf-8")
    with pytest.raises(CommandError, match="er is niets gewijzigd"):
        command(str(file), "--apply")
    with pytest.raises(CommandError, match="bestand"):
        command()
    with pytest.raises(CommandError):
        command(str(file), "--builtin")
    with pytest.raises(CommandError, match="nergens"):
        command(str(tmp_path / "nergens.csv"))
