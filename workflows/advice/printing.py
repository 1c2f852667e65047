"""A page for the person as a PDF, in the languages whose letters the paper has; others are printed by the browser."""

from __future__ import annotations

from markdown_it import MarkdownIt

from access.printing import Sheet
from workflows.advice.content import PersonPage
from workflows.advice.frame import Frame, day
from workflows.advice.rendering import joined
from workflows.advice.words import FROM_THE_RIGHT, PERSONAL

ON_PAPER = tuple(code for code in PERSONAL if code not in FROM_THE_RIGHT)
LINE = "_" * 40


def write(page: PersonPage, words: Frame, drafts: list[str]) -> bytes:
    """The page as a PDF; `drafts` are the sentences that say it is one. Its title is as neutral as every paper's."""
    sheet = Sheet(page.language)
    for text in drafts:
        sheet.paragraph(text, bold=True)
    sheet.heading(page.front.title)
    _body(sheet, page.text)
    sheet.paragraph("")
    sheet.pair(words.navigator, LINE)
    sheet.pair(words.phone, LINE)
    sheet.paragraph(words.danger, bold=True)
    sheet.paragraph(f"{words.sources} {joined(page.sources(words.unconfirmed), page.language)}")
    sheet.paragraph(words.version.format(number=page.front.version, day=day(page.front.as_of, page.language)))
    return sheet.content()


def _body(sheet: Sheet, text: str) -> None:
    """Headings, paragraphs and lists; marks within a line are left out."""
    kind = depth = 0
    for token in MarkdownIt("commonmark", {"html": False}).parse(text):
        if token.type == "heading_open":
            kind = int(token.tag[1])
        elif token.type == "heading_close":
            kind = 0
        elif token.type in ("list_item_open", "list_item_close"):
            depth += token.nesting
        elif token.type == "inline":
            said = "".join(" " if one.type == "softbreak" else one.content for one in token.children or ())
            if kind:
                sheet.heading(said, 1)
            else:
                sheet.paragraph(f"• {said}" if depth else said, after=1 if depth else 2)
