"""What a file is, by its content; its name and what a browser says of it count for nothing."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from io import BytesIO

import filetype


@dataclass(frozen=True)
class FileType:
    """A type of file that may be kept."""

    label: str
    content_type: str
    extensions: tuple[str, ...]

    @property
    def extension(self) -> str:
        """The extension a download gets."""
        return self.extensions[0]


PDF = FileType("PDF", "application/pdf", ("pdf",))
PNG = FileType("PNG", "image/png", ("png",))
JPEG = FileType("JPEG", "image/jpeg", ("jpg", "jpeg"))
TEXT = FileType("TXT", "text/plain", ("txt",))
DOCX = FileType("DOCX", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ("docx",))
XLSX = FileType("XLSX", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ("xlsx",))
ODT = FileType("ODT", "application/vnd.oasis.opendocument.text", ("odt",))

ALLOWED = (PDF, PNG, JPEG, TEXT, DOCX, XLSX, ODT)
ACCEPT = ",".join(f".{extension}" for kind in ALLOWED for extension in kind.extensions)
"""For the attribute ``accept`` of a file input."""

LABELS = ", ".join(kind.label for kind in ALLOWED)
_BY_CONTENT_TYPE = {kind.content_type: kind for kind in (PDF, PNG, JPEG)}


def of_content(content: bytes) -> FileType | None:
    """The type of a file, or None when it is none that may be kept."""
    if content.startswith(b"PK"):
        return _in_zip(content)
    guess = filetype.guess(content)
    if guess is not None:
        return _BY_CONTENT_TYPE.get(guess.mime)
    return TEXT if _is_text(content) else None


def of_content_type(content_type: str) -> FileType | None:
    """The type by the name kept with a document."""
    return next((kind for kind in ALLOWED if kind.content_type == content_type), None)


def _in_zip(content: bytes) -> FileType | None:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            names = set(archive.namelist())
            if any(name.lower().endswith("vbaproject.bin") for name in names):
                return None  # a document with macros in it, whatever its name says
            if "[Content_Types].xml" in names:
                return DOCX if "word/document.xml" in names else XLSX if "xl/workbook.xml" in names else None
            if "mimetype" in names and archive.getinfo("mimetype").file_size <= 100:
                return ODT if archive.read("mimetype").strip() == ODT.content_type.encode() else None
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError):
        return None
    return None


def _is_text(content: bytes) -> bool:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    if text.lstrip()[:200].lower().startswith(("<!doctype", "<html", "<svg", "<?xml", "<script", "{\\rtf", "%!ps")):
        return False
    return all(char.isprintable() or char in "\t\n\r\f\ufeff" for char in text)
