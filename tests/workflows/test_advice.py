"""Advice beside guidance: texts in files, rules that suggest them, what was ticked, and what changed since."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client, override_settings
from django.urls import reverse

from access import clock
from access.models import AccessRecord
from access.roles import Role
from access.wall import Side, taken
from cases.sealed import encrypt_anew
from tests.factories.access import PostFactory, RegionFactory
from tests.factories.guidance import Guided
from tests.workflows.conftest import queries
from workflows.advice import acts, changes, content, lists, rendering, rules
from workflows.advice.checks import the_texts_hold
from workflows.advice.models import Edition, Mark
from workflows.advice.words import PERSONAL, PROFESSIONAL, SITUATIONS, Subject
from workflows.guidance.police import PoliceContacts

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@pytest.fixture
def guided() -> Iterator[Guided]:
    with clock.at(MONDAY):
        made = Guided(person__birth_date=date(1990, 1, 1))
        with taken(Side.CARE):
            yield made


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A copy of the texts, to be changed."""
    return Path(shutil.copytree(content.HERE, tmp_path / "content"))


def edit(file: Path, before: str, after: str) -> None:
    """Change one thing in a file."""
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after, 1), encoding="utf-8")


def both(files: Path, subject: str, change: Callable[[str], str]) -> None:
    """Change a checklist in both its languages."""
    for language in PROFESSIONAL:
        file = files / subject / f"{language}.md"
        file.write_text(change(file.read_text(encoding="utf-8")), encoding="utf-8")


# -- the texts -----------------------------------------------------------------------------------------------------


def test_every_phase_and_situation_has_its_texts_and_nothing_is_wrong_with_them() -> None:
    library = content.load(content.HERE)
    assert library.problems == []
    assert set(library.checklists) == {(s, language) for s in Subject for language in PROFESSIONAL}
    assert set(library.pages) == {(s, language) for s in SITUATIONS for language in PERSONAL}
    assert {rule.subject for rule in rules.RULES} == set(Subject), "each is suggested by a rule"
    assert all(one.front.phases and one.models for one in library.checklists.values())


BREAKS: list[tuple[str, str, Callable[[Path], Any]]] = [
    ("E001", "minor/en.md", lambda f: (f / "minor/en.md").unlink()),
    ("E001", "court/person/ar.md", lambda f: (f / "court/person/ar.md").unlink()),
    ("E001", "weather", lambda f: (f / "weather").mkdir()),
    ("E002", "minor/nl.md", lambda f: edit(f / "minor/nl.md", "as_of: 2026-11-28", "as_of: 2026-11-31")),
    ("E002", "minor/nl.md", lambda f: edit(f / "minor/nl.md", "as_of: 2026-11-28", "as_of: onlangs")),
    ("E002", "minor/nl.md", lambda f: edit(f / "minor/nl.md", "version: 1", "version: een")),
    ("E002", "minor/nl.md", lambda f: edit(f / "minor/nl.md", "title: ", "titel: ")),
    ("E002", "minor/nl.md", lambda f: edit(f / "minor/nl.md", "about: minor", "about: court")),
    ("E002", "minor/nl.md", lambda f: edit(f / "minor/nl.md", "- safety", "- elsewhere")),
    ("E002", "minor/nl.md", lambda f: edit(f / "minor/nl.md", "version: 1", "version: 1\nread_by: Iemand")),
    ("E002", "minor/nl.md", lambda f: edit(f / "minor/nl.md", "---\n", "")),
    ("E002", "minor/nl.md", lambda f: (f / "minor/nl.md").write_bytes(b"---\ntitle: \xff\n---\n")),
    ("E002", "frame.yaml", lambda f: edit(f / "frame.yaml", "  phone: Telefon\n", "")),
    ("E003", "minor/nl.md", lambda f: edit(f / "minor/nl.md", " {#guardian from=nidos}", "")),
    ("E003", "minor/nl.md", lambda f: edit(f / "minor/nl.md", "{#guardian ", "{#presume-minor ")),
    ("E003", "minor/nl.md", lambda f: edit(f / "minor/nl.md", "{#points}", "{#items}")),
    ("E004", "minor/en.md", lambda f: edit(f / "minor/en.md", "{#guardian ", "{#guardians ")),
    ("E004", "minor/en.md", lambda f: edit(f / "minor/en.md", "version: 1", "version: 2")),
    ("E004", "court/person/es.md", lambda f: edit(f / "court/person/es.md", "version: 1", "version: 2")),
    ("E005", "minor/nl.md", lambda f: edit(f / "minor/nl.md", "from=nidos", "from=hearsay")),
    ("E005", "minor/nl.md", lambda f: edit(f / "minor/nl.md", "{#guardian from=nidos}", "{#guardian}")),
    ("E005", "minor/nl.md", lambda f: edit(f / "minor/nl.md", "sources:", "bronnen:")),
    ("E005", "minor/nl.md", lambda f: edit(f / "minor/nl.md", "url: https://", "url: http://")),
    ("E006", "court/person/pl.md", lambda f: edit(f / "court/person/pl.md", _body(f / "court/person/pl.md"), "")),
    ("E006", "minor/nl.md", lambda f: edit(f / "minor/nl.md", _why(f / "minor/nl.md"), "")),
    ("W007", "court/person/pl.md", lambda f: edit(f / "court/person/nl.md", "version: 1", "version: 2")),
]


def _body(file: Path) -> str:
    return file.read_text(encoding="utf-8").split("---\n")[2]


def _why(file: Path) -> str:
    return file.read_text(encoding="utf-8").split("from=directive}\n\n")[1].split("\n")[0]


def test_each_fault_in_a_file_is_told_by_its_own_check_and_the_other_texts_still_work(tmp_path: Path) -> None:
    for number, (check, name, breaking) in enumerate(BREAKS):
        files = tmp_path / str(number)
        for part in ("minor", "court"):  # two of all, which is quicker; the others are missing
            shutil.copytree(content.HERE / part, files / part)
        shutil.copy(content.HERE / "frame.yaml", files)
        breaking(files)
        library = content.load(files)
        assert (check, name) in {(p.check, p.file) for p in library.problems}, (number, check, name, library.problems)
        assert {("court", "nl"), ("court", "en")} <= set(library.checklists)
        with override_settings(LOODS_ADVICE_CONTENT=str(files)):
            assert f"advice.{check}" in {message.id for message in the_texts_hold(None)}


def test_raw_html_is_text_and_a_script_is_no_link() -> None:
    html = rendering.html("<b onclick=x>Let op</b> [hier](javascript:alert(1)) **echt**")
    assert "<b" not in html
    assert "href" not in html
    assert "<strong>echt</strong>" in html


def test_numbers_and_names_in_latin_letters_keep_their_order_in_a_text_from_right_to_left() -> None:
    html = rendering.html("اتصل بالرقم 0800-12 34 أو Nidos", "ar")
    assert '<bdi dir="ltr">0800-12 34</bdi>' in html
    assert '<bdi dir="ltr">Nidos</bdi>' in html
    html = rendering.line("التوجيه 2011/36/EU، اتفاقية CETS 197، نسبة 90%", "ar")
    assert re.findall(r"<bdi[^>]*>(.*?)</bdi>", html) == ["2011/36/EU", "CETS 197", "90%"]
    assert "bdi" not in rendering.html("Bel 0800-12 34", "nl")


# -- the rules -----------------------------------------------------------------------------------------------------


def test_each_rule_looks_at_its_own_fact_and_nothing_suggests_by_itself() -> None:
    asks: dict[Subject, rules.Facts] = {
        Subject.SAFETY: rules.Facts(phases=frozenset({"safety"})),
        Subject.WELLBEING: rules.Facts(phases=frozenset({"wellbeing"})),
        Subject.INTEGRATION: rules.Facts(phases=frozenset({"integration"})),
        Subject.AFTERCARE: rules.Facts(state="aftercare"),
        Subject.MINOR: rules.Facts(minor=True),
        Subject.CRIMINAL: rules.Facts(forms=frozenset({"criminal"})),
        Subject.LABOUR: rules.Facts(forms=frozenset({"labour"})),
        Subject.SEXUAL: rules.Facts(forms=frozenset({"sexual"})),
        Subject.RESIDENCE: rules.Facts(residence_ends=date(2026, 3, 20)),
        Subject.CHILD: rules.Facts(needs=frozenset({"pregnant"})),
        Subject.COURT: rules.Facts(court_on=date(2026, 3, 20)),
        Subject.RELEASE: rules.Facts(news=True),
        Subject.RETURN: rules.Facts(follows="return"),
        Subject.LOST: rules.Facts(state="contact_lost"),
    }
    assert set(asks) == set(Subject)
    for subject, facts in asks.items():
        assert list(rules.suggested(facts)) == [subject]
    assert rules.suggested(rules.Facts()) == {}
    assert "20 maart 2026" in rules.suggested(asks[Subject.COURT])[Subject.COURT]
    known, unknown = (rules.minor(rules.Facts(minor=True, birth_known=known)) for known in (True, False))
    assert known != unknown


def test_the_facts_come_from_the_case(guided: Guided) -> None:
    process = guided.in_guidance()
    row = guided.row()
    assert set(rules.suggested(rules.facts_of(row, guided.navigator))) == {Subject.SAFETY, Subject.CRIMINAL}
    guided.case.needs = ["pregnant"]
    guided.case.save()
    guided.case.person.birth_date = None
    guided.case.person.save()
    for event, day in (("hearing", 9), ("news", 1), ("hearing", -3)):
        guided.open(
            PoliceContacts, guided.navigator, authority="court", event=event, planned_at=MONDAY + timedelta(days=day)
        )
    guided.do(process, "lose_contact", reason="Neemt niet op.")
    facts = rules.facts_of(guided.row(), guided.navigator)
    assert facts.court_on == date(2026, 3, 11), "the next one"
    assert not facts.birth_known
    assert set(rules.suggested(facts)) == {
        Subject.SAFETY, Subject.CRIMINAL, Subject.MINOR, Subject.CHILD, Subject.COURT, Subject.RELEASE, Subject.LOST,
    }  # fmt: skip
    with clock.at(MONDAY + timedelta(days=12)):
        assert rules.facts_of(guided.row(), guided.navigator).court_on is None, "it has been"
    guided.do(guided.beside("police_contact"), "cancel", reason="Gaat niet door.")
    assert rules.facts_of(guided.row(), guided.navigator).news


# -- ticked, set aside, and what changed since ----------------------------------------------------------------------


def seen(subject: Subject = Subject.CRIMINAL) -> str:
    """The digest of the text as it stands."""
    kept = content.library().kept(subject)
    assert kept is not None
    return kept.digest


def mark(guided: Guided, point: str, state: str = "done", subject: Subject = Subject.CRIMINAL, **more: Any) -> Mark:
    """Add a mark, by the navigator."""
    return acts.mark(guided.row(), guided.navigator, subject, point, state, seen=seen(subject), **more)


def test_a_point_is_ticked_or_set_aside_with_a_reason_and_every_mark_is_kept(guided: Guided) -> None:
    guided.in_guidance()
    mark(guided, "lawyer")
    with pytest.raises(acts.NoReason):
        mark(guided, "debts-fines", "aside", reason=" ")
    with clock.at(MONDAY + timedelta(hours=1)):
        mark(guided, "debts-fines", "aside", reason="Verzonnen: er is niets op naam.")
    with clock.at(MONDAY + timedelta(hours=2)):
        mark(guided, "lawyer", "open")
    for point, state in (("no-such-point", "done"), ("lawyer", "chosen"), ("", "done")):
        with pytest.raises(acts.Unknown):
            mark(guided, point, state)
    sheet = lists.sheet(guided.row(), guided.navigator, Subject.CRIMINAL)
    assert sheet is not None
    stands = {shown.point.id: shown.mark.state for shown in sheet.points if shown.mark}
    assert stands == {"lawyer": "open", "debts-fines": "aside"}
    assert (sheet.settled, sheet.moved_on) == (1, False)
    assert Mark.objects.count() == 3, "each is kept"
    assert Edition.objects.count() == 1, "the text is kept once"
    newest = Mark.objects.latest("at")
    assert (newest.by_id, newest.at, newest.edition.version) == (guided.navigator.pk, MONDAY + timedelta(hours=2), 1)
    with pytest.raises(IntegrityError), transaction.atomic():
        Mark.objects.create(
            guidance=guided.row(), subject="criminal", point="lawyer", state="aside", edition=newest.edition,
            by=guided.navigator,
        )  # fmt: skip
    assert encrypt_anew()[1] == 0, "reasons go along when keys change"


def test_a_list_is_added_by_hand_or_put_away_with_a_reason(guided: Guided) -> None:
    guided.in_guidance()

    def heaps() -> tuple[set[str], set[str]]:
        found = lists.overview(guided.row(), guided.navigator)
        assert len(found.here) + len(found.away) + len(found.others) == len(Subject)
        return {one.subject for one in found.here}, {one.subject for one in found.away}

    assert heaps() == ({"safety", "criminal"}, set())
    mark(guided, "", "chosen", Subject.RETURN)
    with pytest.raises(acts.NoReason):
        mark(guided, "", "away")
    mark(guided, "", "away", reason="Verzonnen: is uitgezocht.")
    assert heaps() == ({"safety", "return"}, {"criminal"})
    with clock.at(MONDAY + timedelta(minutes=1)):
        mark(guided, "", "chosen")
    assert heaps() == ({"safety", "criminal", "return"}, set())


def test_a_later_text_shows_what_was_added_changed_and_removed_since_it_was_ticked(guided: Guided, files: Path) -> None:
    guided.in_guidance()
    with override_settings(LOODS_ADVICE_CONTENT=str(files)):
        for point in ("lawyer", "retaliation", "debts-fines"):
            mark(guided, point)
        first = seen()
    later = files.parent / "later"
    shutil.copytree(files, later)

    def second(text: str) -> str:
        text = text.replace("version: 1", "version: 2", 1)
        text = re.sub(r"### [^\n]*\{#debts-fines.*?(?=\n## )", "", text, flags=re.DOTALL)
        text = text.replace("die mensenhandel kent", "die mensenhandel goed kent")
        text = text.replace("who knows human trafficking soon", "who knows human trafficking well soon")
        return re.sub(r"(?=### [^\n]*\{#measures)", "### Nieuw punt {#new-point from=ckm}\n\nDaarom.\n\n", text)

    both(later, "criminal", second)
    with override_settings(LOODS_ADVICE_CONTENT=str(later)):
        assert content.library().problems == []
        with pytest.raises(acts.Stale):
            acts.mark(guided.row(), guided.navigator, Subject.CRIMINAL, "measures", "done", seen=first)
        sheet = lists.sheet(guided.row(), guided.navigator, Subject.CRIMINAL)
        assert sheet is not None
        assert (sheet.before, sheet.checklist.front.version, sheet.moved_on) == (1, 2, True)
        assert [(s.point.id, s.new) for s in sheet.changed] == [("lawyer", False), ("new-point", True)]
        (lawyer,) = [shown for shown in sheet.points if shown.point.id == "lawyer"]
        assert lawyer.change is not None
        assert [text.strip() for kind, text in lawyer.change.text if kind == changes.NEW] == ["goed"]
        assert not [kind for kind, _text in lawyer.change.text if kind == changes.GONE]
        assert not lawyer.settled, "it asks to be looked at again"
        assert [gone.mark.point for gone in sheet.gone] == ["debts-fines"]
        assert sheet.settled == 1, "what did not change stays ticked"
        (listed,) = [o for o in lists.overview(guided.row(), guided.navigator).here if o.subject == "criminal"]
        assert listed.settled == 1
        with clock.at(MONDAY + timedelta(hours=1)):
            mark(guided, "lawyer")
        sheet = lists.sheet(guided.row(), guided.navigator, Subject.CRIMINAL)
        assert sheet is not None
        assert sheet.settled == 2
        assert sorted(Edition.objects.values_list("version", flat=True)) == [1, 2]


def test_an_edit_that_forgot_to_raise_the_version_is_seen_all_the_same(guided: Guided, files: Path) -> None:
    guided.in_guidance()
    mark(guided, "lawyer")
    edit(files / "criminal/en.md", "who knows human trafficking soon", "soon")
    with override_settings(LOODS_ADVICE_CONTENT=str(files)):
        sheet = lists.sheet(guided.row(), guided.navigator, Subject.CRIMINAL)
        assert sheet is not None
        assert [shown.point.id for shown in sheet.changed] == ["lawyer"], "also where only the other language changed"


def test_words_that_went_and_came() -> None:
    assert changes.words("bel de advocaat nu", "bel een advocaat") == [
        ("same", "bel "), ("gone", "de"), ("new", "een"), ("same", " advocaat"), ("gone", " nu"),
    ]  # fmt: skip
    assert changes.words("", "nieuw") == [("new", "nieuw")]
    assert changes.words("gelijk", "gelijk") == [("same", "gelijk")]


# -- the pages -----------------------------------------------------------------------------------------------------


def test_the_panel_names_what_fits_and_pages_stay_cheap(guided: Guided, browser: Callable[..., Client]) -> None:
    guided.in_guidance()
    for point in ("lawyer", "retaliation"):
        mark(guided, point)
    row, client = guided.row(), browser(guided.navigator)
    plan = reverse("guidance:page", args=[row.pk, "plan"])
    every, one = reverse("advice:guidance", args=[row.pk]), reverse("advice:checklist", args=[row.pk, "criminal"])
    texts = [reverse("advice:list"), reverse("advice:read", args=["criminal"])]
    for address in (*texts, plan, every, one, reverse("advice:person", args=["criminal", "ar"])):
        assert len(queries(client, address)) <= 10, address
    assert f'hx-get="{every}"' in client.get(plan).content.decode()
    shown = client.get(every).content.decode()
    assert "2 checklists fit what stands in the file; points to look at: 11." in shown
    assert "2 of 6 looked at" in shown
    assert "The file names criminal exploitation." in shown
    read = AccessRecord.objects.filter(object_kind="advice", subject=guided.case.person_id, action="read")
    assert read.filter(detail={"subject": "criminal"}).count() == 1
    found = client.get(texts[0], {"q": "WRAAK familie", "phase": ""}, headers={"accept-language": "en"})
    assert "No checklist has these words" in found.content.decode(), "searched in the reader's language"
    found = client.get(texts[0], {"q": "revenge", "phase": "aftercare"}).content.decode()
    assert "No checklist has these words" in found
    found = client.get(texts[0], {"q": "recruited", "phase": "safety"}).content.decode()
    assert "A minor, or the age is not certain" in found
    assert "Criminal exploitation</a>" not in found


def test_marks_are_made_on_the_page_and_a_missing_reason_is_asked_for(
    guided: Guided, browser: Callable[..., Client]
) -> None:
    guided.in_guidance()
    client, row = browser(guided.navigator), guided.row()
    here = reverse("advice:checklist", args=[row.pk, "criminal"])
    sent = {"point": "lawyer", "seen": seen()}
    assert client.post(here, {**sent, "state": "done"})["Location"] == f"{here}#lawyer"
    asked = client.post(here, {**sent, "point": "measures", "state": "aside", "reason": ""})
    assert asked.status_code == 422
    assert "Say why, in a few words." in asked.content.decode()
    kept = client.post(here, {**sent, "point": "measures", "state": "aside", "reason": "x" * 1_200})
    assert kept.status_code == 422
    assert "x" * 1_200 in kept.content.decode(), "what was typed stays"
    client.post(here, {**sent, "point": "measures", "state": "aside", "reason": "Verzonnen: <b>niet</b> nu."})
    assert "Verzonnen: &lt;b&gt;niet&lt;/b&gt; nu." in client.get(here).content.decode()
    assert Mark.objects.count() == 2
    stale = client.post(here, {**sent, "seen": "f" * 32, "state": "open"}, follow=True)
    assert "The text changed since you opened this page." in stale.content.decode()
    for wrong in ({"state": "burnt"}, {"state": "done", "point": "nothing"}, {"state": "chosen"}):
        assert client.post(here, {**sent, **wrong}).status_code == 404
    put_away = client.post(here, {"point": "", "seen": seen(), "state": "away", "reason": "Verzonnen."})
    assert put_away["Location"] == reverse("advice:guidance", args=[row.pk])
    assert Mark.objects.count() == 3
    written = AccessRecord.objects.filter(object_kind="advice", action="write")
    assert [line.detail["state"] for line in written.order_by("pk")] == ["done", "aside", "away"]


def test_only_who_sees_the_guidance_reads_its_marks_and_only_who_guides_makes_them(
    guided: Guided, browser: Callable[..., Client]
) -> None:
    guided.in_guidance()
    made, row = mark(guided, "lawyer"), guided.row()
    every, here = reverse("advice:guidance", args=[row.pk]), reverse("advice:checklist", args=[row.pk, "criminal"])
    elsewhere = PostFactory(role=Role.NAVIGATOR, regions=[RegionFactory()])
    committee = PostFactory(role=Role.SUPERVISOR, organisation__side=Side.DETERMINATION)
    for stranger, answer in ((elsewhere, 404), (committee, 403)):
        client = browser(stranger)
        assert {client.get(every).status_code, client.get(here).status_code} == {answer}
        assert client.post(here, {"point": "lawyer", "seen": seen(), "state": "open"}).status_code == answer
        assert not Mark.objects.for_post(stranger).exists()
        assert not Edition.objects.for_post(stranger).exists()
    assert Edition.objects.for_post(guided.navigator).count() == 1
    reader = browser(guided.coordinator)
    shown = reader.get(here).content.decode()
    assert guided.navigator.user.name in shown
    assert 'value="done"' not in shown
    reader.post(here, {"point": "measures", "seen": seen(), "state": "done"})
    assert list(Mark.objects.all()) == [made]
    assert reader.get(reverse("advice:checklist", args=[row.pk, "weather"])).status_code == 404


def test_a_page_for_the_person_is_in_its_own_language_marked_as_a_draft_and_names_nobody(
    guided: Guided, browser: Callable[..., Client], files: Path
) -> None:
    client = browser(guided.navigator, "nl")
    for language, draft in (("nl", False), ("en", False), ("pl", True), ("ro", True), ("es", True), ("ar", True)):
        shown = client.get(reverse("advice:person", args=["court", language])).content.decode()
        direction = "rtl" if language == "ar" else "ltr"
        assert f'<article class="for-person" lang="{language}" dir="{direction}">' in shown
        assert ("Conceptvertaling" in shown) is draft, "in Dutch"
        assert (content.library().frames[language].draft in shown) is draft, "and in its own language"
        assert "<title>Loods – Informatie</title>" in shown
    assert '<bdi dir="ltr">112</bdi>' in shown
    assert f"({content.library().frames['ar'].unconfirmed})" in shown, "a source that nobody looked up says so"
    paper = client.get(reverse("advice:person_pdf", args=["court", "ro"]))
    assert paper.content.startswith(b"%PDF")
    assert paper["Content-Disposition"] == 'attachment; filename="loods.pdf"'
    assert client.get(reverse("advice:person_pdf", args=["court", "ar"])).status_code == 404, "by the browser alone"
    wrong = [("court", "xx"), ("safety", "nl"), ("weather", "nl")]
    assert {client.get(reverse("advice:person", args=one)).status_code for one in wrong} == {404}
    edit(files / "court/person/pl.md", "version: 1", "version: 1\nread_by: Verzonnen Vertaler\nread_on: 2026-02-01")
    edit(files / "court/person/nl.md", "version: 1", "version: 2")
    (files / "minor/nl.md").write_text("kapot", encoding="utf-8")
    (files / "minor/en.md").unlink()
    with override_settings(LOODS_ADVICE_CONTENT=str(files)):
        shown = client.get(reverse("advice:person", args=["court", "pl"])).content.decode()
        assert "Conceptvertaling" not in shown, "a translator looked at it"
        assert "De Nederlandse tekst is gewijzigd" in shown
        broken = client.get(reverse("advice:read", args=["minor"]))
        assert broken.status_code == 503
        assert "Deze tekst kan nu niet worden gelezen" in broken.content.decode()
        assert client.get(reverse("advice:list")).status_code == 200
