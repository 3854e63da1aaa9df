"""Reading requests and writing answers: bodies, Kling's envelope, files with Range."""

import json
import re
import uuid
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

from .refusal import malformed

MAX_BODY = 64 * 1024 * 1024
CHUNK = 256 * 1024
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


class Answers(BaseHTTPRequestHandler):
    """One connection, apart from what is asked on it.

    `status` is what was answered, for the log; `body` holds the request's. `named` tells whether
    answers with a code carry a request_id.
    """

    protocol_version = "HTTP/1.1"
    server_version = "KlingSimulator"
    sys_version = ""
    disable_nagle_algorithm = True
    timeout = 75
    status = 0
    body = b""
    named = True

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing where the base class would: the handler writes the one line."""

    def read_body(self) -> None:
        """Read the body whole. Raises Refusal, and ConnectionError where it stops early."""
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit()):
            self.close_connection = True
            raise malformed("Content-Length is required")
        if len(length) > 12 or int(length) > MAX_BODY:
            self.close_connection = True
            raise malformed(f"The body exceeds {MAX_BODY // 1024**2} MB")
        self.body = self.rfile.read(int(length))
        if len(self.body) < int(length):
            raise ConnectionError("the body stopped early")

    def drop_body(self) -> None:
        """Read what a request without use for a body brought, so the next one starts clean."""
        if self.headers.get("Content-Length") or self.headers.get("Transfer-Encoding"):
            self.read_body()

    def json_object(self) -> dict[str, Any]:
        """The body as an object. Raises Refusal."""
        try:
            body = json.loads(self.body)
        except (ValueError, RecursionError):
            raise malformed("The request body is not valid JSON") from None
        if not isinstance(body, dict):
            raise malformed("The request body must be a JSON object")
        return body

    def send_json(self, status: int, body: Any) -> None:
        """Answer with JSON; what carries a code gets a request_id."""
        if isinstance(body, dict) and "code" in body and self.named:
            body = {**body, "request_id": str(uuid.uuid4())}
        raw = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
        self.send_bytes(status, "application/json", raw)

    def send_bytes(self, status: int, kind: str, raw: bytes) -> None:
        """Answer with these bytes."""
        self.head(status, {"Content-Type": kind, "Content-Length": str(len(raw))})
        self.write(raw)

    def send_file(self, path: Path) -> None:
        """Answer with a film, or the part of it that Range asks for."""
        size = path.stat().st_size
        span = _span(self.headers.get("Range"), size)
        headers = {"Content-Type": "video/mp4", "Accept-Ranges": "bytes"}
        if span is None:
            self.head(416, {**headers, "Content-Range": f"bytes */{size}", "Content-Length": "0"})
            return
        start, end = span
        headers["Content-Length"] = str(end - start)
        if self.headers.get("Range") and (start, end) != (0, size):
            headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
            self.head(206, headers)
        else:
            self.head(200, headers)
        self._copy(path, start, end)

    def head(self, status: int, headers: dict[str, str]) -> None:
        """Write status line and headers."""
        self.status = status
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()

    def write(self, raw: bytes) -> None:
        """Write a piece of the body; HEAD has none."""
        if self.command != "HEAD":
            self.wfile.write(raw)

    def _copy(self, path: Path, start: int, end: int) -> None:
        with path.open("rb") as file:
            file.seek(start)
            while start < end and self.command != "HEAD":
                piece = file.read(min(CHUNK, end - start))
                self.wfile.write(piece)
                start += len(piece)


def _span(header: str | None, size: int) -> tuple[int, int] | None:
    """First byte and the one after the last; None cannot be satisfied (RFC 9110, 14.1.2).

    A header that is not one plain byte range is ignored, as the standard allows.
    """
    asked = _RANGE.fullmatch(header.replace(" ", "")) if header else None
    if asked is None or asked.groups() == ("", ""):
        return 0, size
    first, last = asked.groups()
    if not first:
        return (max(size - int(last), 0), size) if int(last) else None
    start, end = int(first), min(int(last) + 1 if last else size, size)
    if last and int(last) < int(first):
        return 0, size
    return (start, end) if start < size else None
