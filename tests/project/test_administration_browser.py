"""The administration as an administrator meets it: looks, keyboard, the content policy, and three whole changes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.contrib import admin
from django.db import transaction
from playwright.sync_api import Browser, BrowserContext, Page, expect

from access import regions
from access.administration import Administered
from access.models import Change, Post, Region
from access.roles import Role
from access.wall import Side, taken
from tests import browser as browsing
from tests.factories.access import DeputyFactory, OrganisationFactory, PostFactory
from workflows.engine.models import Process, RoutingRule, Term
from workflows.engine.steps import open_process
from workflows.placement.machine import Placement

pytestmark = browsing.IN_BROWSER


@pytest.fixture
def region(transactional_db: None) -> Region:
    regions.load_builtin()
    with taken(Side.COMMON), transaction.atomic():
        return Region.objects.get(code="VO17")


@pytest.fixture
def administrator(region: Region) -> Post:
    post: Post = PostFactory(role=Role.ADMINISTRATOR, user__name="Bo Beheer", organisation__name="Beheer Loods")
    browsing.known(post)
    return post


@pytest.fixture
def coordinator(region: Region) -> Post:
    """A coordinator who has taken two placements."""
    there = OrganisationFactory(name="Zorgcoördinatie Groningen (verzonnen)")
    post: Post = PostFactory(user__name="Noor Voorbeeld", regions=[region], organisation=there)
    with taken(Side.CARE), transaction.atomic():
        for _n in range(2):
            process = open_process(Placement, acting=post, region_id=region.pk)
            Process.objects.filter(pk=process.pk).update(assignee=post)
    return post


def signed_in(context: BrowserContext, post: Post) -> Page:
    page = context.new_page()
    page.goto("/account/login/?next=/admin/")
    browsing.sign_in(page, post.user.email)
    page.wait_for_url("**/admin/")
    return page


@pytest.fixture
def context(chromium: Browser, site: str) -> Iterator[BrowserContext]:
    context = chromium.new_context(viewport=browsing.WIDE, locale="nl-NL", base_url=site)  # type: ignore[arg-type]
    heard = browsing.complaints(context)
    yield context
    context.close()
    assert heard == []


def why(page: Page, text: str) -> None:
    """Say why, and send the form."""
    page.get_by_label("Reden").fill(text)
    page.get_by_role("button", name="Opslaan").click()


@pytest.fixture
def terms_as_they_were(transactional_db: None) -> Iterator[None]:
    """Terms stay in the database between tests: a version that a test made is taken away again."""
    with taken(Side.COMMON), transaction.atomic():
        before = set(Term.objects.values_list("pk", flat=True))
    yield
    with taken(Side.COMMON), transaction.atomic():
        Term.objects.exclude(pk__in=before).delete()


@pytest.mark.usefixtures("terms_as_they_were")
def test_a_term_is_changed_after_a_look(context: BrowserContext, administrator: Post, coordinator: Post) -> None:
    page = signed_in(context, administrator)
    page.get_by_role("link", name="Termijnen").click()
    page.get_by_role("link", name="Plaatsing: Gevraagd", exact=True).click()
    page.get_by_label("Termijn", exact=True).fill("3")
    page.get_by_role("button", name="Opslaan").click()
    expect(page.get_by_label("Termijn", exact=True)).to_have_value("3")
    expect(page.locator(".error-summary")).to_contain_text("Reden")
    why(page, "De praktijk vraagt meer tijd.")
    expect(page.locator("#outlook")).to_contain_text("2 processen lopen onder de oude versie en houden die.")
    page.get_by_role("button", name="Gezien: opslaan").click()
    expect(page.locator("#messages")).to_contain_text("gewijzigd")
    with taken(Side.COMMON), transaction.atomic():
        assert Term.objects.filter(key="placement.requested").count() == 2
        assert Change.objects.get(object_kind="engine.term").reason == "De praktijk vraagt meer tijd."


def test_a_routing_rule_is_changed_after_a_look(
    context: BrowserContext, administrator: Post, coordinator: Post, region: Region
) -> None:
    other = OrganisationFactory(name="Zorgcoördinatie Noord (verzonnen)")
    PostFactory(regions=[region], organisation=other)
    with taken(Side.COMMON), transaction.atomic():
        rule = RoutingRule.objects.create(kind="placement", region=region, role=Role.CARE_COORDINATOR, tier=20)
    page = signed_in(context, administrator)
    page.goto(f"/admin/engine/routingrule/{rule.pk}/change/")
    page.locator("#id_organisation").select_option(label="Zorgcoördinatie Noord (verzonnen)")
    why(page, "Noord doet dit voortaan.")
    look = page.locator("#outlook")
    expect(look).to_contain_text("Van 2 open processen zouden er 2 naar iemand anders gaan")
    expect(look).to_contain_text("Zorgcoördinatie Groningen (verzonnen)")
    expect(look).to_contain_text("Zorgcoördinatie Noord (verzonnen)")
    page.get_by_role("button", name="Gezien: opslaan").click()
    expect(page.locator("#messages")).to_contain_text("gewijzigd")
    with taken(Side.COMMON), transaction.atomic():
        changed = RoutingRule.objects.get()
        assert (changed.version, changed.organisation_id) == (2, other.pk)


def test_somebody_who_leaves_loses_access(context: BrowserContext, administrator: Post, coordinator: Post) -> None:
    page = signed_in(context, administrator)
    page.get_by_role("link", name="Personen", exact=True).click()
    page.get_by_role("link", name="Noor Voorbeeld").click()
    page.get_by_role("link", name="Toegang beëindigen").click()
    expect(page.locator("main")).to_contain_text("Zorg: 2 processen")
    page.get_by_label("Reden").fill("Werkt hier niet meer.")
    page.get_by_role("button", name="Toegang beëindigen").click()
    expect(page.locator("#messages")).to_contain_text("Noor Voorbeeld heeft geen toegang meer.")
    expect(page.locator("main")).to_contain_text("Deze persoon heeft geen toegang.")


def test_everything_can_be_done_with_the_keyboard(
    context: BrowserContext, administrator: Post, coordinator: Post
) -> None:
    page = signed_in(context, administrator)
    page.goto(f"/admin/access/organisation/{coordinator.organisation_id}/change/")
    page.locator("#id_name").focus()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("Zorgcoördinatie Ommelanden (verzonnen)")
    for _n in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "reason":
            break
    page.keyboard.type("Nieuwe naam.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#messages")).to_contain_text("Ommelanden")


def test_every_page_is_accessible_and_keeps_the_content_policy(
    context: BrowserContext, administrator: Post, coordinator: Post
) -> None:
    DeputyFactory(absent=coordinator, deputy=PostFactory())
    heard = browsing.complaints(context)
    page, seen = signed_in(context, administrator), 0
    for path in pages():
        answer = page.goto(path)
        assert answer is not None and answer.status == 200, path
        # Every kind of page is there for many models: they take the looks by turns.
        assert browsing.unfit(page, looks=[browsing.LOOKS[seen % 2]]) == [], path
        seen += 1
    assert seen > 20
    assert heard == []


def pages() -> list[str]:
    """Every kind of page of the administration, each model's list, form and an example of its rows."""
    found = ["/admin/", "/admin/access/region/list/", "/access/clock/"]
    with taken(Side.COMMON), transaction.atomic():
        for model, model_admin in admin.site._registry.items():
            assert isinstance(model_admin, Administered)
            found.append(model_admin.address("changelist"))
            found += [model_admin.address("add")] if model_admin.adds else []
            row = model._default_manager.first()
            if row is not None:
                found.append(model_admin.address("change", row.pk))
                history = model_admin.address("history", row.pk)
        leaver = Post.objects.get(user__name="Noor Voorbeeld")
        found.append(f"/admin/access/user/{leaver.user_id}/deactivate/")
    return [*found, history]
