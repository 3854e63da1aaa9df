"""Keep-alive connections that ask at once after each answer, or at a person's pace.

    python -m tests.bench.load

A process of its own. Reads one JSON line per order, {port, seconds, count, every, requests}, and
prints one JSON line: statuses, and each answer's time in milliseconds. `requests` are [head, body]
pairs asked in turn. With `every` above 0 each connection asks that often, whatever the answers
take, and an answer's time counts from when its question was due.
"""

from __future__ import annotations

import json
import selectors
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "t" * 32  # any secret a browser might have been given
PATIENCE = 30.0  # seconds an answer may take before the connection counts as broken


@dataclass
class Heard:
    """What one order brought: answers by status, their times, and how long it took."""

    seconds: float
    statuses: dict[int, int]
    times_ms: list[float] = field(repr=False)

    @property
    def answers(self) -> int:
        return sum(self.statuses.values())

    @property
    def rate(self) -> float:
        """Answers a second."""
        return self.answers / self.seconds

    def percentile(self, part: float) -> float:
        """`part` 0.5 is the median; milliseconds."""
        ordered = sorted(self.times_ms)
        return ordered[min(len(ordered) - 1, int(part * len(ordered)))] if ordered else 0.0


class Load:
    """The loading process, seen from the bench: `with Load() as load: load.ask(…)`."""

    def __enter__(self) -> Load:
        self._child = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.load"],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        return self

    def __exit__(self, *_ended: object) -> None:
        assert self._child.stdin
        self._child.stdin.close()
        self._child.wait(PATIENCE)

    def ask(
        self,
        port: int,
        requests: list[tuple[str, str]],
        *,
        seconds: float,
        connections: int = 8,
        every: float = 0,
    ) -> Heard:
        """Ask these requests in turn for a while; `every` 0 is as fast as they are answered."""
        assert self._child.stdin
        assert self._child.stdout
        order = {"port": port, "requests": requests, "seconds": seconds}
        order |= {"count": connections, "every": every}
        self._child.stdin.write(json.dumps(order) + "\n")
        self._child.stdin.flush()
        told = json.loads(self._child.stdout.readline())
        statuses = {int(status): count for status, count in told["statuses"].items()}
        return Heard(told["seconds"], statuses, told["times_ms"])


def get(path: str, session: str) -> tuple[str, str]:
    """One page asked for by somebody signed in."""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: session={session}\r\n\r\n", ""


def post(path: str, body: str) -> tuple[str, str]:
    """One JSON body sent by a machine."""
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n", body


def form(
    path: str, session: str, fields: dict[str, str], more: Sequence[str] = ()
) -> tuple[str, str]:
    """A form as our modules post it, by somebody signed in: its token comes as a header.

    `more` are lines of the head.
    """
    body = urlencode(fields)
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        f"Cookie: session={session}; csrf={TOKEN}\r\nX-CSRFToken: {TOKEN}\r\nHX-Request: true\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n"
    ) + "".join(f"{line}\r\n" for line in more)
    return f"{head}Content-Length: {len(body)}\r\n\r\n", body


class Line:
    """One keep-alive connection with at most one request under way; `due` is when it asks next."""

    def __init__(self, port: int, due: float) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.got = b""
        self.due = due
        self.is_waiting = False

    def send(self, request: bytes) -> None:
        self.got, self.is_waiting = b"", True
        self.socket.sendall(request)

    def read(self) -> int:
        """The status once the whole answer is here, 0 while it is not."""
        more = self.socket.recv(262144)
        if not more:
            raise ConnectionError("The server closed a connection that was to be kept.")
        self.got += more
        head, gap, body = self.got.partition(b"\r\n\r\n")
        if not gap or len(body) < _length(head):
            return 0
        self.is_waiting = False
        return int(head[9:12])


def keep_asking(order: dict[str, Any]) -> dict[str, Any]:
    """Ask until the time is over, and hear every answer out."""
    asked: Iterator[bytes] = cycle((head + body).encode() for head, body in order["requests"])
    every, count = order["every"], order["count"]
    times: list[float] = []
    statuses: Counter[int] = Counter()
    with selectors.DefaultSelector() as chosen:
        start = time.perf_counter()
        end = start + order["seconds"]
        lines = [Line(order["port"], start + every * place / count) for place in range(count)]
        for line in lines:
            chosen.register(line.socket, selectors.EVENT_READ, line)
        while lines:
            now = time.perf_counter()
            for line in [each for each in lines if not each.is_waiting]:
                if line.due >= end:
                    chosen.unregister(line.socket)
                    line.socket.close()
                    lines.remove(line)
                elif line.due <= now:
                    line.send(next(asked))
            idle = [line.due - now for line in lines if not line.is_waiting]
            for key, _events in chosen.select(max(0, min(idle, default=PATIENCE))) if lines else ():
                line = key.data
                status = line.read()
                if status:
                    now = time.perf_counter()
                    statuses[status] += 1
                    times.append(round((now - line.due) * 1000, 3))
                    line.due = line.due + every if every else now
        took = time.perf_counter() - start
    return {"seconds": took, "statuses": statuses, "times_ms": times}


def _length(head: bytes) -> int:
    """The answer's declared length; every page of the product declares it."""
    for line in head.split(b"\r\n")[1:]:
        name, _colon, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    raise ValueError(f"No Content-Length in {head[:300]!r}")


def main() -> None:
    for line in sys.stdin:
        print(json.dumps(keep_asking(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
