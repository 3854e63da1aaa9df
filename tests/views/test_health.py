"""GET /healthz."""

from __future__ import annotations

from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from storyboard.views import health


def test_it_is_ok_without_a_sign_in_and_without_a_session(client: Client, db: None) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert answer["Content-Type"].startswith("text/plain")
    assert not answer.cookies


def test_it_is_503_while_a_migration_is_missing(client: Client, db: None) -> None:
    wanted = health._wanted()
    recorder = MigrationRecorder(connection)
    app, name = max(wanted)
    recorder.record_unapplied(app, name)
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert b"run manage.py migrate" in answer.content


def test_a_wrong_method_is_refused(client: Client, db: None) -> None:
    assert client.post("/healthz").status_code == 405


def test_it_is_503_when_the_database_does_not_answer(client: Client, db: None) -> None:
    with connection.execute_wrapper(_away):
        answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (503, b"The database does not answer.\n")


def _away(*_arguments: object) -> object:
    raise OperationalError("gone")
