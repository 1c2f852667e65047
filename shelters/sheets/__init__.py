"""Tables from files and to files: XLSX, CSV and the clipboard. Knows no model; docs/sheets.md tells the rules."""

from shelters.sheets.cells import harmless
from shelters.sheets.grids import MOST_BYTES, MOST_ROWS, Unreadable
from shelters.sheets.sheet import Sheet, pasted, read
from shelters.sheets.writing import CSV, TYPES, XLSX, Cell, download, write_csv, write_xlsx

__all__ = [
    "CSV",
    "MOST_BYTES",
    "MOST_ROWS",
    "TYPES",
    "XLSX",
    "Cell",
    "Sheet",
    "Unreadable",
    "download",
    "harmless",
    "pasted",
    "read",
    "write_csv",
    "write_xlsx",
]
