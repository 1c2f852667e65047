"""The tables of the engine: processes, their log, notices and mail, terms and routing rules."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.models import Organisation, Post, Region, User, append_only, raise_stamp
from access.roles import Role
from access.wall import Side
from access.wall.declaration import APPEND, WRITE, Ground, Shared
from workflows.engine.calendars import Unit
from workflows.engine.queries import DeliveryQuerySet, NoticeQuerySet, ProcessQuerySet, SavedViewQuerySet

MOST_SIGNALS = 6
"""More signals about one term than this nobody reads."""


TOLD = "told:"
"""How the key of a notice begins that tells how something went: it stays news when the process moves on or closes."""


class Rung(models.IntegerChoices):
    """The ladder of notices within one stay in a state: each rung is told once.

    What is told earlier than the reminder is a signal (`Process.signals`): a notice of no rung, with `key`
    ``signal:1``, ``signal:2`` and so on.
    """

    REMINDER = 1, _("Reminder")
    OVERDUE = 2, _("Overdue")
    ESCALATION = 3, _("Escalation")
    SECOND_ESCALATION = 4, _("Second escalation")


class Term(models.Model):
    """How long something may take, when to remind before its end and how long after it to escalate.

    Terms are data: a change is a new row that holds from `valid_from` on, the old ones are kept, and a running
    term keeps the row it began with.
    """

    key = models.CharField(_("term"), max_length=80)
    amount = models.PositiveSmallIntegerField(_("amount"))
    unit = models.CharField(_("unit"), max_length=20, choices=Unit)
    remind_amount = models.PositiveSmallIntegerField(_("remind before the end"), default=1)
    remind_unit = models.CharField(_("unit"), max_length=20, choices=Unit, default=Unit.WORKING_DAYS)
    escalate_amount = models.PositiveSmallIntegerField(_("escalate after the end"), default=1)
    escalate_unit = models.CharField(_("unit"), max_length=20, choices=Unit, default=Unit.WORKING_DAYS)
    again_amount = models.PositiveSmallIntegerField(_("escalate again after that"), default=2)
    again_unit = models.CharField(_("unit"), max_length=20, choices=Unit, default=Unit.WORKING_DAYS)
    before_amounts = ArrayField(
        models.PositiveSmallIntegerField(validators=[MinValueValidator(1)]),
        verbose_name=_("signals before the reminder"),
        default=list,
        blank=True,
        size=MOST_SIGNALS,
        help_text=_("How long before the end, with commas in between, as 30,14. Empty: only the reminder."),
    )
    before_unit = models.CharField(_("unit"), max_length=20, choices=Unit, default=Unit.CALENDAR_DAYS)
    statutory = models.BooleanField(
        _("set by law"),
        default=False,
        help_text=_("A statutory term that ends on a weekend or holiday ends on the next working day."),
    )
    starts_with = models.CharField(_("starts with"), max_length=200)
    source = models.CharField(_("source"), max_length=300)
    valid_from = models.DateTimeField(_("valid from"))

    wall = Ground()

    class Meta:
        ordering = ["key", "-valid_from"]
        verbose_name, verbose_name_plural = _("term"), _("terms")
        constraints = [models.UniqueConstraint(fields=["key", "valid_from"], name="engine_term_once")]
        triggers = [raise_stamp()]

    def __str__(self) -> str:
        return f"{self.key}: {Unit(self.unit).text(self.amount)}"


class RoutingRule(models.Model):
    """Who must act next, under which circumstances; an empty circumstance matches everything.

    Rules are tried by `tier`, lowest first, and by the number of circumstances they name within a tier. An empty
    organisation means: the organisation that holds the role in the region of the process.
    """

    kind = models.CharField(_("process"), max_length=40)
    state = models.CharField(_("state"), max_length=40, blank=True)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("region"))
    form = models.CharField(_("form of exploitation"), max_length=20, blank=True)
    age_group = models.CharField(_("age group"), max_length=10, blank=True)
    scheme = models.CharField(_("scheme"), max_length=40, blank=True)
    role = models.CharField(_("role that acts"), max_length=30, choices=Role)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("organisation that acts")
    )
    tier = models.PositiveSmallIntegerField(_("tier"), default=10)
    active = models.BooleanField(_("active"), default=True)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    note = models.CharField(_("why"), max_length=300, blank=True)

    wall = Ground()

    class Meta:
        ordering = ["kind", "state", "tier", "pk"]
        verbose_name, verbose_name_plural = _("routing rule"), _("routing rules")
        triggers = [raise_stamp()]

    def __str__(self) -> str:
        return f"{self.kind} {self.state or '*'} → {Role(self.role).label}"


class Process(models.Model):
    """One process: which machine, where it stands, who must act by when. The worklist of everybody is this table.

    What only one kind of process knows stands in that kind's own table, one-to-one. `case_id` names the file it
    runs on without a constraint, because the table of files belongs to one side and this one to all.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    side = models.CharField(_("side"), max_length=20, choices=Side)
    kind = models.CharField(_("process"), max_length=40)
    state = models.CharField(_("state"), max_length=40)
    case_id = models.UUIDField(_("case"), null=True, blank=True)
    restricted = models.BooleanField(_("restricted"), default=False)
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, null=True, db_index=False, related_name="+", verbose_name=_("region")
    )
    urgent = models.BooleanField(_("emergency"), default=False)
    facts = models.JSONField(_("facts for routing"), default=dict)

    opened_at = models.DateTimeField(_("opened"))
    entered_at = models.DateTimeField(_("since"))
    episode = models.PositiveIntegerField(default=1)  # how many times a state was entered; keys notices
    closed_at = models.DateTimeField(_("closed"), null=True)

    owner_role = models.CharField(_("who must act"), max_length=30, choices=Role, blank=True)
    owner_organisation = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        null=True,
        db_index=False,
        related_name="+",
        verbose_name=_("organisation that must act"),
    )
    assignee = models.ForeignKey(
        Post, on_delete=models.PROTECT, null=True, db_index=False, related_name="+", verbose_name=_("taken by")
    )
    assigned_at = models.DateTimeField(_("taken since"), null=True)
    waiting_on = models.CharField(_("waits for"), max_length=40, blank=True)

    term = models.ForeignKey(Term, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    term_started_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(_("by when"), null=True)
    paused_at = models.DateTimeField(_("paused since"), null=True)
    paused_for = models.DurationField(default=timedelta(0))  # in the running term, without the pause that runs now
    snoozed_until = models.DateTimeField(_("snoozed until"), null=True)

    plan = ArrayField(models.DateTimeField(null=True), default=list)  # moments of the rungs, in the order of `Rung`
    rung = models.PositiveSmallIntegerField(default=0)  # last rung told
    signals = ArrayField(  # moments of what is told before the reminder, the earliest first
        models.DateTimeField(null=True), default=list, db_default=Value([], ArrayField(models.DateTimeField()))
    )
    signalled = models.PositiveSmallIntegerField(default=0, db_default=0)  # how many of these were told
    next_notice_at = models.DateTimeField(null=True)

    version = models.PositiveIntegerField(default=1)

    objects = ProcessQuerySet.as_manager()
    wall = Shared(WRITE, gate=True)

    class Meta:
        verbose_name, verbose_name_plural = _("process"), _("processes")
        indexes = [
            models.Index(
                fields=["owner_organisation", "owner_role", "due_at", "id"],
                name="engine_process_worklist",
                condition=Q(closed_at=None),
            ),
            models.Index(
                fields=["owner_organisation", "owner_role", "due_at", "id"],
                name="engine_process_queue",
                condition=Q(closed_at=None, assignee=None),
            ),
            models.Index(
                fields=["assignee", "due_at", "id"], name="engine_process_assignee", condition=Q(closed_at=None)
            ),
            models.Index(
                fields=["side", "next_notice_at"], name="engine_process_sweep", condition=~Q(next_notice_at=None)
            ),
            models.Index(fields=["case_id"], name="engine_process_case"),
            models.Index(fields=["kind", "state", "region"], name="engine_process_open", condition=Q(closed_at=None)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at=None) | Q(next_notice_at=None, assignee=None), name="engine_process_closed_rests"
            ),
            models.CheckConstraint(
                condition=~Q(closed_at=None) | ~Q(owner_role=""), name="engine_process_open_has_owner"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"

    @property
    def open(self) -> bool:
        """Whether the process still runs."""
        return self.closed_at is None


class StepLog(models.Model):
    """What happened: the truth about the past. Appended only; the database refuses to change or delete a line.

    `action` is the name of the transition, or one of the engine's own acts (see `workflows.engine.acts`). Replayed
    in order of `id`, `to_state` gives the state of the process.
    """

    id = models.BigAutoField(primary_key=True)
    side = models.CharField(max_length=20, choices=Side)
    process = models.ForeignKey(Process, on_delete=models.PROTECT, related_name="log")
    at = models.DateTimeField(_("at"))
    action = models.CharField(_("what"), max_length=60)
    from_state = models.CharField(_("from"), max_length=40, blank=True)
    to_state = models.CharField(_("to"), max_length=40)
    version = models.PositiveIntegerField()
    post = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    on_behalf_of = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, db_index=False, related_name="+")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, db_index=False, related_name="+"
    )
    reason = models.TextField(_("why"), blank=True)
    facts = models.JSONField(_("facts"), default=dict)
    route = models.JSONField(_("why it went there"), default=dict)
    due_at = models.DateTimeField(null=True)

    wall = Shared(APPEND, gate=True)

    class Meta:
        ordering = ["id"]
        verbose_name, verbose_name_plural = _("step"), _("steps")
        triggers = [append_only()]


class Notice(models.Model):
    """A notice in the program: the notice of record. Its key makes it exist once, whoever writes it how often.

    It is addressed to a post, or to everybody who holds a role at an organisation (in the region of the process).
    """

    side = models.CharField(max_length=20, choices=Side)
    process = models.ForeignKey(Process, on_delete=models.PROTECT, related_name="notices")
    episode = models.PositiveIntegerField()
    rung = models.PositiveSmallIntegerField(_("kind"))  # a Rung, or 0 for an act or signal that is named in `key`
    key = models.CharField(max_length=60, blank=True)
    at = models.DateTimeField(_("at"))
    due_at = models.DateTimeField(_("by when"), null=True)
    to_role = models.CharField(max_length=30, choices=Role)
    to_organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    to_region = models.ForeignKey(Region, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    to_post = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)

    objects = NoticeQuerySet.as_manager()
    wall = Shared(APPEND)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name, verbose_name_plural = _("notice"), _("notices")
        constraints = [models.UniqueConstraint(fields=["process", "episode", "rung", "key"], name="engine_notice_once")]
        indexes = [
            models.Index(fields=["to_organisation", "to_role", "-at"], name="engine_notice_group"),
            models.Index(fields=["to_post", "-at"], name="engine_notice_post", condition=~Q(to_post=None)),
        ]


class NoticeSeen(models.Model):
    """That a person has seen a notice."""

    side = models.CharField(max_length=20, choices=Side)
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="seen")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    wall = Shared(APPEND)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "notice"], name="engine_notice_seen_once")]


class Delivery(models.Model):
    """The outbox: one mail to one person about one notice. A mail says a case number and a link, nothing else.

    `sending` is written and committed before the network is used; what is found in it after its lease is over can
    have been sent or not: it becomes `uncertain` and is shown to a person, never sent again or dropped in silence.
    """

    class State(models.TextChoices):
        PLANNED = "planned", _("Planned")
        CLAIMED = "claimed", _("Claimed")
        SENDING = "sending", _("Being sent")
        SENT = "sent", _("Sent")
        UNCERTAIN = "uncertain", _("Uncertain")
        FAILED = "failed", _("Refused by the mail server")
        DROPPED = "dropped", _("No longer needed")

    side = models.CharField(max_length=20, choices=Side)
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="deliveries")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    state = models.CharField(max_length=10, choices=State, default=State.PLANNED)
    not_before = models.DateTimeField()
    attempt = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    message_id = models.CharField(max_length=120, blank=True)  # one for all notices that went in one mail
    why = models.CharField(max_length=40, blank=True)  # reply code of the server, or a code of `outbox.WHY`
    settled_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    changed_at = models.DateTimeField(default=timezone.now)

    objects = DeliveryQuerySet.as_manager()
    wall = Shared(WRITE)

    class Meta:
        verbose_name, verbose_name_plural = _("mail"), _("mails")
        constraints = [models.UniqueConstraint(fields=["notice", "user"], name="engine_delivery_once")]
        indexes = [
            models.Index(
                fields=["not_before"],
                name="engine_delivery_open",
                condition=Q(state__in=["planned", "claimed", "sending"]),
            ),
            models.Index(
                fields=["changed_at"], name="engine_delivery_trouble", condition=Q(state__in=["uncertain", "failed"])
            ),
        ]


class Alarm(models.Model):
    """That something is wrong on a side and since when; closed by the watch that finds it well again.

    One open row for each kind, with how many rows it is about; it names none of them.
    """

    class Kind(models.TextChoices):
        LATE = "late", _("Notices that should have been written already")
        HANGING = "hanging", _("Mails that do not leave")
        UNDECIDED = "undecided", _("Mails that wait for a decision")
        MISSING = "missing", _("Notices that were missing and were written afterwards")
        NOBODY = "nobody", _("Work that nobody can take")
        DESK = "desk", _("Work that came to the national desk because nobody holds the role")

    side = models.CharField(max_length=20, choices=Side)
    kind = models.CharField(max_length=20, choices=Kind)
    count = models.PositiveIntegerField()
    opened_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    wall = Shared(WRITE)

    class Meta:
        ordering = ["-opened_at"]
        verbose_name, verbose_name_plural = _("alarm"), _("alarms")
        constraints = [
            models.UniqueConstraint(fields=["side", "kind"], name="engine_alarm_open_once", condition=Q(closed_at=None))
        ]


class SavedView(models.Model):
    """A worklist's filters under a name, for one post."""

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(max_length=1000)  # the query string of the worklist: kinds, states, never personal data
    is_default = models.BooleanField(_("to begin with"), default=False)

    objects = SavedViewQuerySet.as_manager()
    wall = Ground(others=frozenset({"SELECT", "INSERT", "UPDATE", "DELETE"}))

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(fields=["post", "name"], name="engine_saved_view_once"),
            models.UniqueConstraint(fields=["post"], name="engine_saved_view_default", condition=Q(is_default=True)),
        ]
