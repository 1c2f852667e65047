"""The row of one determination process, and the decisions made in it."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from access.models import Post
from access.wall import Side
from access.wall.declaration import WRITE, Own
from workflows.designs.declaration import Design, Stage, registry
from workflows.determination.models.file import File
from workflows.determination.queries import DecisionQuerySet, OfFileQuerySet
from workflows.determination.words import Finding, Outcome, Service, Why
from workflows.engine.models import Process


class Determination(models.Model):
    """One run of the procedure on a file: in which design, in which stage, and how its clock stands.

    The clock of a stage is one term over all its states. It stands still while a request is incomplete and while the
    person is out of sight, and its end moves with it; see `workflows.determination.terms`.
    """

    process = models.OneToOneField(Process, on_delete=models.PROTECT, primary_key=True, related_name="+")
    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="determinations", verbose_name=_("file"))
    design = models.CharField(_("design"), max_length=40)
    stage = models.CharField(_("stage"), max_length=30)
    reconsiders = models.ForeignKey(
        "Decision", on_delete=models.PROTECT, null=True, related_name="reconsidered_in", verbose_name=_("reconsiders")
    )
    why_again = models.CharField(_("why it is reconsidered"), max_length=20, choices=Why, blank=True)
    ground_again = models.TextField(_("what is new, or what was not followed"), blank=True)

    clock_started_at = models.DateTimeField(_("the term runs since"))
    suspended_at = models.DateTimeField(_("the term stands still since"), null=True)
    suspended_for = models.DurationField(default=timedelta(0))
    not_before = models.DateTimeField(_("no decision before"), null=True)
    decide_by = models.DateTimeField(_("decision no later than"), null=True)
    told_late_at = models.DateTimeField(null=True)

    not_admissible = models.TextField(_("why it is not admissible"), blank=True)
    how_to_mend = models.TextField(_("how this can be mended"), blank=True)
    stopped = models.CharField(_("why it stopped"), max_length=20, blank=True)
    draft_outcome = models.CharField(_("draft outcome"), max_length=20, choices=Finding, blank=True)
    draft_reasons = models.TextField(_("draft reasons"), blank=True)
    drafted_at = models.DateTimeField(_("drafted"), null=True)

    objects = OfFileQuerySet.as_manager()
    wall = Own(Side.DETERMINATION, WRITE)

    class Meta:
        verbose_name, verbose_name_plural = _("determination"), _("determinations")
        triggers = [
            pgtrigger.Protect(
                name="keeps_its_design",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.design IS DISTINCT FROM NEW.design OR OLD.file_id IS DISTINCT FROM NEW.file_id "
                    "OR OLD.reconsiders_id IS DISTINCT FROM NEW.reconsiders_id"
                ),
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    @property
    def declared(self) -> Design:
        """The design it runs in."""
        return registry[self.design]

    @property
    def declared_stage(self) -> Stage:
        """The stage it stands in."""
        return self.declared.stage(self.stage)


_SEALED = """
    IF to_jsonb(NEW) - '{served_on,served_how,served_recorded_at,reconsider_until}'::text[]
       IS DISTINCT FROM to_jsonb(OLD) - '{served_on,served_how,served_recorded_at,reconsider_until}'::text[] THEN
        RAISE EXCEPTION 'a decision does not change';
    END IF;
    IF OLD.served_on IS NOT NULL OR NEW.served_on IS NULL THEN
        RAISE EXCEPTION 'a decision is served once';
    END IF;
    RETURN NEW;
"""


class Decision(models.Model):
    """What was decided, in words the person can read. The database lets nothing of it change; service is added once.

    A mistake found before service makes a new version. `reconsiders` is the decision of other members that this one
    looks at again; both stand.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    determination = models.ForeignKey(Determination, on_delete=models.PROTECT, related_name="decisions")
    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="decisions")
    stage = models.CharField(_("stage"), max_length=30)
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    outcome = models.CharField(_("outcome"), max_length=20, choices=Outcome)
    reasons = models.TextField(_("reasons"))
    decided_at = models.DateTimeField(_("decided"))
    decided_by = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+", db_index=False)
    reconsiders = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="reconsidered_by")
    served_on = models.DateField(_("served"), null=True)
    served_how = models.CharField(_("how it was served"), max_length=20, choices=Service, blank=True)
    served_recorded_at = models.DateTimeField(null=True)
    reconsider_until = models.DateTimeField(_("reconsideration can be asked until"), null=True)

    objects = DecisionQuerySet.as_manager()
    wall = Own(Side.DETERMINATION, WRITE)

    class Meta:
        ordering = ["decided_at", "version"]
        verbose_name, verbose_name_plural = _("decision"), _("decisions")
        constraints = [
            models.UniqueConstraint(fields=["determination", "stage", "version"], name="determination_decision_once"),
            models.CheckConstraint(condition=~Q(reasons=""), name="determination_decision_reasoned"),
        ]
        triggers = [
            pgtrigger.Trigger(name="sealed", when=pgtrigger.Before, operation=pgtrigger.Update, func=_SEALED),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.get_outcome_display()
