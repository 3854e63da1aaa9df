"""The HTTP side: addresses, Kling's envelope, and result files with Range."""

import json
import re
import socketserver
import threading
import time
import uuid
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from .callbacks import Callbacks
from .desk import Desk, Options
from .gate import account_of
from .judge import KINDS
from .refusal import Refusal, malformed, not_there, wrong_method

MAX_BODY = 64 * 1024 * 1024
CHUNK = 256 * 1024
STOP_CHECK_S = 0.02
_FILE = re.compile(r"/_files/(\d+)(-watermark)?\.mp4")
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


class Server(ThreadingHTTPServer):
    """A simulator listening on 127.0.0.1; `address` is where, port 0 takes a free one."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    allow_reuse_address = True

    def __init__(self, options: Options, port: int) -> None:
        self.desk = Desk(options)
        try:
            super().__init__(("127.0.0.1", port), Handler)
        except BaseException:
            self.desk.store.close()
            raise
        self.address = f"http://127.0.0.1:{self.server_address[1]}"
        self.desk.base = self.address
        self._callbacks = Callbacks(self.desk)

    def server_bind(self) -> None:
        """Bind without the base class's look-up of the machine's name, which may be slow."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", self.server_address[1]

    def start(self) -> None:
        """Serve from a thread of its own; callbacks still due go out."""
        self._callbacks.start()
        serve = threading.Thread(target=self.serve_forever, args=(STOP_CHECK_S,), daemon=True)
        serve.start()

    def stop(self) -> None:
        """Stop listening and close the state folder."""
        self._callbacks.stop()
        self.shutdown()
        self.server_close()
        self.desk.store.close()


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    server: Server
    protocol_version = "HTTP/1.1"
    server_version = "KlingSimulator"
    sys_version = ""
    disable_nagle_algorithm = True
    timeout = 75

    def do_GET(self) -> None:
        """Answer a query, the ledger or a file."""
        self._answered(self._get)

    def do_HEAD(self) -> None:
        """Answer as GET does, without the body."""
        self._answered(self._get)

    def do_POST(self) -> None:
        """Take an order."""
        self._answered(self._post)

    def do_PUT(self) -> None:
        """Refuse: nothing here is put, patched or deleted."""
        self._answered(self._refuse_method)

    do_PATCH = do_DELETE = do_PUT

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing where the base class would: `_answered` writes the one line."""

    def _answered(self, answer: Callable[[], None]) -> None:
        started = time.monotonic()
        self._status = 0
        try:
            answer()
        except Refusal as refusal:
            body = {"code": refusal.code, "message": refusal.message}
            self._send_json(refusal.status, body)
        except (ConnectionError, TimeoutError):
            self.close_connection = True
        except Exception as error:
            self._send_json(500, {"code": 5000, "message": "Internal error"})
            print(f"internal error: {type(error).__name__}: {error}", flush=True)
        spent = (time.monotonic() - started) * 1000
        path = urlsplit(self.path).path[:120]
        print(f"{self.command} {path} {self._status} {spent:.0f} ms", flush=True)

    def _get(self) -> None:
        self._drop_body()
        address = urlsplit(self.path)
        file = _FILE.fullmatch(address.path)
        if file:
            self._send_film(file[1], bool(file[2]))
            return
        if address.path == "/_ledger":
            self._send_json(200, self.server.desk.ledger())
            return
        if address.path in ("/", "/healthz"):
            self._send_json(200, {"status": "ok"})
            return
        self._send_data(self._asked(address.path, dict(parse_qsl(address.query))))

    def _asked(self, path: str, query: dict[str, str]) -> Any:
        account = self._account()
        desk = self.server.desk
        if path == "/account/costs":
            return desk.costs(account, query)
        kind, name = _video_address(path)
        if name is None:
            return desk.listing(account, kind, query)
        return desk.query(account, kind, name)

    def _post(self) -> None:
        raw = self._read_body()
        account = self._account()
        kind, name = _video_address(urlsplit(self.path).path)
        if name is not None:
            raise wrong_method("The method is invalid for this address")
        self._send_data(self.server.desk.create(account, kind, _object(raw)))

    def _refuse_method(self) -> None:
        self._drop_body()
        raise wrong_method("The method is invalid for this address")

    def _account(self) -> str:
        desk = self.server.desk
        account = account_of(self.headers.get("Authorization"), desk.options.keys)
        desk.pace.check(account)
        return account

    def _read_body(self) -> bytes:
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit()):
            self.close_connection = True
            raise malformed("Content-Length is required")
        if len(length) > 12 or int(length) > MAX_BODY:
            self.close_connection = True
            raise malformed(f"The body exceeds {MAX_BODY // 1024**2} MB")
        raw = self.rfile.read(int(length))
        if len(raw) < int(length):
            raise ConnectionError("the body stopped early")
        return raw

    def _drop_body(self) -> None:
        """Read what a request without use for a body brought, so the next one starts clean."""
        if self.headers.get("Content-Length") or self.headers.get("Transfer-Encoding"):
            self._read_body()

    def _send_data(self, data: Any) -> None:
        self._send_json(200, {"code": 0, "message": "SUCCEED", "data": data})

    def _send_json(self, status: int, body: Any) -> None:
        if isinstance(body, dict) and "code" in body:
            body = {**body, "request_id": str(uuid.uuid4())}
        raw = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
        self._head(status, {"Content-Type": "application/json", "Content-Length": str(len(raw))})
        if self.command != "HEAD":
            self.wfile.write(raw)

    def _send_film(self, task_id: str, watermark: bool) -> None:
        desk = self.server.desk
        report = desk.store.by_task_id(task_id)
        if report is None or "task_result" not in desk.report(report):
            raise not_there("The file does not exist")
        if watermark and not report.watermark:
            raise not_there("The file does not exist")
        self._send_file(desk.shelf.film(report, watermark=watermark))

    def _send_file(self, path: Path) -> None:
        size = path.stat().st_size
        span = _span(self.headers.get("Range"), size)
        headers = {"Content-Type": "video/mp4", "Accept-Ranges": "bytes"}
        if span is None:
            self._head(416, {**headers, "Content-Range": f"bytes */{size}", "Content-Length": "0"})
            return
        start, end = span
        headers["Content-Length"] = str(end - start)
        if self.headers.get("Range") and (start, end) != (0, size):
            headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
            self._head(206, headers)
        else:
            self._head(200, headers)
        if self.command != "HEAD":
            self._copy(path, start, end)

    def _copy(self, path: Path, start: int, end: int) -> None:
        with path.open("rb") as file:
            file.seek(start)
            while start < end:
                piece = file.read(min(CHUNK, end - start))
                self.wfile.write(piece)
                start += len(piece)

    def _head(self, status: int, headers: dict[str, str]) -> None:
        self._status = status
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()


def _video_address(path: str) -> tuple[str, str | None]:
    """Split `/v1/videos/<kind>[/<id>]`. Raises Refusal for any other address."""
    parts = path.split("/", 4)
    if parts[:3] != ["", "v1", "videos"] or len(parts) < 4 or parts[3] not in KINDS:
        raise not_there("The requested resource does not exist")
    name = unquote(parts[4]) if len(parts) == 5 else ""
    return parts[3], name or None


def _object(raw: bytes) -> dict[str, Any]:
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError):
        raise malformed("The request body is not valid JSON") from None
    if not isinstance(body, dict):
        raise malformed("The request body must be a JSON object")
    return body


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
