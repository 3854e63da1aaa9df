"""What the simulator notes of its own doings, for whoever asks afterwards who did what.

Rows are only ever added, and durable before the caller goes on: `records.sqlite3` in the state
folder, which the store of tasks holds for us.
"""

import hashlib
import sqlite3
import threading
from pathlib import Path
from typing import Any

from .letters import Letter

_SCHEMA = """
CREATE TABLE IF NOT EXISTS callbacks (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  task_id TEXT NOT NULL,
  external_task_id TEXT,
  status TEXT NOT NULL,
  forged TEXT NOT NULL,
  signed INTEGER NOT NULL,
  body_sha256 TEXT NOT NULL,
  answer INTEGER NOT NULL,
  sent_at INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS refusals (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  key TEXT NOT NULL,
  external_task_id TEXT,
  code INTEGER NOT NULL,
  refused_at INTEGER NOT NULL
);
"""


class Records:
    """Callbacks as they went out, and orders refused for what they are; nothing of faults."""

    def __init__(self, folder: Path) -> None:
        self._lock = threading.Lock()
        self._is_open = True
        self._db = sqlite3.connect(
            folder / "records.sqlite3", check_same_thread=False, isolation_level=None
        )
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.executescript(_SCHEMA)

    def close(self) -> None:
        """Close the database; what a thread still under way would note is not noted."""
        with self._lock:
            self._is_open = False
            self._db.close()

    def sent(
        self,
        letter: Letter,
        *,
        task_id: str,
        external_task_id: str | None,
        status: str,
        answer: int,
        now_ms: int,
    ) -> None:
        """Note a callback about a task that has a status; `answer` is HTTP's, 0 without one."""
        sha256 = hashlib.sha256(letter.body).hexdigest()
        self._add(
            "callbacks (task_id, external_task_id, status, forged, signed, body_sha256, answer,"
            " sent_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (task_id, external_task_id, status, letter.forged, letter.is_signed, sha256, answer,
             now_ms),
        )  # fmt: skip

    def refused(self, account: str, external_task_id: str | None, code: int, now_ms: int) -> None:
        """Note an order that was repeated or found no place, by Kling's code."""
        self._add(
            "refusals (key, external_task_id, code, refused_at) VALUES (?, ?, ?, ?)",
            (account, external_task_id, code, now_ms),
        )

    def callbacks(self) -> list[dict[str, Any]]:
        """Every callback that was sent, oldest first."""
        lines = self._all("SELECT * FROM callbacks ORDER BY number")
        return [{**line, "signed": bool(line["signed"])} for line in lines]

    def refusals(self) -> list[dict[str, Any]]:
        """Every such order, oldest first."""
        return self._all("SELECT * FROM refusals ORDER BY number")

    def _add(self, row: str, values: tuple[Any, ...]) -> None:
        with self._lock:
            if self._is_open:
                self._db.execute(f"INSERT INTO {row}", values)

    def _all(self, query: str) -> list[dict[str, Any]]:
        with self._lock:
            rows = [dict(row) for row in self._db.execute(query)]
        return [{name: row[name] for name in row if name != "number"} for row in rows]
