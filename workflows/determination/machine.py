"""The design `committee`: a panel of seven, one decision."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from workflows.determination import designs
from workflows.determination.base import BESIDE, STEPS, DeterminationMachine
from workflows.determination.states import S
from workflows.engine.machine import register


@register
class Committee(DeterminationMachine):
    """Requested, completed, looked at by a panel, decided, served, final."""

    kind = designs.COMMITTEE.kind
    label = _("Determination by a committee")
    about = _("Whether somebody is plausibly a victim, found by independent experts apart from any criminal case.")
    states = S
    steps = STEPS
    terms = (*designs.COMMITTEE.terms, *BESIDE)
