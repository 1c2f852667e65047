"""The administration: who may enter, what is logged, and that nothing of a case is there."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from access import clock
from access.administration import Administered
from access.models import AccessRecord, Change, Deputy, Organisation, Post, Region, User
from access.roles import Role
from access.wall import Side, taken
from access.wall.declaration import Ground, declared
from tests.factories.access import DeputyFactory, OrganisationFactory, PostFactory, RegionFactory, UserFactory
from workflows.engine import terms
from workflows.engine.models import Process, RoutingRule, Term
from workflows.engine.steps import open_process
from workflows.placement.machine import Placement

pytestmark = pytest.mark.django_db

Asks = Callable[[Post], Client]


@pytest.fixture
def administrator() -> Post:
    return PostFactory(role=Role.ADMINISTRATOR)


@pytest.fixture
def client_of(signed_in: Asks, administrator: Post) -> Client:
    return signed_in(administrator)


def common(question: Callable[[], Any]) -> Any:
    """An answer of the common ground."""
    with taken(Side.COMMON), transaction.atomic():
        return question()


def seen(answer: Any) -> str:
    """The mark that a page with an outlook sends back."""
    found = re.search(r'name="seen" value="(\w+)"', answer.content.decode())
    assert found, "the page shows no outlook"
    return found[1]


def agree(client: Client, address: str, data: dict[str, Any]) -> Any:
    """Send a form, look at what it would do, and send it again."""
    looked = client.post(address, data)
    assert looked.status_code == 200
    return client.post(address, {**data, "seen": seen(looked)})


def of_term(**changed: Any) -> dict[str, Any]:
    """What the form of a term asks, filled in."""
    return {
        "amount": 3, "unit": "working_days", "remind_amount": 1, "remind_unit": "working_days", "escalate_amount": 1,
        "escalate_unit": "working_days", "again_amount": 2, "again_unit": "working_days", "before_amounts": "",
        "before_unit": "calendar_days", "source": "Afspraak", "starts_with": "triage",
        "reason": "Triage duurt te lang.", **changed,
    }  # fmt: skip


# -- What is there ---------------------------------------------------------------------------------------------------


def test_no_model_of_the_administration_holds_case_data() -> None:
    """Only tables on the common ground, and the log, which shows only its common rows, no object and no client."""
    registered = dict(admin.site._registry)
    assert {User, Post, Organisation, Deputy, Region, Term, RoutingRule, Change} <= set(registered)
    for model, model_admin in registered.items():
        assert isinstance(model_admin, Administered), f"{model} is registered around our pages"
        if model is AccessRecord:
            assert not {"subject", "object_id", "detail"} & {*model_admin.fields, *model_admin.list_display}
        else:
            assert isinstance(declared(model), Ground), f"{model} does not lie on the common ground"


def test_nothing_can_be_deleted(client_of: Client, administrator: Post) -> None:
    names = {name for pattern in admin.site.get_urls() for name in _names(pattern)}
    assert names and not [name for name in names if "delete" in name]
    for model, model_admin in admin.site._registry.items():
        assert not model_admin.get_actions(client_of.get("/admin/").wsgi_request), model
    assert client_of.post(f"/admin/access/post/{administrator.pk}/delete/").status_code in (302, 404)
    assert client_of.post("/admin/access/post/", {"action": "delete_selected"}).status_code in (200, 302)
    assert common(lambda: Post.objects.filter(pk=administrator.pk).exists())


def _names(pattern: Any) -> list[str]:
    return [
        n for p in getattr(pattern, "url_patterns", [pattern]) for n in ([p.name] if getattr(p, "name", "") else [])
    ]


def test_every_page_of_the_administration_opens(client_of: Client, administrator: Post) -> None:
    RegionFactory(), UserFactory(), DeputyFactory(absent=PostFactory(), deputy=PostFactory())
    opened = 0
    for model, model_admin in admin.site._registry.items():
        assert isinstance(model_admin, Administered)
        client_of.get(model_admin.address("changelist"))  # leaves lines in the logs
        rows = common(lambda m=model: list(m._default_manager.all()[:2]))
        pages = [model_admin.address("changelist"), *(model_admin.address("change", row.pk) for row in rows)]
        pages += [model_admin.address("history", row.pk) for row in rows]
        pages += [model_admin.address("add")] if model_admin.adds else []
        for page in pages:
            answer = client_of.get(page)
            assert answer.status_code == 200, page
            assert 'style="' not in answer.content.decode(), f"{page} holds a style the content policy refuses"
            assert "<script>" not in answer.content.decode(), page
            opened += 1
    assert opened > 25


def test_nobody_else_enters(signed_in: Asks, administrator: Post) -> None:
    for role in set(Role) - {Role.ADMINISTRATOR}:
        client = signed_in(PostFactory(role=role))
        for address in ("/admin/", "/admin/access/user/", f"/admin/access/user/{administrator.user_id}/change/"):
            assert client.get(address).status_code == 403, (role, address)
            assert client.post(address).status_code == 403, (role, address)


def test_a_list_cannot_be_questioned_about_what_it_does_not_offer(client_of: Client) -> None:
    for query in (
        "case__number__startswith=L", "posts__user__password__startswith=x", "process__state=received",
        "user__email__startswith=a",
    ):  # fmt: skip
        for page in ("region", "organisation", "post"):
            answer = client_of.get(f"/admin/access/{page}/?{query}")
            assert answer.status_code in (302, 400), (page, query)


def test_the_access_log_shows_its_common_lines_and_is_logged_itself(client_of: Client, administrator: Post) -> None:
    case_worker = PostFactory()
    with taken(Side.CARE), transaction.atomic():
        AccessRecord.objects.create(
            at=clock.now(), side=Side.CARE, user=case_worker.user, post=case_worker, action="read", object_kind="case",
            access_point="cases:case",
        )  # fmt: skip
    client_of.get("/admin/access/accessrecord/")
    page = client_of.get("/admin/access/accessrecord/").content.decode()
    assert administrator.user.name in page
    assert case_worker.user.name not in page
    assert "gemeenschappelijke" in page
    looked = common(lambda: AccessRecord.objects.filter(object_kind="access.accessrecord").count())
    assert looked == 2


def test_the_logs_are_filtered_by_period_person_and_organisation(client_of: Client, administrator: Post) -> None:
    old = clock.now() - timedelta(days=90)
    with taken(Side.COMMON), transaction.atomic():
        Change.objects.create(at=old, object_kind="access.region", object_key="X", object_name="Oud", reason="toen")
        Change.objects.create(
            at=clock.now(), object_kind="access.region", object_key="X", object_name="Nieuw", reason="nu",
            user=administrator.user, post=administrator,
        )  # fmt: skip
    log = "/admin/access/change/"
    recent, all_of_it = client_of.get(log), client_of.get(f"{log}?from=2000-01-01")
    assert "Nieuw" in recent.content.decode() and "Oud" not in recent.content.decode()
    assert "Oud" in all_of_it.content.decode()
    one_day = client_of.get(f"{log}?from={old:%Y-%m-%d}&until={old + timedelta(days=1):%Y-%m-%d}").content.decode()
    assert "Oud" in one_day and "Nieuw" not in one_day
    theirs = client_of.get(f"{log}?from=2000-01-01&q={administrator.user.name}").content.decode()
    assert "Nieuw" in theirs and "Oud" not in theirs
    there = f"{log}?post-organisation={administrator.organisation_id}"
    assert "Nieuw" in client_of.get(there).content.decode()
    assert "Nieuw" not in client_of.get(f"{log}?post-organisation={OrganisationFactory().pk}").content.decode()
    assert client_of.get(f"{log}?from=gisteren&until=9999-12-31&post-organisation=alles").status_code == 200


@pytest.mark.parametrize("page", ["user", "post", "organisation", "region", "change", "accessrecord", "deputy"])
def test_a_list_takes_at_most_ten_queries(client_of: Client, page: str) -> None:
    region = RegionFactory()
    for _n in range(12):
        PostFactory(regions=[region])
    client_of.get("/admin/")  # prolongs the session, which happens once a minute
    with CaptureQueriesContext(connection) as asked:
        client_of.get(f"/admin/access/{page}/")
    assert len([query for query in asked if "SAVEPOINT" not in query["sql"]]) <= 10


# -- Changes -----------------------------------------------------------------------------------------------------------


def test_a_change_needs_a_reason_and_keeps_what_was_typed(client_of: Client) -> None:
    organisation = OrganisationFactory(name="Opvang De Pier")
    address = reverse("admin:access_organisation_change", args=[organisation.pk])
    data = {"name": "Opvang Het Baken", "kind": "shelter", "side": "care", "active": "on"}
    answer = client_of.post(address, data)
    assert answer.status_code == 200
    assert "Opvang Het Baken" in answer.content.decode()
    assert common(lambda: Organisation.objects.get(pk=organisation.pk).name) == "Opvang De Pier"
    answer = client_of.post(address, {**data, "reason": "Zo heet de organisatie nu."})
    assert answer.status_code == 302
    line = common(Change.objects.select_related("user").get)
    assert line.before == {"name": "Opvang De Pier", "kind": "care_coordination"}
    assert line.after == {"name": "Opvang Het Baken", "kind": "shelter"}
    assert (line.object_kind, line.object_key, line.reason) == (
        "access.organisation", str(organisation.pk), "Zo heet de organisatie nu.",
    )  # fmt: skip
    assert (
        "Zo heet de organisatie nu."
        in client_of.get(reverse("admin:access_organisation_history", args=[organisation.pk])).content.decode()
    )
    assert common(LogEntry.objects.count) == 0, "Django's own log stays empty"


def test_an_organisation_with_posts_stays_on_its_side(client_of: Client, coordinator: Post) -> None:
    organisation = coordinator.organisation
    other = OrganisationFactory(side=Side.JUSTICE)
    address = reverse("admin:access_organisation_change", args=[organisation.pk])
    data = {"name": organisation.name, "kind": "police", "side": "justice", "active": "on", "reason": "Verhuisd."}
    assert "kan niet naar een andere kant" in client_of.post(address, data).content.decode()
    data |= {"side": "care", "kind": organisation.kind, "parent": other.pk}
    assert "andere kant van de muur" in client_of.post(address, data).content.decode()
    data |= {"parent": organisation.pk}
    assert "boven zichzelf" in client_of.post(address, data).content.decode()
    assert common(lambda: Organisation.objects.get(pk=organisation.pk).side) == "care"


def test_a_new_person_gets_a_post_and_a_link(client_of: Client, region: Region, mailoutbox: list[Any]) -> None:
    organisation = OrganisationFactory()
    data = {
        "name": "Noor Voorbeeld", "email": " Noor@Example.invalid", "language": "nl", "reason": "Begint vandaag.",
        "posts-TOTAL_FORMS": 1, "posts-INITIAL_FORMS": 0, "posts-0-role": "care_coordinator",
        "posts-0-organisation": organisation.pk, "posts-0-regions": [region.pk], "posts-0-starts_on": "2026-01-01",
    }  # fmt: skip
    answer = client_of.post(reverse("admin:access_user_add"), data)
    assert answer.status_code == 302, answer.context["errors"]
    user = common(lambda: User.objects.get(email="noor@example.invalid"))
    assert not user.has_usable_password()
    post = common(lambda: Post.objects.get(user=user))
    assert common(lambda: post.region_ids) == {region.pk}
    kinds = common(lambda: set(Change.objects.values_list("object_kind", "reason")))
    assert kinds == {("access.user", "Begint vandaag."), ("access.post", "Begint vandaag.")}
    (mail,) = mailoutbox
    assert mail.to == ["noor@example.invalid"]
    assert "Noor" not in mail.subject + mail.body
    assert "/account/password/reset/key/" in mail.body
    answer = client_of.post(reverse("admin:access_user_add"), {**data, "email": "NOOR@example.invalid"})
    assert "al iemand met dit adres" in answer.content.decode()


def test_a_role_is_not_given_on_the_wrong_side(client_of: Client) -> None:
    police = OrganisationFactory(side=Side.JUSTICE)
    data = {
        "user": UserFactory().pk, "role": "care_coordinator", "organisation": police.pk, "starts_on": "2026-01-01",
        "reason": "Vergissing.",
    }  # fmt: skip
    answer = client_of.post(reverse("admin:access_post_add"), data)
    assert "kan geen rol zijn" in answer.content.decode()
    assert common(lambda: Post.objects.filter(organisation=police).count()) == 0


def test_a_post_that_ends_shows_first_what_goes_back_to_the_queue(
    client_of: Client, coordinator: Post, region: Region
) -> None:
    with taken(Side.CARE), transaction.atomic():
        process = open_process(Placement, acting=coordinator, region_id=region.pk)
        Process.objects.filter(pk=process.pk).update(assignee=coordinator)
    address = reverse("admin:access_post_change", args=[coordinator.pk])
    data = {"regions": [region.pk], "ends_on": "2099-01-01", "reason": "Gaat met pensioen."}
    looked = client_of.post(address, data)
    assert "Zorg: 1 proces" in looked.content.decode()
    assert common(lambda: Post.objects.get(pk=coordinator.pk).ends_on) is None
    assert client_of.post(address, {**data, "seen": seen(looked)}).status_code == 302
    assert common(lambda: Post.objects.get(pk=coordinator.pk).ends_on) == date(2099, 1, 1)
    elsewhere = {**data, "ends_on": "2098-01-01", "seen": seen(looked)}
    assert client_of.post(address, elsewhere).status_code == 200, "another day is looked at anew"


def test_the_post_of_the_last_administrator_does_not_end(client_of: Client, administrator: Post) -> None:
    address = reverse("admin:access_post_change", args=[administrator.pk])
    for day in ("2021-01-01", "2099-01-01"):
        answer = client_of.post(address, {"ends_on": day, "reason": "Klaar."})
        assert "geen beheerder meer" in answer.content.decode()
    organisation = reverse("admin:access_organisation_change", args=[administrator.organisation_id])
    here = administrator.organisation
    data = {"name": here.name, "kind": here.kind, "side": here.side, "reason": "Dicht."}
    assert "geen beheerder meer" in client_of.post(organisation, data).content.decode()
    PostFactory(role=Role.ADMINISTRATOR)
    assert agree(client_of, address, {"ends_on": "2099-01-01", "reason": "Klaar."}).status_code == 302


def test_dates_that_cannot_be_get_a_sentence(client_of: Client, coordinator: Post, region: Region) -> None:
    deputy = {"absent": coordinator.pk, "deputy": coordinator.pk, "starts_on": "2026-02-01", "ends_on": "2026-01-01"}
    page = client_of.post(reverse("admin:access_deputy_add"), {**deputy, "reason": "Verlof."}).content.decode()
    assert "Niemand neemt waar voor zichzelf." in page and "Kies een dag na de eerste." in page
    post = {"regions": [region.pk], "ends_on": "2019-01-01", "reason": "Klaar."}
    page = client_of.post(reverse("admin:access_post_change", args=[coordinator.pk]), post).content.decode()
    assert "eindigt na de dag waarop zij begint" in page
    there = {
        "name": "Elders", "valid_from": "2026-01-01", "valid_until": "2020-01-01", "source": "x", "as_of": "2026-01-01",
        "reason": "Nieuw.",
    }  # fmt: skip
    page = client_of.post(reverse("admin:access_region_change", args=[region.pk]), there).content.decode()
    assert "Kies een dag na de eerste." in page and "ligt in een provincie" in page


def test_who_holds_which_role_where_is_set_once(client_of: Client, coordinator: Post, region: Region) -> None:
    address = reverse("admin:access_post_change", args=[coordinator.pk])
    client_of.post(address, {"role": "administrator", "user": 1, "regions": [region.pk], "reason": "Probeersel."})
    assert common(lambda: Post.objects.get(pk=coordinator.pk).role) == "care_coordinator"


# -- Regions by a list -------------------------------------------------------------------------------------------------

HEAD = "code,name,province,level,source,as_of,note\n"


def _file(text: str) -> Any:
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile("lijst.csv", text.encode(), content_type="text/csv")


def test_a_list_is_looked_at_before_it_is_brought(client_of: Client) -> None:
    address = reverse("admin:access_region_upload")
    text = HEAD + "PV99,Verzonnen,,province,test,2026-01-01,\nVO99,Schijnstad,PV99,care,test,2026-01-01,\n"
    page = client_of.post(address, {"file": _file(text), "reason": "Nieuwe indeling"})
    assert "Schijnstad" in page.content.decode()
    assert common(Region.objects.count) == 0
    agreed = {"agreed": page.context["plan"].mark, "content": page.context["content"], "reason": "Nieuwe indeling"}
    RegionFactory(code="PV99", name="Anders", level="province")
    moved = client_of.post(address, agreed)
    assert moved.status_code == 200 and moved.context["moved"], "the lists changed since: look again"
    agreed["agreed"] = moved.context["plan"].mark
    assert client_of.post(address, agreed).status_code == 302
    assert common(lambda: Region.objects.get(code="VO99").parent.code) == "PV99"
    assert set(common(lambda: list(Change.objects.values_list("reason", flat=True)))) == {"Nieuwe indeling"}


def test_a_list_with_faults_says_where_they_are(client_of: Client) -> None:
    text = HEAD + "VO99,,PV99,care,test,2026-01-01,\n"
    page = client_of.post(reverse("admin:access_region_upload"), {"file": _file(text), "reason": "x"}).content.decode()
    assert "Regel 2, kolom name" in page
    assert common(Region.objects.count) == 0
    large = client_of.post(reverse("admin:access_region_upload"), {"file": _file("x" * 2_000_000), "reason": "x"})
    assert "groter dan 1 MB" in large.content.decode()


# -- Terms and rules ---------------------------------------------------------------------------------------------------


def _triage() -> Term:
    found: Term = common(lambda: Term.objects.get(key="referral.triage"))
    return found


def test_a_term_is_followed_by_a_new_version_and_what_runs_keeps_the_old(
    client_of: Client, coordinator: Post, region: Region
) -> None:
    old = common(lambda: Term.objects.get(key="placement.requested"))
    with taken(Side.CARE), transaction.atomic():
        process = open_process(Placement, acting=coordinator, region_id=region.pk)
    address = reverse("admin:engine_term_change", args=[old.pk])
    data = of_term(amount=9, unit="hours", before_amounts="30,14")
    looked = client_of.post(address, data)
    assert "1 proces loopt onder de oude versie en houdt die." in looked.content.decode()
    assert client_of.post(address, {**data, "seen": seen(looked)}).status_code == 302
    versions = common(lambda: list(Term.objects.filter(key=old.key)))
    assert [(v.amount, v.unit) for v in versions] == [(9, "hours"), (old.amount, old.unit)]
    assert [v.before_amounts for v in versions] == [[30, 14], []]
    with taken(Side.CARE), transaction.atomic():
        assert Process.objects.get(pk=process.pk).term_id == old.pk
        assert terms.current(old.key, clock.now()).amount == 9
    line = common(lambda: Change.objects.get(object_kind="engine.term"))
    assert (line.object_key, line.after["amount"]) == (old.key, 9)
    page = client_of.get(reverse("admin:engine_term_change", args=[old.pk]))
    assert "geldt niet meer" in page.content.decode(), "what held before is history"
    assert client_of.post(address, data).status_code == 403


def test_a_planned_version_is_mended_until_it_begins(client_of: Client) -> None:
    old = _triage()
    address = reverse("admin:engine_term_change", args=[old.pk])
    assert agree(client_of, address, of_term(valid_from="2099-01-01T00:00")).status_code == 302
    planned = common(lambda: Term.objects.get(key=old.key, amount=3))
    later = reverse("admin:engine_term_change", args=[planned.pk])
    assert agree(client_of, later, of_term(amount=4, valid_from="2098-01-01T00:00")).status_code == 302
    assert common(lambda: [t.amount for t in Term.objects.filter(key=old.key)]) == [4, old.amount]
    with clock.at(clock.now()) as now:
        assert common(lambda: terms.current(old.key, now).pk) == old.pk


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"amount": 0}, "Minstens 1"),
        ({"amount": 30000, "unit": "months"}, "Hoogstens 120"),
        ({"before_amounts": "30000"}, "Hoogstens 3660"),
        ({"before_amounts": "dertig"}, "geheel getal"),
        ({"valid_from": "2020-01-01T00:00"}, "nog moet komen"),
        ({"source": ""}, "verplicht"),
        ({"amount": "veel"}, "geheel getal"),
    ],
)
def test_a_term_that_cannot_be_is_refused(client_of: Client, changed: dict[str, Any], sentence: str) -> None:
    answer = client_of.post(reverse("admin:engine_term_change", args=[_triage().pk]), of_term(**changed))
    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert common(lambda: Term.objects.filter(key="referral.triage").count()) == 1


def of_rule(**changed: Any) -> dict[str, Any]:
    """What the form of a rule asks, filled in."""
    return {
        "kind": "placement", "state": "", "role": "care_coordinator", "tier": 10, "active": "on",
        "reason": "Zo afgesproken.", **changed,
    }  # fmt: skip


def test_a_rule_shows_who_would_get_what_and_counts_its_versions(
    client_of: Client, coordinator: Post, region: Region
) -> None:
    other = PostFactory(role=Role.CARE_COORDINATOR, regions=[region]).organisation
    with taken(Side.CARE), transaction.atomic():
        process = open_process(Placement, acting=coordinator, region_id=region.pk)
    data = of_rule(region=region.pk, organisation=other.pk)
    looked = client_of.post(reverse("admin:engine_routingrule_add"), data)
    page = looked.content.decode()
    assert coordinator.organisation.name in page and other.name in page
    assert str(process.pk)[:8] in page
    assert client_of.post(reverse("admin:engine_routingrule_add"), {**data, "seen": seen(looked)}).status_code == 302
    rule = common(RoutingRule.objects.get)
    assert rule.version == 1
    address = reverse("admin:engine_routingrule_change", args=[rule.pk])
    assert agree(client_of, address, {**data, "tier": 5}).status_code == 302
    assert agree(client_of, address, {**data, "tier": 5, "active": ""}).status_code == 302
    rule = common(RoutingRule.objects.get)
    assert (rule.version, rule.active) == (3, False)
    kept = common(
        lambda: list(Change.objects.filter(object_key=str(rule.pk)).order_by("pk").values_list("before", "after"))
    )
    assert kept[1] == ({"tier": 10, "version": 1}, {"tier": 5, "version": 2})
    assert kept[2] == ({"active": True, "version": 2}, {"active": False, "version": 3})


def test_work_that_lies_elsewhere_is_routed_anew_by_an_act_of_its_own(
    client_of: Client, coordinator: Post, region: Region
) -> None:
    other = PostFactory(role=Role.CARE_COORDINATOR, regions=[region]).organisation
    with taken(Side.CARE), transaction.atomic():
        free, kept = (open_process(Placement, acting=coordinator, region_id=region.pk) for _n in range(2))
        Process.objects.filter(pk=kept.pk).update(assignee=coordinator)
    data = of_rule(region=region.pk, organisation=other.pk)
    assert agree(client_of, reverse("admin:engine_routingrule_add"), data).status_code == 302
    address = reverse("admin:engine_routingrule_reroute", args=[common(RoutingRule.objects.get).pk])
    assert "Zorg: 1 proces" in client_of.get(address).content.decode()
    assert client_of.post(address, {"reason": ""}).status_code == 200
    assert client_of.post(address, {"reason": "Overgedragen per vandaag."}).status_code == 302
    with taken(Side.CARE), transaction.atomic():
        assert Process.objects.get(pk=free.pk).owner_organisation_id == other.pk
        assert Process.objects.get(pk=kept.pk).owner_organisation_id == coordinator.organisation_id
    assert common(lambda: Change.objects.order_by("-pk")[0].after) == {"rerouted": 1}


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"kind": "wandeling"}, "geen beschikbare keuze"),
        ({"state": "triage"}, "geen stand van het proces"),
        ({"role": "prosecutor"}, "bestaat niet aan de kant"),
        ({"tier": -1}, "0"),
    ],
)
def test_a_rule_that_cannot_be_is_refused(client_of: Client, changed: dict[str, Any], sentence: str) -> None:
    answer = client_of.post(reverse("admin:engine_routingrule_add"), of_rule(**changed))
    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert common(RoutingRule.objects.count) == 0


def test_a_rule_never_leads_over_the_wall(client_of: Client) -> None:
    police = OrganisationFactory(side=Side.JUSTICE)
    answer = client_of.post(reverse("admin:engine_routingrule_add"), of_rule(organisation=police.pk))
    assert "andere kant van de muur" in answer.content.decode()


def test_the_log_of_changes_holds_no_secret(client_of: Client, administrator: Post) -> None:
    user = UserFactory()
    address = reverse("admin:access_user_change", args=[user.pk])
    data = {
        "name": "Anders", "email": user.email, "language": "en", "reason": "Naam gewijzigd.",
        "posts-TOTAL_FORMS": 0, "posts-INITIAL_FORMS": 0,
    }  # fmt: skip
    assert client_of.post(address, data).status_code == 302
    line = common(lambda: Change.objects.get(object_key=str(user.pk)))
    assert "password" not in json.dumps([line.before, line.after])
    assert line.after == {"name": "Anders", "language": "en"}
