"""Words of a handover: for what, and on which ground."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Purpose(models.TextChoices):
    """For what something is handed over. The receiving side decides by it what to do with it."""

    REQUEST_DETERMINATION = "request_determination", _("Request to determine victimhood")
    EVIDENCE = "evidence", _("Information for a determination")
    OUTCOME = "outcome", _("Outcome of a determination")
    NAVIGATOR = "navigator", _("Support by a navigator")
    POLICE_CONTACT = "police_contact", _("Contact with the police")
    SHELTER = "shelter", _("Shelter or protection")
    OTHER = "other", _("Another purpose")


class LegalGround(models.TextChoices):
    """Why it may be handed over (GDPR articles 6, 9 and 10)."""

    CONSENT = "consent", _("Consent of the person")
    LEGAL_DUTY = "legal_duty", _("Legal duty")
    PUBLIC_TASK = "public_task", _("Task in the public interest")
    VITAL_INTEREST = "vital_interest", _("Vital interest")
    REQUEST_OF_PERSON = "request_of_person", _("The person asked for it")


class State(models.TextChoices):
    """How a handover stands; follows from its moments and is stored nowhere."""

    IN_FORCE = "in_force", _("In force")
    ENDED = "ended", _("Ended")
    EXPIRED = "expired", _("Expired")
