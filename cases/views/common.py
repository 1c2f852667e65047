"""What the views of this room share."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from access import log
from access.doors import acting
from cases.models import Case

CONFLICT, UNPROCESSABLE = 409, 422


def find_case(request: HttpRequest, pk: UUID, *, lock: bool = False) -> Case:
    """A case this post sees, with person and region; `lock` holds its row until the request ends.

    Errors: Http404, the same for a case that is hidden and one that is not there.
    """
    cases = Case.objects.for_post(acting(request)).select_related("person", "region")
    if lock:
        cases = cases.select_for_update(of=("self",))
    case = cases.filter(pk=pk).first()
    if case is None:
        raise Http404
    return case


def case_address(case: Case) -> str:
    """Where a case's page is."""
    return reverse("case:page", args=[case.pk])


def back_to(case: Case, part: str = "") -> HttpResponse:
    """Back to the case's page, to a part of it."""
    return redirect(f"{case_address(case)}{f'#{part}' if part else ''}")


def crumbs(case: Case | None, here: Any) -> list[tuple[Any, str]]:
    """The way to a page: register, case, the page itself."""
    way: list[tuple[Any, str]] = [(_("Cases"), reverse("cases:list"))]
    if case is not None:
        way.append((case.number, case_address(case)))
    return [*way, (here, "")]


def sent(request: HttpRequest) -> QueryDict | None:
    """What a form was sent with; None when the page is only opened. An empty form that was sent is sent too."""
    return request.POST if request.method == "POST" else None


def read(request: HttpRequest, case: Case, what: str = "case") -> None:
    """Log that the data of a case was looked at."""
    log.record(request, log.Action.READ, what, case.pk, subject=case.person_id)


def wrote(request: HttpRequest, case: Case, what: str, key: object, **detail: Any) -> None:
    """Log that something of a case was changed."""
    log.record(request, log.Action.WRITE, what, key, subject=case.person_id, detail=detail or None)


def form_page(request: HttpRequest, case: Case, form: Any, title: Any, **context: Any) -> HttpResponse:
    """A page that asks for one thing about a case; a form that is bound here was refused."""
    read(request, case)
    status = 200
    if form.is_bound:
        status = CONFLICT if getattr(form, "lost_race", False) else UNPROCESSABLE
    template = context.pop("template", "cases/form.html")
    given = {"case": case, "form": form, "title": title, "cancel": case_address(case), "crumbs": crumbs(case, title)}
    return render(request, template, {**given, **context}, status=status)
