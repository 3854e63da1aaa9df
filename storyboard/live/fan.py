"""From one tail to every reader of this process, on the event loop.

A reader that is slow or asleep costs nothing: of each stream it holds the newest serial alone.
"""

from __future__ import annotations

import asyncio
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager, suppress

from kling_web.stopping import stopping
from storyboard.live.streams import Serials, Stream, Tell, Watched
from storyboard.live.tail import Tail, tail_of_database

# How often the flag that the process is about to end is looked at.
LOOK_SECONDS = 0.1


class Ear:
    """What one reader has not taken yet; `is_over` once the process is about to end."""

    def __init__(self) -> None:
        self.is_over = False
        self._news: dict[Stream, int] = {}
        self._bell = asyncio.Event()

    async def news(self, seconds: float) -> dict[Stream, int]:
        """Serials since the last call, at once when there are any; none after `seconds`."""
        with suppress(TimeoutError):
            async with asyncio.timeout(max(seconds, 0)):
                await self._bell.wait()
        self._bell.clear()
        news, self._news = self._news, {}
        return news

    def hear(self, stream: Stream, serial: int) -> None:
        self._news[stream] = max(serial, self._news.get(stream, 0))
        self._bell.set()

    def end(self) -> None:
        self.is_over = True
        self._bell.set()


class Fan:
    """`listen()` gives an ear; the tail runs while there is one."""

    def __init__(
        self,
        make_tail: Callable[[Watched, Tell], Tail] = tail_of_database,
        *,
        ending: threading.Event = stopping,
    ) -> None:
        self._make_tail = make_tail
        self._ending = ending
        self._ears: defaultdict[Stream, set[Ear]] = defaultdict(set)
        self._listening: Counter[Hashable] = Counter()
        self._told: dict[Stream, int] = {}
        self._watched: tuple[Stream, ...] = ()
        self._tail: Tail | None = None
        self._look: asyncio.Task[None] | None = None

    def count(self, who: Hashable) -> int:
        """How many ears this person has here."""
        return self._listening[who]

    @property
    def watched(self) -> tuple[Stream, ...]:
        """Streams that somebody listens to; the tail's thread reads it."""
        return self._watched

    @contextmanager
    def listen(self, *streams: Stream, who: Hashable) -> Iterator[Ear]:
        """Hear every serial committed from now on; read where the streams are after this."""
        ear = Ear()
        self._add(ear, streams, who)
        try:
            yield ear
        finally:
            self._remove(ear, streams, who)

    def _add(self, ear: Ear, streams: tuple[Stream, ...], who: Hashable) -> None:
        for stream in streams:
            self._ears[stream].add(ear)
        self._listening[who] += 1
        self._watched = tuple(self._ears)
        if self._ending.is_set():
            ear.end()
        elif self._tail is None:
            self._start(asyncio.get_running_loop())

    def _remove(self, ear: Ear, streams: tuple[Stream, ...], who: Hashable) -> None:
        for stream in streams:
            self._ears[stream].discard(ear)
            if not self._ears[stream]:
                del self._ears[stream]
        self._listening[who] -= 1
        self._listening += Counter()  # drops those at nought
        self._watched = tuple(self._ears)
        if not self._ears:
            self._stop()

    def _start(self, loop: asyncio.AbstractEventLoop) -> None:
        def tell(news: Serials) -> None:
            with suppress(RuntimeError):  # the loop is closed: nobody is left to tell
                loop.call_soon_threadsafe(self._spread, news)

        self._told = {}
        self._tail = self._make_tail(lambda: self._watched, tell)
        self._tail.start()
        self._look = loop.create_task(self._look_for_the_end())

    def _stop(self) -> None:
        if self._tail is not None:
            self._tail.stop()
        if self._look is not None:
            self._look.cancel()
        self._tail = self._look = None

    def _spread(self, news: Serials) -> None:
        for stream, serial in news.items():
            if stream not in self._ears or self._told.get(stream, -1) >= serial:
                continue
            self._told[stream] = serial
            for ear in self._ears[stream]:
                ear.hear(stream, serial)

    async def _look_for_the_end(self) -> None:
        while not self._ending.is_set():
            await asyncio.sleep(LOOK_SECONDS)
        for ear in {ear for ears in self._ears.values() for ear in ears}:
            ear.end()
