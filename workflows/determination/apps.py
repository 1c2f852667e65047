"""The determination of victimhood."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from access.wall.sides import Side


class DeterminationConfig(AppConfig):
    name = "workflows.determination"
    label = "determination"
    verbose_name = _("Determination of victimhood")
    functions = {  # a gate that answers yes or no and tells nothing else: see `workflows.determination.functions`
        "determination_conflict(uuid, bigint)": frozenset({Side.DETERMINATION}),
    }

    def ready(self) -> None:
        from access.roles import Role
        from workflows.designs.declaration import declare
        from workflows.determination import checks, designs, machine, outcomes, receiving, two_stage  # noqa: F401
        from workflows.determination.queries import SITS_ON, done_by, sits_on
        from workflows.engine.queries import narrowed, part_done, told
        from workflows.handovers import acts as handovers
        from workflows.handovers import facts
        from workflows.handovers.words import Purpose

        facts.register(*outcomes.FACTS)
        for design in designs.DESIGNS:
            declare(design)
        narrowed[Role.COMMITTEE_MEMBER] = sits_on
        part_done[Role.COMMITTEE_MEMBER] = done_by
        told[(Side.DETERMINATION, Role.COMMITTEE_MEMBER)] = SITS_ON
        handovers.receivers[(Side.DETERMINATION, Purpose.REQUEST_DETERMINATION)] = receiving.request
        handovers.receivers[(Side.DETERMINATION, Purpose.EVIDENCE)] = receiving.evidence
        handovers.consents[Side.DETERMINATION] = outcomes.stands
