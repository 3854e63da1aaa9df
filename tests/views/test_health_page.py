"""The health page: workers, broker, disk and accounts, in words for owners."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from storyboard.models import (
    Account,
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
    room,
)
from storyboard.models.installation import LEASE, VERSION
from storyboard.models.room import RESERVED_BYTES, Room
from storyboard.views import health_lines
from storyboard.views.spans import clock, day, span
from tests import builders
from tests.conftest import SignedIn

GIB = 1024**3


@pytest.fixture
def owner(signed_in: SignedIn, alice: User) -> Client:
    return signed_in(alice)


@pytest.fixture
def well(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker lives and sweeps, the bell rings and is heard, the disk is empty."""
    monkeypatch.setattr(health, "RING_EVERY", 0.0)
    monkeypatch.setattr(health_lines, "room", lambda: Room(50 * GIB, 100 * GIB))
    beat("here:boot:1:2")
    Heartbeat.objects.update(started_at=ago(minutes=20))
    Lease.hold("sweep", owner="somebody", seconds=LEASE)
    Doorbell.rang()
    Doorbell.heard()


def beat(name: str, *, version: str = VERSION) -> None:
    Heartbeat.beat(name, host="studio-1", pid=4711, version=version)


def ago(**length: float) -> datetime:
    return timezone.now() - timedelta(**length)


def address(team: Team, *more: str) -> str:
    return "/".join(["/teams", team.key, "health", *more, ""])


def page_of(browser: Client, team: Team, *more: str) -> str:
    answer = browser.get(address(team, *more))
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def line(page: str, name: str) -> tuple[str, str]:
    """The state and the words of one line."""
    found = re.search(
        rf'<li data-state="(\w+)">\s*<h3>(?:<a [^>]*>)?{re.escape(name)}(?:</a>)?</h3>(.*?)'
        r"</li>\s*(?=<li data-state=|</ul>)",
        page,
        re.DOTALL,
    )
    assert found, name
    return found[1], re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found[2])).strip()


def test_all_is_well(owner: Client, team: Team, account: Account, well: None) -> None:
    page = page_of(owner, team)
    assert "Everything works." in page
    for name in ("Worker", "Looking for work", "Orders", "Broker", "Films", "Disk", "Database"):
        state, words = line(page, name)
        assert state == "good", (name, words)
        assert "Good" in words
    assert re.search(r"A worker is at work, last heard \d s ago\.", line(page, "Worker")[1])
    assert f"studio-1, process 4711, version {VERSION}" in page
    assert "50.0 of 100 GB are free." in page
    assert line(page, "Simulator")[0] == "good"


def test_who_may_see_it(
    owner: Client, signed_in: SignedIn, team: Team, bob: User, charlie: User, client: Client
) -> None:
    for more in ((), ("pulse",)):
        assert owner.post(address(team, *more)).status_code == 405
        assert signed_in(bob).get(address(team, *more)).status_code == 403
        assert signed_in(charlie).get(address(team, *more)).status_code == 404
        assert client.get(address(team, *more)).status_code == 302


def test_owners_find_it_beside_members_and_accounts(
    owner: Client, signed_in: SignedIn, team: Team, bob: User
) -> None:
    assert f'href="{address(team)}"' in owner.get(f"/teams/{team.key}/members/").content.decode()
    page = signed_in(bob).get(f"/teams/{team.key}/members/").content.decode()
    assert address(team) not in page


def test_an_open_page_is_told_anew(owner: Client, team: Team, well: None) -> None:
    assert f'<live-pulse src="{address(team, "pulse")}"' in page_of(owner, team)
    parts = page_of(owner, team, "pulse")
    assert parts.startswith("<live-pulse")
    assert 'id="health-sum"' in parts
    assert 'id="health"' in parts
    assert "<html" not in parts


def test_no_worker_is_said_with_since_when_what_is_kept_and_what_to_do(
    owner: Client, team: Team, well: None
) -> None:
    Heartbeat.objects.update(seen_at=ago(minutes=4, seconds=5))
    Lease.objects.update(until=ago(minutes=4))
    page = page_of(owner, team)
    assert "2 things need you." in page
    state, words = line(page, "Worker")
    assert state == "bad"
    assert "No worker has been heard for 4 min." in words
    assert "Approved orders wait, nothing is lost." in words
    assert "Start it: make run, or the worker service." in words
    state, words = line(page, "Looking for work")
    assert state == "bad"
    assert "Nobody has looked for work for 4 min." in words


def test_an_installation_on_which_no_worker_ever_ran(owner: Client, team: Team) -> None:
    page = page_of(owner, team)
    assert "No worker has been heard for a day." in line(page, "Worker")[1]
    assert "Nobody has looked for work yet." in line(page, "Looking for work")[1]
    assert "Nothing has gone through it yet." in line(page, "Broker")[1]


def test_a_worker_that_lives_and_does_not_look(owner: Client, team: Team, well: None) -> None:
    Lease.objects.update(until=ago(seconds=40))
    page = page_of(owner, team)
    assert line(page, "Worker")[0] == "good"
    assert "A worker is heard but does not look" in line(page, "Looking for work")[1]


def test_workers_of_another_version_are_told(owner: Client, team: Team, well: None) -> None:
    beat("there:boot:1:2", version="0.0.9")
    state, words = line(page_of(owner, team), "Worker")
    assert state == "wait"
    assert "2 workers are at work" in words
    assert f"Not all of them are of the pages' version, {VERSION}." in words


def test_orders_that_wait_too_long_for_a_worker(
    owner: Client, team: Team, approved: Revision, alice: User, well: None
) -> None:
    row = builders.order(approved, by=alice)
    state, words = line(page_of(owner, team), "Orders")
    assert state == "good"
    assert "1 order is under way. 1 waits for a worker, for 0 s." in words
    Generation.objects.filter(pk=row.pk).update(next_at=ago(seconds=130))
    state, words = line(page_of(owner, team), "Orders")
    assert state == "bad"
    assert "for 2 min." in words


def test_a_broker_that_is_away(owner: Client, team: Team, well: None) -> None:
    Doorbell.failed()
    at = ago(hours=1)
    Doorbell.objects.update(failing_since=at)
    page = page_of(owner, team)
    state, words = line(page, "Broker")
    assert state == "wait"
    assert f"It cannot be reached since {clock(at)}, last tried 0 s ago." in words
    assert "Orders move all the same" in words
    assert "1 thing is not as usual." in page


def test_a_bell_that_no_worker_hears(owner: Client, team: Team, well: None) -> None:
    Doorbell.objects.update(heard_at=ago(minutes=7))
    state, words = line(page_of(owner, team), "Broker")
    assert state == "wait"
    assert "no worker has heard one for 7 min." in words
    Doorbell.objects.update(heard_at=None)
    assert "no worker has heard one yet." in line(page_of(owner, team), "Broker")[1]
    Heartbeat.objects.update(started_at=ago(seconds=20))  # it has only just begun to listen
    assert line(page_of(owner, team), "Broker")[0] == "good"


def test_a_bell_that_nobody_rang_for_long(owner: Client, team: Team, well: None) -> None:
    Doorbell.objects.update(rung_at=ago(hours=2))
    assert "last went through it 2 h ago. Without" in line(page_of(owner, team), "Broker")[1]


@pytest.mark.parametrize(
    ("free", "state", "words"),
    [
        (1.4, "bad", "Only 1.4 of 100 GB are free, so ordering pauses."),
        (5.0, "wait", "5.0 of 100 GB are free."),
        (6.0, "good", "6.0 of 100 GB are free."),
    ],
)
def test_a_disk_that_fills(
    owner: Client, team: Team, well: None, monkeypatch: pytest.MonkeyPatch, free: float,
    state: str, words: str,
) -> None:  # fmt: skip
    monkeypatch.setattr(health_lines, "room", lambda: Room(int(free * GIB), 100 * GIB))
    said = line(page_of(owner, team), "Disk")
    assert said[0] == state
    assert words in said[1]


def test_a_disk_that_cannot_be_asked(
    owner: Client, team: Team, well: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone() -> Room:
        raise OSError("gone")

    monkeypatch.setattr(health_lines, "room", gone)
    state, words = line(page_of(owner, team), "Disk")
    assert state == "bad"
    assert "cannot be asked" in words
    monkeypatch.setattr(room, "room", gone)
    assert room.storage_is_nearly_full()


def test_films_that_wait_are_named_with_the_day_their_link_dies(
    owner: Client, team: Team, approved: Revision, alice: User, well: None
) -> None:
    row = builders.bring_to(builders.order(approved, by=alice), Status.FETCHING)
    until = timezone.now() + timedelta(days=20)
    Generation.objects.filter(pk=row.pk).update(result_expires_at=until)
    take = Take.expect(row, output_id="x", url=f"{builders.SIMULATOR}/film.mp4")
    assert line(page_of(owner, team), "Films")[0] == "good"
    Take.objects.filter(pk=take.pk).update(told_late_days=1)
    page = page_of(owner, team)
    state, words = line(page, "Films")
    assert state == "wait"
    assert "1 film has waited at Kling for longer than a day." in words
    assert f"The first link dies on {day(until)}." in words
    assert f'href="/takes/{take.key}/"' in page
    soon = timezone.now() + timedelta(days=6)
    Generation.objects.filter(pk=row.pk).update(result_expires_at=soon)
    assert line(page_of(owner, team), "Films")[0] == "bad"


def test_each_account_says_how_it_stands(
    owner: Client, team: Team, account: Account, approved: Revision, alice: User, well: None
) -> None:
    row = builders.bring_to(builders.order(approved, by=alice), Status.RUNNING)
    Receipt.keep(row.pk, b"{}")
    words = line(page_of(owner, team), "Simulator")[1]
    assert f"1 of {account.slots} places in use" in words
    assert re.search(r"A callback last came \d s ago", words)
    at = ago(minutes=9)
    Account.objects.update(unreachable_since=at, learned_slots=1, busy_until=ago(seconds=-60))
    state, words = line(page_of(owner, team), "Simulator")
    assert state == "wait"
    assert f"Out of reach since {clock(at)}. Orders wait, nothing is lost." in words
    assert "Kling allows 1 at the moment" in words
    Account.objects.update(tripped_at=at, tripped_words="The account owes Kling money.")
    state, words = line(page_of(owner, team), "Simulator")
    assert state == "bad"
    assert f"Stopped since {clock(at)}. The account owes Kling money." in words
    Account.objects.update(closed_at=at)
    state, words = line(page_of(owner, team), "Simulator")
    assert state == "off"
    assert f"Switched off since {clock(at)}." in words


def test_an_account_whose_test_failed_is_told(
    owner: Client, team: Team, account: Account, alice: User, well: None
) -> None:
    account.ask_test(by=alice)
    account.record_test(ok=False, words="Kling does not know the API key.", packs=[])
    state, words = line(page_of(owner, team), "Simulator")
    assert state == "wait"
    assert "its last test failed: Kling does not know the API key." in words


def test_what_is_of_another_team_is_not_told(
    owner: Client, team: Team, other_team: Team, charlie: User, well: None
) -> None:
    other_team.add_account(
        "Theirs", profile="official", address=builders.SIMULATOR, credential="k", by=charlie
    )
    page = page_of(owner, team)
    assert "Theirs" not in page
    assert "The team has no account yet" in page


def test_a_late_film_of_another_team_is_not_told(
    signed_in: SignedIn, approved: Revision, alice: User, other_team: Team, charlie: User,
    well: None,
) -> None:  # fmt: skip
    row = builders.bring_to(builders.order(approved, by=alice), Status.FETCHING)
    take = Take.expect(row, output_id="x", url=f"{builders.SIMULATOR}/film.mp4")
    Take.objects.filter(pk=take.pk).update(told_late_days=1)
    page = page_of(signed_in(charlie), other_team)
    assert line(page, "Films")[0] == "good"
    assert "No order is under way." in line(page, "Orders")[1]


def test_many_accounts_orders_and_films_cost_no_more_questions_than_one(
    owner: Client, team: Team, account: Account, storyboard: Storyboard, alice: User, bob: User,
    well: None,
) -> None:  # fmt: skip
    def order(_number: int) -> None:
        revision = builders.approve(builders.make_revision(storyboard, by=alice), by=bob)
        row = builders.bring_to(builders.order(revision, by=alice), Status.FETCHING)
        take = Take.expect(row, output_id=row.key, url=f"{builders.SIMULATOR}/film.mp4")
        Take.objects.filter(pk=take.pk).update(told_late_days=1)
        Receipt.keep(row.pk, b"{}")

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            page_of(owner, team)
        return len(queries)

    order(1)
    one = asked()
    builders.many(12, order)
    builders.many(10, lambda n: beat(f"more:{n}"))
    for number in range(20):
        team.add_account(
            f"Account {number}", profile="official", address=builders.SIMULATOR, credential="k",
            by=alice,
        )  # fmt: skip
    assert asked() == one


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (59.9, "59 s"), (60, "1 min"), (3599, "59 min"), (3600, "1 h"),
     (86400, "24 h"), (2 * 86400, "2 days"), (9 * 86400 + 5, "9 days")],
)  # fmt: skip
def test_a_length_of_time_is_said_in_one_unit(seconds: float, words: str) -> None:
    assert span(seconds) == words


def test_the_reserve_is_two_gibibytes() -> None:
    assert RESERVED_BYTES == 2 * GIB
