"""Cases one after the other, each with its person, its reports and the courses that run on it."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from dateutil.relativedelta import relativedelta

from access.models import Organisation
from access.roles import Role
from access.words import PROBLEMS
from cases import likeness
from project.demo import names, people
from project.demo.ground import Ground
from project.demo.large import times
from project.demo.large.course import Course
from project.demo.large.placement import Asked, Placements, Round
from project.demo.large.referral import Referrals, Reported
from project.demo.large.shelter import Shelters
from project.demo.large.world import NULL, Actor, World

HOUR, DAY = 3600, times.DAY
RECENT = 540 * DAY
"""How long before the end of the set something can have been left lying that lies there still."""
BIG = {"Amsterdam": 9, "Rotterdam": 8, "Den Haag": 6, "Utrecht": 6, "Eindhoven": 4, "Tilburg": 4, "Groningen": 4}
"""Weight of the larger areas; the others weigh 2."""

PERSON = (
    "id", "name", "alias", "use_alias", "birth_date", "birth_date_estimated", "adult_confirmed", "gender",
    "nationality", "languages", "interpreter_needed", "safe_contact", "match_keys", "created_at",
)  # fmt: skip
CASE = (
    "id", "number", "person_id", "region_id", "forms", "safety_level", "safety_notes", "needs", "children_along",
    "restricted", "opened_at", "closed_at", "closing_reason", "version",
)  # fmt: skip
REPORT = (
    "id", "case_id", "source_kind", "source_name", "received_at", "urgent", "legal_ground", "story", "contact_name",
    "contact_details", "registered_by_id", "registered_at",
)  # fmt: skip
CONSENT = (
    "id", "person_id", "case_id", "recipient_id", "purpose", "state", "given_at", "form", "recorded_by_id",
    "recorded_at",
)  # fmt: skip
ENTRY = ("id", "case_id", "at", "kind", "text", "detail", "by_id", "written_at")
NAMED = ("id", "case_id", "user_id", "granted_by_id", "granted_at")
PLACEMENT = (
    "process_id", "kind", "needs", "unit_id", "held_until", "arrived_at", "left_to", "unmet_reason", "asked_at",
    "region_id", "forms", "gender", "problems", "children", "minor", "person_key", "stopped_at", "stopped_by",
)  # fmt: skip
UNMET = ("id", "process_id", "since", "until", "reason")
REFERRAL = ("process_id", "report_id", "onward_to_id")
REFUSAL = ("id", "process_id", "unit_id", "at", "reason", "remark")


def _hundred(table: tuple[tuple[Any, ...], ...]) -> list[Any]:
    """A table of shares as a list from which one draws with an index."""
    return [row[0] if len(row) == 2 else row[:-1] for row in table for _ in range(row[-1])]


GENDERS, COUNTRIES = _hundred(people.GENDERS), _hundred(people.COUNTRIES)
FORMS, SOURCES = _hundred(people.FORMS), _hundred(people.SOURCES)


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody we know: key, age group when first met, gender, and the last day on which they count as a minor."""

    key: str
    age: str
    gender: str
    minor_until: date | None


@dataclass(slots=True)
class File:
    """A case as it is made, with the courses on it."""

    key: str
    person: Known
    region: int
    opened: int
    forms: tuple[str, ...]
    age: str
    needs: str
    children: int
    restricted: bool
    facts: str
    courses: list[Course] = field(default_factory=list)


Emit = Callable[[str, str], None]


class Town:
    """Makes cases and hands their rows to `emit(table, line)`; open courses are kept until the end.

    `share` is that of the whole set of 200,000 cases.
    """

    def __init__(self, chance: random.Random, ground: Ground, since: int, until: int, share: float, emit: Emit) -> None:
        self.chance, self.ground, self.until, self.emit = chance, ground, until, emit
        self.world = World(chance, ground, until)
        self._regions = [region.pk for name, region in sorted(ground.regions.items()) for _ in range(BIG.get(name, 2))]
        self.shelters = Shelters(chance, ground, self._regions, since, until, share)
        self.placements, self.referrals = Placements(self), Referrals(self)
        self.open: list[tuple[Course, str]] = []
        self.notices_since = until - 365 * DAY
        self._houses = [
            h.pk for h in ground.houses.values()
            if h.kind == Organisation.Kind.CARE_COORDINATION and ground.posts_at(h, Role.CARE_COORDINATOR)
        ]  # fmt: skip
        self._coordinates = {pk: self.world.coordinator(pk) for pk in set(self._regions)}
        self._desk = next(h.pk for h in ground.houses.values() if h.kind == Organisation.Kind.NATIONAL_DESK)
        self._word_keys: dict[str, list[str]] = {}
        self._known: list[Known] = []
        self.notices = 0

    # -- asked by the courses -----------------------------------------------------------------------------------

    def key(self) -> str:
        """The key of a row: a random one, by seed."""
        bits = f"{self.chance.getrandbits(128):032x}"
        return f"{bits[:12]}4{bits[13:16]}a{bits[17:]}"

    def recent(self, at: int) -> bool:
        """Whether a moment lies shortly before the end of the set."""
        return self.until - at < RECENT

    def any_region(self) -> int:
        """An area by chance."""
        return self._regions[int(self.chance.random() * len(self._regions))]

    def other_house(self, own: int | None) -> int:
        """A care organisation that is not one's own."""
        other = self._houses[int(self.chance.random() * len(self._houses))]
        return other if other != own else self._desk

    def coordinator(self, case: File) -> Actor:
        """Somebody who coordinates in the region of a case."""
        pool = self.world.posts(*self._coordinates[case.region], case.region)
        return pool[int(self.chance.random() * len(pool))]

    def actor(self, course: Course, new: bool = False) -> Actor:
        """Who makes the next step: whoever took it, else somebody of the queue. `new`: somebody of the queue."""
        if course.role == Role.CASEWORKER and not new and course.assignee is None:
            pool = self.world.posts(*self._coordinates[course.region], course.region)
        else:
            pool = self.world.posts(course.role, course.organisation, course.region)
        if course.assignee is not None and not new:
            for post in pool:
                if post.key == course.assignee:
                    return post
        return pool[int(self.chance.random() * len(pool))]

    # -- a case -------------------------------------------------------------------------------------------------

    def case(self, number: str, opened: int, referrals: int, placements: int) -> int:
        """A case with everything on it. Out: how many processes it has, `referrals` + `placements`."""
        chance, random_ = self.chance, self.chance.random
        born = self._person(opened)
        region = self.any_region()
        forms: tuple[str, ...] = FORMS[int(random_() * 100)]
        needs = ",".join(need for need, share in people.NEEDS if random_() * 100 < share)
        children = 1 + int(random_() * 2) if "children" in needs else 0
        facts = json.dumps({"forms": list(forms), "age_group": born.age, "scheme": ""})
        case = File(
            self.key(), born, region, opened, forms, born.age, f"{{{needs}}}", children, random_() < 0.005, facts
        )
        urgent = random_() < 0.12
        who = self.coordinator(case)
        wanted = "crisis" if placements else None
        course, accepted = self.referrals.course(
            case, self._report(case, opened, urgent, who), opened, who, urgent, wanted
        )
        case.courses.append(course)
        rounds: list[Round] = []
        left = placements
        at = accepted
        while left and at is not None and at < self.until:
            one = self.placements.main(case, at, who, urgent)
            rounds.append(one)
            case.courses.append(one.course)
            left -= 1
            for _ in range(2):
                if left and random_() < 0.4:
                    case.courses.append(self.placements.beside(case, one, who))
                    left -= 1
            at = None if one.ended is None else times.at_work(one.ended + int(HOUR + random_() * 20 * DAY), chance)
        left += referrals - 1
        more = left - (referrals - 1)
        for one in rounds:  # what the end of the set cut off is made up beside what there is
            for _ in range(min(more, 4)):
                if one.until - one.course.opened > 2 * HOUR:
                    case.courses.append(self.placements.beside(case, one, who))
                    more, left = more - 1, left - 1
        last = max((c.closed or self.until) for c in case.courses)
        for _ in range(left):
            moment = opened + int(random_() * min(last - opened, 60 * DAY)) // 60 * 60
            moment = min(times.at_work(moment, chance), self.until - 60)
            who = self.coordinator(case)
            again, _accepted = self.referrals.course(
                case, self._report(case, moment, False, who), moment, who, False, "" if random_() < 0.8 else None
            )
            case.courses.append(again)
        self._file(case, number, who)
        return len(case.courses)

    def _person(self, opened: int) -> Known:
        """A new person, or now and then one we know."""
        chance, random_ = self.chance, self.chance.random
        if self._known and random_() < 0.03:
            return self._known[-1 - int(random_() * min(5000, len(self._known)))]
        key = self.key()
        hidden = random_() < 0.08
        name = "" if hidden else names.person(chance)
        alias = names.alias(chance) if hidden or random_() < 0.1 else ""
        day = times.EPOCH + timedelta(days=opened // DAY)
        luck = random_()
        minor = random_() < 0.08
        years = 12 + int(random_() * 5) if minor else 18 + int(abs(chance.gauss(0, 11)))
        birth: date | None = day - timedelta(days=int(years * 365.25) + 20 + int(random_() * 330))
        estimated, confirmed = False, False
        if luck < 0.05:
            birth, confirmed, minor = None, not minor, minor
        elif luck < 0.13 and birth is not None and not minor:
            birth, estimated, confirmed = birth.replace(month=1, day=1), True, True
        elif birth is not None:
            minor = day < _birthday(birth, 18)
        country, languages = COUNTRIES[int(random_() * len(COUNTRIES))]
        contact = f"Overdag bellen: {people.phone(chance)}" if random_() < 0.4 else ""
        gender = GENDERS[int(random_() * 100)]
        keys = [f"p:{digits}" for digits in likeness.phones(contact)] if contact else []
        for word in likeness.words(name) + likeness.words(alias) if alias else name.lower().split():
            known = self._word_keys.get(word)
            if known is None:
                known = self._word_keys[word] = sorted(likeness.keys_of_word(word))
            keys += known
        self.emit(
            "person",
            f"{key}\t{name}\t{alias}\t{'t' if hidden else 'f'}\t{birth or NULL}\t{'t' if estimated else 'f'}\t"
            f"{'t' if confirmed else 'f'}\t{gender}\t{country}\t{{{','.join(languages)}}}\t"
            f"{'t' if country != 'NL' and random_() < 0.6 else 'f'}\t{contact}\t{{{','.join(sorted(set(keys)))}}}\t"
            f"{times.text(opened)}\n",
        )
        self._known.append(Known(key, "minor" if minor else "adult", gender, _minor_until(birth, estimated, confirmed)))
        return self._known[-1]

    def _report(self, case: File, at: int, urgent: bool, who: Actor) -> str:
        chance, random_ = self.chance, self.chance.random
        key = self.key()
        source = str(SOURCES[int(random_() * len(SOURCES))])
        named = people.SOURCE_NAMES.get(source, "")
        ground = people.GROUND_OF.get(source) or ("consent" if random_() < 0.6 else "justified_interest")
        moment = times.text(at)
        self.emit(
            "report",
            f"{key}\t{case.key}\t{source}\t{named}\t{moment}\t{'t' if urgent else 'f'}\t{ground}\t"
            f"{people.STORY_TEXTS[int(random_() * len(people.STORY_TEXTS))]}\t"
            f"{f'Test {names.word(chance)}' if named else ''}\t{people.phone(chance) if named else ''}\t{who.key}\t"
            f"{moment}\n",
        )
        return key

    def _file(self, case: File, number: str, who: Actor) -> None:
        """The case itself, which is closed when nothing runs on it any more, and what was written down about it."""
        random_ = self.chance.random
        closed, reason = None, ""
        if all(course.closed is not None for course in case.courses):
            last = max(course.closed or 0 for course in case.courses)
            after = times.at_work(last + int(HOUR + random_() * 14 * DAY), self.chance)
            if after < self.until:
                closed, reason = after, self._why_closed(case)
        luck = random_()
        level = "low" if luck < 0.6 else "raised" if luck < 0.9 else "high"
        notes = "" if level == "low" else people.SAFETY_NOTES[int(random_() * len(people.SAFETY_NOTES))]
        opened, person = times.text(case.opened), case.person.key
        self.emit(
            "case",
            f"{case.key}\t{number}\t{person}\t{case.region}\t{{{','.join(case.forms)}}}\t{level}\t{notes}\t{case.needs}\t"
            f"{case.children}\t{'t' if case.restricted else 'f'}\t{opened}\t"
            f"{NULL if closed is None else times.text(closed)}\t{reason}\t{1 if closed is None else 2}\n",
        )
        if closed is not None:
            moment = times.text(closed)
            self.emit(
                "entry",
                f'{self.key()}\t{case.key}\t{moment}\tclosed\t\t{{"reason": "{reason}"}}\t{who.key}\t{moment}\n',
            )
        if random_() < 0.5:
            state = "given" if random_() < 0.85 else "refused"
            self.emit(
                "consent",
                f"{self.key()}\t{person}\t{case.key}\t{self._desk}\tregistration\t{state}\t{opened}\twritten\t{who.key}\t"
                f"{opened}\n",
            )
        if case.restricted:
            for user in sorted({who.user, self.coordinator(case).user}):
                self.emit("named", f"{self.key()}\t{case.key}\t{user}\t{who.key}\t{opened}\n")
        for course in case.courses:
            self._course(course, case)

    @staticmethod
    def _why_closed(case: File) -> str:
        first = case.courses[0]
        if first.state == "accepted":
            return "guidance_complete"
        return {"not_trafficking": "not_trafficking", "taken_over": "referred_onward"}.get(first.state, "withdrawn")

    def _course(self, course: Course, case: File) -> None:
        for line in course.lines:
            self.emit("log", line)
        course.lines = []
        if course.closed is not None:
            self.emit("process", course.row(case.facts))
            for notice in course.notices:
                if notice[2] >= self.notices_since:
                    self.notice(course, notice)
        else:
            self.open.append((course, case.facts))
        record = course.record
        if isinstance(record, Reported):
            self.emit(
                "referral", f"{course.key}\t{record.report}\t{NULL if record.onward is None else record.onward}\n"
            )
        elif isinstance(record, Asked):
            self._asked(course, record, case)

    def _asked(self, course: Course, record: Asked, case: File) -> None:
        """What a request was and what came of it (see `workflows.placement.asks`)."""
        person = case.person
        asked = times.EPOCH + timedelta(days=times.local_day(course.opened))
        held, arrived = (
            NULL if moment is None else times.text(moment) for moment in (record.held_until, record.arrived)
        )
        stopped, why = NULL, ""
        if course.state == "withdrawn":
            stopped, why = times.text(course.closed or 0), "moot" if record.moot else "withdrawn"
        needs = record.needs[1:-1].split(",")
        self.emit(
            "placement",
            f"{course.key}\t{record.kind}\t{record.needs}\t{record.room or NULL}\t{held}\t{arrived}\t{record.left_to}\t"
            f"{record.unmet}\t{times.text(course.opened)}\t{course.region}\t{{{','.join(case.forms)}}}\t"
            f"{person.gender}\t{{{','.join(need for need in PROBLEMS if need in needs)}}}\t"
            f"{'t' if case.children else 'f'}\t"
            f"{'t' if person.minor_until is not None and asked <= person.minor_until else 'f'}\t{person.key}\t"
            f"{stopped}\t{why}\n",
        )
        for room, at, why in record.refusals:
            self.emit("refusal", f"{self.key()}\t{course.key}\t{room}\t{times.text(at)}\t{why}\t\n")
        for since, until, why in record.without:
            ended = NULL if until is None else times.text(until)
            self.emit("unmet", f"{self.key()}\t{course.key}\t{times.text(since)}\t{ended}\t{why}\n")

    # -- at the end -----------------------------------------------------------------------------------------------

    def leave_due(self, count: int) -> int:
        """Take back the last rung of that many open courses, the latest told first. Out: how many are due now."""
        told = [
            (course.notices[-1][2], n)
            for n, (course, _facts) in enumerate(self.open)
            if course.notices and course.paused_at is None
        ]
        due = 0
        for _moment, n in sorted(told, reverse=True):
            if due == count:
                break
            due += self.open[n][0].untell()
        return due

    def finish(self) -> None:
        """The rows of what is still open, and of all units and stays."""
        for course, facts in self.open:
            self.emit("process", course.row(facts))
            for notice in course.notices:
                self.notice(course, notice)
        for table, row in self.shelters.rows(self.key):
            self.emit(table, row)

    def notice(self, course: Course, notice: tuple[int, int, int, int, str, int | None, int | None]) -> None:
        """A notice, who has seen it and who was mailed about it."""
        episode, rung, at, due, role, organisation, post = notice
        self.notices += 1
        number = self.notices
        moment = times.text(at)
        self.emit(
            "notice",
            f"{number}\tcare\t{course.key}\t{episode}\t{rung}\t\t{moment}\t{times.text(due)}\t{role}\t"
            f"{NULL if organisation is None else organisation}\t{course.region}\t{NULL if post is None else post}\n",
        )
        age = self.until - at
        for user in self.world.addressed(role, organisation, course.region, post):
            if age > 14 * DAY or (age > DAY and self.chance.random() < 0.7):
                self.emit("seen", f"care\t{number}\t{user}\t{times.text(at + 2 * HOUR)}\n")
            if age < 30 * DAY:
                sent = times.text(at + 20)
                self.emit(
                    "delivery",
                    f"care\t{number}\t{user}\tsent\t{moment}\t1\t<demo-{number}-{user}@loods.example.invalid>\t{sent}\n",
                )


NOTICE = (
    "id", "side", "process_id", "episode", "rung", "key", "at", "due_at", "to_role", "to_organisation_id",
    "to_region_id", "to_post_id",
)  # fmt: skip
SEEN = ("side", "notice_id", "user_id", "at")
DELIVERY = ("side", "notice_id", "user_id", "state", "not_before", "attempt", "message_id", "changed_at")


def _minor_until(born: date | None, estimated: bool, confirmed: bool) -> date | None:
    """The last day on which somebody counts as a minor, as `Person.is_minor_on` has it; None: never did."""
    if born is None:
        return None if confirmed else date.max
    if estimated:
        return None if confirmed else date(born.year + 18, 12, 31)
    return born + relativedelta(years=18) - timedelta(days=1)


def _birthday(born: date, years: int) -> date:
    try:
        return born.replace(year=born.year + years)
    except ValueError:
        return date(born.year + years, 3, 1)
