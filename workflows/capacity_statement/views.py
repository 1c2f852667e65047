"""Pages of capacity statements: the grid of one, all of a region, and who stated what in time."""

from __future__ import annotations

import contextlib
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.db.models import F, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from access import clock, log
from access.doors import acting, door
from access.models import Post
from access.wall import Side
from shelters import inventory, sheets
from shelters.policy import may_change
from shelters.words import LongStayReason, OutReason, Source
from workflows.capacity_statement import checking, completeness, grid, importing, opening, policy
from workflows.capacity_statement.forms import CorrectForm, ImportForm, ReturnForm
from workflows.capacity_statement.models import Line, LongStay, Statement
from workflows.capacity_statement.words import named
from workflows.casepage import answers, reading
from workflows.casepage.lanes import Lane, lane
from workflows.engine import errors
from workflows.engine.steps import perform


@door(*policy.LOOK, side=Side.CARE)
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """What is to be stated now in the regions of the post, and who stated what in time in the last periods."""
    post = acting(request)
    log.record(request, log.Action.READ, "statements")
    context = {
        "running": _running(post),
        "matrices": completeness.by_region(post, clock.today()),
        "crumbs": [(_("Shelter"), reverse("shelters:list")), (_("Capacity statements"), "")],
    }
    return render(request, "workflows/capacity_statement/overview.html", context)


def _running(post: Post) -> list[dict[str, Any]]:
    rows = Statement.objects.for_post(post).filter(process__closed_at=None).select_related("process", "region")
    if post.national:
        rows = rows.filter(process__owner_role=post.role)
    rows = rows.order_by(F("process__due_at").asc(nulls_last=True), "region__name")
    return [
        {"statement": row, "named": named(row.rhythm, row.period), "may_fill": policy.may_fill(post, row.process)}
        for row in rows[:60]
    ]


@door(*policy.LOOK, side=Side.CARE)
@require_safe
def region(request: HttpRequest, pk: int) -> HttpResponse:
    """The units of a region over the last periods: what was stated of each, and when."""
    post = acting(request)
    found = completeness.of_region(post, pk, clock.today())
    if found is None:
        raise Http404
    log.record(request, log.Action.READ, "statements", pk)
    crumbs = [
        (_("Shelter"), reverse("shelters:list")),
        (_("Capacity statements"), reverse("capacity_statement:overview")),
        (found.region.name, ""),
    ]
    return render(request, "workflows/capacity_statement/region.html", {"found": found, "crumbs": crumbs})


@door(*policy.LOOK, side=Side.CARE)
@require_http_methods(["GET", "POST"])
def sheet(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The grid of a statement: to fill in while it is in preparation, to read afterwards."""
    post = acting(request)
    statement, found = _found(pk, post)
    if request.method == "GET":
        log.record(request, log.Action.READ, "statement", pk)
        return _page(request, statement, found)
    if "ask" in request.POST:
        return _ask(request, post, statement, found)
    if not policy.may_fill(post, found.process):
        if post.role not in policy.FILL or not post.works_in(statement.region_id):
            raise PermissionDenied
        return _page(request, statement, found, status=409, problem=errors.WrongState.message)
    return _save(request, post, statement, found)


def _ask(request: HttpRequest, post: Post, statement: Statement, found: Lane) -> HttpResponse:
    """Send a statement back with questions about all of it or about single lines."""
    if post.role not in policy.CHECK:
        raise PermissionDenied
    try:
        outcome = perform(statement.pk, "send_back", post, request.POST, version=_version(request))
    except errors.BadFacts as refusal:
        return _page(request, statement, found, status=refusal.status, asking=refusal.form)
    except errors.NotFound:
        raise Http404 from None
    except errors.EngineError as refusal:
        _fresh, now = _found(statement.pk, post)
        return _page(request, statement, now, status=refusal.status, problem=str(refusal.message))
    log.record(request, log.Action.WRITE, "process", statement.pk)
    return answers.done(request, _("Send back with questions"), outcome.process)


def _version(request: HttpRequest) -> int | None:
    given = request.POST.get("version", "")
    return int(given) if given.isdecimal() and len(given) < 10 else None


def _found(pk: UUID, post: Post) -> tuple[Statement, Lane]:
    read = reading.of_process(pk, post)
    if not read.machines or not isinstance(read.machines[0].record, Statement):
        raise Http404
    machine = read.machines[0]
    return machine.record, lane(machine, read.log.get(machine.process.pk, []), post)


def _save(request: HttpRequest, post: Post, statement: Statement, found: Lane) -> HttpResponse:
    locked = Statement.objects.select_for_update(of=("self",)).get(pk=statement.pk)
    lines = list(Line.objects.filter(statement=locked))
    stays = list(LongStay.objects.filter(statement=locked))
    typed = grid.Typed(request.POST, lines, stays, clock.today())
    if typed.lost or (typed.blind and request.POST.get("revision") != str(locked.revision)):
        return _page(request, locked, found, typed=typed, status=409, problem=_LOST)
    if typed.errors:
        return _page(request, locked, found, typed=typed, status=422)
    changed = grid.save(locked, typed, post)
    Statement.objects.filter(pk=locked.pk).update(revision=F("revision") + 1)
    log.record(request, log.Action.WRITE, "statement", locked.pk, detail={"lines": changed})
    match request.POST.get("do"):
        case "submit":
            return _submit(request, post, locked, found)
        case "inventory":
            _bring_in_line(request, post, locked)
        case _:
            said = ngettext("Saved: %(n)s line changed.", "Saved: %(n)s lines changed.", changed)
            messages.success(request, said % {"n": changed})
    return redirect(answers.back_to(request, found.process))


_LOST = gettext_lazy(
    "Somebody else changed this statement in the meantime. What you typed is still here; what differs is marked."
)


def _submit(request: HttpRequest, post: Post, statement: Statement, found: Lane) -> HttpResponse:
    try:
        outcome = perform(statement.pk, "submit", post, {}, version=found.process.version)
    except (errors.ConditionUnmet, errors.WrongState, errors.LostRace, errors.NotAllowed) as refusal:
        statement.refresh_from_db()
        _fresh, now = _found(statement.pk, post)
        return _page(request, statement, now, status=refusal.status, problem=str(refusal.message))
    log.record(request, log.Action.WRITE, "process", statement.pk)
    return answers.done(request, _("Submit"), outcome.process)


DIFFERS = (Q(places__isnull=False) & (Q(live_places=None) | ~Q(places=F("live_places")))) | (
    Q(out_of_service__isnull=False) & (Q(live_out_of_service=None) | ~Q(out_of_service=F("live_out_of_service")))
)
"""What is stated of the places is not what the inventory says."""


def _bring_in_line(request: HttpRequest, post: Post, statement: Statement) -> None:
    """Let the inventory say what was stated: places and those out of service, from the as-of date on.

    What says not why or until when places are out of service stays as it is, and stays marked.
    """
    changed = 0
    for line in Line.objects.filter(statement=statement).filter(DIFFERS).select_related("unit"):
        if not may_change(post, line.unit):
            continue
        moved = {}
        if line.places is not None and line.places != line.live_places:
            facts = {"places": line.places, "source": line.source, "as_of": line.as_of}
            inventory.change(line.unit, facts, since=line.as_of, acting=post)
            line.live_places = moved["places"] = line.places
        if line.out_of_service is not None and line.out_of_service != line.live_out_of_service:
            with contextlib.suppress(ValueError):
                inventory.set_out(
                    line.unit, line.out_of_service, since=line.as_of, until=line.out_until, reason=line.out_reason,
                    acting=post,
                )  # fmt: skip
                line.live_out_of_service = moved["out_of_service"] = line.out_of_service
        if moved:
            line.save(update_fields=["live_places", "live_out_of_service"])
            log.record(request, log.Action.WRITE, "unit", line.unit_id, detail=moved)
            changed += 1
    said = ngettext(
        "Saved. The inventory of %(n)s unit was changed too.",
        "Saved. The inventory of %(n)s units was changed too.",
        changed,
    )
    messages.success(request, said % {"n": changed})


def _page(
    request: HttpRequest,
    statement: Statement,
    found: Lane,
    *,
    typed: grid.Typed | None = None,
    status: int = 200,
    problem: Any = "",
    asking: Any = None,
) -> HttpResponse:
    post = acting(request)
    shown = grid.read(statement, typed)
    may_fill = policy.may_fill(post, found.process)
    may_check = policy.may_check(post, found.process)
    if may_fill:  # it is submitted with what stands in the grid, and not past it
        found.steps = [step for step in found.steps if step.name != "submit"]
    if may_check:  # what is asked is asked at the lines
        found.steps = [step for step in found.steps if step.name != "send_back"]
    for row in shown.rows if asking is not None else ():
        row.asked = asking.data.get(f"question-{row.line.pk}", "")
    context = {
        "statement": statement,
        "lane": found,
        "sheet": shown,
        "named": named(statement.rhythm, statement.period),
        "may_fill": may_fill,
        "may_check": may_check,
        "asking": asking or ReturnForm(machine=found.machine),
        "asked_at": [row.line for row in shown.rows if row.line.question],
        "unit_heads": importing.unit_heads(),
        "may_correct": policy.may_correct(post, statement)
        and not Statement.objects.filter(corrects=statement).exists(),
        "problem": problem,
        "wrong": sum(len(row.errors) for row in shown.rows),
        "numbers": [(name, grid.HEADS[name]) for name in grid.NUMBERS],
        "sources": Source.choices,
        "out_reasons": OutReason.choices,
        "stay_reasons": LongStayReason.choices,
        "today": clock.today(),
        "differs": any(
            cell.beside_live for row in shown.rows for cell in row.cells if cell.name in ("places", "out_of_service")
        ),
        "crumbs": [
            (_("Shelter"), reverse("shelters:list")),
            (_("Capacity statements"), reverse("capacity_statement:overview")),
            (statement.region.name, ""),
        ],
        **answers.coming_from(request),
    }
    return render(request, "workflows/capacity_statement/sheet.html", context, status=status)


@door(*policy.FILL, side=Side.CARE)
@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Open a correction of a published statement, with a reason."""
    post = acting(request)
    statement, _lane = _found(pk, post)
    if not policy.may_correct(post, statement):
        raise Http404
    if (corrected := Statement.objects.filter(corrects=statement).first()) is not None:
        messages.info(request, _("This statement is corrected by a newer one; here it is."))
        return redirect("capacity_statement:grid", pk=corrected.pk)
    form = CorrectForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        process = opening.correct(statement, post, form.cleaned_data["reason"])
        log.record(request, log.Action.WRITE, "statement", process.pk)
        messages.success(request, _("A correction was opened. Change what was wrong and submit it again."))
        return redirect("capacity_statement:grid", pk=process.pk)
    status = 422 if form.is_bound else 200
    context = {"form": form, "named": named(statement.rhythm, statement.period), "statement": statement}
    return render(request, "workflows/capacity_statement/correct.html", context, status=status)


@door(*policy.LOOK, side=Side.CARE)
@require_safe
def export(request: HttpRequest, pk: UUID, kind: str) -> HttpResponse:
    """The lines of a statement as a file, which can be read back."""
    statement, _lane = _found(pk, acting(request))
    if kind not in sheets.TYPES:
        raise Http404
    lines = checking.checked(statement).lines
    rows, period = importing.rows(lines), named(statement.rhythm, statement.period)
    if kind == "csv":
        content = sheets.write_csv(importing.head(), rows, comes_back=True)
    else:
        notes = [(_("Region"), statement.region.name), (_("Period"), period)]
        content = sheets.write_xlsx(importing.head(), rows, _("Capacity statement"), notes)
    log.record(request, log.Action.EXPORT, "statement", pk, detail={"as": kind, "lines": len(lines)})
    return sheets.download(content, f"statement-{statement.period.lower.isoformat()}", sheets.TYPES[kind])


@door(*policy.FILL, side=Side.CARE)
@require_http_methods(["GET", "POST"])
def take_in(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take in a file or what was copied from a spreadsheet: first what it would change, then all of it or nothing."""
    post = acting(request)
    statement, found = _found(pk, post)
    if not policy.may_fill(post, found.process):
        raise Http404
    context: dict[str, Any] = {
        "statement": statement,
        "named": named(statement.rhythm, statement.period),
        "form": ImportForm(),
        "columns": importing.head(),
    }
    if request.method == "GET":
        return render(request, "workflows/capacity_statement/import.html", context)
    if "ready" in request.POST:
        return _take_in_ready(request, post, statement, found)
    form = context["form"] = ImportForm(request.POST, request.FILES)
    status = 422
    if form.is_valid():
        lines = checking.checked(statement).lines
        made = context["preview"] = importing.preview(form.sheet, lines, clock.today())
        if not made.problems:
            status = 200
            context["ready"] = signing.dumps([statement.revision, made.data], salt=SALT, compress=True)
        log.record(request, log.Action.READ, "statement", pk)
    return render(request, "workflows/capacity_statement/import.html", context, status=status)


SALT = "workflows.capacity_statement.import"


def _take_in_ready(request: HttpRequest, post: Post, statement: Statement, found: Lane) -> HttpResponse:
    try:
        revision, data = signing.loads(request.POST["ready"], salt=SALT, max_age=3600)
    except signing.BadSignature:
        messages.error(request, _("That preview is too old. Choose the file again."))
        return redirect("capacity_statement:import", pk=statement.pk)
    locked = Statement.objects.select_for_update(of=("self",)).get(pk=statement.pk)
    typed = grid.Typed(data, list(Line.objects.filter(statement=locked)), [], clock.today())
    if revision != locked.revision:
        return _page(request, locked, found, typed=typed, status=409, problem=_LOST)
    if typed.errors:
        return _page(request, locked, found, typed=typed, status=422)
    changed = grid.save(locked, typed, post)
    Statement.objects.filter(pk=locked.pk).update(revision=F("revision") + 1)
    log.record(request, log.Action.WRITE, "statement", locked.pk, detail={"lines": changed, "from": "file"})
    said = ngettext("Taken in: %(n)s line.", "Taken in: %(n)s lines.", len(typed.values))
    messages.success(request, said % {"n": len(typed.values)})
    return redirect(answers.back_to(request, found.process))
