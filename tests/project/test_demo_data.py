"""The demonstration sets: whole, true to the engine, invented, and the same for the same seed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection, connections, models, transaction
from django.test import Client, override_settings
from django.urls import reverse

from access import clock
from access.clock import AMSTERDAM
from access.models import AccessRecord, Organisation, Post, Region, User
from access.roles import Role
from access.wall import Side, taken
from cases import likeness
from cases.models import Case, CaseNumber, Consent, Document, Merge, Person
from cases.models import Referral as Report
from cases.sealed import fields as sealed_fields
from project.demo import figures, learned, making, marker, names
from project.demo.ground import ACCOUNTS, DOMAIN, HOUSES, MARK
from project.demo.hasher import PASSWORD
from project.demo.people import SOURCE_NAMES
from project.demo.progress import Progress
from shelters.models import Stay, Unit
from tests.conftest import _empty, admin_connection
from tests.factories.access import RegionFactory
from workflows.engine import terms
from workflows.engine.machine import End, is_system, registry, roles_of
from workflows.engine.models import Notice, Process, Rung, StepLog
from workflows.engine.sweep import sweep
from workflows.engine.watch import reconcile
from workflows.matching.models import Choice
from workflows.placement.models import LongerStay, PlacementRecord, Refusal, Turn

WEDNESDAY = date(2026, 3, 4)
"""For the large set, whose years are held against those that were published."""
SUNDAY = date(2032, 2, 29)
"""For the small set the most awkward of days, a leap day on which nobody works: its stories can be told on any day."""
QUIET = Progress(quiet=True)
HASHERS = ["project.demo.hasher.DemonstrationHasher"]
ACTS = {"open", "take", "give_back", "hand_over", "pause", "resume", "snooze", "wake", "reopen"}
LARGE = 600
"""Cases of the large set here: the same code, a share of the rows."""


@pytest.fixture(scope="module")
def demonstration(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """Demonstration data may be made in the tests' database; everything is gone afterwards."""
    documents = tmp_path_factory.mktemp("documents")
    with (
        override_settings(DEMO=True, PASSWORD_HASHERS=HASHERS, DOCUMENT_ROOT=documents),
        django_db_blocker.unblock(),
    ):
        yield
        connections["owner"].close()
        _empty(None)  # type: ignore[arg-type]
        unmark()


def unmark() -> None:
    """Take the mark of a demonstration off the database."""
    with admin_connection(settings.DATABASES["default"]["NAME"]) as admin:
        admin.execute("COMMENT ON TABLE cases_case IS NULL")


def fingerprint() -> dict[str, str]:
    """One hash for each table over all its rows, without what is random (sealed texts are) or counts changes."""
    found = {}
    sealed = {(model._meta.db_table, field.column) for model, field in sealed_fields()}
    with admin_connection(settings.DATABASES["default"]["NAME"]) as admin:
        tables = admin.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1").fetchall()
        for (table,) in tables:
            if table in making.KEPT:
                continue
            random = ", ".join(f"'{column}'" for of, column in sorted(sealed) if of == table) or "'stored_name'"
            rows = admin.execute(
                f"SELECT count(*) || ' ' || coalesce(md5(string_agg(line, '' ORDER BY line)), '') "
                f'FROM (SELECT md5((to_jsonb(t) - ARRAY[{random}])::text) AS line FROM "{table}" t) lines'
            ).fetchone()
            assert rows is not None
            found[table] = rows[0]
    return found


def query(statement: str) -> list[tuple[Any, ...]]:
    """Rows of a query on the care side."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


# -- what holds for both sets -----------------------------------------------------------------------------------------


class Both:
    """What must hold for any set."""

    as_of: date
    due: int

    @property
    def until(self) -> datetime:
        """Midnight of the day on which the set was made."""
        return datetime.combine(self.as_of, time(0), AMSTERDAM)

    def test_the_log_replayed_gives_the_state_and_version_of_every_process(self, care: None) -> None:
        broken = query("""
            SELECT process_id FROM (
                SELECT process_id, from_state, version, at,
                    lag(to_state, 1, '') OVER w AS before, row_number() OVER w AS n, lag(at) OVER w AS earlier
                FROM engine_steplog WINDOW w AS (PARTITION BY process_id ORDER BY id)) l
            WHERE from_state <> before OR version <> n OR at < earlier
        """)
        wrong = query("""
            SELECT p.id FROM engine_process p LEFT JOIN LATERAL (
                SELECT to_state, version FROM engine_steplog l WHERE l.process_id = p.id ORDER BY id DESC LIMIT 1) l
            ON true WHERE l.to_state IS DISTINCT FROM p.state OR l.version IS DISTINCT FROM p.version
        """)
        assert Process.objects.exists()
        assert (broken, wrong) == ([], [])

    def test_every_line_of_the_log_is_a_step_that_the_post_may_make(self, care: None) -> None:
        lines = StepLog.objects.select_related("process", "post__organisation").exclude(action__in=ACTS)
        regions = {p.pk: {r.pk for r in p.regions.all()} for p in Post.objects.prefetch_related("regions")}
        asked = list(lines)
        assert len(asked) > 100
        for line in asked:
            transition = registry[line.process.kind].transition_of(line.action, line.from_state)
            assert transition is not None, (line.action, line.from_state)
            if line.post is None:
                assert is_system(transition)
                continue
            assert line.post.role in roles_of(transition), (line.action, line.post)
            assert line.organisation_id == line.post.organisation_id
            if not line.post.national and line.post.role != Role.SHELTER_PROVIDER:
                assert line.process.region_id in regions[line.post_id]

    def test_terms_ladders_and_what_is_told_are_those_of_the_engine(self, care: None) -> None:
        rows = list(Process.objects.open())
        assert rows
        for process in rows:
            step = registry[process.kind].step_of(process.state)
            stored = (process.due_at, process.plan, process.signals, process.next_notice_at, process.term_id)
            again = Process.objects.get(pk=process.pk)
            assert not isinstance(step, End)
            assert again.term_id == terms.current(registry[again.kind](again).term(step).key, again.term_started_at).pk
            terms.plan(again)
            assert (again.due_at, again.plan, again.signals, again.next_notice_at, again.term_id) == stored

    def test_the_engines_own_reconciliation_finds_no_notice_missing(self, care: None) -> None:
        assert sweep(Side.CARE, self.until - timedelta(minutes=1)).moved == self.due
        assert reconcile(Side.CARE, self.until - timedelta(minutes=1)) == 0

    def test_nothing_has_happened_after_the_day_it_looks_from(self, care: None) -> None:
        assert StepLog.objects.filter(at__gte=self.until).count() == 0
        assert Notice.objects.filter(at__gte=self.until).count() == 0
        assert Case.objects.filter(opened_at__gte=self.until).count() == 0

    def test_names_look_invented_and_nothing_is_finer_than_a_region(self, care: None) -> None:
        people = list(Person.objects.all())
        assert people
        for person in people:
            written = [name for name in (person.name, person.alias) if name]
            assert all(names.is_invented(name) for name in written) or person.name in HAND_WRITTEN
            assert person.match_keys == likeness.keys_of(person)
            if person.birth_date:
                assert 10 <= (self.as_of.year - person.birth_date.year) <= 90
        assert all(
            name in {"", *SOURCE_NAMES.values()} for name in Report.objects.values_list("source_name", flat=True)
        )
        assert all(
            name == "" or names.is_invented(name.removeprefix("Test "))
            for name in Report.objects.values_list("contact_name", flat=True)
        )
        everything = query(
            "SELECT string_agg(to_jsonb(p)::text, ' ') FROM cases_person p UNION ALL "
            "SELECT string_agg(to_jsonb(c)::text, ' ') FROM cases_case c UNION ALL "
            "SELECT string_agg(to_jsonb(r)::text, ' ') FROM cases_referral r UNION ALL "
            "SELECT string_agg(to_jsonb(u)::text, ' ') FROM shelters_unit u"
        )
        text = " ".join(row[0] for row in everything)
        assert not re.search(r"\b[1-9]\d{3} [A-Z]{2}\b", text), "a postal code"
        assert not re.search(r"\b[A-Z]\w+(straat|weg|laan|plein|kade|gracht|dijk) \d+", text), "an address"
        assert set(re.findall(r"06 \d{4}", text)) <= {"06 0000"}
        fields = {f.name for m in apps.get_models() for f in m._meta.concrete_fields if m._meta.app_label in ROOMS}
        assert not fields & {"address", "street", "house_number", "postcode", "postal_code", "city"}

    def test_people_and_organisations_say_that_they_are_invented(self, care: None) -> None:
        assert all(email.endswith(f"@{DOMAIN}") for email in User.objects.values_list("email", flat=True))
        assert all(
            names.is_invented(name.removeprefix("Test ")) for name in User.objects.values_list("name", flat=True)
        )
        assert all(name.endswith(MARK) for name in Organisation.objects.values_list("name", flat=True))

    def test_whoever_is_placed_has_one_place_and_nobody_else_holds_one(self, care: None) -> None:
        lasting = dict(Stay.objects.filter(period__upper_inf=True).values_list("ref", "unit_id"))
        placed = PlacementRecord.objects.filter(process__state__in=["accepted", "in_place", "moving"])
        assert lasting == dict(placed.values_list("process_id", "unit_id"))

    def test_a_place_is_held_for_who_was_asked_for_until_the_answer_is_far_too_late(self, care: None) -> None:
        asked = PlacementRecord.objects.filter(process__state="offered").select_related("process")
        assert asked.exists()
        for record in asked:
            held = Stay.objects.filter(ref=record.pk).latest("period__startswith")
            assert (held.unit_id, held.arrived_at) == (record.unit_id, None)
            assert held.period.upper == record.held_until == record.process.plan[Rung.ESCALATION - 1]

    def test_only_the_national_desk_asks_where_only_comensha_places_people(self, care: None) -> None:
        exclusive = set(Unit.objects.on(self.as_of).filter(exclusive=True).values_list("pk", flat=True))
        asked = StepLog.objects.filter(action="offer", facts__unit__in=exclusive)
        assert asked.exists()
        assert set(asked.values_list("post__role", flat=True)) == {Role.NATIONAL_DESK}

    def test_whoever_came_to_a_place_came_there_when_the_request_says_so(self, care: None) -> None:
        came = dict(PlacementRecord.objects.exclude(arrived_at=None).values_list("pk", "arrived_at"))
        assert came
        assert dict(Stay.objects.exclude(arrived_at=None).values_list("ref", "arrived_at")) == came

    def test_no_request_outlives_the_arrival_through_another_one(self, care: None) -> None:
        assert not query("""
            SELECT b.id FROM placement_placementrecord r
            JOIN engine_process a ON a.id = r.process_id
            JOIN engine_process b ON b.case_id = a.case_id AND b.id <> a.id AND b.kind = 'placement'
            JOIN placement_placementrecord s ON s.process_id = b.id
            WHERE b.opened_at < r.arrived_at AND (b.closed_at IS NULL OR b.closed_at > r.arrived_at)
                AND (s.arrived_at IS NULL OR s.arrived_at > r.arrived_at)
        """)

    def test_what_was_asked_and_what_came_of_it_is_what_the_log_tells(self, care: None) -> None:
        kept = "SELECT to_jsonb(r)::text FROM placement_placementrecord r ORDER BY process_id"
        unmet = "SELECT process_id, since, until, reason FROM placement_unmet ORDER BY 1, 2"
        before = (query(kept), query(unmet))
        assert all(before)
        # Whatever the log tells otherwise of the question itself, the database refuses to write.
        filling = import_module("workflows.placement.migrations.0004_demand_of_before")
        last: Any = UUID(int=0)
        while last:
            last = filling.fill_batch(connection, last)
        assert (query(kept), query(unmet)) == before

    def test_a_closed_case_has_nothing_running(self, care: None) -> None:
        closed = Case.objects.exclude(closed_at=None)
        assert closed.exists()
        assert not Process.objects.open().filter(case_id__in=closed.values("pk")).exists()

    def test_case_numbers_follow_on_each_other(self, care: None) -> None:
        for year in CaseNumber.objects.all():
            given = Case.objects.filter(number__startswith=f"L-{year.year}-").order_by("number")
            assert [n[-6:] for n in given.values_list("number", flat=True)] == [
                f"{n:06}" for n in range(1, year.last + 1)
            ]


HAND_WRITTEN = {"Neevelwilg Zilvermeuw"}
"""A name with slips in it, for the story of a possible duplicate."""
ROOMS = {"access", "cases", "shelters", "engine", "referral", "placement", "reflection_period"}


# -- the small set ----------------------------------------------------------------------------------------------------


def made_small() -> dict[str, str]:
    """Make the small set. Out: its fingerprint."""
    making.make("small", 2026, SUNDAY, once=False, progress=QUIET)
    return fingerprint()


@pytest.fixture(scope="module")
def small_rows() -> dict[str, str]:
    """The fingerprint of the small set that was made for other tests, so that one making is enough to compare."""
    return {}


@pytest.fixture(scope="class")
def small(demonstration: None, small_rows: dict[str, str]) -> None:
    """The small set."""
    small_rows.update(made_small())


@pytest.mark.django_db
@pytest.mark.usefixtures("small")
class TestSmall(Both):
    """What a region sees in a month."""

    as_of = SUNDAY
    due = 0

    def test_about_forty_cases_or_some_more_over_a_few_regions(self, care: None) -> None:
        assert 40 <= Case.objects.count() - learned.HOW_MANY <= 90  # people guided in the years before are besides
        assert 4 <= Case.objects.values("region").distinct().count() <= 10
        assert Region.objects.care().count() == 35

    def test_every_state_of_every_machine_is_there(self, care: None) -> None:
        for kind, machine in registry.items():
            with taken(machine.side):
                there = set(Process.objects.filter(kind=kind).values_list("state", flat=True))
            assert there == {str(state) for state in machine.steps}, kind

    def test_there_is_something_of_everything(self, care: None) -> None:
        running = Process.objects.open()
        today = self.until + timedelta(days=1)
        assert running.filter(due_at__lt=self.until, paused_at=None).count() >= 8
        assert running.filter(due_at__gte=self.until, due_at__lt=today).count() >= 5
        assert running.filter(due_at__gte=today).count() >= 8
        for rung in Rung:
            assert Notice.objects.filter(rung=rung).exists()
        assert Notice.objects.filter(key__startswith="signal:").exists()
        assert running.exclude(paused_at=None).exists()
        assert running.filter(snoozed_until__gt=self.until).exists()
        assert running.exclude(waiting_on="").exists()
        assert running.filter(restricted=True).exists()
        assert running.filter(urgent=True).exists()
        assert running.filter(owner_role=Role.CASEWORKER).exists()
        assert StepLog.objects.filter(route__by="rule").exists()
        assert StepLog.objects.filter(route__by="national_desk").exists()
        assert StepLog.objects.filter(action="become_moot").exists()
        assert StepLog.objects.filter(action="reopen").exists()
        assert StepLog.objects.filter(action="resume").exists()
        assert Refusal.objects.exists()
        assert PlacementRecord.objects.exclude(unmet_reason="").exists()
        assert all(model.objects.exists() for model in (Turn, LongerStay, Choice))
        assert {c.state for c in Consent.objects.all()} == {"given", "refused", "withdrawn"}
        assert Document.objects.count() == 2
        assert Merge.objects.count() == 1
        assert AccessRecord.objects.exists()
        assert any(person.is_minor_on(self.as_of) for person in Person.objects.exclude(birth_date=None))

    def test_a_deputy_acts_somebody_leaves_and_somebody_is_away(self, care: None) -> None:
        posts = {p.user.email.split("@")[0]: p for p in Post.objects.select_related("user", "organisation")}
        with clock.at(self.until):
            assert posts["deputy"].acts_for == {posts["absent"].pk}
            assert Process.objects.work_of(posts["deputy"]).filter(assignee=posts["absent"]).exists()
        assert self.as_of < posts["leaver"].ends_on <= self.as_of + timedelta(days=7)
        assert Process.objects.open().filter(assignee=posts["leaver"]).exists()
        assert Process.objects.open().filter(assignee=posts["away"], rung=Rung.SECOND_ESCALATION).exists()

    def test_every_care_organisation_has_supervisors_up_to_the_national_desk(self, care: None) -> None:
        supervised = set(Post.objects.filter(role=Role.SUPERVISOR).values_list("organisation_id", flat=True))
        desk = Organisation.objects.get(kind=Organisation.Kind.NATIONAL_DESK)
        for organisation in Organisation.objects.filter(side=Side.CARE):
            assert organisation.pk in supervised, organisation
            while organisation.parent:
                organisation = organisation.parent
            assert organisation == desk
        providers = Post.objects.filter(role=Role.SHELTER_PROVIDER).values("organisation")
        assert Unit.objects.exists()
        assert not Unit.objects.exclude(organisation__in=providers).exists()

    @pytest.mark.parametrize("account", [a for a in ACCOUNTS if a.shown], ids=lambda a: a.key)
    def test_every_shown_account_signs_in_and_sees_its_work(self, account: Any, client: Client) -> None:
        answer = client.post(reverse("account_login"), {"login": account.email, "password": PASSWORD})
        assert answer.status_code == 302, answer.content[:500]
        with taken(Side.COMMON):
            posts = list(Post.objects.filter(user__email=account.email).select_related("organisation"))
        assert len(posts) == 1 + bool(account.second)
        for post in posts:
            with taken(post.side), clock.at(self.until):
                if post.role in WORKING:
                    assert Process.objects.work_of(post).exists()
                if post.role == Role.SUPERVISOR:
                    assert Notice.objects.for_post(post).exists()

    def test_the_shown_accounts_are_one_for_each_role(self) -> None:
        assert {a.role for a in ACCOUNTS if a.shown} == set(Role)

    def test_the_table_of_accounts_names_role_name_address_and_password(self, capsys: Any) -> None:
        call_command("demo_accounts")
        lines = capsys.readouterr().out.splitlines()
        assert lines[0].split() == ["Role", "Name", "E-mail", "Password"]
        assert len(lines) == 1 + len([a for a in ACCOUNTS if a.shown])
        assert any("coordinator@" in line and line.endswith(PASSWORD) for line in lines)

    def test_outside_a_demonstration_the_password_opens_nothing(self, client: Client) -> None:
        typed = {"login": f"coordinator@{DOMAIN}", "password": PASSWORD}
        with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.PBKDF2PasswordHasher"]):
            answer = client.post(reverse("account_login"), typed)
        assert answer.status_code == 200  # the page asks again
        with taken(Side.COMMON):
            assert not any("_auth_user_id" in session.get_decoded() for session in Session.objects.all())

    @pytest.mark.django_db(databases=["default", "owner"])
    def test_once_leaves_what_is_there_alone(self, care: None, capsys: Any) -> None:
        before = StepLog.objects.count()
        call_command("demo_data", "--once", "--seed", "7")
        assert "seed 2026" in capsys.readouterr().out
        assert StepLog.objects.count() == before


WORKING = {
    Role.CARE_COORDINATOR,
    Role.CASEWORKER,
    Role.SHELTER_PROVIDER,
    Role.NATIONAL_DESK,
}
"""Roles for which a machine of today has work in the set."""


# -- the large set ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="class")
def guards(demonstration: None) -> list[tuple[Any, ...]]:
    """The large set, scaled down; answers what guarded the tables before it was made."""
    before = _guards()
    making.make("large", 2026, WEDNESDAY, once=False, progress=QUIET, cases=LARGE)
    return before


@pytest.mark.django_db
@pytest.mark.usefixtures("guards")
class TestLarge(Both):
    """Ten years, in the same way but fewer."""

    as_of = WEDNESDAY
    due = round(LARGE * 5 * 0.001)

    def test_five_processes_for_each_case_and_most_of_them_closed(self, care: None) -> None:
        assert Case.objects.count() == LARGE
        assert Process.objects.count() == LARGE * 5
        assert 0.02 < Process.objects.open().count() / (LARGE * 5) < 0.06
        assert StepLog.objects.count() > LARGE * 5 * 3
        assert Process.objects.filter(next_notice_at__lt=self.until - timedelta(minutes=1)).count() == self.due
        assert {p.kind for p in Process.objects.distinct("kind")} == {"referral", "placement"}

    def test_cases_are_spread_over_the_years_as_the_published_totals_are(self, care: None) -> None:
        known = figures.registered()
        counts = dict(CaseNumber.objects.values_list("year", "last"))
        for year in range(2020, 2025):
            assert counts[year] / counts[2019] == pytest.approx(known[year] / known[2019], abs=0.03)

    def test_every_index_constraint_policy_and_grant_is_as_it_was(self, guards: list[tuple[Any, ...]]) -> None:
        assert _guards() == guards

    def test_every_case_is_reported_and_placements_follow_an_accepted_referral(self, care: None) -> None:
        assert not Case.objects.filter(referrals=None).exists()
        assert not query("""
            SELECT p.id FROM engine_process p WHERE p.kind = 'placement' AND NOT EXISTS (
                SELECT FROM engine_process r WHERE r.case_id = p.case_id AND r.kind = 'referral'
                AND r.state = 'accepted' AND r.closed_at <= p.opened_at)
        """)

    def test_facts_for_routing_are_those_of_case_and_person(self, care: None) -> None:
        cases = {c.pk: c for c in Case.objects.select_related("person")}
        for process in Process.objects.all()[:500]:
            case = cases[process.case_id]
            assert process.facts["forms"] == case.forms
            assert (process.region_id, process.restricted) == (case.region_id, case.restricted)


def _guards() -> list[tuple[Any, ...]]:
    """Everything that guards the tables, as the database describes it."""
    with admin_connection(settings.DATABASES["default"]["NAME"]) as admin:
        return admin.execute("""
            SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
                WHERE connamespace = 'public'::regnamespace
            UNION ALL SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
            UNION ALL SELECT relname, relrowsecurity::text, relforcerowsecurity::text FROM pg_class
                WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
            UNION ALL SELECT tablename, policyname, qual FROM pg_policies
            UNION ALL SELECT table_name, grantee, privilege_type FROM information_schema.role_table_grants
                WHERE table_schema = 'public'
            ORDER BY 1, 2, 3
        """).fetchall()


# -- making and refusing ----------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_same_seed_and_day_make_the_same_rows(demonstration: None, small_rows: dict[str, str]) -> None:
    def made_large(seed: int) -> dict[str, str]:
        making.make("large", seed, WEDNESDAY, once=False, progress=QUIET, cases=60)
        return fingerprint()

    assert made_small() == (small_rows or made_small())
    first = made_large(5)
    assert made_large(5) == first
    assert made_large(6)["cases_person"] != first["cases_person"]


def test_it_is_refused_outside_a_demonstration(demonstration: None) -> None:
    with override_settings(DEMO=False):
        for command in ("demo_data", "demo_accounts"):
            with pytest.raises(CommandError, match="LOODS_DEMO=1"):
                call_command(command)


def test_a_database_with_cases_of_its_own_is_left_alone(demonstration: None) -> None:
    connections["owner"].close()
    _empty(None)  # type: ignore[arg-type]
    unmark()
    region = RegionFactory()
    with taken(Side.CARE), transaction.atomic():
        person = Person.objects.create(name="Dauwvaren Kopereik")
        Case.objects.create(number="L-2026-000001", person=person, region=region)
    with pytest.raises(CommandError, match="no demonstration: nothing was changed"):
        call_command("demo_data")
    with taken(Side.CARE), transaction.atomic():
        assert Case.objects.count() == 1
    assert marker.read() is None


def test_a_set_that_was_broken_off_is_made_again(demonstration: None) -> None:
    unmark()
    connections["owner"].close()
    _empty(None)  # type: ignore[arg-type]
    marker.write(made=False, size="small", seed=2026, as_of=str(SUNDAY))
    made = making.make("large", 2026, WEDNESDAY, once=True, progress=QUIET, cases=20)
    assert made["made"] is True
    assert marker.read() == made


# -- the figures and the names ----------------------------------------------------------------------------------------


def test_each_figure_names_its_source_and_when_it_was_published() -> None:
    lines = Path(figures.FILE).read_text(encoding="utf-8").splitlines()
    assert lines[0].split(",")[:4] == ["year", "registered", "source", "published"]
    assert figures.registered() == {2019: 1372, 2020: 1013, 2021: 791, 2022: 814, 2023: 868, 2024: 944}
    assert all("CoMensha" in line and re.search(r",20\d\d", line) for line in lines[1:])


def test_years_without_a_figure_take_the_nearest_or_lie_between() -> None:
    known = {2019: 100, 2021: 200}
    assert [figures.of_year(year, known) for year in (2016, 2019, 2020, 2021, 2026)] == [100, 100, 150, 200, 200]


def test_the_spread_over_the_years_is_exact() -> None:
    spans = figures.spread(200_000, date(2016, 11, 22), date(2026, 11, 22))
    assert sum(count for _start, _end, count in spans) == 200_000
    assert spans[0][0] == date(2016, 11, 22) and spans[-1][1] == date(2026, 11, 22)
    assert all(a[1] == b[0] for a, b in pairwise(spans))


def test_a_real_name_does_not_pass_for_an_invented_one() -> None:
    assert names.is_invented("Nevelwilg Zilvermeeuw")
    assert names.is_invented("Basalt-1204")
    assert not names.is_invented("Anna de Vries")
    assert not names.is_invented("")


def test_there_is_a_house_for_every_kind_of_organisation_that_acts() -> None:
    assert {house.kind for house in HOUSES} >= {
        Organisation.Kind.NATIONAL_DESK,
        Organisation.Kind.CARE_COORDINATION,
        Organisation.Kind.SHELTER,
        Organisation.Kind.COMMITTEE,
        Organisation.Kind.POLICE,
        Organisation.Kind.PROSECUTION,
    }
    assert isinstance(Organisation._meta.get_field("parent"), models.ForeignKey)
