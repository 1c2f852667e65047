"""Choosing the post that acts."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

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
