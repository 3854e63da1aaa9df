"""A client of a stream on a raw socket."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from tests.live.installation import Installation

PATIENCE = 10.0  # seconds for one event, on a busy machine


class Ended(Exception):
    """The server ended the stream."""


@dataclass
class Reader:
    """`await Reader.open(…)`; `status` and `headers`, then `await event()` again and again."""

    status: int
    headers: dict[str, str]
    lines: asyncio.StreamReader
    writer: asyncio.StreamWriter

    @classmethod
    async def open(cls, web: Installation, person: str, path: str = "") -> Reader:
        lines, writer = await asyncio.open_connection("127.0.0.1", web.port)
        head = f"GET {path or web.stream} HTTP/1.1\r\nHost: 127.0.0.1:{web.port}\r\n"
        cookie = f"Cookie: {web.cookie(person)}\r\n" if person else ""
        writer.write(f"{head}Accept: text/event-stream\r\n{cookie}\r\n".encode())
        told = await asyncio.wait_for(lines.readuntil(b"\r\n\r\n"), 30)
        first, *rest = told.decode().strip().split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in rest)
        return cls(int(first.split()[1]), headers, lines, writer)

    async def event(self, patience: float = PATIENCE) -> dict[str, str]:
        """The next event's fields; raises Ended, or TimeoutError after `patience` seconds."""
        async with asyncio.timeout(patience):
            fields: dict[str, str] = {}
            while "data" not in fields:
                line = await self.lines.readline()
                if not line or line.strip() == b"0":  # closed, or the last chunk
                    raise Ended
                name, colon, value = line.decode().strip().partition(": ")
                if colon:  # the sizes of chunks have none
                    fields[name] = value
            return fields

    async def serial(self, patience: float = PATIENCE) -> int:
        return int((await self.event(patience))["data"])

    async def until(self, serial: int) -> None:
        """Read on until the stream tells of a serial."""
        while await self.serial() < serial:
            pass

    def leave(self) -> None:
        self.writer.transport.abort()
