"""The embedded broker's files, written so that a reader never sees half of one.

kombu's filesystem transport writes messages and bindings in place: a reader that comes too early,
or a process killed in the middle, leaves text that is no JSON, and that ends the worker. Here each
file appears whole, by a rename, and what still cannot be read is dropped: a lost ring costs one
sweep second (docs/decisions/0001). Nor does a worker end for folders that are gone, full or not
ours: nobody is rung then, and its sweep goes on.
"""

from __future__ import annotations

import fcntl
import logging
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty
from time import monotonic
from typing import Any

from kombu.exceptions import ChannelError
from kombu.transport import filesystem
from kombu.utils.json import dumps

log = logging.getLogger(__name__)


class Channel(filesystem.Channel):
    """The filesystem channel with whole files."""

    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:  # type: ignore[override]
        name = f"{round(monotonic() * 1000)}_{uuid.uuid4()}.{queue}.msg"
        _write_whole(Path(self.data_folder_out) / name, dumps(payload))

    def _get(self, queue: str) -> Any:  # type: ignore[override]
        try:
            return super()._get(queue)
        except (ValueError, ChannelError, OSError):
            raise Empty from None

    def _size(self, queue: str) -> int:
        try:
            return int(super()._size(queue))
        except OSError:
            return 0

    def get_table(self, exchange: str) -> list[Any]:
        try:
            table: list[Any] = super().get_table(exchange)
        except (ValueError, ChannelError):
            return []
        return table

    def _queue_bind(
        self, exchange: str, routing_key: str | None, pattern: str | None, queue: str | None
    ) -> None:
        file: Path = self._exchange_file(exchange)  # type: ignore[attr-defined]
        binding = filesystem.exchange_queue_t(routing_key or "", pattern or "", queue or "")
        try:
            self.control_folder.mkdir(parents=True, exist_ok=True)
            with _alone(self.control_folder):
                table = self.get_table(exchange)
                if binding not in table:
                    _write_whole(file, dumps([binding, *table]))
        except OSError as refused:
            log.warning("The doorbell cannot be hung up (%s).", type(refused).__name__)


class Transport(filesystem.Transport):
    Channel = Channel


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One process at a time rewrites the bindings of a control folder."""
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _write_whole(target: Path, words: str) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{uuid.uuid4()}.part")
    part.write_text(words, encoding="utf-8")
    os.replace(part, target)
