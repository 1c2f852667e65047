"""The figures that others published, which the demonstration holds beside its invented ones. These are not invented.

Each row is what its source said: a figure that was revised later stands beside the first one, with its own source.
"""

from __future__ import annotations

import csv
import re
from datetime import date

from project.demo.figures import FILE
from shelters.models import PublishedFigure
from shelters.words import Figure

COMENSHA = "CoMensha, comensha.nl, Coördinatie zorg & opvang"
OMM = "wegwijzermensenhandel.nl, comensha.nl (OMM)"
RAPPORTEUR = "Nationaal Rapporteur Mensenhandel en Seksueel Geweld tegen Kinderen (nationaalrapporteur.nl)"
OF_SCHEMES = (
    (
        "cosm", 40, "Volgens de pagina van CoMensha; andere bronnen noemen op andere dagen andere aantallen.",
        "According to CoMensha's page; other sources name other numbers on other days.", COMENSHA, date(2026, 11, 22),
    ),
    (
        "omm", 36,
        "Sinds oktober 2019, in 6 steden (Alkmaar, Almere, Amsterdam, Enschede, Rotterdam, Zwolle) bij 4 aanbieders "
        "(Blijf Groep, Fier, HVO-Querido, Kadera).",
        "Since October 2019, in 6 cities (Alkmaar, Almere, Amsterdam, Enschede, Rotterdam, Zwolle) with 4 providers "
        "(Blijf Groep, Fier, HVO-Querido, Kadera).",
        OMM, date(2019, 10, 1),
    ),
)  # fmt: skip
"""Places that exist under a scheme: how many, more about it in Dutch and English, who says so, as of when."""

CLEANED = {2019: 1334, 2020: 984}
"""Possible victims registered, as the National Rapporteur gave them later, cleaned of what was registered twice."""


def load() -> None:
    """Put the figures into their table; on the common side, in the caller's transaction."""
    PublishedFigure.objects.bulk_create(
        [
            *(
                PublishedFigure(
                    key=Figure.PLACES, scheme_id=scheme, number=number, detail_nl=dutch, detail_en=english,
                    source=source, as_of=as_of,
                )
                for scheme, number, dutch, english, source, as_of in OF_SCHEMES
            ),
            *(_registered(row) for row in _years()),
            *(
                PublishedFigure(
                    key=Figure.REGISTERED, year=year, number=number, detail_nl="Later opgeschoond cijfer.",
                    detail_en="Figure cleaned later.", source=RAPPORTEUR, as_of=date(year, 12, 31),
                )
                for year, number in CLEANED.items()
            ),
        ]
    )  # fmt: skip


def _years() -> list[dict[str, str]]:
    with FILE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _registered(row: dict[str, str]) -> PublishedFigure:
    whole_day = re.fullmatch(r"\d{4}-\d{2}-\d{2}", row["published"])
    return PublishedFigure(
        key=Figure.REGISTERED, year=int(row["year"]), number=int(row["registered"]), source=row["source"],
        as_of=date(int(row["year"]), 12, 31), published_on=date.fromisoformat(row["published"]) if whole_day else None,
    )  # fmt: skip
