"""The handovers of the small set: in force on each ground, ended, ended by a withdrawn consent, and over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

from access.clock import AMSTERDAM
from access.models import Organisation, Post
from access.wall import Side, taken
from cases import consenting
from cases.models import Case
from cases.words import ConsentState
from cases.words import Purpose as Asked
from workflows.handovers import acts, facts
from workflows.handovers.models import Handover
from workflows.handovers.words import LegalGround, Purpose

GUIDED = "accepted, ambulatory help, no shelter needed"
CONSENTING = "consents given, refused and taken back; documents"
STORY = "Verzonnen: ik werd gedwongen te werken en mocht niet weg. Ik wil dat dit wordt vastgesteld."


class Handovers:
    """What crossed the wall from two cases, told in the order of time."""

    def __init__(self, as_of: date, post: Callable[[str], Post], case: Callable[[str], Case]) -> None:
        self.as_of, self.post, self.case = as_of, post, case

    def events(self) -> Iterator[tuple[datetime, Callable[[], None]]]:
        """When something happens, and what."""
        yield self._at(9, "09:30"), partial(self._over, CONSENTING)
        yield self._at(4, "10:00"), self._by_consent
        yield self._at(4, "11:00"), partial(self._withdrawn, CONSENTING)
        yield self._at(3, "13:00"), self._ended
        yield self._at(2, "15:00"), self._vital

    def _at(self, days: int, clock_time: str) -> datetime:
        return datetime.combine(self.as_of - timedelta(days=days), time.fromisoformat(clock_time), AMSTERDAM)

    def _until(self, days: int) -> datetime:
        return datetime.combine(self.as_of + timedelta(days=days), time(0), AMSTERDAM)

    def _hand(self, case: Case, to: Organisation, purpose: Purpose, ground: LegalGround, **more: Any) -> Handover:
        names = more.pop("names", ("age_group", "gender", "languages"))
        known = {code: value for code, value in facts.of_case(case).items() if code in names}
        story = {facts.STORY: more.pop("story")} if "story" in more else {}
        until = self._until(more.pop("days", 90))
        return acts.hand_over(
            self.post("coordinator"), to_organisation=to, purpose=purpose, ground=ground, subject=case.pk,
            facts={**known, **story}, until=until, **more,
        )  # fmt: skip

    def _over(self, shows: str) -> None:
        """Its time is over."""
        police = self.post("investigator").organisation
        self._hand(self.case(shows), police, Purpose.POLICE_CONTACT, LegalGround.REQUEST_OF_PERSON, days=-1)

    def _by_consent(self) -> None:
        """The committee is asked, with the person's consent."""
        case, committee = self.case(GUIDED), self.post("secretary").organisation
        consent = self._said(case, committee, Asked.DETERMINATION, ConsentState.GIVEN)
        self._hand(
            case, committee, Purpose.REQUEST_DETERMINATION, LegalGround.CONSENT, consent=consent, story=STORY,
            names=("name", "alias", "age_group", "gender", "forms", "languages", "safe_contact"), days=365,
        )  # fmt: skip

    def _withdrawn(self, shows: str) -> None:
        """A consent is given and taken back the same day: what stood on it ends with it."""
        case, police = self.case(shows), self.post("investigator").organisation
        consent = self._said(case, police, Asked.INVESTIGATION, ConsentState.GIVEN)
        self._hand(case, police, Purpose.POLICE_CONTACT, LegalGround.CONSENT, consent=consent)
        self._said(case, police, Asked.INVESTIGATION, ConsentState.WITHDRAWN)

    def _ended(self) -> None:
        """Handed to the wrong organisation, and ended at once; the police read it meanwhile."""
        reader = self.post("investigator")
        wrong = self._hand(self.case(GUIDED), reader.organisation, Purpose.OTHER, LegalGround.REQUEST_OF_PERSON)
        with taken(Side.JUSTICE):
            acts.received(wrong, reader)
        acts.end(wrong, self.post("coordinator"), "Verzonnen: aan de verkeerde organisatie overgedragen.")

    def _vital(self) -> None:
        """Danger: the police get what they need to protect somebody."""
        self._hand(
            self.case(GUIDED), self.post("investigator").organisation, Purpose.SHELTER, LegalGround.VITAL_INTEREST,
            legal_ref="AVG artikel 6, eerste lid, onder d", names=("alias", "languages", "safe_contact"), days=14,
            story="Verzonnen: er is bedreigd; rijd niet met een herkenbare auto voor.",
        )  # fmt: skip

    def _said(self, case: Case, to: Organisation, purpose: Asked, state: ConsentState) -> Any:
        acting = self.post("coordinator")
        return consenting.record(case, acting, recipient=to, purpose=purpose, state=state, form="oral").pk
