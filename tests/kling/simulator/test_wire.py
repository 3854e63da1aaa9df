"""The simulator's answers on the wire: envelope, statuses, lists, costs, files."""

import http.client
import json
import time
from typing import Any

import httpx
import pytest

from storyboard.media.films import probe
from tests.kling.simulator.builders import Asker, custom, picture, single
from tests.kling.simulator.conftest import Start


def error(answer: httpx.Response) -> tuple[int, int, str]:
    body = answer.json()
    assert set(body) == {"code", "message", "request_id"}
    return answer.status_code, body["code"], body["message"]


def test_an_accepted_order_answers_with_a_submitted_task(asker: Asker) -> None:
    answer = asker.create(single(external_task_id="mine-1"))
    body = answer.json()
    assert answer.status_code == 200
    assert (body["code"], body["message"]) == (0, "SUCCEED")
    assert len(body["request_id"]) == 36
    data = body["data"]
    assert data["task_status"] == "submitted"
    assert data["task_info"] == {"external_task_id": "mine-1"}
    assert data["task_id"].isdigit()
    assert data["created_at"] == data["updated_at"]


def test_without_seconds_a_task_succeeds_at_the_first_query(asker: Asker) -> None:
    order = asker.ordered(single(sound="on", duration="5"))
    task = asker.task(order["task_id"])
    assert task["task_status"] == "succeed"
    assert task["final_unit_deduction"] == "4.5"
    (video,) = task["task_result"]["videos"]
    assert video["url"] == f"{asker.server.address}/_files/{order['task_id']}.mp4"
    assert video["duration"] == "5.0"
    assert "watermark_url" not in video


def test_a_task_is_found_by_either_id(asker: Asker) -> None:
    order = asker.ordered(single(external_task_id="mine-1"))
    assert asker.task("mine-1") == asker.task(order["task_id"])


def test_a_task_passes_through_its_statuses_with_time(start: Start) -> None:
    asker = start(seconds_per_task=1.2)
    order = asker.ordered(single())
    seen = []
    for _ in range(100):
        task = asker.task(order["task_id"])
        if task["task_status"] not in seen:
            seen.append(task["task_status"])
        if task["task_status"] == "succeed":
            break
        assert "task_result" not in task
        time.sleep(0.02)
    assert seen == ["submitted", "processing", "succeed"]
    assert task["updated_at"] == order["created_at"] + 1200


def test_a_prompt_with_fail_ends_as_failed_with_a_message_and_costs_nothing(
    asker: Asker,
) -> None:
    order = asker.ordered(custom(("A boat", "1"), ("A lamp [fail]", "2")))
    task = asker.task(order["task_id"])
    assert task["task_status"] == "failed"
    assert task["task_status_msg"]
    assert task["final_unit_deduction"] == "0"
    assert "task_result" not in task


@pytest.mark.parametrize(
    "body", [single(prompt="A [refuse] boat"), custom(("A boat", "1"), ("[refuse]", "2"))]
)
def test_a_prompt_with_refuse_is_refused_and_not_in_the_ledger(
    asker: Asker, body: dict[str, Any]
) -> None:
    assert error(asker.create(body))[:2] == (400, 1301)
    assert asker.ledger() == []


def test_a_task_of_another_key_kind_or_nobody_is_not_found(start: Start) -> None:
    asker = start()
    order = asker.ordered(single(external_task_id="mine-1"))
    bob = Asker(asker.server, "bob-key")
    for found in (
        bob.http.get("/v1/videos/text2video/mine-1"),
        asker.http.get(f"/v1/videos/image2video/{order['task_id']}"),
        asker.http.get("/v1/videos/text2video/nothing"),
    ):
        name = found.url.path.rpartition("/")[2]
        assert error(found) == (400, 1201, f"Task not found by id/external id: {name}")
    bob.http.close()


def test_a_list_holds_the_keys_own_tasks_of_that_kind_newest_first(start: Start) -> None:
    asker = start()
    names = [asker.ordered(single())["task_id"] for _ in range(3)]
    asker.ordered(single(image=picture()), "image2video")
    bob = Asker(asker.server, "bob-key")
    bob.ordered(single())
    bob.http.close()
    listed = asker.http.get("/v1/videos/text2video?pageNum=1&pageSize=2").json()["data"]
    assert [task["task_id"] for task in listed] == [names[2], names[1]]
    rest = asker.http.get("/v1/videos/text2video?pageNum=2&pageSize=2").json()["data"]
    assert [task["task_id"] for task in rest] == [names[0]]


def test_an_empty_account_lists_nothing(asker: Asker) -> None:
    assert asker.http.get("/v1/videos/text2video").json()["data"] == []


@pytest.mark.parametrize("query", ["pageNum=0", "pageNum=1001", "pageSize=501", "pageSize=x"])
def test_a_page_out_of_range_is_refused(asker: Asker, query: str) -> None:
    assert error(asker.http.get(f"/v1/videos/text2video?{query}"))[:2] == (400, 1201)


def test_costs_tell_what_is_left_of_the_pack(asker: Asker) -> None:
    asker.ordered(single(duration="5"))
    asker.ordered(single(prompt="[fail]", duration="5"))
    answer = asker.http.get("/account/costs?start_time=1700000000000&end_time=1800000000000")
    (pack,) = answer.json()["data"]["resource_pack_subscribe_infos"]
    assert pack["total_quantity"] - pack["remaining_quantity"] == 3.0


def test_costs_need_both_times(asker: Asker) -> None:
    assert error(asker.http.get("/account/costs?start_time=1"))[:2] == (400, 1201)


@pytest.mark.parametrize("path", ["/v1/videos/omni-video", "/v1/models", "/tasks", "/_files/x.mp4"])
def test_an_address_that_does_not_exist_says_so(asker: Asker, path: str) -> None:
    assert error(asker.http.get(path))[:2] == (404, 1203)


def test_a_wrong_method_says_so(asker: Asker) -> None:
    assert error(asker.http.delete("/v1/videos/text2video/x"))[:2] == (404, 1202)
    assert error(asker.http.post("/v1/videos/text2video/x", json={}))[:2] == (404, 1202)


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b"\xff", b"[" * 100_000, b"null"])
def test_a_body_that_is_not_an_object_is_refused(asker: Asker, raw: bytes) -> None:
    assert error(asker.http.post("/v1/videos/text2video", content=raw))[:2] == (400, 1200)


def test_a_body_beyond_the_cap_is_refused_unread(asker: Asker) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", asker.server.server_port, timeout=5)
    connection.putrequest("POST", "/v1/videos/text2video")
    connection.putheader("Content-Length", str(65 * 1024 * 1024))
    connection.endheaders()
    answer = connection.getresponse()
    assert (answer.status, json.loads(answer.read())["code"]) == (400, 1200)
    assert answer.headers["connection"] == "close"
    connection.close()


def test_odd_text_neither_breaks_an_order_nor_the_ledger(asker: Asker) -> None:
    raw = b'{"model_name":"kling-v3","prompt":"\\ud800 \\u0000 \xe7\x81\xaf","duration":"3"}'
    answer = asker.http.post("/v1/videos/text2video", content=raw)
    assert answer.status_code == 200
    assert len(asker.ledger()) == 1
    raw = b'{"model_name":"kling-v3","prompt":"x","duration":"3","external_task_id":"\\ud800"}'
    assert error(asker.http.post("/v1/videos/text2video", content=raw))[:2] == (400, 1201)


def test_many_requests_share_one_connection(asker: Asker) -> None:
    with httpx.Client(trust_env=False, limits=httpx.Limits(max_connections=1)) as client:
        for _ in range(3):
            answer = client.get(f"{asker.server.address}/_ledger")
            assert answer.http_version == "HTTP/1.1"
            assert answer.headers.get("connection") != "close"


def test_a_film_has_the_shots_seconds_and_is_fetched_in_ranges(
    asker: Asker, tmp_path_factory: pytest.TempPathFactory
) -> None:
    order = asker.ordered(custom(sound="on"))
    path = f"/_files/{order['task_id']}.mp4"
    keyless = httpx.Client(base_url=asker.server.address, trust_env=False)
    whole = keyless.get(path)
    assert whole.status_code == 200
    assert whole.headers["content-type"] == "video/mp4"
    film = tmp_path_factory.mktemp("fetched") / "take.mp4"
    film.write_bytes(whole.content)
    facts = probe(film)
    assert (facts.duration_ms, facts.width, facts.height) == (3000, 320, 180)
    assert (facts.video_codec, facts.audio_codec) == ("h264", "aac")
    size = len(whole.content)
    for asked, status, first, last in (
        ("bytes=0-99", 206, 0, 100),
        ("bytes=100-", 206, 100, size),
        ("bytes=-50", 206, size - 50, size),
        (f"bytes=10-{size + 10}", 206, 10, size),
        ("bytes=5-2", 200, 0, size),
        ("lines=1-2", 200, 0, size),
    ):
        part = keyless.get(path, headers={"Range": asked})
        assert part.status_code == status, asked
        assert part.content == whole.content[first:last], asked
        if status == 206:
            assert part.headers["content-range"] == f"bytes {first}-{last - 1}/{size}"
    beyond = keyless.get(path, headers={"Range": f"bytes={size}-"})
    assert beyond.status_code == 416
    assert beyond.headers["content-range"] == f"bytes */{size}"
    head = keyless.head(path)
    assert (head.status_code, head.headers["content-length"]) == (200, str(size))
    assert head.content == b""
    keyless.close()


def test_a_film_is_not_there_before_its_task_succeeds(start: Start) -> None:
    asker = start(seconds_per_task=60)
    order = asker.ordered(single())
    assert error(asker.http.get(f"/_files/{order['task_id']}.mp4"))[:2] == (404, 1203)


def test_a_watermarked_film_stands_beside_the_plain_one_when_asked_for(asker: Asker) -> None:
    order = asker.ordered(single(watermark_info={"enabled": True}))
    (video,) = asker.task(order["task_id"])["task_result"]["videos"]
    plain, marked = asker.http.get(video["url"]), asker.http.get(video["watermark_url"])
    assert plain.status_code == marked.status_code == 200
    assert plain.content != marked.content
    without = asker.ordered(single())
    absent = asker.http.get(f"/_files/{without['task_id']}-watermark.mp4")
    assert absent.status_code == 404
