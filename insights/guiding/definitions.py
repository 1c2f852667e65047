"""Every question and figure of what was learned, declared once: what it is called and what it means."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from access.words import Exploitation, Gender
from workflows.guidance.words import Measure, Obstacle


@dataclass(frozen=True)
class Figure:
    """A figure. `sort`: share (of how many), days or pieces (median and the ninth in ten)."""

    key: str
    label: Promise
    means: Promise
    sort: str = "share"


@dataclass(frozen=True)
class Question:
    """A page: what is asked, the curve that answers it, with what it draws, and figures beside it."""

    key: str
    title: Promise
    lead: Promise
    curve: str = ""
    axis: Promise | None = None
    means: Promise | None = None
    figures: tuple[Figure, ...] = ()
    parts: tuple[str, ...] = ()
    """Figures of which somebody can have several parts."""
    compared: Promise | None = None
    """How people with and without a navigator are held against each other; None: they are not."""


LANDMARKED = _(
    "Cases are divided by whether there was a first contact with a navigator within thirty days, and followed from the "
    "thirtieth day on. Whoever got a navigator later counts as without. People were not divided by chance: who gets a "
    "navigator may differ from who does not, and that may be the whole difference."
)
MET = Figure("met", _("First contact made"), _("People whom a navigator has met, of those for whom one was asked for."))
TIME_TO_CONTACT = Figure(
    "days_to_contact", _("Days to the first contact"),
    _("Days from the request for a navigator to the first contact, of those who were met."), "days",
)  # fmt: skip
CONTACTS = Figure(
    "contacts", _("Contacts per case"),
    _("Times the person was reached, tries and notes left out, until the end of the period."), "pieces",
)  # fmt: skip
WILLING = Figure(
    "willing", _("Willing at some time"),
    _("People who at some time said yes, yes under conditions, or who reported."),
)  # fmt: skip
COMPLAINT = Figure(
    "complaint", _("Criminal complaint"),
    _("People who reported, as the navigator wrote down or as followed on a reflection period. It says nothing of "
      "who is a victim."),
)  # fmt: skip
TIME_TO_COMPLAINT = Figure(
    "days_to_complaint", _("Days to the complaint"),
    _("Days from the request for a navigator to the complaint, of those who reported."), "days",
)  # fmt: skip
LOST = Figure(
    "lost", _("Contact lost"), _("People with whom contact was lost at some time, of those met; found again or not.")
)
SIGNS = Figure(
    "signs", _("Signs of new exploitation"),
    _("People with whom the navigator saw signs of new exploitation after the first contact, of those of whom it was "
      "answered with yes or no at least once. Who was not asked, or of whom it is not known, is not counted at all."),
)  # fmt: skip
AGAIN = Figure(
    "again", _("Reported again"),
    _("People for whom another case was opened after the first contact. Not every new report is new exploitation, and "
      "not all exploitation is reported; but it is known of everybody, also of whom nobody guides."),
)  # fmt: skip

QUESTIONS = (
    Question(
        "willingness", _("What raises the willingness to report?"),
        _("Where people stood before and after each measure, what they said was in the way, and how many came to a "
          "yes."),
        "willing", _("Not yet willing to report"),
        _("From the request for a navigator until somebody first says yes, yes under conditions, or reports."),
        (WILLING,), ("obstacle",),
    ),
    Question(
        "contact", _("How soon is there contact?"),
        _("Days from the request for a navigator to the first contact, and how many contacts follow."),
        "first_contact", _("Not yet met"), _("From the request for a navigator until the first contact."),
        (MET, TIME_TO_CONTACT, CONTACTS),
    ),
    Question(
        "complaint", _("How soon is there a complaint?"),
        _("Time from the request for a navigator to a complaint. Reporting is nobody’s duty, and later is not worse."),
        "complaint", _("No complaint yet"),
        _("From the request for a navigator until the complaint. With and without a navigator: from the offer of a "
          "reflection period, of all to whom one was offered, since that is known of both in the same way."),
        (COMPLAINT, TIME_TO_COMPLAINT), compared=LANDMARKED,
    ),
    Question(
        "lost", _("How often is contact lost?"),
        _("How long people stay in touch, and with how many contact is lost."),
        "lost", _("Still in touch"),
        _("From the first contact until contact was lost for the first time. With and without a navigator: from the "
          "opening of the case until it was closed because there was no contact any more."),
        (LOST,), compared=LANDMARKED,
    ),
    Question(
        "wellbeing", _("How do people fare?"),
        _("How parts of life go over time, as people say themselves, on a scale from 1 to 5."),
    ),
    Question(
        "signs", _("How many are exploited anew?"),
        _("Signs of new exploitation, as navigators ask about them at a contact, in aftercare and at the end."),
        "signs", _("No signs of new exploitation"),
        _("From the first contact until the day since when signs are known. Somebody is followed until the last day of "
          "which it was answered: after that nobody knows. Only people with a navigator are asked, so there is nobody "
          "to hold them against; “Reported again” has that for new reports."),
        (SIGNS,), ("anew",),
    ),
    Question(
        "again", _("How many are reported again?"),
        _("Another case for the same person. That is a report, and not the same as new exploitation."),
        "again", _("Not reported again"),
        _("From the first contact until another case is opened for the same person. With and without a navigator: from "
          "the opening of the case."),
        (AGAIN,), compared=LANDMARKED,
    ),
)  # fmt: skip
BY_KEY = {question.key: question for question in QUESTIONS}

SPLITS = {"all": _("Everybody together"), "form": _("Form of exploitation"), "gender": _("Gender")}
NAVIGATOR = _("With and without a navigator")
GROUPS: dict[tuple[str, str], Promise | str] = {
    ("all", "all"): _("Everybody"),
    ("navigator", "with"): _("With a navigator"),
    ("navigator", "without"): _("Without a navigator"),
    **{("form", str(form)): form.label for form in Exploitation},
    **{("gender", str(gender)): gender.label for gender in Gender},
}
MEASURES = {str(measure): measure.label for measure in Measure}
FORMS = {str(form): form.label for form in Exploitation}
OBSTACLES = {str(obstacle): obstacle.label for obstacle in Obstacle}
SPANS = (_("first month"), _("2–3 months"), _("4–6 months"), _("7–12 months"), _("second year"))
"""Names of `functions.WINDOWS`."""

METHOD = (
    (_("Curve"), _("Kaplan–Meier: the share without the event, counting everybody as long as they are followed.")),
    (
        _("Interval"),
        _("The band is the 95% interval (exponential Greenwood). It holds the true value nineteen times in twenty if "
          "people were drawn by chance, which they are not."),
    ),
    (
        _("Difference"),
        _("Logrank test, without correction for how groups differ. Under 0.05 is called a difference that chance alone "
          "does not easily make; over it says that it may be chance, not that there is no difference."),
    ),
    (
        _("Steps"),
        _("Times are rounded up to a coarse step, and steps are taken together until each holds nobody or enough "
          "people. "
          "So a curve shows no single person, and comes down a little late. It ends where too few would be left."),
    ),
    (
        _("Period"),
        _("Whole quarters that are over. The figures stand still until the next quarter ends, so that no change of one "
          "person can be seen in them."),
    ),
)  # fmt: skip
BEFORE_AFTER = _(
    "Before: the last answer up to the day of the measure. After: the last answer in the ninety days after it. Only "
    "people "
    "who gave both count, each once for each measure, from the first time it was tried. Nobody without the measure "
    "stands "
    "beside them: time itself, or another measure, may have made the difference."
)
WELLBEING = _(
    "The last answer of each person in a span since the first contact. It is not the same people in each span: only "
    "who was "
    "asked then, and with a reason. “Rose by” compares each person with their own first answer. The scale was not "
    "validated."
)
