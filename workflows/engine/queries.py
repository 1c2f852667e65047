"""Querysets of the engine: which processes and notices a post may see, and which are its work."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.db import models
from django.db.models import Q

from access.roles import Role
from access.wall import Side
from cases.queries import named

if TYPE_CHECKING:
    from access.models import Post


narrowed: dict[Role, Callable[[Post], Q]] = {}
"""Roles that see of the processes of their side only some, and which: a process names them in its app's `ready()`.

In: the post. Out: a condition on `Process`, made of the keys of the post alone (`worklist.prepared` composes it).
"""

part_done: dict[Role, Callable[[Post], Q]] = {}
"""Roles of which several do their part in one step: the processes in which a post has done its own and waits for the
others, which are no longer its work. In and out as with `narrowed`.
"""

told: dict[tuple[Side, Role], str] = {}
"""The same in SQL, for mails, on the side whose tables it names: a condition on a held post `h` and a notice `t`."""


class ProcessQuerySet(models.QuerySet[Any]):
    """Processes."""

    def for_post(self, post: Post, *, own_work: bool = False) -> Self:
        """Included if, and only if, all of this holds.

        The process is on the side of the post or on the common ground; it is in a region of the post (a national
        post sees all regions), or the post's organisation must act in it; a post as shelter provider sees only
        what its organisation must act in; a deputy sees what the absent post has taken; and it is not restricted, or
        the person is named for the case. A role in `narrowed` sees only what stands there.

        `own_work`: of these only what the post's organisation must act in. A queue is asked for in this way, since a
        condition with OR that can only hold costs more to plan than the whole page costs to read.
        """
        own = Q(owner_organisation=post.organisation_id)
        rows = self.filter(side__in=post.side.sees)
        absent = Q(assignee__in=sorted(post.acts_for)) if post.acts_for else Q(pk__in=[])
        if own_work:
            rows = rows.filter(own, **({"owner_role": post.role} if post.role == Role.SHELTER_PROVIDER else {}))
        elif post.role == Role.SHELTER_PROVIDER:
            rows = rows.filter(own & Q(owner_role=Role.SHELTER_PROVIDER) | absent)
        elif not post.national:
            rows = rows.filter(own | Q(region__in=sorted(post.region_ids)) | absent)
        unrestricted = Q(restricted=False)
        if post.side is Side.CARE:  # the list of named people lies on the care side
            unrestricted |= named(post, "case_id")
        rows = rows.filter(unrestricted)
        only = narrowed.get(Role(post.role))
        return rows if only is None else rows.filter(only(post))

    def open(self) -> Self:
        """Processes that run."""
        return self.filter(closed_at=None)

    def queue_of(self, post: Post) -> Self:
        """Open processes it sees that its organisation must act on in its role and regions, whoever has them."""
        rows = self.for_post(post, own_work=True).open().filter(owner_role=post.role)
        if not post.national and post.role != Role.SHELTER_PROVIDER:
            rows = rows.filter(Q(region__in=sorted(post.region_ids)) | Q(region=None))
        return rows.part_left(post)

    def part_left(self, post: Post) -> Self:
        """Processes in which the post has not yet done its part of the present step."""
        done = part_done.get(Role(post.role))
        return self if done is None else self.exclude(done(post))

    def legs_of(self, post: Post) -> list[Self]:
        """`work_of` in parts that do not overlap, as far as the post sees it: the queue, then what each post took. Each
        has an index by due date.

        A list sorted by due date takes the first rows of each part and never reads the rest; one condition with OR
        over the parts would read and sort everything.
        """
        # Whoever takes work is of the organisation that must act in it (`acts.may_work_on`).
        mine = self.for_post(post, own_work=True).open().filter(assignee=post.pk).part_left(post)
        absent = [self.for_post(post).open().filter(assignee=key) for key in sorted(post.acts_for)]
        return [self.queue_of(post).filter(assignee=None), mine, *absent]

    def work_of(self, post: Post) -> Self:
        """Open work of a post: what it took, what lies in its queue, and the same for absent posts it acts for."""
        mine = [post.pk, *post.acts_for]
        queue = Q(assignee=None, owner_role=post.role, owner_organisation=post.organisation_id)
        if not post.national and post.role != Role.SHELTER_PROVIDER:
            queue &= Q(region__in=sorted(post.region_ids)) | Q(region=None)
        return self.open().filter(Q(assignee__in=mine) | queue).part_left(post)


class NoticeQuerySet(models.QuerySet[Any]):
    """Notices."""

    def for_post(self, post: Post) -> Self:
        """Included if, and only if, it is addressed to the post, to an absent post it acts for, or to its group."""
        mine = [post.pk, *post.acts_for]
        group = Q(to_post=None, to_role=post.role, to_organisation=post.organisation_id)
        if not post.national and post.role not in (Role.SHELTER_PROVIDER, Role.SUPERVISOR):
            group &= Q(to_region__in=sorted(post.region_ids)) | Q(to_region=None)
        rows = self.filter(Q(side__in=post.side.sees) & (Q(to_post__in=mine) | group))
        if Role(post.role) not in narrowed:
            return rows
        return rows.filter(process__in=apps.get_model("engine", "Process").objects.for_post(post).values("pk"))

    def legs_of(self, post: Post) -> list[Self]:
        """`for_post` in parts that do not overlap, each of which lies in an index by its moment."""
        seen = self.for_post(post)
        group = seen.filter(to_post=None, to_role=post.role, to_organisation=post.organisation_id)
        return [group, *(seen.filter(to_post=key) for key in (post.pk, *sorted(post.acts_for)))]


class DeliveryQuerySet(models.QuerySet[Any]):
    """Mails about notices."""

    def for_post(self, post: Post) -> Self:
        """Included if, and only if, it is on the side of the post or on the common ground, and either it went to the
        person who holds the post, or the post supervises (supervisor, national desk; on the common ground an
        administrator) and may see the process it is about.
        """
        scope = Q(user=post.user_id)
        if post.role in (Role.SUPERVISOR, Role.NATIONAL_DESK, Role.ADMINISTRATOR):
            processes = apps.get_model("engine", "Process").objects.for_post(post)
            scope |= Q(notice__process__in=processes)
        return self.filter(scope, side__in=post.side.sees)

    def undecided(self) -> Self:
        """Mails about which a person must decide: nobody knows whether they arrived, or the server refused them."""
        return self.filter(state__in=["uncertain", "failed"])


class SavedViewQuerySet(models.QuerySet[Any]):
    """Views of the worklist under a name."""

    def for_post(self, post: Post) -> Self:
        """Included if, and only if, it is the post's own."""
        return self.filter(post=post)
