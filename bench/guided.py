"""Guidances in any number for the measurements, in a database of its own: ten years of cases, one in ten guided.

Made in the database itself, set-based, with the constraints that only guard writing put aside. The newest run and lie
with navigators who carry a full caseload each; of these much is written. The older ones ended, with as much as the
figures of what was learned ask for. A column that is not named is filled by its type.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction

from access import clock
from access.models import Organisation, Post, Region, User
from access.regions import load_builtin
from access.roles import Role
from access.wall import Side, taken
from bench import database
from cases import documents
from workflows.advice import content
from workflows.advice.models import Edition
from workflows.advice.words import Subject
from workflows.guidance.models import NavigatorProfile

CASES, EACH, CASELOAD, NAVIGATORS, REGIONS = 200_000, 10, 30, 100, 10
"""Cases; of how many one is guided; how many people a navigator carries; how many of them in how many regions."""
TEXT = "Verzonnen: wij spraken over hoe het gaat, wat nu eerst komt, en wie daarvoor iets doet. " * 3

_BY_TYPE = {
    "character varying": "''", "text": "''", "boolean": "false", "ARRAY": "'{}'", "jsonb": "'{}'", "integer": "0",
    "smallint": "0", "interval": "'0'", "uuid": "gen_random_uuid()", "date": "x.at::date",
    "timestamp with time zone": "x.at", "bytea": "''",
}  # fmt: skip
_PEOPLE = """
CREATE TABLE x AS
SELECT n, gen_random_uuid() AS person, gen_random_uuid() AS kase, gen_random_uuid() AS proc, n %% %(each)s = 0 AS led,
    n > %(cases)s - %(running)s * %(each)s AS runs, n / (%(each)s * %(navigators)s) AS nth,
    %(now)s::timestamptz - (%(cases)s - n + 1) * (interval '10 years' / %(cases)s) AS at,
    v.post, v.organisation, v.region
FROM generate_series(1, %(cases)s) n
JOIN (SELECT row_number() OVER (ORDER BY p.id) - 1 AS place, p.id AS post, p.organisation_id AS organisation,
        r.region_id AS region
    FROM access_post p JOIN access_post_regions r ON r.post_id = p.id WHERE p.role = 'navigator') v
    ON v.place = (n / %(each)s) %% %(navigators)s
"""
LED, RUNNING, ENDED = (f"(SELECT * FROM x WHERE led AND {which}) x" for which in ("true", "runs", "NOT runs"))


@contextmanager
def many(cases: int = CASES) -> Iterator[Post]:
    """Work in a database with so many cases; it is dropped afterwards. Out: a navigator with a full caseload."""
    with database.another("guided"):
        posts = _posts()
        editions = _editions()
        _fill(cases, editions)
        yield posts[0]


def _posts() -> list[Post]:
    with taken(Side.COMMON), transaction.atomic():
        load_builtin()
    with taken(Side.CARE), transaction.atomic():
        regions = list(Region.objects.care().order_by("pk")[:REGIONS])
    with taken(Side.COMMON), transaction.atomic():
        houses = [
            Organisation.objects.create(name=f"Steunpunt Meting {n}", kind="care_coordination", side=Side.CARE)
            for n in range(REGIONS)
        ]
        made = []
        for n in range(NAVIGATORS):
            user = User.objects.create(email=f"navigator{n}@meting.example.invalid", name=f"Meting Proef {n}")
            post = Post.objects.create(
                user=user, role=Role.NAVIGATOR, organisation=houses[n % REGIONS], starts_on=clock.today().replace(day=1)
            )
            post.regions.add(regions[n % REGIONS])
            made.append(post)
    with taken(Side.CARE), transaction.atomic():
        NavigatorProfile.objects.bulk_create(
            NavigatorProfile(post=post, gender="woman" if n % 3 else "man", languages=["nl", "en"], most=2 * CASELOAD)
            for n, post in enumerate(made)
        )
    return made


def _editions() -> list[tuple[Any, ...]]:
    """Three checklists as they read now: their key, subject, and points with digests."""
    made = []
    with taken(Side.CARE), transaction.atomic():
        for subject in (Subject.SAFETY, Subject.CRIMINAL, Subject.COURT):
            kept = content.library().kept(subject)
            assert kept is not None
            edition = Edition.objects.create(
                subject=subject, digest=kept.digest, version=kept.version, points=kept.points
            )
            points = [str(point["id"]) for point in kept.points]
            made.append((edition.pk, str(subject), points, [kept.digest_of(point) for point in points]))
    return made


class _Filling:
    """Rows by a statement for each table."""

    def __init__(self, admin: Any) -> None:
        self.admin = admin
        self.known: dict[str, list[tuple[str, str, bool]]] = {}

    def _columns(self, table: str) -> list[tuple[str, str, bool]]:
        if table not in self.known:
            self.known[table] = self.admin.execute(
                "SELECT column_name, data_type, is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO'"
                " FROM information_schema.columns WHERE table_schema = 'public' AND table_name = %s",
                [table],
            ).fetchall()
        return self.known[table]

    def rows(self, table: str, source: str, **given: str) -> None:
        """In: what the rows are made of, under the name `x`, and SQL for columns."""
        columns = {
            name: given.get(name) or _BY_TYPE.get(sort, "0")
            for name, sort, needed in self._columns(table)
            if name in given or needed
        }
        assert set(given) <= set(columns), set(given) - set(columns)
        self.admin.execute(
            f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(columns.values())} FROM {source}"
        )


def _times(source: str, count: int) -> str:
    """Of each row so many, numbered `k` from 0."""
    return f"{source}, generate_series(0, {count - 1}) k"


def _fill(cases: int, editions: list[tuple[Any, ...]]) -> None:
    with database.admin() as admin:
        admin.execute("SET session_replication_role = replica")  # no triggers, no foreign keys: nothing changes again
        running = min(NAVIGATORS * CASELOAD, cases // EACH)
        values = {"now": clock.now(), "cases": cases, "running": running, "each": EACH, "navigators": NAVIGATORS}
        admin.execute(_PEOPLE, values)
        admin.execute("CREATE INDEX ON x (n)")
        admin.execute("ANALYZE x")
        make = _Filling(admin)
        _cases(make)
        _courses(make)
        token = documents.cipher().encrypt(TEXT.encode()).decode("ascii")
        _written(make, f"'{token}'")
        _beside(make)
        for key, subject, points, digests in editions:
            admin.execute("CREATE TEMP TABLE p AS SELECT * FROM unnest(%s::text[], %s::text[]) p (point, digest)",
                          [points, digests])  # fmt: skip
            make.rows("advice_mark", f"{RUNNING}, p, generate_series(0, 2) k", id="gen_random_uuid()",
                      guidance_id="proc", subject=f"'{subject}'", point="p.point", digest="p.digest", state="'done'",
                      edition_id=f"'{key}'", by_id="post", at="x.at + k * interval '1 day'")  # fmt: skip
            admin.execute("DROP TABLE p")
        admin.execute("DROP TABLE x")
        admin.execute("SET session_replication_role = DEFAULT")
        admin.execute("VACUUM (ANALYZE)")


def _cases(make: _Filling) -> None:
    make.rows("cases_person", "x", id="person", gender="(ARRAY['woman','woman','man','other'])[1 + n % 4]",
              created_at="x.at", languages="'{en}'", birth_date="'1990-05-17'", name="'Testpersoon Verzonnen ' || n",
              safe_contact="'Bel voor twaalf uur.'")  # fmt: skip
    make.rows("cases_case", "x", id="kase", region_id="region", number="'L-1000-' || lpad(n::text, 6, '0')",
              person_id="CASE WHEN n % 10 = 1 AND n > 4000 THEN (SELECT y.person FROM x y WHERE y.n = x.n - 3001) "
                        "ELSE person END",
              forms="ARRAY[(ARRAY['sexual','labour','criminal'])[1 + n % 3]]", safety_level="'low'",
              opened_at="x.at", version="1",
              closed_at="CASE WHEN NOT runs THEN x.at + (90 + n % 400) * interval '1 day' END",
              closing_reason="CASE WHEN runs THEN '' WHEN n % 7 = 0 THEN 'out_of_contact' "
                             "ELSE 'help_done' END")  # fmt: skip
    make.rows("reflection_period_reflectionperiod", "(SELECT * FROM x WHERE n % 7 = 0) x",
              process_id="gen_random_uuid()", case_id="kase", offered_on="x.at::date", started_on="x.at::date",
              ended_on="(x.at + 80 * interval '1 day')::date", rule="'general'",
              follows="CASE WHEN n % 3 = 0 THEN 'complaint' ELSE 'none' END")  # fmt: skip


def _courses(make: _Filling) -> None:
    process = {"id": "proc", "side": "'care'", "kind": "'guidance'", "case_id": "kase", "region_id": "region",
               "opened_at": "x.at", "episode": "1", "version": "8", "plan": "'{}'"}  # fmt: skip
    make.rows("engine_process", ENDED, **process, state="'closed'", entered_at="x.at",
              closed_at="x.at + (100 + n % 400) * interval '1 day'")  # fmt: skip
    make.rows("engine_process", RUNNING, **process, state="'in_guidance'", entered_at="x.at", owner_role="'navigator'",
              owner_organisation_id="organisation", assignee_id="post", assigned_at="x.at",
              due_at="now() + (nth % 20 - 4) * interval '1 day'", term_started_at="x.at")  # fmt: skip
    make.rows("guidance_guidance", LED, process_id="proc", case_id="kase", requested_at="x.at", navigator_id="post",
              first_contact_at="x.at + (n % 190 / 10) * interval '1 day'", last_contact_at="now() - interval '9 days'",
              requested_by="'care'", weight="2", phases="'{safety,wellbeing}'",
              closed_because="CASE WHEN runs THEN '' ELSE 'goals' END")  # fmt: skip
    make.rows("engine_steplog", _times(LED, 6), side="'care'", process_id="proc", action="'contact'",
              at="x.at + k * interval '20 days'", from_state="'in_guidance'", version="k + 1", post_id="post",
              organisation_id="organisation",
              to_state="CASE WHEN n % 3 = 0 AND k = 3 THEN 'contact_lost' ELSE 'in_guidance' END")  # fmt: skip


def _written(make: _Filling, text: str) -> None:
    """What the figures ask for of every guidance; of those that run much more."""
    of = {"id": "gen_random_uuid()", "guidance_id": "proc", "by_id": "post"}
    some = "(SELECT x.*, k FROM x, generate_series(0, CASE WHEN runs THEN 24 ELSE 9 END) k WHERE led) x"
    make.rows("guidance_contact", some, **of, way="'phone'", reached="k % 6 <> 5", text=text,
              at="CASE WHEN runs THEN now() - (k * 9 + 1) * interval '1 day' "
                 "ELSE x.at + (k * 13 + 5) * interval '1 day' END")  # fmt: skip
    make.rows("guidance_willingness", _times(LED, 3), **of, on_day="(x.at + (8 + 26 * k) * interval '1 day')::date",
              stand="CASE WHEN k = 0 THEN (ARRAY['no','unsure','conditions'])[1 + n / 10 % 3] "
                    "ELSE (ARRAY['no','yes','did'])[1 + n / 70 % 3] END", obstacles="ARRAY['retaliation','shame']",
              words=text)  # fmt: skip
    make.rows("guidance_measuretried", _times(LED, 2), **of, measure="(ARRAY['navigator','judge','psychologist'])"
              "[1 + (n / 10 + k) % 3]", offered_on="(x.at + 30 * interval '1 day')::date",
              tried_on="(x.at + 30 * interval '1 day')::date")  # fmt: skip
    make.rows("guidance_measurement", f"{LED}, generate_series(0, 2) k, unnest(ARRAY['safety','housing','medical']) d",
              **of, domain="d", on_day="(x.at + (5 + 60 * k) * interval '1 day')::date", score="1 + (n / 10 + k) % 5",
              why=text)  # fmt: skip
    make.rows("guidance_newexploitation", _times(LED, 3), **of,
              known_on="(x.at + (30 + 60 * k) * interval '1 day')::date",
              answer="CASE WHEN n / 10 % 6 = k THEN 'yes' ELSE 'no' END",
              forms="CASE WHEN n / 10 % 6 = k THEN '{labour}'::varchar[] ELSE '{}' END")  # fmt: skip
    make.rows("guidance_goal", _times(RUNNING, 6), **of, words=text, domain="''", state="'open'", set_at="x.at",
              changed_at="x.at")  # fmt: skip
    make.rows("guidance_action", _times(RUNNING, 10), **of, what=text, owner="'lawyer'", state="'asked'",
              by_day="(now() + k * interval '1 day')::date")  # fmt: skip
    make.rows("guidance_appointment", _times(RUNNING, 12), **of,
              kind="(ARRAY['check_in','court','doctor'])[1 + (k + nth) % 3]",
              at="date_trunc('day', now()) + (k * 5 - 20 + nth % 5) * interval '1 day' + interval '13 hours'",
              minutes="45", way="'phone'", note=text)  # fmt: skip
    make.rows("guidance_phase", f"{RUNNING}, unnest(ARRAY['safety','wellbeing']) phase", id="gen_random_uuid()",
              guidance_id="proc", phase="phase", began_on="x.at::date", began_why=text)  # fmt: skip
    make.rows("guidance_safetyplanversion", _times(RUNNING, 15), **of, at="now() - k * interval '25 days'",
              contacts=text, safe_hours=text, code_words=text, threats=text, what_to_do=text)  # fmt: skip


def _beside(make: _Filling) -> None:
    """Safety plans and contacts with police and court, each a process."""
    process = {"side": "'care'", "case_id": "kase", "region_id": "region", "opened_at": "x.at", "entered_at": "x.at",
               "episode": "1", "version": "2", "plan": "'{}'"}  # fmt: skip
    running = {"owner_role": "'navigator'", "owner_organisation_id": "organisation", "assignee_id": "post",
               "assigned_at": "x.at", "term_started_at": "x.at"}  # fmt: skip
    make.admin.execute(f"CREATE TABLE y AS SELECT x.*, gen_random_uuid() AS other FROM {RUNNING}")
    make.rows("engine_process", "y x", id="other", kind="'safety_plan'", state="'in_force'", **process, **running,
              due_at="now() + (nth % 31 - 1) * interval '1 day'")  # fmt: skip
    make.rows("guidance_safetyplan", "y x", process_id="other", guidance_id="proc", written_at="now() - interval '9 d'")
    make.admin.execute(f"DROP TABLE y; CREATE TABLE y AS SELECT x.*, k, gen_random_uuid() AS other "
                       f"FROM {_times(RUNNING, 8)}")  # fmt: skip
    make.rows("engine_process", "(SELECT * FROM y WHERE k < 6) x", id="other", kind="'police_contact'",
              state="'done'", **process, closed_at="now() - interval '30 days'")  # fmt: skip
    make.rows("engine_process", "(SELECT * FROM y WHERE k >= 6) x", id="other", kind="'police_contact'",
              state="'planned'", **process, **running, due_at="now() + interval '9 days'")  # fmt: skip
    make.rows("guidance_policecontact", "y x", process_id="other", case_id="kase", authority="'police'",
              event="'interview'", place="'Bureau Verzonnen'",
              planned_at="now() + (CASE WHEN k < 6 THEN -40 * k - 20 ELSE k * (nth % 6) - 5 END) * interval '1 day'",
              checked_before="'{\"explained\": \"yes\", \"lawyer\": \"no\"}'", times_told="1")  # fmt: skip
    make.admin.execute("DROP TABLE y")
