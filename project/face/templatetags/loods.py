"""Template tags of the face. How to use them: docs/face.md."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.core.signals import setting_changed
from django.template.base import FilterExpression, NodeList, Parser, Token, token_kwargs
from django.template.context import Context
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _

from access import clock
from project.face import icons, times

register = template.Library()

STATUS: dict[str, tuple[str, Any]] = {
    "emergency": ("siren", _("Emergency")),
    "overdue": ("alert", _("Overdue")),
    "today": ("clock", _("Today")),
    "soon": ("calendar", _("Soon")),
    "later": ("calendar", _("Later")),
    "waiting": ("hourglass", _("Waiting")),
    "paused": ("pause", _("Paused")),
    "done": ("check", _("Done")),
    "new": ("new", _("New")),
    "info": ("info", _("Information")),
    "plain": ("dot", ""),
}
"""Kinds of badge: icon and words each, so that none is told by colour alone."""

PASSED_ON = ("request", "csrf_token", "face", "user")


@register.simple_tag
def icon(name: str, size: str = "", label: str = "") -> SafeString:
    """An icon of ours. Silent for screen readers unless it has a label. `size`: empty, large or huge."""
    if name not in icons.names():
        if settings.DEBUG:
            raise template.TemplateSyntaxError(f"There is no icon {name!r}.")
        name = "dot"
    if not label:
        return _silent(name, size)
    return _drawn(name, size, format_html('role="img" aria-label="{}"', label))


@lru_cache(maxsize=256)
def _silent(name: str, size: str) -> SafeString:
    """An icon without a voice: a list has hundreds of them, of a few kinds."""
    return _drawn(name, size, mark_safe('aria-hidden="true"'))


def _drawn(name: str, size: str, voice: SafeString) -> SafeString:
    more = f" icon-{size}" if size else ""
    more += " icon-loods" if name == "loods" else ""
    return format_html('<svg class="icon{}" {}><use href="{}#{}"/></svg>', more, voice, static(icons.SPRITE), name)


setting_changed.connect(lambda **_: _silent.cache_clear(), weak=False)  # tests serve static files from elsewhere


@register.simple_tag
def status(kind: str, text: Any = None, title: Any = "") -> SafeString:
    """A badge: a kind out of STATUS, with its own words or the given ones."""
    picture, words = STATUS.get(kind, STATUS["plain"])
    tip = format_html(' title="{}"', title) if title else ""
    shown = text if text not in (None, "") else words
    return format_html('<span class="badge badge--{}"{}>{}{}</span>', kind, tip, icon(picture), shown)


@register.simple_tag
def due(
    value: datetime | date | None, paused: Any = None, done: Any = None, emergency: bool = False
) -> SafeString | str:
    """By when: "3 days late", "today 16:00", "in 2 days", "do 26 nov". Paused and done are told instead."""
    if done:
        return status("done")
    if paused:
        return status("paused")
    if value is None:
        return ""
    words = times.due(value, clock.now())
    kind = "emergency" if emergency and words.kind in {"overdue", "today"} else words.kind
    # Where the day is no alarm the calendar would be noise on each line.
    picture = "" if kind == "later" else icon(STATUS[kind][0])
    inside = format_html('<time datetime="{}" title="{}">{}</time>', words.machine, words.full, words.text)
    return format_html('<span class="badge badge--{}">{}{}</span>', kind, picture, inside)


@register.simple_tag
def when(value: datetime | date | None) -> SafeString | str:
    """When something was or will be, short, with the exact moment as title."""
    if value is None:
        return ""
    words = times.when(value, clock.now())
    return format_html('<time datetime="{}" title="{}">{}</time>', words.machine, words.full, words.text)


@register.simple_tag
def moment(value: datetime | date | None) -> SafeString | str:
    """A moment in full, for where the exact time counts: decisions, terms, the access log."""
    if value is None:
        return ""
    text = times.exact_text(value)
    return format_html('<time datetime="{}">{}</time>', times.local(value).isoformat(), text)


@register.simple_tag
def waited(since: datetime | date | None) -> str:
    """How long something waits already: "3 days"."""
    return "" if since is None else times.waited(since, clock.now())


@register.filter
def initials(name: Any) -> str:
    """First letters of the first and the last word of a name: "Noor van den Berg" gives "NB"."""
    words = [word for word in str(name or "").replace("-", " ").split() if word[0].isalnum()]
    big = [word for word in words if word[0].isupper() or word[0].isdigit()] or words
    return "".join(word[0] for word in (big[:1] + big[-1:] if len(big) > 1 else big[:1])).upper()


@register.simple_tag
def avatar(name: Any, small: bool = False) -> SafeString:
    """The initials of a person in a circle; the name itself must stand beside it."""
    more = " avatar--small" if small else ""
    return format_html('<span class="avatar{}" aria-hidden="true">{}</span>', more, initials(name))


@register.simple_tag
def who(name: Any, nobody: Any = None) -> SafeString:
    """A person with initials; without one the words for nobody."""
    if not name:
        return format_html('<span class="soft">{}</span>', nobody or _("Nobody yet"))
    return format_html('<span class="who">{}<span>{}</span></span>', avatar(name, small=True), name)


@register.simple_tag(takes_context=True)
def sort_header(context: Context, field: str, label: Any, css: str = "") -> SafeString:
    """A column's head that sorts: `<th>` with a link that sets `?sort=field`, or `-field` when it is sorted already."""
    request = context["request"]
    now = request.GET.get("sort") or context.get("sort") or ""
    state = {field: "ascending", f"-{field}": "descending"}.get(now, "")
    query = request.GET.copy()
    query["sort"] = f"-{field}" if state == "ascending" else field
    for place in ("after", "before", "page"):
        query.pop(place, None)
    picture = icon({"ascending": "up", "descending": "down"}.get(state, "sort"))
    aria = format_html(' aria-sort="{}"', state) if state else ""
    return format_html(
        '<th scope="col" class="utrecht-table__header-cell {}"{}><a class="sort-link" href="?{}">{}{}</a></th>',
        css, aria, query.urlencode(), label, picture,
    )  # fmt: skip


class ComponentNode(template.Node):
    """Renders templates/components/NAME.html with its body as `content` and its fillings as `slots`."""

    def __init__(
        self, name: FilterExpression, given: dict[str, FilterExpression], body: NodeList, fills: list[FillNode]
    ) -> None:
        self.name, self.given, self.body, self.fills = name, given, body, fills
        self.nodelist = body

    def render(self, context: Context) -> SafeString:
        values = {key: value.resolve(context) for key, value in self.given.items()}
        values["slots"] = {fill.name: fill.nodelist.render(context) for fill in self.fills}
        values["content"] = self.body.render(context)
        # A component sees what it was given and the request; a `title` or `form` of the page does not slip in.
        values |= {key: context[key] for key in PASSED_ON if key in context and key not in values}
        file = context.template.engine.get_template(f"components/{self.name.resolve(context)}.html")  # type: ignore[union-attr]
        return file.render(context.new(values))


class FillNode(template.Node):
    """A named part of a component's body."""

    def __init__(self, name: str, nodelist: NodeList) -> None:
        self.name, self.nodelist = name, nodelist

    def render(self, context: Context) -> str:
        return ""


@register.tag
def fill(parser: Parser, token: Token) -> FillNode:
    """{% fill "actions" %}…{% endfill %} inside a component."""
    parts = token.split_contents()
    if len(parts) != 2:
        raise template.TemplateSyntaxError("fill needs one name")
    nodelist = parser.parse(("endfill",))
    parser.delete_first_token()
    return FillNode(parts[1].strip("\"'"), nodelist)


@register.tag
def piece(parser: Parser, token: Token) -> ComponentNode:
    """{% piece "button" label=… %}: a component without a body."""
    return _component(parser, token, NodeList())


@register.tag
def component(parser: Parser, token: Token) -> ComponentNode:
    """{% component "card" title=… %}…{% fill "actions" %}…{% endfill %}{% endcomponent %}"""
    body = parser.parse(("endcomponent",))
    parser.delete_first_token()
    return _component(parser, token, body)


def _component(parser: Parser, token: Token, body: NodeList) -> ComponentNode:
    parts = token.split_contents()[1:]
    if not parts:
        raise template.TemplateSyntaxError("a component needs a name")
    name, rest = parser.compile_filter(parts[0]), parts[1:]
    given = token_kwargs(rest, parser)
    if rest:
        raise template.TemplateSyntaxError(f"component: {rest[0]!r} is not name=value")
    return ComponentNode(name, given, body, [node for node in body if isinstance(node, FillNode)])


@register.filter
def attribute(attrs: Any, name: str) -> Any:
    """A value of a dictionary by a key that a template cannot spell: `attrs|attribute:"data-max-bytes"`."""
    return (attrs or {}).get(name, "")
