"""Words of the determination: who asks, which sources there are, what members find, how it is decided."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Capacity(models.TextChoices):
    """In which capacity somebody asks for a determination. Nobody of the police is needed."""

    PERSON = "person", _("The person themselves")
    GUARDIAN = "guardian", _("Guardian")
    LAWYER = "lawyer", _("Lawyer")
    NAVIGATOR = "navigator", _("Navigator")
    CASEWORKER = "caseworker", _("Caseworker or care coordinator")
    SHELTER = "shelter", _("Shelter")
    RELATIVE = "relative", _("Relative")
    OTHER = "other", _("Somebody else who knows them")


class Source(models.TextChoices):
    """Where a piece of evidence comes from."""

    PERSON = "person", _("The person themselves")
    LAWYER = "lawyer", _("Lawyer")
    CARE = "care", _("Care and guidance")
    SHELTER = "shelter", _("Shelter")
    HEALTH = "health", _("Health care")
    SCHOOL = "school", _("School or youth care")
    EMPLOYER = "employer", _("Work and income")
    MUNICIPALITY = "municipality", _("Municipality")
    IMMIGRATION = "immigration", _("Immigration and asylum")
    WITNESS = "witness", _("Somebody who saw it")
    PUBLIC = "public", _("Public source")
    POLICE = "police", _("Police, Marechaussee or Labour Authority")
    PROSECUTION = "prosecution", _("Public Prosecution Service or court")
    OTHER = "other", _("Another source")


OF_JUSTICE = (Source.POLICE, Source.PROSECUTION)
"""Sources that may be asked, with consent, and can never be required."""

NEEDS_NO_CONSENT = (Source.PERSON, Source.PUBLIC)
"""What the person brings, and what everybody can read."""


class Missing(models.TextChoices):
    """What a request can lack."""

    SIGNATURE = "signature", _("Agreement of the person with the request")
    STORY = "story", _("What happened, in the person's own words")
    AGE = "age", _("Age, or why it is not known")
    GUARDIAN = "guardian", _("Guardian of a minor")
    LANGUAGE = "language", _("Language in which the person wants to be heard")
    CONTACT = "contact", _("A safe way to reach the person")
    SOURCES = "sources", _("Which sources may be asked")
    MEDICAL = "medical", _("Medical or psychological statement")
    OTHER = "other", _("Something else")


class ConsentState(models.TextChoices):
    """How the person answered to the question whether a source may be asked."""

    ASKED = "asked", _("Asked")
    GIVEN = "given", _("Given")
    REFUSED = "refused", _("Refused")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class About(models.TextChoices):
    """What a consent is about: that a source may be asked, or that somebody may be told the outcome."""

    ASK = "ask", _("Ask this source")
    TELL = "tell", _("Tell the outcome")


class Readers(models.TextChoices):
    """Who of the committee may read a piece."""

    PANEL = "panel", _("The members of the panel and the secretary")
    SECRETARY = "secretary", _("The secretary alone")


class Expertise(models.TextChoices):
    """What a member knows about."""

    LAW = "law", _("Law")
    CRIMINOLOGY = "criminology", _("Criminology")
    MEDICINE = "medicine", _("Medicine")
    PSYCHOLOGY = "psychology", _("Psychology")
    LABOUR = "labour", _("Work")
    YOUTH = "youth", _("Youth")
    CULTURE = "culture", _("Culture")


class Interest(models.TextChoices):
    """What a member declares about the case."""

    OPEN = "", _("Not declared yet")
    NONE = "none", _("No conflict of interest")
    CONFLICT = "conflict", _("There is a conflict of interest")


class Finding(models.TextChoices):
    """What a member, and in the end the decision, finds."""

    PLAUSIBLE = "plausible", _("Plausible")
    NOT_PLAUSIBLE = "not_plausible", _("Not plausible")
    NOT_ENOUGH = "not_enough", _("Not enough to say")


class Vote(models.TextChoices):
    """What a member says of the draft."""

    OPEN = "", _("Not voted yet")
    FOR = "for", _("This is what I decide")
    AGAINST = "against", _("I do not decide this")


class Outcome(models.TextChoices):
    """How a determination is decided."""

    PLAUSIBLE = "plausible", _("Plausible")
    NOT_PLAUSIBLE = "not_plausible", _("Not plausible")
    NOT_ENOUGH = "not_enough", _("Not enough to say")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Weight(models.IntegerChoices):
    """How much an indicator counts for a member."""

    NONE = 0, _("Not seen")
    WEAK = 1, _("Weak")
    CLEAR = 2, pgettext_lazy("weight", "Clear")
    STRONG = 3, _("Strong")


class Indicator(models.TextChoices):
    """Signs of trafficking that a member weighs, in the groups of act, means and purpose."""

    RECRUITED = "recruited", _("Recruited, moved or housed by somebody else")
    DECEIVED = "deceived", _("Deceived about work or stay")
    COERCED = "coerced", _("Forced or threatened")
    DEPENDENT = "dependent", _("Vulnerable position abused")
    DEBT = "debt", _("Held by a debt")
    PAPERS = "papers", _("Papers taken away")
    WATCHED = "watched", _("Watched or locked up")
    UNPAID = "unpaid", _("Earnings taken away")
    CONDITIONS = "conditions", _("Degrading circumstances")
    OFFENCES = "offences", _("Made to commit offences")
    HARM = "harm", _("Physical or mental harm that fits")


class Wish(models.TextChoices):
    """Whether the person wants to be heard; each answer is as good as the other."""

    UNKNOWN = "", _("Not asked yet")
    WANTED = "wanted", _("Wants to be heard")
    DECLINED = "declined", _("Does not want to be heard")


class Care(models.TextChoices):
    """What makes a hearing bearable; each is asked, none is a condition."""

    EXPLAINED = "explained", _("Explained beforehand, in the person's own language")
    PLACE = "place", _("A quiet place, chosen with the person")
    GENDER = "gender", _("Members and interpreter of the gender the person prefers")
    INTERPRETER = "interpreter", _("Interpreter from outside the person's own network")
    BREAKS = "breaks", _("Breaks when the person wants them")
    NO_REPEAT = "no_repeat", _("What was told before is not asked again")
    NO_MEETING = "no_meeting", _("No chance to meet a suspect")
    AFTERCARE = "aftercare", _("Somebody is there afterwards")


class Ground(models.TextChoices):
    """Why a determination stops without a finding."""

    PERSON = "person", _("The person no longer wants it")
    DECEASED = "deceased", _("The person has died")
    DOUBLE = "double", _("Asked for twice")
    OTHER = "other", _("Another reason")


class Why(models.TextChoices):
    """On what a reconsideration is asked."""

    NEW_EVIDENCE = "new_evidence", _("New evidence")
    PROCEDURE = "procedure", _("The procedure was not followed")


class Service(models.TextChoices):
    """How a decision reached the person."""

    IN_PERSON = "in_person", _("Handed over in person")
    POST = "post", _("By registered letter to a safe address")
    LAWYER = "lawyer", _("Through the lawyer")
    GUARDIAN = "guardian", _("Through the guardian")
    GUIDE = "guide", _("Through whoever guides the person")
