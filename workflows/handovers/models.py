"""A handover, which both sides see, and what was handed over, which the receiver sees while it is in force."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from access import clock
from access.models import Organisation, Post
from access.wall import Side
from access.wall.declaration import READ, WRITE, Crossing
from workflows.handovers import triggers
from workflows.handovers.queries import HandoverQuerySet
from workflows.handovers.words import LegalGround, Purpose, State


class Handover(models.Model):
    """That something was handed over: what (by name), from whom, to whom, for what, on which ground, until when.

    `subject` is the file it comes from and `consent` a consent kept on that side; both are opaque keys to the other
    side. `answers` is the handover this one answers. It does not change: the side it comes from can end it once,
    the side it goes to says once that it was received.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    from_side = models.CharField(_("from the side"), max_length=20, choices=Side)
    to_side = models.CharField(_("to the side"), max_length=20, choices=Side)
    from_organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", db_index=False, verbose_name=_("from")
    )
    from_post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+", db_index=False)
    to_organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="+", db_index=False, verbose_name=_("to")
    )
    purpose = models.CharField(_("purpose"), max_length=30, choices=Purpose)
    ground = models.CharField(_("legal ground"), max_length=20, choices=LegalGround)
    legal_ref = models.CharField(_("article or explanation"), max_length=300, blank=True)
    consent = models.UUIDField(_("consent"), null=True)
    subject = models.UUIDField(_("file"))
    facts_named = ArrayField(models.CharField(max_length=40), verbose_name=_("what"))
    made_at = models.DateTimeField(_("handed over"), default=clock.now)
    until = models.DateTimeField(_("until"))
    ended_at = models.DateTimeField(_("ended"), null=True)
    ended_why = models.CharField(_("why it ended"), max_length=500, blank=True)
    received_at = models.DateTimeField(_("received"), null=True)
    answers = models.UUIDField(_("answers"), null=True)

    objects = HandoverQuerySet.as_manager()
    wall = Crossing(WRITE, READ | {"UPDATE"}, gate=True)

    class Meta:
        verbose_name, verbose_name_plural = _("handover"), _("handovers")
        indexes = [
            models.Index(fields=["subject", "-made_at"], name="handovers_subject"),
            models.Index(fields=["from_side", "from_organisation", "-made_at"], name="handovers_sent"),
            models.Index(fields=["to_side", "to_organisation", "-made_at"], name="handovers_inbox"),
            models.Index(fields=["to_side", "made_at"], name="handovers_to_receive", condition=Q(received_at=None)),
            models.Index(fields=["consent"], name="handovers_consent", condition=~Q(consent=None)),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(from_side=F("to_side")), name="handovers_crosses"),
            models.CheckConstraint(condition=Q(until__gt=F("made_at")), name="handovers_term"),
            models.CheckConstraint(condition=~Q(facts_named=[]), name="handovers_something"),
            models.CheckConstraint(
                condition=~Q(ground=LegalGround.CONSENT) | Q(consent__isnull=False), name="handovers_consent_named"
            ),
        ]
        triggers = triggers.of_handover()

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk.hex[:4]}"

    @property
    def state(self) -> State:
        """How it stands now."""
        if self.ended_at is not None:
            return State.ENDED
        return State.IN_FORCE if self.until > clock.now() else State.EXPIRED

    @property
    def in_force(self) -> bool:
        """Whether the receiver may still read what was handed over."""
        return self.state is State.IN_FORCE


class HandoverContent(models.Model):
    """What was handed over: facts by code. Sides and moments are the handover's, copied by the database itself.

    The receiver's policy stands on these columns alone, so that an end closes the content in the same transaction.
    """

    handover = models.OneToOneField(Handover, on_delete=models.PROTECT, primary_key=True, related_name="content")
    from_side = models.CharField(max_length=20, choices=Side, editable=False)
    to_side = models.CharField(max_length=20, choices=Side, editable=False)
    until = models.DateTimeField(editable=False)
    ended_at = models.DateTimeField(null=True, editable=False)
    facts = models.JSONField(_("what was handed over"))

    wall = Crossing(WRITE, READ, shown="ended_at IS NULL AND until > now()")

    class Meta:
        verbose_name, verbose_name_plural = _("content of a handover"), _("contents of handovers")
        triggers = triggers.of_content()
