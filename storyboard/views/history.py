"""A project's history: every step, with who, when and what it cost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import groupby
from typing import Any, NamedTuple

from django.contrib.auth.decorators import login_required
from django.db.models.functions import Lower
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from storyboard.access import fetch, signed_in, verbs_of
from storyboard.forms.history import HistoryForm
from storyboard.models import Project, Storyboard
from storyboard.models.history import Page, Place, read_history
from storyboard.models.history_asked import (
    Asked,
    Bar,
    Counts,
    Kind,
    add_up,
    count_kinds,
    people_of,
)
from storyboard.views.history_events import Event, event_of
from storyboard.views.shell import frame

BAR_HEIGHT = 76  # of the drawing's 84
_MOST_OPEN = 40


class Chip(NamedTuple):
    """One kind to ask for, with how many steps are of it."""

    value: str
    words: str
    steps: int
    on: bool


class Days(NamedTuple):
    """One of the usual spans of days, as a query."""

    words: str
    query: str
    on: bool


class Column(NamedTuple):
    """One day's bar, in the drawing's units."""

    x: int
    y: int
    height: int
    is_last: bool


@require_safe
@login_required
def show(request: HttpRequest, key: str) -> HttpResponse:
    project = fetch(request, Project, key, related=("team",))
    return render(request, "storyboard/history/show.html", context_of(request, project))


def context_of(request: HttpRequest, project: Project) -> dict[str, Any]:
    """A page of the project's history, as the page and its pulse draw it."""
    boards = _boards(project)
    form = HistoryForm(request.GET, storyboards=boards, people=people_of(project))
    if form.asks_for_unknown:
        raise Http404
    asked, place, today = form.asked, _place(request), timezone.localdate()
    top = asked.top(project)
    rows = asked.rows(project).select_related("storyboard").defer("search_words")
    page = read_history(rows, top=top, place=place)
    counts = count_kinds(asked.rows(project, kinds=()), top=top)
    until = min(asked.last_day or today, today)
    viewer = signed_in(request)
    return {
        **frame(project),
        "form": form,
        "scopes": [form["storyboard"], form["person"]],
        "query": form.query(),
        "everything": form.query(kind=None),
        "chips": _chips(asked, counts),
        "counts": counts,
        "found": _found(asked, counts),
        "days": by_day((event_of(line, viewer) for line in page.lines), today),
        "older": _older(form, page),
        "is_older": place is not None,
        "spans": list(_spans(form, asked, today)),
        "span": _span_words(asked),
        "sums": (sums := add_up(asked.rows(project), until=until)),
        "columns": _columns(sums.bars),
        "most_milli": max((board.money_milli for board in sums.boards), default=0),
        "board_count": sum(board.archived_at is None for board in boards),
        "may": verbs_of(request.user, project.team),
    }


def _boards(project: Project) -> list[Storyboard]:
    """The project's storyboards by name, no more of them than the menu says."""
    rows = project.storyboards.only("key", "name", "archived_at", "project")
    return list(rows.order_by(Lower("name"), "pk"))


def _place(request: HttpRequest) -> Place | None:
    """Where the page begins; an address that makes no sense is the newest page."""
    before = _whole(request.GET.get("before", ""))
    if before is None:
        return None
    open_lines = [_whole(words) for words in request.GET.get("open", "").split(".")[:_MOST_OPEN]]
    return Place(before, tuple(serial for serial in open_lines if serial is not None))


def _whole(words: str) -> int | None:
    is_whole = words.isascii() and words.isdecimal() and len(words) < 19
    return int(words) if is_whole else None


def _older(form: HistoryForm, page: Page) -> str:
    """The query of the next page; "" at the beginning."""
    if page.older is None:
        return ""
    still_open = ".".join(map(str, page.older.open))
    return form.query(before=page.older.before, open=still_open)


def _chips(asked: Asked, counts: Counts) -> list[Chip]:
    return [
        Chip(kind.value, str(kind.label), counts.of[kind], kind.value in asked.kinds)
        for kind in Kind
    ]


def _found(asked: Asked, counts: Counts) -> int:
    return sum(counts.of[kind] for kind in asked.kinds) if asked.kinds else counts.all


def by_day(events: Iterable[Event], today: date) -> list[tuple[str, list[Event]]]:
    """Events under the name of their day, in the viewer's zone."""
    days = groupby(events, key=lambda event: timezone.localtime(event.line.at).date())
    return [(_day_words(day, today), list(group)) for day, group in days]


def _day_words(day: date, today: date) -> str:
    if day == today:
        return _("Today, %(day)s") % {"day": formats.date_format(day, "j F")}
    if day == today - timedelta(days=1):
        return _("Yesterday, %(day)s") % {"day": formats.date_format(day, "j F")}
    return formats.date_format(day, "j F Y")


def _spans(form: HistoryForm, asked: Asked, today: date) -> Iterator[Days]:
    """The spans most asked for; any other is written into the two fields."""
    month = today.replace(day=1)
    for words, first, last in (
        (_("Any day"), None, None),
        (_("Today"), today, today),
        (_("Last 7 days"), today - timedelta(days=6), today),
        (_("Last 30 days"), today - timedelta(days=29), today),
        (formats.date_format(month, "F"), month, today),
    ):
        is_on = (asked.first_day, asked.last_day) == (first, last)
        yield Days(words, form.query(since=first, until=last), is_on)


def _span_words(asked: Asked) -> str:
    """The days asked for, in the words of the button."""
    first, last = asked.first_day, asked.last_day
    days = {
        "first": formats.date_format(first, "j M") if first else "",
        "last": formats.date_format(last, "j M") if last else "",
    }
    if first and first == last:
        return days["first"]
    if first and last:
        return _("%(first)s to %(last)s") % days
    if first:
        return _("Since %(first)s") % days
    return _("Until %(last)s") % days if last else _("Any day")


def _columns(bars: list[Bar]) -> list[Column]:
    """Bars 8 wide, 10 apart; a day without orders keeps a line of 1."""
    most = max((bar.money_milli for bar in bars), default=0) or 1
    heights = [max(1, BAR_HEIGHT * bar.money_milli // most) for bar in bars]
    last = len(bars) - 1
    return [Column(n * 10, 80 - height, height, n == last) for n, height in enumerate(heights)]
