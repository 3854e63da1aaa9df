"""The HTTP side: who is asked what, and where faults come in."""

import re
import socketserver
import threading
import time
from collections.abc import Callable
from http.server import ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from .addresses import Address, answer, locate
from .answers import Answers
from .callbacks import Callbacks
from .clock import Clock
from .desk import Desk, Options
from .faults import AFTER, BEFORE, MAKING, RESULT
from .gate import account_of
from .mishaps import befall, befall_answer, befall_film
from .placed import Faults, Placed
from .refusal import Refusal, malformed, not_there, wrong_method

STOP_CHECK_S = 0.02
_FILE = re.compile(r"/_files/(\d+)(-watermark)?\.mp4")
_PICTURE = re.compile(r"/_pictures/([0-9a-f]{64})")
_VOICE = re.compile(r"/_voices/([\w-]+)\.wav")


class Server(ThreadingHTTPServer):
    """A simulator listening on 127.0.0.1; `address` is where, port 0 takes a free one."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    allow_reuse_address = True

    def __init__(self, options: Options, port: int) -> None:
        self.desk = Desk(options)
        self.faults = Faults(options.seed)
        for fault in options.faults:
            self.faults.place(fault)
        self.ending = threading.Event()
        try:
            super().__init__(("127.0.0.1", port), Handler)
        except BaseException:
            self.desk.close()
            raise
        self.address = f"http://127.0.0.1:{self.server_address[1]}"
        self.desk.base = self.address
        self._callbacks = Callbacks(self.desk, self.faults)

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
        self.ending.set()
        self._callbacks.stop()
        self.shutdown()
        self.server_close()
        self.desk.close()


class Handler(Answers):
    """One connection."""

    server: Server

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

    def _answered(self, answer: Callable[[], None]) -> None:
        started = time.monotonic()
        self.status, self.body, self._befell = 0, b"", ""
        self.named = "request_id" not in self.server.desk.dialect.omits
        try:
            answer()
        except Refusal as refusal:
            body = {"code": refusal.code, "message": refusal.message}
            self.send_json(refusal.status, body)
        except (ConnectionError, TimeoutError):
            self.close_connection = True
        except Exception as error:
            self.send_json(500, {"code": 5000, "message": "Internal error"})
            print(f"internal error: {type(error).__name__}: {error}", flush=True)
        spent = (time.monotonic() - started) * 1000
        path = urlsplit(self.path).path[:120]
        print(f"{self.command} {path} {self.status} {spent:.0f} ms{self._befell}", flush=True)

    def _get(self) -> None:
        self.drop_body()
        path = urlsplit(self.path).path
        desk = self.server.desk
        file = _FILE.fullmatch(path)
        if file:
            self._send_film(file[1], watermark=bool(file[2]))
        elif path == "/_ledger":
            self.send_json(200, desk.ledger())
        elif path == "/_library":
            self.send_json(200, desk.library.ledger())
        elif path == "/_callbacks":
            self.send_json(200, desk.records.callbacks())
        elif path == "/_refusals":
            self.send_json(200, desk.records.refusals())
        elif path in ("/_faults", "/_clock"):
            self.send_json(200, self._lever(path).report())
        elif path.startswith(("/_pictures/", "/_voices/")):
            self._send_sample(path)
        elif path in ("/", "/healthz"):
            self.send_json(200, {"status": "ok"})
        else:
            self._ask()

    def _post(self) -> None:
        self.read_body()
        path = urlsplit(self.path).path
        if path in ("/_faults", "/_clock"):
            self._pull(path)
        else:
            self._ask()

    def _lever(self, path: str) -> Faults | Clock:
        return self.server.faults if path == "/_faults" else self.server.desk.clock

    def _pull(self, path: str) -> None:
        """Change the faults or the clock, and say how they stand."""
        lever = self._lever(path)
        try:
            lever.change(self.json_object())
        except ValueError as error:
            raise malformed(str(error)) from None
        self.server.desk.news.set()
        self.send_json(200, lever.report())

    def _ask(self) -> None:
        """Answer at one of Kling's addresses, unless a fault comes before or to the answer."""
        desk = self.server.desk
        url = urlsplit(self.path)
        address = self._address(url.path)
        about = self._about(address)
        if self._befallen(address.endpoint, about):
            return
        account = self._account()
        body = self.json_object() if self.command == "POST" else {}
        envelope = answer(desk, account, address, dict(parse_qsl(url.query)), body)
        if address.noun is not None and address.verb == "create":
            self._let_fail(envelope["data"]["task_id"], about)
        after = self.server.faults.take(AFTER, address.endpoint, about)
        if after is None:
            self.send_json(200, envelope)
            return
        self._deliver(after)
        befall_answer(self, after.fault, envelope, self.server.ending)

    def _let_fail(self, task_id: str, about: str) -> None:
        """An element or a voice that was taken, and that a fault lets fail."""
        placed = self.server.faults.take(MAKING, "library", about)
        if placed is not None:
            self._deliver(placed)
            self.server.desk.library.let_fail(task_id)

    def _address(self, path: str) -> Address:
        try:
            return locate(self.server.desk.dialect, self.command, path)
        except Refusal:
            self._account()  # who may not ask is told nothing else
            raise

    def _refuse_method(self) -> None:
        self.drop_body()
        raise wrong_method("The method is invalid for this address")

    def _account(self) -> str:
        desk = self.server.desk
        authorization = self.headers.get("Authorization")
        account = account_of(authorization, desk.options.keys, pairs=desk.dialect.pairs)
        desk.pace.check(account)
        return account

    def _send_sample(self, path: str) -> None:
        """A picture of an element, or what a voice sounds like."""
        desk = self.server.desk
        picture, voice = _PICTURE.fullmatch(path), _VOICE.fullmatch(path)
        if picture and desk.store.picture(picture[1]).exists():
            raw = desk.store.picture(picture[1]).read_bytes()
            self.send_bytes(200, "image/png" if raw.startswith(b"\x89PNG") else "image/jpeg", raw)
            return
        sample = desk.library.trial(voice[1]) if voice else None
        if sample is None:
            raise not_there("The file does not exist")
        self.send_bytes(200, "audio/wav", sample)

    def _send_film(self, task_id: str, *, watermark: bool) -> None:
        faults, about = self.server.faults, self._own_name(task_id)
        if self._befallen("result", about):
            return
        film = self._film(task_id, watermark=watermark)
        placed = faults.take(RESULT, "result", about) or faults.take(AFTER, "result", about)
        if placed is None:
            self.send_file(film)
            return
        self._deliver(placed)
        befall_film(self, placed.fault, film, self.server.ending)

    def _film(self, task_id: str, *, watermark: bool) -> Path:
        desk = self.server.desk
        task = desk.store.by_task_id(task_id)
        now = desk.clock.now_ms()
        if task is None or task.status(now) != "succeed" or task.cleared(now):
            raise not_there("The file does not exist")
        if watermark and not task.watermark:
            raise not_there("The file does not exist")
        return desk.shelf.film(task, watermark=watermark)

    def _befallen(self, endpoint: str, about: str) -> bool:
        """Whether a fault came in the way."""
        before = self.server.faults.take(BEFORE, endpoint, about)
        if before is None:
            return False
        self._deliver(before)
        return befall(self, before.fault, self.server.ending)

    def _deliver(self, placed: Placed) -> None:
        self.server.faults.deliver(placed)
        self._befell += f" {placed.fault.label}"

    def _about(self, address: Address) -> str:
        """The external_task_id a request is about, "" for none; only faults want to know."""
        if not self.server.faults:
            return ""
        if address.verb != "create":
            return self._own_name(address.name)
        try:
            name = self.json_object().get("external_task_id")
        except Refusal:
            return ""
        return name if isinstance(name, str) else ""

    def _own_name(self, name: str) -> str:
        """The external_task_id behind either id; only faults want to know."""
        task = self.server.desk.store.by_task_id(name) if self.server.faults else None
        return name if task is None else task.external_task_id or ""
