"""What surrounds an order: paths, keys, answers, statuses, queries, lists, callbacks, billing."""

import http.client
import json
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from queue import Queue
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from storyboard.kling import payloads, profiles
from storyboard.kling.client import KlingClient
from storyboard.kling.pricing import quote
from storyboard.kling.reports import UnreadableAnswer, parse_callback, parse_task
from storyboard.kling.simulator import desk as desks
from storyboard.kling.simulator import dialects
from storyboard.kling.simulator.desk import Options
from storyboard.kling.simulator.refusal import Refusal
from storyboard.kling.simulator.server import Server
from storyboard.kling.simulator.tasks import Task
from storyboard.models import statuses as machine
from tests.kling.builders import PICTURE, answer, one_shot, task, voice
from tests.kling.documents.both import IMAGE, TEXT, body, taken

DAY_MS = 86_400_000
PATHS = {
    "official": "/v1/videos/image2video",
    "powertokens": "/kling/v1/videos/image2video",
    "gateway004": "/kling/v1/videos/image2video",
}


class Asked:
    """A simulator, and plain HTTP to it."""

    def __init__(self, server: Server) -> None:
        self.server = server

    def ask(self, method: str, path: str, sent: Any = None, key: str = "Bearer mine") -> Any:
        """Status and JSON of one answer."""
        connection = http.client.HTTPConnection(urlsplit(self.server.address).netloc, timeout=10)
        headers = {"Content-Type": "application/json", "Authorization": key}
        raw = None if sent is None else json.dumps(sent).encode()
        try:
            connection.request(method, path, raw, {n: v for n, v in headers.items() if v})
            got = connection.getresponse()
            return got.status, json.loads(got.read())
        finally:
            connection.close()


@contextmanager
def simulator(profile: str = "official", seconds: float = 0.0) -> Iterator[Asked]:
    """A simulator of one profile, in a folder that goes with it."""
    with tempfile.TemporaryDirectory() as folder:
        state = Path(folder) / "state"
        options = Options(state, seconds_per_task=seconds, render="small", profile=profile)
        server = Server(options, 0)
        server.start()
        try:
            yield Asked(server)
        finally:
            server.stop()


def test_each_profile_has_its_paths() -> None:
    for name, path in PATHS.items():
        assert profiles.PROFILES[name].path("image2video") == path
        assert dialects.DIALECTS[name].prefix + "/v1/videos/image2video" == path
        with simulator(name) as kling:
            assert kling.ask("POST", path, body(IMAGE, name))[0] == 200
            assert kling.ask("POST", f"/other{path}", body(IMAGE, name))[0] == 404
    assert profiles.PROFILES["official"].path("text2video") == "/v1/videos/text2video"


def test_a_create_is_json_with_the_key_as_bearer() -> None:
    seen: list[httpx.Request] = []

    def kling(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return answer(task(task_info={}))

    transport = httpx.MockTransport(kling)
    address = profiles.OFFICIAL.default_address
    KlingClient(profiles.OFFICIAL, address, "mine", transport=transport).create_video(TEXT, {})
    assert seen[0].headers["authorization"] == "Bearer mine"
    assert seen[0].headers["content-type"] == "application/json"
    assert address == "https://api-singapore.klingai.com"
    with simulator() as server:
        assert server.ask("POST", PATHS["official"], body(IMAGE), key="")[1]["code"] == 1001
        assert server.ask("POST", PATHS["official"], body(IMAGE), key="mine")[1]["code"] == 1002


def test_a_create_answers_with_code_message_request_and_task() -> None:
    with simulator(seconds=600) as kling:
        order = body(IMAGE, external_task_id="mine-1")
        status, told = kling.ask("POST", PATHS["official"], order)
        assert (status, told["code"]) == (200, 0)
        assert told["message"]
        assert told["request_id"]
        data = told["data"]
        assert data["task_status"] == "submitted"
        assert data["task_info"] == {"external_task_id": "mine-1"}
        report = parse_task(data, told["request_id"])
        assert report.task_id == data["task_id"]
        assert report.external_task_id == "mine-1"
        assert report.created_ms == data["created_at"] > 10**12
        assert report.updated_ms == data["updated_at"]


def test_powertokens_may_leave_the_request_id_out() -> None:
    with simulator("powertokens") as kling:
        _status, told = kling.ask("POST", PATHS["powertokens"], body(IMAGE, "powertokens"))
        assert (told["code"], bool(told["message"])) == (0, True)
        assert parse_task(told["data"]).status == "submitted"
        assert parse_task(told["data"]).request_id == ""


def test_gateway004_answers_without_task_info() -> None:
    with simulator("gateway004") as kling:
        order = {**body(IMAGE, "gateway004"), "external_task_id": "mine-1"}
        _status, told = kling.ask("POST", PATHS["gateway004"], order)
        names = {"task_id", "task_status", "created_at", "updated_at"}
        assert set(told["data"]) == names
        assert {"code", "message", "request_id", "data"} <= set(told)
        assert parse_task(told["data"]).external_task_id is None


def test_a_status_is_one_of_four() -> None:
    for status in ("submitted", "processing", "failed"):
        assert parse_task(task(task_status=status)).status == status
    videos = {"videos": [{"id": "v", "url": "https://example.com/v.mp4", "duration": "5"}]}
    assert parse_task(task(task_status="succeed", task_result=videos)).status == "succeed"
    for other in ("succeeded", "done", "", None):
        with pytest.raises(UnreadableAnswer):
            parse_task(task(task_status=other))
    early = ["submitted", "processing", "processing"]
    for fails, end in (("", "succeed"), ("why", "failed")):
        made_so = made(fails)
        assert [made_so.status(now) for now in (0, 10, 19, 20)] == [*early, end]


def test_a_failed_task_says_why() -> None:
    with simulator() as kling:
        order = body(IMAGE, prompt="[fail]", external_task_id="mine-1")
        kling.ask("POST", PATHS["official"], order)
        status, told = kling.ask("GET", f"{PATHS['official']}/mine-1")
        assert (status, told["code"], told["data"]["task_status"]) == (200, 0, "failed")
        assert parse_task(told["data"]).message == told["data"]["task_status_msg"] != ""


def test_a_finished_task_has_a_video_with_id_address_and_duration() -> None:
    with simulator() as kling:
        kling.ask("POST", PATHS["official"], body(IMAGE, external_task_id="mine-1"))
        _status, told = kling.ask("GET", f"{PATHS['official']}/mine-1")
        (video,) = parse_task(told["data"]).videos
        assert video.id
        assert video.url.startswith(kling.server.address)
        assert video.duration_ms == 5000
        assert isinstance(told["data"]["task_result"]["videos"][0]["duration"], str)


def test_a_task_is_found_by_either_id() -> None:
    with simulator() as kling:
        order = body(IMAGE, external_task_id="mine-1")
        _status, told = kling.ask("POST", PATHS["official"], order)
        task_id = told["data"]["task_id"]
        assert task_id != "mine-1"
        for name in ("mine-1", task_id):
            _status, found = kling.ask("GET", f"{PATHS['official']}/{name}")
            assert found["data"]["task_id"] == task_id
        assert kling.ask("GET", f"{PATHS['official']}/other")[0] == 400


def test_an_own_id_is_unique_within_an_account() -> None:
    with simulator() as kling:
        order = body(IMAGE, external_task_id="mine-1")
        path = PATHS["official"]
        assert kling.ask("POST", path, order)[0] == 200
        assert kling.ask("POST", path, order)[1]["code"] == 1201
        assert kling.ask("POST", path, order, key="Bearer other")[0] == 200


def test_an_own_id_is_optional() -> None:
    for empty in ("", None):
        assert taken(IMAGE, external_task_id=empty).external_task_id is None
    assert taken(IMAGE, "powertokens", external_task_id="mine-1").external_task_id == "mine-1"


def test_pages_are_1_to_1000() -> None:
    for number in (1, 1000):
        assert listed(pageNum=number) == []
        assert page(pageNum=number) == (number, 30)
    for number in (0, 1001):
        assert listed(pageNum=number) == [("pageNum.out_of_range", "pageNum")]
        with pytest.raises(Refusal):
            page(pageNum=number)
    with pytest.raises(ValueError, match="1 to 1000"):
        client_list(1001, 30)
    assert client_list(1000, 30) == []


def test_a_page_holds_1_to_500() -> None:
    for size in (1, 500):
        assert listed(pageSize=size) == []
        assert page(pageSize=size) == (1, size)
    for size in (0, 501):
        assert listed(pageSize=size) == [("pageSize.out_of_range", "pageSize")]
        with pytest.raises(Refusal):
            page(pageSize=size)
    with pytest.raises(ValueError, match="1 to 500"):
        client_list(1, 501)
    assert client_list(1, 500) == []


def test_the_first_page_of_30_unless_said() -> None:
    assert page() == (1, 30)
    assert listed() == []


def test_a_list_answers_with_the_same_tasks() -> None:
    with simulator() as kling:
        for name in ("mine-1", "mine-2"):
            kling.ask("POST", PATHS["official"], body(IMAGE, external_task_id=name))
        _status, told = kling.ask("GET", f"{PATHS['official']}?pageNum=1&pageSize=30")
        reports = [parse_task(one) for one in told["data"]]
        assert {report.external_task_id for report in reports} == {"mine-1", "mine-2"}
        assert all(report.status == "succeed" for report in reports)
        assert len({video.id for report in reports for video in report.videos}) == 2
        one = kling.ask("GET", f"{PATHS['official']}?pageNum=2&pageSize=1")[1]["data"]
        assert len(one) == 1
        assert kling.ask("GET", f"{PATHS['official']}?pageNum=3&pageSize=1")[1]["data"] == []


def test_each_change_of_status_is_called_back() -> None:
    told: Queue[bytes] = Queue()

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.put(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Write nothing."""

    receiver = HTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=receiver.serve_forever, args=(0.02,), daemon=True).start()
    try:
        with simulator(seconds=0.1) as kling:
            url = f"http://127.0.0.1:{receiver.server_address[1]}/called"
            order = body(IMAGE, callback_url=url, external_task_id="mine-1")
            kling.ask("POST", PATHS["official"], order)
            statuses = []
            while "succeed" not in statuses:
                statuses.append(parse_callback(told.get(timeout=5)).status)
    finally:
        receiver.shutdown()
        receiver.server_close()
    assert len(set(statuses)) == len(statuses)


def test_a_callback_is_optional() -> None:
    for profile in ("official", "powertokens", "gateway004"):
        assert taken(IMAGE, profile, callback_url="").callback_url is None
        url = "https://example.com/called"
        assert taken(IMAGE, profile, callback_url=url).callback_url == url


def test_results_are_cleared_after_30_days() -> None:
    done = made("")
    assert not done.cleared(20 + 30 * DAY_MS - 1)
    assert done.cleared(20 + 30 * DAY_MS)
    assert machine.KEEP_DAYS == 30


def test_a_voice_costs_more_where_the_list_has_it_and_the_prompt_names_it() -> None:
    said = 'The man<<<voice_1>>> said: "Hello"'
    for prompt, voices, units in (
        (said, (voice(1),), 6000),
        ("The man said nothing", (voice(1),), 5000),
        ("The man said nothing", (), 5000),
    ):
        brief = one_shot(prompt, first_frame=PICTURE, voices=voices)
        assert quote(brief).units_milli == units
        listed = [{"voice_id": one.kling_id} for one in voices]
        fields = {"model_name": "kling-v2-6", "mode": "pro", "sound": "on", "prompt": prompt}
        assert taken(IMAGE, **fields, voice_list=listed).units_milli == units


def listed(**query: Any) -> list[tuple[str, str]]:
    """Code and field of what the product refuses of a list query."""
    asked = {"resource": "image2video", **query}
    found = payloads.judge("list", profiles.OFFICIAL, asked)
    return [(problem.code, problem.field) for problem in found if not problem.warning]


def page(**query: int) -> tuple[int, int]:
    """Page and size the simulator takes a query for. Raises Refusal."""
    with tempfile.TemporaryDirectory() as folder:
        desk = desks.Desk(Options(Path(folder)))
        try:
            asked = {name: str(value) for name, value in query.items()}
            return desk.page(asked, desks.MAX_PAGE_SIZE)
        finally:
            desk.close()


def client_list(number: int, size: int) -> list[Any]:
    """What the product's client makes of an empty page."""
    transport = httpx.MockTransport(lambda _request: answer([]))
    address = profiles.OFFICIAL.default_address
    with KlingClient(profiles.OFFICIAL, address, "mine", transport=transport) as client:
        return list(client.list_tasks("image2video", number, size))


def made(fails: str) -> Task:
    """A task made at 0 ms, in the works from 10, done at 20."""
    facts: dict[str, Any] = dict.fromkeys(Task.__dataclass_fields__)
    moments = {"created_ms": 0, "processing_ms": 10, "done_ms": 20}
    return Task(**{**facts, **moments, "fails": fails})
