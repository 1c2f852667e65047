"""The few views of the face: the way out, signs of life, preferences, the pages about the program."""

from __future__ import annotations

import base64

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.crypto import salted_hmac
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST, require_safe

from access.doors import door
from access.wall import Side, taken
from project.face.context import THEME_COOKIE, THEMES

YEAR = 365 * 24 * 3600


@door(public=True)
@csrf_exempt  # The way out must never be refused; a forged sign-out does no harm, and the cookie is same-site anyway.
@never_cache
@require_POST
def quick_exit(request: HttpRequest) -> HttpResponse:
    """Sign out and lead to a neutral site. With a script the page has gone already and only the sign-out counts."""
    with taken(Side.COMMON):  # who signs out is counted on the common ground, whatever the side of the post
        logout(request)
    if request.headers.get("X-Loods-Exit"):
        response = HttpResponse(status=204)
    else:
        # Not a redirect: the policy lets forms lead to ourselves only.
        response = render(request, "face/exit.html", {"exit_url": settings.LOODS_QUICK_EXIT_URL})
        response["Refresh"] = f"0; url={settings.LOODS_QUICK_EXIT_URL}"
    response["Clear-Site-Data"] = '"storage"'
    return response


@door(public=True)
@never_cache
@require_safe
def here(request: HttpRequest) -> HttpResponse:
    """Is the server there, and am I still signed in? 204 yes, 401 no. Asking prolongs the session."""
    return HttpResponse(status=204 if request.user.is_authenticated else 401)


@door(public=True)
@never_cache
@require_GET
def draft_key(request: HttpRequest) -> HttpResponse:
    """The key that typed text is kept with in the browser: given to that person alone, stored nowhere. 401: nobody.

    What stays in the browser after a time-out can be read again only after the same person has signed in.
    """
    if not request.user.is_authenticated:
        return HttpResponse(status=401)
    key = salted_hmac("project.face.draft", str(request.user.pk), algorithm="sha256").digest()
    return JsonResponse({"key": base64.b64encode(key).decode()})


@door(public=True)
@require_POST
def preferences(request: HttpRequest) -> HttpResponse:
    """Light, dark or as the system; shortcuts on or off. Back to the page that asked."""
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure())
    response = redirect(target if safe else "/")
    theme = request.POST.get("theme")
    if theme in THEMES:
        response.set_cookie(THEME_COOKIE, theme, YEAR, secure=request.is_secure(), httponly=True, samesite="Lax")
    if "shortcuts" in request.POST and request.user.is_authenticated:
        request.user.shortcuts = request.POST["shortcuts"] == "on"  # type: ignore[union-attr]
        with taken(Side.COMMON):  # people stand on the common ground, whatever the side of the post that acts
            request.user.save(update_fields=["shortcuts"])
    return response


@door(public=True)
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """The accessibility statement."""
    return render(request, "face/accessibility.html")


@door(public=True)
@require_safe
def about(request: HttpRequest) -> HttpResponse:
    """What the program is, where its rules and figures come from, its licence and its source."""
    return render(request, "face/about.html")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was open too long, or came from elsewhere (`CSRF_FAILURE_VIEW`). Nothing was saved."""
    return render(request, "errors/csrf.html", status=403)
