"""The message catalogues: extracting, merging, checking and compiling them, without GNU gettext.

The texts in the code are English, so English needs no catalogue. Each room keeps its own Dutch one; `project/`,
`templates/` and `static/` share the one at the top. Files are written whole or not at all and sorted, without line
numbers and without guesses, so that two people can work on one and a difference shows what changed.
"""

from __future__ import annotations

import ast
import os
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
LANGUAGES = ("nl",)
ENDINGS = (".py", ".html", ".txt", ".js")
PASSED_OVER = {"locale", "migrations", "__pycache__", "tests"}
WIDTH = 110

KEYWORDS: dict[str, Any] = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop")),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}

HEADER = """\
# Translations of Loods. Made by `manage.py messages`; the translations are written by hand.
msgid ""
msgstr ""
"Project-Id-Version: loods\\n"
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

"""


@dataclass(frozen=True)
class Room:
    """A part of the project with a catalogue of its own."""

    name: str
    sources: tuple[str, ...]
    locale: str

    def catalogue(self, language: str) -> Path:
        return ROOT / self.locale / language / "LC_MESSAGES" / "django.po"

    def files(self) -> Iterator[Path]:
        """The files whose texts belong to this room."""
        for source in self.sources:
            for folder, folders, names in os.walk(ROOT / source):
                folders[:] = sorted(name for name in folders if name not in PASSED_OVER and not name.startswith("."))
                for name in sorted(names):
                    if name.endswith(ENDINGS):
                        yield Path(folder) / name


ROOMS = (
    *(Room(name, (name,), f"{name}/locale") for name in ("access", "cases", "shelters", "workflows", "insights")),
    Room("project", ("project", "templates", "static"), "locale"),
)

Text = tuple[str | None, str | tuple[str, ...]]
"""Context and text; for a text with a plural both forms."""


def texts_of(path: Path) -> Iterator[tuple[Text, list[str]]]:
    """Every text to translate in one file, with the comments for translators that stand before it."""
    source = path.read_bytes()
    if path.suffix in (".html", ".txt"):
        yield from ((text, []) for text in template_texts(source.decode("utf-8"), str(path.relative_to(ROOT))))
        return
    method = "javascript" if path.suffix == ".js" else "python"
    found = extract(method, BytesIO(source), KEYWORDS, comment_tags=("Translators",), options={"encoding": "utf-8"})
    for _line, text, comments, context in found:
        forms = tuple(text) if isinstance(text, (list, tuple)) else text
        if forms:
            yield (context, forms), comments


_LITERAL = r"""u?(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')"""
_CALL = re.compile(rf"(?<!\w)(npgettext|ngettext|pgettext|gettext|_)\(({_LITERAL}(?:,\s*{_LITERAL})*)")


def template_texts(source: str, origin: str) -> Iterator[Text]:
    """Every text to translate in a Django template, by Django's own reading of it."""
    from django.utils.translation.template import templatize

    for function, arguments in _CALL.findall(templatize(source, origin=origin)):
        parts = [str(ast.literal_eval(literal)) for literal in re.findall(_LITERAL, arguments)]
        context = parts.pop(0) if "p" in function else None
        yield context, (tuple(parts) if "n" in function.replace("gettext", "") else parts[0])


def extracted(room: Room) -> Catalog:
    """What the room's files ask to be translated."""
    catalogue = Catalog(fuzzy=False)
    for path in room.files():
        for (context, text), comments in texts_of(path):
            catalogue.add(
                text,
                locations=[(path.relative_to(ROOT).as_posix(), 0)],
                auto_comments=comments,
                context=context,
            )
    return catalogue


def read(path: Path, language: str) -> Catalog:
    """The catalogue in a file; an empty one when there is no file. ValueError names the line of a damaged file."""
    if not path.is_file():
        return Catalog(locale=language, fuzzy=False)
    try:
        content = path.read_bytes()
        # Babel forgives what is no catalogue at all: a file cut off, the marks of an unfinished merge.
        for number, line in enumerate(content.decode("utf-8").splitlines(), start=1):
            if not _LINE.fullmatch(line):
                raise ValueError(f"{path.relative_to(ROOT)}, line {number}: {line[:60]!r} does not belong here")
        return read_po(BytesIO(content), locale=language, abort_invalid=True)
    except (PoFileError, UnicodeDecodeError) as error:
        raise ValueError(f"{path.relative_to(ROOT)}: {error}") from error


_LINE = re.compile(
    r"""\s*|\#.*|(?:(?:msgctxt|msgid|msgid_plural|msgstr|msgstr\[\d\])\s+)?"(?:[^"\\]|\\.)*"\s*""",
)


def _forms(text: Any) -> tuple[str, ...]:
    """The forms of a text or a translation: one, or singular and plural."""
    return tuple(text) if isinstance(text, (tuple, list)) else (text or "",)


def _key(message: Message) -> tuple[str | None, str]:
    return message.context, _forms(message.id)[0]


def _messages(catalogue: Catalog) -> dict[tuple[str | None, str], Message]:
    return {_key(message): message for message in catalogue if message.id}


def _obsolete(catalogue: Catalog) -> dict[tuple[str | None, str], Message]:
    return {_key(message): message for message in catalogue.obsolete.values() if message.id}


def merged(wanted: Catalog, present: Catalog, language: str, *, prune: bool) -> Catalog:
    """The wanted texts with their present translations.

    A translation whose text is nowhere in the code is kept as obsolete, for somebody may be writing that code now;
    it comes back when the text does. `prune` drops it.
    """
    result = Catalog(locale=language, fuzzy=False)
    known, old = _messages(present), _obsolete(present)
    for key, message in _messages(wanted).items():
        source = known.pop(key, None) or old.pop(key, None)
        plural = isinstance(message.id, tuple)
        translation: Any = ("", "") if plural else ""
        if source is not None and bool(source.string) and isinstance(source.string, str) is not plural:
            translation = source.string
        result.add(
            message.id,
            translation,
            locations=message.locations,
            flags=[flag for flag in (source.flags if source else ()) if flag == "fuzzy"],
            auto_comments=message.auto_comments,
            user_comments=source.user_comments if source else (),
            context=message.context,
        )
    if not prune:
        for message in [*known.values(), *old.values()]:
            if any(_forms(message.string)):
                name = _forms(message.id)[0]
                result.obsolete[name if message.context is None else (name, message.context)] = message
    return result


def as_po(catalogue: Catalog, language: str) -> bytes:
    """The catalogue as a file: sorted, names of files without line numbers, no dates."""
    for message in catalogue:
        message.flags.discard("python-format")
    out = BytesIO()
    write_po(out, catalogue, width=WIDTH, omit_header=True, sort_output=True, include_lineno=False)
    return HEADER.format(language=language).encode() + out.getvalue().rstrip() + b"\n"


def write(path: Path, content: bytes) -> None:
    """Replace a file in one step."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_bytes(content)
    temporary.replace(path)


def update(room: Room, language: str, *, prune: bool = False) -> bool:
    """Bring the room's catalogue up to date; answer whether it changed.

    Somebody may save the file meanwhile: then it is read again, so that no translation is overwritten.
    """
    wanted = extracted(room)
    path = room.catalogue(language)
    if not _messages(wanted) and not path.is_file():
        return False
    while True:
        before = path.read_bytes() if path.is_file() else b""
        content = as_po(merged(wanted, read(path, language), language, prune=prune), language)
        if content == before:
            return False
        if (path.read_bytes() if path.is_file() else b"") == before:
            write(path, content)
            return True


PLACEHOLDER = re.compile(r"%\(\w+\)[#0\- +]*[\d.]*[a-zA-Z]|%[sdrif]|\{\w*(?:\.\w+)*(?:![rsa])?(?::[^{}]*)?\}")


def placeholders(text: str) -> list[str]:
    """The places in a text that are filled in, sorted: `%(name)s`, `%s`, `{name}`. A doubled per cent sign is none."""
    return sorted(PLACEHOLDER.findall(text.replace("%%", "")))


def faults(room: Room, language: str) -> list[str]:
    """What is wrong with the room's catalogue, one line each; empty when it is complete."""
    found: list[str] = []
    try:
        present = read(room.catalogue(language), language)
    except ValueError as error:
        return [f"{room.name}: unreadable: {error}"]
    wanted, known = _messages(extracted(room)), _messages(present)

    def note(what: str, message: Message) -> None:
        text = _forms(message.id)[0]
        where = ", ".join(sorted({name for name, _line in message.locations})[:2])
        found.append(f"{room.name} ({language}): {what}: {text!r}{f' in {where}' if where else ''}")

    for key, message in wanted.items():
        translated = known.get(key)
        if translated is None:
            note("missing", message)
            continue
        forms = _forms(translated.string)
        if isinstance(message.id, tuple) is not isinstance(translated.id, tuple):
            note("singular and plural mixed up, run `manage.py messages`", message)
        elif not all(forms) or translated.fuzzy:
            note("untranslated", message)
        else:
            originals = _forms(message.id)
            for original, form in zip(originals, forms, strict=False):
                # A singular may leave its number out ("one day"), never name another place.
                loose = isinstance(message.id, tuple) and original is originals[0]
                have, want = placeholders(form), placeholders(original)
                if have != want and not (loose and set(have) <= set(placeholders(originals[-1]))):
                    note(f"other placeholders ({', '.join(have) or 'none'})", message)
    for key, message in known.items():
        if key not in wanted:
            note("obsolete, nowhere in the code (`manage.py messages --prune`)", message)
    for message in _obsolete(present).values():
        note("obsolete, nowhere in the code (`manage.py messages --prune`)", message)
    return found


def quarrels(language: str) -> list[str]:
    """Texts that two rooms translate differently, one line each. At run time all catalogues are one: pages of one room
    would show the other's word. Where the sense differs, the code says which is meant (`pgettext`, `context`).
    """
    said: dict[tuple[str | None, str], dict[tuple[str, ...], str]] = {}
    for room in ROOMS:
        for key, message in _messages(read(room.catalogue(language), language)).items():
            if any(forms := _forms(message.string)):
                said.setdefault(key, {}).setdefault(forms, room.name)
    return [
        f"{' and '.join(words.values())} ({language}): translated differently: {text!r}: {sorted(words)}"
        for (_context, text), words in sorted(said.items(), key=lambda one: one[0][1])
        if len(words) > 1
    ]


def compile_catalogues(languages: Iterable[str] = LANGUAGES) -> int:
    """Write the compiled form of every catalogue that changed since; answer how many. ValueError for a damaged one."""
    count = 0
    for room in ROOMS:
        for language in languages:
            path = room.catalogue(language)
            made = path.with_suffix(".mo")
            if not path.is_file() or (made.is_file() and made.stat().st_mtime_ns >= path.stat().st_mtime_ns):
                continue
            out = BytesIO()
            write_mo(out, read(path, language))
            write(made, out.getvalue())
            count += 1
    return count


def main() -> int:
    """`python -m project.i18n --compile`: at set-up, before there are settings."""
    if sys.argv[1:] != ["--compile"]:
        sys.stderr.write("usage: python -m project.i18n --compile (all else: manage.py messages)\n")
        return 2
    try:
        count = compile_catalogues()
    except ValueError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{count} compiled\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
