"""Who a case is about."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from dateutil.relativedelta import relativedelta
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from access import clock, tongues
from access.models import Post
from access.wall import Side
from access.wall.declaration import WRITE, Own
from cases import likeness
from cases.queries import MergeQuerySet, PersonQuerySet
from cases.words import AgeGroup, Gender

ADULT_AT = 18
"""Years; Convention on the Rights of the Child, art. 1, and Burgerlijk Wetboek 1:233."""

country_code = RegexValidator(r"^[A-Z]{2}$", _("Use the two letters of ISO 3166."))
language_code = RegexValidator(r"^[a-z]{2,3}$", _("Use the letters of ISO 639."))


class Person(models.Model):
    """A possible victim. As few fields as the work needs; `cases.catalogue` says what each is for."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=200, blank=True, help_text=_("As the person says it."))
    alias = models.CharField(
        _("alias"), max_length=200, blank=True, help_text=_("Shown instead of the name where safety asks.")
    )
    use_alias = models.BooleanField(_("show the alias instead of the name"), default=False)
    birth_date = models.DateField(_("date of birth"), null=True, blank=True)
    birth_date_estimated = models.BooleanField(
        _("the date of birth is estimated"), default=False, help_text=_("Only the year is sure.")
    )
    adult_confirmed = models.BooleanField(
        _("it is certain that the person is an adult"),
        default=False,
        help_text=_("Until then somebody without a known date of birth counts as a minor."),
    )
    gender = models.CharField(_("gender"), max_length=10, choices=Gender, default=Gender.UNKNOWN)
    nationality = models.CharField(_("nationality"), max_length=2, blank=True, validators=[country_code])
    languages = ArrayField(
        models.CharField(max_length=3, validators=[language_code]),
        verbose_name=_("languages"),
        default=list,
        blank=True,
    )
    interpreter_needed = models.BooleanField(_("an interpreter is needed"), default=False)
    safe_contact = models.TextField(
        _("safe contact"), blank=True, help_text=_("Ways and hours that are safe, and what is not.")
    )
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="merged",
        verbose_name=_("merged into"),
    )
    match_keys = ArrayField(
        models.CharField(max_length=40), verbose_name=_("search keys"), default=list, editable=False
    )
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = PersonQuerySet.as_manager()
    wall = Own(Side.CARE, WRITE)

    class Meta:
        verbose_name, verbose_name_plural = _("person"), _("persons")
        indexes = [
            models.Index(OpClass(Lower("name"), name="text_pattern_ops"), name="cases_person_name"),
            models.Index(OpClass(Lower("alias"), name="text_pattern_ops"), name="cases_person_alias"),
            models.Index(fields=["birth_date"], name="cases_person_birth", condition=~Q(birth_date=None)),
            GinIndex(fields=["match_keys"], name="cases_person_match"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(merged_into=models.F("id")), name="cases_person_not_into_itself"),
        ]

    def __str__(self) -> str:
        return f"Person {self.short_id}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save, with the keys by which this person is found again as a possible duplicate."""
        self.match_keys = likeness.keys_of(self)
        fields = kwargs.get("update_fields")
        if fields is not None:
            kwargs["update_fields"] = {*fields, "match_keys"}
        super().save(*args, **kwargs)

    @property
    def short_id(self) -> str:
        """Four letters that tell persons without a name apart on a page."""
        return self.pk.hex[:4].upper()

    @property
    def display_name(self) -> str:
        """The name for the page: the alias where safety asks, else the name, else a neutral one."""
        if self.use_alias:
            return self.alias or self.neutral_name
        return self.name or self.alias or self.neutral_name

    @property
    def neutral_name(self) -> str:
        """A name that tells nothing."""
        return _("Person %(id)s") % {"id": self.short_id}

    @property
    def nationality_name(self) -> str:
        """The country in the reader's language; empty when unknown."""
        return tongues.country_name(self.nationality) if self.nationality else ""

    @property
    def language_names(self) -> str:
        """Languages in the reader's language, with commas between."""
        return tongues.language_names(self.languages)

    def is_minor_on(self, day: date) -> bool:
        """Whether the person counts as a minor on `day`: minor until shown otherwise.

        An unknown date of birth shows nothing; an estimated one only shows the year, so the person comes of age at
        the end of it. `adult_confirmed` settles both. A date that is known for certain speaks for itself.
        Source: Directive 2011/36/EU, art. 13(2): presumed to be a child while the age is uncertain.
        """
        if self.birth_date is None:
            return not self.adult_confirmed
        if not self.birth_date_estimated:
            return day < self.birth_date + relativedelta(years=ADULT_AT)
        return not self.adult_confirmed and day <= date(self.birth_date.year + ADULT_AT, 12, 31)

    @property
    def age_group(self) -> str:
        """``minor`` or ``adult``, today."""
        return AgeGroup.MINOR if self.is_minor_on(clock.today()) else AgeGroup.ADULT

    def age_on(self, day: date) -> int | None:
        """Age in whole years on `day`; None when no date of birth is known."""
        return relativedelta(day, self.birth_date).years if self.birth_date else None

    @property
    def age(self) -> int | None:
        """Age in whole years today; None when no date of birth is known."""
        return self.age_on(clock.today())


class Merge(models.Model):
    """That two persons turned out to be one; `cases.merging` does and undoes it.

    `moved` holds what the undoing needs: ``{"cases": [keys], "fields": {name: [before, after]}}``.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kept = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="merges", verbose_name=_("person kept"))
    merged = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="merges_away", verbose_name=_("person merged")
    )
    by = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+", verbose_name=_("by"))
    at = models.DateTimeField(_("at"), default=clock.now)
    reason = models.TextField(_("reason"))
    moved = models.JSONField(_("what moved"), default=dict)
    undone_at = models.DateTimeField(_("undone at"), null=True, blank=True)
    undone_by = models.ForeignKey(
        Post, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("undone by")
    )

    objects = MergeQuerySet.as_manager()
    wall = Own(Side.CARE, WRITE)

    class Meta:
        verbose_name, verbose_name_plural = _("merge of persons"), _("merges of persons")
        constraints = [
            models.CheckConstraint(condition=~Q(kept=models.F("merged")), name="cases_merge_two_persons"),
            models.UniqueConstraint(fields=["merged"], condition=Q(undone_at=None), name="cases_merge_once"),
        ]

    def __str__(self) -> str:
        return f"{self.merged} → {self.kept}"
