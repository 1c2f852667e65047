"""How every form looks: set once as `FORM_RENDERER`, so that `{{ form }}` and `as_field_group` need nothing more.

Rooms write plain Django forms. A form may say more about itself with attributes: `columns = True` (fields in two
columns where there is room); a widget with `attrs`: `maxlength` (a textarea counts), `data-max-bytes` (a file is
measured before it is sent), `data-search` (a long list is searched by typing).
"""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django.forms.renderers import TemplatesSetting
from django.http import HttpRequest

LONG_LIST = 15
"""From so many options on, a list can be searched by typing."""

CLASSES = {
    "checkbox": "utrecht-checkbox utrecht-checkbox--html-input",
    "radio": "utrecht-radio-button utrecht-radio-button--html-input",
    "select": "utrecht-select utrecht-select--html-select",
    "textarea": "utrecht-textarea utrecht-textarea--html-textarea",
    "textbox": "utrecht-textbox utrecht-textbox--html-input",
}
KINDS = {
    "checkbox.html": "checkbox",
    "checkbox_option.html": "checkbox",
    "radio_option.html": "radio",
    "select.html": "select",
    "textarea.html": "textarea",
}
NATIVE = {"date.html": "date", "time.html": "time", "datetime.html": "datetime-local"}
BARE = {"hidden.html", "multiple_hidden.html", "radio.html", "checkbox_select.html", "multiple_input.html"}
ROOT = "django/forms/widgets/"


def _machine(value: str | None) -> bool:
    """Whether a native date or time field can show a value; what was typed otherwise is shown as it was typed."""
    if not value:
        return True
    for parse in (date.fromisoformat, time.fromisoformat, datetime.fromisoformat):
        try:
            parse(value)
        except ValueError:
            continue
        return True
    return False


class Renderer(TemplatesSetting):
    """Renders forms with our templates and gives each control the class of its component."""

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"
    formset_template_name = "forms/formset.html"

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> str:
        if template_name.startswith(ROOT) and "widget" in context:
            self._dress(template_name.removeprefix(ROOT), context["widget"])
        return super().render(template_name, context, request)

    def _dress(self, name: str, widget: dict[str, Any]) -> None:
        """Give a control its class and its native type. `name` is the widget's template without its folder."""
        if name in BARE:
            for group in widget.get("optgroups") or []:
                for option in group[1]:
                    self._dress(option["template_name"].removeprefix(ROOT), option)
            return
        for part in widget.get("subwidgets") or []:
            self._dress(part["template_name"].removeprefix(ROOT), part)
        kind = KINDS.get(name, "select" if widget.get("type") == "select" else "textbox")
        attrs = dict(widget.get("attrs") or {})
        attrs.pop("placeholder", None)  # gone as soon as one types, and taken for an answer: labels and help stay
        own = attrs.get("class", "")
        attrs["class"] = f"{CLASSES[kind]} {own}".strip() if "utrecht-" not in own else own
        if name in NATIVE and widget.get("type") == "text" and _machine(widget.get("value")):
            widget["type"] = NATIVE[name]
        options = sum(len(group[1]) for group in widget.get("optgroups") or [])
        if kind == "select" and options > LONG_LIST and not attrs.get("multiple"):
            attrs.setdefault("data-search", True)
        widget["attrs"] = attrs
