"""One readable log out of the output of several processes."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import IO, TextIO

COLOURS = (36, 33, 35, 32, 34, 31)
LONGEST_LINE = 4000


class MergedLog:
    """Lines as `12:04:31 worker    | text`, on a stream and, without colours, in a file.

    `names` fixes the width of the column and the colours, which a terminal alone gets.
    """

    def __init__(
        self, names: Sequence[str], *, stream: TextIO | None = None, path: Path | None = None
    ) -> None:
        self._stream = stream or sys.stdout
        self._names = list(names)
        self._width = max((len(name) for name in names), default=0)
        self._lock = threading.Lock()
        self._file = _fresh_file(path) if path else None

    def follow(self, name: str, pipe: IO[bytes]) -> None:
        """Write each line of the pipe until its end; runs in a thread per child."""
        with pipe:
            for line in pipe:
                self.write(name, line.decode("utf-8", "replace").rstrip())

    def write(self, name: str, text: str) -> None:
        moment = datetime.now().astimezone().strftime("%H:%M:%S")
        for line in text.splitlines():
            self._put(f"{moment} ", f"{name:<{self._width}} |", f" {line[:LONGEST_LINE]}", name)

    def say(self, text: str) -> None:
        """Words for the person at the terminal, as they are."""
        with self._lock:
            self._print(text)

    def _put(self, moment: str, label: str, rest: str, name: str) -> None:
        with self._lock:
            self._print(f"{moment}{self._coloured(label, name)}{rest}")
            if self._file:
                self._file.write(f"{moment}{label}{rest}\n")

    def _print(self, text: str) -> None:
        # A reader or a terminal that went away is no trouble: the file has it all.
        with contextlib.suppress(OSError, ValueError):
            print(text, file=self._stream, flush=True)

    def _coloured(self, label: str, name: str) -> str:
        if not self._stream.isatty() or name not in self._names:
            return label
        return f"\033[{COLOURS[self._names.index(name) % len(COLOURS)]}m{label}\033[0m"


def _fresh_file(path: Path) -> TextIO:
    """The log of this start; the one before it is kept as <name>.1."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists():
        path.replace(path.with_name(f"{path.name}.1"))
    return path.open("w", encoding="utf-8", buffering=1)
