"""What is done with a file beside the steps of its machine; each in the transaction of its caller, on this side.

Who may do it the caller asks of `workflows.determination.policy`.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from access import clock
from access.models import Organisation, Post
from access.wall import Side
from workflows.designs.models import bound
from workflows.determination import numbers, terms
from workflows.determination.models import Decision, Determination, Evidence, Exploitation, File, SourceConsent
from workflows.determination.words import NEEDS_NO_CONSENT, About, ConsentState, Source
from workflows.engine import acts
from workflows.engine.machine import registry
from workflows.engine.models import Process
from workflows.engine.steps import open_process
from workflows.handovers import acts as handovers


class Refused(Exception):
    """It cannot be done; `reason` is a sentence for the page."""

    def __init__(self, reason: Any) -> None:
        super().__init__(str(reason))
        self.reason = reason


def open_file(acting: Post | None, *, organisation: Organisation, design: str | None = None, **facts: Any) -> File:
    """Open a file with its determination, in the design that holds for its region today.

    In: the committee, and the fields of `File`. Out: the file; its process is the one on `File.pk`.
    """
    file = File.objects.create(number=numbers.take(), organisation=organisation, **facts)
    chosen = design or bound(Side.DETERMINATION, file.region_id, clock.today()).code
    begin(file, acting, chosen)
    return file


def begin(file: File, acting: Post | None, design: str) -> Process:
    """Open a determination on a file in a design."""
    record = Determination(file=file, design=design)
    return open_process(
        registry[record.declared.kind],
        acting=acting,
        case_id=file.pk,
        region_id=file.region_id,
        urgent=file.minor,
        facts={"age_group": "minor" if file.minor else "adult"},
        record={"file": file, "design": design},
    )


def ask_consent(file: File, acting: Post, source: str, name: str, about: str = About.ASK) -> SourceConsent:
    """Write down that the person is asked whether a source may be asked, or may be told the outcome."""
    return SourceConsent.objects.create(
        file=file, source=Source(source), name=name, about=About(about), recorded_by=acting
    )


def answer_consent(consent: SourceConsent, acting: Post, given: bool) -> SourceConsent:
    """Write down the answer. Errors: `Refused` when it was answered already, or nobody may answer for a minor."""
    locked = SourceConsent.objects.select_for_update(of=("self",)).select_related("file").get(pk=consent.pk)
    if locked.state != ConsentState.ASKED:
        raise Refused(_("This was answered already."))
    if locked.file.minor and not locked.file.guardian_name:
        raise Refused(_("For a minor the guardian answers: name the guardian first."))
    locked.state = ConsentState.GIVEN if given else ConsentState.REFUSED
    locked.by_guardian = locked.file.minor
    locked.answered_at, locked.recorded_by = clock.now(), acting
    locked.save(update_fields=["state", "by_guardian", "answered_at", "recorded_by"])
    return locked


def withdraw_consent(consent: SourceConsent, acting: Post) -> SourceConsent:
    """The person takes a consent back: what came from that source is read no longer, from this moment on, and neither
    is an outcome that was told on it.

    Errors: `Refused` when no consent stands.
    """
    locked = SourceConsent.objects.select_for_update().get(pk=consent.pk)
    if locked.state != ConsentState.GIVEN:
        raise Refused(_("There is no consent to withdraw."))
    locked.state, locked.withdrawn_at, locked.recorded_by = ConsentState.WITHDRAWN, clock.now(), acting
    locked.save(update_fields=["state", "withdrawn_at", "recorded_by"])
    handovers.end_with_consent(locked.pk, str(_("The person withdrew the consent.")))
    return locked


def add_evidence(
    file: File, acting: Post | None, *, source: str, consent: SourceConsent | None = None, **piece: Any
) -> Evidence:
    """Add a piece. Errors: `Refused` without a consent that stands for its source, unless the person brought it or
    everybody can read it.
    """
    if consent is None and Source(source) not in NEEDS_NO_CONSENT and piece.get("handover") is None:
        raise Refused(_("Without the person's consent for this source nothing of it can be added."))
    if consent is not None:
        locked = SourceConsent.objects.select_for_update().get(pk=consent.pk)
        fits = locked.file_id == file.pk and locked.source == source and locked.about == About.ASK
        if locked.state != ConsentState.GIVEN or not fits:
            raise Refused(_("The consent for this source does not stand."))
    return Evidence.objects.create(file=file, source=source, consent=consent, added_by=acting, **piece)


def link(files: list[File], acting: Post, name: str) -> Exploitation:
    """Link files of one exploitation; each goes on to be decided on its own."""
    known = next((file.exploitation for file in files if file.exploitation is not None), None)
    exploitation = known or Exploitation.objects.create(name=name, made_by=acting)
    File.objects.filter(pk__in=[file.pk for file in files]).update(exploitation=exploitation)
    return exploitation


def out_of_sight(file: File, acting: Post, since: date) -> None:
    """Nobody knows where the person is: everything stands still, and nothing follows from it.

    Errors: `Refused` when it is so already, or the day is still to come.
    """
    if file.disappeared_since is not None:
        raise Refused(_("This is recorded already."))
    if since > clock.today():
        raise Refused(_("This day is still to come."))
    file.disappeared_since = since
    file.save(update_fields=["disappeared_since"])
    now = clock.now()
    for process in _running(file):
        if process.paused_at is None:
            acts.pause(process.pk, acting, reason=str(_("The person is out of sight.")))
        record = Determination.objects.select_for_update(of=("self",)).select_related("file").get(process=process)
        terms.suspend(record, now)
        record.save(update_fields=["suspended_at"])


def back_in_sight(file: File, acting: Post) -> None:
    """The person is there again: everything goes on where it stood, and its terms end later."""
    if file.disappeared_since is None:
        raise Refused(_("The person is not out of sight."))
    file.disappeared_since = None
    file.save(update_fields=["disappeared_since"])
    now = clock.now()
    for process in _running(file):
        if process.paused_at is not None:
            acts.resume(process.pk, acting)
        if process.state != "incomplete":  # there the clock stands still for another reason
            record = Determination.objects.select_for_update(of=("self",)).select_related("file").get(process=process)
            terms.run_on(record, now)
            record.save(update_fields=["suspended_at", "suspended_for", "decide_by"])


def died(file: File, acting: Post, on: date) -> None:
    """The person has died. A determination can still matter to those who stay behind: it goes on, or is stopped by a
    step of its own (`stop`).
    """
    if on > clock.today():
        raise Refused(_("This day is still to come."))
    file.deceased_on = on
    file.save(update_fields=["deceased_on"])


def _running(file: File) -> list[Process]:
    return list(Process.objects.filter(case_id=file.pk, closed_at=None).order_by("pk"))


def decisions_of(file: File) -> list[Decision]:
    """The decisions of a file in the order they were made, the current version of each."""
    return list(Decision.objects.current().filter(file=file).order_by("decided_at"))
