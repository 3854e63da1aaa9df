"""Every status that waits comes to a named end, in words a producer understands and can act on."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from storyboard.kling.troubles import BY_CODE
from storyboard.models import Account, Generation, Status, Take
from storyboard.steps import submit
from storyboard.steps.owner import me
from storyboard.steps.submit import _commit_intent
from storyboard.views.told import HELD
from tests.steps import kling
from tests.steps.conftest import Orders, age, go
from tests.views.gates import buttons_of, gate_of, page_of

pytestmark = pytest.mark.django_db

A_DAY = 2.5  # hours that are more than one at TIME_SCALE 10
A_MONTH = 3.1  # days that are more than thirty
UNSENT = "Nothing was sent and nothing is charged."
SPENT = "counts as spent until Kling says otherwise"

Scripted = kling.ScriptedKling


class Read(NamedTuple):
    """What the page says of an order that ended or waits for a person."""

    heading: str
    happened: str
    kept: str
    todo: str
    all: str


def read(row: Generation, orders: Orders) -> Read:
    browser = Client()
    browser.force_login(orders.alice)
    gate = html.unescape(gate_of(page_of(browser, row.order.revision)))
    heading = re.sub(r"<[^>]+>", "", re.findall(r"<h2.*?</h2>", gate, re.DOTALL)[0]).strip()
    parts = re.findall(r"<b>[^<]+</b> <span class=\"dim\">(.*?)</span>", gate, re.DOTALL)
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", gate))
    if not parts:  # it goes on by itself: the three stand in one notice
        return Read(heading, words, words, words, words)
    return Read(heading, *parts, words)


def is_held(row: Generation, orders: Orders, reason: str, happened: str, kept: str) -> None:
    """It waits for a person, who reads why, what is kept, and to press a button that is there."""
    assert (row.status, row.hold_reason) == (Status.HELD, reason)
    page = read(row, orders)
    assert page.heading == str(HELD[reason].heading) % {"n": 1}
    assert happened in page.happened
    assert kept in page.kept
    browser = Client()
    browser.force_login(orders.alice)
    buttons = buttons_of(page_of(browser, row.order.revision))
    assert any(name.lower() in page.todo.lower() for name in buttons), (page.todo, buttons)
    if row.next_at is None:
        assert "It waits for a person, without an end." in page.all
    else:
        assert timedelta(hours=2.3) < row.next_at - timezone.now() <= timedelta(hours=2.4), "daily"


def is_lost(row: Generation, orders: Orders, happened: str) -> None:
    assert (row.status, row.next_at) == (Status.LOST, None)
    page = read(row, orders)
    assert page.heading == "The film of take 1 is lost"
    assert happened in page.happened
    assert "may have charged" in page.kept
    assert "Revision, approval and history stay." in page.kept
    assert "order another take" in page.todo


def accepts(server: Scripted, task_id: str = "t-1") -> None:
    server.script.append(lambda _path, body: kling.task(body, task_id=task_id))


def about(row: Generation, status: str, **more: object) -> tuple[int, object]:
    return kling.task({"external_task_id": row.external_task_id}, status, **more)


def ready(row: Generation, url: str) -> tuple[int, object]:
    films = {"videos": [{"id": "v", "url": url, "duration": "5"}]}
    return about(row, "succeed", task_result=films)


def absent(row: Generation) -> tuple[int, object]:
    return kling.error(1201, f"Task not found by id/external id: {row.external_task_id}")


# Queued: what stands in the way, and what takes it away again.


def _no_place(orders: Orders, server: Scripted, settings: Settings) -> Callable[[], object]:
    accepts(server, "t-0")
    go(orders.at(server.address, settings))
    Account.objects.update(slots=1)
    return lambda: Account.objects.update(slots=5)


def _out_of_reach(_orders: Orders, _server: Scripted, _settings: Settings) -> Callable[[], object]:
    now = timezone.now()
    opened = {"failures": 5, "unreachable_since": now, "probe_at": now + timedelta(days=9)}
    Account.objects.update(**opened)
    return lambda: Account.objects.update(failures=0, unreachable_since=None, probe_at=None)


def _no_room(_orders: Orders, _server: Scripted, _settings: Settings) -> Callable[[], object]:
    patched = pytest.MonkeyPatch()
    patched.setattr(submit, "storage_is_nearly_full", lambda: True)
    return patched.undo


def _busy(_orders: Orders, server: Scripted, _settings: Settings) -> Callable[[], object]:
    server.script += [kling.error(5001, "maintenance", 503)] * 2
    return lambda: None


@pytest.mark.parametrize(
    ("obstacle", "reason"),
    [
        (_no_place, "All places at Kling are taken"),
        (_out_of_reach, "Kling cannot be reached"),
        (_no_room, "The disk is nearly full"),
        (_busy, BY_CODE[5001].happened),
    ],
)
def test_what_cannot_be_sent_for_a_day_waits_for_a_person_and_then_for_another_day(
    orders: Orders,
    scripted: Scripted,
    settings: Settings,
    obstacle: Callable[[Orders, Scripted, Settings], Callable[[], object]],
    reason: str,
) -> None:
    orders.at(scripted.address, settings)  # gives the account its address
    remove = obstacle(orders, scripted, settings)
    try:
        row = go(orders.at(scripted.address, settings))
        assert (row.status, row.hold_reason) == (Status.QUEUED, "")
        assert reason in read(row, orders).all
        age(row, hours=A_DAY)
        row = go(row)
    finally:
        remove()
    assert (row.post_count, row.next_at) == (0, None)
    is_held(row, orders, "waited", reason, UNSENT)
    row.release(by=orders.alice)
    assert (row.status, row.waits_since) == (Status.QUEUED, None)
    accepts(scripted)
    assert go(row).status == Status.RUNNING


def test_the_day_begins_when_a_worker_first_looks_not_when_it_is_ordered(
    orders: Orders, scripted: Scripted, settings: Settings
) -> None:
    """Ordered on Friday, no worker until Monday: what then has no place has a day from Monday."""
    accepts(scripted)
    go(orders.at(scripted.address, settings))
    Account.objects.update(slots=1)
    row = orders.at(scripted.address, settings)
    friday = timezone.now() - timedelta(days=3)
    Generation.objects.filter(pk=row.pk).update(ordered_at=friday, status_at=friday)
    assert go(row).status == Status.QUEUED


def test_what_can_be_sent_is_sent_however_long_it_waited(
    orders: Orders, scripted: Scripted, settings: Settings
) -> None:
    row = orders.at(scripted.address, settings)
    remove = _no_room(orders, scripted, settings)
    go(row)
    remove()
    age(row, hours=A_DAY)
    accepts(scripted)
    assert go(row).status == Status.RUNNING


def test_an_order_of_a_stopped_account_waits_for_an_owner(
    orders: Orders, scripted: Scripted, settings: Settings
) -> None:
    row = orders.at(scripted.address, settings)
    words = BY_CODE[1102].words
    Account.objects.update(tripped_at=timezone.now(), tripped_words=words)
    row = go(row)
    assert row.next_at is None
    is_held(row, orders, "account", BY_CODE[1102].happened, UNSENT)
    assert BY_CODE[1102].todo in read(row, orders).todo
    assert not scripted.asked


def test_a_queued_order_without_a_place_leaves_the_probe_to_one_that_asks(
    orders: Orders, scripted: Scripted, settings: Settings
) -> None:
    """Or, with many queued, none that could ask Kling would ever find out that it is back."""
    accepts(scripted)
    running = go(orders.at(scripted.address, settings))
    Account.objects.update(slots=1)
    queued = orders.at(scripted.address, settings)
    now = timezone.now()
    Account.objects.update(failures=5, unreachable_since=now, probe_at=now)
    assert go(queued).status == Status.QUEUED
    scripted.script.append(about(running, "processing"))
    go(running)
    assert len(scripted.asked) == 2
    assert Account.objects.get(pk=running.account_id).unreachable_since is None


# Sending


def test_a_sending_that_nobody_ended_becomes_unclear_when_its_lease_is_over(
    orders: Orders, scripted: Scripted, settings: Settings
) -> None:
    row = orders.at(scripted.address, settings)
    assert row.claim(me())
    _commit_intent(row, {})
    assert not Generation.objects.due().exists(), "its lease still runs"
    row = go(row)
    assert (row.status, row.post_count) == (Status.UNCERTAIN, 1)
    page = read(row, orders)
    assert page.heading == "Unclear: does Kling have take 1?"
    assert "A worker ended while sending." in page.happened
    assert "so it is never ordered twice" in page.kept
    assert "Kling is asked for this order until it is clear" in page.todo
    assert not scripted.asked


# Unclear


def test_what_stays_unclear_for_a_day_waits_for_a_person_and_is_asked_daily(
    orders: Orders, scripted: Scripted, settings: Settings
) -> None:
    row = orders.at(scripted.address, settings)
    scripted.script += [None, None]
    assert go(row).status == Status.UNCERTAIN
    age(row, hours=A_DAY)
    row = go(row)
    is_held(row, orders, "unclear", "unclear for a day", "never ordered twice")
    assert "may be charged" in read(row, orders).kept
    scripted.script.append(about(row, "processing"))
    assert go(row).status == Status.RUNNING, "found on the daily look"
    assert len(scripted.posts) == 1


# Generating


def test_a_day_without_a_result_waits_for_a_person_and_a_month_of_them_ends_it(
    orders: Orders, scripted: Scripted, settings: Settings
) -> None:
    row = orders.at(scripted.address, settings)
    accepts(scripted)
    go(row)
    age(row, hours=A_DAY)
    scripted.script.append(None)
    row = go(row)
    is_held(row, orders, "no_answer", "each day for 30 days", SPENT)
    scripted.script.append(None)
    row = go(row)
    is_held(row, orders, "no_answer", "each day for 30 days", SPENT)
    age(row, days=A_MONTH)
    scripted.script.append(None)
    row = go(row)
    is_lost(row, orders, "Kling never answered")
    assert len(scripted.posts) == 1


# Fetching


def test_a_film_that_is_refused_after_its_month_is_lost(
    orders: Orders, scripted: Scripted, settings: Settings
) -> None:
    row = _fetching(orders, scripted, settings)
    Generation.objects.filter(pk=row.pk).update(result_expires_at=row.status_at - timedelta(days=1))
    scripted.script += [(404, "gone"), ready(row, f"{scripted.address}/v.mp4")]
    is_lost(go(row), orders, "within Kling's 30 days")


def test_a_film_that_is_still_there_after_its_month_comes_home(
    orders: Orders, simulator: str, settings: Settings
) -> None:
    row = go(orders.at(simulator, settings), times=2)
    assert row.status == Status.FETCHING
    Generation.objects.filter(pk=row.pk).update(result_expires_at=row.status_at - timedelta(days=1))
    assert go(row).status == Status.STORED
    assert default_storage.exists(Take.objects.get(generation=row).video)


def _fetching(orders: Orders, server: Scripted, settings: Settings) -> Generation:
    row = orders.at(server.address, settings)
    accepts(server)
    server.script.append(ready(row, f"{server.address}/v.mp4"))
    row = go(row, times=2)
    assert row.status == Status.FETCHING
    return row


# Held


def test_an_order_never_sent_is_held_without_end_and_asks_nothing(
    orders: Orders, scripted: Scripted, settings: Settings
) -> None:
    row = orders.at(scripted.address, settings)
    Account.objects.update(tripped_at=timezone.now(), tripped_words="Stopped.")
    row = go(row)
    age(row, days=400)
    assert not Generation.objects.due().exists()
    Generation.hint(row.pk)  # as a knock by mistake would
    row = go(row)
    assert (row.status, row.next_at, scripted.asked) == (Status.HELD, None, [])
    assert row.order.free_slot() is None, "the take is still theirs to decide"


def test_an_order_given_up_is_asked_daily_and_still_comes_home(
    orders: Orders, scripted: Scripted, settings: Settings
) -> None:
    row = _given_up(orders, scripted, settings)
    is_held(row, orders, "given_up", "", SPENT)
    scripted.script.append(about(row, "processing"))
    row = go(row)
    is_held(row, orders, "given_up", "", SPENT)
    scripted.script.append(ready(row, f"{scripted.address}/v.mp4"))
    assert go(row).status == Status.FETCHING


def test_an_order_given_up_is_lost_after_a_month(
    orders: Orders, scripted: Scripted, settings: Settings
) -> None:
    row = _given_up(orders, scripted, settings)
    age(row, days=A_MONTH)
    scripted.script.append(None)
    is_lost(go(row), orders, "Kling never answered")


def _given_up(orders: Orders, server: Scripted, settings: Settings) -> Generation:
    row = orders.at(server.address, settings)
    accepts(server)
    go(row)
    age(row, hours=A_DAY)
    server.script.append(None)
    row = go(row)
    assert row.hold_reason == "no_answer"
    row.give_up(by=orders.alice)
    row.refresh_from_db()
    assert (row.status, row.hold_reason) == (Status.HELD, "given_up")
    return row


def test_an_order_kling_does_not_know_for_a_month_is_lost_in_those_words(
    orders: Orders, scripted: Scripted, settings: Settings
) -> None:
    Account.objects.update(profile="powertokens")  # which nobody may send to twice
    orders.account.refresh_from_db()
    row = orders.at(scripted.address, settings)
    scripted.script += [None, absent(row), absent(row)]
    go(row)
    age(row, seconds=16)
    go(row)
    age(row, seconds=4)
    row = go(row)
    assert (row.status, row.hold_reason, len(scripted.posts)) == (Status.HELD, "unclear", 1)
    age(row, days=A_MONTH)
    scripted.script.append(absent(row))
    is_lost(go(row), orders, "Kling has not known this order for 30 days")
    assert len(scripted.posts) == 1


@pytest.mark.parametrize("status", [Status.UNCERTAIN, Status.RUNNING, Status.FETCHING])
def test_an_order_at_which_workers_die_for_an_hour_waits_for_a_person(
    orders: Orders, scripted: Scripted, settings: Settings, status: Status
) -> None:
    """Killed in the middle, not ended by an error: only the next claim can count it."""
    row = orders.at(scripted.address, settings)
    accepts(scripted) if status != Status.UNCERTAIN else scripted.script.append(None)
    scripted.script.append(ready(row, f"{scripted.address}/v.mp4"))
    row = go(row, times=2 if status == Status.FETCHING else 1)
    assert row.status == status
    age(row, hours=0.2)
    Generation.objects.filter(pk=row.pk).update(crash_count=4, lease_owner="one that died")
    asked = len(scripted.asked)
    row = go(row)
    assert len(scripted.asked) == asked
    kept = {Status.UNCERTAIN: "may be charged", Status.RUNNING: SPENT}
    is_held(row, orders, "crashes", "five times", kept.get(status, "keeps it until"))
