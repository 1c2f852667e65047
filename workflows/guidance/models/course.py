"""The course of one guidance: who guides, in which phases, which contacts there were."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from access import clock
from access.models import Post
from access.wall import Side
from access.wall.declaration import APPEND, WRITE, Own
from access.words import Exploitation, Gender
from cases.models import Case
from cases.sealed import SealedTextField
from workflows.engine.models import Process
from workflows.guidance.queries import ConflictQuerySet, GuidanceQuerySet, NavigatorQuerySet, OfGuidanceQuerySet
from workflows.guidance.words import Closed, GenderWish, NotStarted, PhaseCode, RequestedBy, Told, Weight


class Guidance(models.Model):
    """The row of one guidance. `phases` says which run now; their history is `Phase`.

    `navigator` is who the person knows, whoever happens to do the work today. `asked_away` are navigators the person
    did not want, who are not proposed again.
    """

    process = models.OneToOneField(Process, on_delete=models.PROTECT, primary_key=True, related_name="+")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+", verbose_name=_("case"))
    requested_at = models.DateTimeField(_("asked for"))
    requested_by = models.CharField(_("asked for by"), max_length=10, choices=RequestedBy, default=RequestedBy.CARE)
    gender_wish = models.CharField(_("wish for the navigator"), max_length=10, choices=GenderWish, blank=True)
    weight = models.PositiveSmallIntegerField(_("weight"), choices=Weight, default=Weight.USUAL)
    handover = models.UUIDField(_("handed over by"), null=True, unique=True)
    navigator = models.ForeignKey(
        Post, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("navigator")
    )
    next_navigator = models.ForeignKey(
        Post, on_delete=models.PROTECT, null=True, db_index=False, related_name="+", verbose_name=_("next navigator")
    )
    deputy = models.ForeignKey(
        Post, on_delete=models.PROTECT, null=True, db_index=False, related_name="+", verbose_name=_("deputy")
    )
    deputy_known = models.BooleanField(_("the person knows the deputy"), default=False)
    asked_away = ArrayField(models.BigIntegerField(), default=list)
    phases = ArrayField(models.CharField(max_length=12, choices=PhaseCode), default=list)
    first_contact_at = models.DateTimeField(_("first contact"), null=True)
    last_contact_at = models.DateTimeField(_("last contact"), null=True)
    lost_steps = models.PositiveSmallIntegerField(_("steps done since contact was lost"), default=0)
    aftercare_from = models.DateField(_("aftercare from"), null=True)
    aftercare_talks = models.PositiveSmallIntegerField(_("talks in aftercare"), default=0)
    closed_because = models.CharField(_("closed because"), max_length=12, choices=Closed, blank=True)
    not_started = models.CharField(_("not started because"), max_length=12, choices=NotStarted, blank=True)

    objects = GuidanceQuerySet.as_manager()
    wall = Own(Side.CARE, WRITE)

    class Meta:
        verbose_name, verbose_name_plural = _("guidance"), _("guidances")
        constraints = [
            models.UniqueConstraint(fields=["case"], name="guidance_once"),
            models.CheckConstraint(
                condition=Q(deputy=None) | Q(navigator=None) | ~Q(deputy=F("navigator")), name="guidance_deputy_other"
            ),
        ]


class Phase(models.Model):
    """That a phase ran from a day until another, and why it began and ended."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    guidance = models.ForeignKey(Guidance, on_delete=models.PROTECT, related_name="phase_rows")
    phase = models.CharField(_("phase"), max_length=12, choices=PhaseCode)
    began_on = models.DateField(_("from"))
    ended_on = models.DateField(_("until"), null=True)
    began_why = SealedTextField(_("why it began"), blank=True)
    ended_why = SealedTextField(_("why it ended"), blank=True)

    objects = OfGuidanceQuerySet.as_manager()
    wall = Own(Side.CARE, WRITE)

    class Meta:
        verbose_name, verbose_name_plural = _("phase"), _("phases")
        constraints = [
            models.UniqueConstraint(
                fields=["guidance", "phase"], condition=Q(ended_on=None), name="guidance_phase_runs_once"
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=F("began_on")), name="guidance_phase_dates"
            ),
        ]


class Contact(models.Model):
    """A contact, or a try: when, how, whether the person was reached, and what was said."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    guidance = models.ForeignKey(Guidance, on_delete=models.PROTECT, related_name="contacts")
    at = models.DateTimeField(_("when"))
    way = models.CharField(_("how"), max_length=10, choices=Told)
    reached = models.BooleanField(_("reached"), default=True)
    text = SealedTextField(_("note"), blank=True)
    by = models.ForeignKey(Post, on_delete=models.PROTECT, db_index=False, related_name="+", verbose_name=_("by"))
    written_at = models.DateTimeField(_("written"), default=clock.now)

    objects = OfGuidanceQuerySet.as_manager()
    wall = Own(Side.CARE, APPEND | {"UPDATE"})  # updated by a change of keys alone

    class Meta:
        verbose_name, verbose_name_plural = _("contact"), _("contacts")
        indexes = [models.Index(fields=["guidance", "-at"], include=["way", "reached"], name="guidance_contact_told")]


class NavigatorProfile(models.Model):
    """What a navigator can do, and how much weight they carry at most."""

    post = models.OneToOneField(
        Post, on_delete=models.PROTECT, primary_key=True, related_name="+", verbose_name=_("navigator")
    )
    gender = models.CharField(_("gender"), max_length=10, choices=Gender, default=Gender.UNKNOWN)
    languages = ArrayField(models.CharField(max_length=3), verbose_name=_("languages"), default=list, blank=True)
    knows = ArrayField(
        models.CharField(max_length=10, choices=Exploitation), verbose_name=_("expertise"), default=list, blank=True
    )
    most = models.PositiveSmallIntegerField(_("most weight"), default=24)

    objects = NavigatorQuerySet.as_manager()
    wall = Own(Side.CARE, WRITE)

    class Meta:
        verbose_name, verbose_name_plural = _("profile of a navigator"), _("profiles of navigators")


class NavigatorConflict(models.Model):
    """That a navigator cannot guide on a case, whatever the reason; the reason is not asked."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+", verbose_name=_("navigator"))
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+", verbose_name=_("case"))

    objects = ConflictQuerySet.as_manager()
    wall = Own(Side.CARE)

    class Meta:
        verbose_name, verbose_name_plural = _("conflict of a navigator"), _("conflicts of navigators")
        constraints = [models.UniqueConstraint(fields=["post", "case"], name="guidance_conflict_once")]
