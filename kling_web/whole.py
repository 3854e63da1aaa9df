"""A body that was cut on its way is refused, under WSGI.

gunicorn hands over what arrived: less than was declared when the sender left in the middle, nothing
at all when the body came in chunks. A view would take that for what the person sent. (Under ASGI
Django notices both by itself.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.core.exceptions import BadRequest
from django.utils.translation import gettext_lazy

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

UNSAID = b"The request did not say how large it is, so it was not read. Nothing was stored.\n"


class CutShort(BadRequest):
    """The body ended before the size that was declared."""

    words = gettext_lazy(
        "The request arrived cut short, so nothing was changed. Go back and send it again."
    )


def whole(app: Application) -> Application:
    """The same application: 411 to a body of unsaid size; a shorter one raises where it is read."""

    def door(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        declared = str(environ.get("CONTENT_LENGTH") or "")
        if not declared and "HTTP_TRANSFER_ENCODING" in environ:
            return _unsaid(start_response)
        if declared.isdecimal():
            environ["wsgi.input"] = Body(environ["wsgi.input"], int(declared))
        return app(environ, start_response)

    return door


class Body:
    """`wsgi.input` of a declared size; raises CutShort when it ends before."""

    def __init__(self, stream: Any, size: int) -> None:
        self._stream = stream
        self._left = size

    def read(self, size: int | None = -1) -> bytes:
        wanted = self._left if size is None or size < 0 else min(size, self._left)
        return self._count(self._stream.read(wanted), short_of=wanted)

    def readline(self, size: int | None = -1) -> bytes:
        wanted = self._left if size is None or size < 0 else min(size, self._left)
        line = self._stream.readline(wanted)
        return self._count(line, short_of=0 if line.endswith(b"\n") else wanted)

    def _count(self, data: bytes, *, short_of: int) -> bytes:
        """gunicorn gives fewer bytes than were asked for at the end alone."""
        self._left -= len(data)
        if len(data) < short_of:
            raise CutShort
        return data


def _unsaid(start_response: Callable[..., Any]) -> Iterable[bytes]:
    headers = [
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Length", str(len(UNSAID))),
        ("Connection", "close"),
    ]
    start_response("411 Length Required", headers)
    return [UNSAID]
