"""The process `referral`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReferralConfig(AppConfig):
    name = "workflows.referral"
    label = "referral"
    verbose_name = _("Referral")

    def ready(self) -> None:
        from workflows.referral import machine  # noqa: F401
