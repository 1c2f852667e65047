"""The closed lists of the file: what a field can say. Codes are stored, labels are for the page."""

from __future__ import annotations

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from access.words import Exploitation as Exploitation
from access.words import Gender as Gender
from access.words import Need as Need


class AgeGroup(models.TextChoices):
    """What rules ask of an age: see `Person.is_minor_on`."""

    MINOR = "minor", _("Minor")
    ADULT = "adult", _("Adult")


class SafetyLevel(models.TextChoices):
    """How much danger there is, as the caseworker judged it last."""

    LOW = "low", _("Low")
    RAISED = "raised", _("Raised")
    HIGH = "high", _("High")


class ClosingReason(models.TextChoices):
    """Why a case was closed."""

    GUIDANCE_COMPLETE = "guidance_complete", _("Guidance is complete")
    REFERRED_ONWARD = "referred_onward", _("Referred onward")
    NOT_TRAFFICKING = "not_trafficking", _("No trafficking in human beings")
    WITHDRAWN = "withdrawn", _("At the person's own request")
    OUT_OF_CONTACT = "out_of_contact", _("No contact any more")
    LEFT_COUNTRY = "left_country", _("Left the country")
    DECEASED = "deceased", _("Deceased")
    DOUBLE = "double", _("Registered twice")
    OTHER = "other", _("Another reason")


class SourceKind(models.TextChoices):
    """Who refers."""

    POLICE = "police", _("Police")
    KMAR = "kmar", _("Royal Netherlands Marechaussee")
    NLA = "nla", _("Netherlands Labour Authority")
    SHELTER = "shelter", _("Shelter")
    HEALTH = "health", _("Health care")
    MUNICIPALITY = "municipality", _("Municipality")
    NGO = "ngo", _("Support organisation")
    SELF = "self", _("The person themselves")
    LAWYER = "lawyer", _("Lawyer")
    OTHER = "other", _("Other")


class LegalGround(models.TextChoices):
    """On which ground the facts were given to us; the sources stand in `cases.catalogue.GROUNDS`."""

    CONSENT = "consent", _("Consent of the person")
    DUTY_TO_REPORT = "duty_to_report", _("Duty to report")
    JUSTIFIED_INTEREST = "justified_interest", _("Justified interest")
    VITAL_INTEREST = "vital_interest", _("Vital interest")


class ConsentState(models.TextChoices):
    """What the person said; the latest row for a recipient and a purpose counts."""

    GIVEN = "given", _("Given")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class ConsentForm(models.TextChoices):
    """How the person said it."""

    ORAL = "oral", _("Orally")
    WRITTEN = "written", _("In writing")
    GUARDIAN = "guardian", _("Through a guardian")


class Purpose(models.TextChoices):
    """For what facts may be shared."""

    SHELTER = "shelter", _("Finding and giving shelter")
    CARE = "care", _("Care and support")
    LEGAL_HELP = "legal_help", _("Legal help")
    HEALTH = "health", _("Medical or psychological help")
    RESIDENCE = "residence", _("Right of residence")
    DETERMINATION = "determination", _("Determination of victimhood")
    INVESTIGATION = "investigation", _("Criminal investigation")
    REGISTRATION = "registration", _("Registration at CoMensha")
    RETURN = "return", _("Return to the country of origin")


class DocumentKind(models.TextChoices):
    """What a document is."""

    REPORT = "report", _("Report")
    IDENTITY = "identity", _("Identity paper")
    CONSENT = "consent", _("Consent form")
    MEDICAL = "medical", _("Medical statement")
    LETTER = "letter", _("Letter")
    SAFETY_PLAN = "safety_plan", _("Safety plan")
    PHOTO = "photo", _("Photo")
    OTHER = "other", _("Other")


class EntryKind(models.TextChoices):
    """What a line of the timeline tells; the first four are for people, the others are written by an act."""

    NOTE = "note", _("Note")
    CONTACT = "contact", _("Contact with the person")
    CONSULTATION = "consultation", _("Consultation with others")
    SAFETY = "safety", _("Safety")
    CHANGED = "changed", _("Changed")
    CLOSED = "closed", _("Closed")
    REOPENED = "reopened", _("Reopened")
    RESTRICTED = "restricted", _("Access restricted")
    OPENED_UP = "opened_up", _("Restriction ended")
    MERGED = "merged", _("Persons merged")
    UNMERGED = "unmerged", _("Merging undone")

    @classmethod
    def manual(cls) -> list[tuple[str, str | Promise]]:
        """Choices for a note somebody types."""
        return [(k.value, k.label) for k in (cls.NOTE, cls.CONTACT, cls.CONSULTATION, cls.SAFETY)]
