"""Keeping documents: encrypted, under names that tell nothing, in a folder that no address leads to.

The content is encrypted with the first of `settings.LOODS_DOCUMENT_KEYS` and opened with any of them; it is whole
in memory while it is stored or opened, which the limit on its size keeps bearable. A row is written only after its
file is safely on disk, so that a row always has one; a file whose row was rolled back is swept up later
(`manage.py documents`).
"""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction

from access import clock
from access.models import Post
from cases.filetypes import FileType, of_content_type
from cases.models import Case, Document


class DocumentUnreadable(Exception):
    """The content is not there, was changed, or was encrypted with a key we do not have."""


@lru_cache(maxsize=4)
def _cipher(keys: tuple[str, ...]) -> MultiFernet:
    if not keys:
        raise ImproperlyConfigured("LOODS_DOCUMENT_KEYS is empty: documents cannot be encrypted.")
    return MultiFernet([Fernet(key) for key in keys])


def cipher() -> MultiFernet:
    """What encrypts and opens documents under the present keys. Errors: ImproperlyConfigured without keys."""
    return _cipher(tuple(settings.LOODS_DOCUMENT_KEYS))


def place(stored_name: uuid.UUID) -> Path:
    """Where the content of a document lies."""
    return Path(settings.DOCUMENT_ROOT) / stored_name.hex[:2] / stored_name.hex


def store(case: Case, acting: Post, *, content: bytes, type: FileType, title: str, kind: str) -> Document:
    """Keep a document whose type was checked, in the caller's transaction. Errors: OSError when the disk refuses."""
    document = Document(
        case=case,
        title=title,
        kind=kind,
        content_type=type.content_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        stored_name=uuid.uuid4(),
        uploaded_by=acting,
        uploaded_at=clock.now(),
    )
    _write(place(document.stored_name), cipher().encrypt(content))
    document.save(force_insert=True)
    return document


def content_of(document: Document) -> bytes:
    """The content of a document, as it was given. Errors: DocumentUnreadable."""
    try:
        content = cipher().decrypt(place(document.stored_name).read_bytes())
    except (OSError, InvalidToken) as error:
        raise DocumentUnreadable(str(document.pk)) from error
    if hashlib.sha256(content).hexdigest() != document.sha256:
        raise DocumentUnreadable(str(document.pk))
    return content


def remove(document: Document, acting: Post, reason: str) -> None:
    """Take the content away for good once the caller's transaction commits; the row stays, with the reason."""
    document.removed_at, document.removed_by, document.removed_reason = clock.now(), acting, reason
    document.save(update_fields=["removed_at", "removed_by", "removed_reason"])
    path = place(document.stored_name)
    transaction.on_commit(lambda: path.unlink(missing_ok=True))


def download_name(document: Document) -> str:
    """A file name that tells nothing: case number, a few letters, the extension of the true type."""
    known = of_content_type(document.content_type)
    return f"{document.case.number}-{document.pk.hex[:6]}.{known.extension if known else 'bin'}"


def stored_files() -> Iterator[tuple[uuid.UUID, Path]]:
    """Every file in the folder of documents, by the name it is stored under; others are passed over."""
    for path in sorted(Path(settings.DOCUMENT_ROOT).glob("??/*")):
        try:
            yield uuid.UUID(hex=path.name), path
        except ValueError:
            continue


def encrypt_anew(path: Path) -> None:
    """Encrypt a stored file with the first key. Errors: InvalidToken when no key opens it."""
    _write(path, cipher().rotate(path.read_bytes()))


def _write(path: Path, encrypted: bytes) -> None:
    """Write whole or not at all, for our own account alone."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    half = path.with_name(f"{path.name}.{uuid.uuid4().hex[:8]}.half")
    try:
        descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(encrypted)
            file.flush()
            os.fsync(file.fileno())
        half.replace(path)
    except OSError:
        half.unlink(missing_ok=True)
        raise
