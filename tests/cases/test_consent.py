"""What the person said about sharing: the latest counts, nothing is rubbed out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from access import clock
from cases import file
from cases.models import Consent
from tests.factories.access import OrganisationFactory
from tests.factories.cases import CaseFactory, ConsentFactory

pytestmark = pytest.mark.usefixtures("care")


def test_for_each_recipient_and_purpose_the_latest_answer_counts() -> None:
    case = CaseFactory()
    start = clock.now() - timedelta(days=9)

    def said(days: int, **what: Any) -> Consent:
        return ConsentFactory(case=case, given_at=start + timedelta(days=days), **what)  # type: ignore[no-any-return]

    said(1, state="given")
    back = said(3, state="withdrawn", recipient_name="opvang VERZONNEN")
    said(2, state="given")
    health = said(1, state="refused", purpose="health")
    house = said(1, recipient=OrganisationFactory(), recipient_name="", state="given")
    expected = {back.pk, health.pk, house.pk}
    assert set(case.consents.said_last().values_list("pk", flat=True)) == expected
    assert {consent.pk for consent in file.read(case).consents_now} == expected


@pytest.mark.parametrize("change", [{"state": "refused"}, {"note": "x"}])
def test_the_database_refuses_to_change_what_was_said(change: dict[str, str]) -> None:
    consent = ConsentFactory()
    with pytest.raises(DatabaseError), transaction.atomic():
        Consent.objects.filter(pk=consent.pk).update(**change)


def test_the_database_refuses_to_delete_what_was_said() -> None:
    ConsentFactory()
    with pytest.raises(DatabaseError), transaction.atomic():
        Consent.objects.all().delete()


@pytest.mark.parametrize("name", ["", "Opvang"])
def test_a_consent_has_one_recipient(name: str) -> None:
    organisation = OrganisationFactory() if name else None
    with pytest.raises(DatabaseError), transaction.atomic():
        ConsentFactory(recipient=organisation, recipient_name=name)
