"""The page of a person's own settings: being told, language, shortcuts, and being away."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods, require_POST

from access import clock, log
from access.doors import door
from access.models import Deputy, Post, User
from access.wall import Side, taken
from workflows.notices.forms import AbsenceForm, WishesForm
from workflows.worklist.people import colleagues

YEAR = 365 * 24 * 3600


def _post(request: HttpRequest) -> Post | None:
    return request.acting  # type: ignore[attr-defined,no-any-return]


def _page(
    request: HttpRequest, wishes: WishesForm | None = None, absence: AbsenceForm | None = None, status: int = 200
) -> HttpResponse:
    post = _post(request)
    today = clock.today()
    arranged: list[Deputy] = []
    if post is not None:
        rows = Deputy.objects.for_post(post).filter(ends_on__gt=today).select_related("absent__user", "deputy__user")
        arranged = [row for row in rows.order_by("starts_on", "pk") if post.pk in (row.absent_id, row.deputy_id)]
    people = colleagues(post) if post is not None else []
    context: dict[str, Any] = {
        "wishes": wishes or WishesForm(instance=request.user),  # type: ignore[arg-type]
        "absence": absence or (AbsenceForm(post=post, people=people) if post is not None and people else None),
        "mine": [(row, row.starts_on <= today) for row in arranged if post and row.absent_id == post.pk],
        "others": [(row, row.starts_on <= today) for row in arranged if post and row.deputy_id == post.pk],
        "post": post,
    }
    return render(request, "workflows/notices/settings.html", context, status=status)


@door(person=True)
@require_http_methods(["GET", "POST"])
def wishes(request: HttpRequest) -> HttpResponse:
    """Mail, quiet hours, language and shortcuts of the person who is signed in."""
    if request.method == "GET":
        return _page(request)
    assert isinstance(request.user, User)  # the door lets in whoever has signed in
    person = User.objects.get(pk=request.user.pk)
    form = WishesForm(request.POST, instance=person)
    if not form.is_valid():
        return _page(request, wishes=form, status=422)
    with taken(Side.COMMON):
        form.save()
    with override(person.language):
        messages.success(request, _("Your settings are kept."))
    answer = redirect("workflows:settings")
    answer.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        person.language,
        YEAR,
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )
    return answer


@door(person=True)
@require_POST
def be_away(request: HttpRequest) -> HttpResponse:
    """Arrange who acts during an absence."""
    post = _post(request)
    if post is None:
        raise Http404
    form = AbsenceForm(request.POST, post=post, people=colleagues(post))
    if not form.is_valid():
        return _page(request, absence=form, status=422)
    with taken(Side.COMMON):
        made = Deputy.objects.create(
            absent=post,
            deputy_id=form.cleaned_data["deputy"],
            starts_on=form.cleaned_data["starts_on"],
            ends_on=form.cleaned_data["ends_on"],
        )
    log.record(request, log.Action.WRITE, "deputy", made.pk)
    messages.success(request, _("It is arranged: your colleague sees and does your work in these days."))
    return redirect("workflows:settings")


@door(person=True)
@require_POST
def be_back(request: HttpRequest, pk: int) -> HttpResponse:
    """End an arrangement: one that runs ends today, one that is to come is dropped."""
    post = _post(request)
    row = Deputy.objects.for_post(post).filter(pk=pk, absent=post).first() if post is not None else None
    if row is None:
        raise Http404
    today = clock.today()
    with taken(Side.COMMON):
        if row.starts_on < today < row.ends_on:
            row.ends_on = today
            row.save(update_fields=["ends_on"])
        elif row.starts_on >= today:
            row.delete()
    log.record(request, log.Action.WRITE, "deputy", pk)
    messages.success(request, _("Nobody acts for you any more."))
    return redirect("workflows:settings")
