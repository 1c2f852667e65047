"""What was learned of guidance: figures against a count by hand, small numbers, who may see it, and lessons."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from statistics import median
from typing import Any

import pytest
import scipy.stats  # noqa: F401  so that the pages of this module answer at once
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from access import clock
from access.models import Post
from access.roles import Role
from access.wall import Side, taken
from insights import pace
from insights.guiding import functions, reading, views
from insights.guiding.forms import LessonForm
from insights.guiding.models import Lesson, LessonStep
from insights.guiding.policy import STUDIES
from insights.periods import last_quarter
from tests.factories.access import OrganisationFactory, PostFactory
from tests.factories.guiding import Many, One, by_chance

pytestmark = pytest.mark.django_db
SINCE, UNTIL = date(2024, 10, 1), date(2026, 9, 30)
NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
WILLING = {"conditions", "yes", "did"}


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """However loaded the machine is, pages answer at once."""
    monkeypatch.setattr(pace, "LONG", float("inf"))
    monkeypatch.setattr(views, "at_hand", lambda: True)


@pytest.fixture(autouse=True)
def november() -> Iterator[None]:
    """The clock stands still in November 2026: the last quarter that is over ended in September."""
    with clock.at(NOW):
        yield


@pytest.fixture
def people(db: None) -> list[One]:
    """Two hundred people as chance makes them."""
    made = by_chance(200, date(2025, 2, 1))
    Many().write(made)
    return made


def common(role: Role = Role.ANALYST) -> Post:
    """A post on the common ground."""
    post: Post = PostFactory(role=role, organisation=OrganisationFactory(kind="ministry", side=Side.COMMON))
    return post


def said(one: One) -> set[str]:
    """What was answered about new exploitation; not known is nothing."""
    return {answer for _after, answer in one.signs} - {"unknown"}


def within(one: One, after: int | None) -> bool:
    """Whether something happened within the period, and before the guidance ended."""
    return after is not None and one.asked + timedelta(days=after) <= UNTIL


# -- Figures against a count by hand -----------------------------------------------------------------------------------


def test_the_figures_are_those_of_a_count_by_hand(people: list[One]) -> None:
    with taken(Side.COMMON):
        told = reading.figures(SINCE, UNTIL, threshold=1)
    for key, some in {
        ("all", "all"): people,
        ("gender", "woman"): [one for one in people if one.gender == "woman"],
        ("form", "criminal"): [one for one in people if "criminal" in one.forms],
    }.items():
        met = [one for one in some if one.met is not None]
        assert told.numbers[key] == len(some)
        expected = {
            "met": (len(met), len(some)),
            "willing": (sum(any(s in WILLING for _, s in one.stands) for one in some), len(some)),
            "complaint": (
                sum(one.complaint is not None or any(s == "did" for _, s in one.stands) for one in some), len(some)
            ),
            "lost": (sum(one.lost is not None for one in met), len(met)),
            "signs": (sum("yes" in said(one) for one in met), sum(bool(said(one)) for one in met)),
            "again": (sum(one.again is not None for one in met), len(met)),
        }  # fmt: skip
        found = {name: told.shares[name, key] for name in expected}
        assert {name: (share.counted, share.number) for name, share in found.items()} == expected
        assert told.spreads["days_to_contact", key].median == median(one.met for one in met if one.met is not None)
        assert told.spreads["contacts", key].median == median(len(one.contacts) for one in met)
    asked = [one for one in people if one.stands]
    anew = told.parts["anew"]["labour"]["all", "all"]
    assert (anew.counted, anew.number) == tuple(
        sum(bool(said(one) & some) for one in people) for some in ({"yes"}, {"yes", "no"})
    )
    distrust = told.parts["obstacle"]["distrust"]["all", "all"]
    assert (distrust.counted, distrust.number) == (sum("distrust" in one.obstacles for one in asked), len(asked))


def test_willingness_before_and_after_a_measure_is_that_of_a_count_by_hand(people: list[One]) -> None:
    with taken(Side.COMMON):
        told = reading.measures(SINCE, UNTIL, threshold=1)
    for measure in ("psychologist", "navigator", "judge"):
        for key, some in {
            ("all", "all"): people,
            ("form", "sexual"): [one for one in people if "sexual" in one.forms],
            ("gender", "man"): [one for one in people if one.gender == "man"],
        }.items():
            tried = [(one, day) for one in some for name, day in one.measures if name == measure]
            known = [
                (any(s in WILLING for d, s in one.stands[-1:] if d <= day) or one.stands[0][1] in WILLING,
                 one.stands[-1][1] in WILLING)
                for one, day in tried if len(one.stands) == 2
            ]  # fmt: skip
            found = told[measure][key]
            assert found.tried == len(tried)
            assert (found.before.counted, found.before.number) == (sum(b for b, _a in known), len(known))
            assert found.after.counted == sum(a for _b, a in known)
            assert found.gained == sum(a and not b for b, a in known)
            assert found.fell == sum(b and not a for b, a in known)


def test_wellbeing_is_that_of_a_count_by_hand(people: list[One]) -> None:
    with taken(Side.COMMON):
        told = reading.wellbeing(SINCE, UNTIL, threshold=5)["safety"]
    first = [one.scores[0][1] for one in people if one.scores]
    later = [(one.scores[1][1], one.scores[0][1]) for one in people if one.scores]
    assert (told[0].number, told[0].mean) == (len(first), pytest.approx(sum(first) / len(first), abs=0.051))
    assert told[1].mean == pytest.approx(sum(score for score, _ in later) / len(later), abs=0.051)
    assert told[1].rose == pytest.approx(sum(score - before for score, before in later) / len(later), abs=0.051)
    assert told[1].paired == len(later) and told[0].paired == 0
    with taken(Side.COMMON):
        none = reading.wellbeing(SINCE, UNTIL, threshold=1000)["safety"]
    assert {(g.number, g.mean, g.rose) for g in none.values()} == {(None, None, None)}


def test_people_with_and_without_a_navigator_are_followed_from_the_same_day_on(db: None) -> None:
    """Whoever is met later than thirty days counts as without, and what happened before counts for nobody."""
    asked = date(2025, 3, 1)
    Many().write(
        [One(asked, met=5, again=100) for _ in range(4)]
        + [One(asked, met=60, again=100) for _ in range(3)]
        + [One(asked, guided=False) for _ in range(6)]
        + [One(asked, met=5, again=20) for _ in range(2)]
    )
    with taken(Side.COMMON):
        made = reading.curves(SINCE, date(2025, 12, 31), 1, "again").made
    with_, without = made["navigator", "with"], made["navigator", "without"]
    assert (with_.number, without.number) == (4, 9), "each person once, by their first case"
    assert (with_.events, without.events) == (4, 3)
    assert with_.points[1].day == 90, "seventy days after the thirtieth day, rounded up"


def test_somebody_is_followed_until_the_last_day_of_which_new_exploitation_was_answered(db: None) -> None:
    asked = date(2025, 3, 1)
    Many().write(
        [One(asked, met=0, signs=((20, "no"), (100, "yes"), (130, "yes"))) for _ in range(3)]
        + [One(asked, met=0, signs=((50, "no"), (300, "unknown"))) for _ in range(2)]
        + [One(asked, met=0, signs=((40, "unknown"),)), One(asked, met=0), One(asked, met=10, signs=((5, "yes"),))]
    )
    with taken(Side.COMMON):
        made = reading.curves(SINCE, date(2025, 12, 31), 1, "signs").made
    assert set(made) == {("all", "all"), ("gender", "woman"), ("form", "sexual")}, "nobody without a navigator is asked"
    rows = [(row.day, row.happened, row.gone, row.left) for row in made["all", "all"].rows if row.happened + row.gone]
    assert rows == [(60, 0, 2, 3), (120, 3, 0, 0)], "not asked, not known and before they met count for nobody"


# -- Small numbers -----------------------------------------------------------------------------------------------------


def test_no_number_and_no_difference_between_two_is_a_few_people(people: list[One]) -> None:
    """Of shares, groups and steps: what is told, and the whole less what is told, is nought or at least five."""
    with taken(Side.COMMON):
        told = reading.figures(SINCE, UNTIL, 5)
        drawn = [reading.curves(SINCE, UNTIL, 5, key) for key in functions.GRIDS]
    assert ("gender", "other") in told.small, "the set has so few that something must be left out"
    whole = ("all", "all")
    seen = 0
    for (name, key), share in told.shares.items():
        if share.counted is None or share.number is None:
            continue
        parts = [share.counted, share.number - share.counted]
        all_ = told.shares[name, whole]
        if key[0] != "all" and all_.counted is not None and all_.number is not None:
            parts += [all_.counted - share.counted, all_.number - all_.counted - (share.number - share.counted)]
        assert all(part == 0 or part >= 5 for part in parts), (name, key, parts)
        seen += 1
    assert seen > 10
    steps = 0
    for answer in drawn:
        for key, curve in answer.made.items():
            for row in curve.rows:
                assert all(part == 0 or part >= 5 for part in (row.happened, row.gone, row.left)), (key, row)
                steps += 1
            if key[0] in ("form", "gender") and whole in answer.made:
                _nothing_left_over(answer.made[whole].rows, curve.rows)
    assert steps > 20


def _nothing_left_over(whole: list[Any], part: list[Any]) -> None:
    for day in {row.day for row in whole} & {row.day for row in part}:
        for name in ("happened", "gone"):
            over = sum(getattr(r, name) for r in whole if r.day <= day) - sum(
                getattr(r, name) for r in part if r.day <= day
            )
            assert over == 0 or over >= 5, (name, day, over)


def test_a_quantile_and_its_interval_are_told_with_enough_on_both_sides_alone(db: None) -> None:
    Many().write([One(date(2025, 3, 1), met=n + 1) for n in range(9)])
    with taken(Side.COMMON):
        nine = reading.figures(SINCE, UNTIL, 5).spreads["days_to_contact", ("all", "all")]
    assert (nine.number, nine.median, nine.interval, nine.p90) == (9, None, None, None)


def test_the_figures_stand_still_until_a_quarter_ends(people: list[One]) -> None:
    """What happens to one person today can be seen in no figure."""
    assert last_quarter() == UNTIL
    with taken(Side.COMMON):
        before = reading.figures(SINCE, UNTIL, 1), reading.measures(SINCE, UNTIL, 1)
    Many().write([One(date(2026, 10, 5), met=1, stands=((2, "did"),), measures=(("judge", 1),))])
    with taken(Side.COMMON):
        assert (reading.figures(SINCE, UNTIL, 1), reading.measures(SINCE, UNTIL, 1)) == before


# -- Who may ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("side", [Side.DETERMINATION, Side.JUSTICE])
def test_no_other_side_may_ask_the_gates(side: Side, db: None) -> None:
    for call in (
        "guiding_curves('2026-01-01', '2026-12-31', 5, 'lost', '')",
        "guiding_measures('2026-01-01', '2026-12-31')",
    ):
        refused = pytest.raises(ProgrammingError, match="permission denied")
        with taken(side), refused, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {call}")


def test_no_figure_is_of_one_navigator() -> None:
    """No gate reads who guided, who wrote or where; so no page can tell people apart by it."""
    for sql in (functions.CURVES, functions.FIGURES, functions.MEASURES, functions.WELLBEING):
        assert not re.search(r"navigator_id|\bby_id\b|post_id|organisation|region|deputy|assignee", sql)
    assert Role.SUPERVISOR not in STUDIES


def test_only_who_studies_figures_enters(signed_in: Callable[[Post], Client], db: None) -> None:
    addresses = ("/learned/", "/learned/willingness/", "/learned/cost/")
    for role in (Role.ANALYST, Role.ACTION_OWNER):
        client = signed_in(common(role))
        assert [client.get(address).status_code for address in addresses] == [200] * 3
    desk = signed_in(PostFactory(role=Role.NATIONAL_DESK, organisation__kind="national_desk"))
    assert [desk.get(address).status_code for address in addresses] == [200] * 3
    for role in (Role.SUPERVISOR, Role.NAVIGATOR, Role.CARE_COORDINATOR):
        client = signed_in(PostFactory(role=role))
        assert [client.get(address).status_code for address in addresses] == [403] * 3
        assert client.get("/learned/lessons/").status_code == 200


# -- The pages ---------------------------------------------------------------------------------------------------------


def test_a_page_bears_curve_tables_warnings_and_the_same_as_a_file(
    people: list[One], signed_in: Callable[[Post], Client]
) -> None:
    client = signed_in(common())
    client.cookies["django_language"] = "en"
    for key in ("willingness", "contact", "complaint", "lost", "wellbeing", "signs", "again"):
        for by in ("all", "form", "gender", "navigator"):
            with CaptureQueriesContext(connection) as asked:
                answer = client.get(f"/learned/{key}/?by={by}")
            assert answer.status_code == 200
            sent = [q for q in asked if not re.match("BEGIN|COMMIT|SAVEPOINT|RELEASE|SET LOCAL", q["sql"])]
            assert len(sent) <= 10, (key, by, len(sent))
    drawn = client.get("/learned/willingness/?by=form").content.decode()
    assert re.search(r'<path class="line line-2" d="M[\d.]+ [\d.]+H', drawn), "two curves are drawn"
    shown = client.get("/learned/willingness/?by=gender").content.decode()
    assert "“Other” has fewer than 5 people" in shown
    assert "style=" not in shown.split("<main", 1)[1]
    assert "Investigative psychologist" in shown and "Fear of retaliation" in shown
    text = client.get("/learned/willingness/?by=gender&as=csv").content.decode("utf-8-sig")
    assert "Still followed" in text and "Kaplan–Meier" in text and "has fewer than 5 people" in text
    book = load_workbook(io.BytesIO(client.get("/learned/again/?by=navigator&as=xlsx").content))
    cells = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row]
    assert any("“With a navigator”" in cell for cell in cells) and any("by chance" in cell for cell in cells)
    assert client.get("/learned/nonsense/").status_code == 404
    assert client.get("/learned/contact/?years=nonsense&by=navigator").status_code == 200, "a cut it does not have"


def test_a_page_that_has_to_load_much_first_says_so_and_the_answer_follows(
    people: list[One], signed_in: Callable[[Post], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in(common())
    client.get("/learned/willingness/")
    monkeypatch.setattr(pace, "LONG", 0)
    overview = client.get("/learned/").content.decode()
    assert 'hx-get="?shown=1"' in overview and "Iedereen samen" not in overview
    shell = client.get("/learned/willingness/?by=form").content.decode()
    assert 'hx-get="?by=form&amp;shown=1"' in shell and '<path class="line' not in shell
    assert '<path class="line' in client.get("/learned/willingness/?by=form&shown=1").content.decode()
    assert client.get("/learned/willingness/?as=csv")["Content-Type"].startswith("text/csv")


def test_few_and_none_are_said_in_words(signed_in: Callable[[Post], Client], db: None) -> None:
    client = signed_in(common())
    client.cookies["django_language"] = "en"
    assert "Nothing to tell of this period" in client.get("/learned/complaint/").content.decode()
    Many().write([One(date(2025, 3, 1)) for _ in range(3)])
    few = client.get("/learned/contact/").content.decode()
    assert "Too few for a curve" in few and "fewer than 5 people" in few and "&lt;5" in few
    assert "<path" not in few.split("<main", 1)[1].replace('<svg class="icon"', "")


def test_the_cost_is_a_sum_that_anybody_can_do_again(signed_in: Callable[[Post], Client], db: None) -> None:
    client = signed_in(common())
    client.cookies["django_language"] = "en"
    empty = client.get("/learned/cost/").content.decode()
    assert "Result, each year" not in empty and 'value="' not in empty.split('name="persons"')[1][:80]
    asked = "persons=120&months=9&hours=6&rate=80&year=1000&beside=5000&direct=250&margin=10"
    shown = client.get(f"/learned/cost/?{asked}").content.decode()
    # 120 x 9 x 6 = 6480 hours, 6.48 navigators, seven posts; 518,400 + 35,000 + 30,000
    for told in ("6,480", "6.5", "13.9", "€ 518,400", "€ 35,000", "€ 30,000", "€ 583,400", "€ 525,060 – € 641,740"):
        assert told in shown, told
    text = client.get(f"/learned/cost/?{asked}&as=csv").content.decode("utf-8-sig")
    assert "€ 583,400" in text and "A steady state" in text and "Months that one is guided" in text
    wrong = client.get("/learned/cost/?persons=120&months=9&hours=6&rate=80&year=0")
    assert wrong.status_code == 422 and "guides nobody" in wrong.content.decode()


# -- Lessons -----------------------------------------------------------------------------------------------------------

TEXT = {
    "measure": "navigator",
    "title": "Een navigator bij het verhoor geeft rust",
    "tried": "De navigator zat bij het eerste verhoor en maakte vooraf afspraken over pauzes.",
    "seen": "Mensen vertelden meer en hoefden hun verhaal minder vaak te herhalen.",
    "advice": "Weer doen, en de tolk vooraf laten kennismaken.",
}


def test_a_lesson_is_shared_after_somebody_else_approved_it(signed_in: Callable[[Post], Client], db: None) -> None:
    navigator = PostFactory(role=Role.NAVIGATOR)
    desk = PostFactory(role=Role.NATIONAL_DESK, organisation__kind="national_desk")
    police = PostFactory(role=Role.INVESTIGATOR, organisation=OrganisationFactory(side=Side.JUSTICE))
    writer, reader, other = signed_in(navigator), signed_in(desk), signed_in(police)
    made = writer.post("/learned/lessons/new/", TEXT)
    address = made["Location"]
    assert [client.get(address).status_code for client in (writer, reader, other)] == [200, 404, 404]
    assert writer.post(f"{address}approve/", {"version": 1, "nobody": "on"}).status_code == 302
    with taken(Side.CARE):
        assert Lesson.objects.get().state == "draft", "who wrote it cannot approve it"
    writer.post(f"{address}ask/", {"version": 1})
    assert [client.get(address).status_code for client in (reader, signed_in(common()), other)] == [200, 404, 404], (
        "what a navigator wrote stays on the care side until it was read"
    )
    assert reader.post(f"{address}approve/", {"version": 2}).status_code == 422, "read it first"
    reader.post(f"{address}send_back/", {"version": 2, "reason": "De plaats is te herkennen."})
    assert "De plaats is te herkennen." in writer.get(address).content.decode()
    assert writer.post(f"{address}change/", TEXT | {"title": "Een navigator geeft rust"}).status_code == 302
    writer.post(f"{address}ask/", {"version": 4})
    reader.post(f"{address}approve/", {"version": 3, "nobody": "on"})
    assert other.get(address).status_code == 404, "it was another version that was read"
    reader.post(f"{address}approve/", {"version": 5, "nobody": "on"})
    for client in (other, signed_in(common()), writer):
        assert "Een navigator geeft rust" in client.get("/learned/lessons/").content.decode()
    shown = other.get(address).content.decode()
    assert "De plaats is te herkennen." not in shown and str(navigator.user) not in shown
    with taken(Side.CARE):
        acts = list(LessonStep.objects.values_list("act", "user_id"))
    assert [act for act, _ in acts] == ["write", "ask", "send_back", "change", "ask", "approve"]
    assert acts[-1][1] == desk.user_id
    reader.post(f"{address}withdraw/", {"version": 6, "reason": "Er kwam een nieuw inzicht."})
    assert other.get(address).status_code == 404


def test_the_database_shares_nothing_that_its_writer_approved(db: None) -> None:
    post = common()
    wrong = pytest.raises(IntegrityError, match="guiding_lesson_approved_by_another")
    with taken(Side.COMMON), wrong, transaction.atomic():
        Lesson.objects.create(
            side="common", state="shared", writer=post.user, approver=post.user, shared_at=NOW, **TEXT
        )


@pytest.mark.parametrize(
    "piece",
    ["zaak L-2026-000123", "PL0600-2026123456", "mail iemand@voorbeeld.nl", "bel 06 1234 5678", "nummer 123456782",
     "geboren 3 maart 1998", "op 03-03-1998", "wonend 1234 AB", "NL91 ABNA 0417 1643 00", "mevrouw Verzonnen zei",
     "het slachtoffer heet Fatima"],
)  # fmt: skip
def test_what_points_to_a_person_is_refused(piece: str, db: None) -> None:
    form = LessonForm(TEXT | {"seen": f"Dit ging over {piece}.", "no_names": "on"})
    assert not form.is_valid() and list(form.errors) == ["seen"], "and no tick opens it"
    assert LessonForm(TEXT).is_valid(), "while a lesson without it is taken"


def test_what_may_be_a_name_is_asked_about() -> None:
    given = TEXT | {"seen": "Daarna vertelde Fatima meer, ook bij Slachtofferhulp en het OM."}
    asked = LessonForm(given)
    assert not asked.is_valid() and "Fatima" in str(asked.errors["no_names"])
    assert "Slachtofferhulp" not in str(asked.errors) and "OM" not in str(asked.errors)
    assert LessonForm(given | {"no_names": "on"}).is_valid()
