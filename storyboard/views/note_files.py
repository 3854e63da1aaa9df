"""The files of notes, for whoever may see the note."""

from __future__ import annotations

from asgiref.sync import sync_to_async
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from storyboard.access import fetch
from storyboard.models import NoteFile
from storyboard.views.media import ASKED, Stored, send


@require_safe
@login_required
async def show(request: HttpRequest, key: str) -> HttpResponseBase:
    """A picture to look at, as it was rewritten when it came; every other file is downloaded."""
    row = await sync_to_async(fetch)(request, NoteFile, key)
    return await send(request, _stored(row))


def _stored(row: NoteFile) -> Stored:
    return Stored(
        file=row.file,
        tag=row.sha256,
        content_type=row.content_type,
        cache=ASKED,  # it goes with its note
        name=row.name,
        is_download=not row.is_picture,
    )
