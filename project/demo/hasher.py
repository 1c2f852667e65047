"""Passwords of a demonstration, which open nothing outside one."""

from __future__ import annotations

from django.contrib.auth.hashers import PBKDF2PasswordHasher

PASSWORD = "demonstratie-loods"  # noqa: S105 - it stands in the documentation: everybody may know it
"""The password of every demonstration account."""


class DemonstrationHasher(PBKDF2PasswordHasher):
    """Known to the settings only with LOODS_DEMO on. Off, no password kept in this way is ever right.

    Few rounds: the password is public, and a demonstration signs in often.
    """

    algorithm = "demonstration"
    iterations = 1000
