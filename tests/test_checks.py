"""Each start-up check goes red when what it guards is gone."""

from __future__ import annotations

import sqlite3
from types import SimpleNamespace

import pytest
from pytest_django import Settings

from storyboard import checks


def test_the_sqlite_in_use_is_safe_for_several_processes() -> None:
    assert checks.several_processes_may_share_the_file(None) == []


def test_an_old_sqlite_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite3, "sqlite_version_info", (3, 40, 1))
    assert [e.id for e in checks.several_processes_may_share_the_file(None)] == ["greenlight.E001"]


def test_settling_outlasts_two_posts(monkeypatch: pytest.MonkeyPatch) -> None:
    assert checks.absence_means_something(None) == []
    monkeypatch.setattr(checks, "SETTLE", 120.0)
    assert [e.id for e in checks.absence_means_something(None)] == ["greenlight.E002"]


def test_time_is_scaled_by_something(settings: Settings) -> None:
    settings.TIME_SCALE = 0
    assert [e.id for e in checks.time_is_scaled_by_something(None)] == ["greenlight.E003"]


def test_what_only_a_simulator_needs_is_refused_in_production(settings: Settings) -> None:
    settings.TIME_SCALE, settings.ALLOW_PRIVATE_HOSTS = 10, frozenset({"127.0.0.1:1"})
    settings.PUBLIC_URL, settings.CRASH_AT = "http://greenlight.example", "store.before_commit"
    found = [problem.id for problem in checks.nothing_of_the_simulator_is_left(None)]
    assert found == ["greenlight.E004", "greenlight.E007", "greenlight.E005", "greenlight.E006"]
    settings.CRASH_AT = ""
    settings.TIME_SCALE, settings.ALLOW_PRIVATE_HOSTS = 1, frozenset()
    settings.PUBLIC_URL = "https://greenlight.example"
    assert checks.nothing_of_the_simulator_is_left(None) == []


def test_web_processes_must_share_a_cache(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.CACHE_URL = ""
    monkeypatch.setattr(checks, "connection", SimpleNamespace(vendor="sqlite"))
    assert checks.several_processes_share_their_limits(None) == []
    monkeypatch.setattr(checks, "connection", SimpleNamespace(vendor="postgresql"))
    found = checks.several_processes_share_their_limits(None)
    assert [problem.id for problem in found] == ["greenlight.W002"]
    settings.CACHE_URL = "redis://cache.example:6379/1"
    assert checks.several_processes_share_their_limits(None) == []


@pytest.mark.parametrize(
    ("broker", "vendor", "host", "found"),
    [
        ("filesystem://", "sqlite", "", []),
        ("filesystem://", "postgresql", "127.0.0.1", []),
        ("filesystem://", "postgresql", "/run/postgresql", []),
        ("filesystem://", "postgresql", "database.example", ["greenlight.E008"]),
        ("redis://broker.example:6379/0", "postgresql", "database.example", []),
    ],
)
def test_a_broker_of_files_stays_on_one_machine(
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    broker: str,
    vendor: str,
    host: str,
    found: list[str],
) -> None:
    settings.CELERY_BROKER_URL = broker
    database = SimpleNamespace(vendor=vendor, settings_dict={"HOST": host})
    monkeypatch.setattr(checks, "connection", database)
    assert [problem.id for problem in checks.the_doorbell_reaches_every_worker(None)] == found
