"""One thread of a process that knows at which serial the watched streams are.

SQLite: its own connection asks every 50 ms whether anybody wrote (2 µs), and only then reads the
serials. PostgreSQL: its own connection listens to what `models.activity` notifies at commit.
Both read every watched serial when they begin, after each lost connection, and every ten seconds.
"""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from itertools import groupby
from typing import Any

import psycopg
from django.apps import apps
from django.db import connection

from storyboard.live.streams import Serials, Stream, Tell, Watched, read_signal
from storyboard.models.activity import CHANNEL

EVERY_SECONDS = 0.05
LISTEN_SECONDS = 0.25
NET_SECONDS = 10.0
FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 5.0

log = logging.getLogger(__name__)


class Tail(threading.Thread):
    """Calls `tell` from its own thread with serials of streams in `watched()`; see `stop()`."""

    def __init__(self, watched: Watched, tell: Tell) -> None:
        super().__init__(name="live-tail", daemon=True)
        self._watched = watched
        self._tell = tell
        self._ended = threading.Event()

    def stop(self) -> None:
        """The thread ends within a moment; nobody waits for it."""
        self._ended.set()

    def run(self) -> None:
        pause = FIRST_PAUSE_SECONDS
        while not self._ended.is_set():
            began = time.monotonic()
            try:
                self.follow()
            except (sqlite3.Error, psycopg.Error, OSError) as error:
                log.warning("Live pages wait for the database: %s", error)
                if time.monotonic() - began > LONGEST_PAUSE_SECONDS:
                    pause = FIRST_PAUSE_SECONDS
                self._ended.wait(pause)
                pause = min(2 * pause, LONGEST_PAUSE_SECONDS)

    def follow(self) -> None:
        """Tell of every change until stopped; raises what the database raises."""
        raise NotImplementedError


class SqliteTail(Tail):
    """Follows a file that any process may write; `name` is a path or a file: address."""

    def __init__(self, watched: Watched, tell: Tell, *, name: str) -> None:
        super().__init__(watched, tell)
        self._name = name

    def follow(self) -> None:
        is_address = self._name.startswith("file:")
        with closing(sqlite3.connect(self._name, timeout=5, uri=is_address)) as own:
            own.execute("PRAGMA query_only = 1")
            version, read_at = -1, 0.0
            while not self._ended.wait(EVERY_SECONDS):
                (now,) = own.execute("PRAGMA data_version").fetchone()
                if now != version or time.monotonic() - read_at > NET_SECONDS:
                    version, read_at = now, time.monotonic()
                    self._tell(serials(own.execute, self._watched(), mark="?"))


class PostgresTail(Tail):
    """Listens on one connection of its own, outside the pool."""

    def __init__(self, watched: Watched, tell: Tell, *, parameters: dict[str, Any]) -> None:
        super().__init__(watched, tell)
        self._parameters = {"connect_timeout": 5, **parameters}

    def follow(self) -> None:
        with psycopg.connect(**self._parameters, autocommit=True) as own:
            own.execute(f"LISTEN {CHANNEL}")
            read_at = 0.0
            while not self._ended.is_set():
                if not read_at or time.monotonic() - read_at > NET_SECONDS:
                    read_at = time.monotonic()
                    self._tell(serials(own.execute, self._watched(), mark="%s"))
                for signal in own.notifies(timeout=LISTEN_SECONDS, stop_after=1):
                    self._tell(read_signal(signal.payload))


def tail_of_database(watched: Watched, tell: Tell) -> Tail:
    """The tail that fits the installation's database, not yet started."""
    if connection.vendor == "postgresql":
        return PostgresTail(watched, tell, parameters=connection.get_connection_params())
    return SqliteTail(watched, tell, name=str(connection.settings_dict["NAME"]))


def serials(execute: Callable[..., Any], watched: Iterable[Stream], *, mark: str) -> Serials:
    """Where the streams are now: one query for each kind of them."""
    return dict(_read(execute, sorted(watched), mark))


def _read(
    execute: Callable[..., Any], watched: list[Stream], mark: str
) -> Iterator[tuple[Stream, int]]:
    for kind, streams in groupby(watched, key=lambda stream: stream.kind):
        keys = [stream.pk for stream in streams]
        table = apps.get_model("storyboard", kind)._meta.db_table
        marks = ", ".join([mark] * len(keys))
        query = f"SELECT id, serial FROM {table} WHERE id IN ({marks})"  # noqa: S608
        for pk, serial in execute(query, keys).fetchall():
            yield Stream(kind, pk), serial
