"""The embedded server counts a body before Django keeps any of it."""

from __future__ import annotations

import asyncio
from typing import Any

from kling_web.limits import CALLBACK_BYTES, FILM_BYTES, NOTE_BYTES, PAGE_BYTES, capped


def ask(path: str, *bodies: bytes, told: int | None = None) -> tuple[int, list[bytes]]:
    """Status, and the pieces of the body the application was given."""
    taken: list[bytes] = []
    sent: list[dict[str, Any]] = []
    waiting = list(bodies)

    async def app(scope: Any, receive: Any, send: Any) -> None:
        more = True
        while more:
            event = await receive()
            taken.append(event["body"])
            more = event["more_body"]
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    async def receive() -> Any:
        body = waiting.pop(0)
        return {"type": "http.request", "body": body, "more_body": bool(waiting)}

    async def send(event: Any) -> None:
        sent.append(event)

    headers = [] if told is None else [(b"content-length", str(told).encode())]
    scope: Any = {"type": "http", "path": path, "headers": headers}
    asyncio.run(capped(app)(scope, receive, send))
    return sent[0]["status"], taken


def test_a_body_within_the_limit_passes_whole() -> None:
    assert ask("/callbacks/kling/x/", b"a" * CALLBACK_BYTES) == (200, [b"a" * CALLBACK_BYTES])
    assert ask("/", b"a" * 100_000, b"b")[0] == 200


def test_a_told_length_beyond_the_limit_is_refused_unread() -> None:
    assert ask("/callbacks/kling/x/", b"", told=CALLBACK_BYTES + 1) == (413, [])
    assert ask("/shots/x/", b"", told=PAGE_BYTES + 1) == (413, [])


def test_one_address_alone_takes_a_film() -> None:
    films = "/teams/x/library/elements/video/"
    assert ask(films, b"a", told=FILM_BYTES)[0] == 200
    assert ask(films, b"", told=FILM_BYTES + 1) == (413, [])
    assert ask(f"{films}more/", b"", told=PAGE_BYTES + 1) == (413, [])


def test_a_note_and_a_reply_bring_files() -> None:
    for path in ("/takes/x/notes/", "/notes/x/replies/"):
        assert ask(path, b"a", told=NOTE_BYTES)[0] == 200
        assert ask(path, b"", told=NOTE_BYTES + 1) == (413, [])
        assert ask(f"{path}more/", b"", told=PAGE_BYTES + 1) == (413, [])


def test_a_chunked_body_is_counted_as_it_comes() -> None:
    status, taken = ask("/callbacks/kling/x/", b"a" * CALLBACK_BYTES, b"b", b"c")
    assert status == 413
    assert taken == [b"a" * CALLBACK_BYTES]
