"""In place of gunicorn or of the live process: notes what nginx passes on, and answers by path."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# Method, path, headers, bytes of the body.
Heard = tuple[str, str, dict[str, str], int]


class Handler(BaseHTTPRequestHandler):
    """Notes each request, and answers what its path asks for."""

    protocol_version = "HTTP/1.1"
    server: StandIn

    def do_GET(self) -> None:
        size = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(size)
        self.server.heard.append((self.command, self.path, dict(self.headers), len(body)))
        if self.path == "/hang-up":
            self.close_connection = True
            return
        if self.path.startswith("/live/"):
            self._stream()
            return
        self._answer(json.dumps(dict(self.headers)).encode())

    do_POST = do_HEAD = do_GET

    def _answer(self, body: bytes) -> None:
        film = self.path.startswith("/film")
        self.send_response(503 if self.path == "/readyz" else 200)
        if film:
            self.send_header("X-Accel-Redirect", "/_media/takes/ab/film.mp4")
            self.send_header("Content-Type", "video/mp4")
            self.send_header("Content-Disposition", 'inline; filename="take-1.mp4"')
            self.send_header("Cache-Control", "private, no-cache")
            self.send_header("Content-Security-Policy", "default-src 'none'; sandbox")
            self.send_header("X-Content-Type-Options", "nosniff")
            self.send_header("Cross-Origin-Resource-Policy", "same-origin")
        self.send_header("Content-Length", "0" if film else str(len(body)))
        self.end_headers()
        if not film and self.command != "HEAD":
            self.wfile.write(body)

    def _stream(self) -> None:
        """One event, and then silence until the test lets go."""
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        self.wfile.write(b"data: 7\n\n")
        self.wfile.flush()
        self.server.let_go.wait(10)
        self.close_connection = True

    def log_message(self, *_words: object) -> None:
        """Says nothing into the test's output."""


class StandIn(ThreadingHTTPServer):
    """`port`, `heard`; `let_go` ends its streams, `end()` itself."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.heard: list[Heard] = []
        self.let_go = threading.Event()
        self.lines: list[socket.socket] = []
        threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def get_request(self) -> tuple[socket.socket, tuple[str, int]]:
        line, caller = super().get_request()
        self.lines.append(line)
        return line, caller

    def end(self) -> None:
        """As a process does: with it go the lines that were kept open."""
        self.let_go.set()
        self.shutdown()
        self.server_close()
        for line in self.lines:
            with contextlib.suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)
