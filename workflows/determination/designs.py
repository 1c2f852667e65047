"""The designs of this side. Adding one is one declaration, if a machine that is there can run it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from access.wall import Side
from workflows.designs.declaration import Design, Stage
from workflows.determination import terms

CONCLUSIVE, REASONABLE = "conclusive", "reasonable"

COMMITTEE = Design(
    code="committee",
    label=_("Committee"),
    about=_("A committee of seven members of different expertise gives its opinion, after the pilot of 2018."),
    kind="committee",
    side=Side.DETERMINATION,
    source=gettext_noop("Pilot of 2018 at the Schadefonds Geweldsmisdrijven (BWBR0040472)"),
    stages=(Stage(CONCLUSIVE, _("Decision"), 7, terms.DECIDE, terms.DECIDE_MINOR),),
    default=True,
)
TWO_STAGE = Design(
    code="two_stage",
    label=_("Two stages"),
    about=_(
        "First, within days, whether there are reasonable grounds; later, after recovery, the conclusive decision."
    ),
    kind="two_stage",
    side=Side.DETERMINATION,
    source=gettext_noop("National Referral Mechanism of the United Kingdom (gov.uk)"),
    stages=(
        Stage(REASONABLE, _("Reasonable grounds"), 1, terms.REASONABLE_BY, terms.REASONABLE_BY_MINOR),
        Stage(
            CONCLUSIVE,
            _("Conclusive decision"),
            3,
            terms.CONCLUSIVE_BY,
            terms.CONCLUSIVE_BY_MINOR,
            not_before=terms.RECOVERY,
        ),
    ),
)
DESIGNS = (COMMITTEE, TWO_STAGE)
