"""What is lent to Kling: a film, a recording or a picture, fetched by an address only Kling has."""

from __future__ import annotations

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from storyboard.models.lending import lent_file
from storyboard.views.library_files import stored_at
from storyboard.views.media import send


@require_safe
async def show(request: HttpRequest, token: str, name: str) -> HttpResponseBase:
    """The file, whole or by range; Http404 for a token that is none, or is over."""
    file = lent_file(token, name)
    if file is None:
        raise Http404
    return await send(request, stored_at(file))
