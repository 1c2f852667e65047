"""Words of guidance: closed lists, each once."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class PhaseCode(models.TextChoices):
    """What the work is about. Not a ladder: phases run beside each other, forward and back."""

    SAFETY = "safety", _("Safety")
    WELLBEING = "wellbeing", _("Wellbeing")
    INTEGRATION = "integration", _("(Re)integration")


class PhaseMove(models.TextChoices):
    """What is done with a phase."""

    BEGIN = "begin", _("Begins")
    END = "end", _("Ends now")


class RequestedBy(models.TextChoices):
    """Who asked for a navigator."""

    PERSON = "person", _("The person")
    CARE = "care", _("Somebody who gives help")
    LAWYER = "lawyer", _("The lawyer")
    POLICE = "police", _("The police, at first contact")
    OTHER = "other", _("Somebody else")


class GenderWish(models.TextChoices):
    """Whether the person wants a navigator of a certain gender."""

    WOMAN = "woman", _("A woman")
    MAN = "man", _("A man")


class Weight(models.IntegerChoices):
    """How much of a caseload a guidance takes."""

    LIGHT = 1, _("Light: once a month")
    USUAL = 2, _("Usual: every other week")
    HEAVY = 3, _("Heavy: every week or more")


class Way(models.TextChoices):
    """How people were in touch."""

    MEETING = "meeting", _("Met in person")
    PHONE = "phone", _("Telephone")
    VIDEO = "video", _("Video call")
    MESSAGE = "message", _("Message")


class Kind(models.TextChoices):
    """What an appointment is for."""

    CHECK_IN = "check_in", _("Check-in")
    DOCTOR = "doctor", _("Doctor")
    LAWYER = "lawyer", _("Lawyer")
    MUNICIPALITY = "municipality", _("Municipality")
    SCHOOL = "school", _("School")
    COURT = "court", _("Court")
    INTERVIEW = "interview", _("Interview with the police")
    OTHER = "other", _("Something else")


class Told(models.TextChoices):
    """What a line of the contacts is: a contact in some way, or a note in between."""

    MEETING = Way.MEETING.value, Way.MEETING.label
    PHONE = Way.PHONE.value, Way.PHONE.label
    VIDEO = Way.VIDEO.value, Way.VIDEO.label
    MESSAGE = Way.MESSAGE.value, Way.MESSAGE.label
    NOTE = "note", _("Note in between")


class NotStarted(models.TextChoices):
    """Why guidance did not start."""

    PERSON = "person", _("The person does not want it now")
    ELSEWHERE = "elsewhere", _("Guided by somebody else")
    MISTAKEN = "mistaken", _("Asked for by mistake")


class Closed(models.TextChoices):
    """Why guidance ended."""

    GOALS = "goals", _("The person goes on without a navigator")
    PERSON = "person", _("The person wants to stop")
    ELSEWHERE = "elsewhere", _("Guided by somebody else")
    LEFT = "left", _("Left the country")
    LOST = "lost", _("Contact lost, everything was tried")
    DIED = "died", _("Died")


class LostStep(models.TextChoices):
    """What is done, in this order, when contact is lost."""

    OTHER_WAY = "other_way", _("Try another safe way, at safe hours")
    PLAN = "plan", _("Ask the contact people of the safety plan")
    OTHERS = "others", _("Ask who else helps: shelter, caseworker, lawyer")
    TALK = "talk", _("Talk it through with the supervisor: is there danger, and who must know")


class Domain(models.TextChoices):
    """Parts of life, after the Modern Slavery Core Outcome Set; asked only where there is a reason."""

    HOUSING = "housing", _("Secure and suitable housing")
    SAFETY = "safety", _("Safety from who exploited")
    SUPPORT = "support", _("Long-term, steady support")
    TRAUMA = "trauma", _("Services that know of trauma")
    PURPOSE = "purpose", _("Finding purpose")
    MEDICAL = "medical", _("Medical care")
    EDUCATION = "education", _("Education")


class GoalState(models.TextChoices):
    """How a goal stands."""

    OPEN = "open", _("Being worked on")
    REACHED = "reached", _("Reached")
    DROPPED = "dropped", _("Let go")


class Owner(models.TextChoices):
    """Who does an action."""

    PERSON = "person", _("The person")
    NAVIGATOR = "navigator", _("The navigator")
    LAWYER = "lawyer", _("The lawyer")
    DOCTOR = "doctor", _("The doctor")
    MUNICIPALITY = "municipality", _("The municipality")
    SCHOOL = "school", _("The school")
    SHELTER = "shelter", _("The shelter")
    OTHER = "other", _("Somebody else")


class ActionState(models.TextChoices):
    """How an action stands."""

    TO_DO = "to_do", _("To do")
    ASKED = "asked", _("Asked, waiting for an answer")
    DONE = "done", _("Done")
    DROPPED = "dropped", _("No longer needed")


class Authority(models.TextChoices):
    """Whom a contact in the criminal case is with."""

    POLICE = "police", _("Police")
    PROSECUTION = "prosecution", _("Prosecution")
    COURT = "court", _("Court")


class PoliceEvent(models.TextChoices):
    """What kind of contact."""

    INFORMATION = "information", _("Informative talk")
    INTERVIEW = "interview", _("Interview")
    COMPLAINT = "complaint", _("Criminal complaint")
    EXAMINATION = "examination", _("Examining judge")
    HEARING = "hearing", _("Court hearing")
    NEWS = "news", _("News about the case, such as a release")


KIND_OF: dict[str, Kind] = {
    PoliceEvent.INTERVIEW: Kind.INTERVIEW,
    PoliceEvent.COMPLAINT: Kind.INTERVIEW,
    PoliceEvent.EXAMINATION: Kind.COURT,
    PoliceEvent.HEARING: Kind.COURT,
}
"""What a contact with police or court is in a calendar; the others say nothing there."""


class Before(models.TextChoices):
    """Checks before a contact, against secondary victimisation."""

    EXPLAINED = "explained", _("Explained in the person's own language")
    SAME_INTERVIEWER = "same_interviewer", _("The same interviewer as before")
    CHOSEN_GENDER = "chosen_gender", _("An interviewer of the gender the person chose")
    INTERPRETER = "interpreter", _("An interpreter from outside the person's own network, or none needed")
    SAFETY_PLAN = "safety_plan", _("A safety plan younger than 30 days")
    SAFE_CONTACT = "safe_contact", _("Invited in a safe way, at safe hours")
    LAWYER = "lawyer", _("A lawyer is there, if the person wants one")
    NO_CONFRONTATION = "no_confrontation", _("No meeting with who exploited, in the building and on the way")
    NOTICE = "notice", _("Told in time of a hearing or a release")


class After(models.TextChoices):
    """Checks after a contact."""

    AS_AGREED = "as_agreed", _("It went as agreed beforehand")
    BREAKS = "breaks", _("There were breaks, and the person could stop")
    SAFE_HOME = "safe_home", _("The person got back safely")
    KNOWS_NEXT = "knows_next", _("The person knows what comes next, and when")


class Answer(models.TextChoices):
    """An answer to a check."""

    YES = "yes", _("Yes")
    NO = "no", _("No")
    NOT_NEEDED = "na", _("Does not apply")


class Signs(models.TextChoices):
    """Whether there are signs of new exploitation. Not known is an answer too, and no “no”."""

    YES = "yes", _("Yes")
    NO = "no", _("No")
    UNKNOWN = "unknown", _("Not known")


class Stand(models.TextChoices):
    """Where the person stands on reporting."""

    NOT_DISCUSSED = "not_discussed", _("Not discussed")
    UNSURE = "unsure", _("Unsure")
    NO = "no", _("No")
    CONDITIONS = "conditions", _("Yes, under conditions")
    YES = "yes", _("Yes")
    DID = "did", _("Reported")
    WITHDREW = "withdrew", _("Withdrew the report")


class Obstacle(models.TextChoices):
    """What the person said was in the way."""

    RETALIATION = "retaliation", _("Fear of retaliation")
    DISTRUST = "distrust", _("Distrust of the police")
    SHAME = "shame", _("Shame")
    RESIDENCE = "residence", _("Fear for the right to stay")
    FAMILY = "family", _("Family")
    NOT_A_VICTIM = "not_a_victim", _("Does not see themselves as a victim")
    OTHER = "other", _("Something else")


class Measure(models.TextChoices):
    """What can be offered to make reporting bearable (among others the trials of CKM)."""

    PSYCHOLOGIST = "psychologist", _("Investigative psychologist")
    JUDGE = "judge", _("Specialised examining judge")
    LEAD_TIME = "lead_time", _("Shorter lead time with target dates")
    EXPERIENCE = "experience", _("Expert by experience at police contact")
    NAVIGATOR = "navigator", _("Navigator at the interview")
    ANONYMITY = "anonymity", _("Anonymity")
    HOUSING = "housing", _("Safe housing first")
    OTHER = "other", _("Something else")
