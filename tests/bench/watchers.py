"""Two hundred open pages in one process: a stream each, and a connection to ask for the news.

    python -m tests.bench.watchers

Reads one JSON line per order and prints one JSON line per answer. Raw sockets, one clock.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
import sys
import time
from dataclasses import dataclass
from statistics import median
from typing import Any

JITTER = 0.15  # seconds at most between a signal and asking, as live-pulse.js waits
RETRY = 2.0  # seconds until a lost stream is opened again, as the stream itself tells browsers
PATIENCE = 30.0  # seconds after which an event counts as missed
_CURSOR = re.compile(rb'after="(\d+)')


@dataclass
class Viewer:
    """One open page: which serial its newest fragment has, and when that came."""

    port: int
    session: str
    stream: str
    pulse: str
    serial: int = 0
    at: float = 0.0
    signalled: int = -1
    twice: int = 0
    is_listening: bool = False
    may_break: bool = False
    line: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    def __post_init__(self) -> None:
        self.bell = asyncio.Event()

    async def live(self) -> None:
        """Listen and ask, for as long as the page is open."""
        async with asyncio.TaskGroup() as both:
            both.create_task(self._listen())
            both.create_task(self._follow())

    async def ask(self, after: int) -> None:
        """Fetch what is newer and keep its serial; a broken connection is made again."""
        while True:
            is_fresh = self.line is None
            try:
                self.line = self.line or await asyncio.open_connection("127.0.0.1", self.port)
                body = await self._get(*self.line, f"{self.pulse}?after={after}")
                break
            except (OSError, asyncio.IncompleteReadError):
                self.line = None  # servers close what was quiet for some seconds
                if is_fresh and not self.may_break:
                    raise
                await asyncio.sleep(0.2 if is_fresh else 0)
        found = _CURSOR.search(body)
        if found:
            self.serial, self.at = max(self.serial, int(found[1])), time.monotonic()

    async def _follow(self) -> None:
        while True:
            await self.bell.wait()
            self.bell.clear()
            if self.signalled > self.serial:
                await asyncio.sleep(random.random() * JITTER)
                await self.ask(self.serial)

    async def _listen(self) -> None:
        while True:
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
                # nginx keeps the connection of an answer that ended; closed, its end is heard here.
                writer.write(self._head(self.stream, "Connection: close"))
                status = (await reader.readline())[9:12]
                if status == b"200":
                    await self._hear(reader)
                writer.close()
            except OSError:
                pass
            self.is_listening = False
            if not self.may_break:
                raise RuntimeError("A stream ended that was to stay open.")
            await asyncio.sleep(RETRY)

    async def _hear(self, reader: asyncio.StreamReader) -> None:
        beat = False
        while line := await reader.readline():
            if line.startswith(b"event:"):
                beat = b"beat" in line
            elif line.startswith(b"data:") and line[5:].strip().isdigit():
                serial = int(line[5:])
                self.is_listening = True
                self.twice += serial == self.signalled and not beat
                self.signalled = max(self.signalled, serial)
                self.bell.set()
                beat = False

    async def _get(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, path: str
    ) -> bytes:
        writer.write(self._head(path))
        head = await reader.readuntil(b"\r\n\r\n")
        status = int(head[9:12])
        if status == 204:
            return b""
        if status != 200:
            raise ConnectionError(f"{path} answered {status}")
        found = re.search(rb"(?i)content-length: (\d+)", head)
        if not found:
            raise ValueError(f"{path} told no length")
        return await reader.readexactly(int(found[1]))

    def _head(self, path: str, *more: str) -> bytes:
        lines = f"GET {path} HTTP/1.1", "Host: 127.0.0.1", f"Cookie: session={self.session}"
        return ("\r\n".join((*lines, *more)) + "\r\n\r\n").encode()


class Audience:
    """All viewers, as the bench orders them about."""

    def __init__(self) -> None:
        self.viewers: list[Viewer] = []
        self.tasks: list[asyncio.Task[None]] = []

    async def open(
        self, port: int, sessions: list[str], stream: str, pulse: str, after: int = 0
    ) -> dict[str, Any]:
        """Everybody opens the page: the stream's first event, then the fragment that is newer."""
        self.viewers = [Viewer(port, session, stream, pulse, after) for session in sessions]
        for viewer in self.viewers:
            self.tasks.append(asyncio.create_task(viewer.live()))
            await asyncio.sleep(0.005)
        await self._until(lambda one: one.is_listening and one.serial >= one.signalled >= 0)
        return {"open": sum(one.is_listening for one in self.viewers)}

    async def fetch(self) -> dict[str, Any]:
        """The floor: everybody asks for the same fragment at once, without a signal."""
        start = time.monotonic()
        await asyncio.gather(*(one.ask(one.serial - 1) for one in self.viewers))
        return self._times(start)

    async def await_(self, serial: int, since: float) -> dict[str, Any]:
        """Until everybody has this serial's fragment, or patience ends."""
        await self._until(lambda one: one.serial >= serial)
        missed = sum(one.serial < serial for one in self.viewers)
        return {**self._times(since), "missed": missed, "twice": self._twice()}

    async def forgive(self) -> dict[str, Any]:
        """From now on connections may break: they are made again."""
        for viewer in self.viewers:
            viewer.may_break = True
        return {}

    async def _until(self, is_so: Any) -> None:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and not all(is_so(one) for one in self.viewers):
            await asyncio.sleep(0.01)
            for task in self.tasks:
                if task.done():
                    task.result()  # a viewer that broke says why

    def _times(self, since: float) -> dict[str, Any]:
        took = [(one.at - since) * 1000 for one in self.viewers]
        return {"last_ms": max(took), "median_ms": median(took)}

    def _twice(self) -> int:
        """Signals that said nothing new since the last question."""
        heard = sum(one.twice for one in self.viewers)
        for one in self.viewers:
            one.twice = 0
        return heard


async def main() -> None:
    audience = Audience()
    verbs = {
        "open": audience.open,
        "fetch": audience.fetch,
        "await": audience.await_,
        "forgive": audience.forgive,
    }
    while line := await asyncio.to_thread(sys.stdin.readline):
        about = json.loads(line)
        print(json.dumps(await verbs[about.pop("verb")](**about)), flush=True)
    for task in audience.tasks:
        task.cancel()
    await asyncio.gather(*audience.tasks, return_exceptions=True)


if __name__ == "__main__":
    asyncio.run(main())
