"""Two registrations are one person, or were not after all."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from access.models import Post
from access.wall import Side, taken
from cases import merging
from cases.models import Case, Merge, Person, TimelineEntry
from cases.words import Gender
from tests.factories.cases import CaseFactory, PersonFactory

pytestmark = pytest.mark.usefixtures("care")

persons = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["", "Anna", "Ana Rusu"]),
        "alias": st.sampled_from(["", "Roos"]),
        "use_alias": st.booleans(),
        "birth_date": st.none() | st.dates(date(1960, 1, 1), date(2020, 1, 1)),
        "birth_date_estimated": st.booleans(),
        "adult_confirmed": st.booleans(),
        "gender": st.sampled_from(Gender.values),
        "nationality": st.sampled_from(["", "RO", "NG"]),
        "languages": st.lists(st.sampled_from(["en", "ro", "yo"]), unique=True),
        "interpreter_needed": st.booleans(),
        "safe_contact": st.sampled_from(["", "06-12345678", "Alleen via de mail"]),
    }
)


def state() -> Any:
    """Everything a merge may touch, but for versions, which only go up."""
    rows = Person.objects.order_by("pk").values(*merging.FIELDS, "pk", "merged_into", "match_keys")
    return list(rows), list(Case.objects.order_by("pk").values("pk", "person", "region"))


def test_all_cases_come_under_the_person_who_is_kept(coordinator: Post) -> None:
    kept, merged = CaseFactory().person, CaseFactory().person
    hidden = CaseFactory(person=merged, restricted=True)
    done = merging.merge(kept.pk, merged.pk, coordinator, "Zelfde telefoon")
    assert set(Case.objects.values_list("person", flat=True)) == {kept.pk}
    merged.refresh_from_db()
    assert merged.merged_into == kept
    assert str(hidden.pk) in done.moved["cases"]


def test_what_was_known_of_either_is_known_of_the_one(coordinator: Post) -> None:
    kept = PersonFactory(name="Anna", birth_date=None, safe_contact="06-12345678", languages=["ro"])
    merged = PersonFactory(
        name="Ana Rusu", alias="Roos", use_alias=True, safe_contact="Nooit bellen", languages=["en", "ro"]
    )
    merging.merge(kept.pk, merged.pk, coordinator, "Zelfde")
    kept.refresh_from_db()
    assert kept.name == "Anna" and kept.alias == "Roos" and kept.use_alias
    assert kept.birth_date == merged.birth_date
    assert kept.languages == ["ro", "en"]
    assert "06-12345678" in kept.safe_contact and "Nooit bellen" in kept.safe_contact


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kept=persons, merged=persons)
def test_merging_and_undoing_leaves_everything_as_it_was(
    coordinator: Post, kept: dict[str, Any], merged: dict[str, Any]
) -> None:
    with transaction.atomic():
        one, other = PersonFactory(**kept), PersonFactory(**merged)
        CaseFactory(person=one), CaseFactory(person=other), CaseFactory(person=other)
        before = state()
        done = merging.merge(one.pk, other.pk, coordinator, "Zelfde")
        assert state() != before
        merging.unmerge(done, coordinator, "Toch niet")
        assert state() == before
        transaction.set_rollback(True)


def test_undoing_keeps_what_somebody_changed_since(coordinator: Post) -> None:
    kept, merged = PersonFactory(nationality="", alias=""), PersonFactory(nationality="NG", alias="Roos")
    done = merging.merge(kept.pk, merged.pk, coordinator, "Zelfde")
    Person.objects.filter(pk=kept.pk).update(nationality="GH")
    merging.unmerge(done, coordinator, "Toch niet")
    kept.refresh_from_db()
    assert kept.nationality == "GH" and kept.alias == ""


def test_cases_opened_since_stay_with_the_person_who_was_kept(coordinator: Post) -> None:
    kept, merged = PersonFactory(), PersonFactory()
    done = merging.merge(kept.pk, merged.pk, coordinator, "Zelfde")
    later = CaseFactory(person=kept)
    merging.unmerge(done, coordinator, "Toch niet")
    later.refresh_from_db()
    assert later.person == kept


def test_merges_are_undone_in_the_order_they_were_made_last_first(coordinator: Post) -> None:
    a, b, c = PersonFactory(), CaseFactory().person, PersonFactory()
    before = state()
    first = merging.merge(a.pk, b.pk, coordinator, "Zelfde")
    second = merging.merge(c.pk, a.pk, coordinator, "Zelfde")
    b.refresh_from_db()
    assert b.merged_into == c
    with pytest.raises(merging.CannotMerge):
        merging.unmerge(first, coordinator, "Toch niet")
    merging.unmerge(second, coordinator, "Toch niet")
    merging.unmerge(Merge.objects.get(pk=first.pk), coordinator, "Toch niet")
    assert state() == before


def test_a_merge_is_undone_once(coordinator: Post) -> None:
    done = merging.merge(PersonFactory().pk, PersonFactory().pk, coordinator, "Zelfde")
    merging.unmerge(done, coordinator, "Toch niet")
    with pytest.raises(merging.CannotMerge):
        merging.unmerge(done, coordinator, "Nog eens")


def test_nobody_is_merged_twice_or_with_themselves(coordinator: Post) -> None:
    a, b, c = PersonFactory(), PersonFactory(), PersonFactory()
    merging.merge(a.pk, b.pk, coordinator, "Zelfde")
    for kept, merged in ((c, b), (b, c), (a, a)):
        with pytest.raises(merging.CannotMerge):
            merging.merge(kept.pk, merged.pk, coordinator, "Zelfde")


def test_the_database_itself_refuses_a_person_merged_into_themselves() -> None:
    person = PersonFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        Person.objects.filter(pk=person.pk).update(merged_into=person)


def test_every_case_tells_that_its_person_was_merged_and_that_it_was_undone(coordinator: Post) -> None:
    kept, merged = CaseFactory().person, CaseFactory().person
    done = merging.merge(kept.pk, merged.pk, coordinator, "Zelfde telefoon")
    merging.unmerge(done, coordinator, "Andere oma")
    told = list(TimelineEntry.objects.order_by("written_at").values_list("kind", "text"))
    assert sorted(told) == sorted([("merged", "Zelfde telefoon")] * 2 + [("unmerged", "Andere oma")] * 2)


def test_a_merged_person_is_found_by_whoever_sees_the_one_kept(coordinator: Post, region: Any) -> None:
    kept, merged = CaseFactory(region=region).person, CaseFactory().person
    assert not Person.objects.for_post(coordinator).filter(pk=merged.pk).exists()
    merging.merge(kept.pk, merged.pk, coordinator, "Zelfde")
    assert Person.objects.for_post(coordinator).filter(pk=merged.pk).exists()
    with taken(Side.CARE):
        assert Merge.objects.for_post(coordinator).count() == 1
