"""What the two databases tell their tail."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest

from storyboard.live.streams import Serials, Stream
from storyboard.live.tail import PostgresTail, SqliteTail, Tail
from tests.services.postgres import OWNER, Postgres

HERE, THERE, TEAM = Stream("project", 1), Stream("project", 2), Stream("team", 1)
TABLES = """
CREATE TABLE storyboard_project (id integer PRIMARY KEY, serial integer);
CREATE TABLE storyboard_team (id integer PRIMARY KEY, serial integer);
INSERT INTO storyboard_project VALUES (1, 10), (2, 20);
INSERT INTO storyboard_team VALUES (1, 30);
"""


class Heard:
    """What a tail told, newest last."""

    def __init__(self) -> None:
        self.watched: tuple[Stream, ...] = (HERE, TEAM)
        self.now: dict[Stream, int] = {}
        self.words = 0

    def take(self, news: Serials) -> None:
        self.now |= news
        self.words += 1

    def until(self, is_so: Callable[[], bool], seconds: float = 10.0) -> None:
        end = time.monotonic() + seconds
        while not is_so():
            assert time.monotonic() < end, self.now
            time.sleep(0.01)


@contextmanager
def running(tail: Tail) -> Iterator[None]:
    tail.start()
    try:
        yield
    finally:
        tail.stop()
        tail.join(5)
        assert not tail.is_alive()


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def file(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(tmp_path / "here.sqlite3", isolation_level=None)) as writer:
        writer.execute("PRAGMA journal_mode = WAL")
        writer.executescript(TABLES)
        yield writer


def sqlite_tail(heard: Heard, folder: Path) -> SqliteTail:
    return SqliteTail(lambda: heard.watched, heard.take, name=str(folder / "here.sqlite3"))


class TestSqlite:
    def test_it_begins_with_where_the_watched_streams_are(
        self, heard: Heard, file: sqlite3.Connection, tmp_path: Path
    ) -> None:
        with running(sqlite_tail(heard, tmp_path)):
            heard.until(lambda: heard.now == {HERE: 10, TEAM: 30})

    def test_it_tells_of_what_another_connection_commits(
        self, heard: Heard, file: sqlite3.Connection, tmp_path: Path
    ) -> None:
        with running(sqlite_tail(heard, tmp_path)):
            heard.until(lambda: bool(heard.now))
            file.execute("BEGIN IMMEDIATE")
            file.execute("UPDATE storyboard_project SET serial = 11 WHERE id = 1")
            time.sleep(0.2)
            assert heard.now[HERE] == 10, "what is not committed is not told"
            file.execute("COMMIT")
            heard.until(lambda: heard.now[HERE] == 11)

    def test_it_reads_nothing_while_nobody_writes(
        self, heard: Heard, file: sqlite3.Connection, tmp_path: Path
    ) -> None:
        with running(sqlite_tail(heard, tmp_path)):
            heard.until(lambda: heard.words == 1)
            time.sleep(0.4)
            assert heard.words == 1
            heard.watched = (THERE,)
            file.execute("UPDATE storyboard_team SET serial = 31")
            heard.until(lambda: heard.now.get(THERE) == 20)
            assert heard.now[TEAM] == 30, "only what is watched is read"

    def test_it_waits_for_a_database_that_does_not_answer(
        self, heard: Heard, tmp_path: Path
    ) -> None:
        with running(sqlite_tail(heard, tmp_path)):
            time.sleep(0.3)
            with closing(sqlite3.connect(tmp_path / "here.sqlite3")) as writer:
                writer.executescript(TABLES)
            heard.until(lambda: heard.now == {HERE: 10, TEAM: 30})


@pytest.fixture
def cluster(postgres: Postgres, tmp_path: Path) -> Iterator[psycopg.Connection]:
    postgres.make_database(tmp_path.name)
    with psycopg.connect(**parameters(postgres, tmp_path), autocommit=True) as writer:
        for statement in TABLES.strip().split(";")[:-1]:
            writer.execute(statement)  # type: ignore[arg-type]
        yield writer


def parameters(postgres: Postgres, folder: Path) -> dict[str, object]:
    return {
        "host": "127.0.0.1", "port": postgres.port, "user": OWNER, "dbname": folder.name,
        "application_name": "writer",
    }  # fmt: skip


def postgres_tail(heard: Heard, postgres: Postgres, folder: Path) -> PostgresTail:
    told = {**parameters(postgres, folder), "application_name": "tail"}
    return PostgresTail(lambda: heard.watched, heard.take, parameters=told)


class TestPostgres:
    def test_it_tells_what_is_notified_at_commit(
        self, heard: Heard, cluster: psycopg.Connection, postgres: Postgres, tmp_path: Path
    ) -> None:
        with running(postgres_tail(heard, postgres, tmp_path)):
            heard.until(lambda: heard.now == {HERE: 10, TEAM: 30})
            with cluster.transaction():
                cluster.execute("SELECT pg_notify('greenlight', 'project:1:11')")
                time.sleep(0.3)
                assert heard.now[HERE] == 10
            heard.until(lambda: heard.now[HERE] == 11)

    def test_a_lost_connection_is_made_again_and_everything_is_read(
        self, heard: Heard, cluster: psycopg.Connection, postgres: Postgres, tmp_path: Path
    ) -> None:
        with running(postgres_tail(heard, postgres, tmp_path)):
            heard.until(lambda: bool(heard.now))
            ended = cluster.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'tail' AND datname = current_database()"
            ).fetchall()
            assert ended == [(True,)]
            # Committed while nobody listened, and never notified.
            cluster.execute("UPDATE storyboard_project SET serial = 12 WHERE id = 1")
            heard.until(lambda: heard.now[HERE] == 12)
