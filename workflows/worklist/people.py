"""Colleagues as a worklist knows them: who has what, to whom work can be handed. Kept in memory until a change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from access import clock, configuration
from access.models import Post
from access.roles import Role


@dataclass(frozen=True)
class Colleague:
    """A post with the name of its holder."""

    pk: int
    user_id: int
    name: str
    role: str
    organisation_id: int
    region_ids: frozenset[int]
    starts_on: date
    ends_on: date | None
    active: bool

    def held_on(self, day: date) -> bool:
        """Whether the post is held on `day` by somebody active."""
        return self.active and self.starts_on <= day and (self.ends_on is None or day < self.ends_on)

    def does(self, role: str, organisation_id: int | None, region_id: int | None) -> bool:
        """Whether work of a role at an organisation in a region lies in this post's queue (as `acts.may_work_on`)."""
        if self.role != role or self.organisation_id != organisation_id:
            return False
        return Role(role).national or role == Role.SHELTER_PROVIDER or region_id is None or region_id in self.region_ids


def people_at(post: Post) -> list[Colleague]:
    """Everybody who holds or held a post at the organisation of `post` or one that answers to it, by name."""

    def load() -> list[Colleague]:
        rows = Post.objects.for_post(post).select_related("user", "organisation").prefetch_related("regions")
        return [
            Colleague(
                row.pk,
                row.user_id,
                row.user.name,
                row.role,
                row.organisation_id,
                frozenset(region.pk for region in row.regions.all()),
                row.starts_on,
                row.ends_on,
                row.user.is_active and row.organisation.active,
            )
            for row in rows.order_by("user__name", "pk")
        ]

    return configuration.remembered(f"people:{post.organisation_id}", load)  # type: ignore[no-any-return]


def colleagues(post: Post) -> list[Colleague]:
    """Who can take work over from `post` today: the same role at the same organisation, others than itself."""
    today = clock.today()
    return [
        person
        for person in people_at(post)
        if person.pk != post.pk
        and person.role == post.role
        and person.organisation_id == post.organisation_id
        and person.held_on(today)
    ]
