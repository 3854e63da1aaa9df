import json
import traceback
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from storyboard.kling.client import KlingClient
from storyboard.kling.errors import (
    AccountTrouble,
    AlreadyExists,
    Busy,
    KlingError,
    NotFound,
    Refused,
    Unclear,
    Unreachable,
    UnreadableAnswer,
)
from storyboard.kling.guard import AddressRefused
from storyboard.kling.profiles import OFFICIAL
from tests.kling.builders import answer, finished, refusal, task

KEY = "api-key-kling-canary-7f3a"
ADDRESS = "https://api-singapore.klingai.com"
Handler = Callable[[httpx.Request], httpx.Response]


def client(handler: Handler, **changes: Any) -> KlingClient:
    return KlingClient(OFFICIAL, ADDRESS, KEY, transport=httpx.MockTransport(handler), **changes)


def always(response: httpx.Response) -> KlingClient:
    return client(lambda _request: response)


def test_create_posts_the_body_with_the_key_and_reads_the_report() -> None:
    seen: list[httpx.Request] = []

    def kling(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return answer(task())

    report = client(kling).create_video("image2video", {"external_task_id": "greenlight-1"})
    assert (report.task_id, report.status, report.request_id) == (
        "829611643369439283",
        "submitted",
        "req-1",
    )
    (request,) = seen
    assert (request.method, str(request.url)) == ("POST", f"{ADDRESS}/v1/videos/image2video")
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert json.loads(request.content) == {"external_task_id": "greenlight-1"}


def test_fetch_asks_by_either_id() -> None:
    paths: list[bytes] = []

    def kling(request: httpx.Request) -> httpx.Response:
        paths.append(request.url.raw_path)
        return answer(finished(task_info={"external_task_id": "green/light 1"}))

    kling_client = client(kling)
    assert kling_client.fetch_task("text2video", "829611643369439283").status == "succeed"
    assert kling_client.fetch_task("text2video", "green/light 1").status == "succeed"
    assert paths == [
        b"/v1/videos/text2video/829611643369439283",
        b"/v1/videos/text2video/green%2Flight%201",
    ]


def test_list_asks_for_one_page() -> None:
    def kling(request: httpx.Request) -> httpx.Response:
        assert request.url.query == b"pageNum=2&pageSize=5"
        return answer([task(), finished()])

    reports = client(kling).list_tasks("text2video", page=2, size=5)
    assert [report.status for report in reports] == ["submitted", "succeed"]


@pytest.mark.parametrize(("page", "size"), [(0, 30), (1001, 30), (1, 0), (1, 501)])
def test_a_page_that_cannot_be_is_not_asked_for(page: int, size: int) -> None:
    with pytest.raises(ValueError, match="page is 1 to 1000"):
        always(answer([])).list_tasks("text2video", page=page, size=size)


def test_an_empty_id_is_not_asked_for() -> None:
    with pytest.raises(ValueError, match="by an id"):
        always(answer([])).fetch_task("text2video", "")


@pytest.mark.parametrize(
    ("response", "kind"),
    [
        (refusal(400, 1301, "risk control"), Refused),
        (refusal(400, 1201, "External_task_id gl-1 already exists"), AlreadyExists),
        (refusal(429, 1303, "parallel task over resource pack limit"), Busy),
        (refusal(503, 5001, "maintenance"), Busy),
        (refusal(429, 1102, "Account balance not enough"), AccountTrouble),
        (refusal(500, 5000, "internal"), Unclear),
        (httpx.Response(502, text="<html>Bad gateway</html>"), Unclear),
        (httpx.Response(401, text="unauthorised"), Unclear),
        (httpx.Response(302, headers={"location": "https://evil.example/"}), Unclear),
        (httpx.Response(201, json={"code": 0, "data": task()}), Unclear),
        (httpx.Response(200, text="<html>"), UnreadableAnswer),
        (httpx.Response(200, content=b""), UnreadableAnswer),
        (httpx.Response(200, content=b"\xff\xfe"), UnreadableAnswer),
        (httpx.Response(200, content=b"[" * 100_000), UnreadableAnswer),
        (httpx.Response(200, json=[1]), UnreadableAnswer),
        (httpx.Response(200, json={"code": 0}), UnreadableAnswer),
        (httpx.Response(200, json={"code": 0, "data": {}}), UnreadableAnswer),
        (httpx.Response(200, json={"code": False, "data": task()}), Unclear),
        (httpx.Response(200, json={"code": "0", "data": task()}), Unclear),
        (httpx.Response(200, json={"data": task()}), Unclear),
        (httpx.Response(200, json={"code": 1201, "message": "no"}), Unclear),
        (
            httpx.Response(200, content=answer(task()).content + b" " * 1024 * 1024),
            UnreadableAnswer,
        ),
        (answer(task(task_info={"external_task_id": "someone-else"})), UnreadableAnswer),
    ],
)
def test_every_other_answer_to_a_create_has_its_name(
    response: httpx.Response, kind: type[KlingError]
) -> None:
    with pytest.raises(KlingError) as caught:
        always(response).create_video("text2video", {"external_task_id": "greenlight-1"})
    assert type(caught.value) is kind
    assert caught.value.http == response.status_code


@pytest.mark.parametrize(
    "lost",
    [
        httpx.ConnectError("refused"),
        httpx.ConnectTimeout("slow"),
        httpx.ReadTimeout("slow"),
        httpx.WriteError("reset"),
        httpx.ReadError("reset"),
        httpx.RemoteProtocolError("half an answer"),
    ],
)
def test_an_answer_that_never_came_is_unreachable_and_unclear(lost: httpx.HTTPError) -> None:
    def kling(_request: httpx.Request) -> httpx.Response:
        raise lost

    with pytest.raises(Unclear) as caught:
        client(kling).create_video("text2video", {})
    assert type(caught.value) is Unreachable


def test_a_passed_deadline_ends_an_answer_that_drips() -> None:
    with pytest.raises(Unreachable, match="did not end in time"):
        client(lambda _request: answer(task()), total_timeout=0.0).create_video("text2video", {})


def test_an_absence_is_known_only_by_kling_s_own_words() -> None:
    said = "Task not found by id/external id: gl-1"
    for status in (400, 404):
        with pytest.raises(NotFound) as caught:
            always(refusal(status, 1201, said)).fetch_task("text2video", "gl-1")
        assert (caught.value.code, caught.value.request_id) == (1201, "req-9")


@pytest.mark.parametrize(
    ("response", "kind"),
    [
        (refusal(400, 1201, "Task not found by id/external id: gl-2"), Refused),
        (refusal(400, 1201, "No task"), Refused),
        (refusal(404, 1203, "Task not found by id/external id: gl-1"), Refused),
        (refusal(500, 1201, "Task not found by id/external id: gl-1"), Unclear),
        (httpx.Response(404, text="Not found"), Unclear),
        (answer([]), UnreadableAnswer),
        (answer(None), UnreadableAnswer),
        (answer(task(task_info={"external_task_id": "gl-2"})), UnreadableAnswer),
        (answer(task(task_info={})), UnreadableAnswer),
    ],
)
def test_no_other_answer_is_evidence_of_absence(
    response: httpx.Response, kind: type[KlingError]
) -> None:
    with pytest.raises(KlingError) as caught:
        always(response).fetch_task("text2video", "gl-1")
    assert type(caught.value) is kind


def test_a_create_never_says_not_found() -> None:
    with pytest.raises(Refused):
        always(refusal(400, 1201, "Task not found by id/external id: gl-1")).create_video(
            "text2video", {}
        )


def test_a_list_that_is_none_is_unreadable() -> None:
    with pytest.raises(UnreadableAnswer):
        always(answer(task())).list_tasks("text2video")


@pytest.mark.parametrize(
    "handler",
    [
        lambda _request: refusal(401, 1002, f"api key not found: {KEY}"),
        lambda _request: httpx.Response(200, text=f"echo {KEY}"),
        lambda request: (_ for _ in ()).throw(httpx.ReadError(f"reset {KEY}", request=request)),
    ],
)
def test_no_error_holds_the_credential(handler: Handler) -> None:
    with pytest.raises(KlingError) as caught:
        client(handler).create_video("text2video", {})
    error = caught.value
    assert KEY not in f"{error!s} {error!r} {error.words} {error.message}"
    assert error.__cause__ is None
    assert error.__context__ is None or not isinstance(error.__context__, httpx.HTTPError)
    assert KEY not in "".join(traceback.format_exception(error))


@pytest.mark.parametrize("short", ["k", "exists", "not"])
def test_a_short_key_does_not_change_what_kling_said(short: str) -> None:
    def with_key(response: httpx.Response) -> KlingClient:
        transport = httpx.MockTransport(lambda _request: response)
        return KlingClient(OFFICIAL, ADDRESS, short, transport=transport)

    with pytest.raises(AlreadyExists):
        with_key(refusal(400, 1201, "External_task_id gl-1 already exists")).create_video(
            "text2video", {}
        )
    with pytest.raises(NotFound):
        with_key(refusal(400, 1201, "Task not found by id/external id: gl-1")).fetch_task(
            "text2video", "gl-1"
        )


def test_the_client_does_not_print_its_credential() -> None:
    assert repr(always(answer(task()))) == f"KlingClient('official', '{ADDRESS}')"


@pytest.mark.parametrize("credential", ["", "two words", "line\nbreak", "schlüssel"])
def test_a_credential_that_cannot_be_sent_is_the_account_s_trouble(credential: str) -> None:
    with pytest.raises(AccountTrouble) as caught:
        KlingClient(OFFICIAL, ADDRESS, credential)
    assert credential == "" or credential not in str(caught.value)


@pytest.mark.parametrize(
    "address",
    ["http://api-singapore.klingai.com", "https://127.0.0.1", "https://api.klingai.com:8443",
     "https://api.klingai.com/v1", "https://api.klingai.com?x=1", "not an address"],
)  # fmt: skip
def test_an_address_that_may_not_be_used_makes_no_client(address: str) -> None:
    with pytest.raises(AddressRefused):
        KlingClient(OFFICIAL, address, KEY)


def test_a_listed_private_address_makes_a_client() -> None:
    listed = frozenset({"127.0.0.1:9901"})
    with KlingClient(OFFICIAL, "http://127.0.0.1:9901", KEY, allow_private_hosts=listed) as made:
        assert "9901" in repr(made)


def test_a_given_transport_serves_several_calls_and_is_closed_at_the_end() -> None:
    class Counting(httpx.MockTransport):
        closed = 0

        def close(self) -> None:
            self.closed += 1

    transport = Counting(lambda _request: answer(task()))
    with KlingClient(OFFICIAL, ADDRESS, KEY, transport=transport) as asked:
        asked.create_video("text2video", {})
        asked.create_video("text2video", {})
        assert transport.closed == 0
    assert transport.closed == 1
