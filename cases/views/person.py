"""Changing a person, and finding out that two registrations are one person."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from access import log
from access.doors import acting, door
from cases import merging, policy
from cases.forms import MergeForm, PersonForm, UnmergeForm
from cases.intake import possible_duplicates
from cases.models import Case, Merge, Person, TimelineEntry
from cases.views.common import UNPROCESSABLE, back_to, crumbs, find_case, form_page, read, sent, wrote
from cases.words import EntryKind


@door(*policy.WORK)
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change the person a case is about."""
    case = find_case(request, pk)
    if not case.is_open:
        messages.warning(request, _("This case is closed. Reopen it to change it."))
        return back_to(case)
    person = case.person
    if request.method == "POST":
        person = Person.objects.select_for_update().get(pk=person.pk)
    form = PersonForm(sent(request), instance=person)
    if request.method == "POST" and form.is_valid():
        form.save()
        if form.changed_now:
            TimelineEntry.objects.create(
                case=case, kind=EntryKind.CHANGED, by=acting(request), detail=form.change_record()
            )
            wrote(request, case, "person", person.pk, fields=form.changed_now)
        messages.success(request, _("Saved."))
        return back_to(case)
    return form_page(request, case, form, _("Change the person"))


@door(*policy.WORK)
@require_safe
def duplicates(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Persons who may be the one this case is about, each with why, and mergings done before."""
    case = find_case(request, pk)
    found = possible_duplicates(case.person, acting(request))
    read(request, case, "person")
    for likeness in found:
        log.record(request, log.Action.READ, "person", likeness.person.pk, subject=likeness.person.pk)
    context = {
        "case": case,
        "person": case.person,
        "found": found,
        "merges": list(_merges(request, case)),
        "may_merge": policy.may_manage(acting(request)),
        "crumbs": crumbs(case, _("Possible duplicates")),
    }
    return render(request, "cases/duplicates.html", context)


@door(*policy.MANAGE)
@require_http_methods(["GET", "POST"])
def merge(request: HttpRequest, pk: UUID, other: UUID) -> HttpResponse:
    """Look at two registrations side by side and merge them, or not."""
    case = find_case(request, pk)
    second = Person.objects.for_post(acting(request)).filter(pk=other, merged_into=None).first()
    if second is None or second.pk == case.person_id:
        raise Http404
    pair = [case.person, second]
    seen = list(Case.objects.for_post(acting(request)).filter(person__in=pair).newest_first().select_related("region"))
    sides = [(person, [c for c in seen if c.person_id == person.pk]) for person in pair]
    choices = [(str(p.pk), f"{p.display_name} ({', '.join(c.number for c in cases)})") for p, cases in sides]
    form = MergeForm(sent(request), persons=choices)
    if request.method == "POST" and form.is_valid():
        kept, merged = sorted(pair, key=lambda p: str(p.pk) != form.cleaned_data["kept"])
        try:
            done = merging.merge(kept.pk, merged.pk, acting(request), form.cleaned_data["reason"])
        except merging.CannotMerge as stopped:
            form.add_error(None, stopped.reason)
        else:
            for person in (kept, merged):
                log.record(request, log.Action.WRITE, "merge", done.pk, subject=person.pk)
            messages.success(request, _("The two registrations are one person now. You can undo this."))
            return back_to(case)
    for person in pair:
        log.record(request, log.Action.READ, "person", person.pk, subject=person.pk)
    context = {
        "case": case,
        "sides": sides,
        "form": form,
        "crumbs": crumbs(case, _("Merge persons")),
    }
    return render(request, "cases/merge.html", context, status=UNPROCESSABLE if form.is_bound else 200)


@door(*policy.MANAGE)
@require_http_methods(["GET", "POST"])
def unmerge(request: HttpRequest, pk: UUID, merge: UUID) -> HttpResponse:
    """Undo a merging."""
    case = find_case(request, pk)
    done = _merges(request, case).filter(pk=merge).first()
    if done is None:
        raise Http404
    form = UnmergeForm(sent(request))
    if request.method == "POST" and form.is_valid():
        try:
            merging.unmerge(done, acting(request), form.cleaned_data["reason"])
        except merging.CannotMerge as stopped:
            form.add_error(None, stopped.reason)
        else:
            for person in (done.kept_id, done.merged_id):
                log.record(request, log.Action.WRITE, "merge", done.pk, subject=person)
            messages.success(request, _("The merging is undone."))
            return back_to(case)
    return form_page(request, case, form, _("Undo the merging"), submit=_("Undo the merging"))


def _merges(request: HttpRequest, case: Case) -> QuerySet[Merge]:
    """Mergings that made the person of a case what it is, and were not undone, newest first."""
    return (
        Merge.objects.for_post(acting(request))
        .standing()
        .filter(kept=case.person_id)
        .select_related("merged", "by__user", "by__organisation")
        .order_by("-at")
    )
