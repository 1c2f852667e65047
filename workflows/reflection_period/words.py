"""The codes of a reflection period: who offered it, which rule holds, what follows."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class OfferedBy(models.TextChoices):
    """Which kind of organisation offered it: police or KMar do, others may have (comensha.nl)."""

    POLICE = "police", _("Police")
    KMAR = "kmar", _("Royal Netherlands Marechaussee")
    OTHER = "other", _("Another organisation")


class Rule(models.TextChoices):
    """How long it lasts; the lengths stand in the table of terms, each with its source."""

    GENERAL = "general", _("The general rule")
    DUBLIN = "dublin", _("Another country must deal with the asylum request (Dublin)")


class Follows(models.TextChoices):
    """What the person does afterwards. Each is neutral: help and shelter go on as they are."""

    COMPLAINT = "complaint", _("Criminal complaint")
    COOPERATION = "cooperation", _("Other cooperation with the investigation")
    HARDSHIP = "hardship", _("Hardship pathway")
    DETERMINATION = "determination", _("Determination of victimhood")
    ASYLUM = "asylum", _("Asylum")
    RETURN = "return", _("Return to the country of origin")
    NONE = "none", _("None of these")
