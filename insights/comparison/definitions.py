"""Every figure of the comparison, declared once: what it is called and what it means, with of how many."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Figure:
    """A figure. `sort`: share (of how many), days or pieces (median and the ninth in ten), alpha."""

    key: str
    label: Promise
    means: Promise
    sort: str


SHARES = (
    Figure("decided", _("Decided"), _("Requests with a conclusive decision, of all made in the period."), "share"),
    Figure(
        "withdrawn",
        _("Withdrawn"),
        _(
            "Requests that stopped because they were withdrawn or, where it is led by the "
            "investigation, closed without cooperation, of all."
        ),
        "share",
    ),
    Figure("disappeared", _("Out of sight"), _("People who are out of sight now, of all."), "share"),
    Figure(
        "reconsidered", _("Reconsideration asked"), _("Decisions looked at again by others, of those decided."), "share"
    ),
    Figure(
        "changed", _("Decided otherwise"), _("Reconsiderations with another outcome, of those decided again."), "share"
    ),
    Figure("heard", _("Heard"), _("People who were heard, of those decided. Not wanting it is neutral."), "share"),
    Figure(
        "helped",
        _("Sheltered meanwhile"),
        _(
            "People who came to a place through Loods before the decision, of those "
            "decided whose request was handed over from the care side; of others it is not known."
        ),
        "share",
    ),
    Figure(
        "reported",
        _("Later reported to the police"),
        _(
            "People of whom a complaint or cooperation was registered "
            "after the request, of those whose request was handed over from the care side. It says nothing of who is a "
            "victim."
        ),
        "share",
    ),
)
TIMES = (
    Figure(
        "to_decision", _("Days to the decision"), _("From the request to the conclusive decision, in days."), "days"
    ),
    Figure("to_service", _("Days to service"), _("From the request until service was recorded, in days."), "days"),
    Figure(
        "waiting",
        _("Of these waiting on others"),
        _("Days in states in which the person or somebody else outside was waited for, recovery included."),
        "days",
    ),
    Figure("evidence", _("Pieces of evidence"), _("Pieces in the file of those decided."), "pieces"),
)
ALPHA = Figure(
    "agreement",
    _("Agreement of members"),
    _("Krippendorff's alpha of the findings before the hearing: 1 is full agreement, 0 no more than by chance."),
    "alpha",
)
GROUPS = {
    "minor": _("Minors, or of unknown age"),
    "handed_over": _("Handed over from the care side"),
    "linked": _("One exploitation, several applicants"),
}
INTERVALS = _(
    "Shares: Wilson score interval. Medians: order statistics (binomial). Each holds the true value nineteen times in "
    "twenty if the files were drawn by chance, which they are not: people came to a design by region and period."
)
