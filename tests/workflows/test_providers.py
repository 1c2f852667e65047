"""The pages for providers: what is asked, who comes and goes, and the bed planner with its moves."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test import Client

from access import clock
from access.models import AccessRecord, Post
from access.roles import Role
from access.wall import Side, taken
from cases.models import Case
from shelters import door, inventory
from shelters.models import Stay, StayPast, Unit
from shelters.planner import moves
from shelters.planner.timeline import DAYS, Window, plan
from tests.factories.access import OrganisationFactory, PostFactory, RegionFactory
from tests.factories.cases import CaseFactory
from tests.factories.shelters import a_unit
from tests.shelters.pages import plain, text
from tests.workflows.conftest import queries
from workflows.engine.models import Notice, Process, StepLog
from workflows.engine.steps import open_process, perform
from workflows.placement.machine import Placement
from workflows.placement.models import PlacementRecord
from workflows.providers.moves import Where, change
from workflows.providers.queries import guests

pytestmark = pytest.mark.django_db
Open = Callable[[Post], Client]


@pytest.fixture
def ark(provider: Post) -> Unit:
    """The provider's unit of two places."""
    found: Unit = Unit.objects.get()
    return found


@pytest.fixture
def coming(offered: Process, provider: Post) -> Process:
    """The provider said yes: somebody is on the way to place 1."""
    return perform(offered.pk, "accept", provider).process


@pytest.fixture
def there(coming: Process, provider: Post) -> Process:
    """Somebody is in place 1, planned until 1 April."""
    perform(coming.pk, "arrive", provider, {"arrived_at": "", "planned_until": "2026-04-01"})
    coming.refresh_from_db()
    return coming


def held(process: Process) -> Any:
    """The row that holds for a process now."""
    return Stay.objects.get(ref=process.pk, period__contains=clock.now())


def send(client: Client, stay: Stay, to: str = "", until: str | None = None, seen: str | None = None) -> Any:
    """What the planner sends when a bar was moved."""
    planned = stay.planned_until.isoformat() if stay.planned_until else ""
    data = {
        "to": to or f"{stay.unit_id}:{stay.place}", "until": planned if until is None else until,
        "seen": moves.mark(stay) if seen is None else seen, "weeks": "2026-03-02",
    }  # fmt: skip
    return client.post(f"/provider/stays/{stay.pk}/", data)


def occupy(unit: Unit, at: datetime) -> Any:
    """Somebody else comes to the lowest free place."""
    ref = uuid4()
    door.hold(unit.pk, ref, at)
    door.arrive(ref, at, None, at)
    return Stay.objects.get(ref=ref)


def test_a_provider_sees_what_is_asked_before_when_and_nothing_of_the_file(
    offered: Process, provider: Post, browser: Open
) -> None:
    page = browser(provider)
    shown, raw = plain(page.get("/provider/")), text(page.get("/provider/"))
    case = Case.objects.get()
    for said in (case.number, "De Ark", "Gender: Woman", "Place for children", "Accept", "Decline"):
        assert said in shown, said
    assert f'href="/process/{offered.pk}/accept/"' in raw and "datetime" in raw
    assert "Zilvermeeuw" not in raw and str(case.pk) not in raw
    assert "Nobody is on the way" in shown and "Nobody plans to leave within 14 days" in shown


def test_what_a_provider_asked_stays_on_its_page_until_it_is_answered(
    offered: Process, provider: Post, coordinator: Post, browser: Open
) -> None:
    page, number = browser(provider), Case.objects.get().number
    perform(offered.pk, "ask_back", provider, {"question": "Is er een hond mee?"})
    shown = plain(page.get("/provider/"))
    for said in ("Waiting for an answer to your question", number, "De Ark", "Is er een hond mee?", "You asked this"):
        assert said in shown, said
    assert "Nothing waits for an answer" in shown and len(queries(page, "/provider/")) <= 10
    assert "Is er een hond mee?" not in plain(browser(PostFactory(role=Role.SHELTER_PROVIDER)).get("/provider/"))
    assert "to your question" not in plain(browser(coordinator).get("/provider/"))
    perform(offered.pk, "answer", coordinator, {"answer": "Nee."})
    assert "to your question" not in plain(page.get("/provider/"))


def test_who_is_coming_and_who_is_leaving(there: Process, provider: Post, ark: Unit, browser: Open) -> None:
    page, number = browser(provider), Case.objects.get().number
    assert number not in plain(page.get("/provider/"))  # leaves in a month
    with clock.at(clock.now() + timedelta(days=17)):
        shown = plain(page.get("/provider/"))
        assert number in shown and "De Ark, place 1" in shown and "should have left" not in shown
    with clock.at(clock.now() + timedelta(days=31)):
        assert "should have left" in plain(page.get("/provider/"))
    inventory.change(ark, {"maximum_stay_days": 9}, since=clock.today())
    with clock.at(clock.now() + timedelta(days=9)):
        assert "longer than the longest stay" in plain(page.get("/provider/"))


def test_of_a_restricted_case_only_that_the_place_is_taken(
    there: Process, provider: Post, ark: Unit, browser: Open
) -> None:
    Process.objects.filter(pk=there.pk).update(restricted=True)
    shown = text(browser(provider).get(f"/provider/units/{ark.pk}/"))
    assert Case.objects.get().number not in shown and "Place 1: Somebody, is here" in shown


def test_a_provider_without_units_is_told_what_to_do(region: Any, care: None, browser: Open) -> None:
    shown = plain(browser(PostFactory(role=Role.SHELTER_PROVIDER, regions=[region])).get("/provider/"))
    assert "No unit of yours is known yet" in shown and "care coordinator" in shown


def test_a_coordinator_sees_the_providers_of_the_own_region(
    offered: Process, coordinator: Post, provider: Post, browser: Open
) -> None:
    a_unit(organisation=provider.organisation, region=RegionFactory(), name="Elders")
    shown = plain(browser(coordinator).get("/provider/"))
    assert "Providers What is asked of the providers in your region" in shown
    assert "Opvang Voorbeeld" in shown and "De Ark" in shown and Case.objects.get().number in shown
    assert "Elders" not in shown


def test_the_planner_shows_stays_and_what_is_out_of_service(
    there: Process, provider: Post, ark: Unit, browser: Open
) -> None:
    today = clock.today()
    inventory.take_out(ark, places=1, since=today + timedelta(days=7), until=today + timedelta(days=9), reason="repair")
    page = browser(provider)
    shown = text(page.get(f"/provider/units/{ark.pk}/"))
    number = Case.objects.get().number
    assert f"Place 1: {number}, is here, from 2 March 2026, until 1 April 2026." in shown
    assert 'bed--there c-1 e-31"' in shown  # 1 April is the 31st day from Monday 2 March
    assert "1 out of service, Repair, from 9 March 2026, usable again on 11 March 2026." in shown
    assert "c-8 e-10" in shown and 'data-place="2" data-free' in shown
    later = text(page.get(f"/provider/units/{ark.pk}/?day=2026-03-25"))
    assert 'data-first="2026-03-23"' in later and 'bed--there is-before c-1 e-10"' in later
    for wrong in ("gisteren", "1800-01-01", "9999-12-31"):
        assert 'data-first="2026-03-02"' in text(page.get(f"/provider/units/{ark.pk}/?day={wrong}"))
    made = page.get(f"/provider/units/{ark.pk}/table/csv/").content.decode("utf-8-sig").splitlines()
    assert made[1].split(";")[:3] == ["1", number, "is here"] and made[2].startswith("2;;free")
    assert page.get(f"/provider/units/{ark.pk}/table/xlsx/").content[:2] == b"PK"
    assert AccessRecord.objects.filter(action="export", object_kind="unit").count() == 2


def test_a_stay_goes_to_another_place_from_now_on(
    there: Process, provider: Post, coordinator: Post, ark: Unit, browser: Open
) -> None:
    page, before = browser(provider), held(there)
    with clock.at(clock.now() + timedelta(days=2)) as later:
        answer = send(page, before, to=f"{ark.pk}:2")
        after = held(there)
        assert answer["Location"] == f"/provider/units/{ark.pk}/?day=2026-03-02#stay-{after.pk}"
        assert (after.place, after.period.lower, after.arrived_at) == (2, later, before.arrived_at)
        assert after.planned_until == before.planned_until
        before.refresh_from_db()
        assert (before.place, before.period.upper) == (1, later)
        assert StayPast.objects.filter(of=before.pk, period__endswith=None, place=1).exists()
        line = StepLog.objects.filter(process=there).latest("pk")
        assert (line.action, line.post_id, line.to_state) == ("other_place", provider.pk, "in_place")
        written = AccessRecord.objects.get(action="write", object_kind="stay", post=provider)
        assert written.subject == Case.objects.get().person_id
        assert "place 2, until 1 April 2026" in plain(page.get(answer["Location"]))
        # The old bar, opened by somebody whose page is old, leads to where the person is now.
        assert page.get(f"/provider/stays/{before.pk}/")["Location"] == f"/provider/stays/{after.pk}/"
    with clock.at(later + timedelta(days=1)):
        perform(there.pk, "leave", coordinator, {"left_to": "family"})
        assert not Stay.objects.filter(ref=there.pk, period__contains=clock.now()).exists()


def test_somebody_who_was_moved_counts_once_in_the_figures_of_a_month(
    there: Process, provider: Post, ark: Unit, browser: Open
) -> None:
    with clock.at(clock.now() + timedelta(days=40)):
        send(browser(provider), held(there), to=f"{ark.pk}:2")
    with connection.cursor() as cursor:
        cursor.execute("SELECT on_day, occupied FROM shelters_series('2026-03-01', '2026-06-30')")
        assert {occupied for day, occupied in cursor.fetchall() if day >= date(2026, 3, 31)} == {1}


def test_the_planned_end_changes_for_the_placement_too(there: Process, provider: Post, browser: Open) -> None:
    page = browser(provider)
    assert send(page, held(there), until="2026-04-20").status_code == 302
    assert held(there).planned_until == PlacementRecord.objects.get().planned_until == date(2026, 4, 20)
    assert StepLog.objects.filter(process=there).latest("pk").facts == {"until": "2026-04-20", "was": "2026-04-01"}
    there.refresh_from_db()
    assert there.due_at is not None and there.due_at.astimezone(clock.AMSTERDAM).date() <= date(2026, 4, 20)
    assert there.due_at > clock.now() + timedelta(days=45)  # the term counts towards the new end
    assert "This day has passed" in plain(send(page, held(there), until="2026-03-01"))
    assert "must be after the arrival" in plain(send(page, held(there), until="2026-03-02"))
    PlacementRecord.objects.update(longest_until=date(2026, 5, 31))
    beyond = send(page, held(there), until="2026-06-01")
    assert beyond.status_code == 422 and "31 May 2026" in plain(beyond)
    assert "lies too far away" in plain(send(page, held(there), until="2062-01-01"))
    assert send(page, held(there), until="").status_code == 302 and held(there).planned_until is None


def test_a_reservation_can_be_moved_and_its_acceptance_and_arrival_follow(
    offered: Process, provider: Post, ark: Unit, browser: Open
) -> None:
    with clock.at(clock.now() + timedelta(minutes=5)):
        before = held(offered)
        assert send(browser(provider), before, to=f"{ark.pk}:2").status_code == 302
        assert held(offered).period.upper == before.period.upper
    with clock.at(clock.now() + timedelta(minutes=9)):
        perform(offered.pk, "accept", provider)
        perform(offered.pk, "arrive", provider, {"arrived_at": "", "planned_until": ""})
        assert (held(offered).place, held(offered).period.upper) == (2, None)


def test_a_place_that_is_taken_refuses_and_shows_how_it_stands(
    there: Process, provider: Post, ark: Unit, browser: Open, monday: datetime
) -> None:
    page, mine = browser(provider), held(there)
    occupy(ark, monday)
    answer = send(page, mine, to=f"{ark.pk}:2")  # the form no longer offers it
    assert answer.status_code == 422 and "not free any more" in plain(answer)
    with pytest.raises(moves.Taken), transaction.atomic():  # and the database refuses it in any case
        moves.move(held(there), ark.pk, 2, clock.now())
    assert held(there) == mine and (held(there).place, held(there).period.upper) == (1, None)
    assert send(page, mine, to=f"{ark.pk}:3").status_code == 422
    assert send(page, mine, until="2026-04-09").status_code == 302
    old = send(page, mine, until="2026-04-10")
    assert old.status_code == 409 and "Somebody else changed this" in plain(old)
    assert 'value="2026-04-09"' in text(old)  # how it stands now


def test_another_unit_of_the_same_provider_when_it_fits(
    there: Process, provider: Post, coordinator: Post, ark: Unit, region: Any, browser: Open
) -> None:
    page, house = browser(provider), provider.organisation
    waiting = open_process(Placement, acting=coordinator, case_id=CaseFactory(region=region).pk, region_id=region.pk)
    perform(waiting.pk, "offer", coordinator, {"unit": str(ark.pk)})
    age = {"age_from": 0, "genders": [], "children": "yes"}
    fits = a_unit(organisation=house, region=region, name="De Boot", places=2, **age)
    strict = a_unit(organisation=house, region=region, name="De Kade", places=2, **age | {"genders": ["man"]})
    full = a_unit(organisation=house, region=region, name="De Wal", places=1, **age)
    other = a_unit(organisation=OrganisationFactory(kind="shelter"), region=region, name="Elders", places=2, **age)
    inventory.take_out(full, places=1, since=clock.today(), until=clock.today() + timedelta(days=3), reason="repair")
    shown = plain(page.get(f"/provider/stays/{held(there).pk}/"))
    assert "Does not fit: Gender" in shown and "Elders" not in shown
    for unit in (strict, full, other):
        assert send(page, held(there), to=f"{unit.pk}:1").status_code == 422, unit
        with pytest.raises(moves.Refused), transaction.atomic():
            change(provider, held(there), moves.mark(held(there)), Where(unit.pk, 1), held(there).planned_until)
    with pytest.raises(moves.Refused), transaction.atomic():  # what is only asked is answered first
        change(provider, held(waiting), moves.mark(held(waiting)), Where(fits.pk, 1), None)
    assert send(page, held(there), to=f"{fits.pk}:2").status_code == 302
    assert (held(there).unit_id, held(there).place) == (fits.pk, 2)
    assert PlacementRecord.objects.get(pk=there.pk).unit_id == fits.pk


def test_others_are_told_of_another_unit_or_end_and_not_of_another_number(
    there: Process, provider: Post, coordinator: Post, ark: Unit, region: Any, browser: Open
) -> None:
    page = browser(provider)
    boat = a_unit(
        organisation=provider.organisation, region=region, name="De Boot", age_from=0, genders=[], children="yes"
    )

    def told(post: Post) -> list[str]:
        rows = Notice.objects.for_post(post).filter(process=there, key__startswith="told:").order_by("pk")
        return [row.key.split(":")[1] for row in rows][before[post.pk] :]

    before: dict[int, int] = {}
    for post in (coordinator, provider):
        before[post.pk] = 0
        before[post.pk] = len(told(post))
    send(page, held(there), to=f"{ark.pk}:2")
    assert told(coordinator) == []
    send(page, held(there), until="2026-04-20")
    send(page, held(there), to=f"{boat.pk}:1")
    assert told(coordinator) == ["placement_planned_end", "placement_other_unit"] and told(provider) == []
    shown = plain(browser(coordinator).get("/notices/"))
    assert "The stay goes on in another unit of the same provider" in shown and "The planned end of a stay" in shown
    send(browser(coordinator), held(there), until="2026-04-21")
    assert told(provider) == ["placement_planned_end"]


def test_two_people_change_places_in_one_act(
    there: Process, case: Any, provider: Post, coordinator: Post, ark: Unit, region: Any, browser: Open
) -> None:
    page = browser(provider)
    second = open_process(Placement, acting=coordinator, case_id=CaseFactory(region=region).pk, region_id=region.pk)
    with clock.at(clock.now() + timedelta(days=2)) as later:
        perform(second.pk, "offer", coordinator, {"unit": str(ark.pk)})
        one, other = held(there), held(second)
        assert {one.place, other.place} == {1, 2} and other.period.upper is not None
        shown = text(page.get(f"/provider/stays/{one.pk}/"))
        code = f"swap:{other.pk}:{moves.mark(other)}"
        assert "Change places with" in shown and code in shown
        assert code in text(page.get(f"/provider/units/{ark.pk}/"))
        assert send(page, one, to=code.replace(":", ";")).status_code == 422
        assert send(page, one, to=code).status_code == 302
        assert (held(there).place, held(second).place, held(second).period.upper) == (2, 1, other.period.upper)
        assert (held(there).period.lower, held(there).planned_until) == (later, one.planned_until)
        for process in (there, second):
            line = StepLog.objects.filter(process=process).latest("pk")
            assert (line.action, line.post_id) == ("other_place", provider.pk)
        # Who comes after one of them keeps the place: then the two stay where they are.
        mine, theirs = held(there), held(second)
        after = DateTimeTZRange(theirs.period.upper, None)
        coming = Stay.objects.create(unit=ark, place=1, period=after, ref=uuid4())
        with pytest.raises(moves.Taken), transaction.atomic():
            moves.swap(mine, theirs, clock.now())
        assert (held(there).place, held(second).place) == (2, 1)
        # And what lies in the future can go elsewhere as well, for all of its time.
        Stay.objects.filter(pk=theirs.pk).update(place=3)
        inventory.change(ark, {"places": 4}, since=clock.today())
        to_come = Stay.objects.get(pk=coming.pk)
        assert send(page, to_come, to=f"{ark.pk}:4").status_code == 302
        to_come.refresh_from_db()
        assert (to_come.place, to_come.period) == (4, after)


def test_nobody_moves_the_guests_of_another_provider(
    there: Process, provider: Post, ark: Unit, region: Any, browser: Open
) -> None:
    rival = browser(PostFactory(role=Role.SHELTER_PROVIDER, regions=[region]))
    mine = held(there)
    for address in (f"units/{ark.pk}/", f"units/{ark.pk}/table/csv/", f"stays/{mine.pk}/"):
        assert rival.get(f"/provider/{address}").status_code == 404
    assert send(rival, mine, to=f"{ark.pk}:2").status_code == 404
    elsewhere = browser(PostFactory(role=Role.CARE_COORDINATOR))
    assert send(elsewhere, mine, to=f"{ark.pk}:2").status_code == 403
    assert held(there).place == 1


def test_the_pages_ask_little_of_the_database_however_many_stay(
    there: Process, provider: Post, coordinator: Post, ark: Unit, region: Any, browser: Open, monday: datetime
) -> None:
    for number in range(4):
        unit = a_unit(organisation=provider.organisation, region=region, name=f"Huis {number}", places=9)
        for _nth in range(6):
            occupy(unit, monday)
    for number in range(3):
        other = CaseFactory(region=region, needs=["children"])
        asked_for = open_process(Placement, acting=coordinator, case_id=other.pk, region_id=region.pk, record={})
        perform(asked_for.pk, "offer", coordinator, {"unit": str(unit.pk)})
        if number:
            perform(asked_for.pk, "accept", provider)
    page = browser(provider)
    for address in ("/provider/", f"/provider/units/{ark.pk}/", f"/provider/stays/{held(there).pk}/"):
        page.get(address)
        asked = queries(page, address)
        assert len(asked) <= 10, (address, "\n".join(asked))


def test_more_places_than_fit_are_counted(provider: Post, region: Any, monday: datetime) -> None:
    large = a_unit(organisation=provider.organisation, region=region, places=200)
    occupy(large, monday)
    made = plan(large, guests(provider), Window.around(clock.today()))
    assert len(made.rows) == 60 and made.left_out == 140 and len(made.window.days) == DAYS


@pytest.mark.django_db(transaction=True)
def test_of_two_who_move_to_the_last_free_place_at_once_one_is_told(transactional_db: None) -> None:
    now = clock.now()
    with taken(Side.CARE), transaction.atomic():
        provider = PostFactory(role=Role.SHELTER_PROVIDER)
        unit = a_unit(organisation=provider.organisation, region=RegionFactory(), places=3)
        stays = [occupy(unit, now), occupy(unit, now)]
    ready, came = threading.Barrier(2), []

    def run(stay: Any) -> None:
        try:
            with taken(Side.CARE), transaction.atomic():
                ready.wait()
                change(provider, stay, moves.mark(stay), Where(unit.pk, 3), None)
            came.append("moved")
        except moves.Taken:
            came.append("told")
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(stay,)) for stay in stays]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(came) == ["moved", "told"]
    with taken(Side.CARE), transaction.atomic():
        assert Stay.objects.filter(place=3, period__contains=clock.now()).count() == 1
        assert Stay.objects.filter(period__contains=clock.now()).count() == 2
