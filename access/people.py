"""People come and go: accounts, posts, and what happens when somebody leaves.

Nobody is deleted, because the logs speak of them. Whoever leaves is deactivated: their posts end, their sessions end
with the next request, their password is gone, and what they had taken goes back to the queue (the job `leavers` of
the engine, every five minutes; `leaving` says beforehand how much that is).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from smtplib import SMTPException

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from access import changes, clock
from access.models import Change, Configuration, Post, User
from access.policy import Act, policy_of
from access.roles import Role
from access.wall import Side

LAST_ADMINISTRATOR = _("This would leave Loods without an administrator. Give somebody else that post first.")
YOURSELF = _("You cannot deactivate yourself. Ask another administrator.")


@dataclass(frozen=True)
class Left:
    """Open work on one side that somebody had taken and that goes back to the queue."""

    side: Side
    count: int


Consequence = Callable[[list[int]], Iterable[Left]]
leaving: list[Consequence] = []
"""What happens in the rooms above when posts end: each takes keys of posts and says what goes back to the queue."""


def work_left(posts: Iterable[int]) -> list[Left]:
    """What goes back to the queue when these posts (keys) end, by side; sides with nothing are left out."""
    keys = sorted(posts)
    return [left for tells in leaving for left in tells(keys) if left.count] if keys else []


def administrators(day: date, *, lasting: bool = False) -> set[int]:
    """Keys of the posts that may change accounts on a day; with `lasting` only those without an end."""
    posts = policy_of(User).holders(Act.CHANGE, day)
    return set((posts.filter(ends_on=None) if lasting else posts).values_list("pk", flat=True))


def check_administrator_stays(leaving_posts: Iterable[int], on: date | None = None) -> None:
    """Errors: ValidationError when posts (keys) that are no longer held from a day on (None: today) were the last to
    administer, or the last to do so without an end. Whoever asks holds a lock until the end of the transaction, so that
    two administrators cannot take each other's post at once.
    """
    Configuration.objects.select_for_update().get()
    going, day = set(leaving_posts), on or clock.today()
    for held in (administrators(day), administrators(day, lasting=True)):
        if held & going and not held - going:
            raise ValidationError(LAST_ADMINISTRATOR, code="last_administrator")


def deactivate(user: User, *, by: Post, reason: str) -> None:
    """Take away access at once: end the posts, the sessions and the password of a person. Logged.

    For the common side. Errors: ValidationError for the last administrator or for oneself, PermissionError.
    """
    if not policy_of(User).may_with(by, Act.CHANGE, user):
        raise PermissionError
    if user.pk == by.user_id:
        raise ValidationError(YOURSELF, code="yourself")
    today = clock.today()
    posts = list(open_posts(user))
    check_administrator_stays(post.pk for post in posts)
    lines = []
    for post in posts:
        before = changes.facts(post)
        post.ends_on = max(today, post.starts_on + timedelta(days=1))
        post.save(update_fields=["ends_on"])
        lines.append(changes.change(post, before=before, after=changes.facts(post), reason=reason, by=by))
    before = changes.facts(user)
    user.is_active = False
    user.set_unusable_password()  # sessions carry a mark made from the password: all of them end with this
    user.save(update_fields=["is_active", "password"])
    lines.append(changes.change(user, before=before, after=changes.facts(user), reason=reason, by=by))
    Change.objects.bulk_create(lines)


def reactivate(user: User, *, by: Post, reason: str) -> None:
    """Let somebody in again; posts and a password they must be given anew. Logged. Errors: PermissionError."""
    if not policy_of(User).may_with(by, Act.CHANGE, user):
        raise PermissionError
    before = changes.facts(user)
    user.is_active = True
    user.save(update_fields=["is_active"])
    changes.change(user, before=before, after=changes.facts(user), reason=reason, by=by).save()


def open_posts(user: User) -> list[Post]:
    """The posts of a person that have not ended."""
    today = clock.today()
    posts = Post.objects.filter(user=user).select_related("user", "organisation")
    return [post for post in posts if post.ends_on is None or post.ends_on > today]


def invite(user: User) -> bool:
    """Send the link with which a person sets their own password; the mail names nobody. Out: whether it left."""
    key = {"uidb36": user_pk_to_url_str(user), "key": default_token_generator.make_token(user)}
    path = reverse("account_reset_password_from_key", kwargs=key)
    context = {"link": settings.LOODS_URL.rstrip("/") + path}
    with translation.override(user.language):
        subject = " ".join(render_to_string("access/mail/invitation_subject.txt", context).split())
        message = render_to_string("access/mail/invitation.txt", context)
    try:
        send_mail(subject, message, settings.DEFAULT_FROM_EMAIL, [user.email])
    except (SMTPException, OSError):
        return False
    return True


def works_nowhere(post: Post) -> bool:
    """Whether a post works for regions but has none, so that it sees nothing."""
    return not post.national and post.role != Role.SHELTER_PROVIDER and not post.regions.exists()
