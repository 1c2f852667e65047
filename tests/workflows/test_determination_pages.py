"""The pages of a determination: to whom they are shown, what is done on them, and the letter."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import translation

from access import clock
from access.models import AccessRecord, Organisation, Post
from access.wall import Side, taken
from tests.factories.determination import Committee, name_panel, process_of, step
from workflows.determination import acts
from workflows.determination.models import Decision, Determination, Evidence, File, PanelMember, SourceConsent
from workflows.engine.models import Process
from workflows.files import letters

pytestmark = pytest.mark.django_db
Asks = Callable[[Post], Client]
LIMIT = 10 + 2  # two are the savepoint of a request, which is its transaction in life


@pytest.fixture
def committee() -> Committee:
    """A committee of nine members with one file whose panel has been named."""
    with taken(Side.DETERMINATION), transaction.atomic():
        made = Committee(members=9)
        made.profiles()
        process = process_of(made.file())
        step(process, "admit", made.secretary)
        name_panel(made, process, 7)
        return made


def the_process() -> Process:
    with taken(Side.DETERMINATION):
        return Process.objects.get()


def test_secretary_and_members_of_the_panel_open_its_page_and_others_find_nothing(
    committee: Committee, signed_in: Asks
) -> None:
    address = reverse("case:process", args=[the_process().pk])
    seen = {
        "secretary": signed_in(committee.secretary).get(address, follow=True),
        "member": signed_in(committee.members[0]).get(address, follow=True),
        "supervisor": signed_in(committee.supervisor).get(address, follow=True),
    }
    assert {name: answer.status_code for name, answer in seen.items()} == dict.fromkeys(seen, 200)
    named = {name for name, answer in seen.items() if "Zonnebloem" in answer.content.decode()}
    assert named == {"secretary", "member"}, "who supervises sees where it stands, and not who it is about"
    assert "Uw belangen verklaren" in seen["member"].content.decode()
    assert "Dit is voor de rol commissielid." in seen["secretary"].content.decode()
    outsider = signed_in(committee.members[8])
    hidden, absent = outsider.get(address), outsider.get(reverse("case:process", args=["0" * 8 + address[-29:-1]]))
    assert (hidden.status_code, absent.status_code) == (404, 404)


def test_a_member_finds_the_work_of_their_panel_on_the_worklist(committee: Committee, signed_in: Asks) -> None:
    address = reverse("workflows:worklist")
    assert "Vaststelling door een commissie" in signed_in(committee.members[0]).get(address).content.decode()
    assert str(the_process().pk) not in signed_in(committee.members[8]).get(address).content.decode()
    with taken(Side.DETERMINATION), transaction.atomic():
        step(the_process(), "declare", committee.members[0], interest="none")
    assert str(the_process().pk) not in signed_in(committee.members[0]).get(address).content.decode()
    assert str(the_process().pk) in signed_in(committee.members[1]).get(address).content.decode()


def test_the_secretary_makes_a_step_with_the_form_of_the_engine(committee: Committee, signed_in: Asks) -> None:
    process, client = the_process(), signed_in(committee.secretary)
    address = reverse("case:step", args=[process.pk, "stand_down"])
    assert committee.members[0].user.name in client.get(address).content.decode()
    refused = client.post(address, {"version": process.version, "reason": "Ziek."})
    assert refused.status_code == 422
    with taken(Side.DETERMINATION):
        (seat, *_) = PanelMember.objects.filter(determination=process.pk)
    client.post(address, {"version": process.version, "member": str(seat.pk), "reason": "Ziek."})
    assert the_process().state == "composing"


def test_register_and_file_take_few_queries_and_log_that_they_were_read(
    committee: Committee, signed_in: Asks, django_assert_max_num_queries: Any
) -> None:
    with taken(Side.DETERMINATION), transaction.atomic():
        file = File.objects.get()
        for _n in range(5):
            committee.file()
        acts.add_evidence(file, committee.secretary, source="person", title="Een brief", text="Verzonnen.")
    client = signed_in(committee.secretary)
    client.get("/")
    for path in ("", f"{file.pk}/", f"{file.pk}/evidence/", f"{file.pk}/panel/", f"{file.pk}/decisions/", "members/"):
        with django_assert_max_num_queries(LIMIT, info=path):
            assert client.get(f"/files/{path}").status_code == 200, path
    with taken(Side.DETERMINATION):
        assert AccessRecord.objects.filter(subject=file.pk, action="read").count() == 4


def test_what_is_searched_stands_in_no_address_and_finds_by_name_and_number(
    committee: Committee, signed_in: Asks
) -> None:
    client = signed_in(committee.secretary)
    assert "V-20" in client.post("/files/", {"text": "zonnebl"}).content.decode()
    assert "Zonnebloem" in client.post("/files/", {"text": "000001"}).content.decode()
    assert "Geen dossier gevonden" in client.post("/files/", {"text": "distel"}).content.decode()
    supervisor = signed_in(committee.supervisor)
    assert "Geen dossier gevonden" in supervisor.post("/files/", {"text": "zonnebl"}).content.decode()


def test_consent_and_evidence_of_a_source_go_together(committee: Committee, signed_in: Asks) -> None:
    client, member = signed_in(committee.secretary), signed_in(committee.members[0])
    with taken(Side.DETERMINATION):
        file = File.objects.get()
    base = f"/files/{file.pk}"
    client.post(f"{base}/do/consent/", {"about": "ask", "source": "health", "name": "Huisarts Verzonnen"})
    with taken(Side.DETERMINATION):
        consent = SourceConsent.objects.get()
    piece = {"consent": consent.pk, "title": "Verklaring", "text": "Verzonnen letsel.", "readers": "panel"}
    assert client.post(f"{base}/do/evidence/", piece).status_code == 422, "nobody answered yet"
    client.post(f"{base}/consents/{consent.pk}/", {"answer": "given"})
    assert client.post(f"{base}/do/evidence/", piece).status_code == 302
    with taken(Side.DETERMINATION):
        evidence = Evidence.objects.get()
    address = f"{base}/evidence/{evidence.pk}/"
    assert "Verzonnen letsel." in member.get(address).content.decode()
    client.post(f"{base}/consents/{consent.pk}/", {"answer": "withdrawn"})
    assert (client.get(address).status_code, member.get(address).status_code) == (404, 404)
    assert member.post(f"{base}/do/evidence/", piece).status_code == 403


def test_the_secretary_keeps_what_happens_to_the_person(committee: Committee, signed_in: Asks) -> None:
    client = signed_in(committee.secretary)
    process = the_process().pk
    with taken(Side.DETERMINATION), transaction.atomic():
        file, other = File.objects.get(), committee.file()

    def paused() -> bool:
        with taken(Side.DETERMINATION):
            return Process.objects.get(pk=process).paused_at is not None

    base = f"/files/{file.pk}/do"
    tomorrow = (clock.today() + timedelta(days=1)).isoformat()
    refused = client.post(f"{base}/out-of-sight/", {"on": tomorrow})
    assert refused.status_code == 422 and tomorrow in refused.content.decode()
    client.post(f"{base}/out-of-sight/", {"on": clock.today().isoformat()})
    assert paused()
    assert client.post(f"{base}/out-of-sight/", {"on": clock.today().isoformat()}).status_code == 302
    client.post(f"{base}/back-in-sight/", {})
    assert not paused()
    assert client.post(f"{base}/link/", {"number": "V-1999-000001", "name": "Kas"}).status_code == 422
    client.post(f"{base}/link/", {"number": other.number, "name": "Kas in het westen"})
    assert other.number in client.get(f"/files/{file.pk}/").content.decode()
    client.post(f"/files/members/{committee.members[0].pk}/", {"expertise": ["law", "youth"]})
    assert "Jeugd" in client.get("/files/members/").content.decode()
    own = signed_in(committee.members[0])
    assert own.get(f"/files/members/{committee.members[1].pk}/").status_code == 404


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_letter_speaks_the_language_asked_for_in_any_script(language: str) -> None:
    committee_is = Organisation(name="Commissie Žižka")
    file = File(number="V-2026-000007", alias="Søren Łęcki Ğül", organisation=committee_is)
    record = Determination(design="committee", file=file)
    decision = Decision(
        determination=record, file=file, stage="conclusive", outcome="not_plausible", reasons="Één.\n\nTwee.",
        decided_at=clock.now(),
    )  # fmt: skip
    with translation.override(language), taken(Side.DETERMINATION):
        letter = letters.Letter.of(decision, file)
        content = letters.write(letter, language)
    assert letter.greeting == {"nl": "Beste Søren Łęcki Ğül,", "en": "Dear Søren Łęcki Ğül,"}[language]
    assert [heading for heading, _texts in letter.parts][1] == {"nl": "Waarom", "en": "Why"}[language]
    assert letter.parts[1][1][:2] == ["Één.", "Twee."]
    assert len(letter.parts[1][1]) == {"nl": 2, "en": 3}[language], "the reasons stand as they were decided"
    assert f"/Lang ({language})".encode() in content and content.count(b"/Outlines") >= 1
