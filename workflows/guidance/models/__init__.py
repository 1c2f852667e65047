"""The tables of guidance, all of the care side."""

from workflows.guidance.models.course import Contact, Guidance, NavigatorConflict, NavigatorProfile, Phase
from workflows.guidance.models.feed import CalendarFeed
from workflows.guidance.models.plan import Action, Appointment, Goal, Measurement
from workflows.guidance.models.police import PoliceContact
from workflows.guidance.models.safety import SafetyPlan, SafetyPlanVersion
from workflows.guidance.models.signs import NewExploitation
from workflows.guidance.models.willing import MeasureTried, Willingness

__all__ = [
    "Action",
    "Appointment",
    "CalendarFeed",
    "Contact",
    "Goal",
    "Guidance",
    "MeasureTried",
    "Measurement",
    "NavigatorConflict",
    "NavigatorProfile",
    "NewExploitation",
    "Phase",
    "PoliceContact",
    "SafetyPlan",
    "SafetyPlanVersion",
    "Willingness",
]
