"""A take: watched, noted, picked, downloaded."""

from __future__ import annotations

from asgiref.sync import sync_to_async
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST, require_safe

from storyboard.access import fetch
from storyboard.models import NotAllowedNow, NoteMention, Take
from storyboard.views import room
from storyboard.views.editor import is_script
from storyboard.views.media import ASKED, KEPT, Stored, file_name, send
from storyboard.views.pulse import is_current

_TEAM = "storyboard__project__team"


@login_required
@require_GET
def show(request: HttpRequest, key: str) -> HttpResponse:
    """The review room of one take."""
    take = _fetch(request, key)
    NoteMention.look(take, by=room.person(request))
    return room.page(request, take)


@login_required
@require_GET
def pulse(request: HttpRequest, key: str) -> HttpResponse:
    """204 while nothing is newer than `after`, else the parts of the page that can change."""
    take = _fetch(request, key)
    if is_current(request, room.cursor(take), take.storyboard):
        return HttpResponse(status=204)
    NoteMention.look(take, by=room.person(request))
    return render(request, "storyboard/takes/pulse.html", room.context(request, take))


@login_required
@require_POST
def pick(request: HttpRequest, key: str) -> HttpResponse:
    """The team has chosen this take; another may be picked later."""
    take = _fetch(request, key, "pick")
    try:
        take.storyboard.pick(take, by=room.person(request))
    except NotAllowedNow as refused:
        return room.page(request, take, status=422, refused=refused.words)
    if is_script(request):
        return room.page(request, _fetch(request, key))
    return redirect("take", key=key)


@login_required
@require_safe
async def video(request: HttpRequest, key: str) -> HttpResponseBase:
    """What the player plays, whole or by range: the original, or the copy made to be played."""
    take = await _stored(request, key)
    return await send(request, _to_play(take))


@login_required
@require_safe
async def download(request: HttpRequest, key: str) -> HttpResponseBase:
    """The original MP4 to keep."""
    take = await _stored(request, key)
    return await send(request, _to_keep(take))


@login_required
@require_safe
async def poster(request: HttpRequest, key: str) -> HttpResponseBase:
    """There before the rest is; Http404 until then."""
    take = await sync_to_async(_see)(request, key)
    return await send(request, _picture(take, take.poster, "poster"))


@login_required
@require_safe
async def filmstrip(request: HttpRequest, key: str) -> HttpResponseBase:
    take = await _stored(request, key)
    return await send(request, _picture(take, take.filmstrip, "strip"))


@login_required
@require_safe
async def still(request: HttpRequest, key: str, position: int) -> HttpResponseBase:
    """The middle of one shot."""
    take = await _stored(request, key)
    if not 1 <= position <= len(take.stills):
        raise Http404
    return await send(request, _picture(take, take.stills[position - 1], f"still-{position}"))


def _to_play(take: Take) -> Stored:
    return Stored(
        file=take.plays,
        tag=f"{take.sha256}-plays" if take.playable else take.sha256,
        content_type="video/mp4",
        cache=ASKED,
        name=file_name(take.storyboard.name, take.number),
    )


def _to_keep(take: Take) -> Stored:
    return Stored(
        file=take.video,
        tag=take.sha256,
        content_type="video/mp4",
        cache=ASKED,
        name=file_name(take.storyboard.name, take.number),
        is_download=True,
    )


def _picture(take: Take, name: str, part: str) -> Stored:
    cache = KEPT if take.stored_at else ASKED
    return Stored(file=name, tag=f"{take.sha256}-{part}", content_type="image/jpeg", cache=cache)


async def _stored(request: HttpRequest, key: str) -> Take:
    """The take this person may see, when its film is here; Http404 otherwise."""
    take = await sync_to_async(_see)(request, key)
    if take.stored_at is None:
        raise Http404
    return take


def _see(request: HttpRequest, key: str) -> Take:
    return fetch(request, Take, key, related=(_TEAM,))


def _fetch(request: HttpRequest, key: str, verb: str = "see") -> Take:
    return fetch(request, Take, key, verb, related=room.OF_TAKE)
