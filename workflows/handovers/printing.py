"""The paper for the person as a PDF."""

from __future__ import annotations

from workflows.handovers.papers import Paper


def write(paper: Paper, language: str) -> bytes:
    """The paper as a PDF, large letters and a simple order, for a printer and for a screen reader."""
    from fpdf import FPDF  # only here: it is large, and every process would load it

    pdf = FPDF(format="A4")
    pdf.set_title("Loods")  # neutral: a list of files and a printer's queue show it
    pdf.set_lang(language)
    pdf.set_creator("Loods")
    pdf.set_margins(20, 18)
    pdf.set_auto_page_break(True, margin=18)
    pdf.add_page()

    def line(text: str, size: int = 12, bold: bool = False, after: float = 2) -> None:
        pdf.set_font("Helvetica", "B" if bold else "", size)
        pdf.multi_cell(0, size * 0.5, _latin(text), new_x="LMARGIN", new_y="NEXT", align="L")
        pdf.ln(after)

    line(paper.title, 20, bold=True)
    line(paper.number, after=4)
    for text in paper.intro:
        line(text)
    for entry in paper.entries:
        pdf.ln(4)
        line(entry.title, 14, bold=True)
        for question, answer in entry.lines:
            line(question, 11, bold=True, after=0)
            line(answer)
    pdf.ln(4)
    for text in paper.outro:
        line(text)
    return bytes(pdf.output())


def _latin(text: str) -> str:
    """The letters that the fonts of every reader have."""
    plain = text.replace("–", "-").replace("“", '"').replace("”", '"').replace("’", "'").replace("‘", "'")
    return plain.encode("latin-1", errors="replace").decode("latin-1")
