"""Markdown on a page. Raw HTML in a text is shown as it was typed, and an address that runs a script is no link."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

from workflows.advice.words import FROM_THE_RIGHT

_WORD = r"\+?[A-Za-z0-9](?:[A-Za-z0-9./:@+–-]*[A-Za-z0-9%])?"
RUN = re.compile(rf"{_WORD}(?: {_WORD})*")
"""Numbers, telephone numbers, addresses, codes and names in Latin letters; those with a space between go together."""


@cache
def _writer(isolates: bool) -> MarkdownIt:
    made = MarkdownIt("commonmark", {"html": False})
    if isolates:
        made.add_render_rule("text", _isolated)
    return made


def _isolated(self: Any, tokens: Any, at: int, options: Any, env: Any) -> str:
    """In a text from right to left, what is read from left to right stands apart: its order never turns."""
    return _apart(tokens[at].content)


def _apart(text: str) -> str:
    made, last = [], 0
    for found in RUN.finditer(text):
        made += [escape(text[last : found.start()]), f'<bdi dir="ltr">{escape(found.group())}</bdi>']
        last = found.end()
    return "".join([*made, escape(text[last:])])


def html(text: str, language: str = "nl") -> SafeString:
    """A text as HTML, written by the library alone."""
    return mark_safe(_writer(language in FROM_THE_RIGHT).render(text))  # noqa: S308  # html is off in the writer


def line(text: str, language: str) -> SafeString:
    """A line without marks, such as a title."""
    return mark_safe(_apart(text) if language in FROM_THE_RIGHT else escape(text))  # noqa: S308  # escaped just here


def joined(texts: Iterable[str], language: str) -> str:
    """Texts with the mark between them that the language writes."""
    return ("؛ " if language in FROM_THE_RIGHT else "; ").join(texts)


def direction(language: str) -> str:
    """``rtl`` or ``ltr``."""
    return "rtl" if language in FROM_THE_RIGHT else "ltr"
