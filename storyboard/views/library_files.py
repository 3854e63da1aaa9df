"""Sounds and films of the library, played on its pages."""

from __future__ import annotations

from pathlib import PurePosixPath

from asgiref.sync import sync_to_async
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from storyboard.access import fetch
from storyboard.models import Element, ElementVersion, Voice
from storyboard.models.lending import KINDS
from storyboard.views.media import ASKED, Stored, send


@login_required
@require_safe
async def recording(request: HttpRequest, key: str) -> HttpResponseBase:
    """What a voice was made from; Http404 for one that was not recorded."""
    voice = await sync_to_async(_voice)(request, key)
    return await send(request, stored_at(voice.recording))


@login_required
@require_safe
async def trial(request: HttpRequest, key: str) -> HttpResponseBase:
    """How Kling speaks with it; Http404 until Kling has sent that."""
    voice = await sync_to_async(_voice)(request, key)
    return await send(request, stored_at(voice.trial))


@login_required
@require_safe
async def video(request: HttpRequest, key: str, number: int) -> HttpResponseBase:
    """What a version of an element was made from; Http404 for one made from pictures."""
    version = await sync_to_async(_version)(request, key, number)
    return await send(request, stored_at(version.video))


def stored_at(file: str) -> Stored:
    """A sound, film or picture of this name in the storage; Http404 where it has none."""
    path = PurePosixPath(file)
    if not file:
        raise Http404
    return Stored(file=file, tag=path.stem, content_type=KINDS[path.suffix], cache=ASKED)


def _voice(request: HttpRequest, key: str) -> Voice:
    return fetch(request, Voice, key)


def _version(request: HttpRequest, key: str, number: int) -> ElementVersion:
    version = fetch(request, Element, key).versions.filter(number=number).first()
    if version is None:
        raise Http404
    return version
