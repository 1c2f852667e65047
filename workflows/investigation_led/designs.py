"""The design as it stands: recognition hangs on the criminal case."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from access.wall import Side
from workflows.designs.declaration import Design, Stage

INVESTIGATION_LED = Design(
    code="investigation_led",
    label=_("Led by the investigation"),
    about=_("As it stands under B8/3: a criminal complaint or other cooperation, and then what becomes of the case."),
    kind="investigation_led",
    side=Side.JUSTICE,
    source=gettext_noop("Aliens Act Implementation Guidelines, chapter B8/3 [to be confirmed]"),
    stages=(Stage("case", _("Decision in the criminal case"), 1),),
    default=True,
)
