"""Advice on pages: Markdown as HTML."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString

from workflows.advice import rendering

register = template.Library()


@register.filter
def markdown(text: str, language: str = "nl") -> SafeString:
    """A text of a file as HTML."""
    return rendering.html(text, language)
