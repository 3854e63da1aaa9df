"""Reads both books after a campaign: the providers' pages, our tables and the media folder.

Our tables are read by SQL and not by the product's models, whose mistakes would hide themselves.

    collect(rows=sqlite_rows(path), media=folder, klings={"plain": kling.ask})
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sqlite3
import subprocess
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from glob import glob
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
from psycopg.rows import dict_row

from tests.faults.evidence import (
    Asked,
    Charge,
    Evidence,
    FileFound,
    Happened,
    Kept,
    Letter,
    Move,
    Ordered,
    Refused,
)
from tests.services.process import find

Row = Mapping[str, Any]
Rows = Callable[[str], list[dict[str, Any]]]
Ask = Callable[[str], Any]

_ORDERS = """SELECT generation.*, length(account.sealed_webhook_secret) > 0 AS is_signed
FROM storyboard_generation AS generation
JOIN storyboard_account AS account ON account.id = generation.account_id ORDER BY generation.id"""
_CALLS = """SELECT key, verb, outcome, code, line.answered_at FROM storyboard_call AS line
JOIN storyboard_generation AS generation ON generation.id = line.generation_id ORDER BY line.id"""
_TAKES = """SELECT take.*, generation.key AS ordered FROM storyboard_take AS take
JOIN storyboard_generation AS generation ON generation.id = take.generation_id"""
_HISTORY = """SELECT project.key, activity.serial, verb, actor_kind, data, at
FROM storyboard_activity AS activity
JOIN storyboard_project AS project ON project.id = activity.project_id ORDER BY activity.serial"""


def collect(
    *,
    rows: Rows,
    media: Path,
    klings: Mapping[str, Ask],
    places: Mapping[str, int] | None = None,
    **seen: Any,
) -> Evidence:
    """The evidence as it stands; `seen` is what the driver watched: feeds, answers, integrity, …

    `klings` maps a provider's name to a function that gets one of its pages as JSON. `places` is by
    ledger account: the provider's name, a slash and the key.
    """
    takes = rows(_TAKES)
    history = rows(_HISTORY)
    return Evidence(
        charges=tuple(_charges(klings)),
        letters=tuple(_letters(klings)),
        refused=tuple(_refused(klings)),
        orders=tuple(_ordered(row) for row in rows(_ORDERS)),
        takes=tuple(_kept(row) for row in takes),
        moves=tuple(_moves(history)),
        calls=tuple(_asked(row) for row in rows(_CALLS)),
        files=tuple(_files(media, _named(takes, rows("SELECT file FROM storyboard_picture")))),
        happened=tuple(Happened(row["key"], row["serial"], _at(row["at"])) for row in history),
        places=places or {},
        **seen,
    )


def body_of_ledger(body: Row) -> str:
    """What was ordered, as we had frozen it: without name and address, pictures as their sums."""
    added = ("external_task_id", "callback_url")
    own = {name: value for name, value in body.items() if name not in added}
    return json.dumps(_summed(own), sort_keys=True)


def sqlite_rows(path: Path) -> Rows:
    """A reader of a database file; it waits for whoever writes."""

    def read(query: str) -> list[dict[str, Any]]:
        with contextlib.closing(sqlite3.connect(path, timeout=20)) as file:
            file.row_factory = sqlite3.Row
            return [dict(row) for row in file.execute(query)]

    return read


def postgres_rows(url: str) -> Rows:
    """A reader of a PostgreSQL database."""

    def read(query: str) -> list[dict[str, Any]]:
        with psycopg.connect(url, row_factory=dict_row) as postgres:
            return postgres.execute(query).fetchall()

    return read


def sqlite_integrity(path: Path) -> tuple[str, ...]:
    """What SQLite's own checks say is wrong, nothing for a sound file."""
    with contextlib.closing(sqlite3.connect(path, timeout=20)) as file:
        try:
            said = [str(row[0]) for row in file.execute("PRAGMA integrity_check")]
            loose = [str(row[0]) for row in file.execute("PRAGMA foreign_key_check")]
        except sqlite3.DatabaseError as error:  # too broken to be checked
            return (str(error),)
    wrong = [words for words in said if words != "ok"]
    return (*wrong, *(f"a row of {table} points nowhere" for table in loose))


def postgres_integrity(url: str) -> tuple[str, ...]:
    """What pg_amcheck says is wrong: heap and indexes, each row looked up in each."""
    address = urlsplit(url)
    command = [find("pg_amcheck", *glob("/usr/lib/postgresql/*/bin")), "--install-missing"]
    command += ["--heapallindexed", "-h", str(address.hostname), "-p", str(address.port)]
    command += ["-U", str(address.username), "-d", address.path.lstrip("/")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return tuple((done.stdout + done.stderr).splitlines()) if done.returncode else ()


def age_parts(media: Path, seconds: float = 7200.0) -> int:
    """Make half-written films look old, for the next worker's first sweep to take; how many."""
    parts = list(media.glob("parts/*"))
    past = time.time() - seconds
    for path in parts:
        with contextlib.suppress(FileNotFoundError):
            os.utime(path, (past, past))
    return len(parts)


def _charges(klings: Mapping[str, Ask]) -> Iterator[Charge]:
    for name, ask in klings.items():
        for line in ask("/_ledger"):
            yield Charge(
                external_id=line["external_task_id"] or "",
                task_id=line["task_id"],
                account=f"{name}/{line['key']}",
                status=line["status"],
                units_milli=line["units_milli"],
                sha256=line["sha256"],
                body=body_of_ledger(line["body"]),
                start_ms=line["created_at"],
                end_ms=line["done_at"],
                is_gone=line["cleared"],
                tells_units=line["tells_units"],
            )


def _letters(klings: Mapping[str, Ask]) -> Iterator[Letter]:
    for ask in klings.values():
        for line in ask("/_callbacks"):
            yield Letter(
                task_id=line["task_id"],
                forged=line["forged"],
                answer=line["answer"],
                is_signed=line["signed"],
            )


def _refused(klings: Mapping[str, Ask]) -> Iterator[Refused]:
    for name, ask in klings.items():
        for line in ask("/_refusals"):
            account = f"{name}/{line['key']}"
            yield Refused(account, line["external_task_id"] or "", line["code"])


def _ordered(row: Row) -> Ordered:
    return Ordered(
        key=row["key"],
        external_id=row["external_task_id"],
        task_id=row["kling_task_id"],
        status=row["status"],
        hold_reason=row["hold_reason"],
        final_units_milli=row["final_units_milli"],
        body=json.dumps(_json(row["body"]), sort_keys=True),
        order=row["order_id"],
        slot=row["take_slot"],
        is_signed=bool(row["is_signed"]),
    )


def _kept(row: Row) -> Kept:
    return Kept(row["ordered"], row["sha256"], row["size_bytes"], row["video"])


def _moves(history: Iterable[Row]) -> Iterator[Move]:
    for line in history:
        data = _json(line["data"])
        if line["verb"].startswith("generation.") and "to" in data:
            yield Move(
                generation=data["generation"],
                before=data["before"],
                to=data["to"],
                at=_at(line["at"]),
                by_person=line["actor_kind"] != "system",
            )


def _asked(row: Row) -> Asked:
    answered_at = None if row["answered_at"] is None else _at(row["answered_at"])
    return Asked(row["key"], row["verb"], row["outcome"], row["code"], answered_at)


def _files(media: Path, named: set[str]) -> Iterator[FileFound]:
    now = time.time()
    for path in sorted(media.rglob("*")):
        with contextlib.suppress(FileNotFoundError):  # a worker may be at it still
            if path.is_file():
                name = path.relative_to(media).as_posix()
                facts = path.stat()
                with path.open("rb") as file:
                    sha256 = hashlib.file_digest(file, "sha256").hexdigest()
                age = now - facts.st_mtime
                yield FileFound(name, sha256, facts.st_size, age, is_named=name in named)


def _named(*tables: Iterable[Row]) -> set[str]:
    """Every text of these rows, those in lists too: among them what the media folder may hold."""
    values = [value for table in tables for row in table for value in row.values()]
    found = {value for value in values if isinstance(value, str)}
    for value in values:
        listed = _json(value) if isinstance(value, str) and value.startswith("[") else value
        if isinstance(listed, list):
            found |= {one for one in listed if isinstance(one, str)}
    return found


def _summed(value: Any) -> Any:
    """Pictures, of which the ledger holds a sum and a size, as a frozen body names them."""
    if isinstance(value, dict) and set(value) == {"sha256", "size"}:
        return f"sha256:{value['sha256']}"
    if isinstance(value, dict):
        return {name: _summed(one) for name, one in value.items()}
    return [_summed(one) for one in value] if isinstance(value, list) else value


def _json(value: Any) -> Any:
    """PostgreSQL gives JSON read, SQLite as it is written."""
    return json.loads(value) if isinstance(value, str) else value


def _at(value: datetime | str) -> float:
    """Seconds of the epoch; SQLite writes moments down in UTC and does not say so."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    return (value if value.tzinfo else value.replace(tzinfo=UTC)).timestamp()
