"""Somebody to call back."""

import json
import threading
import time
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Listener(ThreadingHTTPServer):
    """Keeps what it is told; `answers` are the statuses to answer with, then 200.

    `told` holds path, content type and body of each callback; `raw` its headers and bytes.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Told)
        self.told: list[tuple[str, str | None, dict[str, Any]]] = []
        self.raw: list[tuple[Message, bytes]] = []
        self.answers: list[int] = []
        self.url = f"http://127.0.0.1:{self.server_port}/callbacks/kling/abc/?x=1"
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    def statuses(self, count: int, *, within: float = 5) -> list[str]:
        """Wait for `count` callbacks and return their statuses."""
        until = time.monotonic() + within
        while len(self.told) < count and time.monotonic() < until:
            time.sleep(0.02)
        return [body.get("task_status") or body["status"] for _path, _type, body in self.told]


class Told(BaseHTTPRequestHandler):
    """One callback."""

    server: Listener

    def do_POST(self) -> None:
        """Keep it."""
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        kind = self.headers["Content-Type"]
        self.server.raw.append((self.headers, raw))
        self.server.told.append((self.path, kind, json.loads(raw)))
        status = self.server.answers.pop(0) if self.server.answers else 200
        self.send_response(status)
        if status == 302:
            self.send_header("Location", self.server.url)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""
