"""The closed lists of the shelter room. Codes are stored, labels are for the page."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """What kind of shelter a unit gives."""

    EMERGENCY = "emergency", _("Emergency bed")
    CRISIS = "crisis", _("Crisis shelter")
    LONG_STAY = "long_stay", _("Long-stay shelter")
    MOVE_ON = "move_on", _("Move-on shelter")
    SUPERVISED = "supervised", _("Supervised living")
    AMBULATORY = "ambulatory", _("Ambulatory help")

    @property
    def measure(self) -> Measure:
        """In what its room is counted: ambulatory help has a caseload and no beds."""
        return Measure.CASELOAD if self is Kind.AMBULATORY else Measure.PLACES


class Measure(models.TextChoices):
    """What a number of places means; the two are never added up."""

    PLACES = "places", _("Places")
    CASELOAD = "caseload", _("Caseload")


class Takes(models.TextChoices):
    """Whether a unit is there for somebody with something; empty: nobody has said."""

    YES = "yes", _("Yes")
    CONSULT = "consult", _("In consultation")
    NO = "no", _("No")


class Source(models.TextChoices):
    """Who a figure comes from."""

    OWN_COUNT = "own_count", _("Own count")
    PROVIDER = "provider", _("Provider")
    MUNICIPALITY = "municipality", _("Municipality")
    UMBRELLA = "umbrella", _("Umbrella organisation")


class Residence(models.TextChoices):
    """Right of residence of those a unit is for; none named: whatever it is."""

    DUTCH = "dutch", _("Dutch nationality")
    EU = "eu", _("Citizen of the European Union")
    PERMIT = "permit", _("Residence permit")
    REFLECTION = "reflection", _("Reflection period or B8 permit")
    ASYLUM = "asylum", _("Asylum seeker")
    NONE = "none", _("No right of residence")


class Security(models.TextChoices):
    """How well a unit is protected."""

    OPEN = "open", _("Open")
    SECRET = "secret", _("Secret address")
    SECURED = "secured", _("Secret address and secured")


class Staffing(models.TextChoices):
    """Whether staff is there."""

    PRESENT = "present", _("Present")
    ON_CALL = "on_call", _("On call")
    ABSENT = "absent", _("Not present")


class Reach(models.TextChoices):
    """How near something is to a unit; empty: nobody has said."""

    HERE = "here", _("In the house")
    NEARBY = "nearby", _("Nearby")
    NONE = "none", _("Not within reach")


class Wish(models.TextChoices):
    """What would be good to have within reach of a place, and is no condition; a field of a unit has the same name."""

    TREATMENT = "treatment", _("Treatment in the house or nearby")
    SCHOOL = "school", _("School in the house or nearby")


class Financing(models.TextChoices):
    """Who pays."""

    WMO = "wmo", _("Social Support Act (Wmo)")
    JENV_COA = "jenv_coa", _("Ministry of Justice and Security or COA")
    NLA_SZW = "nla_szw", _("Netherlands Labour Authority or Ministry of Social Affairs")
    YOUTH_ACT = "youth_act", _("Youth Act")
    HEALTH = "health", _("Health insurance or long-term care")
    FUND = "fund", _("Fund")


class Route(models.TextChoices):
    """How somebody gets a place."""

    EXCLUSIVE = "exclusive", _("CoMensha places")
    MEDIATES = "mediates", _("CoMensha mediates")
    MUNICIPAL = "municipal", _("Access through the municipality")
    DIRECT = "direct", _("Directly")
    POLICE_AT_NIGHT = "police_at_night", _("Police at night")


class OutReason(models.TextChoices):
    """Why places are out of service."""

    REPAIR = "repair", _("Repair")
    CLEANING = "cleaning", _("Cleaning")
    STAFF = "staff", _("Not enough staff")
    INFECTION = "infection", _("Infection")
    SAFETY = "safety", _("Safety")
    OTHER = "other", _("Another reason")


class Figure(models.TextChoices):
    """What others publish figures about, to hold beside what regions state."""

    PLACES = "places", _("Places")
    REGISTERED = "registered_victims", _("Possible victims registered")


class LongStayReason(models.TextChoices):
    """Why somebody stays longer than the scheme is meant for."""

    NO_MOVE_ON = "no_move_on", _("No move-on place")
    PROCEDURE = "procedure", _("Waits for a decision on residence")
    CRIMINAL_CASE = "criminal_case", _("The criminal case needs it")
    HEALTH = "health", _("Health does not allow a move")
    SAFETY = "safety", _("Not safe anywhere else yet")
    OTHER = "other", _("Another reason")
