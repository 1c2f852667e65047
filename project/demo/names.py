"""Names that nobody has: words of nature put together, two for a person, one for somebody with an account.

Real names are never used, not even by chance: every word is one of `HEADS` with one of `TAILS`, and `is_invented()`
says so of any text.
"""

from __future__ import annotations

import random
import re

HEADS = (
    "Zilver", "Goud", "Koper", "Tin", "Barn", "Maan", "Zonne", "Sterren", "Wolken", "Regen", "Mist", "Nevel", "Storm",
    "Winter", "Zomer", "Lente", "Herfst", "Ochtend", "Avond", "Nacht", "Dauw", "Rijp", "Sneeuw", "Hagel", "Water",
    "Meer", "Rivier", "Beek", "Duin", "Heide", "Veen", "Weide", "Polder", "Dijk", "Strand", "Kust", "Eiland", "Bos",
    "Woud", "Berg", "Krijt", "Leem", "Kiezel", "Amber", "Opaal", "Robijn", "Saffier", "Parel", "Koraal", "Indigo",
    "Purper", "Oker", "Azuur", "Grijs", "Blauw", "Groen", "Honing", "Wilde", "Verre", "Stille",
)  # fmt: skip
TAILS = (
    "meeuw", "reiger", "zwaluw", "specht", "lijster", "kwikstaart", "wulp", "grutto", "kievit", "plevier", "stern",
    "aalscholver", "fuut", "meerkoet", "eend", "gans", "kraanvogel", "ooievaar", "sperwer", "buizerd", "uil", "kauw",
    "ekster", "gaai", "koekoek", "nachtegaal", "pimpelmees", "boomklever", "winterkoning", "roodborst", "lelie",
    "anemoon", "klaproos", "korenbloem", "margriet", "boterbloem", "akelei", "sleutelbloem", "viool", "krokus",
    "hyacint", "narcis", "tulp", "dahlia", "aster", "distel", "brem", "varen", "mos", "riet", "lisdodde", "wilg",
    "populier", "berk", "beuk", "eik", "esdoorn", "linde", "spar", "den", "lariks", "hulst", "vlier", "meidoorn",
    "sleedoorn", "braam", "framboos", "bosbes", "otter", "bever", "egel", "wezel", "hermelijn", "das", "vos",
    "eekhoorn", "haas", "ree", "salamander", "libel", "vlinder", "krekel", "hommel", "zeester", "mossel", "kreeft",
    "baars", "snoek", "karper", "zalm",
)  # fmt: skip
STONES = (
    "Kiezel",
    "Leisteen",
    "Basalt",
    "Graniet",
    "Marmer",
    "Zandsteen",
    "Vuursteen",
    "Kwarts",
    "Puimsteen",
    "Keitje",
)

_WORD = re.compile(rf"(?:{'|'.join(HEADS)})(?:{'|'.join(TAILS)})")
_ALIAS = re.compile(rf"(?:{'|'.join(STONES)})-\d{{1,6}}")


def word(chance: random.Random) -> str:
    """One invented word, such as ``Zilvermeeuw``."""
    return chance.choice(HEADS) + chance.choice(TAILS)


def person(chance: random.Random) -> str:
    """A name of two invented words, such as ``Nevelwilg Zilvermeeuw``."""
    return f"{word(chance)} {word(chance)}"


def alias(chance: random.Random) -> str:
    """An alias, such as ``Basalt-1204``."""
    return f"{chance.choice(STONES)}-{chance.randrange(1, 1_000_000)}"


def is_invented(text: str) -> bool:
    """Whether a name or alias consists of nothing but invented words."""
    return bool(text) and all(_WORD.fullmatch(part) or _ALIAS.fullmatch(part) for part in text.split())
