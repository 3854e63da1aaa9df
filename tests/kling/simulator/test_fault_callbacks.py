"""Faults of callbacks as the one who is called sees them."""

import time

import pytest

from storyboard.kling.simulator import callbacks
from storyboard.kling.simulator.faults import parse
from tests.kling.simulator.builders import Asker, delivered, single
from tests.kling.simulator.conftest import Start
from tests.kling.simulator.listener import Listener

QUIET_S = 0.25  # longer than callbacks are looked for


def counted(asker: Asker, label: str, count: int) -> bool:
    """Wait until a fault was delivered so often."""
    until = time.monotonic() + 3
    while delivered(asker)[label] < count and time.monotonic() < until:
        time.sleep(0.02)
    return delivered(asker)[label] == count


def test_a_dropped_callback_never_comes(start: Start, listener: Listener) -> None:
    asker = start(faults=(parse("callback-drop:1"),))
    first = asker.ordered(single(callback_url=listener.url))
    assert counted(asker, "callback-drop", 1)
    second = asker.ordered(single(callback_url=listener.url))
    assert listener.statuses(1) == ["succeed"]
    assert listener.told[0][2]["task_id"] == second["task_id"] != first["task_id"]
    time.sleep(QUIET_S)
    assert len(listener.told) == 1


def test_a_duplicated_callback_comes_again_under_the_same_name(
    start: Start, listener: Listener
) -> None:
    asker = start(faults=(parse("callback-duplicate=4"),), webhook_secrets=("whsec_dGVzdA==",))
    asker.ordered(single(callback_url=listener.url))
    assert listener.statuses(5) == ["succeed"] * 5
    assert len({headers["webhook-id"] for headers, _body in listener.raw}) == 1
    assert len({body for _headers, body in listener.raw}) == 1
    assert counted(asker, "callback-duplicate", 1)


def test_a_delayed_callback_comes_late_and_tells_what_was(start: Start, listener: Listener) -> None:
    asker = start(seconds_per_task=1.0, faults=(parse("callback-delay=1.2:1"),))
    asker.ordered(single(callback_url=listener.url))
    assert listener.statuses(2) == ["succeed", "processing"]
    late = listener.told[1][2]
    assert late["updated_at"] - late["created_at"] == 200
    assert counted(asker, "callback-delay", 1)


def test_callbacks_of_one_task_come_in_the_other_order(start: Start, listener: Listener) -> None:
    asker = start(seconds_per_task=1.0, faults=(parse("callback-reorder"),))
    asker.ordered(single(callback_url=listener.url))
    assert listener.statuses(2) == ["succeed", "processing"]
    assert "task_result" not in listener.told[1][2]
    assert counted(asker, "callback-reorder", 1)


def test_a_tasks_last_callback_is_overtaken_by_another_tasks(
    start: Start, listener: Listener
) -> None:
    asker = start(faults=(parse("callback-reorder:1"),))
    first = asker.ordered(single(callback_url=listener.url))
    time.sleep(QUIET_S)
    assert listener.told == []
    second = asker.ordered(single(callback_url=listener.url))
    listener.statuses(2)
    told = [body["task_id"] for _path, _kind, body in listener.told]
    assert told == [second["task_id"], first["task_id"]]
    assert counted(asker, "callback-reorder", 1)


def test_a_callback_nothing_overtakes_comes_late_and_does_not_count(
    start: Start, listener: Listener
) -> None:
    asker = start(faults=(parse("callback-reorder=0.4"),))
    asker.ordered(single(callback_url=listener.url))
    time.sleep(QUIET_S)
    asker.ordered(single(callback_url=listener.url))
    assert listener.statuses(2) == ["succeed", "succeed"]
    assert delivered(asker) == {"callback-reorder": 0}


@pytest.mark.parametrize("how", ["token", "body", "signature", "old", "huge"])
def test_a_forged_callback_comes_before_the_true_one(
    start: Start, listener: Listener, how: str
) -> None:
    listener.answers = [404]
    asker = start(faults=(parse(f"callback-forge={how}"),), webhook_secrets=("whsec_dGVzdA==",))
    asker.ordered(single(callback_url=listener.url))
    assert len(listener.statuses(2)) == 2
    (forged_at, _kind, forged), (true_at, _kind, true) = listener.told
    assert true_at == "/callbacks/kling/abc/?x=1"
    assert (forged_at != true_at) is (how == "token")
    assert (forged != true) is (how not in ("token", "old"))
    assert true["task_status"] == "succeed"
    assert counted(asker, f"callback-forge={how}", 1)
    time.sleep(QUIET_S)
    assert len(listener.told) == 2


def test_a_fault_of_callbacks_keeps_to_its_prefix(start: Start, listener: Listener) -> None:
    asker = start(faults=(parse("callback-drop~a-"),))
    asker.ordered(single(callback_url=listener.url, external_task_id="a-1"))
    asker.ordered(single(callback_url=listener.url, external_task_id="b-1"))
    asker.ordered(single(callback_url=listener.url))
    assert listener.statuses(2) == ["succeed", "succeed"]
    assert counted(asker, "callback-drop", 1)


def test_what_could_not_arrive_was_not_delivered(
    start: Start, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(callbacks, "PAUSE_S", 0.01)
    asker = start(faults=(parse("callback-duplicate:1"),))
    asker.ordered(single(callback_url="http://127.0.0.1:9/"))
    asker.ordered(single(callback_url=listener.url))
    assert listener.statuses(1) == ["succeed"]
    assert delivered(asker) == {"callback-duplicate": 0}


def test_a_callback_can_come_before_the_answer_to_its_order(
    start: Start, listener: Listener
) -> None:
    asker = start(faults=(parse("delay-after=0.8@create:1"),))
    answered = asker.ordered(single(callback_url=listener.url))
    assert [body["task_id"] for _path, _kind, body in listener.told] == [answered["task_id"]]
