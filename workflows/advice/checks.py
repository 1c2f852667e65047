"""System checks of the texts (`manage.py check`). What each found stands in `content.Problem`.

advice.E001 a file is missing, or a folder has no subject     advice.E005 a source is missing or not known
advice.E002 front matter that cannot be read                   advice.E006 a point without a why, an empty text
advice.E003 a key is missing, double or in the wrong place     advice.W007 a translation is behind the Dutch text
advice.E004 the languages differ
"""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, Warning, register

from workflows.advice import content


@register()
def the_texts_hold(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """advice.E001 to E006, W007."""
    found: list[CheckMessage] = []
    for problem in content.library().problems:
        made = Warning if problem.check.startswith("W") else Error
        found.append(made(f"{problem.file}: {problem.text}", id=f"advice.{problem.check}"))
    return found
