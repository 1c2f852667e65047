"""A real browser for the tests: Chromium by Playwright, with axe-core for what people with a disability meet."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import override_settings
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from access.models import Post
from access.wall import Side, taken

CHROMIUM = os.environ.get("LOODS_CHROMIUM", "")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-dev-shm-usage",
    "--force-prefers-reduced-motion",  # pages that fade into each other are drawn by the processor here
]  # fmt: skip
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
IN_BROWSER = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not CHROMIUM, reason="LOODS_CHROMIUM names no browser"),
]
"""Marks of a test in a browser; the fixtures `chromium`, `site` and `context` stand in `tests/conftest.py`."""
PASSWORD = "elf-boeien-voor-de-kust"
WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 360, "height": 780}
LOOKS = (("light", WIDE), ("dark", NARROW))
"""Each theme and each width once: contrast hangs on the theme, what sticks out on the width."""
SCREENS = os.environ.get("LOODS_SCREENSHOTS", "")
"""A folder for pictures of the pages, to be looked at."""


@contextmanager
def served() -> Iterator[str]:
    """The program on a port of its own over plain HTTP, for a test with `transactional_db`; gives its address."""
    plain = {
        "SECURE_SSL_REDIRECT": False,
        "SECURE_HSTS_SECONDS": 0,
        "SESSION_COOKIE_SECURE": False,
        "CSRF_COOKIE_SECURE": False,
    }
    # Static files come from where they are written, whether or not some were collected before.
    storages = settings.STORAGES | {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    with override_settings(**plain, ALLOWED_HOSTS=["*"], STORAGES=storages):
        server = LiveServer("localhost:0")
        try:
            yield server.url
        finally:
            server.stop()


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser. Django's ORM is used beside Playwright's event loop, which is safe here: one thread, one at a time."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


def findings(page: Page) -> list[str]:
    """What axe-core finds wrong on a page, one line each; empty is what we want."""
    if page.evaluate("typeof axe") == "undefined":
        # Evaluated by the debugger, so the page's own content security policy stays in force.
        axe = Path(settings.BASE_DIR) / "node_modules" / "axe-core" / "axe.min.js"
        page.evaluate(axe.read_text(encoding="utf-8"))
    # What passes is not worked out node by node: on a large page that is most of the work.
    result: dict[str, Any] = page.evaluate(
        "rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", RULES
    )
    return [
        f"{fault['id']}: {node['target']} {node['failureSummary']}"
        for fault in result["violations"]
        for node in fault["nodes"]
    ]


def too_wide(page: Page) -> list[str]:
    """Elements that stick out of a page at the right; empty is what we want."""
    return list(
        page.evaluate(
            """() => document.documentElement.scrollWidth <= innerWidth ? [] : [...document.querySelectorAll("body *")]
            .filter(e => e.getBoundingClientRect().right > innerWidth + 1).slice(0, 5)
            .map(e => `${e.tagName}.${e.className}`)"""
        )
    )


def picture(page: Page, name: str) -> None:
    """Keep what a page looks like, where LOODS_SCREENSHOTS names a folder."""
    if SCREENS:
        page.screenshot(path=Path(SCREENS) / f"{name}.png", full_page=True)


def unfit(page: Page, name: str = "", looks: Sequence[tuple[str, dict[str, int]]] = LOOKS) -> list[str]:
    """What hinders people on a page as it stands now, in the `looks`; empty is what we want. It ends as it began.

    A `name` keeps a `picture` of each look.
    """
    found, before = [], page.viewport_size
    for scheme, size in looks:
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        found += [f"{scheme}, {size['width']} wide: {line}" for line in (*findings(page), *too_wide(page))]
        if name:
            picture(page, f"{name}-{scheme}-{size['width']}")
    page.emulate_media(color_scheme="null")
    page.set_viewport_size(before or WIDE)  # type: ignore[arg-type]
    return found


def known(post: Post) -> Post:
    """Gives the person of a post the password `PASSWORD`."""
    with taken(Side.COMMON), transaction.atomic():
        post.user.set_password(PASSWORD)
        post.user.save()
    return post


def sign_in(page: Page, email: str, password: str = PASSWORD) -> None:
    """Fill in and send the sign-in form that the page shows."""
    page.fill("input[name=login]", email)
    page.fill("input[name=password]", password)
    page.click("main button[type=submit]")


def complaints(context: BrowserContext) -> list[str]:
    """A list that fills with every error and every refusal of the content security policy in a context's pages."""
    heard: list[str] = []

    def hear(text: str) -> None:
        if "ransition" not in text:  # a page was left or resized while it was still fading in
            heard.append(text)

    def listen(page: Page) -> None:
        page.on("console", lambda message: hear(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: hear(str(error)))

    context.on("page", listen)
    return heard
