"""Navigators as the database knows them: who works where, what they can, what they carry."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from access import clock
from access.models import Post
from access.roles import Role
from access.tongues import language_names
from access.words import Exploitation
from cases.models import Case
from workflows.guidance.matching import Candidate, Judged, Wish, ranked
from workflows.guidance.models import Guidance, NavigatorConflict, NavigatorProfile

if TYPE_CHECKING:
    from workflows.engine.machine import Machine
    from workflows.engine.models import Process


@dataclass(frozen=True)
class Proposed:
    """A navigator who can be chosen, with what speaks for and against them."""

    post: Post
    judged: Judged

    @property
    def label(self) -> str:
        """Name, organisation and why, in one line."""
        one = self.judged
        told = [_("carries %(load)s of %(most)s") % {"load": one.candidate.load, "most": one.candidate.most}]
        if one.shares:
            told.append(_("speaks %(languages)s") % {"languages": language_names(sorted(one.shares))})
        told += [str(Exploitation(code).label) for code in sorted(one.expert)]
        if "gender" in one.against:
            told.append(_("not the gender the person wishes"))
        if "full" in one.against:
            told.append(_("at the limit of the caseload"))
        return f"{self.post.user.name}, {self.post.organisation.name}: {'; '.join(told)}"


def in_region(region_id: int | None) -> QuerySet[Post]:
    """Navigators who hold a post today in a region."""
    held = Post.objects.held_on(clock.today()).filter(role=Role.NAVIGATOR)
    if region_id is not None:
        held = held.filter(pk__in=Post.regions.through.objects.filter(region=region_id).values("post"))
    return held.select_related("user", "organisation").order_by("pk")


def _carried() -> Subquery:
    """What a navigator carries; None for who carries nothing."""
    return Subquery(Guidance.objects.filter(navigator=OuterRef("pk")).carried().values("load"))


def _can(name: str) -> Subquery:
    """A column of the profile; None where none was written down."""
    return Subquery(NavigatorProfile.objects.filter(pk=OuterRef("pk")).values(name))


def _candidates(posts: QuerySet[Post], case: Case, asked_away: Collection[int]) -> dict[Post, Candidate]:
    """What is known of navigators, held against a case. One query."""
    conflict = Exists(NavigatorConflict.objects.filter(case=case.pk, post=OuterRef("pk")))
    asked = {f"can_{name}": _can(name) for name in ("gender", "languages", "knows", "most")}
    plain = NavigatorProfile()
    found: dict[Post, Candidate] = {}
    for post in posts.annotate(carried=_carried(), conflict=conflict, **asked):
        row: Any = post
        found[post] = Candidate(
            post.pk, frozenset(row.can_languages or ()), row.can_gender or plain.gender,
            frozenset(row.can_knows or ()), row.carried or 0, plain.most if row.can_most is None else row.can_most,
            row.conflict, post.pk in asked_away,
        )  # fmt: skip
    return found


def wish_of(record: Any, case: Case, weight: int | None = None) -> Wish:
    """What the person needs of a navigator."""
    return Wish(frozenset(case.person.languages), record.gender_wish, frozenset(case.forms), weight or record.weight)


def proposed(machine: Machine, *, but: frozenset[int] = frozenset()) -> list[Proposed]:
    """Navigators who can be chosen for a guidance, the best first, without those in `but`."""
    record, process = machine.record, machine.process
    case = Case.objects.select_related("person").get(pk=record.case_id)
    found = _candidates(in_region(process.region_id).exclude(pk__in=but), case, record.asked_away)
    posts = {post.pk: post for post in found}
    return [Proposed(posts[one.candidate.key], one) for one in ranked(found.values(), wish_of(record, case))]


def deputies(process: Process, record: Any) -> list[Post]:
    """Who can stand in for who guides: colleagues who may act in the guidance, whom the person did not ask away and
    who have no conflict.
    """
    kept_out = set(NavigatorConflict.objects.filter(case=record.case_id).values_list("post", flat=True))
    kept_out |= {*record.asked_away, record.navigator_id}
    return [
        post
        for post in in_region(process.region_id)
        if post.pk not in kept_out and post.organisation_id == process.owner_organisation_id
    ]


@dataclass(frozen=True)
class Row:
    """A navigator in the list of the team."""

    post: Post
    profile: NavigatorProfile
    load: int
    may_change: bool

    @property
    def full(self) -> bool:
        """Whether nobody fits any more."""
        return self.load >= self.profile.most

    @property
    def languages(self) -> str:
        """Languages in the reader's words."""
        return language_names(self.profile.languages)

    @property
    def knows(self) -> list[str]:
        """Forms of exploitation in the reader's words."""
        return [str(Exploitation(code).label) for code in self.profile.knows]


def team(post: Post) -> list[Row]:
    """Navigators who hold a post today in the regions of `post`, or at its organisation, by name."""
    held = Post.objects.held_on(clock.today()).filter(role=Role.NAVIGATOR)
    if not post.national:
        held = held.filter(Q(regions__in=sorted(post.region_ids)) | Q(organisation=post.organisation_id))
    rows = held.select_related("user", "organisation").order_by("user__name", "pk").distinct()
    posts: list[Any] = list(rows.annotate(carried=_carried()))
    profiles = {p.pk: p for p in NavigatorProfile.objects.for_post(post).filter(pk__in=[one.pk for one in posts])}
    return [
        Row(one, profiles.get(one.pk) or NavigatorProfile(pk=one.pk), one.carried or 0, may_change(post, one))
        for one in posts
    ]


def may_change(post: Post, navigator: Post) -> bool:
    """Whether `post` may say what a navigator can do: they themselves, their supervisor, the national desk."""
    if post.pk == navigator.pk or post.role == Role.NATIONAL_DESK:
        return True
    return post.role == Role.SUPERVISOR and post.organisation_id == navigator.organisation_id


def profile_for(post: Post, key: int) -> NavigatorProfile | None:
    """The profile of a navigator for whoever may change it; one that was never written down is new."""
    navigator = Post.objects.held_on(clock.today()).filter(pk=key, role=Role.NAVIGATOR).first()
    if navigator is None or not may_change(post, navigator):
        return None
    return NavigatorProfile.objects.for_post(post).filter(pk=key).first() or NavigatorProfile(pk=key)
