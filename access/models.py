"""Organisations, regions, people and their posts, and the log of who looked at what."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

import pgtrigger
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.indexes import BrinIndex
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from access import clock
from access.queries import DeputyQuerySet, OrganisationQuerySet, PostQuerySet, RegionQuerySet
from access.roles import Role
from access.wall import Side
from access.wall.declaration import APPEND, READ, WRITE, Ground, Shared


def raise_stamp(
    operation: pgtrigger.Operation = pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
) -> pgtrigger.Trigger:
    """A trigger that tells every process that slowly changing data changed (see `access.configuration`)."""
    return pgtrigger.Trigger(
        name="raise_stamp",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        func="UPDATE access_configuration SET stamp = stamp + 1; RETURN NULL;",
    )


def append_only(name: str = "append_only") -> pgtrigger.Trigger:
    """A trigger by which the database itself refuses to change or delete a row."""
    return pgtrigger.Protect(name=name, operation=pgtrigger.Update | pgtrigger.Delete)


class Configuration(models.Model):
    """The one row that every process reads to learn of changes; see `access.configuration`."""

    stamp = models.BigIntegerField(default=1)
    clock_offset = models.DurationField(default=timedelta(0))

    wall = Ground(common=READ | {"UPDATE"})

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="access_configuration_one_row")]


class Region(models.Model):
    """An area in which care is coordinated, or a province that groups such areas; data, with its source."""

    class Level(models.TextChoices):
        CARE = "care", _("Care region")
        PROVINCE = "province", _("Province")

    level = models.CharField(_("level"), max_length=20, choices=Level, default=Level.CARE)
    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=100)
    parent = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="parts", verbose_name=_("province")
    )
    valid_from = models.DateField(_("valid from"), default=date(2015, 1, 1))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=300)
    as_of = models.DateField(_("as of"))
    note = models.CharField(_("note"), max_length=300, blank=True)

    objects = RegionQuerySet.as_manager()
    wall = Ground(common=WRITE)

    class Meta:
        ordering = ["name"]
        verbose_name, verbose_name_plural = _("region"), _("regions")
        triggers = [raise_stamp()]

    def __str__(self) -> str:
        return self.name


class Municipality(models.Model):
    """A municipality; which regions it belongs to, and since when, stands in `RegionMunicipality`."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=100)
    regions = models.ManyToManyField(Region, through="RegionMunicipality", related_name="municipalities")

    wall = Ground(common=WRITE)

    class Meta:
        ordering = ["name"]
        verbose_name, verbose_name_plural = _("municipality"), _("municipalities")

    def __str__(self) -> str:
        return self.name


class RegionMunicipality(models.Model):
    """That a municipality belongs to a region, from a day until (not including) another."""

    region = models.ForeignKey(Region, on_delete=models.PROTECT, verbose_name=_("region"))
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, verbose_name=_("municipality"))
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=300, blank=True)
    as_of = models.DateField(_("as of"), null=True, blank=True)

    wall = Ground()

    class Meta:
        verbose_name, verbose_name_plural = _("municipality of a region"), _("municipalities of regions")
        constraints = [
            models.UniqueConstraint(
                fields=["region", "municipality", "valid_from"], name="access_region_municipality_once"
            ),
            models.CheckConstraint(
                condition=Q(valid_until=None) | Q(valid_until__gt=models.F("valid_from")),
                name="access_region_municipality_dates",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.municipality} – {self.region}"


class Organisation(models.Model):
    """An organisation that people hold posts at; it stands on one side of the wall."""

    class Kind(models.TextChoices):
        CARE_COORDINATION = "care_coordination", _("Care coordination")
        SHELTER = "shelter", _("Shelter provider")
        SUPPORT = "support", _("Victim support")
        NATIONAL_DESK = "national_desk", _("National desk (CoMensha)")
        COMMITTEE = "committee", _("Committee")
        POLICE = "police", _("Police")
        KMAR = "kmar", _("Royal Netherlands Marechaussee")
        NLA = "nla", _("Netherlands Labour Authority")
        PROSECUTION = "prosecution", _("Public Prosecution Service")
        MUNICIPALITY = "municipality", _("Municipality")
        MINISTRY = "ministry", _("Ministry")
        OTHER = "other", _("Other")

    name = models.CharField(_("name"), max_length=200, unique=True)
    kind = models.CharField(_("kind"), max_length=30, choices=Kind)
    side = models.CharField(_("side"), max_length=20, choices=Side)
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="parts",
        verbose_name=_("next level up"),
        help_text=_("The organisation whose supervisor is told when nobody here acts."),
    )
    active = models.BooleanField(_("active"), default=True)

    objects = OrganisationQuerySet.as_manager()
    wall = Ground(common=WRITE)

    class Meta:
        ordering = ["name"]
        verbose_name, verbose_name_plural = _("organisation"), _("organisations")
        triggers = [raise_stamp()]

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    """Makes people; an account has an e-mail address and, unless it signs in elsewhere, a password."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A new person. Errors: IntegrityError when the address is taken."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """A person who works with Loods. What they may do comes from their posts alone. Never deleted: deactivated."""

    class Digest(models.TextChoices):
        AT_ONCE = "at_once", _("At once")
        DAILY = "daily", _("Once a day, together")
        NONE = "none", _("No mail, only in the program")

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=150)
    is_active = models.BooleanField(_("active"), default=True)
    language = models.CharField(
        _("language"), max_length=5, default="nl", choices=[("nl", "Nederlands"), ("en", "English")]
    )
    digest = models.CharField(_("mail"), max_length=10, choices=Digest, default=Digest.AT_ONCE)
    digest_at = models.TimeField(_("daily mail at"), default=time(8, 30))
    quiet_from = models.TimeField(_("no mail from"), null=True, blank=True)
    quiet_until = models.TimeField(_("no mail until"), null=True, blank=True)
    shortcuts = models.BooleanField(_("keyboard shortcuts"), default=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    objects = UserManager()
    wall = Ground(common=WRITE)

    class Meta:
        ordering = ["name"]
        verbose_name, verbose_name_plural = _("person"), _("people")
        triggers = [raise_stamp(pgtrigger.UpdateOf("is_active", "name"))]

    def __str__(self) -> str:
        return self.name

    def get_full_name(self) -> str:
        """The person's name, as other packages ask for it."""
        return self.name

    @property
    def is_staff(self) -> bool:
        """Whether Django's admin is open: only with a post as administrator held today."""
        return self.administers

    @property
    def is_superuser(self) -> bool:
        """Nobody is above the rules; other packages ask."""
        return False

    @property
    def administers(self) -> bool:
        """Whether the person holds a post as administrator today and is active."""
        if not hasattr(self, "_administers"):
            self._administers = (
                self.is_active
                and Post.objects.held_on(clock.today()).filter(user=self, role=Role.ADMINISTRATOR).exists()
            )
        return self._administers

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """Django's admin asks this; administrators may what the admin site offers, others nothing."""
        return self.administers

    def has_module_perms(self, app_label: str) -> bool:
        """Django's admin asks this."""
        return self.administers


class Post(models.Model):
    """A person in a role at an organisation, for regions, from a day until (not including) another."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="posts", verbose_name=_("person"))
    role = models.CharField(_("role"), max_length=30, choices=Role)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="posts", verbose_name=_("organisation")
    )
    regions = models.ManyToManyField(Region, blank=True, related_name="posts", verbose_name=_("regions"))
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(
        _("until"), null=True, blank=True, help_text=_("The first day the post is no longer held.")
    )

    objects = PostQuerySet.as_manager()
    wall = Ground()

    class Meta:
        ordering = ["user__name", "role"]
        verbose_name, verbose_name_plural = _("post"), _("posts")
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gt=models.F("starts_on")), name="access_post_dates"
            )
        ]
        indexes = [models.Index(fields=["organisation", "role"], name="access_post_holder")]
        triggers = [raise_stamp()]

    def __str__(self) -> str:
        return f"{self.user} – {self.get_role_display()}, {self.organisation}"

    def clean(self) -> None:
        """A role exists only on certain sides. Errors: ValidationError on field ``role``."""
        if self.organisation_id and self.role and Side(self.organisation.side) not in Role(self.role).sides:
            raise ValidationError(
                {
                    "role": _("%(role)s cannot be a role at an organisation on the side %(side)s.")
                    % {"role": Role(self.role).label, "side": Side(self.organisation.side).label}
                }
            )

    @property
    def side(self) -> Side:
        """The side of the wall the post works on: that of its organisation."""
        return Side(self.organisation.side)

    @property
    def national(self) -> bool:
        """Whether the post works for the whole country."""
        return Role(self.role).national

    @cached_property
    def region_ids(self) -> frozenset[int]:
        """Keys of the regions the post works for (none for a national post, which works for all)."""
        held = getattr(self, "held_regions", None)
        return frozenset(held if held is not None else self.regions.values_list("pk", flat=True))

    @cached_property
    def acts_for(self) -> frozenset[int]:
        """Keys of the absent posts this one acts for today."""
        held = getattr(self, "held_absent", None)
        if held is None:
            held = Deputy.objects.acting_on(clock.today()).filter(deputy=self).values_list("absent_id", flat=True)
        return frozenset(held)

    def works_in(self, region_id: int | None) -> bool:
        """Whether the post works in a region; a national post works everywhere, and everybody works nowhere."""
        return self.national or region_id is None or region_id in self.region_ids

    def held_on(self, day: date) -> bool:
        """Whether the post is held on `day` by somebody who is active."""
        return self.user.is_active and self.starts_on <= day and (self.ends_on is None or day < self.ends_on)


class Deputy(models.Model):
    """That one post acts for another during absence, from a day until (not including) another."""

    absent = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="deputies", verbose_name=_("absent"))
    deputy = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="deputises", verbose_name=_("deputy"))
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))

    objects = DeputyQuerySet.as_manager()
    wall = Ground()

    class Meta:
        verbose_name, verbose_name_plural = _("deputy"), _("deputies")
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gt=models.F("starts_on")), name="access_deputy_dates"),
            models.CheckConstraint(condition=~Q(absent=models.F("deputy")), name="access_deputy_other"),
        ]
        triggers = [raise_stamp()]

    def __str__(self) -> str:
        return f"{self.deputy} → {self.absent}"

    def clean(self) -> None:
        """A deputy works in the same role on the same side. Errors: ValidationError."""
        if not self.absent_id or not self.deputy_id:
            return
        if self.absent.organisation.side != self.deputy.organisation.side or self.absent.role != self.deputy.role:
            raise ValidationError(_("A deputy has the same role on the same side."))


class AccessRecord(models.Model):
    """One line of the access log (NEN 7513): who did what with whose data, when, where and in which capacity.

    `subject` is the person the data is about, `object_kind` and `object_id` what was opened. Appended only: the
    database refuses to change or delete a line.
    """

    class Action(models.TextChoices):
        READ = "read", _("Read")
        SEARCH = "search", _("Searched")
        WRITE = "write", _("Changed")
        EXPORT = "export", _("Exported")
        PRINT = "print", _("Printed")
        REFUSED = "refused", _("Refused")
        SIGN_IN = "sign_in", _("Signed in")
        SIGN_OUT = "sign_out", _("Signed out")

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(_("at"))
    side = models.CharField(_("side"), max_length=20, choices=Side)
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, db_index=False, verbose_name=_("person"))
    post = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, db_index=False, verbose_name=_("post"))
    on_behalf_of = models.ForeignKey(
        Post,
        on_delete=models.PROTECT,
        null=True,
        db_index=False,
        related_name="+",
        verbose_name=_("on behalf of"),
    )
    role = models.CharField(_("role"), max_length=30, blank=True)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, db_index=False)
    action = models.CharField(_("action"), max_length=10, choices=Action)
    object_kind = models.CharField(_("kind of object"), max_length=60)
    object_id = models.CharField(_("object"), max_length=60, blank=True)
    subject = models.UUIDField(_("client"), null=True)
    access_point = models.CharField(_("access point"), max_length=100)
    detail = models.JSONField(_("detail"), default=dict)
    emergency = models.BooleanField(_("emergency access"), default=False)

    wall = Shared(APPEND)

    class Meta:
        verbose_name, verbose_name_plural = _("line of the access log"), _("access log")
        indexes = [
            models.Index(fields=["subject", "at"], name="access_record_subject", condition=~Q(subject=None)),
            # Lines come in the order of time, so that a summary of each stretch is enough to find a period.
            BrinIndex(fields=["at"], autosummarize=True, name="access_record_at"),
        ]
        triggers = [append_only()]


class Change(models.Model):
    """A change somebody made to what administrators keep, and why. Appended only; no case data (`access.changes`)."""

    at = models.DateTimeField(_("at"))
    user = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("person"))
    post = models.ForeignKey(Post, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    object_kind = models.CharField(_("kind of object"), max_length=60)
    object_key = models.CharField(_("key"), max_length=60)
    object_name = models.CharField(_("object"), max_length=300)
    before = models.JSONField(_("before"), default=dict)
    after = models.JSONField(_("after"), default=dict)
    reason = models.TextField(_("reason"))

    wall = Ground(common=APPEND, others=frozenset())

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name, verbose_name_plural = _("change"), _("change log")
        indexes = [
            models.Index(fields=["object_kind", "object_key", "-at"], name="access_change_object"),
            models.Index(fields=["-at"], name="access_change_at"),
        ]
        triggers = [append_only()]

    def __str__(self) -> str:
        return f"{self.object_kind} {self.object_name}"
