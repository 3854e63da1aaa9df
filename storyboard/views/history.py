"""A project's history: every step, with who and when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from storyboard.access import as_key, fetch, signed_in, verbs_of, visible_to
from storyboard.models import Activity, Project, Storyboard, User
from storyboard.models.history import Line, read_history
from storyboard.views.shell import frame

# verb → icon and colour (y good, n bad, g going on); else by the noun before the dot.
_MARKS: dict[str, tuple[str, str]] = {
    "review.approved": ("okc", "y"),
    "review.waived": ("okc", "y"),
    "review.changes_requested": ("badc", "n"),
    "revision.sent_for_review": ("doc", ""),
    "revision.withdrawn": ("undo", ""),
    "generation.failed": ("badc", "n"),
    "generation.refused": ("badc", "n"),
    "generation.lost": ("badc", "n"),
    "generation.held": ("lock", "n"),
    "generation.withdrawn": ("undo", ""),
    "take.stored": ("film", "g"),
    "take.picked": ("star", "y"),
    "project": ("film", ""),
    "storyboard": ("pen", ""),
    "shot": ("pen", ""),
    "generation": ("spark", "g"),
    "note": ("chat", ""),
}


@dataclass(frozen=True)
class Event:
    """A line of history as the page draws it."""

    line: Line
    who: str
    icon: str
    colour: str
    url: str
    about: str
    words: str
    cost: str


@require_safe
@login_required
def show(request: HttpRequest, key: str) -> HttpResponse:
    project = fetch(request, Project, key, related=("team",))
    return render(request, "storyboard/history/show.html", context_of(request, project))


def context_of(request: HttpRequest, project: Project) -> dict[str, Any]:
    """A page of the project's history, as the page and its pulse draw it."""
    rows = project.activities.all()
    board = _asked_storyboard(request, project)
    if board is not None:
        rows = rows.filter(storyboard=board)
    page = read_history(rows, before=_before(request))
    events = [_event(line, signed_in(request)) for line in page.lines]
    return {
        **frame(project),
        "days": _days(events),
        "older": page.older,
        "before": _before(request),
        "only": board,
        "may": verbs_of(request.user, project.team),
    }


def _asked_storyboard(request: HttpRequest, project: Project) -> Storyboard | None:
    key = request.GET.get("storyboard")
    if not key:
        return None
    return get_object_or_404(visible_to(request.user, Storyboard), key=as_key(key), project=project)


def _before(request: HttpRequest) -> int | None:
    words = request.GET.get("before", "")
    is_whole = words.isascii() and words.isdecimal() and len(words) < 19
    return int(words) if is_whole else None


def _event(line: Line, viewer: User) -> Event:
    row = line.latest
    icon, colour = _MARKS.get(row.verb) or _MARKS.get(row.verb.split(".")[0], ("info", ""))
    return Event(
        line=line,
        who=_("You") if row.actor_id == viewer.pk else row.actor_name,
        icon=icon,
        colour=colour,
        url=_address(row),
        about=_about(row, line.sentence),
        words=_quote(row),
        cost=row.data.get("price", ""),
    )


def _address(row: Activity) -> str:
    """Where the thing is that the line tells of."""
    data: dict[str, Any] = row.data
    if "take_key" in data:
        return reverse("take", args=[data["take_key"]])
    if "revision_key" in data:
        return reverse("revision", args=[data["revision_key"]])
    return ""


def _about(row: Activity, sentence: str) -> str:
    """The storyboard's name, where the sentence leaves it out."""
    name = str(row.data.get("storyboard", ""))
    return "" if name in sentence else name


def _quote(row: Activity) -> str:
    """A person's own words, where the line has some."""
    if row.verb == "note.added":
        return str(row.data.get("words", ""))
    return str(row.data.get("note", ""))


def _days(events: Iterable[Event]) -> list[tuple[str, list[Event]]]:
    """Events under the name of their day, in the viewer's zone."""
    today = timezone.localdate()
    days = groupby(events, key=lambda event: timezone.localtime(event.line.at).date())
    return [(_day_words(day, today), list(group)) for day, group in days]


def _day_words(day: date, today: date) -> str:
    if day == today:
        return _("Today, %(day)s") % {"day": formats.date_format(day, "j F")}
    if day == today - timedelta(days=1):
        return _("Yesterday, %(day)s") % {"day": formats.date_format(day, "j F")}
    return formats.date_format(day, "j F Y")
