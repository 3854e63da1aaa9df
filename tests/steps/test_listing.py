"""Kling's own list beside our orders: over HTTP at the simulator, where others order too."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.utils import timezone
from pytest_django import Settings

from storyboard.models import Account, Generation, Installation, Status
from storyboard.steps import listing
from storyboard.steps.listing import Listing, compare
from storyboard.steps.machine import step
from storyboard.steps.reconcile import reconcile
from tests.steps import kling
from tests.steps.conftest import Orders

pytestmark = pytest.mark.django_db

CREATE = "/v1/videos/text2video"
LONG_AGO = timedelta(minutes=30)


@pytest.fixture
def official(tmp_path: Path) -> Any:
    """A simulator of one's own: its list is empty."""
    with kling.simulator(tmp_path / "kling") as address:
        yield address


def order_elsewhere(address: str, name: str | None = None, *, prefix: str = "") -> str:
    """Another program orders with the same key; its task id."""
    body: dict[str, Any] = {"model_name": "kling-v3", "prompt": "Rain.", "duration": "5"}
    if name is not None:
        body["external_task_id"] = name
    key = {"Authorization": "Bearer test-key"}
    answer = httpx.post(f"{address}{prefix}{CREATE}", json=body, headers=key)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["data"]["task_id"])


def ours(orders: Orders, address: str, settings: Settings) -> Generation:
    """Sent half an hour ago, and at Kling."""
    row = orders.at(address, settings)
    step(row.pk)
    Generation.objects.filter(pk=row.pk).update(last_post_at=timezone.now() - LONG_AGO)
    return Generation.objects.get(pk=row.pk)


def found(orders: Orders, *, days: int = 30) -> Listing:
    return compare(Account.objects.get(pk=orders.account.pk), days=days)


def whose(told: Listing) -> dict[str, str]:
    return {one.task.task_id: one.whose for one in told.foreign}


def test_only_ours_is_nothing_to_say(orders: Orders, official: str, settings: Settings) -> None:
    ours(orders, official, settings)
    told = found(orders)
    assert (told.foreign, told.unlisted, told.found) == ((), (), ())
    assert [(each.endpoint, len(each.tasks), each.trouble) for each in told.readings] == [
        ("text2video", 1, ""),
        ("image2video", 0, ""),
    ]
    assert told.is_promised


def test_tasks_of_others_are_told_with_whose_they_may_be(
    orders: Orders, official: str, settings: Settings
) -> None:
    ours(orders, official, settings)
    second = order_elsewhere(official, f"abcd1234-{'0' * 32}")
    restored = order_elsewhere(official, f"{Installation.head()}-{'1' * 32}")
    program = order_elsewhere(official, "another program's")
    nameless = order_elsewhere(official)
    told = found(orders)
    assert whose(told) == {
        second: "another Greenlight, abcd1234",
        restored: "this installation, and no order here has it",
        program: "another program",
        nameless: "without a name",
    }
    made = [one.created_at for one in told.foreign]
    assert made == sorted(made, reverse=True)  # type: ignore[type-var]
    assert {one.task.external_task_id for one in told.foreign} >= {"another program's", None}


def test_reading_writes_nothing(orders: Orders, official: str, settings: Settings) -> None:
    ours(orders, official, settings)
    order_elsewhere(official)
    rows, accounts = Generation.objects.values(), Account.objects.values()
    before = (list(rows.all()), list(accounts.all()))
    found(orders)
    assert (list(rows.all()), list(accounts.all())) == before


def test_of_the_last_days_alone(orders: Orders, official: str, settings: Settings) -> None:
    """The simulator's clock cannot be turned back, so ours is: those days are to come."""
    ours(orders, official, settings)
    order_elsewhere(official)
    past = timezone.now() + timedelta(days=3)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(listing.timezone, "now", lambda: past)
        assert found(orders, days=2).foreign == ()
        assert len(found(orders, days=4).foreign) == 1


def test_an_order_kling_does_not_list_is_told_and_one_on_its_way_is_not(
    orders: Orders, official: str, settings: Settings
) -> None:
    row = ours(orders, official, settings)
    Generation.objects.filter(pk=row.pk).update(
        kling_task_id="gone", external_task_id="gone", status=Status.RUNNING
    )
    assert [each.pk for each in found(orders).unlisted] == [row.pk]
    Generation.objects.filter(pk=row.pk).update(last_post_at=timezone.now())
    assert found(orders).unlisted == ()
    Generation.objects.filter(pk=row.pk).update(
        last_post_at=timezone.now() - LONG_AGO, status=Status.REJECTED
    )
    assert found(orders).unlisted == ()


def test_an_unclear_order_in_the_list_is_told_and_reconcile_settles_it(
    orders: Orders, official: str, settings: Settings
) -> None:
    row = ours(orders, official, settings)
    Generation.objects.filter(pk=row.pk).update(status=Status.UNCERTAIN, kling_task_id="")
    told = found(orders)
    assert [each.pk for each in told.found] == [row.pk]
    assert told.foreign == ()
    assert [one.after for one in reconcile(patience=0)] == [Status.STORED]
    assert found(orders).found == ()


def test_a_second_charge_of_one_order_is_told(
    orders: Orders, tmp_path: Path, settings: Settings
) -> None:
    with kling.simulator(tmp_path / "twice", "--charges-twice") as address:
        row = ours(orders, address, settings)
        second = order_elsewhere(address, row.external_task_id)
        assert whose(found(orders)) == {second: "an order of ours, a second time"}


def test_two_accounts_of_one_contract_know_each_other_s_orders(
    orders: Orders, official: str, settings: Settings, alice: Any
) -> None:
    ours(orders, official, settings)
    twin = orders.project.team.add_account(
        "Twin", profile="official", address=official, credential="test-key", by=alice
    )
    assert compare(twin, days=30).foreign == ()


def test_every_page_is_read(
    orders: Orders, official: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "PER_PAGE", 3)
    ours(orders, official, settings)
    names = {order_elsewhere(official, f"other-{number}") for number in range(7)}
    told = found(orders)
    assert set(whose(told)) == names
    assert (told.readings[0].pages, told.readings[1].pages) == (4, 1)


def test_a_full_page_that_is_shorter_than_asked_is_not_taken_for_the_last(
    orders: Orders, scripted: kling.ScriptedKling, settings: Settings
) -> None:
    """Nobody documents that a page holds what was asked for."""
    orders.at(scripted.address, settings)
    scripted.script += [page("1", "2"), page("2", "3"), page("3"), page()]
    told = found(orders)
    assert set(told.readings[0].tasks) == {"1", "2", "3"}
    assert [path.partition("?")[2] for _method, path, _body in scripted.asked] == [
        f"pageNum={number}&pageSize=100" for number in (1, 2, 3, 1)
    ]


def test_more_pages_than_there_can_be_are_said(
    orders: Orders, scripted: kling.ScriptedKling, settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(listing, "MOST_PAGES", 2)
    orders.at(scripted.address, settings)
    scripted.script += [page("1"), page("2"), page()]
    told = found(orders)
    assert "Kling shows 2 pages at most" in told.readings[0].trouble


def test_old_tasks_without_their_films_are_listed_too(
    orders: Orders, scripted: kling.ScriptedKling, settings: Settings
) -> None:
    orders.at(scripted.address, settings)
    told = {"task_id": "old", "task_status": "succeed", "task_result": {"videos": []}}
    scripted.script += [(200, {"code": 0, "data": [told]}), page(), page()]
    assert whose(found(orders)) == {"old": "without a name"}


def test_a_list_that_cannot_be_read_says_so_and_nothing_of_its_orders(
    orders: Orders, scripted: kling.ScriptedKling, settings: Settings
) -> None:
    row = orders.at(scripted.address, settings)
    Generation.objects.filter(pk=row.pk).update(
        status=Status.RUNNING, post_count=1, last_post_at=timezone.now() - LONG_AGO
    )
    scripted.script += [kling.error(5000, "internal", 500), page()]
    told = found(orders)
    assert "HTTP 500, code 5000, request r-1" in told.readings[0].trouble
    assert told.unlisted == ()
    scripted.script += [page(), page()]
    assert [each.pk for each in found(orders).unlisted] == [row.pk]


def test_a_gateway_promises_no_list_and_names_no_task(
    orders: Orders, tmp_path: Path, settings: Settings
) -> None:
    flags = ("--profile", "powertokens")
    with kling.simulator(tmp_path / "gateway", *flags) as address:
        settings.ALLOW_PRIVATE_HOSTS = frozenset({address.partition("//")[2]})
        Account.objects.filter(pk=orders.account.pk).update(address=address, profile="powertokens")
        task = order_elsewhere(address, prefix="/kling")
        told = found(orders)
    assert not told.is_promised
    assert whose(told) == {task: "without a name"}


def page(*task_ids: str) -> tuple[int, dict[str, Any]]:
    tasks = [{"task_id": task_id, "task_status": "submitted"} for task_id in task_ids]
    return 200, {"code": 0, "message": "SUCCEED", "request_id": "r", "data": tasks}
