"""The wall between the sides: see `access.wall.sides` and `access.wall.declaration`."""

from access.wall.sides import APP_ROLE, OWNER_ROLE, Side, connection, current_side, taken

__all__ = ["APP_ROLE", "OWNER_ROLE", "Side", "connection", "current_side", "taken"]
