"""A file as a grid: what it is, its content says; its name counts for nothing."""

from __future__ import annotations

from django.utils.translation import gettext as _

from shelters.sheets import plaintext
from shelters.sheets.grids import MOST_BYTES, Grid, Unreadable, no_spreadsheet, nothing


def grid(content: bytes, fits: plaintext.Fits) -> Grid:
    """The cells of an XLSX or CSV file; `fits` chooses the separator of a CSV. Errors: Unreadable."""
    if len(content) > MOST_BYTES:
        raise Unreadable(_("The file is larger than 5 MB. A statement is never that large: choose another file."))
    if not content.strip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"):
        raise Unreadable(_("The file is empty."))
    if not content.strip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n;,"):
        raise nothing()
    if content.startswith(b"PK\x03\x04"):
        from shelters.sheets import workbook  # only here: see `shelters.sheets.books`

        return workbook.grid(content)
    if content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        # Excel's old format and its passwords come in the same wrapping.
        raise Unreadable(
            _("This is an old or a protected workbook. Save it as .xlsx without a password and try again.")
        )
    if content.startswith(b"%PDF"):
        raise no_spreadsheet()
    return plaintext.grid(plaintext.decoded(content), fits)
