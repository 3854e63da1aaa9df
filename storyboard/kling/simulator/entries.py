"""Elements and voices on disk: one row per accepted creation, durable before the answer.

As with tasks, a row's status follows from the clock; only deletion changes it.
"""

import json
import sqlite3
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .refusal import invalid

_SCHEMA = """
CREATE TABLE IF NOT EXISTS entries (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  noun TEXT NOT NULL,
  task_id TEXT NOT NULL UNIQUE,
  entry_id TEXT NOT NULL UNIQUE,
  account TEXT NOT NULL,
  external_task_id TEXT,
  body TEXT NOT NULL,
  fails TEXT NOT NULL,
  deleted INTEGER NOT NULL DEFAULT 0,
  created_ms INTEGER NOT NULL,
  processing_ms INTEGER NOT NULL,
  done_ms INTEGER NOT NULL
)
"""
_COLUMNS = (
    "noun, task_id, entry_id, account, external_task_id, body, fails, deleted, created_ms, "
    "processing_ms, done_ms"
)
# The part of its delay after which a creation is worked on.
_WAITING = 0.2


@dataclass(frozen=True)
class Entry:
    """One element or voice. Times are Unix milliseconds; `fails` is why it does, or ""."""

    noun: str
    task_id: str
    entry_id: str
    account: str
    external_task_id: str | None
    body: dict[str, Any]
    fails: str
    deleted: bool
    created_ms: int
    processing_ms: int
    done_ms: int

    def status(self, now_ms: int) -> str:
        """Kling's word for how far the creation is at this moment."""
        if now_ms >= self.done_ms:
            return "failed" if self.fails else "succeed"
        return "processing" if now_ms >= self.processing_ms else "submitted"

    def updated_ms(self, now_ms: int) -> int:
        """When the status it has at this moment began."""
        reached = (self.created_ms, self.processing_ms, self.done_ms)
        return max(moment for moment in reached if moment <= max(now_ms, self.created_ms))


class Entries:
    """`library.sqlite3` in the state folder, which the store of tasks holds for us."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock = threading.Lock()
        self._db = sqlite3.connect(
            folder / "library.sqlite3", check_same_thread=False, isolation_level=None
        )
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.execute(_SCHEMA)

    def close(self) -> None:
        """Close the database."""
        with self._lock:
            self._db.close()

    def create(
        self,
        noun: str,
        account: str,
        external_task_id: str | None,
        body: dict[str, Any],
        *,
        fails: str,
        now_ms: int,
        seconds: float,
    ) -> Entry:
        """Write a creation down that takes `seconds`.

        Raises Refusal for a repeated external_task_id; then nothing is written.
        """
        with self._lock:
            if external_task_id and self._rows(
                "account = ? AND external_task_id = ?", (account, external_task_id)
            ):
                raise invalid(f"External_task_id {external_task_id} already exists")
            (count,) = self._db.execute("SELECT count(*) FROM entries").fetchone()
            # Below 2^53, as readers of JSON that know only floating point need it.
            entry_id = f"{now_ms}{count % 1000:03}"
            done_ms = now_ms + round(seconds * 1000)
            entry = Entry(
                noun=noun,
                task_id=f"{now_ms}{count % 10_000:04}1",
                entry_id=entry_id,
                account=account,
                external_task_id=external_task_id,
                body=body,
                fails=fails,
                deleted=False,
                created_ms=now_ms,
                processing_ms=now_ms + round(seconds * 1000 * _WAITING),
                done_ms=done_ms,
            )
            self._insert(entry)
            return entry

    def find(self, noun: str, account: str, name: str) -> Entry | None:
        """Find an account's creation by Kling's task id or by its own."""
        return self._first(
            "noun = ? AND account = ? AND (task_id = ? OR external_task_id = ?)"
            " ORDER BY task_id = ? DESC LIMIT 1",
            (noun, account, name, name, name),
        )

    def by_id(self, noun: str, entry_id: str) -> Entry | None:
        """Find anybody's element or voice by the id it is ordered with; ours are digits."""
        if not (entry_id.isascii() and entry_id.isdigit()):
            return None
        return self._first("noun = ? AND entry_id = ?", (noun, entry_id))

    def page(self, noun: str, account: str, number: int, size: int) -> list[Entry]:
        """One page of an account's creations, newest first; the first page is 1."""
        with self._lock:
            return self._rows(
                "noun = ? AND account = ? ORDER BY number DESC LIMIT ? OFFSET ?",
                (noun, account, size, (number - 1) * size),
            )

    def all(self, noun: str) -> list[Entry]:
        """Everybody's creations, oldest first."""
        with self._lock:
            return self._rows("noun = ? ORDER BY number", (noun,))

    def delete(self, entry: Entry) -> bool:
        """Mark as deleted. Returns False where it already is."""
        with self._lock:
            done = self._db.execute(
                "UPDATE entries SET deleted = 1 WHERE task_id = ? AND deleted = 0",
                (entry.task_id,),
            )
            return done.rowcount == 1

    def let_fail(self, task_id: str, words: str) -> None:
        """Let a creation end in failure when its time is over."""
        with self._lock:
            self._db.execute("UPDATE entries SET fails = ? WHERE task_id = ?", (words, task_id))

    def _first(self, where: str, values: tuple[Any, ...]) -> Entry | None:
        with self._lock:
            rows = self._rows(where, values)
        return rows[0] if rows else None

    def _insert(self, entry: Entry) -> None:
        values = (
            entry.noun,
            entry.task_id,
            entry.entry_id,
            entry.account,
            entry.external_task_id,
            json.dumps(entry.body),
            entry.fails,
            entry.deleted,
            entry.created_ms,
            entry.processing_ms,
            entry.done_ms,
        )
        marks = ", ".join("?" * len(values))
        insert = f"INSERT INTO entries ({_COLUMNS}) VALUES ({marks})"  # noqa: S608
        self._db.execute(insert, values)

    def _rows(self, where: str, values: tuple[Any, ...]) -> list[Entry]:
        select = f"SELECT {_COLUMNS} FROM entries WHERE {where}"  # noqa: S608  # our own words
        names = [name.strip() for name in _COLUMNS.split(",")]
        entries = []
        for row in self._db.execute(select, values):
            columns = dict(zip(names, row, strict=True))
            columns["body"] = json.loads(columns["body"])
            columns["deleted"] = bool(columns["deleted"])
            entries.append(Entry(**columns))
        return entries
