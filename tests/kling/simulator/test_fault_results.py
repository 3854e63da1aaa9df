"""Faults of results: films that are cut, wrong, gone, elsewhere or without end."""

import socket
from urllib.parse import urlsplit

import httpx
import pytest

from tests.kling.simulator.builders import Asker, delivered, placed, single
from tests.kling.simulator.conftest import Start


@pytest.fixture
def asker(start: Start) -> Asker:
    """One whose films are quickly made."""
    return start(render="tiny")


@pytest.fixture
def url(asker: Asker) -> str:
    """Where the film of a succeeded task is."""
    task = asker.task(asker.ordered(single())["task_id"])
    found: str = task["task_result"]["videos"][0]["url"]
    return found


def test_a_truncated_film_is_shorter_than_was_said(asker: Asker, url: str) -> None:
    whole = asker.http.get(url).content
    placed(asker, "result-truncated:1")
    head, _, body = raw(url).partition(b"\r\n\r\n")
    assert f"Content-Length: {len(whole)}\r\n".encode() in head
    assert body == whole[: len(whole) // 2]
    assert asker.http.get(url).content == whole
    assert delivered(asker) == {"result-truncated=stated": 1}


def test_a_truncated_film_may_say_nothing_of_its_length(asker: Asker, url: str) -> None:
    whole = asker.http.get(url).content
    placed(asker, "result-truncated=unstated:1")
    answer = asker.http.get(url)
    assert answer.status_code == 200
    assert "Content-Length" not in answer.headers
    assert answer.content == whole[: len(whole) // 2]


@pytest.mark.parametrize(
    ("how", "kind", "start_of"),
    [("html", "text/html", b"<html>"), ("png", "image/png", b"\x89PNG")],
)
def test_something_else_comes_in_the_films_place(
    asker: Asker, url: str, how: str, kind: str, start_of: bytes
) -> None:
    placed(asker, f"result-type={how}")
    answer = asker.http.get(url)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, kind)
    assert answer.content.startswith(start_of)


@pytest.mark.parametrize("status", [403, 404, 410])
def test_an_expired_link_works_again_after_its_count(asker: Asker, url: str, status: int) -> None:
    placed(asker, f"result-expired={status}:1")
    assert asker.http.get(url).status_code == status
    assert asker.http.get(url).status_code == 200


@pytest.mark.parametrize(
    ("to", "host"),
    [
        ("private", "10.0.0.1"),
        ("loopback", "127.0.0.1"),
        ("metadata", "169.254.169.254"),
        ("http://192.168.7.7/x", "192.168.7.7"),
    ],
)
def test_a_redirect_leads_to_an_address_nobody_should_go_to(
    asker: Asker, url: str, to: str, host: str
) -> None:
    placed(asker, {"name": "result-redirect", "value": to})
    answer = asker.http.get(url)
    assert answer.status_code == 302
    assert urlsplit(answer.headers["Location"]).hostname == host


def test_an_oversized_film_says_so(asker: Asker, url: str) -> None:
    placed(asker, "result-oversized")
    with asker.http.stream("GET", url) as answer:
        assert answer.headers["Content-Length"] == str(2 * 1024**3)
        assert received(answer, 1_000_000) >= 1_000_000
    assert delivered(asker) == {"result-oversized=stated": 1}


def test_an_oversized_film_may_come_unannounced(asker: Asker, url: str) -> None:
    placed(asker, "result-oversized=unstated")
    with asker.http.stream("GET", url) as answer:
        assert "Content-Length" not in answer.headers
        assert received(answer, 1_000_000) >= 1_000_000


@pytest.mark.parametrize("how", ["reset-after@result", "hang-after=0.2@result"])
def test_a_film_ends_half_way(asker: Asker, url: str, how: str) -> None:
    whole = asker.http.get(url).content
    placed(asker, how)
    got = bytearray()
    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        fetch(asker, url, got)
    assert len(got) <= len(whole) // 2


def test_a_film_that_hangs_half_way_sends_no_more(asker: Asker, url: str) -> None:
    placed(asker, "hang-after@result")
    with pytest.raises(httpx.ReadTimeout):
        asker.http.get(url, timeout=0.3)


@pytest.mark.parametrize(
    ("fault", "status"),
    [("error-before=502", 502), ("error-after=5001", 503), ("refuse=1302", 429)],
)
def test_faults_of_answers_come_to_films_where_they_are_named(
    asker: Asker, url: str, fault: str, status: int
) -> None:
    placed(asker, fault)
    assert asker.http.get(url).status_code == 200
    asker.http.post("/_faults", json={"clear": True, "set": [f"{fault}@result"]})
    assert asker.http.get(url).status_code == status


def test_a_slow_film_drips(asker: Asker, url: str) -> None:
    placed(asker, "slow-body=0.01@result")
    with asker.http.stream("GET", url) as answer:
        assert answer.headers["Content-Type"] == "video/mp4"
        pieces = answer.iter_raw()
        assert 1 <= len(next(pieces)) < 50


def fetch(asker: Asker, url: str, into: bytearray) -> None:
    with asker.http.stream("GET", url) as answer:
        for piece in answer.iter_raw():
            into += piece


def received(answer: httpx.Response, least: int) -> int:
    got = 0
    for piece in answer.iter_raw():
        got += len(piece)
        if got >= least:
            break
    return got


def raw(url: str) -> bytes:
    """Everything a GET brings until the other side closes."""
    address = urlsplit(url)
    with socket.create_connection((address.hostname or "", address.port or 0), timeout=5) as open_:
        open_.sendall(f"GET {address.path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        got = bytearray()
        while piece := open_.recv(65536):
            got += piece
    return bytes(got)
