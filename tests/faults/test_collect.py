"""Both books are read as they are written, and the databases' own checkers are heard."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import sqlite3
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection
from pytest_django import Settings

from storyboard.models import Generation, Revision, Take, User
from storyboard.steps.store import sweep_parts
from storyboard.steps.submit import wire_body
from tests import builders
from tests.faults.collect import (
    age_parts,
    body_of_ledger,
    collect,
    postgres_integrity,
    postgres_rows,
    sqlite_integrity,
    sqlite_rows,
)
from tests.faults.evidence import Charge, Evidence, Letter, Refused
from tests.services.postgres import Postgres

PAGES: dict[str, list[dict[str, Any]]] = {
    "/_ledger": [
        {
            "key": "k",
            "external_task_id": None,
            "task_id": "17",
            "body": {"prompt": "A lamp", "callback_url": "http://127.0.0.1:1/"},
            "units_milli": 1800,
            "tells_units": False,
            "created_at": 1000,
            "done_at": 2000,
            "status": "succeed",
            "cleared": True,
            "sha256": "ab",
        }
    ],
    "/_callbacks": [{"task_id": "17", "forged": "body", "signed": False, "answer": 200}],
    "/_refusals": [{"key": "k", "external_task_id": "e-1", "code": 1303}],
}


def rows(query: str) -> list[dict[str, Any]]:
    """Over the test's own connection, whose writes nobody else sees."""
    with connection.cursor() as cursor:
        cursor.execute(query)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def collected(
    settings: Settings, pages: Mapping[str, list[dict[str, Any]]] | None = None
) -> Evidence:
    asked = {page: [] for page in PAGES} if pages is None else pages
    media = Path(settings.MEDIA_ROOT)
    return collect(rows=rows, media=media, klings={"kling": lambda page: asked[page]})


def test_the_providers_book_is_read_line_by_line(db: None, settings: Settings) -> None:
    evidence = collected(settings, PAGES)
    assert evidence.charges == (
        Charge(
            external_id="",
            task_id="17",
            account="kling/k",
            status="succeed",
            units_milli=1800,
            sha256="ab",
            body='{"prompt": "A lamp"}',
            start_ms=1000,
            end_ms=2000,
            is_gone=True,
            tells_units=False,
        ),
    )
    assert evidence.letters == (Letter("17", "body", 200, is_signed=False),)
    assert evidence.refused == (Refused("kling/k", "e-1", 1303),)


def test_a_take_is_found_with_its_way_and_its_files(take: Take, settings: Settings) -> None:
    media = Path(settings.MEDIA_ROOT)
    (media / "takes" / "stray.mp4").write_bytes(b"nobody's")
    evidence = collected(settings)
    (ordered,) = evidence.orders
    assert (ordered.key, ordered.status, ordered.slot) == (take.generation.key, "stored", 1)
    assert [move.to for move in evidence.moves] == ["submitting", "running", "fetching", "stored"]
    assert {move.generation for move in evidence.moves} == {ordered.key}
    assert not any(move.by_person for move in evidence.moves)
    assert all(abs(move.at - time.time()) < 600 for move in evidence.moves)
    (kept,) = evidence.takes
    assert (kept.generation, kept.path, kept.sha256) == (ordered.key, take.video, take.sha256)
    found = {file.path: file for file in evidence.files}
    assert found[take.video].sha256 == hashlib.sha256((media / take.video).read_bytes()).hexdigest()
    assert {path for path, file in found.items() if not file.is_named} == {"takes/stray.mp4"}
    assert [one.serial for one in evidence.happened] == list(range(1, len(evidence.happened) + 1))


def test_what_a_person_did_is_told_apart(
    approved: Revision, alice: User, settings: Settings
) -> None:
    builders.cancel(builders.order(approved, by=alice), by=alice)
    (move,) = collected(settings).moves
    assert (move.before, move.to, move.by_person) == ("queued", "cancelled", True)


def test_a_frozen_body_and_the_ledgers_are_the_same_order(
    storyboard: Any, alice: User, bob: User, settings: Settings
) -> None:
    settings.PUBLIC_URL = "https://studio.example"
    builders.give_first_frame(storyboard, by=alice)
    revision = builders.approve(builders.make_revision(storyboard, by=alice), by=bob)
    generation = builders.order(revision, by=alice)
    sent = wire_body(Generation.objects.get(pk=generation.pk))
    picture = base64.b64decode(sent["image"])
    listed = {
        **sent,
        "image": {"sha256": hashlib.sha256(picture).hexdigest(), "size": len(picture)},
    }
    (ordered,) = collected(settings).orders
    assert body_of_ledger(json.loads(json.dumps(listed))) == ordered.body
    assert body_of_ledger({**listed, "prompt": "another"}) != ordered.body


def test_half_written_films_grow_old_and_are_swept(db: None, settings: Settings) -> None:
    parts = Path(settings.MEDIA_ROOT) / "parts"
    parts.mkdir(parents=True)
    (parts / "half.part").write_bytes(b"half")
    sweep_parts()
    assert list(parts.iterdir())
    assert age_parts(parts.parent) == 1
    assert collected(settings).files[0].age_seconds > 3600
    sweep_parts()
    assert not list(parts.iterdir())


def test_sqlite_says_what_is_wrong_with_a_file(tmp_path: Path) -> None:
    path = tmp_path / "book.sqlite3"
    with sqlite3.connect(path) as file:
        file.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY, name TEXT)")
        file.execute("CREATE TABLE takes (id INTEGER PRIMARY KEY, of INTEGER REFERENCES orders)")
        file.execute("CREATE INDEX by_name ON orders (name)")
        file.execute("INSERT INTO orders (name) VALUES ('ours')")
    file.close()
    assert sqlite_rows(path)("SELECT name FROM orders") == [{"name": "ours"}]
    assert sqlite_integrity(path) == ()
    with sqlite3.connect(path) as file:
        file.execute("INSERT INTO takes (of) VALUES (9)")
    file.close()
    assert sqlite_integrity(path) == ("a row of takes points nowhere",)
    page = path.stat().st_size // 4
    with path.open("r+b") as raw:  # the index is the last of four pages
        raw.seek(3 * page)
        raw.write(bytes(page))
    assert "malformed" in sqlite_integrity(path)[0]


def test_postgres_says_what_is_wrong_with_an_index(postgres: Postgres) -> None:
    url = postgres.make_database("checked")
    with psycopg.connect(url, autocommit=True) as book:
        book.execute(
            "CREATE FUNCTION sum_of(x int) RETURNS int IMMUTABLE AS 'SELECT x' LANGUAGE sql"
        )
        book.execute("CREATE TABLE orders (id int)")
        book.execute("CREATE INDEX by_sum ON orders (sum_of(id))")
        book.execute("INSERT INTO orders VALUES (1), (2)")
        assert postgres_rows(url)("SELECT id FROM orders") == [{"id": 1}, {"id": 2}]
        assert postgres_integrity(url) == ()
        # The index goes on holding what the old function made of its rows.
        book.execute(
            "CREATE OR REPLACE FUNCTION sum_of(x int) RETURNS int IMMUTABLE"
            " AS 'SELECT x + 7' LANGUAGE sql"
        )
    assert any("by_sum" in line for line in postgres_integrity(url))


def test_a_moment_of_sqlite_is_in_utc(take: Take, settings: Settings) -> None:
    os.environ["TZ"], before = "Pacific/Auckland", os.environ.get("TZ")
    time.tzset()
    try:
        (first, *_others) = collected(settings).moves
    finally:
        os.environ.pop("TZ") if before is None else os.environ.update(TZ=before)
        time.tzset()
    assert abs(first.at - time.time()) < 600
