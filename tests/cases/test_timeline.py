"""The timeline: everything that happened, in order, from one query; and what rooms above add."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils.translation import override

from access import clock
from access.models import Post
from cases import documents, file, timeline
from cases.models import Case
from cases.pages import case_context
from cases.timeline import Event
from tests.factories.access import OrganisationFactory
from tests.factories.cases import CaseFactory, ConsentFactory, DocumentFactory, EntryFactory, ReferralFactory

pytestmark = pytest.mark.usefixtures("care")


@pytest.fixture(autouse=True)
def _nothing_from_above(monkeypatch: Any) -> None:
    """Only what this room knows."""
    monkeypatch.setattr(timeline, "sources", [])


@pytest.fixture
def case(region: Any) -> Case:
    made: Case = CaseFactory(region=region)
    start = clock.now() - timedelta(days=10)
    ReferralFactory(case=made, received_at=start, urgent=True, source_organisation=OrganisationFactory(name="Politie"))
    ConsentFactory(case=made, given_at=start + timedelta(days=1))
    DocumentFactory(case=made, uploaded_at=start + timedelta(days=2), title="Verslag")
    EntryFactory(case=made, at=start + timedelta(days=3), text="Gebeld")
    EntryFactory(case=CaseFactory())
    return made


def test_everything_stands_in_order_of_time_the_newest_first(case: Case, coordinator: Post) -> None:
    with override("en"):
        titles = [str(event.title) for event in timeline.entries(case, coordinator)]
    assert titles == [
        "Note",
        "Document added: Verslag",
        "Consent given: Opvang Verzonnen",
        "Emergency reported by Politie",
    ]
    oldest_first = timeline.entries(case, coordinator, newest_first=False)
    assert [event.at for event in oldest_first] == sorted(event.at for event in oldest_first)
    assert all(event.by and event.organisation for event in oldest_first)


def test_a_removed_document_tells_both_and_leads_nowhere(case: Case, coordinator: Post) -> None:
    documents.remove(case.documents.get(), coordinator, "Verkeerd dossier")
    events = [event for event in timeline.entries(case, coordinator) if event.kind == "document"]
    assert [event.text for event in events] == ["Verkeerd dossier", ""]
    assert not any(event.link for event in events)


def test_rooms_above_add_their_own(case: Case, coordinator: Post, monkeypatch: Any) -> None:
    step = Event(clock.now(), "step", "route", "Geaccepteerd")
    monkeypatch.setattr(timeline, "sources", [lambda case, acting: [step]])
    assert timeline.entries(case, coordinator)[0] is step


def test_a_file_is_read_in_one_query_and_only_once(
    case: Case, coordinator: Post, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        context = case_context(case, coordinator)
        timeline.entries(case, coordinator)
    assert [len(context[name]) for name in ("referrals", "consents", "documents", "events")] == [1, 1, 1, 4]


def test_what_is_read_together_is_what_stands_in_the_tables(case: Case) -> None:
    found = file.read(case)
    for one, many in (
        (case.referrals.get(), found.referrals),
        (case.consents.get(), found.consents),
        (case.documents.get(), found.documents),
        (case.entries.get(), found.entries),
    ):
        (row,) = many
        for field in one._meta.concrete_fields:
            assert getattr(row, field.attname) == getattr(one, field.attname), field.name
    assert found.referrals[0].source == "Politie"
    assert found.consents[0].to == "Opvang Verzonnen"
