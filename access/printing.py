"""Paper: a PDF in large letters and a simple order, for a printer and for a screen reader, in any European script."""

from __future__ import annotations

from typing import Any

from access.packages import node_modules

LETTERS = "@fontsource/source-sans-3"
"""The typeface (OFL-1.1) as a printer wants it, of the same family as on the pages. It lies in parts, by script."""
SCRIPTS = ("latin", "latin-ext", "greek", "greek-ext", "cyrillic", "cyrillic-ext", "vietnamese")
LANGUAGES = {"nl": "Nederlands", "en": "English"}
"""In which papers are made, each by its own name."""
WEIGHTS = {"": 400, "B": 700}


class Sheet:
    """A document that is written from top to bottom. Its title is neutral: a list of files and a printer show it.

    In: the language of its text. Headings stand in the outline too, where a reader jumps from one to the next.
    """

    def __init__(self, language: str) -> None:
        from fpdf import FPDF  # only here: it is large, and every process would load it

        self.pdf: Any = FPDF(format="A4")
        self.pdf.set_title("Loods")
        self.pdf.set_lang(language)
        self.pdf.set_creator("Loods")
        self.pdf.set_margins(22, 20)
        self.pdf.set_auto_page_break(True, margin=20)
        for script in SCRIPTS:
            for style, weight in WEIGHTS.items():
                file = node_modules() / LETTERS / "files" / f"source-sans-3-{script}-{weight}-normal.woff"
                self.pdf.add_font(script, style, str(file))
        self.pdf.set_fallback_fonts(list(SCRIPTS[1:]))
        self.pdf.add_page()

    def heading(self, text: Any, level: int = 0) -> None:
        """A heading: 0 for the title, 1 for a part, 2 within it."""
        size = (20, 14, 12)[level]
        self.pdf.ln((0, 4, 2)[level])
        self.pdf.start_section(str(text), level)
        self._write(text, size, "B", after=(4, 1, 0)[level])

    def paragraph(self, text: Any, *, bold: bool = False, after: float = 2) -> None:
        """Text; an empty line in it begins a new paragraph, and a line break stays one."""
        self._write(text, 12, "B" if bold else "", after)

    def pair(self, question: Any, answer: Any) -> None:
        """A name and what stands under it."""
        self._write(question, 11, "B", after=0)
        self._write(answer, 12, "", after=2)

    def content(self) -> bytes:
        """The document."""
        return bytes(self.pdf.output())

    def _write(self, text: Any, size: int, style: str, after: float) -> None:
        self.pdf.set_font(SCRIPTS[0], style, size)
        self.pdf.multi_cell(0, size * 0.5, str(text), new_x="LMARGIN", new_y="NEXT", align="L")
        self.pdf.ln(after)
