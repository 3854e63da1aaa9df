"""A person who keeps looking: asks for one page after another and notes each answer."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Sequence

import httpx

from tests.faults.evidence import Answer

EVERY = 0.4  # seconds between two pages
TIMEOUT = 15.0


class Browser(threading.Thread):
    """`Browser(address, session, paths)`, `start()`, `stop()` gives the answers."""

    def __init__(self, address: str, session: str, paths: Sequence[str]) -> None:
        super().__init__(name="browser", daemon=True)
        self._address, self._session = address, session
        self._paths = list(paths)
        self._stopping = threading.Event()
        self._answers: list[Answer] = []

    def visit(self, path: str) -> None:
        """One more page to look at from now on."""
        self._paths.append(path)

    def run(self) -> None:
        cookies = {"session": self._session}
        with httpx.Client(base_url=self._address, cookies=cookies, timeout=TIMEOUT) as client:
            for number in itertools.count():
                if self._stopping.wait(EVERY):
                    return
                self._look(client, self._paths[number % len(self._paths)])

    def stop(self) -> tuple[Answer, ...]:
        self._stopping.set()
        self.join(TIMEOUT)
        return tuple(self._answers)

    def _look(self, client: httpx.Client, path: str) -> None:
        at = time.time()
        try:
            status = client.get(path).status_code
        except httpx.HTTPError:
            status = 0
        self._answers.append(Answer(at, path, status, time.time() - at))
