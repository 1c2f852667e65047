"""The project as an application: its management commands."""

from django.apps import AppConfig


class ProjectConfig(AppConfig):
    name = "project"

    def ready(self) -> None:
        """Make the Celery application known in every process, so that jobs the web asks for go to our broker."""
        from project import celery  # noqa: F401
