"""Status changes told to the address an order names."""

import time
from pathlib import Path

import pytest

from storyboard.kling.simulator import callbacks
from storyboard.kling.simulator.callbacks import Unreachable, post
from storyboard.kling.simulator.letters import Letter
from tests.kling.simulator.builders import single
from tests.kling.simulator.conftest import Start
from tests.kling.simulator.listener import Listener


def test_each_change_is_told_once_as_the_bare_task(start: Start, listener: Listener) -> None:
    asker = start(seconds_per_task=1.2)
    order = asker.ordered(single(callback_url=listener.url, external_task_id="e-1"))
    assert listener.statuses(2) == ["processing", "succeed"]
    path, kind, body = listener.told[-1]
    assert path == "/callbacks/kling/abc/?x=1"
    assert kind == "application/json; charset=utf-8"
    assert body == asker.task(order["task_id"])
    time.sleep(0.3)
    assert len(listener.told) == 2


def test_a_failed_task_is_told_with_its_message(start: Start, listener: Listener) -> None:
    start().ordered(single(prompt="[fail]", callback_url=listener.url))
    assert listener.statuses(1) == ["failed"]
    assert listener.told[0][2]["task_status_msg"]


def test_a_callback_that_is_not_taken_is_tried_once_more_and_no_redirect_is_followed(
    start: Start, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(callbacks, "PAUSE_S", 0.1)
    listener.answers = [302, 500, 500, 500]
    start().ordered(single(callback_url=listener.url))
    assert listener.statuses(2) == ["succeed", "succeed"]
    time.sleep(0.3)
    assert len(listener.told) == 2


def test_callbacks_due_while_the_server_was_away_are_told_after_it_returns(
    start: Start, listener: Listener, tmp_path: Path
) -> None:
    first = start(seconds_per_task=1.2)
    first.ordered(single(callback_url=listener.url))
    assert listener.statuses(1) == ["processing"]
    first.server.stop()
    time.sleep(1.2)
    assert listener.statuses(1) == ["processing"]
    second = start(seconds_per_task=99)
    assert listener.statuses(2) == ["processing", "succeed"]
    assert listener.told[1][2]["task_status"] == "succeed"
    assert len(second.ledger()) == 1


def test_an_order_without_an_address_tells_nobody(start: Start, listener: Listener) -> None:
    asker = start()
    asker.ordered(single(callback_url=""))
    asker.ordered(single(callback_url=listener.url))
    assert listener.statuses(1) == ["succeed"]
    time.sleep(0.2)
    assert len(listener.told) == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://192.0.2.1/",
        "http://10.0.0.1:8000/",
        "http://[2001:db8::1]/",
        "http://0.0.0.0/",
        "http://169.254.169.254/latest",
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
        "http://",
        "http://[::1",
        "http://127.0.0.1:99999/",
        "just words",
        "http://user@192.0.2.1/",
    ],
)
def test_addresses_that_are_not_loopback_are_never_called(url: str) -> None:
    with pytest.raises(Unreachable, match=r"loopback|address"):
        post(Letter(url, b"{}", {}), anywhere=False)


def test_loopback_is_called_by_name_too(listener: Listener) -> None:
    url = f"http://localhost:{listener.server_port}/x"
    post(Letter(url, b'{"task_status": "succeed"}', {}), anywhere=False)
    assert listener.statuses(1) == ["succeed"]


def test_a_closed_port_is_told_as_no_answer(listener: Listener) -> None:
    url = listener.url
    listener.server_close()
    with pytest.raises(Unreachable, match="no answer"):
        post(Letter(url, b"{}", {}), anywhere=True)
