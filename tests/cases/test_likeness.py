"""Names that are one name, and names that are not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases import likeness
from cases.models import Person

letters = st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Fatima El Amrani", "fatma amrani"),
        ("Fatima El Amrani", "Fatma Elamrani"),
        ("Anna de Vries", "Anna Devries"),
        ("Mohammed Osman", "Muhamad Osman"),
        ("Zoë Çelik", "ZOE CELIK"),
        ("Youssef Haddad", "Joesoef Hadad"),
        ("Blessing Okafor", "Blesing Okafor"),
        ("Okafor Blessing", "Blessing Okafor"),
        ("Nguyễn Thị Hoa", "Nguyen Thi Hoa"),
        ("Łukasz Nowak", "Lukas Nowak"),
        ("Anna van der Berg", "Anna Berg"),
        ("Svetlana", "Swetlana"),
    ],
)
def test_these_could_be_one_person(one: str, other: str) -> None:
    assert likeness.names_alike(one, other)
    assert likeness.names_alike(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Anna Jansen", "Anna de Vries"),
        ("Maria", "Maria Popescu"),
        ("Grace Mensah", "Mercy Mensah"),
        ("", "Anna"),
        ("Li", "Lo"),
        ("Ion Rusu", "Ana Rusu"),
    ],
)
def test_these_are_not_taken_for_one_person(one: str, other: str) -> None:
    assert not likeness.names_alike(one, other)


@given(letters)
def test_a_word_is_like_itself(word: str) -> None:
    assert likeness.distance(word, word) == 0
    assert likeness.words_alike(word, word)


@given(letters, letters)
def test_distance_is_the_same_both_ways(one: str, other: str) -> None:
    assert likeness.distance(one, other) == likeness.distance(other, one)


@given(letters, letters)
def test_words_that_sound_the_same_share_a_key(one: str, other: str) -> None:
    if likeness.skeleton(one) == likeness.skeleton(other):
        assert likeness.keys_of_word(one) & likeness.keys_of_word(other)


@given(st.text(alphabet="bdfgklmnprst", min_size=5, max_size=10), st.data())
def test_a_word_with_one_consonant_wrong_is_still_found(word: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(1, len(word) - 1))
    other = data.draw(st.sampled_from("bdfgklmnprst"))
    wrong = word[:place] + other + word[place + 1 :]
    if min(len(likeness.skeleton(word)), len(likeness.skeleton(wrong))) >= 5:
        bones, wrong_bones = likeness.skeleton(word), likeness.skeleton(wrong)
        if len(bones) == len(wrong_bones):
            assert likeness.keys_of_word(word) & likeness.keys_of_word(wrong)


@pytest.mark.parametrize("written", ["06 12345678", "+31 6 1234 5678", "0031612345678", "bel (06) 12-34-56-78 na vijf"])
def test_a_telephone_number_is_known_however_it_is_written(written: str) -> None:
    assert likeness.phones(written) == {"12345678"}


def test_a_date_is_no_telephone_number() -> None:
    assert likeness.phones("op 12-3-26 gebeld") == set()


def test_keys_hold_name_alias_and_telephone() -> None:
    keys = likeness.keys_of(Person(name="Anna", alias="Roos", safe_contact="06-12345678"))
    assert {"p:12345678", f"n:{likeness.skeleton('anna')}", f"n:{likeness.skeleton('roos')}"} <= set(keys)
