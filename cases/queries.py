"""The only door to the rows of the file: which a post sees.

A row is included if, and only if, all of these hold:

- the post stands on the care side and its role works with cases (`access.doors.CASE_WORKERS`; a shelter provider
  gets what it needs through its process and sees no file);
- the case's region is among the post's, or the post works for the whole country;
- the case is not restricted, or the post's holder, or somebody they act for today, is named for it.

Whatever is not included answers like what does not exist.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Self

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CharField, Exists, F, Func, OuterRef, Q, Value, Window
from django.db.models.functions import Lower, RowNumber

from access import clock
from access.doors import CASE_WORKERS
from access.wall import Side
from cases import likeness

if TYPE_CHECKING:
    from access.models import Post

SEARCH_LIVES = timedelta(days=1)


def scope(post: Post, case: str = "") -> Q | None:
    """The condition on a case, reached through `case` (such as ``"case__"``), for `post`; None when it sees none."""
    if post.role not in CASE_WORKERS or post.side is not Side.CARE:
        return None
    condition = Q(**{f"{case}restricted": False}) | named(post, f"{case}pk")
    if not post.national:
        regions = sorted(post.region_ids)
        if not regions:
            return None
        # One region as an equality: the list then comes out of the index in order.
        where = {f"{case}region": regions[0]} if len(regions) == 1 else {f"{case}region__in": regions}
        condition &= Q(**where)
    return condition


class _Named(Func):
    """Whether a key is among those that a sub-select finds, which the database asks once, if a row gets that far."""

    template = "%(expressions)s"
    arg_joiner = " = ANY"
    output_field = models.BooleanField()


def named(post: Post, case: str) -> Q:
    """The condition that the case whose key stands in the column `case` is one `post` is named for now.

    Named is the post's holder, or somebody they act for today: see `cases.functions`.
    """
    posts = Func(*(Value(key) for key in sorted(post.acts_for)), template="ARRAY[%(expressions)s]::bigint[]")
    cases = Func(
        Value(post.user_id), posts, Value(clock.now()), template="((SELECT cases_named(%(expressions)s))::uuid[])"
    )
    return Q(_Named(F(case), cases))


class CaseQuerySet(models.QuerySet[Any]):
    """Cases."""

    def for_post(self, post: Post) -> Self:
        """Included if, and only if, see the module's docstring."""
        condition = scope(post)
        return self.none() if condition is None else self.filter(condition)

    def open(self) -> Self:
        """Cases that are not closed."""
        return self.filter(closed_at=None)

    def newest_first(self) -> Self:
        """In the order of the register; the key makes it total, so that pages follow on each other."""
        return self.order_by("-opened_at", "-pk")


class OfCaseQuerySet(models.QuerySet[Any]):
    """Rows that belong to a case."""

    def for_post(self, post: Post) -> Self:
        """Included if, and only if, their case is (see the module's docstring)."""
        condition = scope(post, "case__")
        return self.none() if condition is None else self.filter(condition)


class CaseAccessQuerySet(OfCaseQuerySet):
    """People named for restricted cases."""

    def in_force(self) -> Self:
        """Included if, and only if, the naming has not ended."""
        return self.filter(Q(until=None) | Q(until__gt=clock.now()))


class DocumentQuerySet(OfCaseQuerySet):
    """Documents."""

    def present(self) -> Self:
        """Documents that were not removed."""
        return self.filter(removed_at=None)


class ConsentQuerySet(OfCaseQuerySet):
    """What people said about sharing."""

    def said_last(self) -> Self:
        """For every case, recipient and purpose the row that counts: the one said last."""
        said = Window(
            RowNumber(),
            partition_by=[F("case"), F("recipient"), Lower("recipient_name"), F("purpose")],
            order_by=[F("given_at").desc(), F("recorded_at").desc(), F("pk").desc()],
        )
        last = self.order_by().annotate(place=said).filter(place=1).values("pk")
        # Through the keys: a filter put on the ranked rows later would be applied before the ranking.
        return self.model._default_manager.filter(pk__in=last)  # type: ignore[return-value]


class PersonQuerySet(models.QuerySet[Any]):
    """Persons."""

    def for_post(self, post: Post) -> Self:
        """Included if, and only if, a case of the person is, or of the person they were merged into."""
        cases = apps.get_model("cases", "Case").objects.for_post(post)
        if cases.query.is_empty():
            return self.none()
        own = Exists(cases.filter(person=OuterRef("pk")))
        after_merge = Exists(cases.filter(person=OuterRef("merged_into")))
        return self.filter(Q(own) | (Q(merged_into__isnull=False) & Q(after_merge)))

    def named(self, text: str) -> Self:
        """Persons whose name or alias starts with `text`, or has words that sound like all of its words."""
        prefix = text.strip().lower()
        starts = Q(lower_name__startswith=prefix) | Q(lower_alias__startswith=prefix)
        sounds = Q()
        for word in likeness.words(text):
            sounds &= Q(match_keys__overlap=_keys([f"n:{likeness.skeleton(word)}"]))
        found = self.alias(lower_name=Lower("name"), lower_alias=Lower("alias"))
        return found.filter(starts | sounds if sounds else starts)

    def bulk_create(self, objs: Any, *args: Any, **kwargs: Any) -> Any:
        """Many at once, each with its keys (see `Person.save`)."""
        objs = list(objs)
        for person in objs:
            person.match_keys = likeness.keys_of(person)
        return super().bulk_create(objs, *args, **kwargs)


class MergeQuerySet(models.QuerySet[Any]):
    """Merges of persons."""

    def for_post(self, post: Post) -> Self:
        """Included if, and only if, the person kept is."""
        persons = apps.get_model("cases", "Person").objects.for_post(post)
        return self.filter(kept__in=persons.values("pk"))

    def standing(self) -> Self:
        """Merges that were not undone."""
        return self.filter(undone_at=None)


class SearchQuerySet(models.QuerySet[Any]):
    """What people searched for."""

    def for_post(self, post: Post) -> Self:
        """Included if, and only if, the post's holder searched for it, no more than a day ago."""
        return self.filter(user=post.user_id, made_at__gt=clock.now() - SEARCH_LIVES)

    def worn_out(self) -> Self:
        """Searches that are not kept any longer."""
        return self.filter(made_at__lte=clock.now() - SEARCH_LIVES)


def _keys(keys: list[str]) -> Value:
    return Value(keys, output_field=ArrayField(CharField(max_length=40)))
