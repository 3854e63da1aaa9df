"""A page left open: follows a project's stream over every break, as a browser's does.

The wire carries serials alone and replays nothing; on opening, the stream first says where it is.
So a page misses something when a serial comes that no later one makes good: `invariants` counts
those against the history.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterable, Iterator

import httpx

from tests.faults.evidence import Feed, Heard

RETRY = 2.0  # seconds until a lost stream is opened again, as the stream itself tells browsers
SILENT = 40.0  # two beats of 15 s have been missed: the page opens a new stream
CONNECT = 5.0


class Follower(threading.Thread):
    """`Follower(address, session, project)`, `start()`, `stop()` gives what was heard.

    `session` is the value of the cookie; `project` a key.
    """

    def __init__(self, address: str, session: str, project: str, *, retry: float = RETRY) -> None:
        super().__init__(name=f"follower of {project}", daemon=True)
        self._stream = f"{address}/live/projects/{project}/"
        self._session, self._project, self._retry = session, project, retry
        self._ended = threading.Event()
        self._heard: list[Heard] = []
        self.opened = 0

    def run(self) -> None:
        with httpx.Client(
            cookies={"session": self._session}, timeout=httpx.Timeout(SILENT, connect=CONNECT)
        ) as client:
            while not self._ended.is_set():
                with contextlib.suppress(httpx.HTTPError, httpx.StreamError):
                    self._follow(client)
                self._ended.wait(self._retry)

    def stop(self) -> Feed:
        """Leave. What is heard afterwards does not count."""
        heard, at = tuple(self._heard), time.time()
        self._ended.set()
        return Feed(self._project, heard, at)

    def _follow(self, client: httpx.Client) -> None:
        last = {"Last-Event-ID": str(self._heard[-1].serial)} if self._heard else {}
        headers = {"Accept": "text/event-stream", **last}
        with client.stream("GET", self._stream, headers=headers) as response:
            if response.status_code != httpx.codes.OK:
                return
            self.opened += 1
            opened_at = time.time()
            for serial in serials(response.iter_lines()):
                if self._ended.is_set():
                    return
                self._heard.append(Heard(time.time(), serial, opened_at))


def serials(lines: Iterable[str]) -> Iterator[int]:
    """What each event or beat of a stream says; ends where the viewer may see no more."""
    name = ""
    for line in lines:
        field, _colon, value = line.partition(": ")
        if field == "event":
            name = value
        elif field == "data" and name == "gone":
            return
        elif field == "data":
            yield int(value)
        elif not line:
            name = ""
