"""Tell a task's callback_url of each status change: one try, one more a second later, no third.

What was told is remembered, so a restart sends what is still due. Only loopback addresses are
called unless the simulator was started with `--callbacks-anywhere`.
"""

import http.client
import ipaddress
import json
import queue
import socket
import threading
import time
from typing import Any
from urllib.parse import urlsplit

from .desk import Desk
from .store import Task

TIMEOUT_S = 5
PAUSE_S = 1.0
CALLERS = 4
LOOK_EVERY_S = 0.1


class Unreachable(Exception):
    """An address that may not be called or does not answer."""


class Callbacks:
    """Background threads that call back until they are stopped."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._stop = threading.Event()
        self._due: queue.SimpleQueue[tuple[Task, int]] = queue.SimpleQueue()
        self._busy: set[str] = set()
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
                self._due.put((task, change))
            self._desk.news.wait(LOOK_EVERY_S)
            self._desk.news.clear()

    def _call(self) -> None:
        while not self._stop.is_set():
            try:
                task, change = self._due.get(timeout=0.5)
            except queue.Empty:
                continue
            self._tell(task, change)
            with self._lock:
                self._busy.discard(task.task_id)

    def _tell(self, task: Task, change: int) -> None:
        anywhere = self._desk.options.callbacks_anywhere
        for last in (False, True):
            try:
                post(task.callback_url or "", self._desk.report(task), anywhere=anywhere)
                break
            except Unreachable as error:
                print(f"callback {task.task_id}: {error}", flush=True)
                if last or self._stop.wait(PAUSE_S):
                    break
        if not self._stop.is_set():
            self._desk.store.mark_told(task, change)


def post(url: str, report: dict[str, Any], *, anywhere: bool) -> None:
    """POST one task object. Raises Unreachable; follows no redirect."""
    try:
        address = urlsplit(url)
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
    headers = {"Content-Type": "application/json; charset=utf-8", "Host": address.netloc}
    started = time.monotonic()
    try:
        connection.request("POST", path, json.dumps(report).encode(), headers)
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException, ValueError) as error:
        spent = time.monotonic() - started
        raise Unreachable(f"no answer after {spent:.1f} s ({type(error).__name__})") from None
    finally:
        connection.close()
    if not 200 <= status < 300:
        raise Unreachable(f"answered {status}")


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
