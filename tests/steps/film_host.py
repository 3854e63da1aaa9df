"""Where Kling keeps its films: serves by script, film after film, whole or in a bad way."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Serving = Callable[[BaseHTTPRequestHandler], None]
CHUNK = 64 * 1024


@dataclass
class FilmHost:
    """Answers each request by the next of `script`, and when that is used up by `last`."""

    script: list[Serving] = field(default_factory=list)
    last: Serving | None = None
    asked: int = 0
    address: str = ""

    @property
    def url(self) -> str:
        return f"{self.address}/film.mp4"


@contextmanager
def film_host() -> Iterator[FilmHost]:
    host = FilmHost()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            host.asked += 1
            serve = host.script.pop(0) if host.script else host.last
            assert serve is not None, "nobody was to ask for a film"
            try:
                serve(self)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    host.address = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield host
    finally:
        server.shutdown()
        server.server_close()


def whole(film: bytes, *, says: int | None = None) -> Serving:
    """The film; `says` is the length it is told to have."""

    def serve(asked: BaseHTTPRequestHandler) -> None:
        _head(asked, 200, str(len(film) if says is None else says))
        asked.wfile.write(film)
        asked.close_connection = True

    return serve


def page() -> Serving:
    """A gateway's page, with the status of a film."""
    return whole(b"<!doctype html><title>Sorry</title>" + b" " * 2000)


def status(code: int) -> Serving:
    def serve(asked: BaseHTTPRequestHandler) -> None:
        _head(asked, code, "0")

    return serve


def elsewhere(url: str) -> Serving:
    """A redirect."""

    def serve(asked: BaseHTTPRequestHandler) -> None:
        asked.send_response(302)
        asked.send_header("Location", url)
        asked.send_header("Content-Length", "0")
        asked.end_headers()

    return serve


def endless(sent: list[int], *, says: int | None = None) -> Serving:
    """Two GiB, told as `says` or not at all; `sent` counts what went out, in bytes."""

    def serve(asked: BaseHTTPRequestHandler) -> None:
        _head(asked, 200, None if says is None else str(says))
        for _chunk in range(2 * 1024**3 // CHUNK):
            asked.wfile.write(bytes(CHUNK))
            sent.append(CHUNK)

    return serve


def _head(asked: BaseHTTPRequestHandler, code: int, length: str | None) -> None:
    asked.send_response(code)
    asked.send_header("Content-Type", "video/mp4")
    if length is not None:
        asked.send_header("Content-Length", length)
    asked.end_headers()
