"""The project as an application: its management commands."""

from django.apps import AppConfig


class ProjectConfig(AppConfig):
    name = "project"
