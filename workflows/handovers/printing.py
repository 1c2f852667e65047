"""The paper for the person as a PDF."""

from __future__ import annotations

from access.printing import Sheet
from workflows.handovers.papers import Paper


def write(paper: Paper, language: str) -> bytes:
    """The paper as a PDF."""
    sheet = Sheet(language)
    sheet.heading(paper.title)
    sheet.paragraph(paper.number, after=4)
    for text in paper.intro:
        sheet.paragraph(text)
    for entry in paper.entries:
        sheet.heading(entry.title, 1)
        for question, answer in entry.lines:
            sheet.pair(question, answer)
    sheet.paragraph("")
    for text in paper.outro:
        sheet.paragraph(text)
    return sheet.content()
