"""The three ways to look at one board: cards, a list, a timeline; each browser keeps its own.

A link or the form without scripts asks with `?view=list`; a script writes the cookie itself. The
page is drawn from the cookie, so nothing jumps when it opens.
"""

from __future__ import annotations

from typing import NamedTuple

from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

COOKIE = "view"  # static/js/views-switch.js writes it too
_A_YEAR = 365 * 24 * 3600


class Layout(NamedTuple):
    """Its name in address and cookie, its words, and its icon of the sprite."""

    name: str
    words: str | Promise
    icon: str


LAYOUTS = (
    Layout("cards", gettext_lazy("Cards"), "cards"),
    Layout("list", gettext_lazy("List"), "rows"),
    Layout("timeline", gettext_lazy("Timeline"), "track"),
)
_NAMES = tuple(layout.name for layout in LAYOUTS)


def layout_of(request: HttpRequest) -> str:
    """What the address asks for, else what this browser had last; cards to begin with."""
    asked = (request.GET.get("view"), request.COOKIES.get(COOKIE))
    return next((name for name in asked if name in _NAMES), _NAMES[0])


def remembered(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The answer, and what its address asked for kept in the browser."""
    if request.GET.get("view") in _NAMES:
        secure = request.is_secure()
        name = layout_of(request)
        response.set_cookie(COOKIE, name, max_age=_A_YEAR, samesite="Lax", secure=secure)
    return response
