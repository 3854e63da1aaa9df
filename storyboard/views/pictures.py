"""Choosing a picture for a place: from a file, from what the team has, from a frame of a take.

One page for every place that takes a picture, opened as a dialog where there are scripts. It ends
in one post to the place's own address (see uploads.picture_of).
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from asgiref.sync import sync_to_async
from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.db.models import Case, F, Q, QuerySet, Value, When
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from storyboard.access import as_key, fetch, visible_to
from storyboard.models import Picture, Revision, Shot, Storyboard, Take, Team
from storyboard.views import media
from storyboard.views.editor import is_script
from storyboard.views.media import Stored

log = logging.getLogger(__name__)

PER_PAGE = 60
MOST_WORDS = 8
MOST_CHARACTERS = 80
TABS = ("upload", "library", "take")
_SOURCE = "source"
_SHAPES = ("16:9", "9:16", "1:1")

# The addresses pictures are chosen for, by name, and what each is called.
PLACES: dict[str, Promise] = {
    "first_frame": gettext_lazy("First frame"),
    "end_frame": gettext_lazy("End frame"),
    "shot_picture": gettext_lazy("Picture of shot %(n)s"),
    "element_picture": gettext_lazy("Picture of an element"),
}


@dataclass(frozen=True)
class Place:
    """Where the picture goes: the address that takes it, what it is called, the wanted shape.

    `ratio` is such as "16:9", or "" where any shape will do. `board` is the storyboard it belongs
    to, None for the library.
    """

    to: str
    title: str
    ratio: str = ""
    board: Storyboard | None = None
    is_first_frame: bool = False


@require_safe
@login_required
def choose(request: HttpRequest, key: str) -> HttpResponse:
    """The page of one of the three ways; for a script the dialog's body.

    Without a place in `to` it leads to the library, where all pictures stand.
    """
    team = fetch(request, Team, key, "edit")
    if not (to := request.GET.get("to", "")):
        return redirect("library", team.key)
    place = place_of(request, to, team)
    if "chosen" in request.GET:
        chosen = get_object_or_404(team.pictures, key=as_key(request.GET["chosen"]))
        return page(request, team, place, "library", chosen=chosen)
    tab = request.GET.get("tab", "library")
    take = None
    if "take" in request.GET:
        take = get_object_or_404(_films(team, place), key=as_key(request.GET["take"]))
    return page(request, team, place, tab if tab in TABS else "library", take=take)


@require_safe
@login_required
async def small(request: HttpRequest, key: str) -> HttpResponseBase:
    """A stored picture at most 960 px wide, for lists; made when it is first looked at."""
    stored = await sync_to_async(_small)(request, key)
    return await media.send(request, stored)


def place_of(request: HttpRequest, to: str, team: Team) -> Place:
    """The place behind an address of ours; Http404 for any other, or another team's."""
    try:
        found = resolve(to)
    except Resolver404 as unknown:
        raise Http404(to) from unknown
    name = found.url_name or ""
    if name not in PLACES:
        raise Http404(to)
    key = str(found.kwargs.get("key", ""))
    if name == "element_picture":
        if key != team.key:
            raise Http404(to)
        return Place(to, str(PLACES[name]))
    return _on_a_board(request, name, key, to, team)


def page(
    request: HttpRequest,
    team: Team,
    place: Place,
    tab: str,
    *,
    take: Take | None = None,
    chosen: Picture | None = None,
    refused: str = "",
) -> HttpResponse:
    """The way `tab`; with `chosen` the last step, with `refused` status 422 and the words."""
    drawn: dict[str, Any] = {
        "team": team,
        "place": place,
        "tab": tab,
        "tabs": _tabs(team, place),
        "chosen": chosen,
        "refused": refused,
        "asked": _asked(request),
        "crop_shapes": [(_SOURCE, _("As it is")), *((shape, shape) for shape in _SHAPES)],
    }
    if chosen is None:
        drawn |= _way(request, team, place, tab, take)
    name = "_choose" if is_script(request) else "choose"
    status = 422 if refused else 200
    return render(request, f"storyboard/pictures/{name}.html", drawn, status=status)


def _on_a_board(request: HttpRequest, name: str, key: str, to: str, team: Team) -> Place:
    if name == "shot_picture":
        shot = fetch(request, Shot, key, "edit", related=("storyboard__project",))
        board, title = shot.storyboard, str(PLACES[name]) % {"n": shot.position}
    else:
        related = ("project", "first_frame")
        board = fetch(request, Storyboard, key, "edit", related=related)
        title = str(PLACES[name])
    if board.project.team_id != team.pk:
        raise Http404(to)
    return Place(to, title, board.aspect_ratio, board, is_first_frame=name == "first_frame")


def _tabs(team: Team, place: Place) -> list[tuple[str, str, str]]:
    """(name, address, words) of each way."""
    words = (_("Upload"), _("From the library"), _("From a take"))
    return [
        (tab, address_of(team, place, tab=tab), said) for tab, said in zip(TABS, words, strict=True)
    ]


def address_of(team: Team, place: Place, **asked: str) -> str:
    """This page for a place, with more of its query."""
    return f"{reverse('choose_picture', args=[team.key])}?{urlencode({'to': place.to, **asked})}"


def _asked(request: HttpRequest) -> str:
    return request.GET.get("q", "").replace("\0", "")[:MOST_CHARACTERS]


def _way(
    request: HttpRequest, team: Team, place: Place, tab: str, take: Take | None
) -> dict[str, Any]:
    if tab == "library":
        rows = _found(team, _asked(request).split()[:MOST_WORDS]).order_by("-created_at", "-pk")
        query = {"tab": tab, "q": _asked(request)}
        return {"rows": _page(rows, request), "here": address_of(team, place, **query)}
    if tab == "take":
        here = address_of(team, place, tab=tab)
        if take is not None:
            return {"take": take, "here": here}
        return {
            "rows": _page(_films(team, place), request),
            "here": here,
            "former": _former(place),
        }
    return {}


def _page(rows: QuerySet[Any], request: HttpRequest) -> Page[Any]:
    return Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))


def _found(team: Team, words: list[str]) -> QuerySet[Picture]:
    """The team's pictures; with words, those of storyboards whose names have all of them."""
    if not words:
        return team.pictures.all()
    boards = Storyboard.objects.filter(project__team=team)
    for word in words:
        boards = boards.filter(name__icontains=word)
    revisions = Revision.objects.filter(storyboard__in=boards)
    shots = Shot.objects.filter(storyboard__in=boards)
    found = Q(pk__in=shots.values("picture"))
    for rows in (boards, revisions):
        for frame in ("first_frame", "end_frame"):
            found |= Q(pk__in=rows.values(frame))
    return team.pictures.filter(found)


def _films(team: Team, place: Place) -> QuerySet[Take]:
    """The takes of the place's project, or of the whole team, whose films are here."""
    takes = Take.objects.filter(storyboard__project__team=team, stored_at__isnull=False)
    if place.board is not None:
        takes = takes.filter(storyboard__project=place.board.project_id)
    return takes.select_related("storyboard").order_by("-created_at", "-pk")


def _former(place: Place) -> Take | None:
    """What a first frame carries on from: the picked take, else the newest, of the storyboard
    made before this one in its project."""
    if not place.is_first_frame or place.board is None:
        return None
    takes = Take.objects.filter(
        storyboard__project=place.board.project_id,
        storyboard__archived_at=None,
        storyboard__created_at__lt=place.board.created_at,
        stored_at__isnull=False,
    )
    picked = Case(When(storyboard__picked_take=F("pk"), then=Value(1)), default=Value(0))
    return (
        takes.select_related("storyboard")
        .alias(is_picked=picked)
        .order_by("-storyboard__created_at", "-is_picked", "-number")
        .first()
    )


def _small(request: HttpRequest, key: str) -> Stored:
    """The small one; the picture itself where a storage that is full keeps no other."""
    row = get_object_or_404(visible_to(request.user, Picture), key=as_key(key))
    try:
        row.make_small()
    except OSError as failed:
        log.warning("no small picture is made: %s", failed)
        return Stored(row.file, tag=row.sha256, content_type=row.content_type)
    return Stored(row.small_file, tag=f"{row.sha256}-s", content_type="image/jpeg")
