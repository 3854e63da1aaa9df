"""The way of an order, against the simulator as a process and a Kling that answers by script."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone
from pytest_django import Settings

from storyboard.kling.reports import parse_task
from storyboard.models import Account, Call, Generation, NotAllowedNow, Status, Take
from storyboard.steps.machine import step
from storyboard.steps.poll import record
from tests import builders
from tests.steps import kling
from tests.steps.conftest import Orders, age, go

pytestmark = pytest.mark.django_db


def test_an_order_becomes_a_stored_take(orders: Orders, simulator: str, settings: Settings) -> None:
    row = orders.at(simulator, settings)
    assert go(row).status == Status.RUNNING
    assert go(row).status == Status.FETCHING
    row = go(row)
    assert row.status == Status.STORED
    take = Take.objects.get(generation=row)
    stored = default_storage.path(take.video)
    assert hashlib.sha256(Path(stored).read_bytes()).hexdigest() == take.sha256
    assert take.stored_at
    assert (take.width, take.height) != (0, 0)
    assert len(take.stills) == 2
    assert 4900 <= take.duration_ms <= 5200
    assert [bound.position for bound in take.bounds()] == [1, 2]
    assert [line["external_task_id"] for line in kling.ledger(simulator)].count(
        row.external_task_id
    ) == 1
    assert not list(Path(default_storage.path("parts")).iterdir())


def test_the_body_on_the_wire_is_the_approved_one(
    orders: Orders, scripted: kling.ScriptedKling, settings: Settings
) -> None:
    row = orders.at(scripted.address, settings)
    scripted.script.append(lambda _path, body: kling.task(body))
    go(row)
    body = dict(scripted.posts[0])
    assert body.pop("external_task_id") == row.external_task_id
    assert body == row.order.form["body"]
    assert body["multi_prompt"][0] == {
        "index": 1,
        "prompt": "A lighthouse at dusk, wide from the water.",
        "duration": "3",
    }


def test_a_refusal_says_why_and_frees_the_take(
    orders: Orders, simulator: str, settings: Settings
) -> None:
    row = go(orders.at(simulator, settings, shots=(("A door [refuse]", 3), ("A hall", 2))))
    assert row.status == Status.REJECTED
    assert row.kling_code == "1301"
    assert row.kling_message
    assert row.kling_request_id
    assert row.order.free_slot() == 1


def test_a_failed_film_keeps_klings_message(
    orders: Orders, simulator: str, settings: Settings
) -> None:
    row = go(orders.at(simulator, settings, shots=(("A door [fail]", 3), ("A hall", 2))), times=2)
    assert row.status == Status.FAILED
    assert row.kling_message
    assert row.order.free_slot() == 1


@pytest.mark.parametrize(
    "answer",
    [None, (200, "<html>"), (200, {"code": 0, "data": {}}), kling.error(5000, http=500), (502, "")],
)
def test_an_unclear_answer_is_asked_about_before_anything_is_sent_again(
    orders: Orders, scripted: kling.ScriptedKling, settings: Settings, answer: object
) -> None:
    row = orders.at(scripted.address, settings)
    scripted.script.append(answer)
    row = go(row)
    assert row.status == Status.UNCERTAIN
    scripted.script.append(kling.task({"external_task_id": row.external_task_id}, "processing"))
    row = go(row)
    assert row.status == Status.RUNNING
    assert row.kling_task_id == "t-1"
    assert len(scripted.posts) == 1


def absent(row: Generation) -> tuple[int, object]:
    return kling.error(1201, f"Task not found by id/external id: {row.external_task_id}")


def knock(row: Generation) -> None:
    """What a callback does to the row."""
    now = timezone.now()
    Generation.objects.filter(pk=row.pk).update(hinted_at=now, next_at=now)


def test_absence_counts_only_after_settling_and_twice_then_the_same_body_goes_again(
    orders: Orders, scripted: kling.ScriptedKling, settings: Settings
) -> None:
    row = orders.at(scripted.address, settings)
    scripted.script += [None, absent(row), absent(row), absent(row)]
    scripted.script.append(lambda _path, body: kling.task(body))
    row = go(row, times=2)
    assert (row.status, row.absent_count) == (Status.UNCERTAIN, 0)
    age(row, seconds=16)
    assert go(row).absent_count == 1
    age(row, seconds=4)
    row = go(row)
    assert row.status == Status.RUNNING
    assert scripted.posts[0] == scripted.posts[1]
    assert row.post_count == 2


def test_a_knock_between_the_two_absences_does_not_bring_them_closer(
    orders: Orders, scripted: kling.ScriptedKling, settings: Settings
) -> None:
    row = orders.at(scripted.address, settings)
    scripted.script += [None, absent(row), absent(row)]
    row = go(row)
    age(row, seconds=16)
    row = go(row)
    knock(row)
    assert step(row.pk)
    row.refresh_from_db()
    assert (row.status, row.absent_count, len(scripted.posts)) == (Status.UNCERTAIN, 1, 1)
    assert row.absent_first_at is not None
    assert row.next_at is not None
    assert row.next_at >= row.absent_first_at + timedelta(seconds=3), "30 s, ten times as fast"


def test_a_knock_while_kling_is_asked_is_not_forgotten(
    orders: Orders, scripted: kling.ScriptedKling, settings: Settings
) -> None:
    row = orders.at(scripted.address, settings)
    scripted.script.append(lambda _path, body: kling.task(body))
    row = go(row)
    _http, older = kling.task({"external_task_id": row.external_task_id}, "processing")
    knock(row)
    record(row, parse_task(older["data"]))
    row.refresh_from_db()
    assert row.status == Status.RUNNING
    assert row.next_at is not None
    assert row.next_at < timezone.now() + timedelta(seconds=1), "5 s, ten times as fast"


def test_workers_stopped_while_an_order_was_sent_do_not_count_against_its_film(
    orders: Orders, scripted: kling.ScriptedKling, settings: Settings
) -> None:
    row = orders.at(scripted.address, settings)
    Generation.objects.filter(pk=row.pk).update(crash_count=4)
    scripted.script.append(lambda _path, body: kling.task(body))
    row = go(row)
    assert (row.status, row.crash_count) == (Status.RUNNING, 0)


def test_a_busy_kling_costs_nothing_and_is_tried_again(
    orders: Orders, scripted: kling.ScriptedKling, settings: Settings
) -> None:
    row = orders.at(scripted.address, settings)
    scripted.script.append(kling.error(1303, "parallel task over resource pack limit", 429))
    row = go(row)
    assert (row.status, row.post_count) == (Status.QUEUED, 0)
    assert row.next_at is not None
    assert row.next_at > timezone.now()


def test_already_exists_means_accepted(
    orders: Orders, scripted: kling.ScriptedKling, settings: Settings
) -> None:
    row = orders.at(scripted.address, settings)
    scripted.script.append(
        kling.error(1201, f"External_task_id {row.external_task_id} already exists")
    )
    scripted.script.append(kling.task({"external_task_id": row.external_task_id}))
    assert go(row).status == Status.UNCERTAIN
    assert go(row).status == Status.RUNNING
    assert len(scripted.posts) == 1


def test_an_accounts_trouble_holds_the_order_and_the_account(
    orders: Orders, scripted: kling.ScriptedKling, settings: Settings
) -> None:
    row = orders.at(scripted.address, settings)
    scripted.script.append(kling.error(1102, "Account balance not enough", 429))
    row = go(row)
    assert (row.status, row.hold_reason, row.post_count) == (Status.HELD, "account", 0)
    assert Account.objects.get(pk=row.account_id).tripped_at
    row.release(by=orders.alice)
    scripted.script.append(lambda _path, body: kling.task(body))
    assert go(row).status == Status.RUNNING


def test_a_worker_that_died_while_sending_leaves_it_unclear(
    orders: Orders, scripted: kling.ScriptedKling, settings: Settings
) -> None:
    row = orders.at(scripted.address, settings)
    assert row.claim("a worker that dies")
    row.move(Status.SUBMITTING, keep_lease=True, post_count=1, last_post_at=timezone.now())
    assert not step(row.pk), "its lease still runs"
    scripted.script.append(kling.task({"external_task_id": row.external_task_id}))
    assert go(row).status == Status.UNCERTAIN
    assert go(row).status == Status.RUNNING
    assert not scripted.posts


def test_a_changed_element_is_not_ordered(
    orders: Orders, scripted: kling.ScriptedKling, settings: Settings
) -> None:
    row = orders.at(scripted.address, settings)
    Account.objects.filter(pk=row.account_id).update(address=scripted.address + "/moved")
    row = go(row)
    assert row.status == Status.CANCELLED
    assert not scripted.asked
    assert "Nothing was ordered" in row.words


def test_places_at_kling_are_not_exceeded(
    orders: Orders, scripted: kling.ScriptedKling, settings: Settings
) -> None:
    first = orders.at(scripted.address, settings)
    second = orders.at(scripted.address, settings)
    Account.objects.filter(pk=first.account_id).update(slots=1)
    scripted.script.append(lambda _path, body: kling.task(body))
    go(first)
    assert go(second).status == Status.QUEUED
    assert len(scripted.posts) == 1


def test_after_five_silences_the_breaker_opens_and_one_answer_closes_it(
    orders: Orders, scripted: kling.ScriptedKling, settings: Settings
) -> None:
    row = orders.at(scripted.address, settings)
    scripted.script += [None] * 5
    row = go(row, times=5)
    account = Account.objects.get(pk=row.account_id)
    assert account.unreachable_since
    go(row)
    assert len(scripted.asked) == 5, "the breaker is open: nothing is asked"
    Account.objects.filter(pk=account.pk).update(probe_at=timezone.now())
    scripted.script.append(kling.task({"external_task_id": row.external_task_id}))
    assert go(row).status == Status.RUNNING
    account.refresh_from_db()
    assert account.unreachable_since is None


@pytest.mark.parametrize(
    ("status", "ends"),
    [(Status.UNCERTAIN, "unclear"), (Status.RUNNING, "no_answer")],
)
def test_a_wait_of_a_day_ends_with_a_person(
    orders: Orders,
    scripted: kling.ScriptedKling,
    settings: Settings,
    status: Status,
    ends: str,
) -> None:
    row = orders.at(scripted.address, settings)
    scripted.script.append(None if status == Status.UNCERTAIN else lambda _p, b: kling.task(b))
    go(row)
    age(row, hours=3)  # a day, at ten times the speed
    row = go(row)
    assert (row.status, row.hold_reason) == (Status.HELD, ends)
    assert row.words


def test_a_held_order_that_kling_finished_still_comes_home(
    orders: Orders, scripted: kling.ScriptedKling, settings: Settings
) -> None:
    row = orders.at(scripted.address, settings)
    scripted.script.append(lambda _p, body: kling.task(body))
    go(row)
    age(row, hours=3)
    assert go(row).status == Status.HELD
    films = {"videos": [{"id": "v", "url": "https://example.com/v.mp4", "duration": "5.0"}]}
    scripted.script.append(
        kling.task({"external_task_id": row.external_task_id}, "succeed", task_result=films)
    )
    assert go(row).status == Status.FETCHING


def test_a_film_from_an_unknown_host_is_held_not_fetched(
    orders: Orders, scripted: kling.ScriptedKling, settings: Settings
) -> None:
    row = orders.at(scripted.address, settings)
    films = {"videos": [{"id": "v", "url": "https://films.example/v.mp4", "duration": "5.0"}]}
    scripted.script.append(lambda _p, body: kling.task(body))
    scripted.script.append(
        kling.task({"external_task_id": row.external_task_id}, "succeed", task_result=films)
    )
    row = go(row, times=3)
    assert (row.status, row.hold_reason) == (Status.HELD, "unknown_host")
    assert "films.example" in row.words


def test_a_dead_link_is_replaced_by_a_fresh_one(
    orders: Orders, scripted: kling.ScriptedKling, settings: Settings
) -> None:
    row = orders.at(scripted.address, settings)

    def succeeded(url: str) -> tuple[int, object]:
        films = {"videos": [{"id": "v", "url": scripted.address + url, "duration": "5.0"}]}
        return kling.task({"external_task_id": row.external_task_id}, "succeed", task_result=films)

    scripted.script.append(lambda _p, body: kling.task(body))
    scripted.script += [succeeded("/old.mp4"), (404, "gone"), succeeded("/new.mp4")]
    row = go(row, times=3)
    assert row.status == Status.FETCHING
    assert Take.objects.get(generation=row).url.endswith("/new.mp4")


def test_a_page_instead_of_a_film_is_not_stored(
    orders: Orders, scripted: kling.ScriptedKling, settings: Settings
) -> None:
    row = orders.at(scripted.address, settings)
    url = f"{scripted.address}/v.mp4"
    films = {"videos": [{"id": "v", "url": url, "duration": "5.0"}]}
    scripted.script.append(lambda _p, body: kling.task(body))
    scripted.script.append(
        kling.task({"external_task_id": row.external_task_id}, "succeed", task_result=films)
    )
    scripted.script.append((200, "<html>not a film</html>"))
    row = go(row, times=3)
    assert row.status == Status.FETCHING
    assert not Take.objects.get(generation=row).stored_at
    assert row.words


def test_every_call_is_in_the_ledger(orders: Orders, simulator: str, settings: Settings) -> None:
    row = go(orders.at(simulator, settings), times=2)
    calls = list(row.calls.order_by("pk").values_list("verb", "outcome"))
    assert calls == [("POST", Call.Outcome.ACCEPTED), ("GET", Call.Outcome.PRESENT)]


def test_a_removed_element_ends_the_approval(orders: Orders, settings: Settings) -> None:
    team, alice, bob = orders.project.team, orders.alice, orders.bob
    board = builders.make_storyboard(orders.project, by=alice)
    builders.give_first_frame(board, by=alice)
    element = builders.know_element("Keeper", kling_id="42", team=team, by=alice)
    board.attach_element(element, by=alice)
    revision = builders.make_revision(board, by=alice)
    builders.approve(revision, by=bob)
    element.remove(by=alice)
    with pytest.raises(NotAllowedNow, match="Nothing was ordered"):
        revision.generate(by=alice)


def test_bytes_that_are_no_film_are_held_after_a_few_tries(
    orders: Orders, scripted: kling.ScriptedKling, settings: Settings
) -> None:
    row = orders.at(scripted.address, settings)
    url = f"{scripted.address}/v.mp4"
    films = {"videos": [{"id": "v", "url": url, "duration": "5.0"}]}
    scripted.script.append(lambda _p, body: kling.task(body))
    scripted.script.append(
        kling.task({"external_task_id": row.external_task_id}, "succeed", task_result=films)
    )
    scripted.script += [(200, "no film")] * 6
    row = go(row, times=8)
    assert (row.status, row.hold_reason) == (Status.HELD, "no_film")
    assert row.next_at is not None


def test_a_key_that_cannot_be_opened_sends_nothing(
    orders: Orders, scripted: kling.ScriptedKling, settings: Settings
) -> None:
    row = orders.at(scripted.address, settings)
    Account.objects.filter(pk=row.account_id).update(sealed_credential=b"sealed by another file")
    row = go(row)
    assert (row.status, row.hold_reason, row.post_count) == (Status.HELD, "account", 0)
    assert not scripted.asked


def test_a_further_result_host_may_be_allowed(
    orders: Orders, scripted: kling.ScriptedKling, settings: Settings
) -> None:
    settings.RESULT_HOSTS = ["films.invalid"]
    row = orders.at(scripted.address, settings)
    films = {"videos": [{"id": "v", "url": "https://films.invalid/v.mp4", "duration": "5.0"}]}
    scripted.script.append(lambda _p, body: kling.task(body))
    scripted.script.append(
        kling.task({"external_task_id": row.external_task_id}, "succeed", task_result=films)
    )
    assert go(row, times=3).status == Status.FETCHING, "asked for, not held"
