"""The room `workflows`: pages over all processes."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WorkflowsConfig(AppConfig):
    name = "workflows"
    verbose_name = _("Processes")

    def ready(self) -> None:
        from cases import closing, timeline, versions
        from workflows.casepage.closing import open_processes
        from workflows.casepage.history import events
        from workflows.following import follow

        closing.obstacles.append(open_processes)
        timeline.sources.append(events)
        versions.followers.append(follow)
