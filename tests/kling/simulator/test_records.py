"""What the simulator notes of its own doings: callbacks, forged ones too, and orders refused."""

import hashlib
import time

import pytest

from storyboard.kling.simulator.faults import parse
from tests.kling.simulator.builders import Asker, Body, placed, single
from tests.kling.simulator.conftest import Start
from tests.kling.simulator.listener import Listener

SECRET = "whsec_dGVzdA=="


def sent(asker: Asker, count: int) -> list[Body]:
    """Wait until so many callbacks are noted."""
    until = time.monotonic() + 5
    lines: list[Body] = asker.http.get("/_callbacks").json()
    while len(lines) < count and time.monotonic() < until:
        time.sleep(0.02)
        lines = asker.http.get("/_callbacks").json()
    assert len(lines) == count
    return lines


def refusals(asker: Asker) -> list[tuple[str, str, int]]:
    lines = asker.http.get("/_refusals").json()
    return [(line["key"], line["external_task_id"], line["code"]) for line in lines]


def test_a_callback_is_noted_with_what_it_was_answered(start: Start, listener: Listener) -> None:
    asker = start(webhook_secrets=(SECRET,))
    order = asker.ordered(single(callback_url=listener.url, external_task_id="e-1"))
    (line,) = sent(asker, 1)
    assert line.pop("sent_at") >= order["created_at"]
    assert line == {
        "task_id": order["task_id"],
        "external_task_id": "e-1",
        "status": "succeed",
        "forged": "",
        "signed": True,
        "body_sha256": hashlib.sha256(listener.raw[0][1]).hexdigest(),
        "answer": 200,
    }


@pytest.mark.parametrize("how", ["token", "body", "signature", "old", "huge"])
def test_a_forged_callback_is_noted_as_what_it_is(
    start: Start, listener: Listener, how: str
) -> None:
    asker = start(faults=(parse(f"callback-forge={how}:1"),))
    asker.ordered(single(callback_url=listener.url))
    lines = sent(asker, 2)
    assert [line["forged"] for line in lines] == [how, ""]
    assert [line["signed"] for line in lines] == [how == "signature", False]


def test_a_callback_that_nobody_answered_is_noted_so(asker: Asker) -> None:
    asker.ordered(single(callback_url="http://127.0.0.1:9/gone"))
    assert sent(asker, 1)[0]["answer"] == 0


def test_orders_repeated_or_without_a_place_are_noted(start: Start) -> None:
    asker = start(seconds_per_task=60.0, slots=1)
    asker.ordered(single(external_task_id="e-1"))
    assert asker.create(single(external_task_id="e-1")).json()["code"] == 1201
    assert asker.create(single(external_task_id="e-2")).json()["code"] == 1303
    assert refusals(asker) == [("alice-key", "e-1", 1201), ("alice-key", "e-2", 1303)]


def test_what_a_fault_or_the_rules_refuse_is_not_noted(asker: Asker) -> None:
    placed(asker, "refuse=1303@create:1")
    assert asker.create(single()).json()["code"] == 1303
    assert asker.create(single(prompt="")).json()["code"] == 1201
    assert refusals(asker) == []


def test_the_notes_outlive_the_process(start: Start) -> None:
    first = start()
    first.ordered(single(external_task_id="e-1"))
    first.create(single(external_task_id="e-1"))
    first.server.stop()
    assert refusals(start()) == [("alice-key", "e-1", 1201)]
