"""Stored films and pictures, sent in steps: whole, a range of bytes, or "you have it already".

Django knows no Range, and under ASGI it reads a sync view's file to the end before the first
byte: so the views that use this are async, and the bytes come in steps read in a thread.

Behind nginx (ACCEL_REDIRECT) the same views only name a file on the disk, and nginx sends it,
ranges and all. What lies in a bucket goes through us, who alone may read there
(docs/decisions/0011).
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Generator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TypeVar
from urllib.parse import quote

from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.text import slugify
from django.utils.translation import gettext as _

from storyboard.models.files import files

# A picture's address never shows another picture; a film asks whether it is still allowed.
KEPT = "private, max-age=31536000, immutable"
ASKED = "private, no-cache"

PLAIN = "text/plain; charset=utf-8"

log = logging.getLogger(__name__)

Answer = TypeVar("Answer", bound=HttpResponseBase)

_RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")


@dataclass(frozen=True)
class Stored:
    """A file in the storage and how it is handed out; `tag` is the hash of its bytes.

    `file` is its name in the storage, `name` the one a person keeps it under.
    """

    file: str
    tag: str
    content_type: str
    cache: str = KEPT
    name: str = ""
    is_download: bool = False


@dataclass(frozen=True)
class Span:
    """Bytes from `first` on, `length` of them, out of `size`."""

    first: int
    length: int
    size: int


async def send(request: HttpRequest, stored: Stored) -> HttpResponseBase:
    """200, 206, 304 or 416; 503 when the storage is away; raises Http404 for what is not in it.

    With ACCEL_REDIRECT an empty 200 that names the file to nginx; range and tag are nginx's then.
    """
    try:
        size = await asyncio.to_thread(_size, stored.file)
    except OSError as failed:
        log.warning("the storage does not answer: %s", failed)
        return HttpResponse(_("The storage does not answer. Nothing is lost."), PLAIN, 503)
    if settings.ACCEL_REDIRECT and files().is_on_disk:
        return _named_to_nginx(stored)
    if _has_it(request, stored):
        return _described(HttpResponse(status=304), stored)
    asked = _asked_range(request, stored)
    span = Span(0, size, size) if asked is None else _within(asked, size)
    if span is None:
        return _unsatisfiable(stored, size)
    response = _described(_body(request, stored.file, span), stored)
    response["Content-Length"] = str(span.length)
    if asked is not None:
        response.status_code = 206
        last = span.first + span.length - 1
        response["Content-Range"] = f"bytes {span.first}-{last}/{size}"
    return response


def file_name(title: str, number: int) -> str:
    """`the-lamp-take-3.mp4`, in the letters of the title."""
    words = slugify(title, allow_unicode=True)[:80].strip("-") or "storyboard"
    return f"{words}-take-{number}.mp4"


def _size(file: str) -> int:
    if not file:
        raise Http404  # a picture that could not be made
    try:
        return files().size(file)
    except FileNotFoundError as missing:
        raise Http404(file) from missing


def _named_to_nginx(stored: Stored) -> HttpResponse:
    """nginx puts its own ETag, of the same file, so If-Range and If-None-Match are asked of one."""
    response = _described(HttpResponse(), stored)
    response["X-Accel-Redirect"] = f"{settings.ACCEL_REDIRECT.rstrip('/')}/{quote(stored.file)}"
    for theirs in ("ETag", "Accept-Ranges"):
        del response[theirs]
    return response


def _has_it(request: HttpRequest, stored: Stored) -> bool:
    """If-None-Match names this file (RFC 9110, 13.1.2: weak comparison)."""
    tags = request.headers.get("If-None-Match", "")
    return tags.strip() == "*" or f'"{stored.tag}"' in re.findall(r'"[^"]*"', tags)


def _asked_range(request: HttpRequest, stored: Stored) -> tuple[str, str] | None:
    """First and last byte as written; None for the whole file.

    A list of ranges, another unit and words that are no range are ignored, as RFC 9110 14.2
    allows; so is a range of a file that has another tag (If-Range).
    """
    found = _RANGE.fullmatch(request.headers.get("Range", "").replace(" ", ""))
    if request.method != "GET" or found is None or not any(found.groups()):
        return None
    first, last = found.groups()
    if first and last and int(last) < int(first):
        return None
    condition = request.headers.get("If-Range")
    return (first, last) if condition in (None, f'"{stored.tag}"') else None


def _within(asked: tuple[str, str], size: int) -> Span | None:
    """The part of the file that was asked for; None when it has no such bytes."""
    first, last = asked
    start = int(first) if first else max(0, size - int(last))
    end = min(size - 1, int(last)) if first and last else size - 1
    return Span(start, end - start + 1, size) if start <= end else None


def _unsatisfiable(stored: Stored, size: int) -> HttpResponse:
    response = HttpResponse(status=416)
    response["Content-Range"] = f"bytes */{size}"
    return _described(response, stored)


def _body(request: HttpRequest, file: str, span: Span) -> HttpResponse | StreamingHttpResponse:
    if request.method == "HEAD":
        return HttpResponse()
    steps = files().steps(file, span.first, span.length)
    if isinstance(request, ASGIRequest):
        return StreamingHttpResponse(_in_thread(steps))
    # WSGI would gather an async iterator whole before the first byte.
    return StreamingHttpResponse(steps)


async def _in_thread(steps: Generator[bytes]) -> AsyncIterator[bytes]:
    """Each step is read in a thread; the file is closed as soon as the client leaves."""
    try:
        while chunk := await asyncio.to_thread(next, steps, b""):
            yield chunk
    finally:
        # A step that is still being read ends by itself, and the file is closed with it.
        with suppress(ValueError):
            steps.close()


def _described(response: Answer, stored: Stored) -> Answer:
    """The headers every answer about this file carries; nothing in it may run as a page."""
    response["Content-Type"] = stored.content_type
    response["ETag"] = f'"{stored.tag}"'
    response["Accept-Ranges"] = "bytes"
    response["Cache-Control"] = stored.cache
    response["Content-Disposition"] = _disposition(stored)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _disposition(stored: Stored) -> str:
    """RFC 6266: a name in ASCII for everybody, the real one for those who read it."""
    kind = "attachment" if stored.is_download else "inline"
    if not stored.name:
        return kind
    path = PurePosixPath(stored.name)
    plain, ending = slugify(path.stem) or "file", slugify(path.suffix)
    plain = f"{plain}.{ending}" if ending else plain
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(stored.name)}"
