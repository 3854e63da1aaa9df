"""A cap on request bodies before anything is kept of them.

Django's ASGI handler writes a whole body to disk before a view may look at it, so the embedded
server counts bytes at its door. Behind a proxy the proxy does the same.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

Scope = dict[str, Any]
Event = Mapping[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

CALLBACK_BYTES = 64 * 1024
# Well above the 10 MiB a picture may have, so that the page itself can say what is wrong with it.
PAGE_BYTES = 32 * 1024 * 1024
# The one address that takes a film, of 200 MiB (media/element_films.py) and its form.
FILM_BYTES = 201 * 1024 * 1024
FILM_PATH = re.compile(r"/teams/[^/]+/library/elements/video/")
# Those that take a note with its files, of 50 MiB together (models/note_files.py), and a bit more.
NOTE_BYTES = 64 * 1024 * 1024
NOTE_PATH = re.compile(r"/(?:takes/[^/]+/notes|notes/[^/]+/replies)/")
WORDS = b"The body is larger than this address takes. Nothing was stored."


class TooLarge(Exception):
    """More bytes arrived than the address takes."""


def capped(app: Application) -> Application:
    """The same application, which answers 413 to a larger body, told or counted."""

    async def door(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        most = most_bytes(scope["path"])
        if _told(scope["headers"]) > most:
            await _refuse(send)
            return
        counted = 0

        async def count() -> Event:
            nonlocal counted
            event = await receive()
            if event["type"] == "http.request":
                counted += len(event.get("body", b""))
                if counted > most:
                    raise TooLarge
            return event

        try:
            await app(scope, count, send)
        except TooLarge:
            await _refuse(send)

    return door


def most_bytes(path: str) -> int:
    """How large a body the address takes."""
    if path.startswith("/callbacks/"):
        return CALLBACK_BYTES
    if NOTE_PATH.fullmatch(path):
        return NOTE_BYTES
    return FILM_BYTES if FILM_PATH.fullmatch(path) else PAGE_BYTES


def _told(headers: list[tuple[bytes, bytes]]) -> int:
    lengths = [value for name, value in headers if name == b"content-length"]
    return int(lengths[0]) if lengths and lengths[0].isdigit() else 0


async def _refuse(send: Send) -> None:
    await send(
        {
            "type": "http.response.start",
            "status": 413,
            "headers": [
                (b"content-type", b"text/plain; charset=utf-8"),
                (b"content-length", str(len(WORDS)).encode()),
                (b"connection", b"close"),
            ],
        }
    )
    await send({"type": "http.response.body", "body": WORDS})
