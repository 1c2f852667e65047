"""The ground both sets stand on: regions, organisations, people with an account and their posts, routing rules."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta

from django.contrib.auth.hashers import make_password

from access import clock
from access import regions as region_files
from access.models import Deputy, Organisation, Post, Region, User
from access.roles import Role
from access.wall import Side
from project.demo import names, published
from project.demo.hasher import PASSWORD
from workflows.engine.models import RoutingRule

REGIONS_KNOWN = datetime(2026, 1, 2, tzinfo=UTC)
DOMAIN = "loods.example.invalid"
MARK = "(demonstratie)"
K = Organisation.Kind


@dataclass(frozen=True)
class House:
    """An invented organisation; `regions` are the areas its posts work for, by name."""

    key: str
    name: str
    kind: K
    parent: str = ""
    regions: tuple[str, ...] = ()
    side: Side = Side.CARE


@dataclass(frozen=True)
class Account:
    """Somebody with an account. `regions` is empty for: all regions of the organisation."""

    key: str
    role: Role
    house: str
    shown: bool = False  # in the table of accounts that `make demo` prints
    remark: str = ""
    regions: tuple[str, ...] = ()
    second: tuple[Role, str] | None = None  # another post: role and organisation
    leaves_in: int | None = None  # days after the as-of date

    @property
    def email(self) -> str:
        """The address to sign in with; it can receive nothing."""
        return f"{self.key}@{DOMAIN}"


NORTH = ("Alkmaar", "Den Helder", "Zaanstad", "Haarlem")
HOUSES = (
    House("comensha", "CoMensha", K.NATIONAL_DESK),
    House("noord-holland", "Zorgcoördinatie Noord-Holland", K.CARE_COORDINATION, "comensha"),
    House("alkmaar", "Zorgcoördinatie Alkmaar", K.CARE_COORDINATION, "noord-holland", ("Alkmaar", "Den Helder")),
    House("zaanstad", "Zorgcoördinatie Zaanstad", K.CARE_COORDINATION, "noord-holland", ("Zaanstad", "Haarlem")),
    House("amsterdam", "Zorgcoördinatie Amsterdam", K.CARE_COORDINATION, "noord-holland", ("Amsterdam", "Hilversum")),
    House("zuid-holland", "Zorgcoördinatie Zuid-Holland", K.CARE_COORDINATION, "comensha"),
    House(
        "rotterdam", "Zorgcoördinatie Rotterdam", K.CARE_COORDINATION, "zuid-holland",
        ("Rotterdam", "Nissewaard", "Vlaardingen"),
    ),
    House("den-haag", "Zorgcoördinatie Den Haag", K.CARE_COORDINATION, "zuid-holland", ("Den Haag", "Delft")),
    House("leiden", "Zorgcoördinatie Leiden", K.CARE_COORDINATION, "zuid-holland", ("Leiden", "Gouda", "Dordrecht")),
    House("utrecht", "Zorgcoördinatie Utrecht", K.CARE_COORDINATION, "comensha", ("Utrecht", "Amersfoort", "Almere")),
    House("noord", "Zorgcoördinatie Noord", K.CARE_COORDINATION, "comensha", ("Groningen", "Leeuwarden")),
    House("overijssel", "Zorgcoördinatie Overijssel", K.CARE_COORDINATION, "comensha", ("Zwolle", "Enschede")),
    House(
        "gelderland", "Zorgcoördinatie Gelderland", K.CARE_COORDINATION, "comensha",
        ("Apeldoorn", "Arnhem", "Ede", "Nijmegen"),
    ),
    House("breda", "Zorgcoördinatie Breda", K.CARE_COORDINATION, "comensha", ("Breda", "Tilburg")),
    House(
        "eindhoven", "Zorgcoördinatie Eindhoven", K.CARE_COORDINATION, "comensha",
        ("Eindhoven", "Helmond", "'s-Hertogenbosch"),
    ),
    House("limburg", "Zorgcoördinatie Limburg", K.CARE_COORDINATION, "comensha", ("Heerlen", "Maastricht")),
    House("jeugd", "Zorgcoördinatie Jeugd", K.CARE_COORDINATION, "comensha", (*NORTH, "Amsterdam", "Hilversum")),
    House("koepel", "Koepel van Opvang", K.SHELTER, "comensha"),
    House("vuurtoren", "Opvang De Vuurtoren", K.SHELTER, "koepel", ("Alkmaar", "Den Helder")),
    House("ankertouw", "Opvang Het Ankertouw", K.SHELTER, "koepel", ("Zaanstad", "Haarlem")),
    House("lichtboei", "Opvang De Lichtboei", K.SHELTER, "koepel", ("Rotterdam",)),
    House("kompasroos", "Opvang De Kompasroos", K.SHELTER, "koepel", ("Utrecht", "Amersfoort")),
    House("steunpunt", "Steunpunt Waterlelie", K.SUPPORT, "noord-holland", ("Alkmaar", "Den Helder", "Zaanstad")),
    House("commissie", "Commissie vaststelling slachtofferschap", K.COMMITTEE, side=Side.DETERMINATION),
    House("politie", "Politie", K.POLICE, "", NORTH, Side.JUSTICE),
    House("om", "Openbaar Ministerie", K.PROSECUTION, "", NORTH, Side.JUSTICE),
    House("ministerie", "Ministerie", K.MINISTRY, side=Side.COMMON),
    House("beheer", "Beheer van Loods", K.OTHER, side=Side.COMMON),
)  # fmt: skip
# Nobody coordinates in Vlissingen, Venlo and Emmen: there the national desk acts at a distance.

R = Role
ACCOUNTS = (
    Account("coordinator", R.CARE_COORDINATOR, "alkmaar", shown=True),
    Account("caseworker", R.CASEWORKER, "alkmaar", shown=True),
    Account("navigator", R.NAVIGATOR, "steunpunt", shown=True),
    Account("provider", R.SHELTER_PROVIDER, "vuurtoren", shown=True),
    Account("secretary", R.COMMITTEE_SECRETARY, "commissie", shown=True),
    Account("member", R.COMMITTEE_MEMBER, "commissie", shown=True),
    Account("investigator", R.INVESTIGATOR, "politie", shown=True),
    Account("prosecutor", R.PROSECUTOR, "om", shown=True),
    Account("supervisor", R.SUPERVISOR, "alkmaar", shown=True),
    Account("desk", R.NATIONAL_DESK, "comensha", shown=True),
    Account("owner", R.ACTION_OWNER, "ministerie", shown=True),
    Account("analyst", R.ANALYST, "ministerie", shown=True),
    Account("administrator", R.ADMINISTRATOR, "beheer", shown=True),
    Account(
        "twoposts", R.CARE_COORDINATOR, "zaanstad", shown=True, remark="two posts: chooses which one acts",
        second=(R.CASEWORKER, "alkmaar"),
    ),
    Account("coordinator2", R.CARE_COORDINATOR, "alkmaar", remark="a colleague of coordinator"),
    Account("absent", R.CARE_COORDINATOR, "alkmaar", remark="absent; deputy acts"),
    Account("deputy", R.CARE_COORDINATOR, "alkmaar", remark="acts for absent"),
    Account("away", R.CARE_COORDINATOR, "zaanstad", remark="away, nobody acts: the work is overdue"),
    Account("leaver", R.CARE_COORDINATOR, "alkmaar", remark="leaves within a week", leaves_in=6),
    Account("privacy", R.PRIVACY_OFFICER, "comensha", shown=True),
    Account("desk2", R.NATIONAL_DESK, "comensha"),
    Account("member2", R.COMMITTEE_MEMBER, "commissie"),
    *(Account(f"member{n}", R.COMMITTEE_MEMBER, "commissie") for n in range(3, 8)),
    Account("supervisor.commissie", R.SUPERVISOR, "commissie"),
    Account("supervisor.politie", R.SUPERVISOR, "politie"),
    *(
        Account(f"coordinator.{house.key}", R.CARE_COORDINATOR, house.key)
        for house in HOUSES
        if house.kind is K.CARE_COORDINATION and house.regions
    ),
    *(
        Account(f"supervisor.{house.key}", R.SUPERVISOR, house.key)
        for house in HOUSES
        if house.side is Side.CARE and house.key != "alkmaar"
    ),
    *(
        Account(f"provider.{house.key}", R.SHELTER_PROVIDER, house.key)
        for house in HOUSES
        if house.kind is K.SHELTER and house.regions and house.key != "vuurtoren"
    ),
    Account("navigator2", R.NAVIGATOR, "steunpunt", remark="a colleague of navigator"),
)  # fmt: skip


@dataclass
class Ground:
    """What was laid, by key: `regions` by name, `houses` and `posts` by the keys above."""

    regions: dict[str, Region]
    houses: dict[str, Organisation] = field(default_factory=dict)
    posts: dict[str, Post] = field(default_factory=dict)
    deputies: list[Deputy] = field(default_factory=list)
    regions_of: dict[int, frozenset[int]] = field(default_factory=dict)  # post key to region keys

    def posts_at(self, house: Organisation, role: Role) -> list[Post]:
        """The posts in a role at an organisation."""
        return [p for p in self.posts.values() if p.role == role and p.organisation_id == house.pk]


def lay(chance: random.Random, as_of: date, since: date, staff: int = 0, shelters: int = 0) -> Ground:
    """Make the ground, on the common side, in the caller's transaction.

    In: people hold their posts from `since` on; `staff` more coordinators for each care organisation and
    `shelters` more providers, spread over all areas, for the large set.
    """
    # The lists name a day on which they held, which must not lie ahead of the day they are loaded.
    with clock.at(max(clock.now(), REGIONS_KNOWN)):
        region_files.load_builtin()
    ground = Ground({region.name: region for region in Region.objects.care()})
    more_houses = tuple(_more_shelters(chance, shelters, sorted(ground.regions)))
    _houses(ground, (*HOUSES, *more_houses))
    more = (
        *(
            Account(f"coordinator.{house.key}.{n}", R.CARE_COORDINATOR, house.key)
            for house in HOUSES
            if house.kind is K.CARE_COORDINATION and house.regions
            for n in range(2, 2 + staff)
        ),
        *(Account(f"provider.{house.key}", R.SHELTER_PROVIDER, house.key) for house in more_houses),
    )
    _people(ground, (*ACCOUNTS, *more), (*HOUSES, *more_houses), chance, as_of, since)
    ground.deputies = [
        Deputy.objects.create(
            absent=ground.posts["absent"],
            deputy=ground.posts["deputy"],
            starts_on=as_of - timedelta(days=5),
            ends_on=as_of + timedelta(days=16),
        )
    ]
    _rules(ground)
    published.load()
    return ground


def _more_shelters(chance: random.Random, count: int, areas: list[str]) -> list[House]:
    used: set[str] = set()
    made = []
    for n in range(count):
        name = names.word(chance)
        while name in used:
            name = names.word(chance)
        used.add(name)
        there = tuple(dict.fromkeys((areas[n % len(areas)], chance.choice(areas))))
        made.append(House(name.lower(), f"Opvang De {name}", K.SHELTER, "koepel", there))
    return made


def _houses(ground: Ground, houses: tuple[House, ...]) -> None:
    for house in houses:
        ground.houses[house.key] = Organisation.objects.create(
            name=f"{house.name} {MARK}",
            kind=house.kind,
            side=house.side,
            parent=ground.houses.get(house.parent),
        )


def _people(
    ground: Ground,
    accounts: tuple[Account, ...],
    houses: tuple[House, ...],
    chance: random.Random,
    as_of: date,
    since: date,
) -> None:
    by_key = {house.key: house for house in houses}
    # One hash for all: the password is the same and public, and a hash of its own for each would take a minute.
    password = make_password(PASSWORD, salt=f"{chance.getrandbits(64):016x}")
    joined = datetime.combine(since, time(8), UTC)
    used: set[str] = set()
    users, posts, places = [], [], []
    for account in accounts:
        name = names.word(chance)
        while name in used:
            name = names.word(chance)
        used.add(name)
        language = "en" if account.key == "analyst" else "nl"
        user = User(email=account.email, name=f"Test {name}", password=password, created_at=joined, language=language)
        users.append(user)
        held = [(account.key, account.role, account.house)]
        if account.second:
            held.append((f"{account.key}.second", *account.second))
        for key, role, house in held:
            ends_on = as_of + timedelta(days=account.leaves_in) if account.leaves_in else None
            post = Post(user=user, role=role, organisation=ground.houses[house], starts_on=since, ends_on=ends_on)
            posts.append((key, post, () if role.national else _areas(account, by_key[house], houses)))
    User.objects.bulk_create(users)
    for _key, post, _names in posts:
        post.user_id = post.user.pk
    Post.objects.bulk_create([post for _key, post, _names in posts])
    for key, post, area_names in posts:
        regions = [ground.regions[name] for name in area_names]
        places += [Post.regions.through(post_id=post.pk, region_id=region.pk) for region in regions]
        ground.posts[key] = post
        ground.regions_of[post.pk] = frozenset(region.pk for region in regions)
    Post.regions.through.objects.bulk_create(places)


def _areas(account: Account, house: House, houses: tuple[House, ...]) -> tuple[str, ...]:
    """The areas of a post: its own, those of its organisation, or those of the organisations that answer to it."""
    if account.regions or house.regions:
        return account.regions or house.regions
    below = [h for h in houses if h.parent == house.key]
    return tuple(dict.fromkeys(name for h in below for name in _areas(account, h, houses)))


def _rules(ground: Ground) -> None:
    """Routing rules of a few kinds: by age group to an organisation, by form in an area to another role."""
    RoutingRule.objects.create(
        kind="referral", age_group="minor", role=R.CARE_COORDINATOR, organisation=ground.houses["jeugd"], tier=5,
        note="Minderjarigen gaan in Noord-Holland naar de zorgcoördinatie voor jeugd.",
        region=ground.regions["Haarlem"],
    )  # fmt: skip
    RoutingRule.objects.create(
        kind="referral", state="triage", region=ground.regions["Alkmaar"], form="criminal", role=R.CASEWORKER,
        organisation=ground.houses["alkmaar"], tier=10,
        note="Criminele uitbuiting wordt in Alkmaar door een casemanager bekeken.",
    )  # fmt: skip
