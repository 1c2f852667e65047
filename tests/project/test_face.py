"""The face: words for moments, components, forms, navigation, the way out, the time-out with the typed text kept."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django import forms
from django.conf import settings
from django.contrib.sessions.models import Session
from django.contrib.staticfiles import finders
from django.core.files.storage import FileSystemStorage
from django.db import transaction
from django.template import Context, RequestContext, Template
from django.test import Client, RequestFactory
from django.utils import translation
from playwright.sync_api import Browser, BrowserContext, Page, expect

from access import clock
from access.models import Organisation, Post, User
from access.roles import Role
from access.wall import Side, taken
from project.face import checks, icons, nav, packages, times
from project.face.templatetags.loods import STATUS, initials
from tests import browser as browsing
from tests.conftest import https_client
from tests.factories.access import PostFactory, UserFactory

NOW = datetime(2026, 11, 26, 9, 0, tzinfo=UTC)  # a Thursday, 10:00 in Amsterdam
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PASSWORD = "zeven-meeuwen-op-de-pier"


def render(text: str, **values: Any) -> str:
    return Template("{% load loods %}" + text).render(Context(values))


# -- Moments in words --------------------------------------------
@pytest.mark.parametrize(
    ("value", "kind", "dutch", "english"),
    [
        (NOW - timedelta(minutes=20), "overdue", "20 minuten te laat", "20 minutes late"),
        (NOW - 5 * HOUR, "overdue", "5 uur te laat", "5 hours late"),
        (NOW - 3 * DAY, "overdue", "3 dagen te laat", "3 days late"),
        (datetime(2026, 11, 25, 22, 59, 59, tzinfo=UTC), "overdue", "1 dag te laat", "1 day late"),
        (date(2026, 11, 25), "overdue", "1 dag te laat", "1 day late"),
        (NOW + 6 * HOUR, "today", "vandaag 16:00", "today 16:00"),
        (datetime(2026, 11, 26, 22, 59, 59, tzinfo=UTC), "today", "vandaag", "today"),
        (date(2026, 11, 26), "today", "vandaag", "today"),
        (NOW + DAY, "soon", "morgen 10:00", "tomorrow 10:00"),
        (date(2026, 11, 28), "soon", "over 2 dagen", "in 2 days"),
        (date(2026, 12, 3), "later", "do 3 dec", "thu 3 dec"),
        (date(2027, 2, 1), "later", "1 feb 2027", "1 feb 2027"),
    ],
)
def test_a_term_is_told_in_words(value: date, kind: str, dutch: str, english: str) -> None:
    for language, text in (("nl", dutch), ("en", english)):
        with translation.override(language):
            words = times.due(value, NOW)
            assert (words.kind, words.text) == (kind, text)


def test_a_term_counts_days_as_the_netherlands_does() -> None:
    just_past_midnight = datetime(2026, 11, 26, 23, 30, tzinfo=UTC)  # 27 November in Amsterdam
    with translation.override("nl"):
        assert times.due(just_past_midnight, NOW).text == "morgen 00:30"
        assert times.due(just_past_midnight, NOW).full == "vrijdag 27 november 2026 00:30"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (NOW, "zojuist"),
        (NOW - timedelta(minutes=12), "12 minuten geleden"),
        (NOW - 2 * HOUR, "vandaag 08:00"),
        (NOW - DAY, "gisteren 10:00"),
        (NOW - 4 * DAY, "zo 22 nov 10:00"),
        (NOW - 40 * DAY, "za 17 okt"),
        (NOW + DAY, "morgen 10:00"),
        (date(2026, 11, 26), "vandaag"),
    ],
)
def test_the_past_is_told_in_words(value: date, text: str) -> None:
    with translation.override("nl"):
        assert times.when(value, NOW).text == text


def test_waiting_is_told_in_days() -> None:
    with translation.override("nl"):
        assert times.waited(NOW - 9 * DAY, NOW) == "9 dagen"
        assert times.waited(NOW - 5 * HOUR, NOW) == "5 uur"


# -- Tags and components -----------------------------------------
def test_a_due_badge_has_icon_words_and_the_exact_moment() -> None:
    with clock.at(NOW), translation.override("nl"):
        html = render("{% due value %}", value=NOW - 3 * DAY)
        assert "#alert" in html
        assert "3 dagen te laat" in html
        assert 'datetime="2026-11-23T10:00:00+01:00"' in html
        assert 'title="maandag 23 november 2026 10:00"' in html
        assert "Gepauzeerd" in render("{% due value paused=True %}", value=NOW)
        assert "badge--emergency" in render("{% due value emergency=True %}", value=NOW - HOUR)
        assert "badge--soon" in render("{% due value emergency=True %}", value=NOW + DAY)
        assert render("{% due value %}", value=None) == ""


def test_every_kind_of_badge_has_an_icon_that_exists() -> None:
    assert {picture for picture, _words in STATUS.values()} <= icons.names()


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Noor van den Berg", "NB"),
        ("Sem", "S"),
        ("Anne-Marie de Wit", "AW"),
        ("", ""),
        ("örjan Åkerman", "ÖÅ"[1:]),
        ("(leeg)", ""),
    ],
)
def test_initials_take_the_first_and_the_last_name(name: str, letters: str) -> None:
    assert initials(name) == letters


def test_a_component_sees_only_what_it_is_given() -> None:
    html = render('{% component "card" %}<p>{{ title }}</p>{% endcomponent %}', title="of the page")
    assert "<h2" not in html
    assert "<p>of the page</p>" in html


def test_a_component_has_slots_and_escapes_what_it_is_given() -> None:
    html = render(
        '{% component "card" title=t %}body{% fill "actions" %}<b>act</b>{% endfill %}{% endcomponent %}', t="<i>"
    )
    assert "&lt;i&gt;" in html
    assert '<footer class="card-foot"><b>act</b></footer>' in html


def test_a_sorted_column_says_so_and_turns_around() -> None:
    def head(query: str) -> str:
        return Template('{% load loods %}{% sort_header "due" "By when" %}').render(
            RequestContext(RequestFactory().get(f"/?{query}"))
        )

    assert "aria-sort" not in head("q=a")
    assert 'aria-sort="ascending"' in head("sort=due")
    assert "?sort=-due" in head("sort=due&after=9")
    assert 'aria-sort="descending"' in head("sort=-due")


def test_templates_have_no_inline_code_and_no_unknown_icon() -> None:
    assert checks.templates_are_clean(None) == []


def test_the_check_finds_inline_style_and_unknown_icons(tmp_path: Path, settings: Any) -> None:
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "bad.html").write_text(
        """<p style="color:red">{% icon "unicorn" %}</p><b onclick="x()">"""
    )
    settings.BASE_DIR = tmp_path
    assert [fault.id for fault in checks.templates_are_clean(None)] == ["face.E001", "face.E002"]


def test_every_token_for_the_design_system_is_one_that_its_components_know() -> None:
    css = (Path(settings.BASE_DIR) / "static" / "css" / "tokens.css").read_text()
    set_here = re.findall(r"^\s*(--utrecht-[a-z0-9-]+):", css, re.MULTILINE)
    known = set(re.findall(r"--utrecht-[a-z0-9-]+", "".join(path.read_text() for path in packages.sources())))
    assert [name for name in set_here if name not in known] == []


# -- Forms -------------------------------------------------------
class Intake(forms.Form):
    alias = forms.CharField(help_text="Never the real name.")
    born = forms.DateField(required=False)
    forms_of = forms.MultipleChoiceField(
        choices=[("a", "A"), ("b", "B")], widget=forms.CheckboxSelectMultiple, required=False
    )
    place = forms.ChoiceField(choices=[(str(n), f"Place {n}") for n in range(20)], required=False)


@pytest.mark.parametrize("typed", ["31-12-2001", "31/12/2001", "31.12.2001", "31 12 2001", "2001-12-31", "31-12-01"])
def test_dates_are_read_as_dutch_people_type_them(typed: str) -> None:
    for language in ("nl", "en"):
        with translation.override(language):
            form = Intake({"alias": "x", "born": typed})
            assert form.is_valid()
            assert form.cleaned_data["born"] == date(2001, 12, 31)


def test_a_date_is_a_native_field_unless_what_was_typed_cannot_be_shown_in_it() -> None:
    assert 'type="date" name="born" value="2001-12-31"' in str(Intake(initial={"born": date(2001, 12, 31)})["born"])
    assert 'type="text" name="born" value="31-02-2001"' in str(Intake({"born": "31-02-2001"})["born"])


def test_mistakes_stand_on_top_with_links_and_at_the_field() -> None:
    html = str(Intake({"alias": "", "born": "x"}))
    assert 'role="alert"' in html
    assert '<a href="#id_alias">' in html
    assert 'aria-describedby="id_alias_helptext id_alias_error"' in html
    assert 'id="id_alias_helptext"' in html
    assert 'id="id_alias_error"' in html
    assert 'aria-invalid="true"' in html


def test_controls_carry_the_class_of_their_component() -> None:
    html = str(Intake())
    assert 'class="utrecht-textbox utrecht-textbox--html-input"' in html
    assert html.count("utrecht-checkbox--html-input") == 2
    assert "data-search" in html  # twenty places are too many to scroll through


# -- Navigation --------------------------------------------------
def test_navigation_shows_what_a_role_may_and_marks_where_one_is(settings: Any, rf: RequestFactory) -> None:
    settings.LOODS_NAV = [
        {"url": "face:about", "label": "About", "icon": "info"},
        {"url": "face:styleguide", "label": "Guide", "icon": "route", "roles": ["supervisor"]},
        {"url": "nowhere:at_all", "label": "Nowhere"},
    ]
    request = rf.get("/about/")
    assert nav.items(request) == []
    request.acting = Post(role=Role.CASEWORKER, organisation=Organisation(side=Side.CARE))  # type: ignore[attr-defined]
    assert [(item.label, item.current) for item in nav.items(request)] == [("About", True)]
    request.acting = Post(role=Role.SUPERVISOR)  # type: ignore[attr-defined]
    assert [item.label for item in nav.items(request)] == ["About", "Guide"]


def test_navigation_leads_to_no_closed_door(settings: Any, rf: RequestFactory) -> None:
    settings.LOODS_NAV = [{"url": "cases:list", "label": "Cases"}]
    request = rf.get("/")
    request.acting = Post(role=Role.CASEWORKER, organisation=Organisation(side=Side.CARE))  # type: ignore[attr-defined]
    assert [item.label for item in nav.items(request)] == ["Cases"]
    request.acting = Post(role=Role.PROSECUTOR, organisation=Organisation(side=Side.JUSTICE))  # type: ignore[attr-defined]
    assert nav.items(request) == []


def test_every_entry_of_the_navigation_leads_somewhere() -> None:
    assert checks.navigation_leads_somewhere(None) == []


# -- Packages ----------------------------------------------------
def test_the_lock_of_the_packages_names_no_host() -> None:
    lock = (Path(settings.BASE_DIR) / "package-lock.json").read_text()
    assert "://" not in lock
    assert all("integrity" in entry for path, entry in json.loads(lock)["packages"].items() if path)


def test_the_finder_serves_the_joined_style_sheet_and_its_letters() -> None:
    path = finders.find(packages.BUNDLE)
    assert isinstance(path, str)
    css = Path(path).read_text()
    assert ".utrecht-button" in css
    assert finders.find("vendor/files/source-sans-3-latin-wght-normal.woff2")
    listed = dict(packages.PackageFinder().list([]))
    assert packages.BUNDLE in listed
    assert all(isinstance(storage, FileSystemStorage) for storage in listed.values())


def test_missing_packages_are_said_and_harm_nothing(settings: Any, tmp_path: Path) -> None:
    settings.LOODS_NODE_MODULES = tmp_path
    assert [fault.id for fault in checks.packages_are_there(None)] == ["face.W001"]
    assert packages.PackageFinder().find(packages.BUNDLE) == []
    assert list(packages.PackageFinder().list([])) == []


# -- Pages -------------------------------------------------------
@pytest.fixture
def person(db: None) -> User:
    user: User = UserFactory(email="noor@example.invalid", name="Noor van den Berg")
    with taken(Side.COMMON), transaction.atomic():
        user.set_password(PASSWORD)
        user.save()
    user.only_post = PostFactory(user=user, role=Role.CARE_COORDINATOR)  # type: ignore[attr-defined]
    return user


@pytest.fixture
def client_of(signed_in: Callable[[Post], Client], person: User) -> Client:
    """A client in which that person is signed in."""
    return signed_in(person.only_post)  # type: ignore[attr-defined]


def test_the_policy_allows_our_own_files_alone(db: None) -> None:
    policy = https_client().get("/about/")["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize(
    "path", ["/about/", "/accessibility/", "/account/login/", "/account/password/reset/", "/nowhere/"]
)
def test_titles_are_neutral_and_pages_speak_dutch(db: None, path: str) -> None:
    html = https_client().get(path).content.decode()
    assert "<title>Loods – " in html
    assert '<html lang="nl"' in html


def test_english_is_one_button_away(client_of: Client) -> None:
    client_of.post("/i18n/setlang/", {"language": "en", "next": "/about/"})
    assert "About Loods and its sources" in client_of.get("/about/").content.decode()


def test_light_or_dark_is_chosen_by_the_server_so_that_nothing_flashes(client_of: Client) -> None:
    assert "data-theme" not in client_of.get("/about/").content.decode()
    answer = client_of.post("/preferences/", {"theme": "dark", "next": "/about/"})
    assert (answer.status_code, answer["Location"]) == (302, "/about/")
    assert 'data-theme="dark"' in client_of.get("/about/").content.decode()
    client_of.post("/preferences/", {"theme": "pink"})
    assert 'data-theme="dark"' in client_of.get("/about/").content.decode()


def test_preferences_lead_back_to_us_alone(client_of: Client) -> None:
    assert client_of.post("/preferences/", {"theme": "dark", "next": "https://example.org/"})["Location"] == "/"


def test_shortcuts_can_be_switched_off(client_of: Client, person: User) -> None:
    assert 'data-shortcuts="on"' in client_of.get("/about/").content.decode()
    client_of.post("/preferences/", {"shortcuts": "off"})
    assert 'data-shortcuts="off"' in client_of.get("/about/").content.decode()


def test_the_way_out_signs_out_whatever_happens(client_of: Client) -> None:
    assert client_of.get("/here/").status_code == 204
    answer = Client(enforce_csrf_checks=True).post("/exit/", secure=True)
    assert answer.status_code == 200
    answer = client_of.post("/exit/")
    assert answer["Refresh"] == f"0; url={settings.LOODS_QUICK_EXIT_URL}"
    assert answer["Clear-Site-Data"] == '"storage"'
    assert "Loods" not in answer.content.decode()
    assert client_of.get("/here/").status_code == 401


def test_the_key_of_drafts_is_one_persons_own(client_of: Client, signed_in: Callable[[Post], Client]) -> None:
    first = client_of.get("/draft-key/").json()["key"]
    assert first == client_of.get("/draft-key/").json()["key"]
    other = signed_in(PostFactory())
    assert other.get("/draft-key/").json()["key"] != first
    assert https_client().get("/draft-key/").status_code == 401


def test_hidden_and_absent_say_the_same() -> None:
    templates = Path(settings.BASE_DIR) / "templates"
    assert (templates / "403.html").read_text() == (templates / "404.html").read_text()


def test_the_pages_for_the_worst_need_nothing() -> None:
    from django.template.loader import render_to_string

    for page in ("500.html", "503.html"):
        with translation.override("nl"):
            assert "half opgeslagen" in render_to_string(page)


def test_a_form_that_was_open_too_long_gets_a_sentence(person: User) -> None:
    client = Client(enforce_csrf_checks=True, headers={"host": "localhost"})
    answer = client.post("/preferences/", {"theme": "dark"}, secure=True)
    assert answer.status_code == 403
    assert "Deze pagina stond te lang open" in answer.content.decode()


def test_the_style_guide_is_not_there_in_production(db: None, settings: Any) -> None:
    settings.DEMO = settings.DEBUG = False
    assert https_client().get("/styleguide/").status_code == 404


# -- In the browser ----------------------------------------------
in_browser = browsing.IN_BROWSER


@pytest.fixture
def context(chromium: Browser, site: str) -> Iterator[BrowserContext]:
    context = chromium.new_context(viewport=browsing.WIDE, locale="nl-NL", base_url=site)  # type: ignore[arg-type]
    context.route(
        "https://www.buienradar.nl/**", lambda route: route.fulfill(body="<h1>Weather</h1>", content_type="text/html")
    )
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext, person: User) -> Page:
    """A page of a person who has signed in, on the style guide."""
    page = context.new_page()
    page.goto("/account/login/?next=/styleguide/")
    browsing.sign_in(page, person.email, PASSWORD)
    page.wait_for_url("**/styleguide/")
    return page


class TestInTheBrowser:
    pytestmark = in_browser

    def test_axe_finds_nothing(self, context: BrowserContext, person: User) -> None:
        heard = browsing.complaints(context)
        page = context.new_page()
        for path in ("/account/login/", "/account/password/reset/", "/nowhere/"):
            page.goto(path)
            assert browsing.unfit(page, path.strip("/").replace("/", "-")) == []
        heard.clear()  # the page that is nowhere was refused, as it should
        page.goto("/account/login/?next=/styleguide/")
        browsing.sign_in(page, person.email, PASSWORD)
        page.wait_for_url("**/styleguide/")
        for path in ("/styleguide/", "/about/", "/accessibility/", "/access/post/"):
            page.goto(path)
            page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
            assert browsing.unfit(page, path.strip("/").replace("/", "-")) == []
        assert heard == []

    def test_at_four_hundred_percent_nothing_sticks_out(self, page: Page) -> None:
        page.set_viewport_size({"width": 320, "height": 256})
        assert browsing.too_wide(page) == []
        expect(page.locator(".exit")).to_be_in_viewport()

    def test_the_first_tab_stop_leads_to_the_content(self, page: Page) -> None:
        page.goto("/about/")
        page.keyboard.press("Tab")
        expect(page.locator(".skip")).to_be_focused()
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"

    def test_esc_twice_is_the_way_out(self, page: Page) -> None:
        page.keyboard.press("Escape")
        page.wait_for_timeout(900)
        page.keyboard.press("Escape")  # slowly is not twice
        assert "/styleguide/" in page.url
        page.wait_for_timeout(900)
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")
        page.wait_for_url("https://www.buienradar.nl/**")
        page.wait_for_timeout(300)
        page.goto("/access/post/")
        assert "/account/login/" in page.url

    def test_esc_that_closes_a_dialog_is_not_half_of_an_exit(self, page: Page) -> None:
        page.click("[data-open=example-dialog]")
        expect(page.locator("#example-dialog")).to_be_visible()
        page.keyboard.press("Escape")
        page.keyboard.press("Escape")
        page.wait_for_timeout(300)
        assert "/styleguide/" in page.url

    def test_the_way_out_needs_no_script(self, chromium: Browser, site: str, person: User) -> None:
        context = chromium.new_context(java_script_enabled=False, base_url=site)
        context.route("https://www.buienradar.nl/**", lambda route: route.fulfill(body="Weather"))
        page = context.new_page()
        page.goto("/account/login/?next=/styleguide/")
        browsing.sign_in(page, person.email, PASSWORD)
        page.click(".exit")
        page.wait_for_url("https://www.buienradar.nl/**")
        page.goto("/access/post/")
        assert "/account/login/" in page.url
        context.close()

    def test_the_menu_opens_on_a_narrow_page(self, page: Page) -> None:
        page.set_viewport_size(browsing.NARROW)  # type: ignore[arg-type]
        expect(page.locator("#rail")).to_be_hidden()
        page.click(".menu-button")
        expect(page.locator("#rail")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.locator("#rail")).to_be_hidden()

    def test_shortcuts_walk_a_list_and_can_be_off(self, page: Page) -> None:
        page.evaluate("document.activeElement.blur()")
        page.keyboard.press("j")
        page.keyboard.press("j")
        assert page.evaluate("document.querySelector('.is-here').rowIndex") == 2
        page.keyboard.press("x")
        expect(page.locator(".bulk-bar")).to_be_visible()
        expect(page.locator("[data-chosen-count]")).to_have_text("1 geselecteerd")
        page.keyboard.press("?")
        expect(page.locator("#keys-dialog")).to_be_visible()
        page.keyboard.press("Escape")
        page.keyboard.press("/")
        page.keyboard.type("jx?")
        assert page.input_value("input[name=q]") == "jx?"

    def test_a_step_opens_in_a_dialog_and_is_a_page_of_its_own(self, page: Page) -> None:
        page.click("a[data-dialog]")
        dialog = page.locator("dialog[open]")
        expect(dialog.locator("h2")).to_have_text("Wachtwoord wijzigen")
        assert dialog.locator("form.form").evaluate("form => form.action").endswith("/account/password/change/")
        assert browsing.findings(page) == []
        page.keyboard.press("Escape")
        expect(dialog).to_have_count(0)
        expect(page.locator("a[data-dialog]")).to_be_focused()
        page.goto(page.locator("a[data-dialog]").evaluate("link => link.href"))
        expect(page.locator("h1")).to_have_text("Wachtwoord wijzigen")

    def test_an_answer_that_fails_says_so_and_changes_nothing(self, page: Page) -> None:
        page.evaluate(
            """() => {
                const button = document.createElement("button");
                button.id = "try"; button.setAttribute("hx-get", "/nowhere/"); button.setAttribute("hx-target", "main");
                document.querySelector("main").append(button); htmx.process(button); button.click();
            }"""
        )
        expect(page.locator(".toast--error")).to_contain_text("Dat lukte niet")
        expect(page.locator("h1")).to_have_text("My work")

    def test_choosing_all_rows_needs_one_click(self, page: Page) -> None:
        page.check(".choose-all")
        expect(page.locator("[data-chosen-count]")).to_have_text("6 geselecteerd")

    def test_a_long_list_is_searched_by_typing(self, page: Page) -> None:
        field = page.locator("#blank #id_municipality_search")
        field.fill("exampleton 12")
        field.press("Tab")
        assert page.evaluate("document.querySelector('#blank [name=municipality]').value") == "12"
        field.fill("nowhere")
        field.press("Tab")
        assert page.evaluate("document.querySelector('#blank [name=municipality]').value") == ""

    def test_text_survives_the_time_out_for_the_same_person_alone(
        self, context: BrowserContext, site: str, person: User, settings: Any
    ) -> None:
        settings.LOODS_IDLE_SECONDS = settings.SESSION_COOKIE_AGE = 8
        page = context.new_page()
        page.goto("/account/login/?next=/styleguide/")
        browsing.sign_in(page, person.email, PASSWORD)
        page.wait_for_url("**/styleguide/")
        page.fill("#blank [name=alias]", "Zilvermeeuw")
        page.fill("#blank [name=note]", "Belt liever in de ochtend.\nNiet na vijf uur.")
        page.check("#blank [name=safe][value=n]")
        page.check("#blank [name=forms_of][value=a]")
        expect(page.locator("#timeout-dialog")).to_be_visible(timeout=8000)
        page.wait_for_url("**/account/login/**", timeout=15000)
        assert "expired=1" in page.url
        kept = page.evaluate("JSON.stringify(sessionStorage)")
        assert "loods.draft." in kept
        assert "Zilvermeeuw" not in kept
        assert "ochtend" not in kept

        settings.LOODS_IDLE_SECONDS = settings.SESSION_COOKIE_AGE = 1200
        browsing.sign_in(page, person.email, PASSWORD)
        page.wait_for_url("**/styleguide/")
        expect(page.locator("#blank .draft-note")).to_be_visible()
        assert page.input_value("#blank [name=alias]") == "Zilvermeeuw"
        assert page.input_value("#blank [name=note]") == "Belt liever in de ochtend.\nNiet na vijf uur."
        assert page.is_checked("#blank [name=safe][value=n]")
        assert page.is_checked("#blank [name=forms_of][value=a]")

        page.click("form[data-sign-out] button")
        page.wait_for_url("**/account/login/**")
        assert "loods.draft." not in page.evaluate("JSON.stringify(sessionStorage)")

    def test_somebody_else_does_not_get_the_text(self, page: Page, person: User) -> None:
        other = UserFactory(email="sem@example.invalid")
        with taken(Side.COMMON), transaction.atomic():
            other.set_password(PASSWORD)
            other.save()
        PostFactory(user=other)
        page.fill("#blank [name=alias]", "Zilvermeeuw")
        page.wait_for_timeout(700)
        self._end_sessions()
        page.goto("/access/post/")
        page.goto("/account/login/?next=/styleguide/")
        browsing.sign_in(page, other.email, PASSWORD)
        page.wait_for_url("**/styleguide/")
        page.wait_for_timeout(500)
        assert page.input_value("#blank [name=alias]") == ""

    def test_sending_after_the_session_ended_keeps_the_text(self, page: Page, person: User) -> None:
        page.fill("#blank [name=alias]", "Grutto")
        page.wait_for_load_state("networkidle")  # the key of the drafts has come
        self._end_sessions()
        page.click("#blank button[type=submit]")
        page.wait_for_url("**/account/login/**")
        browsing.sign_in(page, person.email, PASSWORD)
        page.wait_for_url("**/styleguide/")
        expect(page.locator("#blank .draft-note")).to_be_visible()
        assert page.input_value("#blank [name=alias]") == "Grutto"

    def test_without_network_the_text_stays_and_can_be_sent_again(self, page: Page, context: BrowserContext) -> None:
        page.fill("#blank [name=alias]", "Kluut")
        page.wait_for_timeout(700)
        context.set_offline(True)
        page.click("#blank button[type=submit]")
        toast = page.locator(".toast--error")
        expect(toast).to_contain_text("Geen verbinding")
        assert page.input_value("#blank [name=alias]") == "Kluut"
        context.set_offline(False)
        with page.expect_navigation():
            toast.locator("button").first.click()

    def test_text_that_arrived_is_not_put_back(self, page: Page) -> None:
        page.fill("#blank [name=alias]", "Kluut")
        page.wait_for_timeout(700)
        # Where the form leads answers with a page on which nothing is wrong.
        page.evaluate("document.getElementById('blank').action = '/preferences/'")
        page.fill("#blank [name=alias]", "Kluut en kieviet")
        with page.expect_navigation(url="**/"):
            page.click("#blank button[type=submit]")
        stored = page.evaluate("JSON.stringify(sessionStorage)")
        assert "#/preferences/#blank" not in stored

    def test_text_sent_into_a_server_in_trouble_is_there_on_coming_back(self, page: Page) -> None:
        address = page.url
        page.fill("#blank [name=alias]", "Kluut")
        page.wait_for_timeout(700)
        trouble = "<!doctype html><title>Loods</title><h1>503</h1>"
        page.route(address, lambda route: route.fulfill(status=503, content_type="text/html", body=trouble))
        page.click("#blank button[type=submit]")
        expect(page.locator("h1")).to_have_text("503")
        page.unroute(address)
        page.goto(address)
        expect(page.locator("#blank [name=alias]")).to_have_value("Kluut")

    @staticmethod
    def _end_sessions() -> None:
        with taken(Side.COMMON), transaction.atomic():
            Session.objects.all().delete()
