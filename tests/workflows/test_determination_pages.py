"""The generic pages of the engine show a determination to whom it is, and make its steps."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from access.models import Post
from access.wall import Side, taken
from tests.factories.determination import Committee, name_panel, process_of, step
from workflows.determination.models import PanelMember
from workflows.engine.models import Process

pytestmark = pytest.mark.django_db
Asks = Callable[[Post], Client]


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
        "secretary": signed_in(committee.secretary).get(address),
        "member": signed_in(committee.members[0]).get(address),
        "supervisor": signed_in(committee.supervisor).get(address),
    }
    assert {name: answer.status_code for name, answer in seen.items()} == dict.fromkeys(seen, 200)
    assert "Zonnebloem" not in "".join(answer.content.decode() for answer in seen.values())
    assert "Uw belangen verklaren" in seen["member"].content.decode()
    assert "Dit is voor de rol commissielid." in seen["secretary"].content.decode()
    outsider = signed_in(committee.members[8])
    hidden, absent = outsider.get(address), outsider.get(reverse("case:process", args=["0" * 8 + address[-29:-1]]))
    assert (hidden.status_code, absent.status_code) == (404, 404)


def test_a_member_finds_the_work_of_their_panel_on_the_worklist(committee: Committee, signed_in: Asks) -> None:
    address = reverse("workflows:worklist")
    assert "Vaststelling door een commissie" in signed_in(committee.members[0]).get(address).content.decode()
    assert str(the_process().pk) not in signed_in(committee.members[8]).get(address).content.decode()


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
