"""How allauth behaves here: accounts are made by administrators, nobody signs up."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from access.wall import Side, taken


class AccountAdapter(DefaultAccountAdapter):
    """Closed to sign-up."""

    def logout(self, request: HttpRequest) -> None:
        """Sign out on the common ground, where attempts to sign in are counted, whatever the side of the post."""
        with taken(Side.COMMON):
            super().logout(request)

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
