"""GET /healthz and GET /readyz."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path

import pytest
from celery import Celery
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from storyboard import tasks
from storyboard.models import Lease
from storyboard.views import health
from tests.services.process import silent_port


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


@pytest.fixture
def worker(db: None) -> None:
    """Somebody sweeps."""
    Lease.hold("sweep", owner="somebody", seconds=5)


def ring_at(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = Celery(broker=address, set_as_current=False)
    monkeypatch.setattr(tasks, "current_app", elsewhere)


def ready(client: Client) -> tuple[int, dict[str, str]]:
    """The status, and what is said of each thing needed."""
    answer = client.get("/readyz")
    lines = answer.content.decode().splitlines()
    return answer.status_code, dict(line.split(": ", 1) for line in lines)  # type: ignore[misc]


def test_everything_there_is_ready(client: Client, worker: None) -> None:
    status, lines = ready(client)
    assert lines == {"database": "ok", "broker": "ok", "storage": "ok", "worker": "ok"}
    assert status == 200


def test_readiness_is_told_without_a_sign_in_and_sets_no_cookie(
    client: Client, worker: None
) -> None:
    answer = client.get("/readyz")
    assert answer["Content-Type"].startswith("text/plain")
    assert answer["Cache-Control"] == "no-store"
    assert not answer.cookies
    assert client.post("/readyz").status_code == 405


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_a_machine_that_asks_without_https_is_answered(
    client: Client, worker: None, settings: Settings, path: str
) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert client.get(path).status_code == 200
    assert client.get("/").status_code == 301


def test_no_worker_is_not_ready(client: Client, db: None) -> None:
    status, lines = ready(client)
    assert (status, lines["worker"]) == (503, "None has looked for work in 30 s.")


def test_a_worker_that_went_silent_is_not_ready(client: Client, worker: None) -> None:
    Lease.objects.update(until=timezone.now() - timedelta(seconds=29))
    assert ready(client)[0] == 200
    Lease.objects.update(until=timezone.now() - timedelta(seconds=31))
    assert ready(client)[0] == 503


def test_a_missing_migration_is_not_ready(client: Client, worker: None) -> None:
    MigrationRecorder(connection).record_unapplied(*max(health._wanted()))
    status, lines = ready(client)
    assert status == 503
    assert "run manage.py migrate" in lines["database"]


def test_without_a_database_every_line_is_still_there(client: Client, worker: None) -> None:
    with connection.execute_wrapper(_away):
        status, lines = ready(client)
    assert status == 503
    assert lines["database"] == "The database does not answer."
    assert lines["worker"] == "Not known while the database does not answer."
    assert lines["storage"] == "ok"


def test_a_storage_that_takes_nothing_is_not_ready(
    client: Client, worker: None, settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "a-file").touch()
    settings.MEDIA_ROOT = tmp_path / "a-file"
    status, lines = ready(client)
    assert status == 503
    assert lines["storage"].startswith("Nothing can be written")


def test_asking_leaves_nothing_in_the_storage(
    client: Client, worker: None, settings: Settings
) -> None:
    ready(client)
    assert list(Path(settings.MEDIA_ROOT).iterdir()) == []


@pytest.mark.parametrize("address", ["redis://127.0.0.1:{port}/0", "amqp://127.0.0.1:{port}//"])
def test_a_broker_that_accepts_and_says_nothing_is_given_up_in_two_seconds(
    monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    with silent_port() as port:
        ring_at(address.format(port=port), monkeypatch)
        started = time.monotonic()
        assert not tasks.broker_answers()
    assert time.monotonic() - started < 3


def test_a_broker_that_is_away_is_not_ready(
    client: Client, worker: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    ring_at("redis://127.0.0.1:1/0", monkeypatch)
    status, lines = ready(client)
    assert status == 503
    assert lines["broker"].startswith("It does not answer.")
