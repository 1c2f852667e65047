"""What can go wrong with a step. Each is its own class, because each wants its own answer from the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.forms import Form

    from workflows.engine.models import Process


class EngineError(Exception):
    """A step that was not made; nothing was changed. `status` is the HTTP answer, `message` a sentence for the page."""

    status = 400
    message: str | Promise = _("This step could not be made. Nothing was changed.")

    def __init__(self, message: str | Promise = "", process: Process | None = None) -> None:
        self.message = message or self.message
        self.process = process
        super().__init__(str(self.message))


class NotFound(EngineError):
    """No such process or step for this post; hidden and absent look alike."""

    status = 404
    message = _("This does not exist, or it is not yours to see.")


class NotAllowed(EngineError):
    """The post may see the process but not make this step."""

    status = 403
    message = _("This step is not for your post.")


class WrongState(EngineError):
    """The step does not belong to the state the process is in."""

    status = 409
    message = _("This step does not fit where the process stands now.")


class LostRace(EngineError):
    """Somebody else moved the process since the page was opened; `process` shows where it stands now."""

    status = 409
    message = _("Somebody else was first. Look at where it stands now and decide again.")


class ConditionUnmet(EngineError):
    """Something that must hold for the step does not; the message says what."""

    status = 422
    message = _("Something that must hold for this step does not hold yet.")


class BadFacts(EngineError):
    """The form of the step was not filled in well; `form` carries the messages and what was typed."""

    status = 422
    message = _("Some of what you filled in needs another look.")

    def __init__(self, form: Form, process: Process | None = None) -> None:
        self.form = form
        super().__init__(process=process)


PAUSED = _("The process is paused. Resume it first.")
