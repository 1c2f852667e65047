"""The content security policy: nothing but our own files, and nothing written inside a page is run."""

from __future__ import annotations

from typing import Any

from csp.constants import NONE, SELF


def policy() -> dict[str, Any]:
    """Value for `CONTENT_SECURITY_POLICY` (django-csp 4). No exception for inline styles, inline scripts or eval."""
    return {
        "DIRECTIVES": {
            "default-src": [NONE],
            "script-src": [SELF],
            "style-src": [SELF],
            "img-src": [SELF],
            "font-src": [SELF],
            "connect-src": [SELF],
            "manifest-src": [SELF],
            "form-action": [SELF],
            "frame-ancestors": [NONE],
            "base-uri": [NONE],
            "object-src": [NONE],
        }
    }
