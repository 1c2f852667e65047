"""The Celery application: worker and beat."""

import os

from celery import Celery

from project import health

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")

app = Celery("loods")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
health.install(app)
