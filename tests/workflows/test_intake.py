"""The intake: a report becomes a case with a process that somebody must act on."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from access.models import AccessRecord, Post
from access.roles import Role
from cases.models import Case, Person
from cases.models import Referral as Report
from tests.factories.access import PostFactory, RegionFactory
from tests.factories.cases import CaseFactory, PersonFactory
from tests.workflows.conftest import Browser, queries
from tests.workflows.test_casepage import text
from workflows.engine.models import Process
from workflows.placement.models import PlacementRecord

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("care", "monday")]

INTAKE = "/intake/"


def key_of(client: Client) -> str:
    """The key of a fresh intake page."""
    return text(client.get(INTAKE)).split('name="key" value="')[1].split('"')[0]


@pytest.fixture
def report(region: Any) -> dict[str, Any]:
    """The least that must be filled in."""
    return {
        "region": region.pk,
        "source_kind": "police",
        "received_at": "2026-03-02 09:30",
        "safety_level": "low",
        "gender": "unknown",
    }


def test_the_least_is_little(page: Client, report: dict[str, Any], coordinator: Post) -> None:
    answer = page.post(INTAKE, report, follow=True)
    case = Case.objects.get()
    assert answer.redirect_chain[-1][0] == f"/cases/{case.pk}/"
    shown = text(answer)
    assert f"Case {case.number}: the report is in." in shown
    assert f"with Care coordinator, {coordinator.organisation.name}, by Tuesday 3 March" in shown
    process = Process.objects.get(case_id=case.pk)
    assert (process.kind, process.state, process.urgent) == ("referral", "received", False)
    assert process.facts["age_group"] == "minor"  # nothing is known of the age, so a minor until shown otherwise
    assert Report.objects.get().legal_ground == "duty_to_report"


def test_an_emergency_counts_in_hours(page: Client, report: dict[str, Any], monday: datetime) -> None:
    page.post(INTAKE, report | {"urgent": "on"})
    process = Process.objects.get()
    assert process.urgent and process.due_at == monday + timedelta(hours=2)


def test_what_is_told_lands_in_person_case_and_report(page: Client, report: dict[str, Any]) -> None:
    told = {
        "name": "Visdief Test", "birth_date": "12-05-1998", "gender": "man", "nationality": "RO",
        "languages": "Roemeens", "forms": ["labour", "criminal"], "needs": ["somatic"], "safety_notes": "Niet bellen.",
        "safe_contact": "06 0000 0001", "story": "Verzonnen.", "children_along": "2",
    }  # fmt: skip
    page.cookies["django_language"] = page.defaults["HTTP_ACCEPT_LANGUAGE"] = "nl"
    assert page.post(INTAKE, report | told).status_code == 302
    case = Case.objects.select_related("person").get()
    assert (case.forms, case.needs, case.children_along) == (["labour", "criminal"], ["somatic"], 2)
    assert (case.person.name, case.person.languages, case.person.nationality) == ("Visdief Test", ["ro"], "RO")
    process = Process.objects.get()
    assert process.facts["forms"] == ["labour", "criminal"] and process.facts["age_group"] == "adult"
    assert "Visdief" not in str(process.facts)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"birth_date": "01-01-2027"}, "The date of birth is in the future."),
        ({"birth_date": "01-01-1850"}, "more than 120 years ago"),
        ({"birth_date": "gisteren"}, "Type a date such as"),
        ({"received_at": "2026-03-09 09:00"}, "This moment is in the future."),
        ({"region": "999999"}, "This region does not exist."),
        ({"region": ""}, "Choose the region."),
        ({"source_kind": ""}, "Choose who reports."),
        ({"source_kind": "self"}, "Choose why the reporter may share this."),
        ({"children_along": "-1"}, "greater than or equal to 0"),
        ({"children_along": "400"}, "less than or equal to 20"),
        ({"languages": "klingonisch"}, "is not a language we know"),
        ({"forms": ["flying"]}, "flying is not one of the available choices"),
    ],
)
def test_what_cannot_be_is_said_and_what_was_typed_stays(
    page: Client, report: dict[str, Any], changed: dict[str, Any], said: str
) -> None:
    answer = page.post(INTAKE, report | {"story": "Typed at night."} | changed)
    assert answer.status_code == 422
    assert said in text(answer) and "Typed at night." in text(answer)
    assert not Case.objects.exists() and not Person.objects.exists() and not Process.objects.exists()
    name, value = next(iter(changed.items()))
    if name in {"birth_date", "received_at", "languages", "children_along"}:
        assert f'value="{value}"' in text(answer)


def test_a_region_of_others_is_named_with_what_to_do(page: Client, report: dict[str, Any]) -> None:
    other = RegionFactory(name="Verre Streek")
    answer = page.post(INTAKE, report | {"region": other.pk})
    assert answer.status_code == 422
    assert "You do not work in Verre Streek. Refer the case onward to that region instead." in text(answer)


# -- Somebody we may know already --------------------------------------------------------------------------------------


@pytest.fixture
def known(region: Any) -> Case:
    """A case of somebody in the region."""
    made: Case = CaseFactory(person=PersonFactory(name="Grutto Verzonnen", birth_date="1998-05-12"), region=region)
    return made


def test_a_possible_duplicate_is_shown_with_why_before_anything_is_saved(
    page: Client, report: dict[str, Any], known: Case
) -> None:
    answer = page.post(INTAKE, report | {"name": "grutto verzonnen"})
    shown = text(answer)
    assert answer.status_code == 422
    assert "The same name" in shown and known.number in shown and f'value="case:{known.pk}"' in shown
    assert Case.objects.count() == 1 and not Process.objects.exists()
    assert AccessRecord.objects.filter(object_kind="person", subject=known.person_id, action="read").exists()


def test_the_existing_case_takes_the_report(page: Client, report: dict[str, Any], known: Case) -> None:
    said = {"name": "Grutto Verzonnen", "shown": str(known.person_id), "same_as": f"case:{known.pk}"}
    answer = page.post(INTAKE, report | said | {"safety_level": "high"})
    assert answer["Location"] == f"/cases/{known.pk}/"
    known.refresh_from_db()
    assert Case.objects.count() == 1 and known.safety_level == "high"
    assert Report.objects.get().case_id == Process.objects.get().case_id == known.pk


def test_somebody_else_gets_a_case_of_their_own(page: Client, report: dict[str, Any], known: Case) -> None:
    said = {"name": "Grutto Verzonnen", "shown": str(known.person_id), "same_as": "new"}
    page.post(INTAKE, report | said)
    assert Case.objects.count() == Person.objects.count() == 2


def test_whom_the_post_does_not_see_is_no_duplicate(page: Client, report: dict[str, Any]) -> None:
    CaseFactory(person=PersonFactory(name="Grutto Verzonnen"))
    assert page.post(INTAKE, report | {"name": "Grutto Verzonnen"}).status_code == 302


# -- Sent twice, nobody there, who may -------------------------------------------------------------------------------


def test_a_page_sent_twice_makes_one_case(page: Client, report: dict[str, Any]) -> None:
    data = report | {"key": key_of(page)}
    page.post(INTAKE, data)
    again = page.post(INTAKE, data, follow=True)
    assert "This was saved already; it was not saved a second time." in text(again)
    assert Case.objects.count() == Report.objects.count() == Process.objects.count() == 1


def test_a_key_that_was_made_up_counts_as_none(page: Client, report: dict[str, Any]) -> None:
    for _time in range(2):
        assert page.post(INTAKE, report | {"key": "made-up:by:hand"}).status_code == 302
    assert Case.objects.count() == 2


def test_without_a_coordinator_it_goes_to_the_national_desk_and_says_so(
    browser: Browser, desk: Post, report: dict[str, Any]
) -> None:
    empty = RegionFactory(name="Lege Streek")
    caseworker = PostFactory(role=Role.CASEWORKER, regions=[empty])
    answer = browser(caseworker).post(INTAKE, report | {"region": empty.pk}, follow=True)
    assert "Lege Streek has no care coordinator in Loods, so the referral went to the national desk." in text(answer)
    process = Process.objects.get()
    assert (process.owner_role, process.owner_organisation_id) == (Role.NATIONAL_DESK, desk.organisation_id)


@pytest.mark.parametrize(
    "role", [Role.NAVIGATOR, Role.SHELTER_PROVIDER, Role.SUPERVISOR, Role.ANALYST, Role.INVESTIGATOR]
)
def test_others_take_nobody_in(browser: Browser, role: Role) -> None:
    client = browser(PostFactory(role=role))
    assert client.get(INTAKE).status_code == client.post(INTAKE, {}).status_code == 403


def test_accepting_with_shelter_starts_a_placement_with_what_is_needed(page: Client, report: dict[str, Any]) -> None:
    page.post(INTAKE, report | {"needs": ["wheelchair"], "urgent": "on", "gender": "woman"})
    referral = Process.objects.get()
    page.post(f"/process/{referral.pk}/accept/", {"version": 1, "shelter": "on", "shelter_kind": "emergency"})
    placement = Process.objects.get(kind="placement")
    record = PlacementRecord.objects.get(process=placement)
    assert (record.kind, record.needs, placement.urgent) == ("emergency", ["wheelchair"], True)
    assert placement.facts["gender"] == "woman"


def test_the_intake_costs_few_queries(page: Client) -> None:
    page.get(INTAKE)
    assert len(queries(page, INTAKE)) <= 10
