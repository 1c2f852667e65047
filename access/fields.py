"""Form fields that several rooms ask with."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from access import tongues


class LanguagesField(forms.CharField):
    """Languages by name, with commas between; their codes come out."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.pop("base_field", None)
        super().__init__(**{"strip": True, **kwargs})

    def to_python(self, value: Any) -> Any:
        try:
            return tongues.languages_in(super().to_python(value) or "")
        except tongues.UnknownLanguage as unknown:
            if unknown.near:
                raise ValidationError(
                    _("“%(word)s” is not a language we know. Do you mean %(near)s?"),
                    params={"word": unknown.word, "near": ", ".join(unknown.near)},
                    code="unknown",
                ) from unknown
            raise ValidationError(
                _("“%(word)s” is not a language we know. Put commas between languages."),
                params={"word": unknown.word},
                code="unknown",
            ) from unknown

    def prepare_value(self, value: Any) -> Any:
        return tongues.language_names(value) if isinstance(value, list) else value

    def run_validators(self, value: Any) -> None:
        """Nothing beyond what `to_python` refused."""
