"""Heartbeats, the doorbell, and how a team's orders stand."""

from __future__ import annotations

import tomllib
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from storyboard import tasks
from storyboard.models import (
    Doorbell,
    Generation,
    Heartbeat,
    Lease,
    Receipt,
    Revision,
    Status,
    Storyboard,
    Take,
    Team,
    User,
    health,
)
from storyboard.models.health import accounts_of, due_of, standing_of, swept_at
from storyboard.models.installation import VERSION
from storyboard.models.room import RESERVED_BYTES, Room
from tests import builders

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def noted(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every ring is noted."""
    monkeypatch.setattr(health, "RING_EVERY", 0.0)
    monkeypatch.setattr(health, "_said", {})


def beat(name: str = "here:boot:1:2") -> Heartbeat:
    Heartbeat.beat(name, host="here", pid=1, version=VERSION)
    return Heartbeat.objects.get(name=name)


def ago(**span: float) -> datetime:
    return timezone.now() - timedelta(**span)


def test_the_version_is_that_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] == VERSION


def test_a_process_beats_in_one_row(db: None) -> None:
    first = beat()
    Heartbeat.objects.update(seen_at=ago(minutes=5))
    again = beat()
    assert (again.pk, again.started_at) == (first.pk, first.started_at)
    assert again.seen_at > ago(seconds=5)
    beat("here:boot:3:4")
    assert Heartbeat.objects.count() == 2


def test_who_was_heard_within_half_a_minute_lives(db: None) -> None:
    beat()
    Heartbeat.objects.update(seen_at=ago(seconds=29))
    assert Heartbeat.objects.living().exists()
    Heartbeat.objects.update(seen_at=ago(seconds=31))
    assert not Heartbeat.objects.living().exists()


def test_what_was_heard_a_day_ago_is_forgotten(db: None) -> None:
    old, young = beat("old"), beat("young")
    Heartbeat.objects.filter(pk=old.pk).update(seen_at=ago(hours=25))
    Heartbeat.objects.filter(pk=young.pk).update(seen_at=ago(hours=23))
    assert Heartbeat.objects.forget() == 1
    assert list(Heartbeat.objects.all()) == [young]


def test_a_bell_that_fails_says_since_when_until_it_rings_again(noted: None) -> None:
    Doorbell.failed()
    first = Doorbell.now().failing_since
    assert first is not None
    Doorbell.failed()
    bell = Doorbell.now()
    assert bell.failing_since == first
    assert bell.failed_at is not None
    assert bell.failed_at > first
    Doorbell.rang()
    bell = Doorbell.now()
    assert (bell.failing_since, bell.failed_at is None) == (None, False)
    assert bell.rung_at is not None


def test_a_bell_nobody_rang_has_no_row(noted: None) -> None:
    assert Doorbell.now().rung_at is None
    assert not Doorbell.objects.exists()


def test_thousands_of_rings_are_one_entry(noted: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "RING_EVERY", 10.0)
    with CaptureQueriesContext(connection) as first:
        Doorbell.rang()
    assert len(first) > 0
    with CaptureQueriesContext(connection) as rest:
        for _ring in range(1000):
            Doorbell.rang()
    assert len(rest) == 0
    Doorbell.failed()  # another outcome is news
    assert Doorbell.now().failing_since is not None


def test_a_database_that_is_away_does_not_keep_the_bell_from_ringing(noted: None) -> None:
    with connection.execute_wrapper(_away):
        Doorbell.rang()


def _away(*_arguments: object) -> object:
    raise OperationalError("gone")


def test_whoever_rings_notes_how_it_went(noted: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks.step_generation, "delay", lambda _pk: None)
    tasks.ring(1)
    assert Doorbell.now().failing_since is None
    assert Doorbell.now().rung_at is not None
    monkeypatch.setattr(tasks.step_generation, "delay", _away)
    tasks.ring(1)
    assert Doorbell.now().failing_since is not None


def test_a_worker_that_hears_the_bell_says_so(noted: None) -> None:
    tasks.hear_bell()
    assert Doorbell.now().heard_at is not None


def test_the_last_look_is_when_the_lease_was_taken(db: None) -> None:
    assert swept_at() is None
    Lease.hold("sweep", owner="somebody", seconds=5)
    at = swept_at()
    assert at is not None
    assert abs((timezone.now() - at).total_seconds()) < 1


def test_due_orders_are_counted_for_their_team_alone(
    approved: Revision, alice: User, team: Team, other_team: Team
) -> None:
    first, second = (builders.order(approved, by=alice) for _ in range(2))
    assert due_of(team)[:2] == (2, 2)
    Generation.objects.filter(pk=first.pk).update(next_at=ago(seconds=90))
    oldest = due_of(team).oldest_at
    assert oldest is not None
    assert 89 < (timezone.now() - oldest).total_seconds() < 95
    second.claim("a-worker")  # it is at work on it
    assert due_of(team)[:2] == (2, 1)
    assert due_of(other_team) == (0, 0, None)


def test_an_account_tells_its_places_and_its_last_callback(
    approved: Revision, alice: User, team: Team
) -> None:
    row = builders.bring_to(builders.order(approved, by=alice), Status.RUNNING)
    account = accounts_of(team).get()
    assert (account.in_flight, account.knocked_at) == (1, None)
    Receipt.keep(row.pk, b"{}")
    Receipt.objects.update(received_at=ago(minutes=3))
    Receipt.keep(row.pk, b'{"a": 1}')
    at = accounts_of(team).get().knocked_at
    assert (timezone.now() - at).total_seconds() < 5


def test_standing_tells_orders_under_way_and_late_films(
    take: Take, approved: Revision, alice: User, team: Team
) -> None:
    assert standing_of(team) == (None, False, 0, None)
    Lease.hold("sweep", owner="somebody", seconds=5)
    generation = builders.bring_to(builders.order(approved, by=alice), Status.FETCHING)
    dies_at = timezone.now() + timedelta(days=20)
    Generation.objects.filter(pk=generation.pk).update(result_expires_at=dies_at)
    film = Take.expect(generation, output_id="x", url=f"{builders.SIMULATOR}/film.mp4")
    Take.objects.filter(pk=film.pk).update(told_late_days=1)
    standing = standing_of(team)
    assert standing.swept_at is not None
    assert standing[1:] == (True, 1, dies_at)


def test_standing_is_one_query_and_none_within_five_seconds(
    storyboard: Storyboard, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "REMEMBERED", 5.0)
    monkeypatch.setattr(health, "_read", {})
    with CaptureQueriesContext(connection) as first:
        standing_of(team)
    with CaptureQueriesContext(connection) as second:
        standing_of(team)
    assert (len(first), len(second)) == (1, 0)


@pytest.mark.parametrize(("free", "full"), [(RESERVED_BYTES - 1, True), (RESERVED_BYTES, False)])
def test_a_disk_is_nearly_full_below_the_reserve(free: int, full: bool) -> None:
    assert Room(free, 10 * RESERVED_BYTES).is_nearly_full is full
