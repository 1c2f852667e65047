"""Pages of handovers: the list of each side, making one by seeing exactly what goes, ending it, and the paper."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from access import clock
from access.models import AccessRecord, Organisation, Post
from access.roles import Role
from access.wall import Side, taken
from cases import consenting
from cases.models import Case
from cases.words import ConsentState
from cases.words import Purpose as Asked
from tests.factories.access import PostFactory
from tests.factories.cases import CaseAccessFactory, CaseFactory, ConsentFactory, PersonFactory
from tests.workflows.conftest import queries
from tests.workflows.test_handovers import hand_over
from workflows.handovers import acts, policy
from workflows.handovers.models import Handover, HandoverContent
from workflows.handovers.words import LegalGround, Purpose

SignIn = Callable[[Post], Client]


@pytest.fixture
def secretary(db: None) -> Post:
    """The secretary of the committee."""
    return PostFactory(role=Role.COMMITTEE_SECRETARY, organisation__kind=Organisation.Kind.COMMITTEE)


@pytest.fixture
def investigator(db: None) -> Post:
    """An investigator."""
    return PostFactory(role=Role.INVESTIGATOR, organisation__kind=Organisation.Kind.POLICE)


@pytest.fixture
def case(coordinator: Post, region: Any) -> Case:
    """A case of somebody who speaks Tigrinya."""
    return CaseFactory(
        region=region, person=PersonFactory(name="Testpersoon Geheim", alias="Vlinder", languages=["ti"])
    )


def typed(receiver: Post, /, **changes: Any) -> dict[str, Any]:
    """A handover as somebody would type it."""
    return {
        "to": receiver.organisation_id,
        "purpose": Purpose.REQUEST_DETERMINATION,
        "ground": LegalGround.REQUEST_OF_PERSON,
        "until": (clock.today() + timedelta(days=30)).isoformat(),
        "facts": ["alias", "languages"],
        "story": "Ik wil dat vastgesteld wordt wat mij is overkomen.",
    } | changes


def preview_and_send(client: Client, case: Case, data: dict[str, Any]) -> Any:
    """Send the form, look at what would go, and hand it over."""
    shown = client.post(reverse("handovers:make", args=[case.pk]), data)
    assert shown.status_code == 200, unescape(shown.content.decode())
    return client.post(reverse("handovers:make", args=[case.pk]), {**data, "seal": shown.context["seal"]})


# -- Making ------------------------------------------------------------------------------------------------------------


def test_what_is_seen_before_it_goes_is_exactly_what_goes(
    signed_in: SignIn, case: Case, coordinator: Post, secretary: Post
) -> None:
    client = signed_in(coordinator)
    data = typed(secretary)
    shown = client.post(reverse("handovers:make", args=[case.pk]), data)
    page = unescape(shown.content.decode())
    assert "Vlinder" in page and "vastgesteld wordt" in page
    assert "Testpersoon Geheim" not in page
    with taken(Side.CARE):
        assert not Handover.objects.exists(), "looking hands nothing over"
    sent = client.post(reverse("handovers:make", args=[case.pk]), {**data, "seal": shown.context["seal"]})
    assert sent.status_code == 302
    with taken(Side.DETERMINATION):
        handover = Handover.objects.get()
        assert handover.facts_named == ["alias", "languages", "story"]
        assert acts.content_of(handover, secretary) == {
            "alias": "Vlinder",
            "languages": ["ti"],
            "story": "Ik wil dat vastgesteld wordt wat mij is overkomen.",
        }


def test_a_page_that_is_sent_twice_hands_over_once(
    signed_in: SignIn, case: Case, coordinator: Post, secretary: Post
) -> None:
    client = signed_in(coordinator)
    data = typed(secretary)
    seal = client.post(reverse("handovers:make", args=[case.pk]), data).context["seal"]
    for _ in range(2):
        assert client.post(reverse("handovers:make", args=[case.pk]), {**data, "seal": seal}).status_code == 302
    with taken(Side.CARE):
        assert Handover.objects.count() == 1


def test_a_case_that_changed_after_the_preview_is_shown_again_and_nothing_goes(
    signed_in: SignIn, case: Case, coordinator: Post, secretary: Post
) -> None:
    client = signed_in(coordinator)
    data = typed(secretary)
    seal = client.post(reverse("handovers:make", args=[case.pk]), data).context["seal"]
    with taken(Side.CARE):
        case.person.alias = "Mus"
        case.person.save()
    again = client.post(reverse("handovers:make", args=[case.pk]), {**data, "seal": seal})
    assert again.status_code == 409
    assert "Mus" in again.content.decode()
    with taken(Side.CARE):
        assert not Handover.objects.exists()


def test_the_seal_of_another_case_hands_nothing_over(
    signed_in: SignIn, case: Case, coordinator: Post, secretary: Post, region: Any
) -> None:
    client = signed_in(coordinator)
    other = CaseFactory(region=region, person=case.person)
    data = typed(secretary)
    seal = client.post(reverse("handovers:make", args=[case.pk]), data).context["seal"]
    answer = client.post(reverse("handovers:make", args=[other.pk]), {**data, "seal": seal})
    assert answer.status_code == 200
    with taken(Side.CARE):
        assert not Handover.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"to": ""}, "to"),
        ({"purpose": ""}, "purpose"),
        ({"purpose": Purpose.OUTCOME}, "purpose"),
        ({"ground": LegalGround.CONSENT}, "consent"),
        ({"ground": LegalGround.LEGAL_DUTY}, "legal_ref"),
        ({"until": "2020-01-01"}, "until"),
        ({"until": "2999-01-01"}, "until"),
        ({"facts": [], "story": ""}, "facts"),
        ({"facts": ["nationality"]}, "facts"),
    ],
)
def test_a_form_that_breaks_a_rule_comes_back_with_the_rule(
    signed_in: SignIn, case: Case, coordinator: Post, secretary: Post, changes: dict[str, Any], field: str
) -> None:
    answer = signed_in(coordinator).post(reverse("handovers:make", args=[case.pk]), typed(secretary, **changes))
    assert answer.status_code == 422
    assert field in answer.context["form"].errors


def test_the_name_is_not_offered_where_safety_asks_for_the_alias(
    signed_in: SignIn, coordinator: Post, secretary: Post, region: Any
) -> None:
    hidden = CaseFactory(
        region=region, person=PersonFactory(name="Testpersoon Geheim", alias="Vlinder", use_alias=True)
    )
    answer = signed_in(coordinator).post(
        reverse("handovers:make", args=[hidden.pk]), typed(secretary, facts=["name"], story="")
    )
    assert answer.status_code == 422
    assert "Geheim" not in answer.content.decode()


def test_only_organisations_of_another_side_can_be_chosen(
    signed_in: SignIn, case: Case, coordinator: Post, secretary: Post, desk: Post
) -> None:
    page = signed_in(coordinator).get(reverse("handovers:make", args=[case.pk]))
    listed = page.content.decode().partition('name="to"')[2].partition("</select>")[0]
    assert f'value="{secretary.organisation_id}"' in listed
    for own in (coordinator, desk):
        assert f'value="{own.organisation_id}"' not in listed


def test_a_closed_case_hands_nothing_over(signed_in: SignIn, coordinator: Post, secretary: Post, region: Any) -> None:
    closed = CaseFactory(region=region, closed=True)
    assert signed_in(coordinator).post(reverse("handovers:make", args=[closed.pk]), typed(secretary)).status_code == 302
    with taken(Side.CARE):
        assert not Handover.objects.exists()


# -- Consent -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def given(case: Case, secretary: Post, coordinator: Post) -> Any:
    """The person agreed that the committee may know, for a determination."""
    return ConsentFactory(
        case=case, recipient=secretary.organisation, recipient_name="", purpose=Asked.DETERMINATION,
        recorded_by=coordinator,
    )  # fmt: skip


def test_a_withdrawn_consent_stops_reading_in_the_same_transaction(
    signed_in: SignIn, case: Case, coordinator: Post, secretary: Post, given: Any
) -> None:
    client = signed_in(coordinator)
    preview_and_send(client, case, typed(secretary, ground=LegalGround.CONSENT, consent=given.pk))
    reader = signed_in(secretary)
    with taken(Side.CARE):
        handover = Handover.objects.get()
    assert "Vlinder" in reader.get(reverse("handovers:page", args=[handover.pk])).content.decode()
    withdrawn = client.post(
        reverse("cases:withdraw_consent", args=[case.pk, given.pk]),
        {"given_at": clock.now().astimezone(clock.AMSTERDAM).strftime("%Y-%m-%dT%H:%M"), "form": "oral", "note": ""},
    )
    assert withdrawn.status_code == 302
    page = reader.get(reverse("handovers:page", args=[handover.pk])).content.decode()
    assert "Vlinder" not in page
    with taken(Side.DETERMINATION):
        assert not HandoverContent.objects.exists(), "the database holds it back"
        assert Handover.objects.get().ended_why


def test_a_later_refusal_ends_it_too_and_another_consent_leaves_it_alone(
    signed_in: SignIn, case: Case, coordinator: Post, secretary: Post, given: Any
) -> None:
    preview_and_send(
        signed_in(coordinator), case, typed(secretary, ground=LegalGround.CONSENT, consent=given.pk)
    )  # fmt: skip
    said = {"form": "oral", "state": ConsentState.REFUSED, "recipient": secretary.organisation}
    with taken(Side.CARE):
        consenting.record(case, coordinator, **said, purpose=Asked.CARE)
        assert Handover.objects.get().in_force
        consenting.record(case, coordinator, **said, purpose=Asked.DETERMINATION)
        assert not Handover.objects.get().in_force


def test_a_consent_for_somebody_or_something_else_is_no_ground(
    signed_in: SignIn, case: Case, coordinator: Post, secretary: Post, investigator: Post, given: Any
) -> None:
    client = signed_in(coordinator)
    for changes in ({"to": investigator.organisation_id}, {"purpose": Purpose.POLICE_CONTACT}):
        data = typed(secretary, ground=LegalGround.CONSENT, consent=given.pk) | changes
        assert preview_and_send(client, case, data).status_code == 422
    with taken(Side.CARE):
        assert not Handover.objects.exists()


# -- Reading -----------------------------------------------------------------------------------------------------------


def test_each_side_finds_it_in_its_list(
    signed_in: SignIn, case: Case, coordinator: Post, secretary: Post, investigator: Post
) -> None:
    handover = hand_over(coordinator, secretary, case.pk)
    address = reverse("handovers:page", args=[handover.pk])
    lists = {
        (coordinator, "?way=sent"): True, (coordinator, ""): False, (secretary, ""): True,
        (secretary, "?way=sent"): False, (investigator, ""): False,
    }  # fmt: skip
    for (post, query), there in lists.items():
        page = signed_in(post).get(reverse("handovers:list") + query)
        assert (address in page.content.decode()) is there, (post.role, query)
        assert "Vlinder" not in page.content.decode()
    assert signed_in(investigator).get(address).status_code == 404


def test_reading_the_content_is_logged_once_per_read(signed_in: SignIn, coordinator: Post, secretary: Post) -> None:
    handover = hand_over(coordinator, secretary)
    client = signed_in(secretary)
    for _ in range(2):
        assert "Vlinder" in client.get(reverse("handovers:page", args=[handover.pk])).content.decode()
    with taken(Side.DETERMINATION):
        lines = AccessRecord.objects.filter(object_kind="handover", object_id=str(handover.pk), action="read")
        assert lines.count() == 2
        assert all(line.subject == handover.subject for line in lines)


def test_whoever_only_sees_that_it_exists_does_not_read_it(
    signed_in: SignIn, coordinator: Post, secretary: Post
) -> None:
    handover = hand_over(coordinator, secretary)
    for role in (Role.COMMITTEE_MEMBER, Role.SUPERVISOR):
        post = PostFactory(role=role, organisation=secretary.organisation)
        page = signed_in(post).get(reverse("handovers:page", args=[handover.pk]))
        assert page.status_code == 200
        assert "Vlinder" not in page.content.decode()


def test_a_restricted_case_hides_its_handovers(
    signed_in: SignIn, coordinator: Post, secretary: Post, region: Any
) -> None:
    naming = CaseAccessFactory(case__region=region, user=coordinator.user)
    handover = hand_over(coordinator, secretary, naming.case_id)
    colleague = PostFactory(role=Role.CASEWORKER, organisation=coordinator.organisation, regions=[region])
    for name, key in (("page", handover.pk), ("end", handover.pk), ("case", naming.case_id), ("make", naming.case_id)):
        assert signed_in(colleague).get(reverse(f"handovers:{name}", args=[key])).status_code == 404
        assert signed_in(coordinator).get(reverse(f"handovers:{name}", args=[key])).status_code == 200


def test_an_outcome_comes_back_to_the_case_it_answers(
    signed_in: SignIn, case: Case, coordinator: Post, secretary: Post
) -> None:
    request = hand_over(coordinator, secretary, case.pk)
    answer = hand_over(
        secretary, coordinator, purpose=Purpose.OUTCOME, facts={"outcome": "aannemelijk"}, answers=request.pk
    )
    page = signed_in(coordinator).get(reverse("handovers:case", args=[case.pk])).content.decode()
    assert reverse("handovers:page", args=[answer.pk]) in page
    assert "aannemelijk" in signed_in(coordinator).get(reverse("handovers:page", args=[answer.pk])).content.decode()


@pytest.mark.parametrize("role", list(Role))
def test_every_role_meets_the_doors_it_should(
    signed_in: SignIn, case: Case, coordinator: Post, secretary: Post, region: Any, role: Role
) -> None:
    """No care file opens on another side, whatever the address; a role without a part in it is refused."""
    handover = hand_over(coordinator, secretary, case.pk)
    post = PostFactory(role=role, regions=[region], organisation__side=sorted(role.sides)[0])
    client = signed_in(post)
    pages = {
        "list": reverse("handovers:list"),
        "page": reverse("handovers:page", args=[handover.pk]),
        "end": reverse("handovers:end", args=[handover.pk]),
        "case": reverse("handovers:case", args=[case.pk]),
        "make": reverse("handovers:make", args=[case.pk]),
        "paper": reverse("handovers:paper", args=[case.pk, "nl"]),
        "pdf": reverse("handovers:paper_pdf", args=[case.pk, "nl"]),
    }
    got = {name: client.get(address).status_code for name, address in pages.items()}
    doors = dict.fromkeys(pages, policy.LOOK) | {"end": policy.END, "make": policy.MAKE}
    sees = post.side is Side.CARE
    expected = {
        name: 403 if role not in doors[name] else 200 if sees or name == "list" else 404 for name in pages
    }  # fmt: skip
    assert got == expected


def test_no_page_asks_more_than_ten_things_of_the_database(
    signed_in: SignIn, case: Case, coordinator: Post, secretary: Post
) -> None:
    """However many handovers there are."""
    for _ in range(12):
        handover = hand_over(coordinator, secretary, case.pk)
    own = reverse("handovers:page", args=[handover.pk])
    care = [reverse(f"handovers:{name}", args=[case.pk]) for name in ("case", "make")]
    care += [reverse("handovers:list") + "?way=sent", own, reverse("handovers:paper", args=[case.pk, "nl"])]
    for post, addresses in ((coordinator, care), (secretary, [reverse("handovers:list"), own])):
        client = signed_in(post)
        for address in addresses:
            client.get(address)
            made = queries(client, address)
            assert len(made) <= 10, (address, made)


# -- Ending ------------------------------------------------------------------------------------------------------------


def test_ended_while_somebody_reads_it_says_so_plainly(
    signed_in: SignIn, case: Case, coordinator: Post, secretary: Post
) -> None:
    handover = hand_over(coordinator, secretary, case.pk)
    client, reader = signed_in(coordinator), signed_in(secretary)
    assert "Vlinder" in reader.get(reverse("handovers:page", args=[handover.pk])).content.decode()
    assert client.post(reverse("handovers:end", args=[handover.pk]), {"why": ""}).status_code == 422
    assert client.post(reverse("handovers:end", args=[handover.pk]), {"why": "Klaar."}).status_code == 302
    page = reader.get(reverse("handovers:page", args=[handover.pk]))
    assert page.status_code == 200
    assert "Vlinder" not in page.content.decode()
    assert "niet meer te lezen" in page.content.decode()
    again = client.post(reverse("handovers:end", args=[handover.pk]), {"why": "Nog eens."}, follow=True)
    assert "al beëindigd" in unescape(again.content.decode())
    with taken(Side.CARE):
        assert Handover.objects.get().ended_why == "Klaar."


def test_the_receiver_cannot_end_it(signed_in: SignIn, coordinator: Post, secretary: Post) -> None:
    handover = hand_over(coordinator, secretary)
    assert signed_in(secretary).post(reverse("handovers:end", args=[handover.pk]), {"why": "Weg."}).status_code == 404


# -- On paper ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "title"), [("nl", "Wat wij over u"), ("en", "What we gave")])
def test_the_person_gets_it_on_paper_without_a_name(
    signed_in: SignIn, case: Case, coordinator: Post, secretary: Post, language: str, title: str
) -> None:
    hand_over(coordinator, secretary, case.pk)
    client = signed_in(coordinator)
    page = unescape(client.get(reverse("handovers:paper", args=[case.pk, language])).content.decode())
    assert title in page
    assert secretary.organisation.name in page
    assert "Geheim" not in page and "Vlinder" not in page
    pdf = client.get(reverse("handovers:paper_pdf", args=[case.pk, language]))
    assert pdf.content.startswith(b"%PDF") and pdf["Content-Type"] == "application/pdf"
    with taken(Side.CARE):
        logged = AccessRecord.objects.filter(object_kind="handovers").order_by("pk").values_list("action", flat=True)
        assert list(logged) == ["print", "export"]


def test_a_paper_in_a_language_we_do_not_have_is_not_there(signed_in: SignIn, case: Case, coordinator: Post) -> None:
    assert signed_in(coordinator).get(reverse("handovers:paper", args=[case.pk, "fr"])).status_code == 404


def test_the_case_page_shows_what_others_may_read_now(
    signed_in: SignIn, case: Case, coordinator: Post, secretary: Post
) -> None:
    running, ended = hand_over(coordinator, secretary, case.pk), hand_over(coordinator, secretary, case.pk)
    with taken(Side.CARE):
        acts.end(ended, coordinator, "Klaar.")
    page = signed_in(coordinator).get(reverse("case:page", args=[case.pk])).content.decode()
    assert reverse("handovers:page", args=[running.pk]) in page
    assert reverse("handovers:page", args=[ended.pk]) not in page


# -- From a side without a case file ---------------------------------------------------------------------------------


def test_an_investigator_answers_with_what_is_typed_and_the_case_finds_it(
    case: Case, coordinator: Post, investigator: Post, signed_in: SignIn
) -> None:
    client, police = signed_in(coordinator), signed_in(investigator)
    preview_and_send(client, case, typed(investigator, purpose=Purpose.POLICE_CONTACT))
    with taken(Side.JUSTICE):
        asked = Handover.objects.get()
    address = f"{reverse('handovers:write')}?answers={asked.pk}"
    assert address in police.get(reverse("handovers:page", args=[asked.pk])).content.decode()
    form = police.get(address)
    assert str(form.context["form"].initial["to"]) == str(coordinator.organisation)
    written = {
        "to": coordinator.organisation_id, "purpose": Purpose.OTHER, "ground": LegalGround.PUBLIC_TASK,
        "legal_ref": "", "until": (clock.today() + timedelta(days=30)).isoformat(),
        "story": "Morgen om tien uur kan het.", "key": form.context["key"],
    }  # fmt: skip
    refused = police.post(address, written)
    assert refused.status_code == 422 and "Morgen om tien uur" in refused.content.decode()
    for _twice in range(2):
        sent = police.post(address, written | {"legal_ref": "Politiewet 2012, artikel 3"})
        assert sent.status_code == 302
    with taken(Side.CARE):
        [answer] = Handover.objects.filter(from_side=Side.JUSTICE)
        assert (answer.answers, answer.facts_named) == (asked.pk, ["story"])
    page = client.get(reverse("handovers:page", args=[answer.pk])).content.decode()
    assert "Morgen om tien uur" in page and case.number in page
    choices = dict(form.context["form"].fields["ground"].choices)
    assert LegalGround.CONSENT not in choices


def test_what_others_received_cannot_be_answered(
    case: Case, coordinator: Post, investigator: Post, secretary: Post, signed_in: SignIn
) -> None:
    preview_and_send(signed_in(coordinator), case, typed(investigator, purpose=Purpose.POLICE_CONTACT))
    with taken(Side.JUSTICE):
        asked = Handover.objects.get()
    client = signed_in(secretary)
    absent = "00000000-0000-4000-8000-000000000000"
    answers = [client.get(f"{reverse('handovers:write')}?answers={key}").status_code for key in (asked.pk, absent)]
    assert answers == [404, 404]
    assert client.get(reverse("handovers:write")).status_code == 200
    assert signed_in(coordinator).get(reverse("handovers:write")).status_code == 403
