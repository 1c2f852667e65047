"""Who sees what was learned. There is no page, cut or file of one navigator for anybody."""

from __future__ import annotations

from access.roles import Role

STUDIES = (Role.ANALYST, Role.ACTION_OWNER, Role.NATIONAL_DESK)
"""Who sees the figures: who studies them, who owns the measures, and the national desk. No supervisor: a figure of
people they lead would become a target."""
WRITES = (Role.ANALYST, Role.ACTION_OWNER, Role.NATIONAL_DESK, Role.NAVIGATOR)
"""Who writes lessons."""
APPROVES = (Role.ANALYST, Role.ACTION_OWNER, Role.NATIONAL_DESK)
"""Who approves one, if somebody else wrote it."""
