"""Static files under names that change with their contents; as they are where nothing was collected (tests)."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class Storage(CompressedManifestStaticFilesStorage):
    """The manifest decides; without one the plain name is right.

    A file that the manifest does not know is asked for by its plain name: a page without one of its styles is better
    than no page.
    """

    manifest_strict = False

    def stored_name(self, name: str) -> str:
        return str(super().stored_name(name)) if self.hashed_files else name
