"""The peers as an application, so that they have tables."""

from django.apps import AppConfig


class PeersConfig(AppConfig):
    name = "bench.peers"
    label = "peers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from access.wall.declaration import ALL, FOREIGN, Ground

        for table in ("viewflow_process", "viewflow_task", "viewflow_task_previous"):
            FOREIGN[table] = Ground(ALL, ALL)
