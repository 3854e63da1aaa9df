"""The simulator's own clock: real time and an offset that only grows, kept in the state folder.

What happens to tasks follows it, so a month can pass in a second. Tokens, request rates and the
timestamps of signatures stay on the real clock: others judge those by theirs.
"""

import threading
import time
from pathlib import Path
from typing import Any

MOST_SECONDS = 10 * 366 * 86_400  # in one step; more is a slip of the pen


class Clock:
    """Time that can be put forward. The offset survives the process, as the tasks do."""

    def __init__(self, folder: Path, offset_seconds: float | None = None) -> None:
        """Go on from the folder's offset, or from another one in seconds."""
        self._file = folder / "clock"
        self._lock = threading.Lock()
        self._offset_ms = 0
        if offset_seconds is not None:
            self._keep(round(offset_seconds * 1000))
        elif self._file.exists():
            self._offset_ms = int(self._file.read_text())

    def now_ms(self) -> int:
        """The simulated time in Unix milliseconds, Kling's unit."""
        return time.time_ns() // 1_000_000 + self._offset_ms

    def change(self, asked: dict[str, Any]) -> None:
        """Do what POST /_clock asks: `advance_seconds`. Raises ValueError."""
        seconds = asked.get("advance_seconds")
        if isinstance(seconds, bool) or not isinstance(seconds, int | float):
            raise ValueError("advance_seconds must be a number")
        self.advance(seconds)

    def report(self) -> dict[str, int]:
        """What it shows, and how far ahead it is."""
        return {"now_ms": self.now_ms(), "offset_ms": self._offset_ms}

    def advance(self, seconds: float) -> None:
        """Put it forward. Raises ValueError for a step back or one beyond ten years."""
        if not 0 <= seconds <= MOST_SECONDS:
            raise ValueError(f"advance_seconds must be between 0 and {MOST_SECONDS}")
        with self._lock:
            self._keep(self._offset_ms + round(seconds * 1000))

    def _keep(self, offset_ms: int) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = self._file.with_suffix(".part")
        part.write_text(str(offset_ms))
        part.replace(self._file)
        self._offset_ms = offset_ms
