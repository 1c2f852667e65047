"""Two registrations turn out to be one person: merging them, and undoing that exactly."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from access import clock
from access.models import Post
from cases.completing import OF_PERSON, complete
from cases.models import Case, Merge, Person, TimelineEntry
from cases.versions import save_changes, tell
from cases.words import EntryKind

FIELDS = (*OF_PERSON, "birth_date", "birth_date_estimated")


class CannotMerge(Exception):
    """These two cannot be merged, or this merge cannot be undone now; `reason` is a sentence for the page."""

    def __init__(self, reason: Any) -> None:
        super().__init__(str(reason))
        self.reason = reason


def merge(kept: UUID, merged: UUID, acting: Post, reason: str) -> Merge:
    """Make the cases of person `merged` cases of person `kept`, and complete what is known, in one transaction.

    Every case moves, also one this post does not see: it is about the same person. The caller has checked that the
    post sees both persons. Errors: `CannotMerge`.
    """
    one, other = _locked(kept, merged)
    if one.merged_into_id or other.merged_into_id:
        raise CannotMerge(_("One of the two was merged in the meantime. Look again."))
    before = _values(one)
    changed = complete(one, _values(other))
    moved = list(Case.objects.filter(person=other).order_by("pk").values_list("pk", flat=True))
    # The version goes up with it: whoever has such a case open to change sees that it is about somebody else now.
    Case.objects.filter(pk__in=moved).update(person=one, version=F("version") + 1)
    earlier = list(Person.objects.filter(merged_into=other).order_by("pk").values_list("pk", flat=True))
    Person.objects.filter(pk__in=earlier).update(merged_into=one)
    save_changes(one, changed)
    other.merged_into = one
    save_changes(other, ["merged_into"])
    done = Merge.objects.create(
        kept=one,
        merged=other,
        by=acting,
        at=clock.now(),
        reason=reason,
        moved={
            "cases": [str(key) for key in moved],
            "persons": [str(key) for key in earlier],
            "fields": {name: [_stored(before[name]), _stored(getattr(one, name))] for name in changed},
        },
    )
    _write_down(Case.objects.filter(person=one), EntryKind.MERGED, done, reason, acting)
    tell(Case.objects.filter(pk__in=moved).select_related("person"), {"person"})
    return done


def unmerge(done: Merge, acting: Post, why: str) -> None:
    """Undo a merge: cases go back, the kept person loses what it gained, except where somebody changed it since.

    Errors: `CannotMerge` when it was undone already, or the kept person was itself merged since (undo that first).
    """
    one, other = _locked(done.kept_id, done.merged_id)
    # A lock on the merge itself comes after those on the persons, so that two cannot undo it both.
    done = Merge.objects.select_for_update().get(pk=done.pk)
    if done.undone_at is not None:
        raise CannotMerge(_("This merging was undone already."))
    if other.merged_into_id != one.pk:
        raise CannotMerge(_("The person that was kept was merged again later. Undo that one first."))
    told = list(Case.objects.filter(person=one))
    Case.objects.filter(pk__in=done.moved["cases"], person=one).update(person=other, version=F("version") + 1)
    Person.objects.filter(pk__in=done.moved["persons"], merged_into=one).update(merged_into=other)
    back = [name for name, (__, after) in done.moved["fields"].items() if _stored(getattr(one, name)) == after]
    for name in back:
        setattr(one, name, _restored(name, done.moved["fields"][name][0]))
    save_changes(one, back)
    other.merged_into = None
    save_changes(other, ["merged_into"])
    done.undone_at, done.undone_by = clock.now(), acting
    done.save(update_fields=["undone_at", "undone_by"])
    _write_down(told, EntryKind.UNMERGED, done, why, acting)
    tell(Case.objects.filter(pk__in=done.moved["cases"], person=other).select_related("person"), {"person"})


def _locked(kept: UUID, merged: UUID) -> tuple[Person, Person]:
    """Both persons, locked in one order whatever is asked, so that two mergings wait and do not deadlock."""
    if kept == merged:
        raise CannotMerge(_("This is one and the same registration."))
    rows = {p.pk: p for p in Person.objects.select_for_update().filter(pk__in=[kept, merged]).order_by("pk")}
    return rows[kept], rows[merged]


def _values(person: Person) -> dict[str, Any]:
    return {name: getattr(person, name) for name in FIELDS}


def _stored(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _restored(name: str, value: Any) -> Any:
    return date.fromisoformat(value) if name == "birth_date" and value else value


def _write_down(cases: Any, kind: str, done: Merge, text: str, acting: Post) -> None:
    TimelineEntry.objects.bulk_create(
        TimelineEntry(case=case, kind=kind, text=text, detail={"merge": str(done.pk)}, by=acting) for case in cases
    )
