"""Files, all invented: persons, cases and what lies in them."""

from __future__ import annotations

from datetime import date
from typing import Any

import factory

from access import clock
from access.wall import Side
from cases.models import Case, CaseAccess, Consent, Document, Person, Referral, TimelineEntry
from cases.words import ClosingReason, ConsentState, EntryKind, Exploitation, LegalGround, Purpose, SourceKind
from cases.words import ConsentForm as How
from tests.factories import WalledFactory
from tests.factories.access import PostFactory, RegionFactory, UserFactory


class PersonFactory(WalledFactory):
    """An adult with a name."""

    class Meta:
        model = Person

    class Params:
        minor = factory.Trait(birth_date=date(2010, 6, 1))
        nameless = factory.Trait(name="", alias="", birth_date=None)
        hidden_name = factory.Trait(alias="Zonnebloem", use_alias=True)

    _side = Side.CARE
    name = factory.Sequence(lambda n: f"Testpersoon Verzonnen {n}")
    birth_date = date(1990, 5, 17)


class CaseFactory(WalledFactory):
    """An open case of somebody, in a region of its own unless one is given."""

    class Meta:
        model = Case

    class Params:
        closed = factory.Trait(
            closed_at=factory.LazyAttribute(lambda o: o.opened_at), closing_reason=ClosingReason.GUIDANCE_COMPLETE
        )
        urgent_danger = factory.Trait(safety_level="high", safety_notes="Bel nooit na zessen.")

    _side = Side.CARE
    number = factory.Sequence(lambda n: f"L-2026-{n + 900_000:06d}")
    person = factory.SubFactory(PersonFactory)
    region = factory.SubFactory(RegionFactory)
    opened_at = factory.LazyFunction(clock.now)
    forms = factory.LazyFunction(lambda: [Exploitation.LABOUR])


class CaseAccessFactory(WalledFactory):
    """Somebody is named for a restricted case."""

    class Meta:
        model = CaseAccess

    _side = Side.CARE
    case = factory.SubFactory(CaseFactory, restricted=True)
    user = factory.SubFactory(UserFactory)
    granted_by = factory.SubFactory(PostFactory)


class ReferralFactory(WalledFactory):
    """A report by the police."""

    class Meta:
        model = Referral

    class Params:
        emergency = factory.Trait(urgent=True)

    _side = Side.CARE
    case = factory.SubFactory(CaseFactory)
    source_kind = SourceKind.POLICE
    source_name = "Politie Verzonnen"
    legal_ground = LegalGround.DUTY_TO_REPORT
    story = "Verzonnen verhaal."
    registered_by = factory.SubFactory(PostFactory)


class ConsentFactory(WalledFactory):
    """The person agreed that a shelter may know."""

    class Meta:
        model = Consent

    class Params:
        refused = factory.Trait(state=ConsentState.REFUSED)

    _side = Side.CARE
    case = factory.SubFactory(CaseFactory)
    person: Any = factory.SelfAttribute("case.person")
    recipient_name = "Opvang Verzonnen"
    purpose = Purpose.SHELTER
    state = ConsentState.GIVEN
    form = How.ORAL
    recorded_by = factory.SubFactory(PostFactory)


class DocumentFactory(WalledFactory):
    """The row of a document; its content must be stored with `cases.documents.store` where a test opens it."""

    class Meta:
        model = Document

    _side = Side.CARE
    case = factory.SubFactory(CaseFactory)
    title = "Verslag"
    content_type = "text/plain"
    size = 5
    sha256 = "0" * 64
    uploaded_by = factory.SubFactory(PostFactory)


class EntryFactory(WalledFactory):
    """A note."""

    class Meta:
        model = TimelineEntry

    _side = Side.CARE
    case = factory.SubFactory(CaseFactory)
    kind = EntryKind.NOTE
    text = "Verzonnen notitie."
    by = factory.SubFactory(PostFactory)
