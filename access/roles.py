"""The roles people have, and on which side of the wall each is found."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from access.wall import Side


class Role(models.TextChoices):
    """What a person is at an organisation; a post joins the two."""

    CARE_COORDINATOR = "care_coordinator", _("Care coordinator")
    CASEWORKER = "caseworker", _("Caseworker")
    NAVIGATOR = "navigator", _("Navigator")
    SHELTER_PROVIDER = "shelter_provider", _("Shelter provider")
    COMMITTEE_SECRETARY = "committee_secretary", _("Committee secretary")
    COMMITTEE_MEMBER = "committee_member", _("Committee member")
    INVESTIGATOR = "investigator", _("Investigator")
    PROSECUTOR = "prosecutor", _("Prosecutor")
    SUPERVISOR = "supervisor", _("Supervisor")
    PRIVACY_OFFICER = "privacy_officer", _("Privacy officer")
    NATIONAL_DESK = "national_desk", _("National desk")
    ACTION_OWNER = "action_owner", _("Action owner")
    ANALYST = "analyst", _("Analyst")
    ADMINISTRATOR = "administrator", _("Administrator")

    @property
    def sides(self) -> frozenset[Side]:
        """Sides on which a post in this role can exist; the side itself is that of the organisation."""
        return _SIDES[self]

    @property
    def national(self) -> bool:
        """Whether the role works for the whole country instead of for regions."""
        return self in _NATIONAL


_ONLY_CARE = frozenset({Side.CARE})
_SIDES: dict[Role, frozenset[Side]] = {
    Role.CARE_COORDINATOR: _ONLY_CARE,
    Role.CASEWORKER: _ONLY_CARE,
    Role.NAVIGATOR: _ONLY_CARE,
    Role.SHELTER_PROVIDER: _ONLY_CARE,
    Role.COMMITTEE_SECRETARY: frozenset({Side.DETERMINATION}),
    Role.COMMITTEE_MEMBER: frozenset({Side.DETERMINATION}),
    Role.INVESTIGATOR: frozenset({Side.JUSTICE}),
    Role.PROSECUTOR: frozenset({Side.JUSTICE}),
    Role.SUPERVISOR: frozenset({Side.CARE, Side.DETERMINATION, Side.JUSTICE}),
    Role.PRIVACY_OFFICER: frozenset({Side.CARE, Side.DETERMINATION, Side.JUSTICE}),
    Role.NATIONAL_DESK: _ONLY_CARE,
    Role.ACTION_OWNER: frozenset({Side.COMMON}),
    Role.ANALYST: frozenset({Side.COMMON}),
    Role.ADMINISTRATOR: frozenset({Side.COMMON}),
}
_NATIONAL = frozenset(
    {
        Role.NATIONAL_DESK,
        Role.PRIVACY_OFFICER,
        Role.COMMITTEE_SECRETARY,
        Role.COMMITTEE_MEMBER,
        Role.ACTION_OWNER,
        Role.ANALYST,
        Role.ADMINISTRATOR,
    }
)
