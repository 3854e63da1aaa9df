"""What a start asks of the machine: a lock file, a free port, an answer from an address."""

from __future__ import annotations

import fcntl
import http.client
import os
import socket
import urllib.request
from collections.abc import Callable, Sequence
from pathlib import Path

LOOPBACK = "127.0.0.1"
FIRST_PORT = 8000
PORTS_TO_TRY = 200


class Refused(Exception):
    """The start cannot go on; the message is for people."""


class LockFile:
    """Held by one start at a time; the kernel lets go of it when the holder ends in any way.

    The file's text says who holds it, for the words of a second start.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._handle: int | None = None

    def take(self) -> None:
        """Raises Refused, naming the holder."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(handle, 500).decode("utf-8", "replace").strip()
            os.close(handle)
            raise Refused(
                f"Greenlight is running here already ({holder or 'it is just starting'}). "
                "Nothing was changed. Stop that one first, or use its address."
            ) from None
        self._handle = handle
        self.describe("starting")

    def describe(self, address: str) -> None:
        """Note who holds the lock and where it answers."""
        if self._handle is None:
            return
        os.ftruncate(self._handle, 0)
        os.pwrite(self._handle, f"process {os.getpid()}, {address}\n".encode(), 0)

    def keep_over_exec(self) -> int:
        """Let the lock outlive an exec of this process; gives what `adopt` needs."""
        if self._handle is None:
            raise ValueError("The lock is not held.")
        os.set_inheritable(self._handle, True)
        return self._handle

    def adopt(self, handle: int) -> None:
        """Go on holding what the process held before its exec."""
        os.set_inheritable(handle, False)
        self._handle = handle


def choose_port(wanted: str | None, *, taken: frozenset[int] = frozenset()) -> int:
    """The port asked for, which must be free; without one, 8000 or the next free one.

    Raises Refused, in words, when the one asked for is no port or busy.
    """
    if not wanted:
        return next_free_port(FIRST_PORT, taken=taken)
    if not wanted.isdecimal() or not 1 <= int(wanted) <= 65535:
        raise Refused(f"PORT is {wanted}; a port is a number from 1 to 65535.")
    port = int(wanted)
    if port in taken or not is_free(port):
        raise Refused(
            f"Port {port} is busy. Nothing was started. "
            "Choose another (PORT=8080 make demo), or leave PORT out to get a free one."
        )
    return port


def next_free_port(first: int, *, taken: frozenset[int] = frozenset()) -> int:
    last = min(first + PORTS_TO_TRY, 65536)
    for port in range(first, last):
        if port not in taken and is_free(port):
            return port
    raise Refused(f"No port from {first} to {last - 1} is free. Name one: PORT=9000 make demo")


def is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as one:
        # As servers do: an address in TIME_WAIT counts as free, a listening one does not.
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            one.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def answers(url: str, *, host: str = LOOPBACK) -> Callable[[], bool]:
    """A question: does this address answer 200 to somebody who calls it `host`?"""
    request = urllib.request.Request(url, headers={"Host": host})  # noqa: S310  (our own address)

    def ask() -> bool:
        try:
            with _direct.open(request, timeout=2) as answer:
                return bool(answer.status == 200)
        except (OSError, http.client.HTTPException):
            return False

    return ask


def host_to_ask(allowed: Sequence[str]) -> str:
    """A name the server answers to, out of ALLOWED_HOSTS; `.example` and `*` are patterns."""
    first = next(iter(allowed), LOOPBACK)
    return LOOPBACK if first == "*" else first.removeprefix(".")


def accepts(port: int) -> Callable[[], bool]:
    """A question: does anybody listen on this port of the loopback address?"""

    def ask() -> bool:
        try:
            with socket.create_connection((LOOPBACK, port), timeout=1):
                return True
        except OSError:
            return False

    return ask


# Loopback is asked directly, whatever proxy the environment names.
_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
