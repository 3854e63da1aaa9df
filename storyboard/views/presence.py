"""Who else has a page open, and what they write there: asked and answered every few seconds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from storyboard.access import fetch, signed_in
from storyboard.forms.presence import PresenceForm
from storyboard.models import Order, Presence, Project, Revision, Storyboard, Take, User
from storyboard.models.presence import NOTE
from storyboard.views.alarms import Alarm, alarms_of

MOST_AVATARS = 4


@dataclass(frozen=True)
class Here:
    """One person on the page; `doing` is empty, or what they write."""

    user: User
    doing: str

    def __str__(self) -> str:
        return f"{self.user}, {self.doing}" if self.doing else str(self.user)


@dataclass(frozen=True)
class Writing:
    """Words for the place where people write: a shot's key, or NOTE; `hue` is one person's."""

    place: str
    words: str
    hue: int | None


@login_required
@require_POST
def storyboard(request: HttpRequest, key: str) -> HttpResponse:
    board = fetch(request, Storyboard, key, related=("project__team__account", "project__account"))
    positions = dict(board.shots.values_list("key", "position"))
    alarms = alarms_of(board.project.team, board.project.ordering_account)
    return _answer(request, Presence.Page.STORYBOARD, board.key, positions, alarms)


@login_required
@require_POST
def revision(request: HttpRequest, key: str) -> HttpResponse:
    frozen = fetch(request, Revision, key, related=("storyboard__project__team",))
    order = Order.objects.select_related("account").filter(revision=frozen).first()
    alarms = alarms_of(frozen.storyboard.project.team, order.account if order else None)
    return _answer(request, Presence.Page.REVISION, frozen.key, alarms=alarms)


@login_required
@require_POST
def take(request: HttpRequest, key: str) -> HttpResponse:
    seen = fetch(request, Take, key, related=("storyboard__project__team",))
    return _answer(request, Presence.Page.TAKE, seen.key)


@login_required
@require_POST
def project(request: HttpRequest, key: str) -> HttpResponse:
    seen = fetch(request, Project, key, related=("team__account", "account"))
    alarms = alarms_of(seen.team, seen.ordering_account)
    return _answer(request, Presence.Page.PROJECT, seen.key, alarms=alarms)


@login_required
@require_POST
def history(request: HttpRequest, key: str) -> HttpResponse:
    seen = fetch(request, Project, key, related=("team",))
    return _answer(request, Presence.Page.HISTORY, seen.key)


def _answer(
    request: HttpRequest,
    page: Presence.Page,
    key: str,
    positions: Mapping[str, int] | None = None,
    alarms: Iterable[Alarm] | None = None,
) -> HttpResponse:
    """Keep what was said; the others as avatars, and their writing. `positions` by shot key.

    What stops the orders comes along, for pages that show it: nothing else asks so steadily.
    """
    viewer = signed_in(request)
    form = PresenceForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=422)
    if form.cleaned_data["leaving"]:
        Presence.leave(page, key, by=viewer)
        return HttpResponse(status=204)
    Presence.say(page, key, by=viewer, writing=form.cleaned_data["writing"])
    rows = list(Presence.objects.others_on(page, key, but=viewer))
    # Drawn without the request: what every page shares would cost a query here.
    drawn = {**_drawn(rows, positions), "alarms": alarms}
    return HttpResponse(render_to_string("storyboard/presence/here.html", drawn))


def _drawn(rows: Iterable[Presence], positions: Mapping[str, int] | None) -> dict[str, object]:
    positions = positions or {}
    people = [Here(row.user, _doing(row.writing, positions)) for row in rows]
    return {
        "people": people,
        "shown": people[:MOST_AVATARS],
        "more": people[MOST_AVATARS:],
        "writing": _writing(rows, positions),
        "note": NOTE,
    }


def _doing(writing: str, positions: Mapping[str, int]) -> str:
    if writing in positions:
        return _("writing shot %(n)s") % {"n": positions[writing]}
    return _("writing a note") if writing == NOTE else ""


def _writing(rows: Iterable[Presence], positions: Mapping[str, int]) -> list[Writing]:
    """One line for each place somebody writes in; a shot that is gone has no place."""
    writers: dict[str, list[User]] = {}
    for row in rows:
        if row.writing in positions or row.writing == NOTE:
            writers.setdefault(row.writing, []).append(row.user)
    return [
        Writing(place, _words(place, users), users[0].hue % 24 if len(users) == 1 else None)
        for place, users in writers.items()
    ]


def _words(place: str, users: list[User]) -> str:
    if len(users) > 1:
        many = _("%(n)s people write notes") if place == NOTE else _("%(n)s people are writing")
        return many % {"n": len(users)}
    one = _("%(name)s is writing a note") if place == NOTE else _("%(name)s is writing")
    return one % {"name": str(users[0]).partition(" ")[0]}
