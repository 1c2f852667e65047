"""The case: the file on which processes run, and who may open a restricted one."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from access import clock
from access.models import Post, Region, User
from access.wall import Side
from access.wall.declaration import WRITE, Own
from cases.models.person import Person
from cases.queries import CaseAccessQuerySet, CaseQuerySet, SearchQuerySet
from cases.words import ClosingReason, Exploitation, Need, SafetyLevel


class CaseNumber(models.Model):
    """The last running number given out in a year; `cases.numbers` takes the next."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField()

    wall = Own(Side.CARE, WRITE)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(last__lt=1_000_000), name="cases_number_six_digits")]

    def __str__(self) -> str:
        return str(self.year)


class Case(models.Model):
    """A file about a person in a region. Open or closed and nothing else: what happens to it are processes."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(_("case number"), max_length=13, unique=True, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="cases", verbose_name=_("person"))
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, db_index=False, related_name="+", verbose_name=_("region")
    )
    forms = ArrayField(
        models.CharField(max_length=10, choices=Exploitation),
        verbose_name=_("forms of exploitation"),
        default=list,
        blank=True,
    )
    safety_level = models.CharField(_("danger"), max_length=10, choices=SafetyLevel, default=SafetyLevel.LOW)
    safety_notes = models.TextField(
        _("safety notes"), blank=True, help_text=_("What a colleague must know before doing anything.")
    )
    needs = ArrayField(models.CharField(max_length=30, choices=Need), verbose_name=_("needs"), default=list, blank=True)
    children_along = models.PositiveSmallIntegerField(_("children along"), default=0)
    restricted = models.BooleanField(_("for named people only"), default=False, editable=False)
    opened_at = models.DateTimeField(_("opened"), default=clock.now, editable=False)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True, editable=False)
    closing_reason = models.CharField(
        _("reason for closing"), max_length=20, choices=ClosingReason, blank=True, editable=False
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = CaseQuerySet.as_manager()
    wall = Own(Side.CARE, WRITE)

    class Meta:
        verbose_name, verbose_name_plural = _("case file"), _("case files")
        indexes = [
            models.Index(fields=["region", "-opened_at", "-id"], name="cases_case_region"),
            models.Index(fields=["-opened_at", "-id"], name="cases_case_opened"),
            models.Index(fields=["region", "-opened_at", "-id"], name="cases_case_open", condition=Q(closed_at=None)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(forms__contained_by=list(Exploitation.values)), name="cases_case_known_forms"
            ),
            models.CheckConstraint(condition=Q(needs__contained_by=list(Need.values)), name="cases_case_known_needs"),
            models.CheckConstraint(
                condition=Q(closed_at=None, closing_reason="")
                | (Q(closed_at__isnull=False) & ~Q(closing_reason="") & Q(closed_at__gte=models.F("opened_at"))),
                name="cases_case_closed_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        """Whether work can still be done on the case."""
        return self.closed_at is None

    @property
    def form_labels(self) -> list[str]:
        """Forms of exploitation in the reader's language."""
        return [str(Exploitation(code).label) for code in self.forms]

    @property
    def need_labels(self) -> list[str]:
        """Needs in the reader's language."""
        return [str(Need(code).label) for code in self.needs]


class CaseAccess(models.Model):
    """That somebody is named for a restricted case, until a moment or for as long as it lasts. Ended, not deleted."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="named", verbose_name=_("case file"))
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("person"))
    granted_by = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+", verbose_name=_("named by"))
    granted_at = models.DateTimeField(_("named at"), default=clock.now)
    until = models.DateTimeField(_("until"), null=True, blank=True)

    objects = CaseAccessQuerySet.as_manager()
    wall = Own(Side.CARE, WRITE)

    class Meta:
        verbose_name, verbose_name_plural = _("named person"), _("named people")
        indexes = [
            models.Index(fields=["case", "user"], name="cases_access_case_user"),
            models.Index(fields=["user"], name="cases_access_user"),
        ]

    def __str__(self) -> str:
        return f"{self.case} – {self.user}"


class Search(models.Model):
    """What somebody searched for in the register, kept for a day so that a name never stands in an address."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", verbose_name=_("person"))
    text = models.CharField(_("search for"), max_length=100)
    made_at = models.DateTimeField(default=clock.now, db_index=True)

    objects = SearchQuerySet.as_manager()
    wall = Own(Side.CARE)

    class Meta:
        verbose_name, verbose_name_plural = _("search"), _("searches")

    def __str__(self) -> str:
        return str(self.pk)
