"""The room `shelters`."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from access.wall.sides import Side


class SheltersConfig(AppConfig):
    name = "shelters"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Shelter")
    functions = {  # see `shelters.functions`
        "shelters_at(timestamptz, timestamptz, bigint[])": frozenset({Side.CARE}),
        "shelters_on(date, timestamptz, bigint[])": frozenset({Side.CARE}),
        "shelters_between(date, date, timestamptz, bigint[])": frozenset({Side.CARE}),
        # Gates: sums per region, no unit and nobody's stay.
        "shelters_supply(date, timestamptz, text[])": frozenset(Side),
        "shelters_series(date, date, bigint, text)": frozenset(Side),
    }
