"""Words of advice: the closed lists, each once."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Subject(models.TextChoices):
    """What a checklist is about: a phase of guidance, or a situation. The value names the folder of its files."""

    SAFETY = "safety", _("Phase: safety")
    WELLBEING = "wellbeing", _("Phase: wellbeing")
    INTEGRATION = "integration", _("Phase: (re)integration")
    AFTERCARE = "aftercare", _("Phase: aftercare")
    MINOR = "minor", _("Minor")
    CRIMINAL = "criminal", _("Criminal exploitation")
    LABOUR = "labour", _("Labour exploitation")
    SEXUAL = "sexual", _("Sexual exploitation")
    RESIDENCE = "residence", _("Residence about to end")
    CHILD = "child", _("A child on the way")
    COURT = "court", _("A day in court")
    RELEASE = "release", _("Release of the suspect")
    RETURN = "return", _("Return to the country of origin")
    LOST = "lost", _("Loss of contact")


PHASES = (Subject.SAFETY, Subject.WELLBEING, Subject.INTEGRATION, Subject.AFTERCARE)
SITUATIONS = tuple(one for one in Subject if one not in PHASES)
"""Each has a page for the person too."""


class State(models.TextChoices):
    """What was done with a point of a checklist (the first three), or with a checklist as a whole."""

    DONE = "done", _("done")
    ASIDE = "aside", _("set aside")
    OPEN = "open", _("open again")
    CHOSEN = "chosen", _("Added by hand")
    AWAY = "away", _("Put away")


OF_POINT = (State.DONE, State.ASIDE, State.OPEN)
OF_LIST = (State.CHOSEN, State.AWAY)
WITH_REASON = (State.ASIDE, State.AWAY)

PROFESSIONAL = ("nl", "en")
"""Languages of the checklists."""
PERSONAL = {
    "nl": "Nederlands",
    "en": "English",
    "pl": "Polski",
    "ro": "Română",
    "es": "Español",
    "ar": "العربية",
}
"""Languages of the pages for the person, each by its own name."""
FROM_THE_RIGHT = frozenset({"ar"})
"""Languages that are written from right to left."""
