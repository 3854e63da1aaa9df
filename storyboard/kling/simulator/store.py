"""Tasks and ledger on disk: one table, one row per accepted create, durable before the answer.

A row is written once. Its status follows from the clock, so a server that was killed in between
continues where it would be by now.
"""

import fcntl
import json
import os
import secrets
import sqlite3
import threading
from pathlib import Path
from typing import IO, Any

from .clock import Clock
from .judge import Verdict
from .refusal import invalid, no_slot
from .tasks import TOLD_END, TOLD_PROCESSING, TOLD_SUBMITTED, Task

_SCHEMA = """
CREATE TABLE IF NOT EXISTS tasks (
  number INTEGER PRIMARY KEY AUTOINCREMENT,
  task_id TEXT NOT NULL UNIQUE,
  account TEXT NOT NULL,
  external_task_id TEXT,
  kind TEXT NOT NULL,
  body TEXT NOT NULL,
  model TEXT NOT NULL,
  mode TEXT NOT NULL,
  seconds INTEGER NOT NULL,
  sound INTEGER NOT NULL,
  shots TEXT NOT NULL,
  watermark INTEGER NOT NULL,
  units_milli INTEGER NOT NULL,
  fails TEXT NOT NULL,
  callback_url TEXT,
  told INTEGER NOT NULL,
  created_ms INTEGER NOT NULL,
  processing_ms INTEGER NOT NULL,
  done_ms INTEGER NOT NULL
)
"""
_INDEX = "CREATE INDEX IF NOT EXISTS by_name ON tasks (account, external_task_id)"
_COLUMNS = (
    "task_id, account, external_task_id, kind, body, model, mode, seconds, sound, shots, "
    "watermark, units_milli, fails, callback_url, created_ms, processing_ms, done_ms"
)


class StateInUse(Exception):
    """Another simulator already works in the state folder."""


class Store:
    """The state folder: `tasks.sqlite3` and `pictures/<sha256>`.

    Its times are the clock's. With `charges_twice` a repeated external_task_id is one more order,
    and charged.
    """

    def __init__(self, folder: Path, clock: Clock, *, charges_twice: bool = False) -> None:
        self._charges_twice = charges_twice
        self._clock = clock
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._claim = _claim(folder)
        self._pictures = folder / "pictures"
        self._pictures.mkdir(exist_ok=True)
        self._lock = threading.Lock()
        self._db = sqlite3.connect(
            folder / "tasks.sqlite3", check_same_thread=False, isolation_level=None
        )
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.execute(_SCHEMA)
        self._db.execute(_INDEX)

    def close(self) -> None:
        """Close the database and leave the folder to others."""
        with self._lock:
            self._db.close()
        self._claim.close()

    def create(
        self,
        account: str,
        kind: str,
        body: dict[str, Any],
        verdict: Verdict,
        *,
        task_seconds: float,
        slots: int | None,
        told: int,
    ) -> Task:
        """Write the task down and return it; `told` is what nobody needs to be told of it.

        Raises Refusal for a repeated external_task_id (1201) and for too many tasks in flight
        (1303); then nothing is written.
        """
        now = self._clock.now_ms()
        with self._lock:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                self._check_new(account, verdict.external_task_id)
                self._check_slots(account, slots, now)
                task_id = self._insert(account, kind, body, verdict, now, task_seconds, told)
                self._db.execute("COMMIT")
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            return self._one("task_id = ?", (task_id,))

    def find(self, account: str, kind: str, name: str) -> Task | None:
        """Find an account's task by Kling's id or by its own; of the two Kling's goes first."""
        with self._lock:
            rows = self._rows(
                "account = ? AND kind = ? AND (task_id = ? OR external_task_id = ?)"
                " ORDER BY task_id = ? DESC LIMIT 1",
                (account, kind, name, name, name),
            )
        return rows[0] if rows else None

    def by_task_id(self, task_id: str) -> Task | None:
        """Find a task of anybody, for its file."""
        with self._lock:
            rows = self._rows("task_id = ?", (task_id,))
        return rows[0] if rows else None

    def page(self, account: str, kind: str, number: int, size: int) -> list[Task]:
        """One page of an account's tasks, newest first; the first page is 1."""
        with self._lock:
            return self._rows(
                "account = ? AND kind = ? ORDER BY number DESC LIMIT ? OFFSET ?",
                (account, kind, size, (number - 1) * size),
            )

    def ledger(self) -> list[Task]:
        """Every accepted create, oldest first."""
        with self._lock:
            return self._rows("TRUE ORDER BY number", ())

    def untold(self) -> list[tuple[Task, int]]:
        """Tasks with a status change not called back yet, and the change.

        That a task was submitted is told in any case; that it is processed only while it is.
        """
        now = self._clock.now_ms()
        with self._lock:
            new = self._rows("told < ? ORDER BY number", (TOLD_SUBMITTED,))
            old = self._rows(
                "told >= ? AND told < ?"
                " AND (done_ms <= ? OR (told < ? AND processing_ms <= ?)) ORDER BY number",
                (TOLD_SUBMITTED, TOLD_END, now, TOLD_PROCESSING, now),
            )
        changes = [(task, TOLD_SUBMITTED) for task in new]
        for task in old:
            changes.append((task, TOLD_END if now >= task.done_ms else TOLD_PROCESSING))
        return changes

    def mark_told(self, task: Task, change: int) -> None:
        """Remember that a status change was called back."""
        with self._lock:
            self._db.execute(
                "UPDATE tasks SET told = max(told, ?) WHERE task_id = ?", (change, task.task_id)
            )

    def keep_picture(self, sha256: str, data: bytes) -> None:
        """Keep a picture for the film, whole or not at all."""
        target = self._pictures / sha256
        if target.exists():
            return
        part = self._pictures / f"{sha256}.{secrets.token_hex(4)}.part"
        with part.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)

    def picture(self, sha256: str) -> Path:
        """Where a kept picture lies."""
        return self._pictures / sha256

    def _check_new(self, account: str, external_task_id: str | None) -> None:
        if external_task_id is None or self._charges_twice:
            return
        taken = self._db.execute(
            "SELECT 1 FROM tasks WHERE account = ? AND external_task_id = ?",
            (account, external_task_id),
        ).fetchone()
        if taken:
            raise invalid(f"External_task_id {external_task_id} already exists")

    def _check_slots(self, account: str, slots: int | None, now: int) -> None:
        if slots is None:
            return
        (busy,) = self._db.execute(
            "SELECT count(*) FROM tasks WHERE account = ? AND done_ms > ?", (account, now)
        ).fetchone()
        if busy >= slots:
            raise no_slot("parallel task over resource pack limit")

    def _insert(
        self,
        account: str,
        kind: str,
        body: dict[str, Any],
        verdict: Verdict,
        now: int,
        task_seconds: float,
        told: int,
    ) -> str:
        (count,) = self._db.execute("SELECT count(*) FROM tasks").fetchone()
        task_id = f"{now}{count % 100_000:05}"
        values = (
            task_id,
            account,
            verdict.external_task_id,
            kind,
            json.dumps(body),
            verdict.model,
            verdict.mode,
            verdict.seconds,
            verdict.sound,
            json.dumps([[shot.seconds, shot.prompt] for shot in verdict.shots]),
            verdict.watermark,
            verdict.units_milli,
            verdict.fails,
            verdict.callback_url,
            now,
            now + round(task_seconds * 200),
            now + round(task_seconds * 1000),
        )
        marks = ", ".join("?" * (len(values) + 1))
        insert = f"INSERT INTO tasks ({_COLUMNS}, told) VALUES ({marks})"  # noqa: S608
        self._db.execute(insert, (*values, told))
        return task_id

    def _one(self, where: str, values: tuple[Any, ...]) -> Task:
        (task,) = self._rows(where, values)
        return task

    def _rows(self, where: str, values: tuple[Any, ...]) -> list[Task]:
        select = f"SELECT {_COLUMNS} FROM tasks WHERE {where}"  # noqa: S608  # our own words
        found = self._db.execute(select, values)
        return [_task(row) for row in found]


def _task(row: tuple[Any, ...]) -> Task:
    names = [name.strip() for name in _COLUMNS.split(",")]
    values = dict(zip(names, row, strict=True))
    values["body"] = json.loads(values["body"])
    values["shots"] = tuple((seconds, prompt) for seconds, prompt in json.loads(values["shots"]))
    for name in ("sound", "watermark"):
        values[name] = bool(values[name])
    if not isinstance(values["fails"], str):  # a state folder from before failures had words
        values["fails"] = "The task failed" if values["fails"] else ""
    return Task(**values)


def _claim(folder: Path) -> IO[str]:
    handle = (folder / "lock").open("a")
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        handle.close()
        raise StateInUse(f"Another simulator already uses {folder}.") from None
    return handle
