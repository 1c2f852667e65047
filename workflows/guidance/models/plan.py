"""The plan of guidance: goals, actions, how life is going, appointments."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from access import clock
from access.models import Post
from access.wall import Side
from access.wall.declaration import WRITE, Own
from cases.sealed import SealedTextField
from workflows.guidance.models.course import Guidance
from workflows.guidance.queries import OfGuidanceQuerySet
from workflows.guidance.words import ActionState, Domain, GoalState, Kind, Owner, Way

LOWEST, HIGHEST = 1, 5
"""The scale on which somebody says how a part of life is going."""


class Goal(models.Model):
    """What the person wants, in their own words; in a domain only where somebody wrote down why it is asked."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    guidance = models.ForeignKey(Guidance, on_delete=models.PROTECT, related_name="goals")
    words = SealedTextField(_("in the person's own words"))
    domain = models.CharField(_("part of life"), max_length=10, choices=Domain, blank=True)
    why = SealedTextField(_("why this part of life is asked about"), blank=True)
    state = models.CharField(_("how it stands"), max_length=10, choices=GoalState, default=GoalState.OPEN)
    conflicts_with = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("gets in the way of")
    )
    set_at = models.DateTimeField(_("set"), default=clock.now)
    changed_at = models.DateTimeField(_("changed"), default=clock.now)
    by = models.ForeignKey(Post, on_delete=models.PROTECT, db_index=False, related_name="+", verbose_name=_("by"))

    objects = OfGuidanceQuerySet.as_manager()
    wall = Own(Side.CARE, WRITE)

    class Meta:
        verbose_name, verbose_name_plural = _("goal"), _("goals")
        constraints = [models.CheckConstraint(condition=Q(domain="") | ~Q(why=""), name="guidance_goal_domain_reason")]


class Action(models.Model):
    """What somebody will do by a day."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    guidance = models.ForeignKey(Guidance, on_delete=models.PROTECT, related_name="actions")
    goal = models.ForeignKey(Goal, on_delete=models.PROTECT, null=True, blank=True, related_name="actions")
    what = SealedTextField(_("what"))
    owner = models.CharField(_("who"), max_length=12, choices=Owner)
    by_day = models.DateField(_("by"))
    state = models.CharField(_("how it stands"), max_length=10, choices=ActionState, default=ActionState.TO_DO)
    by = models.ForeignKey(Post, on_delete=models.PROTECT, db_index=False, related_name="+")

    objects = OfGuidanceQuerySet.as_manager()
    wall = Own(Side.CARE, WRITE)

    class Meta:
        verbose_name, verbose_name_plural = _("action"), _("actions")
        indexes = [models.Index(fields=["guidance", "by_day"], name="guidance_action_day")]

    @property
    def late(self) -> bool:
        """Whether its day has been and it is not done."""
        return self.state in (ActionState.TO_DO, ActionState.ASKED) and self.by_day < clock.today()


class Measurement(models.Model):
    """How one part of life is going, on a day, as the person says; asked only with a reason."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    guidance = models.ForeignKey(Guidance, on_delete=models.PROTECT, related_name="measurements")
    domain = models.CharField(_("part of life"), max_length=10, choices=Domain)
    on_day = models.DateField(_("day"))
    score = models.PositiveSmallIntegerField(_("how it is going"))
    why = SealedTextField(_("why this part of life is asked about"))
    by = models.ForeignKey(Post, on_delete=models.PROTECT, db_index=False, related_name="+")

    objects = OfGuidanceQuerySet.as_manager()
    wall = Own(Side.CARE, WRITE)

    class Meta:
        verbose_name, verbose_name_plural = _("measurement"), _("measurements")
        constraints = [
            models.CheckConstraint(
                condition=Q(score__gte=LOWEST) & Q(score__lte=HIGHEST), name="guidance_measurement_scale"
            ),
            models.UniqueConstraint(fields=["guidance", "domain", "on_day"], name="guidance_measurement_once_a_day"),
        ]
        indexes = [
            models.Index(fields=["guidance", "domain", "on_day"], include=["score"], name="guidance_measurement_told")
        ]


class Appointment(models.Model):
    """That the person is expected somewhere, or will be in touch with the navigator, at a moment."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    guidance = models.ForeignKey(Guidance, on_delete=models.PROTECT, related_name="appointments")
    kind = models.CharField(_("what for"), max_length=12, choices=Kind, default=Kind.CHECK_IN)
    at = models.DateTimeField(_("when"))
    minutes = models.PositiveSmallIntegerField(_("how long, in minutes"), default=60)
    way = models.CharField(_("how"), max_length=10, choices=Way)
    note = SealedTextField(_("note"), blank=True)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True)
    by = models.ForeignKey(Post, on_delete=models.PROTECT, db_index=False, related_name="+")

    objects = OfGuidanceQuerySet.as_manager()
    wall = Own(Side.CARE, WRITE)

    class Meta:
        verbose_name, verbose_name_plural = _("appointment"), _("appointments")
        indexes = [models.Index(fields=["guidance", "at"], name="guidance_appointment_at")]
