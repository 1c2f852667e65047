"""Who the invented cases are about, and the invented words in them."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

from project.demo import names

GENDERS = (("woman", 66), ("man", 30), ("other", 2), ("unknown", 2))
COUNTRIES = (
    ("NL", ("nl",), 24), ("PL", ("pl",), 10), ("RO", ("ro",), 10), ("BG", ("bg",), 8), ("HU", ("hu",), 6),
    ("NG", ("en", "bin"), 10), ("UG", ("en", "sw"), 4), ("CN", ("zh",), 4), ("VN", ("vi",), 5), ("PH", ("tl", "en"), 4),
    ("IN", ("hi", "en"), 4), ("SY", ("ar",), 4), ("ER", ("ti",), 4), ("BR", ("pt",), 4), ("UA", ("uk",), 6),
)  # fmt: skip
FORMS = (
    (("sexual",), 45), (("labour",), 34), (("criminal",), 12), (("other",), 2), (("sexual", "criminal"), 4),
    (("labour", "criminal"), 3),
)  # fmt: skip
NEEDS = (
    ("gender_specific", 22), ("children", 8), ("pregnant", 4), ("couple", 2), ("pets", 2), ("wheelchair", 2),
    ("somatic", 7), ("psychiatric", 18), ("addiction", 9), ("mild_intellectual_disability", 8), ("behaviour", 7),
    ("security", 10),
)  # fmt: skip
SOURCES = (
    ("police", 34), ("kmar", 6), ("nla", 7), ("shelter", 10), ("health", 5), ("municipality", 8), ("ngo", 22),
    ("self", 4), ("lawyer", 2), ("other", 2),
)  # fmt: skip
GROUND_OF = {"police": "duty_to_report", "kmar": "duty_to_report", "nla": "duty_to_report", "self": "consent"}
SOURCE_NAMES = {
    "police": "Politie (demonstratie)", "kmar": "Marechaussee (demonstratie)",
    "nla": "Arbeidsinspectie (demonstratie)", "shelter": "Opvang De Vuurtoren (demonstratie)",
    "health": "Huisartsenpost Voorbeeld (demonstratie)", "municipality": "Gemeente Voorbeeld (demonstratie)",
    "ngo": "Steunpunt Waterlelie (demonstratie)", "lawyer": "Advocatuur Voorbeeld (demonstratie)",
}  # fmt: skip
STORY_TEXTS = (
    "Verzonnen melding: signalen van dwang, inkomsten worden afgenomen.",
    "Verzonnen melding: paspoort ingenomen door de werkgever, lange dagen zonder loon.",
    "Verzonnen melding: aangetroffen bij een controle, durft niet te praten.",
    "Verzonnen melding: moest pakketjes wegbrengen om een schuld af te lossen.",
    "Verzonnen melding: vraagt zelf om hulp, is weggelopen uit de situatie.",
)
SAFETY_NOTES = (
    "Verzonnen: niet bellen na 18 uur.",
    "Verzonnen: de dader kent het oude adres niet; geen post sturen.",
    "Verzonnen: alleen afspreken op een neutrale plek.",
)


def weighted(chance: random.Random, table: tuple[tuple[Any, ...], ...]) -> Any:
    """One row of a table whose last column is its weight; the value itself when the row has only one."""
    row = chance.choices(table, weights=[r[-1] for r in table])[0]
    return row[0] if len(row) == 2 else row[:-1]


def phone(chance: random.Random) -> str:
    """A telephone number that nobody has: the series 06 0000 is not given out."""
    return f"06 0000 {chance.randrange(10_000):04d}"


def born(chance: random.Random, on: date, years: int | None = None) -> date:
    """A date of birth of somebody who is `years` old `on` a day; else of a plausible age between 12 and 60."""
    if years is None:
        years = min(60, max(12, round(chance.gauss(29, 9))))
    return on - timedelta(days=round(years * 365.25) + chance.randrange(20, 340))


def person(chance: random.Random, on: date, **known: Any) -> dict[str, Any]:
    """Values for a person by field name. `known`: what the caller wants so; `years` gives an age."""
    years = known.pop("years", None)
    country, languages = weighted(chance, COUNTRIES)
    hidden = chance.random() < 0.1
    certain = chance.random()
    values: dict[str, Any] = {
        "name": "" if hidden else names.person(chance),
        "alias": names.alias(chance) if hidden or chance.random() < 0.15 else "",
        "use_alias": hidden,
        "birth_date": born(chance, on, years) if years is not None or certain < 0.93 else None,
        "gender": weighted(chance, GENDERS),
        "nationality": country,
        "languages": list(languages),
        "interpreter_needed": country != "NL" and chance.random() < 0.6,
        "safe_contact": f"Overdag bellen: {phone(chance)}" if chance.random() < 0.5 else "",
    }
    if certain >= 0.86 and values["birth_date"] and years is None:
        values["birth_date"] = values["birth_date"].replace(month=1, day=1)
        values["birth_date_estimated"] = True
    if values["birth_date"] is None:
        values["adult_confirmed"] = chance.random() < 0.5
    return values | known


def case(chance: random.Random, **known: Any) -> dict[str, Any]:
    """Values for a case by field name, without its region."""
    needs = [need for need, share in NEEDS if chance.random() * 100 < share]
    level = chance.choices(("low", "raised", "high"), weights=(60, 30, 10))[0]
    values: dict[str, Any] = {
        "forms": list(weighted(chance, FORMS)),
        "needs": needs,
        "children_along": chance.choice((1, 1, 2)) if "children" in needs else 0,
        "safety_level": level,
    }
    values |= known
    if values["safety_level"] != "low":
        values["safety_notes"] = chance.choice(SAFETY_NOTES)
    return values


def report(chance: random.Random, source: str) -> dict[str, Any]:
    """Values for a referral by field name."""
    return {
        "source_kind": source,
        "source_name": SOURCE_NAMES.get(source, ""),
        "legal_ground": GROUND_OF.get(source) or chance.choice(("consent", "justified_interest")),
        "story": chance.choice(STORY_TEXTS),
        "contact_name": f"Test {names.word(chance)}" if source in SOURCE_NAMES else "",
        "contact_details": phone(chance) if source in SOURCE_NAMES else "",
    }
