"""The pages: who may open them, what they do, what they cost, what they give away and what is logged."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from access import clock
from access.doors import CASE_WORKERS, door_of
from access.models import AccessRecord, Post
from access.roles import Role
from access.wall import Side, taken
from cases import closing, merging
from cases.forms import CaseForm, PersonForm
from cases.models import Case, CaseAccess, Consent, Merge, Search, TimelineEntry
from cases.policy import CLOSE, MANAGE
from cases.urls import urlpatterns
from tests.cases.test_forms import local, typed
from tests.factories.access import PostFactory
from tests.factories.cases import (
    CaseFactory,
    ConsentFactory,
    DocumentFactory,
    EntryFactory,
    PersonFactory,
    ReferralFactory,
)

SignIn = Callable[[Post], Client]
NAME = "Anna Geheimenis"


@pytest.fixture
def case(region: Any) -> Case:
    return CaseFactory(region=region, person__name=NAME)  # type: ignore[no-any-return]


@pytest.fixture
def other(region: Any) -> Case:
    """A case of somebody who may be the same person."""
    return CaseFactory(region=region, person__name="Ana Geheimenis")  # type: ignore[no-any-return]


@pytest.fixture
def browser(coordinator: Post, sign_in: SignIn) -> Client:
    return sign_in(coordinator)


def lines(action: str) -> list[AccessRecord]:
    with taken(Side.CARE):
        return list(AccessRecord.objects.filter(action=action).order_by("pk"))


def fresh(case: Case) -> Case:
    with taken(Side.CARE):
        return Case.objects.select_related("person", "region").get(pk=case.pk)


def everything_about(case: Case, other: Case) -> dict[str, str]:
    """Every address of this room that is about one case, by name."""
    with taken(Side.CARE):
        consent = ConsentFactory(case=case)
        document = DocumentFactory(case=case)
        naming = CaseAccess.objects.create(case=case, user=consent.recorded_by.user, granted_by=consent.recorded_by)
        third = PersonFactory()
        done = Merge.objects.create(kept=case.person, merged=third, by=consent.recorded_by, reason="x", moved={})
    parts = {
        "merge": [case.pk, other.person_id],
        "unmerge": [case.pk, done.pk],
        "withdraw_consent": [case.pk, consent.pk],
        "end_naming": [case.pk, naming.pk],
        "document": [document.pk],
        "remove_document": [document.pk],
    }
    without = {"list", "search", "what_we_keep"}
    names = [str(p.name) for p in urlpatterns if p.name not in without]
    return {name: reverse(f"cases:{name}", args=parts.get(name, [case.pk])) for name in names}


# -- Who may come in ------------------------------------------------------------
def test_every_page_of_the_room_has_a_door() -> None:
    for pattern in urlpatterns:
        door = door_of(pattern.callback)
        assert door is not None and not door.public and not door.person, pattern.name


@pytest.mark.parametrize("role", sorted(set(Role) - CASE_WORKERS))
def test_who_does_not_work_with_cases_finds_every_door_closed(
    case: Case, other: Case, sign_in: SignIn, region: Any, role: Role
) -> None:
    client = sign_in(PostFactory(role=role, regions=[region]))
    for name, address in everything_about(case, other).items():
        for answer in (client.get(address), client.post(address)):
            assert answer.status_code == 403, name
            assert NAME not in answer.content.decode()


@pytest.mark.parametrize("role", [Role.CASEWORKER, Role.NAVIGATOR])
def test_only_some_may_merge_restrict_close_and_reopen(
    case: Case, other: Case, sign_in: SignIn, region: Any, role: Role
) -> None:
    client = sign_in(PostFactory(role=role, regions=[region]))
    addresses = everything_about(case, other)
    narrow = {"merge", "unmerge", "access", "restrict", "open_up", "end_naming", "reopen"}
    closed = narrow | ({"close"} if role not in CLOSE else set())
    assert role not in MANAGE
    for name, address in addresses.items():
        assert (client.get(address).status_code == 403) == (name in closed), name


@pytest.mark.parametrize("verb", ["get", "post"])
def test_a_case_elsewhere_or_restricted_looks_like_one_that_is_not_there(
    case: Case, other: Case, browser: Client, verb: str
) -> None:
    outside = CaseFactory(person__name=NAME)
    restricted = CaseFactory(person__name=NAME, region=case.region, restricted=True)
    absent = {
        name: re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", lambda _: str(uuid4()), address)
        for name, address in everything_about(case, other).items()
    }
    for hidden in (outside, restricted):
        for name, address in everything_about(hidden, other).items():
            answer = getattr(browser, verb)(address)
            nothing = getattr(browser, verb)(absent[name])
            assert (answer.status_code, len(answer.content)) == (nothing.status_code, len(nothing.content)), name
            assert answer.status_code in (404, 405), name
            assert NAME not in answer.content.decode()


def test_a_part_of_another_case_cannot_be_reached_through_a_case_that_is_seen(
    case: Case, other: Case, browser: Client
) -> None:
    hidden = CaseFactory()
    with taken(Side.CARE):
        consent = ConsentFactory(case=hidden)
        done = Merge.objects.create(
            kept=hidden.person, merged=PersonFactory(), by=consent.recorded_by, reason="x", moved={}
        )
    for name, key in (("withdraw_consent", consent.pk), ("unmerge", done.pk), ("merge", hidden.person_id)):
        assert browser.get(reverse(f"cases:{name}", args=[case.pk, key])).status_code == 404
    assert browser.get(reverse("cases:merge", args=[case.pk, case.person_id])).status_code == 404


# -- What pages give away ------------------------------------------------------------
def test_no_name_in_a_title_or_an_address_and_every_reading_is_logged(
    case: Case, other: Case, browser: Client, region: Any
) -> None:
    with taken(Side.CARE):
        CaseAccess.objects.create(
            case=case, user_id=browser.session["_auth_user_id"], granted_by_id=Post.objects.first().pk
        )
    for name, address in everything_about(case, other).items():
        assert NAME not in address
        answer = browser.get(address)
        assert answer.status_code != 422, f"{name}: a form that was only opened has no errors"
        if answer.status_code == 200 and name != "document":
            page = answer.content.decode()
            title = re.search(r"<title>(.*?)</title>", page)
            assert title and title[1] == "Loods – Dossiers"
            with taken(Side.CARE):
                assert AccessRecord.objects.filter(subject=case.person_id, access_point=f"cases:{name}").exists(), name
            assert answer["Cache-Control"] == "no-store"
    with taken(Side.CARE):
        assert NAME not in str(list(AccessRecord.objects.values_list("detail", "object_id", "object_kind")))


def test_the_name_behind_an_alias_is_on_no_page_but_the_one_to_change_it(region: Any, browser: Client) -> None:
    hidden = CaseFactory(region=region, person__name="Echtenaam", person__alias="Roos", person__use_alias=True)
    alike = CaseFactory(region=region, person__name="Echtenaam", person__alias="Roos", person__use_alias=True)
    addresses = [reverse("cases:list"), reverse("case:page", args=[hidden.pk])]
    addresses += [a for n, a in everything_about(hidden, alike).items() if n != "person"]
    for address in addresses:
        assert "Echtenaam" not in browser.get(address).content.decode(), address


# -- The register ------------------------------------------------------------
def shown(answer: Any) -> list[str]:
    return [row.number for row in answer.context["page"].rows]


def test_the_register_shows_open_cases_of_the_region_newest_first(case: Case, region: Any, browser: Client) -> None:
    older = CaseFactory(region=region, opened_at=case.opened_at - timedelta(days=1))
    CaseFactory(region=region, closed=True), CaseFactory()
    assert shown(browser.get(reverse("cases:list"))) == [case.number, older.number]


def test_a_name_is_searched_for_without_standing_in_the_address(case: Case, region: Any, browser: Client) -> None:
    CaseFactory(region=region)
    answer = browser.post(reverse("cases:search"), {"text": "ana geheimenis"}, follow=True)
    assert shown(answer) == [case.number]
    assert "geheimenis" not in answer.redirect_chain[-1][0].lower()
    assert "ana geheimenis" in answer.content.decode(), "the field shows what was searched for"
    (line,) = lines("search")
    assert line.detail["persons"] == [str(case.person_id)] and "geheim" not in str(line.detail).lower()


@pytest.mark.parametrize("text", ["Anna", "geheimenis", "ANNA geheim", "gehaimenis anna", "roos"])
def test_part_of_a_name_another_spelling_and_the_alias_find_it(region: Any, browser: Client, text: str) -> None:
    case = CaseFactory(region=region, person__name="Anna Geheimenis", person__alias="Roos")
    found = shown(browser.post(reverse("cases:search"), {"text": text}, follow=True))
    assert found == ([case.number] if text != "ANNA geheim" else found)


def test_a_search_belongs_to_whoever_made_it_and_wears_out(
    case: Case, browser: Client, sign_in: SignIn, region: Any
) -> None:
    answer = browser.post(reverse("cases:search"), {"text": "Anna"})
    other = sign_in(PostFactory(regions=[region]))
    assert "Zoek opnieuw" in other.get(answer.url).content.decode()
    assert "Anna</" not in other.get(answer.url).content.decode().replace(NAME, "")
    with taken(Side.CARE):
        Search.objects.update(made_at=clock.now() - timedelta(days=2))
    assert "Zoek opnieuw" in browser.get(answer.url).content.decode()
    browser.post(reverse("cases:search"), {"text": "Iemand"})
    with taken(Side.CARE):
        assert [search.text for search in Search.objects.all()] == ["Iemand"]


def test_a_merged_persons_old_name_leads_to_the_case(case: Case, coordinator: Post, browser: Client) -> None:
    with taken(Side.CARE):
        old = PersonFactory(name="Vroegere Schuilnaam")
        merging.merge(case.person_id, old.pk, coordinator, "Zelfde")
    assert shown(browser.post(reverse("cases:search"), {"text": "vroegere"}, follow=True)) == [case.number]


def test_a_number_is_found_by_its_beginning(case: Case, browser: Client) -> None:
    answer = browser.post(reverse("cases:search"), {"text": f" {case.number.lower()} "}, follow=True)
    assert shown(answer) == [case.number]
    answer = browser.get(f"{reverse('cases:list')}?number={case.number[:9]}")
    assert case.number in shown(answer)


def test_a_search_that_fits_too_many_shows_some_and_says_so(region: Any, browser: Client, monkeypatch: Any) -> None:
    monkeypatch.setattr("cases.views.register.MOST", 3)
    monkeypatch.setattr("cases.views.register.PAGE", 3)
    for _ in range(4):
        CaseFactory(region=region, person__name="Anna Velen")
    for answer in (
        browser.post(reverse("cases:search"), {"text": "Anna"}, follow=True),
        browser.get(f"{reverse('cases:list')}?number=L-2026-9"),
    ):
        assert len(shown(answer)) == 3
        assert "Typ meer van de naam of het nummer" in answer.content.decode()


def test_filters_stand_in_the_address_and_narrow(region: Any, browser: Client) -> None:
    wanted = CaseFactory(region=region, forms=["sexual", "labour"], safety_level="high")
    CaseFactory(region=region, forms=["labour"]), CaseFactory(region=region, forms=["sexual"])
    assert shown(browser.get(reverse("cases:list") + "?form=sexual&danger=high")) == [wanted.number]


@pytest.mark.parametrize(
    "query",
    ["state=x", "form=x", "danger=1", "search=x", "after=x", "before=9-x", "after=99999999999999999999-" + "0" * 32],
)
def test_an_address_typed_by_hand_breaks_nothing(case: Case, browser: Client, query: str) -> None:
    assert shown(browser.get(f"{reverse('cases:list')}?{query}")) == [case.number]


def test_pages_follow_on_each_other_forth_and_back(region: Any, browser: Client) -> None:
    moment = clock.now()
    numbers = {CaseFactory(region=region, opened_at=moment - timedelta(hours=n // 3)).number for n in range(60)}
    address, seen, pages = reverse("cases:list"), [], []
    while True:
        answer = browser.get(address)
        pages.append(shown(answer))
        seen += pages[-1]
        if not answer.context["next"]:
            break
        address = reverse("cases:list") + answer.context["next"]
    assert len(seen) == 60 and set(seen) == numbers and [len(p) for p in pages] == [25, 25, 10]
    for page in reversed(pages[:-1]):
        answer = browser.get(reverse("cases:list") + answer.context["previous"])
        assert shown(answer) == page
    assert not answer.context["previous"]


def test_nothing_found_says_what_to_do(browser: Client, region: Any) -> None:
    page = browser.post(reverse("cases:search"), {"text": "Niemand"}, follow=True).content.decode()
    assert "Geen dossier gevonden" in page


# -- Changing ------------------------------------------------------------
def test_changing_a_case_tells_on_the_timeline_what_changed(case: Case, coordinator: Post, browser: Client) -> None:
    with taken(Side.CARE):
        data = typed(
            CaseForm(instance=fresh(case), acting=coordinator), safety_level="high", safety_notes="Geheim plan"
        )
    answer = browser.post(reverse("cases:edit", args=[case.pk]), data)
    assert answer.status_code == 302 and answer.url == reverse("case:page", args=[case.pk])
    assert fresh(case).safety_level == "high"
    page = browser.get(answer.url).content.decode()
    assert "Laag → Hoog" in page
    assert "Geheim plan →" not in page and "→ Geheim plan" not in page
    (line,) = lines("write")
    assert line.subject == case.person_id and set(line.detail["fields"]) == {"safety_level", "safety_notes"}


def test_whoever_saves_second_gets_409_and_keeps_what_they_typed(
    case: Case, coordinator: Post, browser: Client
) -> None:
    with taken(Side.CARE):
        data = typed(CaseForm(instance=fresh(case), acting=coordinator), safety_notes="Mijn tekst")
        first = typed(CaseForm(instance=fresh(case), acting=coordinator), safety_notes="Eerste tekst")
    browser.post(reverse("cases:edit", args=[case.pk]), first)
    answer = browser.post(reverse("cases:edit", args=[case.pk]), data)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Mijn tekst" in page and "Eerste tekst" in page
    assert fresh(case).safety_notes == "Eerste tekst"


def test_changing_a_person_does_not_repeat_the_name_on_the_timeline(case: Case, browser: Client) -> None:
    with override("nl"):
        data = typed(PersonForm(instance=case.person), name="Nieuwenaam", languages="Engels, Roemeens")
    assert browser.post(reverse("cases:person", args=[case.pk]), data).status_code == 302
    with taken(Side.CARE):
        entry = TimelineEntry.objects.get()
    assert entry.detail["fields"] == {"name": [], "languages": [[], ["en", "ro"]]}
    assert fresh(case).person.name == "Nieuwenaam"


def test_a_note_comes_on_the_timeline(case: Case, browser: Client) -> None:
    data = {"kind": "contact", "text": "Gebeld, veilig.", "at": local(clock.now())}
    assert browser.post(reverse("cases:add_note", args=[case.pk]), data).status_code == 302
    assert "Gebeld, veilig." in browser.get(reverse("case:page", args=[case.pk])).content.decode()


def test_a_note_without_text_is_asked_again(case: Case, browser: Client) -> None:
    answer = browser.post(reverse("cases:add_note", args=[case.pk]), {"kind": "note", "text": "  ", "at": "x"})
    assert answer.status_code == 422


def test_consent_is_recorded_and_withdrawn(case: Case, browser: Client) -> None:
    said = {"recipient_name": "Ergens", "purpose": "health", "state": "given", "form": "oral"}
    browser.post(reverse("cases:add_consent", args=[case.pk]), said | {"given_at": local(clock.now())})
    with taken(Side.CARE):
        given = Consent.objects.get()
    address = reverse("cases:withdraw_consent", args=[case.pk, given.pk])
    early = {"given_at": local(clock.now() - timedelta(days=1)), "form": "oral"}
    assert browser.post(address, early).status_code == 422
    assert browser.post(address, {"given_at": local(clock.now()), "form": "oral"}).status_code == 302
    with taken(Side.CARE):
        assert [c.state for c in Consent.objects.order_by("recorded_at")] == ["given", "withdrawn"]
        assert Consent.objects.said_last().get().state == "withdrawn"
    assert browser.get(address).status_code == 404, "what was withdrawn does not stand any more"


def test_a_case_is_closed_with_a_reason_and_opened_again(case: Case, browser: Client) -> None:
    assert browser.post(reverse("cases:close", args=[case.pk]), {}).status_code == 422
    browser.post(reverse("cases:close", args=[case.pk]), {"reason": "guidance_complete"})
    assert fresh(case).closing_reason == "guidance_complete"
    for name in ("edit", "person", "add_document"):
        assert browser.get(reverse(f"cases:{name}", args=[case.pk])).status_code == 302
    assert "Begeleiding is afgerond" in browser.get(reverse("case:page", args=[case.pk])).content.decode()
    browser.post(reverse("cases:reopen", args=[case.pk]), {"reason": "Terug in beeld"})
    assert fresh(case).is_open and fresh(case).version == 3


def test_a_case_is_not_closed_while_something_goes_on(case: Case, browser: Client, monkeypatch: Any) -> None:
    monkeypatch.setattr(closing, "obstacles", [lambda case: ["De opvang loopt nog."]])
    answer = browser.post(reverse("cases:close", args=[case.pk]), {"reason": "guidance_complete"})
    assert answer.status_code == 422 and "De opvang loopt nog." in answer.content.decode()
    assert fresh(case).is_open


def test_a_restricted_case_is_for_who_is_named_and_who_restricts_is_named(
    case: Case, coordinator: Post, browser: Client, sign_in: SignIn, region: Any
) -> None:
    colleague = PostFactory(regions=[region])
    stranger = PostFactory()
    second = sign_in(colleague)
    page = reverse("case:page", args=[case.pk])
    assert second.get(page).status_code == 200
    browser.post(reverse("cases:restrict", args=[case.pk]), {"reason": "Bekende van een collega"})
    assert browser.get(page).status_code == 200 and second.get(page).status_code == 404
    people = reverse("cases:access", args=[case.pk])
    assert browser.post(people, {"user": stranger.user_id}).status_code == 422
    assert browser.post(people, {"user": colleague.user_id}).status_code == 302
    assert second.get(page).status_code == 200
    with taken(Side.CARE):
        naming = CaseAccess.objects.in_force().get(user=colleague.user)
        own = CaseAccess.objects.in_force().get(user=coordinator.user)
    browser.post(reverse("cases:end_naming", args=[case.pk, naming.pk]))
    assert second.get(page).status_code == 404
    browser.post(reverse("cases:end_naming", args=[case.pk, own.pk]))
    assert browser.get(page).status_code == 200, "the last one named stays"
    browser.post(reverse("cases:open_up", args=[case.pk]), {"reason": "Niet meer nodig"})
    assert second.get(page).status_code == 200


def test_two_registrations_are_compared_merged_and_taken_apart_again(case: Case, other: Case, browser: Client) -> None:
    page = browser.get(reverse("cases:duplicates", args=[case.pk])).content.decode()
    address = reverse("cases:merge", args=[case.pk, other.person_id])
    assert address in page and other.number in page
    assert browser.post(address, {"kept": str(case.person_id)}).status_code == 422
    answer = browser.post(address, {"kept": str(case.person_id), "reason": "Zelfde telefoon"})
    assert answer.status_code == 302
    assert fresh(other).person_id == case.person_id
    with taken(Side.CARE):
        done = Merge.objects.get()
    address = reverse("cases:unmerge", args=[case.pk, done.pk])
    assert browser.post(address, {"reason": "Toch niet"}).status_code == 302
    assert fresh(other).person_id == other.person_id
    assert browser.post(address, {"reason": "Toch niet"}).status_code == 404


# -- What pages cost ------------------------------------------------------------
def test_no_page_costs_more_than_ten_queries_however_much_lies_in_the_file(
    case: Case, other: Case, browser: Client, region: Any
) -> None:
    for _ in range(5):
        for factory in (ReferralFactory, ConsentFactory, DocumentFactory, EntryFactory):
            factory(case=case)
        CaseFactory(region=region, person__name=NAME, person__minor=True)
    addresses = {"list": reverse("cases:list"), **everything_about(case, other)}
    addresses["page"] = reverse("case:page", args=[case.pk])
    for name, address in addresses.items():
        browser.get(address)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            browser.get(address)
        count = len([q for q in queries if not re.match(r"(BEGIN|COMMIT|SAVEPOINT|RELEASE|SET LOCAL)", q["sql"])])
        assert count <= 10, (name, count, [q["sql"][:90] for q in queries])
