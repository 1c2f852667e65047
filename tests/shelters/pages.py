"""Reading pages and filling in forms as somebody does who sees them."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from django.test import Client

from access import clock
from shelters.models import Unit


def text(response: Any) -> str:
    """The words of a page, with its marks."""
    return " ".join(response.content.decode().split())


def plain(response: Any) -> str:
    """The words of a page as one reads them."""
    shown = re.sub(r"<(script|style|svg).*?</\1>", " ", response.content.decode(), flags=re.S)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", shown)).split())


def filled(client: Client, address: str) -> dict[str, Any]:
    """What a form sends when nobody changes anything in it: every value as the page shows it."""
    shown = client.get(address)
    assert shown.status_code == 200, address
    return sent_by(shown.content.decode())


def sent_by(page: str) -> dict[str, Any]:
    """The values of the main form of a page."""
    form = max(re.findall(r"<form[^>]*method=\"post\".*?</form>", page, flags=re.S), key=len)
    data: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, kind = _of(tag, "name"), _of(tag, "type")
        if not name or name == "csrfmiddlewaretoken" or (kind == "checkbox" and " checked" not in tag):
            continue
        value = unescape(_of(tag, "value") or ("on" if kind == "checkbox" else ""))
        data[name] = [*data.get(name, []), value] if kind == "checkbox" and "value=" in tag else value
    for select, inside in re.findall(r"(<select[^>]*>)(.*?)</select>", form, flags=re.S):
        chosen = [unescape(_of(o, "value")) for o in re.findall(r"<option[^>]*>", inside) if " selected" in o]
        data[_of(select, "name")] = chosen[0] if chosen else ""
    return data


def _of(tag: str, attribute: str) -> str:
    found = re.search(rf' {attribute}="([^"]*)"', tag)
    return found[1] if found else ""


def stands(unit: Unit) -> Any:
    """The unit with what it offers now."""
    return Unit.objects.with_free(clock.now()).get(pk=unit.pk)
