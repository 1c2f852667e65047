"""Registers the face with Django: template tags, system checks."""

from __future__ import annotations

from django.apps import AppConfig


class FaceConfig(AppConfig):
    """The face of the program."""

    name = "project.face"
    label = "face"

    def ready(self) -> None:
        from project.face import checks  # noqa: F401
