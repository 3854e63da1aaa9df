"""Orders that wait long: each ends in a named outcome, and nothing paid is ordered anew."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import Settings

from storyboard.models import Account, Generation, Status
from storyboard.steps import machine, submit
from storyboard.steps.owner import me
from storyboard.steps.submit import _commit_intent, send_again
from tests.steps import kling
from tests.steps.conftest import Orders, age, go

pytestmark = pytest.mark.django_db


def about(row: Generation, status: str, **more: object) -> tuple[int, object]:
    return kling.task({"external_task_id": row.external_task_id}, status, **more)


def ready(row: Generation, video_id: str = "v") -> tuple[int, object]:
    films = {"videos": [{"id": video_id, "url": "https://films.example/v.mp4", "duration": "5"}]}
    return about(row, "succeed", task_result=films)


def absent(row: Generation) -> tuple[int, object]:
    return kling.error(1201, f"Task not found by id/external id: {row.external_task_id}")


def find_absent_twice(row: Generation) -> Generation:
    """Let the settling time pass, then half a minute, at ten times the speed."""
    age(row, seconds=16)
    row = go(row)
    age(row, seconds=4)
    return go(row)


def test_the_thirty_days_of_a_film_begin_once(
    orders: Orders, scripted: kling.ScriptedKling, settings: Settings
) -> None:
    row = orders.at(scripted.address, settings)
    scripted.script += [lambda _path, body: kling.task(body), ready(row)]
    row = go(row, times=3)
    assert (row.status, row.hold_reason) == (Status.HELD, "unknown_host")
    first = row.result_expires_at
    assert first is not None
    scripted.script.append(ready(row))
    row = go(row)
    assert row.status == Status.FETCHING
    assert row.result_expires_at == first
    Generation.objects.filter(pk=row.pk).update(
        result_expires_at=timezone.now() - timedelta(days=1)
    )
    assert go(row).status == Status.LOST


def test_a_held_order_that_is_processing_for_ever_ends_after_thirty_days(
    orders: Orders, scripted: kling.ScriptedKling, settings: Settings
) -> None:
    row = orders.at(scripted.address, settings)
    scripted.script.append(lambda _path, body: kling.task(body))
    go(row)
    age(row, hours=3)  # a day, at ten times the speed
    assert go(row).status == Status.HELD
    scripted.script.append(about(row, "processing"))
    assert go(row).status == Status.RUNNING, "Kling is still at it"
    age(row, hours=3)
    assert go(row).status == Status.HELD
    before = timezone.now() - timedelta(days=3, hours=1)  # thirty days, at ten times the speed
    Generation.objects.filter(pk=row.pk).update(last_post_at=before)
    scripted.script.append(about(row, "processing"))
    assert go(row).status == Status.LOST


def test_a_film_that_is_ready_on_the_last_look_still_comes_home(
    orders: Orders, scripted: kling.ScriptedKling, settings: Settings
) -> None:
    row = orders.at(scripted.address, settings)
    scripted.script.append(lambda _path, body: kling.task(body))
    go(row)
    age(row, hours=3)
    assert go(row).status == Status.HELD
    age(row, days=4)
    scripted.script.append(ready(row, video_id="v" * 200))
    assert go(row).status == Status.FETCHING


def test_an_order_that_was_sent_before_is_held_not_withdrawn_when_it_no_longer_matches(
    orders: Orders, scripted: kling.ScriptedKling, settings: Settings
) -> None:
    row = orders.at(scripted.address, settings)
    scripted.script += [None, absent(row), absent(row), kling.error(1302, "slow down", 429)]
    row = go(row)
    row = find_absent_twice(row)
    assert (row.status, row.post_count) == (Status.QUEUED, 1)
    Account.objects.filter(pk=row.account_id).update(address=scripted.address + "/moved")
    row = go(row)
    assert (row.status, row.hold_reason) == (Status.HELD, "changed")
    assert row.order.free_slot() is None
    assert len(scripted.posts) == 2


def test_the_lease_of_a_sending_begins_when_its_intent_is_written(
    orders: Orders, scripted: kling.ScriptedKling, settings: Settings
) -> None:
    row = orders.at(scripted.address, settings)
    assert row.claim(me())
    Generation.objects.filter(pk=row.pk).update(lease_until=timezone.now())
    _commit_intent(row, {})
    row = Generation.objects.get(pk=row.pk)
    assert row.lease_until > timezone.now() + timedelta(seconds=8)


def test_a_person_may_let_an_order_go_once_more_after_three_lost_ones(
    orders: Orders, scripted: kling.ScriptedKling, settings: Settings
) -> None:
    row = orders.at(scripted.address, settings)
    scripted.script += [None, *[absent(row), absent(row), None] * 2, absent(row), absent(row)]
    go(row)
    for _lost in range(3):
        row = find_absent_twice(row)
    assert (row.status, row.hold_reason, len(scripted.posts)) == (Status.HELD, "posts", 3)
    row.release(by=orders.alice)
    scripted.script += [absent(row), absent(row), lambda _path, body: kling.task(body)]
    row = find_absent_twice(row)
    assert row.status == Status.RUNNING
    assert len({body["external_task_id"] for body in scripted.posts}) == 1


def test_an_order_held_for_its_account_is_asked_for_only_when_it_was_sent_before(
    orders: Orders, scripted: kling.ScriptedKling, settings: Settings
) -> None:
    first, again = (orders.at(scripted.address, settings) for _ in range(2))
    scripted.script += [None, absent(again), absent(again), kling.error(1102, "no balance", 429)]
    again = go(again)
    again, first = find_absent_twice(again), go(first)
    assert (again.status, again.hold_reason, again.post_count) == (Status.HELD, "account", 1)
    assert (first.status, first.hold_reason, first.post_count) == (Status.HELD, "account", 0)
    assert again.next_at is not None
    assert first.next_at is None


def test_an_unclear_order_is_not_sent_again_with_another_key_until_a_person_says_so(
    orders: Orders, scripted: kling.ScriptedKling, settings: Settings
) -> None:
    row = orders.at(scripted.address, settings)
    scripted.script.append(None)
    go(row)
    orders.account.refresh_from_db()
    orders.account.replace_credential("key-of-perhaps-another-account", by=orders.alice)
    scripted.script += [absent(row), absent(row)]
    row = find_absent_twice(row)
    assert (row.status, row.hold_reason, len(scripted.posts)) == (Status.HELD, "another_key", 1)
    row.release(by=orders.alice)
    assert row.status == Status.UNCERTAIN
    scripted.script += [absent(row), absent(row), lambda _path, body: kling.task(body)]
    # What `age` does to the row happens to the key as well.
    Account.objects.filter(pk=row.account_id).update(key_set_at=timezone.now() - timedelta(days=1))
    row = find_absent_twice(row)
    assert (row.status, len(scripted.posts)) == (Status.RUNNING, 2)
    assert scripted.posts[0] == scripted.posts[1]


def test_an_order_kling_was_too_busy_to_take_again_is_not_sent_with_another_key(
    orders: Orders, scripted: kling.ScriptedKling, settings: Settings
) -> None:
    row = orders.at(scripted.address, settings)
    scripted.script += [None, absent(row), absent(row), kling.error(1303, "too many", 429)]
    go(row)
    row = find_absent_twice(row)
    assert (row.status, row.post_count, len(scripted.posts)) == (Status.QUEUED, 1, 2)
    orders.account.refresh_from_db()
    orders.account.replace_credential("key-of-perhaps-another-account", by=orders.alice)
    row = go(row)
    assert (row.status, row.hold_reason, len(scripted.posts)) == (Status.HELD, "another_key", 2)


def test_what_is_refused_after_an_unanswered_sending_is_still_asked_for(
    orders: Orders, scripted: kling.ScriptedKling, settings: Settings
) -> None:
    row = orders.at(scripted.address, settings)
    scripted.script += [None, absent(row), absent(row), kling.error(1301, "sensitive")]
    go(row)
    row = find_absent_twice(row)
    assert (row.status, row.hold_reason, row.post_count) == (Status.HELD, "refused_again", 1)
    assert (row.kling_code, row.kling_message) == ("1301", "sensitive")
    scripted.script.append(ready(row))  # the first one had only been slow
    assert go(row).status == Status.FETCHING


def test_a_key_replaced_at_the_last_moment_sends_nothing_again(
    orders: Orders, scripted: kling.ScriptedKling, settings: Settings
) -> None:
    row = orders.at(scripted.address, settings)
    scripted.script.append(None)
    row = go(row)
    Generation.objects.filter(pk=row.pk).update(next_at=timezone.now())
    row.refresh_from_db()
    assert row.claim(me())
    orders.account.refresh_from_db()
    orders.account.replace_credential("key-of-perhaps-another-account", by=orders.alice)
    send_again(row)
    assert (row.status, row.hold_reason, len(scripted.posts)) == (Status.HELD, "another_key", 1)


def test_of_an_order_lost_three_times_another_key_is_what_a_person_hears_of(
    orders: Orders, scripted: kling.ScriptedKling, settings: Settings
) -> None:
    row = orders.at(scripted.address, settings)
    scripted.script += [None, *[absent(row), absent(row), None] * 2, absent(row), absent(row)]
    go(row)
    for _lost in range(2):
        row = find_absent_twice(row)
    orders.account.refresh_from_db()
    orders.account.replace_credential("key-of-perhaps-another-account", by=orders.alice)
    row = find_absent_twice(row)
    assert (row.status, row.hold_reason, len(scripted.posts)) == (Status.HELD, "another_key", 3)


def test_after_two_days_of_rest_kling_is_asked_before_anything_is_held(
    orders: Orders, scripted: kling.ScriptedKling, settings: Settings
) -> None:
    unclear, running = orders.at(scripted.address, settings), orders.at(scripted.address, settings)
    scripted.script += [None, lambda _path, body: kling.task(body)]
    assert (go(unclear).status, go(running).status) == (Status.UNCERTAIN, Status.RUNNING)
    age(unclear, hours=6)  # two and a half days, at ten times the speed
    age(running, hours=6)
    scripted.script += [about(unclear, "processing", task_id="t-2"), ready(running)]
    assert (go(unclear).status, go(running).status) == (Status.RUNNING, Status.FETCHING)
    assert len(scripted.posts) == 2


def test_a_lost_order_is_not_sent_again_with_a_stopped_account(
    orders: Orders, scripted: kling.ScriptedKling, settings: Settings
) -> None:
    row = orders.at(scripted.address, settings)
    scripted.script += [None, absent(row), absent(row)]
    go(row)
    Account.objects.update(tripped_at=timezone.now(), tripped_words="The pack is used up.")
    row = find_absent_twice(row)
    assert (row.status, row.hold_reason, row.words) == (
        Status.HELD,
        "account",
        "The pack is used up.",
    )
    assert len(scripted.posts) == 1


def test_a_lost_order_waits_for_the_disk_before_it_is_sent_again(
    orders: Orders,
    scripted: kling.ScriptedKling,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    row = orders.at(scripted.address, settings)
    scripted.script += [None, absent(row), absent(row)]
    go(row)
    monkeypatch.setattr(submit, "storage_is_nearly_full", lambda: True)
    row = find_absent_twice(row)
    assert (row.status, len(scripted.posts)) == (Status.UNCERTAIN, 1)
    assert "disk is nearly full" in row.words
    monkeypatch.undo()
    scripted.script += [absent(row), lambda _path, body: kling.task(body)]
    assert go(row).status == Status.RUNNING
    assert scripted.posts[0] == scripted.posts[1]


def test_an_error_after_the_end_leaves_the_end_alone(
    orders: Orders,
    scripted: kling.ScriptedKling,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    row = orders.at(scripted.address, settings)

    def ends_and_stumbles(one: Generation) -> None:
        one.move(Status.CANCELLED)
        raise RuntimeError("after all was written")

    monkeypatch.setitem(machine.STEPS, Status.QUEUED, ends_and_stumbles)
    row = go(row)
    assert (row.status, row.next_at) == (Status.CANCELLED, None)
