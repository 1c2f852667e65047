"""Closed lists that the file and the shelters share: neither room knows the other, and a word means one thing."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Gender(models.TextChoices):
    """As the person describes themselves; unknown until asked."""

    UNKNOWN = "unknown", _("Unknown")
    WOMAN = "woman", _("Woman")
    MAN = "man", _("Man")
    OTHER = "other", _("Other")


class Exploitation(models.TextChoices):
    """Forms of exploitation; a case can have several."""

    SEXUAL = "sexual", _("Sexual exploitation")
    LABOUR = "labour", _("Labour exploitation")
    CRIMINAL = "criminal", _("Criminal exploitation")
    OTHER = "other", _("Other exploitation")


class Need(models.TextChoices):
    """What a place or help must offer; a unit says of most of them, under the same name, whether it does."""

    GENDER_SPECIFIC = "gender_specific", _("Place for own gender only")
    CHILDREN = "children", _("Place for children along")
    PREGNANT = "pregnant", _("Pregnant")
    COUPLE = "couple", _("Together with partner")
    PETS = "pets", _("Pets along")
    WHEELCHAIR = "wheelchair", _("Wheelchair")
    SOMATIC = "somatic", _("Medical care")
    PSYCHIATRIC = "psychiatric", _("Psychiatric care")
    ADDICTION = "addiction", _("Addiction")
    MILD_INTELLECTUAL_DISABILITY = "mild_intellectual_disability", _("Mild intellectual disability")
    BEHAVIOUR = "behaviour", _("Behaviour that asks for more guidance")
    SECURITY = "security", _("Secured place")


PROBLEMS = (
    Need.PSYCHIATRIC,
    Need.ADDICTION,
    Need.MILD_INTELLECTUAL_DISABILITY,
    Need.SOMATIC,
    Need.BEHAVIOUR,
)
"""What the sector calls multiple problems when there are several (domain facts, section 5)."""
