"""Faults of answers as a plain client sees them, and what became of the order."""

import json
import time

import httpx
import pytest

from storyboard.kling.simulator.faults import parse
from tests.kling.simulator.builders import Asker, Body, delivered, placed, single
from tests.kling.simulator.conftest import Start

ORDER = single(external_task_id="e-1")
# The error code page, for the codes that can be had at will.
STATUSES = {
    401: (1000, 1001, 1002, 1003, 1004),
    429: (1100, 1101, 1102, 1302, 1303, 1304),
    403: (1103,),
    400: (1200, 1201, 1300, 1301),
    404: (1202, 1203),
}
ERRORS = [("5000", 500), ("5001", 503), ("5002", 504)]


def accepted(asker: Asker) -> int:
    """How many orders the simulator has taken; asked without faults in the way."""
    return len(asker.ledger())


@pytest.mark.parametrize(
    ("code", "status"), [(code, status) for status in STATUSES for code in STATUSES[status]]
)
def test_every_code_can_be_had_with_its_status(asker: Asker, code: int, status: int) -> None:
    placed(asker, f"refuse={code}:1")
    answer = asker.create(ORDER)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert set(answer.json()) == {"code", "message", "request_id"}
    assert accepted(asker) == 0
    asker.ordered(ORDER)
    assert delivered(asker) == {f"refuse={code}": 1}


@pytest.mark.parametrize(
    ("endpoint", "path"),
    [
        ("query", "/v1/videos/text2video/e-1"),
        ("list", "/v1/videos/text2video"),
        ("account", "/account/costs?start_time=1&end_time=2"),
        ("library", "/v1/general/custom-voices"),
    ],
)
def test_a_fault_comes_at_its_endpoint_and_at_no_other(
    asker: Asker, endpoint: str, path: str
) -> None:
    placed(asker, f"refuse=1304@{endpoint}")
    asker.ordered(ORDER)
    assert asker.http.get(path).json()["code"] == 1304
    asker.http.post("/_faults", json={"clear": True})
    assert asker.http.get(path).status_code == 200


def test_a_query_can_be_told_that_the_task_is_not_there(asker: Asker) -> None:
    asker.ordered(ORDER)
    placed(asker, "deny:1")
    asker.ordered(single(external_task_id="e-2"))  # it comes at queries alone
    answer = asker.http.get("/v1/videos/text2video/e-1")
    assert (answer.status_code, answer.json()["code"]) == (400, 1201)
    assert answer.json()["message"] == "Task not found by id/external id"
    assert delivered(asker) == {"deny": 1}
    assert asker.task("e-1")["task_info"]["external_task_id"] == "e-1"


@pytest.mark.parametrize(("code", "status"), ERRORS)
def test_an_error_before_takes_nothing(asker: Asker, code: str, status: int) -> None:
    placed(asker, f"error-before={code}:1")
    answer = asker.create(ORDER)
    assert (answer.status_code, answer.json()["code"]) == (status, int(code))
    assert accepted(asker) == 0
    asker.ordered(ORDER)


@pytest.mark.parametrize(("code", "status"), ERRORS)
def test_an_error_after_has_taken_the_order(asker: Asker, code: str, status: int) -> None:
    placed(asker, f"error-after={code}@create")
    answer = asker.create(ORDER)
    assert (answer.status_code, answer.json()["code"]) == (status, int(code))
    assert accepted(asker) == 1
    assert asker.create(ORDER).json()["message"] == "External_task_id e-1 already exists"
    assert delivered(asker) == {f"error-after={code}": 1}


@pytest.mark.parametrize(("moment", "orders"), [("before", 0), ("after", 1)])
def test_a_proxys_page_is_html_without_a_code(asker: Asker, moment: str, orders: int) -> None:
    placed(asker, f"error-{moment}=502:1")
    answer = asker.create(ORDER)
    assert answer.status_code == 502
    assert answer.headers["Content-Type"] == "text/html"
    assert answer.text.startswith("<html>")
    assert accepted(asker) == orders


def test_an_order_that_is_refused_anyway_uses_no_fault_up(asker: Asker) -> None:
    placed(asker, "error-after:1")
    assert asker.create(single(duration="99")).json()["code"] == 1201
    assert delivered(asker) == {"error-after=5000": 0}
    assert asker.create(ORDER).json()["code"] == 5000


@pytest.mark.parametrize(("how", "body"), [("text", b"SUCCEED"), ("empty", b"")])
def test_a_malformed_answer_is_no_json(asker: Asker, how: str, body: bytes) -> None:
    placed(asker, f"malformed={how}@create")
    answer = asker.create(ORDER)
    assert (answer.status_code, answer.content) == (200, body)
    assert answer.headers["Content-Type"] == "application/json"
    assert accepted(asker) == 1


def test_a_malformed_answer_lacks_its_data(asker: Asker) -> None:
    placed(asker, "malformed=no-data:1")
    answer = asker.create(ORDER)
    assert answer.status_code == 200
    assert set(answer.json()) == {"code", "message", "request_id"}
    assert answer.json()["code"] == 0


def test_a_malformed_answer_has_values_of_other_types(asker: Asker) -> None:
    task_id = asker.ordered(ORDER)["task_id"]
    placed(asker, "malformed=types")
    task: Body = asker.http.get(f"/v1/videos/text2video/{task_id}").json()["data"]
    assert task["task_id"] == [task_id]
    assert task["task_status"] == ["succeed"]
    assert isinstance(task["updated_at"], str)
    assert task["task_result"]["videos"] == 0
    assert asker.http.get("/v1/videos/text2video").json()["data"] == 0


@pytest.mark.parametrize(("moment", "orders"), [("before", 0), ("after", 1)])
def test_a_hang_never_answers_and_the_simulator_goes_on(
    asker: Asker, moment: str, orders: int
) -> None:
    placed(asker, f"hang-{moment}:1")
    with pytest.raises(httpx.ReadTimeout):
        asker.http.post("/v1/videos/text2video", json=ORDER, timeout=0.3)
    assert accepted(asker) == orders
    assert delivered(asker) == {f"hang-{moment}": 1}
    assert asker.create(single()).status_code == 200


def test_a_hang_of_some_seconds_then_closes_without_an_answer(asker: Asker) -> None:
    placed(asker, "hang-after=0.2:1")
    with pytest.raises(httpx.RemoteProtocolError, match="disconnected"):
        asker.create(ORDER)
    assert accepted(asker) == 1


@pytest.mark.parametrize(("moment", "orders"), [("before", 0), ("after", 1)])
def test_a_reset_is_a_reset(asker: Asker, moment: str, orders: int) -> None:
    placed(asker, f"reset-{moment}:1")
    with pytest.raises(httpx.ReadError) as caught:
        asker.create(ORDER)
    assert "reset" in str(caught.value)
    assert accepted(asker) == orders
    assert delivered(asker) == {f"reset-{moment}": 1}


def test_a_delay_before_takes_the_order_late(asker: Asker) -> None:
    placed(asker, "delay-before=0.8:1")
    with pytest.raises(httpx.ReadTimeout):
        asker.http.post("/v1/videos/text2video", json=ORDER, timeout=0.15)
    assert accepted(asker) == 0
    until = time.monotonic() + 3
    while accepted(asker) == 0 and time.monotonic() < until:
        time.sleep(0.02)
    assert accepted(asker) == 1


def test_a_delay_after_answers_late_what_is_done(asker: Asker) -> None:
    placed(asker, "delay-after=0.8:1")
    with pytest.raises(httpx.ReadTimeout):
        asker.http.post("/v1/videos/text2video", json=ORDER, timeout=0.15)
    assert accepted(asker) == 1
    placed(asker, "delay-after=0.1@query")
    started = time.monotonic()
    asker.task("e-1")
    assert time.monotonic() - started >= 0.1


def test_a_slow_body_comes_byte_by_byte(asker: Asker) -> None:
    placed(asker, "slow-body=0.002@query")
    asker.ordered(ORDER)
    pieces: list[bytes] = []
    with asker.http.stream("GET", "/v1/videos/text2video/e-1") as answer:
        pieces += answer.iter_raw(chunk_size=None)
    assert json.loads(b"".join(pieces))["data"]["task_status"] == "succeed"
    assert len(pieces) > 20


def test_faults_by_flag_are_on_from_the_first_request(start: Start) -> None:
    asker = start(faults=(parse("refuse=1102@create:1"),), seed=7)
    assert asker.create(ORDER).json()["code"] == 1102
    asker.ordered(ORDER)
    assert asker.http.get("/_faults").json()["seed"] == 7


def test_faults_spare_the_simulators_own_pages_and_need_no_key(start: Start) -> None:
    asker = start(key="")
    placed(asker, "refuse=1002", "reset-before@result")
    for path in ("/_ledger", "/_library", "/_faults", "/_clock", "/healthz"):
        assert asker.http.get(path).status_code == 200
