"""Receiving files: in memory alone, and no more of them than may be kept.

Django would put a large upload in a temporary file, readable for whoever reads the disk. This handler keeps it in
memory up to `settings.DOCUMENT_MAX_BYTES` and stops reading beyond. What was typed before the file in the form has
been read by then and is kept: a form puts its file field last.
"""

from __future__ import annotations

import time
from io import BytesIO
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import InMemoryUploadedFile, UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest

OTHER_FIELDS = 1024 * 1024
"""Bytes a request may hold beside its file: typed text and the seams between the parts."""

LINGER = 5.0
"""Seconds spent on throwing away the rest of a refused file. A browser that is cut off while it still sends shows an
error of its own instead of our answer; one that sends for longer than this is cut off all the same."""


class BoundedUploadHandler(FileUploadHandler):
    """Keeps a file in memory; one that is too large is marked on the request (`refused`) and not read on."""

    def handle_raw_input(  # type: ignore[override]  # the stubs call the boundary text; it comes as bytes
        self, input_data: Any, META: dict[str, str], content_length: int, boundary: bytes, encoding: Any = None
    ) -> None:
        self.input, self.announced = input_data, content_length

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.content, self.received = BytesIO(), 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.received += len(raw_data)
        limit = settings.DOCUMENT_MAX_BYTES
        if self.received > limit or self.announced > limit + OTHER_FIELDS:
            self.content = BytesIO()
            if self.request is not None:
                self.request.upload_refused = True  # type: ignore[attr-defined]
            self._throw_away()
            raise StopUpload(connection_reset=True)
        self.content.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile:
        self.content.seek(0)
        return InMemoryUploadedFile(
            file=self.content,
            field_name=self.field_name,
            name=self.file_name,
            content_type=self.content_type,
            size=file_size,
            charset=self.charset,
            content_type_extra=self.content_type_extra,
        )

    def _throw_away(self) -> None:
        until = time.monotonic() + LINGER
        while time.monotonic() < until and self.input.read(self.chunk_size):
            pass


def refused(request: HttpRequest) -> bool:
    """Whether a file in this request was larger than may be kept."""
    return getattr(request, "upload_refused", False)
