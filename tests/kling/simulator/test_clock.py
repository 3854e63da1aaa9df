"""A clock that can be put forward: tasks get done, results are cleared, tokens do not age."""

import time
from pathlib import Path
from typing import Any

import pytest

from storyboard.kling.simulator.gate import Keys
from tests.kling.simulator.builders import Asker, Body, single
from tests.kling.simulator.conftest import Start
from tests.kling.simulator.listener import Listener
from tests.kling.simulator.test_ledger import token

DAY_S = 86_400


def advanced(asker: Asker, seconds: float) -> Body:
    answer = asker.http.post("/_clock", json={"advance_seconds": seconds})
    assert answer.status_code == 200, answer.text
    report: Body = answer.json()
    return report


def film(task: Body) -> str:
    url: str = task["task_result"]["videos"][0]["url"]
    return url


def test_without_being_told_it_shows_the_time(asker: Asker) -> None:
    report = asker.http.get("/_clock").json()
    assert report["offset_ms"] == 0
    assert abs(report["now_ms"] / 1000 - time.time()) < 5


def test_a_task_of_an_hour_is_done_after_an_hour_and_told(start: Start, listener: Listener) -> None:
    asker = start(seconds_per_task=3600)
    task_id = asker.ordered(single(callback_url=listener.url))["task_id"]
    assert asker.task(task_id)["task_status"] == "submitted"
    advanced(asker, 1800)
    assert asker.task(task_id)["task_status"] == "processing"
    assert listener.statuses(1) == ["processing"]
    assert advanced(asker, 1800.5)["offset_ms"] == 3_600_500
    assert asker.task(task_id)["task_status"] == "succeed"
    assert listener.statuses(2) == ["processing", "succeed"]


def test_an_element_grows_by_the_same_clock(start: Start) -> None:
    asker = start(seconds_per_task=3600)
    path = "/v1/general/custom-voices"
    body = {"voice_name": "Ada", "voice_url": "https://example.com/ada.wav"}
    task_id = asker.http.post(path, json=body).json()["data"]["task_id"]
    advanced(asker, 3600)
    assert asker.http.get(f"{path}/{task_id}").json()["data"]["task_status"] == "succeed"


def test_a_result_is_cleared_after_thirty_days_and_the_task_still_listed(start: Start) -> None:
    asker = start(render="tiny")
    task_id = asker.ordered(single(watermark_info={"enabled": True}))["task_id"]
    before = asker.task(task_id)
    advanced(asker, 30 * DAY_S - 60)
    assert asker.http.get(film(before)).status_code == 200
    advanced(asker, 60)
    after = asker.task(task_id)
    assert after == before
    assert asker.http.get("/v1/videos/text2video").json()["data"] == [after]
    gone = asker.http.get(film(after))
    assert (gone.status_code, gone.json()["code"]) == (404, 1203)
    watermarked = after["task_result"]["videos"][0]["watermark_url"]
    assert asker.http.get(watermarked).status_code == 404
    assert asker.ledger()[0]["status"] == "succeed"


def test_new_orders_live_in_the_simulated_present(start: Start) -> None:
    asker = start(clock_offset_seconds=float(40 * DAY_S), render="tiny")
    task = asker.task(asker.ordered(single())["task_id"])
    assert task["created_at"] / 1000 - time.time() > 39 * DAY_S
    assert asker.http.get(film(task)).status_code == 200


def test_the_clock_goes_on_where_the_state_folder_was_left(start: Start, tmp_path: Path) -> None:
    first = start(seconds_per_task=3600, state=tmp_path / "kept")
    task_id = first.ordered(single())["task_id"]
    advanced(first, 3600)
    first.server.stop()
    second = start(seconds_per_task=3600, state=tmp_path / "kept")
    assert second.task(task_id)["task_status"] == "succeed"
    second.server.stop()
    third = start(seconds_per_task=3600, state=tmp_path / "kept", clock_offset_seconds=0.0)
    assert third.task(task_id)["task_status"] == "submitted"


def test_tokens_are_judged_by_real_time(start: Start) -> None:
    keys = Keys(access_key="ak-1", secret_key="shh")
    asker = start(keys=keys, key=token(), clock_offset_seconds=float(DAY_S))
    assert asker.create(single()).status_code == 200


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"advance_seconds": -1},
        {"advance_seconds": "60"},
        {"advance_seconds": True},
        {"advance_seconds": 10**12},
        {"advance_seconds": None},
    ],
)
def test_the_clock_is_not_put_back_or_anywhere_else(asker: Asker, asked: dict[str, Any]) -> None:
    answer = asker.http.post("/_clock", json=asked)
    assert (answer.status_code, answer.json()["code"]) == (400, 1200)
    assert asker.http.get("/_clock").json()["offset_ms"] == 0
