"""What stops the orders is told to everybody on the pages of a project."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from storyboard.models import (
    Account,
    Generation,
    Lease,
    Project,
    Revision,
    Status,
    Storyboard,
    Take,
    Team,
    User,
    health,
)
from storyboard.models.installation import LEASE
from storyboard.views import alarms
from storyboard.views.spans import clock, day
from tests import builders
from tests.conftest import SignedIn

STILL = "Orders stand still"
PAGES = ("project", "storyboard", "revision")


@pytest.fixture
def places(approved: Revision) -> dict[str, str]:
    board = approved.storyboard
    keys = {"project": board.project.key, "storyboard": board.key, "revision": approved.key}
    return {name: reverse(name, args=[key]) for name, key in keys.items()}


@pytest.fixture
def swept(db: None) -> None:
    Lease.hold("sweep", owner="somebody", seconds=LEASE)


def banners(page: str) -> str:
    found = re.search(
        r'id="alarms"[^>]*>((?:<div class="notice .*?</div>)*)</div>', page, re.DOTALL
    )
    assert found
    return unescape(found[1])


def on(browser: Client, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200
    return banners(answer.content.decode())


def everywhere(browser: Client, places: dict[str, str]) -> str:
    """What stands on all three pages and in the answer an open page gets each ten seconds."""
    told = {on(browser, path) for path in places.values()}
    for path in places.values():
        answer = browser.post(f"{path}presence/", {"writing": ""})
        told.add(banners(answer.content.decode()))
    assert len(told) == 1, told
    return told.pop()


def test_while_all_moves_nothing_is_said(
    signed_in: SignedIn, places: dict[str, str], approved: Revision, alice: User, swept: None
) -> None:
    builders.order(approved, by=alice)
    assert everywhere(signed_in(alice), places) == ""


def test_orders_that_nobody_looks_after_stand_still_since(
    signed_in: SignedIn, places: dict[str, str], approved: Revision, alice: User, bob: User,
    swept: None,
) -> None:  # fmt: skip
    builders.order(approved, by=alice)
    at = timezone.now() - timedelta(seconds=61)
    Lease.objects.update(until=at + timedelta(seconds=LEASE))
    told = everywhere(signed_in(bob), places)
    assert f"{STILL} since {clock(at)}" in told
    assert "Nothing is lost" in told
    Lease.objects.update(until=timezone.now() - timedelta(seconds=59 - LEASE))
    assert everywhere(signed_in(bob), places) == ""


def test_where_nothing_is_ordered_no_worker_is_missed(
    signed_in: SignedIn, places: dict[str, str], alice: User
) -> None:
    assert everywhere(signed_in(alice), places) == ""


def test_an_order_on_which_no_worker_ever_looked(
    signed_in: SignedIn, places: dict[str, str], approved: Revision, alice: User
) -> None:
    builders.order(approved, by=alice)
    assert f"<b>{STILL}</b>" in everywhere(signed_in(alice), places)


def test_another_teams_orders_are_none_of_ours(
    signed_in: SignedIn, approved: Revision, alice: User, other_project: Project, charlie: User
) -> None:
    builders.order(approved, by=alice)
    assert on(signed_in(charlie), reverse("project", args=[other_project.key])) == ""


def test_an_account_out_of_reach_is_told_with_since_when(
    signed_in: SignedIn, places: dict[str, str], account: Account, bob: User
) -> None:
    at = timezone.now() - timedelta(hours=2)
    Account.objects.update(unreachable_since=at)
    told = everywhere(signed_in(bob), places)
    assert f"Kling has not answered since {clock(at)}" in told
    assert "Nothing is lost." in told


def test_an_account_that_kling_refuses_comes_before_one_out_of_reach(
    signed_in: SignedIn, places: dict[str, str], account: Account, bob: User
) -> None:
    at = timezone.now() - timedelta(days=2)
    Account.objects.update(
        unreachable_since=at, tripped_at=at, tripped_words="The account owes Kling money."
    )
    told = everywhere(signed_in(bob), places)
    assert f"Kling refuses the account Simulator since {clock(at)}" in told
    assert "The account owes Kling money. Nothing is lost: orders are held." in told
    assert "has not answered" not in told
    Account.objects.update(closed_at=at)
    assert everywhere(signed_in(bob), places) == ""


def test_a_revision_tells_of_the_account_it_was_approved_for(
    signed_in: SignedIn, places: dict[str, str], account: Account, team: Team, alice: User
) -> None:
    spare = team.add_account(
        "Spare", profile="official", address=builders.SIMULATOR, credential="k", by=alice
    )
    team.make_default(spare, by=alice)
    Account.objects.filter(pk=account.pk).update(unreachable_since=timezone.now())
    browser = signed_in(alice)
    assert "has not answered" in on(browser, places["revision"])
    assert on(browser, places["storyboard"]) == ""


def test_a_disk_that_is_nearly_full_pauses_ordering(
    signed_in: SignedIn, places: dict[str, str], bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alarms, "storage_is_nearly_full", lambda: True)
    told = everywhere(signed_in(bob), places)
    assert "Ordering pauses: the disk is nearly full" in told
    assert "Approved orders wait and nothing is lost" in told


def test_films_that_wait_at_kling_are_told_with_the_day_their_link_dies(
    signed_in: SignedIn, places: dict[str, str], approved: Revision, alice: User, bob: User,
    swept: None,
) -> None:  # fmt: skip
    row = builders.bring_to(builders.order(approved, by=alice), Status.FETCHING)
    until = timezone.now() + timedelta(days=28)
    Generation.objects.filter(pk=row.pk).update(result_expires_at=until)
    take = Take.expect(row, output_id="x", url=f"{builders.SIMULATOR}/film.mp4")
    assert everywhere(signed_in(bob), places) == ""
    Take.objects.filter(pk=take.pk).update(told_late_days=1)
    told = everywhere(signed_in(bob), places)
    assert "1 film has waited at Kling for longer than a day" in told
    assert f"It is paid for and kept there until its link dies on {day(until)}." in told


def test_the_pulse_of_a_revision_brings_them_too(
    signed_in: SignedIn, places: dict[str, str], account: Account, alice: User
) -> None:
    Account.objects.update(unreachable_since=timezone.now())
    page = signed_in(alice).get(f"{places['revision']}pulse/", {"after": "0-00000000"})
    assert "has not answered" in banners(page.content.decode())


@pytest.mark.parametrize("page", PAGES)
def test_they_cost_a_page_one_question_and_none_for_five_seconds(
    signed_in: SignedIn, places: dict[str, str], alice: User, storyboard: Storyboard,
    monkeypatch: pytest.MonkeyPatch, page: str,
) -> None:  # fmt: skip
    browser = signed_in(alice)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            on(browser, places[page])
        return len(queries)

    asked()
    each_time = asked()
    monkeypatch.setattr(health, "REMEMBERED", 5.0)
    monkeypatch.setattr(health, "_read", {})
    assert [asked(), asked()] == [each_time, each_time - 1]
