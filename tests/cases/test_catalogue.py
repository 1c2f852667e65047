"""Every field about people has a purpose, every ground a source, every code a name in both languages."""

from __future__ import annotations

from django.apps import apps
from django.core.checks import run_checks
from django.utils.translation import override

from access import tongues
from cases import catalogue, words
from cases.catalogue import CATALOGUE, DataClass
from cases.words import LegalGround


def test_every_field_has_a_purpose_and_every_purpose_a_field() -> None:
    models = {model.__name__: model for model in apps.get_app_config("cases").get_models()}
    assert set(CATALOGUE) == set(models)
    for name, model in models.items():
        assert {field.name for field in model._meta.local_fields} == set(CATALOGUE[name]), name
    assert all(str(field.purpose) for fields in CATALOGUE.values() for field in fields.values())


def test_a_field_without_a_purpose_stops_the_program(monkeypatch: object) -> None:
    kept = CATALOGUE["Person"].pop("gender")
    try:
        assert "cases.E003" in {message.id for message in run_checks()}
    finally:
        CATALOGUE["Person"]["gender"] = kept
    assert "cases.E003" not in {message.id for message in run_checks()}


def test_what_is_most_sensitive_is_marked_so() -> None:
    assert CATALOGUE["Case"]["needs"].data is DataClass.SPECIAL
    assert CATALOGUE["Case"]["forms"].data is DataClass.CRIMINAL
    assert CATALOGUE["Referral"]["story"].data is DataClass.CRIMINAL


def test_every_ground_has_a_source_and_none_is_called_verified_by_itself() -> None:
    assert set(catalogue.GROUNDS) == set(LegalGround)
    assert all(source.text and source.verified is None for source in catalogue.GROUNDS.values())


def test_countries_and_languages_have_names_in_both_languages() -> None:
    for language, country, tongue in (("nl", "Duitsland", "Tigrinya"), ("en", "Germany", "Tigrinya")):
        with override(language):
            assert tongues.country_name("DE") == country
            assert tongues.language_name("ti") == tongue
            assert all(name and name != code for code, name in tongues.country_choices() if code)
            assert all(tongues.language_name(code) != code for code in tongues.COMMON)


def test_the_countries_are_countries() -> None:
    codes = {code for code, _ in tongues.country_choices()}
    assert {"NL", "CW", "SX", "XK", "PS", "TW", tongues.STATELESS} <= codes
    assert not codes & {"EU", "UN", "ZZ", "XA", "AQ"}
    assert len(codes) > 220


def test_a_language_that_is_nearly_one_is_offered() -> None:
    with override("nl"):
        try:
            tongues.languages_in("Roemens")
        except tongues.UnknownLanguage as unknown:
            assert "Roemeens" in unknown.near


def test_every_code_of_the_lists_fits_its_column() -> None:
    for model in apps.get_app_config("cases").get_models():
        for field in model._meta.local_fields:
            longest = max((len(str(code)) for code, _ in getattr(field, "flatchoices", [])), default=0)
            assert longest <= (getattr(field, "max_length", None) or 100), (model, field)
    assert words.EntryKind.manual()
