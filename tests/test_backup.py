"""bin/backup on real databases: what it copies can be put back."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from tests.services.postgres import Postgres
from tests.services.shared import TEMPLATE

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def installation(tmp_path: Path) -> Path:
    """A VAR_DIR with a film, another one still arriving, and its keys."""
    var = tmp_path / "var"
    for name in ("media/takes/film.mp4", "media/parts/half.mp4", "media/takes/parts/own.mp4"):
        (var / name).parent.mkdir(parents=True, exist_ok=True)
        (var / name).write_bytes(name.encode())
    (var / "credentials.key").write_text("secret")
    return var


def back_up(var: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "bin/backup", *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "VAR_DIR": str(var), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def write_sqlite(path: Path, words: str) -> sqlite3.Connection:
    """An open database in write-ahead mode, as a running installation has it."""
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("CREATE TABLE line (words TEXT)")
    connection.execute("INSERT INTO line VALUES (?)", (words,))
    connection.commit()
    return connection


def lines_of(path: Path) -> list[tuple[str]]:
    with sqlite3.connect(path) as connection:
        return connection.execute("SELECT words FROM line").fetchall()


def test_sqlite_is_copied_while_it_is_open_and_the_media_after_it(
    installation: Path, tmp_path: Path
) -> None:
    held = write_sqlite(installation / "greenlight.sqlite3", "the lamp")
    target = tmp_path / "backup"
    done = back_up(installation, str(target))
    held.close()
    assert done.returncode == 0, done.stderr
    assert lines_of(target / "greenlight.sqlite3") == [("the lamp",)]
    assert target.stat().st_mode & 0o777 == 0o700
    found = {str(path.relative_to(target)) for path in target.rglob("*") if path.is_file()}
    assert found == {"greenlight.sqlite3", "media/takes/film.mp4", "media/takes/parts/own.mp4"}


def test_a_file_that_goes_while_it_copies_is_left_out(installation: Path, tmp_path: Path) -> None:
    """As the files of a removed note; here a link whose file is gone."""
    (installation / "media/note-files").mkdir()
    (installation / "media/note-files/gone.pdf").symlink_to(tmp_path / "nowhere.pdf")
    write_sqlite(installation / "greenlight.sqlite3", "the lamp").close()
    target = tmp_path / "backup"
    done = back_up(installation, str(target))
    assert done.returncode == 0, done.stderr
    assert not (target / "media/note-files/gone.pdf").exists()
    assert (target / "media/takes/film.mp4").exists()


def test_what_is_in_a_bucket_is_said_to_be_there(installation: Path, tmp_path: Path) -> None:
    write_sqlite(installation / "greenlight.sqlite3", "the lamp").close()
    done = back_up(installation, str(tmp_path / "one"))
    assert "in the bucket" not in done.stdout
    done = back_up(installation, str(tmp_path / "two"), S3_BUCKET="northlight-films")
    assert "in the bucket northlight-films, and not in this backup" in done.stdout


def test_sqlite_is_found_where_the_settings_say(installation: Path, tmp_path: Path) -> None:
    write_sqlite(tmp_path / "other.sqlite3", "elsewhere").close()
    write_sqlite(installation / "greenlight.sqlite3", "the default").close()
    target = tmp_path / "backup"
    url = f"sqlite:///{tmp_path / 'other.sqlite3'}"
    assert back_up(installation, str(target), DATABASE_URL=url).returncode == 0
    assert lines_of(target / "greenlight.sqlite3") == [("elsewhere",)]


@pytest.mark.by_hand
def test_postgresql_is_dumped_and_the_dump_can_be_put_back(
    installation: Path, tmp_path: Path, postgres: Postgres
) -> None:
    url = postgres.make_database("to_back_up", like=TEMPLATE)
    with psycopg.connect(url) as connection:
        connection.execute("INSERT INTO storyboard_installation (name) VALUES ('abcd1234')")
    target = tmp_path / "backup"
    done = back_up(installation, str(target), DATABASE_URL=url)
    assert done.returncode == 0, done.stderr
    assert (target / "media/takes/film.mp4").exists()

    again = postgres.make_database("put_back")
    subprocess.run(
        ["pg_restore", "--no-owner", f"--dbname={again}", str(target / "greenlight.dump")],
        check=True,
    )
    with psycopg.connect(again) as connection:
        names = connection.execute("SELECT name FROM storyboard_installation").fetchall()
    assert names == [("abcd1234",)]


def test_the_password_of_postgresql_is_no_argument(installation: Path, tmp_path: Path) -> None:
    """Arguments can be read by everybody on the machine."""
    fake = tmp_path / "bin" / "pg_dump"
    fake.parent.mkdir()
    fake.write_text(f'#!/bin/sh\necho "$@" > {tmp_path}/arguments\nenv > {tmp_path}/environment\n')
    fake.chmod(0o755)
    done = back_up(
        installation,
        str(tmp_path / "backup"),
        PATH=f"{fake.parent}:{os.environ['PATH']}",
        DATABASE_URL="postgres://ada:p%40ss@db.example:6432/lamp?sslmode=verify-full",
    )
    assert done.returncode == 0, done.stderr
    assert "p@ss" not in (tmp_path / "arguments").read_text()
    told = (tmp_path / "environment").read_text().splitlines()
    assert {
        "PGHOST=db.example",
        "PGPORT=6432",
        "PGUSER=ada",
        "PGPASSWORD=p@ss",
        "PGDATABASE=lamp",
        "PGSSLMODE=verify-full",
    } <= set(told)


def test_without_pg_dump_it_says_what_to_do(installation: Path, tmp_path: Path) -> None:
    empty = tmp_path / "bin"
    empty.mkdir()
    done = back_up(
        installation, str(tmp_path / "backup"), PATH=str(empty), DATABASE_URL="postgres://x/y"
    )
    assert done.returncode == 1
    assert "Install postgresql-client" in done.stderr
    assert not (tmp_path / "backup").exists()


@pytest.mark.services
def test_a_dump_that_fails_leaves_nothing(installation: Path, tmp_path: Path) -> None:
    done = back_up(
        installation, str(tmp_path / "backup"), DATABASE_URL="postgres://ada@127.0.0.1:1/lamp"
    )
    assert done.returncode == 1
    assert "Connection refused" in done.stderr
    assert "Nothing was copied." in done.stderr
    assert not (tmp_path / "backup").exists()


def test_another_database_is_refused_in_words(installation: Path, tmp_path: Path) -> None:
    done = back_up(installation, str(tmp_path / "backup"), DATABASE_URL="mysql://x/y")
    assert done.returncode == 1
    assert "A database of the kind mysql is not known here." in done.stderr
    assert not (tmp_path / "backup").exists()


def test_a_folder_that_exists_and_a_database_that_does_not_are_refused(
    installation: Path, tmp_path: Path
) -> None:
    done = back_up(installation, str(tmp_path))
    assert (done.returncode, "exists already" in done.stderr) == (1, True)
    done = back_up(installation, str(tmp_path / "backup"))
    assert (done.returncode, "There is no database at" in done.stderr) == (1, True)
    assert not (tmp_path / "backup").exists()
    assert back_up(installation).returncode == 1
