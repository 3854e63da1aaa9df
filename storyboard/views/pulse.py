"""The cursor of a page's pulse."""

from django.http import HttpRequest


def is_current(request: HttpRequest, serial: int) -> bool:
    """Whether the page that asks `?after=` shows everything up to this serial already."""
    after = request.GET.get("after", "")
    return after.isascii() and after.isdecimal() and len(after) < 19 and int(after) >= serial
