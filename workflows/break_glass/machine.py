"""Break-glass, reviewed afterwards: used, and then found justified or not."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from access.models import Post
from access.roles import Role
from access.wall import Side
from workflows.break_glass.models import Tried, Use
from workflows.engine.calendars import Unit
from workflows.engine.forms import ReasonForm
from workflows.engine.machine import DeclaredTerm, End, Machine, MachineState, Step, Text, may, register, unmet

AGREED = gettext_noop("Working agreement of Loods, to be confirmed by the privacy officers")

ACCESS = DeclaredTerm(
    "break_glass.access", 4, Unit.HOURS, (1, Unit.HOURS), (1, Unit.HOURS), (1, Unit.HOURS), AGREED,
    gettext_noop("the glass is broken"),
)  # fmt: skip
"""How long the case stays open to who broke the glass."""

REVIEW = DeclaredTerm(
    "break_glass.review", 2, Unit.WORKING_DAYS, (4, Unit.HOURS), (1, Unit.WORKING_DAYS), (2, Unit.WORKING_DAYS), AGREED,
    gettext_noop("the glass is broken"),
)  # fmt: skip


LOOK = DeclaredTerm(
    "break_glass.tried", 5, Unit.WORKING_DAYS, (1, Unit.WORKING_DAYS), (2, Unit.WORKING_DAYS), (5, Unit.WORKING_DAYS),
    AGREED, gettext_noop("somebody tried and nothing opened"),
)  # fmt: skip


class S(models.TextChoices):
    """States of a use of break-glass."""

    USED = "used", _("Used, to be reviewed")
    JUSTIFIED = "justified", _("Justified")
    NOT_JUSTIFIED = "not_justified", _("Not justified")


class T(models.TextChoices):
    """States of a day of attempts that opened nothing."""

    TRIED = "tried", _("Tried, to be looked at")
    EXPLAINED = "explained", _("Explained")
    TAKEN_UP = "taken_up", _("Taken up with the person")


REVIEWS = may(Role.PRIVACY_OFFICER, Role.NATIONAL_DESK)


def _another(machine: Any) -> bool:
    return machine.acting is None or machine.acting.user_id != machine.record.post.user_id


def _whose_turn(machine: Any) -> bool:
    return machine.acting is None or machine.acting.role == machine.process.owner_role


BY_ANOTHER = unmet(_another, _("Who broke the glass does not review it: somebody else must."))
BY_THE_OFFICER = unmet(_whose_turn, _("The privacy officer reviews this."))


@register
class BreakGlass(Machine):
    """A restricted case was opened in an emergency. It names no case to the lists: the case stays hidden there."""

    kind = "break_glass"
    side = Side.CARE
    label = _("Break-glass")
    about = _("From a restricted case that was opened in an emergency to the finding whether that was justified.")
    states = S
    initial = S.USED
    record_model = Use
    record_with = ("post", "access")
    state = MachineState(S)
    page = "break_glass:page"
    terms = (ACCESS,)
    steps = {
        S.USED: Step(Role.PRIVACY_OFFICER, REVIEW),
        S.JUSTIFIED: End(),
        S.NOT_JUSTIFIED: End(),
    }

    @classmethod
    def also_seen(cls, post: Post) -> Any:
        """The supervisor who was told, and who broke it."""
        return Use.objects.for_post(post).values("pk")

    def shown(self) -> Iterable[tuple[Text, Any]]:
        """Nothing: the page of its own shows it to those who may see it."""
        return ()

    @state.transition(
        S.USED, S.JUSTIFIED, label=_("Justified"), permission=REVIEWS, conditions=[BY_ANOTHER, BY_THE_OFFICER],
        custom={"form": ReasonForm, "primary": True},
    )  # fmt: skip
    def find_justified(self, **facts: Any) -> None:
        """There was an emergency, and no more was read than it asked."""

    @state.transition(
        S.USED, S.NOT_JUSTIFIED, label=_("Not justified"), permission=REVIEWS, conditions=[BY_ANOTHER, BY_THE_OFFICER],
        custom={"form": ReasonForm},
    )  # fmt: skip
    def find_not_justified(self, **facts: Any) -> None:
        """There was no emergency, or more was read than it asked. If the access still lasts it ends now."""
        from workflows.break_glass.acts import end_access

        end_access(self.record)


@register
class BreakGlassTried(Machine):
    """Somebody tried to open a case, and nothing opened: a slip of the pen, or somebody who looks for a person."""

    kind = "break_glass_tried"
    side = Side.CARE
    label = _("Break-glass that opened nothing")
    about = _("From attempts that opened nothing, on one day by one person, to what the privacy officer made of them.")
    states = T
    initial = T.TRIED
    record_model = Tried
    record_with = ("post",)
    state = MachineState(T)
    page = "break_glass:tried"
    steps = {T.TRIED: Step(Role.PRIVACY_OFFICER, LOOK), T.EXPLAINED: End(), T.TAKEN_UP: End()}

    @classmethod
    def also_seen(cls, post: Post) -> Any:
        """The supervisor who was told."""
        return Tried.objects.for_post(post).values("pk")

    def shown(self) -> Iterable[tuple[Text, Any]]:
        """Nothing: the page of its own shows it to those who may see it."""
        return ()

    @state.transition(
        T.TRIED, T.EXPLAINED, label=_("Explained"), permission=REVIEWS, conditions=[BY_ANOTHER, BY_THE_OFFICER],
        custom={"form": ReasonForm, "primary": True},
    )  # fmt: skip
    def find_explained(self, **facts: Any) -> None:
        """A number that was copied wrongly, or haste in good faith."""

    @state.transition(
        T.TRIED, T.TAKEN_UP, label=_("Taken up with the person"), permission=REVIEWS,
        conditions=[BY_ANOTHER, BY_THE_OFFICER], custom={"form": ReasonForm},
    )  # fmt: skip
    def take_up(self, **facts: Any) -> None:
        """Somebody looked for what they have no business with; what follows lies outside of the program."""
