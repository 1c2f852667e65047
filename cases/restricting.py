"""Restricting a case to named people, and naming them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from access import clock
from access.models import Post, User
from access.roles import Role
from access.wall import Side
from cases.models import Case, CaseAccess, TimelineEntry
from cases.policy import WORK
from cases.versions import save_changes
from cases.words import EntryKind


class CannotEnd(Exception):
    """A naming cannot end; `reason` is a sentence for the page."""

    def __init__(self, reason: Any) -> None:
        super().__init__(str(reason))
        self.reason = reason


def colleagues(case: Case) -> QuerySet[User]:
    """People who can be named for a case: who work with cases in its region, or in the whole country, today."""
    national = [role for role in WORK if Role(role).national]
    posts = Post.objects.held_on(clock.today()).filter(role__in=WORK, organisation__side=Side.CARE)
    return User.objects.filter(
        pk__in=posts.filter(Q(regions=case.region_id) | Q(role__in=national)).values("user"), is_active=True
    )


def restrict(case: Case, acting: Post, why: str) -> None:
    """Close a case, which the caller has locked, to all but named people; whoever does it is named."""
    if case.restricted:
        return
    case.restricted = True
    save_changes(case, ["restricted"])
    if not case.named.in_force().filter(user=acting.user_id).exists():
        name(case, acting.user, acting)
    TimelineEntry.objects.create(case=case, kind=EntryKind.RESTRICTED, text=why, by=acting)


def open_up(case: Case, acting: Post, why: str) -> None:
    """End the restriction of a case that the caller has locked. Who was named stays on record."""
    if not case.restricted:
        return
    case.restricted = False
    save_changes(case, ["restricted"])
    TimelineEntry.objects.create(case=case, kind=EntryKind.OPENED_UP, text=why, by=acting)


def name(case: Case, user: User, acting: Post, until: datetime | None = None) -> CaseAccess:
    """Name somebody for a case; a naming in force ends and this one takes its place."""
    case.named.in_force().filter(user=user).update(until=clock.now())
    return CaseAccess.objects.create(case=case, user=user, granted_by=acting, until=until)


def end(naming: CaseAccess, acting: Post) -> None:
    """End a naming on a case that the caller has locked.

    Errors: `CannotEnd` when nobody else would be left who can open the case.
    """
    others = naming.case.named.in_force().filter(until=None, user__is_active=True).exclude(user=naming.user_id)
    if naming.case.restricted and not others.exists():
        raise CannotEnd(_("Name somebody else first, without an end: otherwise nobody could open this case any more."))
    naming.until = clock.now()
    naming.save(update_fields=["until"])
