"""The message catalogues: what is found, what is kept, and what is complained about."""

from __future__ import annotations

import gettext
from pathlib import Path

import pytest

from project import i18n

PYTHON = """
from django.utils.translation import gettext_lazy as _, ngettext, pgettext
label = _("Accept")
count = ngettext("%(count)d day", "%(count)d days", 2)
month = pgettext("month", "May")
"""
TEMPLATE = """{% load i18n %}
<p>don't (trip) over {this}: 5% off</p>
{% translate "100% sure" %} {{ "x"|default:_("Nobody") }} {% include "x" with label=_("It's here") %}
{% blocktranslate trimmed count n=days %}
   {{ n }} day
{% plural %}
   {{ n }} days
{% endblocktranslate %}
{% translate "May" context "permission" as may %}
"""
SCRIPT = 'const text = gettext("Close");'


@pytest.fixture
def room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> i18n.Room:
    """A room with a file of each kind."""
    monkeypatch.setattr(i18n, "ROOT", tmp_path)
    made = i18n.Room("harbour", ("harbour",), "harbour/locale")
    monkeypatch.setattr(i18n, "ROOMS", (made,))
    (tmp_path / "harbour" / "templates").mkdir(parents=True)
    (tmp_path / "harbour" / "models.py").write_text(PYTHON)
    (tmp_path / "harbour" / "templates" / "page.html").write_text(TEMPLATE)
    (tmp_path / "harbour" / "page.js").write_text(SCRIPT)
    return made


def translate(room: i18n.Room, **translations: str) -> None:
    """Fill in translations by hand, as a person would in the file."""
    path = room.catalogue("nl")
    text = path.read_text()
    for original, translation in translations.items():
        assert f'msgid "{original}"\nmsgstr ""' in text
        text = text.replace(f'msgid "{original}"\nmsgstr ""', f'msgid "{original}"\nmsgstr "{translation}"')
    path.write_text(text)


def complete(room: i18n.Room) -> None:
    """Translate everything."""
    i18n.update(room, "nl")
    path = room.catalogue("nl")
    catalogue = i18n.read(path, "nl")
    for message in catalogue:
        if message.id:
            message.string = message.id
    path.write_bytes(i18n.as_po(catalogue, "nl"))


def test_texts_are_found_in_code_templates_and_scripts(room: i18n.Room) -> None:
    found = {(m.context, m.id) for m in i18n.extracted(room) if m.id}
    assert found == {
        (None, "Accept"),
        (None, ("%(count)d day", "%(count)d days")),
        ("month", "May"),
        (None, "100%% sure"),
        (None, "Nobody"),
        (None, "It's here"),
        (None, ("%(n)s day", "%(n)s days")),
        ("permission", "May"),
        (None, "Close"),
    }


def test_the_file_is_sorted_and_has_no_dates_and_no_line_numbers(room: i18n.Room) -> None:
    assert i18n.update(room, "nl")
    text = room.catalogue("nl").read_text()
    assert "#: harbour/models.py\n" in text
    assert "Date" not in text
    assert not i18n.update(room, "nl")
    (i18n.ROOT / "harbour" / "models.py").write_text("\n\n\n" + PYTHON)
    assert not i18n.update(room, "nl")
    assert room.catalogue("nl").read_text() == text


def test_translations_are_kept_and_those_of_a_text_that_is_away_come_back(room: i18n.Room) -> None:
    i18n.update(room, "nl")
    translate(room, Accept="Aannemen", Close="Sluiten")
    source = i18n.ROOT / "harbour" / "models.py"
    source.write_text(PYTHON.replace('_("Accept")', '""'))
    i18n.update(room, "nl")
    assert '#~ msgstr "Aannemen"' in room.catalogue("nl").read_text()
    assert 'msgstr "Sluiten"' in room.catalogue("nl").read_text()
    source.write_text(PYTHON)
    i18n.update(room, "nl")
    text = room.catalogue("nl").read_text()
    assert 'msgid "Accept"\nmsgstr "Aannemen"' in text
    assert "#~" not in text


def test_pruning_drops_what_is_nowhere_in_the_code(room: i18n.Room) -> None:
    i18n.update(room, "nl")
    translate(room, Accept="Aannemen")
    (i18n.ROOT / "harbour" / "models.py").write_text("")
    i18n.update(room, "nl", prune=True)
    assert "Aannemen" not in room.catalogue("nl").read_text()


def test_nothing_is_guessed(room: i18n.Room) -> None:
    i18n.update(room, "nl")
    translate(room, Accept="Aannemen")
    source = i18n.ROOT / "harbour" / "models.py"
    source.write_text(PYTHON.replace('_("Accept")', '_("Accept it")'))
    i18n.update(room, "nl")
    assert 'msgid "Accept it"\nmsgstr ""' in room.catalogue("nl").read_text()
    assert "fuzzy" not in room.catalogue("nl").read_text()


def test_a_complete_catalogue_has_no_faults(room: i18n.Room) -> None:
    complete(room)
    assert i18n.faults(room, "nl") == []


def test_every_kind_of_fault_is_named(room: i18n.Room) -> None:
    assert "missing: 'Accept' in harbour/models.py" in "\n".join(i18n.faults(room, "nl"))
    complete(room)
    path = room.catalogue("nl")
    text = path.read_text()
    text = text.replace('msgstr "Accept"', 'msgstr ""')
    text = text.replace('msgstr[1] "%(count)d days"', 'msgstr[1] "%(aantal)d dagen"')
    text = text.replace('msgid "Close"', 'msgid "Shut"')
    path.write_text(text)
    faults = "\n".join(i18n.faults(room, "nl"))
    assert "untranslated: 'Accept'" in faults
    assert "other placeholders (%(aantal)d)" in faults
    assert "missing: 'Close'" in faults
    assert "obsolete, nowhere in the code (`manage.py messages --prune`): 'Shut'" in faults


def test_a_text_that_two_rooms_translate_differently_is_named(
    room: i18n.Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quay = i18n.Room("quay", ("quay",), "quay/locale")
    (tmp_path / "quay").mkdir()
    (tmp_path / "quay" / "models.py").write_text('_("Accept"); pgettext("lid", "Close")')
    monkeypatch.setattr(i18n, "ROOMS", (room, quay))
    complete(room)
    complete(quay)
    assert i18n.quarrels("nl") == []
    path = quay.catalogue("nl")
    other = path.read_text().replace('msgstr "Accept"', 'msgstr "Aannemen"').replace('msgstr "Close"', 'msgstr "Dicht"')
    path.write_text(other)
    assert i18n.quarrels("nl") == [
        "harbour and quay (nl): translated differently: 'Accept': [('Aannemen',), ('Accept',)]"
    ]


def test_a_singular_may_leave_its_number_out_and_a_per_cent_sign_is_no_placeholder(room: i18n.Room) -> None:
    complete(room)
    path = room.catalogue("nl")
    text = path.read_text().replace('msgstr[0] "%(count)d day"', 'msgstr[0] "een dag"')
    path.write_text(text.replace('msgstr "100%% sure"', 'msgstr "100%% zeker"'))
    assert i18n.faults(room, "nl") == []


@pytest.mark.parametrize("damage", [b'msgid "cut o', b"<<<<<<< HEAD\n", b'msgid "a" "b\n', b"\xff\xfe\n"])
def test_a_damaged_file_is_named_and_left_alone(room: i18n.Room, damage: bytes) -> None:
    complete(room)
    path = room.catalogue("nl")
    damaged = path.read_bytes() + damage
    path.write_bytes(damaged)
    [fault] = i18n.faults(room, "nl")
    assert "unreadable: harbour/locale/nl" in fault
    with pytest.raises(ValueError, match=r"django\.po"):
        i18n.update(room, "nl")
    assert path.read_bytes() == damaged


def test_compiled_catalogues_translate_and_are_made_once(room: i18n.Room) -> None:
    i18n.update(room, "nl")
    translate(room, Accept="Aannemen")
    assert i18n.compile_catalogues() == 1
    assert i18n.compile_catalogues() == 0
    with room.catalogue("nl").with_suffix(".mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    assert compiled.gettext("Accept") == "Aannemen"
    assert compiled.gettext("Close") == "Close"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("%(name)s and %s", ["%(name)s", "%s"]),
        ("100%% of {who} in {0:d}", ["{0:d}", "{who}"]),
        ("nothing", []),
    ],
)
def test_placeholders(text: str, found: list[str]) -> None:
    assert i18n.placeholders(text) == found
