"""What the person agreed to share, with whom, for what."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from access import clock
from access.models import Organisation, Post, append_only
from access.wall import Side
from access.wall.declaration import APPEND, Own
from cases.models.case import Case
from cases.models.person import Person
from cases.queries import ConsentQuerySet
from cases.words import ConsentForm, ConsentState, Purpose


class Consent(models.Model):
    """One thing the person said about sharing. Appended only: who changes their mind gets a new row, the latest counts.

    `person` is who said it as known then; after a merge of persons the row stays and is found through its case.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="consents", verbose_name=_("person"))
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="consents", verbose_name=_("case file"))
    recipient = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
        verbose_name=_("recipient"),
    )
    recipient_name = models.CharField(
        _("name of the recipient"), max_length=200, blank=True, help_text=_("When it is not in the list.")
    )
    purpose = models.CharField(_("purpose"), max_length=20, choices=Purpose)
    state = models.CharField(_("answer"), max_length=10, choices=ConsentState)
    given_at = models.DateTimeField(_("said at"), default=clock.now)
    form = models.CharField(_("how"), max_length=10, choices=ConsentForm)
    note = models.TextField(_("explanation"), blank=True)
    recorded_by = models.ForeignKey(
        Post, on_delete=models.PROTECT, db_index=False, related_name="+", verbose_name=_("recorded by")
    )
    recorded_at = models.DateTimeField(_("recorded"), default=clock.now, editable=False)

    objects = ConsentQuerySet.as_manager()
    wall = Own(Side.CARE, APPEND)

    class Meta:
        verbose_name, verbose_name_plural = _("consent"), _("consents")
        indexes = [models.Index(fields=["case", "given_at"], name="cases_consent_case")]
        constraints = [
            models.CheckConstraint(
                condition=Q(recipient__isnull=False, recipient_name="") | (Q(recipient=None) & ~Q(recipient_name="")),
                name="cases_consent_one_recipient",
            )
        ]
        triggers = [append_only()]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk.hex[:4]}"

    @property
    def to(self) -> str:
        """Who may receive, in words."""
        return self.recipient.name if self.recipient is not None else self.recipient_name
