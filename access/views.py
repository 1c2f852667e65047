"""Choosing the post that acts, and moving the clock of a demonstration."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from access import clock, demo_clock, log
from access.doors import door
from access.posts import held_posts


@door(person=True)
@require_http_methods(["GET", "POST"])
def choose_post(request: HttpRequest) -> HttpResponse:
    """Which of their posts does this person act in? One of the posts held today, kept in the session."""
    posts = list(held_posts(request.user))  # type: ignore[arg-type]
    if request.method == "POST":
        chosen = next((post for post in posts if str(post.pk) == request.POST.get("post")), None)
        if chosen is not None:
            request.session["post"] = chosen.pk
            target = request.POST.get("next", "")
            safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure())
            return redirect(target if safe else "/")
    return render(request, "access/choose_post.html", {"posts": posts, "next": request.GET.get("next", "")})


@door(*demo_clock.ROLES)
@require_http_methods(["GET", "POST"])
def move_clock(request: HttpRequest) -> HttpResponse:
    """Let the demonstration's clock run ahead by one of a few steps. Outside a demonstration there is no such page."""
    if not settings.DEMO:
        raise Http404
    if request.method == "POST" and request.POST.get("by") in demo_clock.STEPS:
        by, name = demo_clock.STEPS[request.POST["by"]]
        try:
            demo_clock.forward(by)
        except demo_clock.NotNow as refusal:
            messages.error(request, str(refusal))
        else:
            log.record(request, log.Action.WRITE, "access.configuration", detail={"ahead": str(demo_clock.ahead())})
            messages.success(request, _("The clock was moved: %(step)s further.") % {"step": name})
        return redirect("access:clock")
    steps = [(key, name) for key, (_by, name) in demo_clock.STEPS.items()]
    context = {
        "steps": steps,
        "now": clock.now(),
        "real": demo_clock.real_time(),
        "crumbs": [(_("Clock"), request.path)],
    }
    return render(request, "access/clock.html", context)
