"""The cursor of a page's pulse."""

from django.http import HttpRequest

from storyboard.models import Activity, Storyboard

_LONGEST = 18  # digits of a serial


def is_current(request: HttpRequest, cursor: int | str, board: Storyboard | None = None) -> bool:
    """Whether the page that asks `?after=` shows everything up to this cursor already.

    A cursor is a serial, and after a dash a mark of what changes without one; a bare serial is
    enough where nobody watches the rest. For pages of `board` alone, what happens in other
    storyboards of its project is no news.
    """
    after, _dash, mark = request.GET.get("after", "").partition("-")
    serial, _dash, current = str(cursor).partition("-")
    if not (after.isascii() and after.isdecimal() and len(after) <= _LONGEST):
        return False
    if mark not in ("", current):
        return False
    if int(after) >= int(serial):
        return True
    return board is not None and not Activity.has_news_of(board, after=int(after))
