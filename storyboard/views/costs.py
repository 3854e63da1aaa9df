"""What an order was to cost and what it came to, in words."""

from __future__ import annotations

from django.utils.translation import gettext as _

from storyboard.kling.pricing import show_money, show_units
from storyboard.models import Generation


def price_of(row: Generation) -> str:
    """What was approved: `$2.36`, or that nobody knows; fits after "the"."""
    return show_money(row.money_milli) if row.has_price else _("unknown price")


def cost_of(row: Generation) -> str:
    """What a film came to; where Kling counted otherwise than approved, by how much."""
    if row.final_units_milli is None and not row.has_price:
        return _("an unknown sum, see Kling's bill")
    cost = show_money(row.charged_milli)
    if not row.counted_otherwise:
        return cost
    return _("%(cost)s: Kling counted %(counted)s. %(otherwise)s") % {
        "cost": cost,
        "counted": show_units(row.final_units_milli or 0),
        "otherwise": row.counted_otherwise.rstrip("."),
    }
