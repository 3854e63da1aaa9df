"""Tell a task's callback_url of its status changes: one try, one more a second later, no third.

What was told is remembered, so a restart sends what is still due. Only loopback addresses are
called unless the simulator was started with `--callbacks-anywhere`.
"""

import http.client
import ipaddress
import itertools
import queue
import socket
import threading
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from .desk import Desk
from .faults import CALLBACK
from .letters import Letter, Pen
from .placed import Faults, Placed
from .tasks import TOLD_PROCESSING, TOLD_SUBMITTED, Task

TIMEOUT_S = 5
PAUSE_S = 1.0
CALLERS = 4
LOOK_EVERY_S = 0.1


class Unreachable(Exception):
    """An address that may not be called or does not answer."""


class NotTaken(Unreachable):
    """The callback arrived, and was answered with another status than 2xx."""

    def __init__(self, status: int) -> None:
        super().__init__(f"answered {status}")
        self.status = status


@dataclass(frozen=True)
class Message:
    """One status change of one task; `number` is the order in which they became due."""

    task: Task
    change: int
    number: int

    @property
    def status(self) -> str:
        """The status told."""
        early = {TOLD_SUBMITTED: "submitted", TOLD_PROCESSING: "processing"}
        return early.get(self.change, "failed" if self.task.fails else "succeed")

    @property
    def name(self) -> str:
        """What every sending of it is called."""
        return f"{self.task.task_id}-{self.status}"


@dataclass(frozen=True)
class Held:
    """A message kept back by a fault until a moment (monotonic), or until another has gone."""

    message: Message
    placed: Placed
    until: float

    @property
    def waits(self) -> bool:
        """Whether it waits to be overtaken."""
        return self.placed.fault.name == "callback-reorder"

    def yields_to(self, other: Message) -> bool:
        """Whether that one going lets it go: its task's next, or after a task's last any later."""
        if not self.waits or other.number < self.message.number:
            return False
        ends = self.message.status in ("succeed", "failed")
        return ends or other.task.task_id == self.message.task.task_id


class Callbacks:
    """Background threads that call back until they are stopped."""

    def __init__(self, desk: Desk, faults: Faults) -> None:
        self._desk = desk
        self._faults = faults
        self._pen = Pen(desk.options.callback_shape, desk.options.webhook_secrets)
        self._stop = threading.Event()
        self._due: queue.SimpleQueue[Message] = queue.SimpleQueue()
        self._busy: set[str] = set()
        self._held: list[Held] = []
        self._noticed = itertools.count()
        self._lock = threading.Lock()
        self._looker = threading.Thread(target=self._look, name="callbacks", daemon=True)

    def start(self) -> None:
        """Begin; threads end with the process."""
        self._looker.start()
        for number in range(CALLERS):
            threading.Thread(target=self._call, name=f"caller-{number}", daemon=True).start()

    def stop(self) -> None:
        """Send nothing more; a call under way may finish."""
        self._stop.set()
        self._desk.news.set()
        self._looker.join(timeout=1)

    def _look(self) -> None:
        while not self._stop.is_set():
            for task, change in self._desk.store.untold():
                with self._lock:
                    if task.task_id in self._busy:
                        continue
                    self._busy.add(task.task_id)
                self._due.put(Message(task, change, next(self._noticed)))
            self._release_overdue()
            self._desk.news.wait(LOOK_EVERY_S)
            self._desk.news.clear()

    def _call(self) -> None:
        while not self._stop.is_set():
            try:
                message = self._due.get(timeout=0.5)
            except queue.Empty:
                continue
            self._tell(message)
            with self._lock:
                self._busy.discard(message.task.task_id)
            self._desk.news.set()

    def _tell(self, message: Message) -> None:
        if message.status in self._desk.options.callback_statuses:
            placed = self._fault(message)
            if placed is None:
                self._send(message)
            else:
                self._befall(message, placed)
        if not self._stop.is_set():
            self._desk.store.mark_told(message.task, message.change)

    def _fault(self, message: Message) -> Placed | None:
        """What is to befall it; nothing does where it is the one to overtake another."""
        with self._lock:
            if any(held.waits and held.message.task == message.task for held in self._held):
                return None
        return self._faults.take(CALLBACK, CALLBACK, message.task.external_task_id or "")

    def _befall(self, message: Message, placed: Placed) -> None:
        fault = placed.fault
        if fault.name == "callback-drop":
            self._faults.deliver(placed)
        elif fault.name in ("callback-delay", "callback-reorder"):
            with self._lock:
                self._held.append(Held(message, placed, time.monotonic() + fault.seconds))
        elif fault.name == "callback-duplicate":
            times = 1 + int(fault.value or 1)
            if [self._send(message) for _time in range(times)].count(True) > 1:
                self._faults.deliver(placed)
        else:
            task, report = message.task, self._report(message)
            forged = self._pen.forge(fault.value, task.callback_url or "", report, message.name)
            if self._post(forged, message) is not None:
                self._faults.deliver(placed)
            self._send(message)

    def _send(self, message: Message) -> bool:
        """Send it, once more where it is not taken; then what waited for it. Did it arrive?"""
        arrived = False
        for last in (False, True):
            letter = self._pen.write(
                message.task.callback_url or "", self._report(message), message.name
            )
            taken = self._post(letter, message)
            arrived = arrived or taken is not None
            if taken or last or self._stop.wait(PAUSE_S):
                break
        self._release(message)
        return arrived

    def _post(self, letter: Letter, message: Message) -> bool | None:
        """Whether it was taken; None where it did not arrive."""
        try:
            answer = post(letter, anywhere=self._desk.options.callbacks_anywhere)
        except Unreachable as error:
            print(f"callback {message.task.task_id}: {error}", flush=True)
            answer = error.status if isinstance(error, NotTaken) else 0
        self._note(letter, message, answer)
        return 200 <= answer < 300 if answer else None

    def _note(self, letter: Letter, message: Message, answer: int) -> None:
        self._desk.records.sent(
            letter,
            task_id=message.task.task_id,
            external_task_id=message.task.external_task_id,
            status=message.status,
            answer=answer,
            now_ms=self._desk.clock.now_ms(),
        )

    def _report(self, message: Message) -> dict[str, Any]:
        return self._desk.report(message.task, message.status)

    def _release(self, gone: Message) -> None:
        with self._lock:
            free = [held for held in self._held if held.yields_to(gone)]
            self._held = [held for held in self._held if held not in free]
        for held in free:
            if self._send(held.message):
                self._faults.deliver(held.placed)

    def _release_overdue(self) -> None:
        """Let go what waited long enough; what was never overtaken does not count as reordered."""
        now = time.monotonic()
        with self._lock:
            free = [held for held in self._held if held.until <= now]
            self._held = [held for held in self._held if held not in free]
        for held in free:
            threading.Thread(target=self._send_late, args=(held,), daemon=True).start()

    def _send_late(self, held: Held) -> None:
        if self._send(held.message) and not held.waits:
            self._faults.deliver(held.placed)


def post(letter: Letter, *, anywhere: bool) -> int:
    """Send one letter; the status it is answered with. Raises Unreachable; follows no redirect."""
    try:
        address = urlsplit(letter.url)
        host, port = address.hostname or "", address.port
    except ValueError:
        raise Unreachable("not an address") from None
    secure = address.scheme == "https"
    if address.scheme not in ("http", "https") or not host:
        raise Unreachable("not an http address")
    port = port or (443 if secure else 80)
    reached = host if anywhere else _loopback(host, port)
    kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
    connection = kind(reached, port, timeout=TIMEOUT_S)
    path = f"{address.path or '/'}{'?' if address.query else ''}{address.query}"
    started = time.monotonic()
    try:
        headers = {**letter.headers, "Host": address.netloc}
        connection.request("POST", path, letter.body, headers)
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException, ValueError) as error:
        spent = time.monotonic() - started
        raise Unreachable(f"no answer after {spent:.1f} s ({type(error).__name__})") from None
    finally:
        connection.close()
    if not 200 <= status < 300:
        raise NotTaken(status)
    return status


def _loopback(host: str, port: int) -> str:
    """Return the checked address to connect to, so that a name cannot change its mind."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Unreachable("the name is not known") from None
    addresses = [str(entry[4][0]) for entry in found]
    if not all(ipaddress.ip_address(address).is_loopback for address in addresses):
        raise Unreachable("only loopback addresses are called")
    return addresses[0]
