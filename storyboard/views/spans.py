"""Moments and lengths of time as people say them."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def seconds_since(moment: datetime) -> float:
    """Never below zero: the clocks of two machines may differ."""
    return max(0.0, (timezone.now() - moment).total_seconds())


def span(seconds: float) -> str:
    """A length in one unit, cut: 250 → `4 min`."""
    whole = int(seconds)
    if whole < _MINUTE:
        return _("%(n)s s") % {"n": whole}
    if whole < _HOUR:
        return _("%(n)s min") % {"n": whole // _MINUTE}
    if whole < 2 * _DAY:
        return _("%(n)s h") % {"n": whole // _HOUR}
    days = whole // _DAY
    return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}


def length(seconds: float) -> str:
    """A length in its two largest units, cut: 133 → `2 min 13 s`, 4.25 → `4.2 s`.

    Never below zero: the clocks of two machines may differ.
    """
    if seconds < 10:
        return _("%(n)s s") % {"n": f"{max(0.0, int(seconds * 10) / 10):.1f}"}
    minutes, rest = divmod(int(seconds), _MINUTE)
    if minutes < 1:
        return _("%(n)s s") % {"n": rest}
    if minutes < 60:
        return _("%(min)s min %(s)s s") % {"min": minutes, "s": rest}
    hours, minutes = divmod(minutes, 60)
    if hours < 48:
        return _("%(h)s h %(min)s min") % {"h": hours, "min": minutes}
    days = ngettext("%(n)s day", "%(n)s days", hours // 24) % {"n": hours // 24}
    return _("%(days)s %(h)s h") % {"days": days, "h": hours % 24}


def long_span(ms: float) -> str:
    """`span` of what is too long for a running clock; "" for less than an hour."""
    return span(ms / 1000) if ms >= 1000 * _HOUR else ""


def since(moment: datetime) -> str:
    """How long ago it was, as `span` says it."""
    return span(seconds_since(moment))


def clock(moment: datetime) -> str:
    """When it was, in the viewer's zone: `14:02`, or `20 November, 14:02` of another day."""
    local = timezone.localtime(moment)
    is_today = local.date() == timezone.localdate()
    return date_format(local, "H:i" if is_today else "j F, H:i")


def when(moment: datetime) -> str:
    """As `clock`, to stand in a sentence: `at 14:02`, `on 20 November, 14:02`."""
    is_today = timezone.localtime(moment).date() == timezone.localdate()
    words = _("at %(clock)s") if is_today else _("on %(clock)s")
    return words % {"clock": clock(moment)}


def day(moment: datetime) -> str:
    """`3 December`, in the viewer's zone."""
    return date_format(timezone.localtime(moment), "j F")
