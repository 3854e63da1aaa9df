"""Previews: asked for by whoever sees the storyboard, told how far they are, played."""

from __future__ import annotations

from asgiref.sync import sync_to_async
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods, require_safe

from storyboard.access import fetch, signed_in
from storyboard.models import Animatic, NotAllowedNow, Revision, Storyboard
from storyboard.tasks import ring_for_preview
from storyboard.views.editor import is_script
from storyboard.views.media import ASKED, Stored, send
from storyboard.views.previews import preview_of


@login_required
@require_http_methods(["GET", "POST"])
def draft(request: HttpRequest, key: str) -> HttpResponse:
    """POST asks for the draft's preview; GET answers a script with how it stands."""
    board = fetch(request, Storyboard, key, related=("project__team",))
    return _answer(request, board)


@login_required
@require_http_methods(["GET", "POST"])
def revision(request: HttpRequest, key: str) -> HttpResponse:
    """The same of a revision as it was frozen."""
    related = ("storyboard__project__team", "first_frame")
    return _answer(request, fetch(request, Revision, key, related=related))


@login_required
@require_safe
async def video(request: HttpRequest, key: str) -> HttpResponseBase:
    """The MP4, whole or by range; Http404 until it is drawn."""
    row = await sync_to_async(_ready)(request, key)
    stored = Stored(
        file=row.file,
        tag=row.key,
        content_type="video/mp4",
        cache=ASKED,
        name=f"{slugify(str(row.storyboard), allow_unicode=True)[:80] or 'storyboard'}-preview.mp4",
    )
    return await send(request, stored)


def _answer(request: HttpRequest, what: Storyboard | Revision) -> HttpResponse:
    refused = _ask(request, what) if request.method == "POST" else ""
    if is_script(request):
        drawn = {"preview": preview_of(what, refused=refused)}
        status = 422 if refused else 200
        return render(request, "storyboard/animatics/preview.html", drawn, status=status)
    if refused:
        messages.error(request, refused)
    page = "revision" if isinstance(what, Revision) else "storyboard"
    return redirect(page, what.key)


def _ask(request: HttpRequest, what: Storyboard | Revision) -> str:
    """Ask for it and wake a worker; the words of a refusal."""
    try:
        row = Animatic.ask(what, by=signed_in(request))
    except NotAllowedNow as refusal:
        return refusal.words
    if row.is_under_way:
        ring_for_preview(row.pk)
    return ""


def _ready(request: HttpRequest, key: str) -> Animatic:
    row = fetch(request, Animatic, key, related=("storyboard__project__team",))
    if not row.is_ready:
        raise Http404
    return row
