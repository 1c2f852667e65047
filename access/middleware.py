"""A transaction around each request, the post that acts in it, and the door of the view it asks for."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError, connection, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotFound
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils import timezone, translation

from access import log
from access.doors import door_of
from access.models import AccessRecord, Post
from access.posts import acting_post
from access.wall import Side, taken

logger = logging.getLogger(__name__)

FILES, NO_DATABASE = "/static/", "/healthz"
ACCOUNT = "/account/"
"""Pages of one's own account: they work with tables of the common ground, whichever post acts."""
Next = Callable[[HttpRequest], HttpResponseBase]


class TransactionMiddleware:
    """Every request is one transaction, on the common side until the post that acts is known.

    An answer of 500 or above undoes everything. A database that is away gets a page that says so (503).
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path.startswith(FILES):
            return HttpResponseNotFound()  # what is there was answered before; the page around "absent" asks who it is
        if request.path.startswith(NO_DATABASE):
            return self.get_response(request)
        try:
            with taken(Side.COMMON), transaction.atomic():
                response = self.get_response(request)
                if response.status_code >= 500:
                    transaction.set_rollback(True)
                return response
        except (OperationalError, InterfaceError):
            return self.away(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Undo what a view that failed had done."""
        if isinstance(exception, (OperationalError, InterfaceError)):
            if connection.in_atomic_block:
                transaction.set_rollback(True)
            return self.away(request)
        return None

    def away(self, request: HttpRequest) -> HttpResponse:
        """The page for a database that does not answer; it needs no database itself."""
        logger.error("The database does not answer.")
        return HttpResponse(render_to_string("503.html", {}), status=503, headers={"Retry-After": "10"})


class PostMiddleware:
    """Finds the post that acts, holds the door of the view, takes the post's side for the view, logs the access."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path.startswith(NO_DATABASE):
            return self.get_response(request)
        request.acting = None  # type: ignore[attr-defined]
        if request.user.is_authenticated:
            request.acting = acting_post(request.user, request.session.get("post"))  # type: ignore[attr-defined]
            self._prolong(request)
            self._speak(request)
        post: Post | None = request.acting  # type: ignore[attr-defined]
        with taken(post.side if post and not request.path.startswith(ACCOUNT) else Side.COMMON):
            response = self.get_response(request)
            if not connection.needs_rollback and response.status_code < 500:
                log.write(getattr(request, "access_lines", []))
        if request.user.is_authenticated and not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store"
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponseBase | None:
        """Answer instead of the view when the door is closed for whoever asks."""
        if request.path.startswith(NO_DATABASE):
            return None
        door = door_of(view)
        if door is None:
            logger.error(
                "View %s has no door and stays closed.", request.resolver_match and request.resolver_match.view_name
            )
            raise PermissionDenied
        if door.public:
            return None
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not request.user.is_active:
            logout(request)
            return redirect("account_login")
        if door.person:
            return None
        post: Post | None = request.acting  # type: ignore[attr-defined]
        if post is None:
            return redirect("access:choose_post")
        if not door.admits(post.role, post.side):
            log.record(request, AccessRecord.Action.REFUSED, "view")
            raise PermissionDenied
        return None

    @staticmethod
    def _speak(request: HttpRequest) -> None:
        """The person's own language, unless another was chosen on this device."""
        if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
            translation.activate(request.user.language)  # type: ignore[union-attr]
            request.LANGUAGE_CODE = translation.get_language()  # type: ignore[attr-defined]

    @staticmethod
    def _prolong(request: HttpRequest) -> None:
        """Let an active session live on; written at most once a minute."""
        now = int(timezone.now().timestamp())
        if now - request.session.get("seen", 0) >= min(60, settings.LOODS_IDLE_SECONDS // 4):
            request.session["seen"] = now
