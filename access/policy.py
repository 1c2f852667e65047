"""Who may do what with the rows of a model: one policy object for each model of this room.

A policy answers four questions: may this post do this at all, with which rows, who may, and may it with this row.
Other rooms ask their querysets' `for_post`; the administration and `access.people` ask here. Nothing can be deleted.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Any

from django.db.models import Model, QuerySet

from access.models import (
    AccessRecord,
    Change,
    Deputy,
    Municipality,
    Organisation,
    Post,
    Region,
    RegionMunicipality,
    User,
)
from access.roles import Role


class Act(StrEnum):
    """What can be done with a row."""

    VIEW, ADD, CHANGE = "view", "add", "change"


class Policy:
    """Administrators view, add and change the rows of a model, all of them; what others see, `for_post` says."""

    roles = frozenset({Role.ADMINISTRATOR})
    acts = frozenset(Act)

    def __init__(self, model: type[Model]) -> None:
        self.model = model

    def may(self, post: Post | None, act: Act) -> bool:
        """Whether the post may do this with rows of the model at all."""
        return post is not None and act in self.acts and post.role in self.roles

    def rows(self, post: Post | None, act: Act) -> QuerySet[Any]:
        """The rows with which the post may do this."""
        rows = self.model._default_manager.all()
        if self.may(post, act):
            return rows
        if post is not None and act is Act.VIEW and hasattr(rows, "for_post"):
            return rows.for_post(post)
        return rows.none()

    def holders(self, act: Act, day: date) -> QuerySet[Post]:
        """The posts, held on a day, that may do this."""
        posts = Post.objects.held_on(day)
        return posts.filter(role__in=self.roles) if act in self.acts else posts.none()

    def may_with(self, post: Post | None, act: Act, row: Model) -> bool:
        """Whether the post may do this with this row."""
        return self.rows(post, act).filter(pk=row.pk).exists()


class Log(Policy):
    """A log can only be looked at."""

    acts = frozenset({Act.VIEW})


POLICIES: dict[type[Model], Policy] = {
    **{model: Policy(model) for model in (Organisation, Region, Municipality, RegionMunicipality, User, Post, Deputy)},
    **{model: Log(model) for model in (AccessRecord, Change)},
}


def policy_of(model: type[Model]) -> Policy:
    """The policy of a model of this room. Errors: KeyError for a model without one."""
    return POLICIES[model]
