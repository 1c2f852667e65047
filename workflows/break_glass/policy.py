"""Who may do what with break-glass."""

from __future__ import annotations

from access.roles import Role

BREAK = frozenset({Role.CARE_COORDINATOR, Role.CASEWORKER, Role.NAVIGATOR, Role.NATIONAL_DESK})
"""Ask to open a restricted case in their regions by its number."""

LOOK = BREAK | {Role.SUPERVISOR, Role.PRIVACY_OFFICER}
"""See uses: one's own, those one supervises, and for the privacy officer all."""

OVERSEE = frozenset({Role.SUPERVISOR, Role.PRIVACY_OFFICER})
"""The list of uses and of attempts that opened nothing."""

TRIED = OVERSEE | {Role.NATIONAL_DESK}
"""One day of attempts that opened nothing; the desk where nobody is privacy officer."""
