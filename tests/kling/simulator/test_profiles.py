"""The dialects on the wire: paths, keys, what answers leave out, and what happens to ids."""

import httpx
import pytest

from storyboard.kling.simulator.gate import Keys
from tests.kling.simulator.builders import Asker, Body, picture, single
from tests.kling.simulator.conftest import Start
from tests.kling.simulator.test_ledger import token

FRAME = picture()
NEWEST = {"model_name": "kling-v3", "image": FRAME, "duration": "3"}
VIDEOS = "/kling/v1/videos/image2video"


def created(asker: Asker, body: Body, path: str = VIDEOS) -> Body:
    answer = asker.http.post(path, json=body)
    assert answer.status_code == 200, answer.text
    whole: Body = answer.json()
    return whole


def code(answer: httpx.Response) -> tuple[int, int]:
    return answer.status_code, answer.json()["code"]


@pytest.mark.parametrize("profile", ["powertokens", "gateway004"])
def test_a_gateway_answers_below_its_prefix_only(start: Start, profile: str) -> None:
    asker = start(profile=profile)
    order = created(asker, NEWEST if profile == "powertokens" else {"image": FRAME})["data"]
    task = asker.http.get(f"{VIDEOS}/{order['task_id']}").json()["data"]
    assert task["task_status"] == "succeed"
    (video,) = task["task_result"]["videos"]
    assert asker.http.get(video["url"]).status_code == 200
    assert [one["task_id"] for one in asker.http.get(VIDEOS).json()["data"]] == [order["task_id"]]
    assert asker.ledger()[0]["endpoint"] == VIDEOS
    for path in (
        "/v1/videos/image2video",
        "/kling/v1/videos/omni-video",
        "/account/costs?start_time=1&end_time=2",
        "/v1/general/custom-voices",
        "/kling/v1/general/custom-voices",
    ):
        assert code(asker.http.get(path)) == (404, 1203), path


def test_the_newer_gateway_leaves_out_the_request_id(start: Start) -> None:
    asker = start(profile="powertokens")
    answer = created(asker, {**NEWEST, "external_task_id": "mine-1"})
    assert set(answer) == {"code", "message", "data"}
    assert answer["data"]["task_info"] == {"external_task_id": "mine-1"}
    task = asker.http.get(f"{VIDEOS}/{answer['data']['task_id']}").json()["data"]
    assert task["final_unit_deduction"] == "1.8"
    assert set(asker.http.get(f"{VIDEOS}/nothing").json()) == {"code", "message"}
    path = "/kling/v1/videos/text2video"
    assert created(asker, single(), path)["data"]["task_status"] == "submitted"


def test_the_older_gateway_leaves_out_what_it_was_told_of_the_task(start: Start) -> None:
    asker = start(profile="gateway004")
    answer = created(asker, {"image": FRAME, "external_task_id": "mine-1"})
    assert set(answer) == {"code", "message", "request_id", "data"}
    assert set(answer["data"]) == {"task_id", "task_status", "created_at", "updated_at"}
    task = asker.http.get(f"{VIDEOS}/{answer['data']['task_id']}").json()["data"]
    assert not {"task_info", "final_unit_deduction"} & set(task)
    assert code(asker.http.get("/kling/v1/videos/text2video")) == (404, 1203)
    assert code(asker.http.post("/kling/v1/videos/text2video", json=single())) == (404, 1203)


@pytest.mark.parametrize("profile", ["powertokens", "gateway004"])
def test_a_gateway_neither_finds_nor_compares_our_own_ids(start: Start, profile: str) -> None:
    asker = start(profile=profile)
    body = {**(NEWEST if profile == "powertokens" else {"image": FRAME}), "external_task_id": "e-1"}
    names = {created(asker, body)["data"]["task_id"] for _time in range(2)}
    assert len(names) == 2
    assert [line["external_task_id"] for line in asker.ledger()] == ["e-1", "e-1"]
    answer = asker.http.get(f"{VIDEOS}/e-1")
    assert code(answer) == (400, 1201)
    assert answer.json()["message"] == "Task not found by id/external id: e-1"


def test_an_id_no_text_can_hold_does_not_break_the_older_gateway(start: Start) -> None:
    asker = start(profile="gateway004")
    raw = b'{"image": "https://nowhere.invalid/a.png", "external_task_id": "\\ud800"}'
    assert asker.http.post(VIDEOS, content=raw).status_code == 200
    assert asker.ledger()[0]["external_task_id"] is None


def test_a_token_is_a_key_like_any_other_at_a_gateway(start: Start) -> None:
    signed = token(nbf=1)
    asker = start(profile="powertokens", key=signed)
    created(asker, NEWEST)
    assert asker.ledger()[0]["key"] == signed
    assert code(httpx.get(f"{asker.server.address}{VIDEOS}")) == (401, 1001)


def test_a_gateway_with_a_key_lets_only_that_key_in(start: Start) -> None:
    asker = start(profile="gateway004", keys=Keys(key="right"), key="right")
    created(asker, {"image": FRAME})
    wrong = httpx.get(f"{asker.server.address}{VIDEOS}", headers={"Authorization": "Bearer no"})
    assert code(wrong) == (401, 1002)


def test_the_options_reach_the_judge(start: Start) -> None:
    asker = start(reading="map", refuse_retired=True, follows_end_frame_change=True)
    last = single(image_tail=FRAME)
    assert "only image_tail" in asker.create(last, "image2video").json()["message"]
    retired = asker.create({"prompt": "A boat"})
    assert code(retired) == (404, 1203)
    assert retired.json()["message"] == (
        "The model 'kling-v1' has been discontinued and is no longer available."
    )
    both = single(image=FRAME, image_tail=FRAME, multi_shot=True, shot_type="intelligence")
    asker.ordered(both, "image2video")


def test_a_mask_of_another_size_fails_its_task_and_costs_nothing(asker: Asker) -> None:
    order = asker.ordered(
        single(image=FRAME, duration="5", static_mask=picture(300, 300)), "image2video"
    )
    task = asker.task(order["task_id"], "image2video")
    assert (task["task_status"], task["final_unit_deduction"]) == ("failed", "0")
    assert "aspect ratio" in task["task_status_msg"]


def test_costs_are_of_the_pack_asked_for(asker: Asker) -> None:
    path = "/account/costs?start_time=1700000000000&end_time=1800000000000&resource_pack_name="
    for name, count in (("Simulated video pack", 1), ("Another", 0)):
        packs = asker.http.get(path + name).json()["data"]["resource_pack_subscribe_infos"]
        assert len(packs) == count
    assert code(asker.http.get("/account/costs?end_time=1800000000000")) == (400, 1201)
    assert code(asker.http.get("/account/costs?start_time=2&end_time=1")) == (400, 1201)
