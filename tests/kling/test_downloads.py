import gzip
import hashlib
import io
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from storyboard.kling.downloads import (
    AddressRefused,
    Downloaded,
    DownloadFailed,
    LinkDead,
    TooLarge,
    UnknownHost,
    download,
)
from storyboard.kling.errors import KlingError

URL = "https://v1-kling.klingai.com/a.mp4?sign=abc"
FILM = b"film" * 1000
Handler = Callable[[httpx.Request], httpx.Response]


class Chunks(httpx.SyncByteStream):
    def __init__(self, *chunks: bytes) -> None:
        self._chunks = chunks

    def __iter__(self) -> Iterator[bytes]:
        yield from self._chunks


def fetch(handler: Handler, url: str = URL, **changes: Any) -> tuple[Downloaded, bytes]:
    target = io.BytesIO()
    options = {"result_hosts": ("klingai.com",), **changes}
    done = download(url, target, transport=httpx.MockTransport(handler), **options)
    return done, target.getvalue()


def hop(location: str, **headers: str) -> httpx.Response:
    return httpx.Response(302, headers={"location": location, **headers})


def test_the_file_is_written_counted_and_digested() -> None:
    seen: list[int] = []
    done, written = fetch(
        lambda _request: httpx.Response(200, stream=Chunks(FILM[:10], FILM[10:])),
        each_chunk=seen.append,
    )
    assert written == FILM
    assert done == Downloaded(4000, hashlib.sha256(FILM).hexdigest())
    assert seen == [10, 4000]


def test_nothing_is_told_about_us() -> None:
    def host(request: httpx.Request) -> httpx.Response:
        assert not {"authorization", "cookie", "referer"}.intersection(request.headers)
        if request.url.path == "/a.mp4":
            return hop("/b.mp4", **{"set-cookie": "id=1; Domain=klingai.com"})
        return httpx.Response(200, content=FILM)

    assert fetch(host)[1] == FILM


@pytest.mark.parametrize("status", [403, 404, 410])
def test_a_link_that_no_longer_works_is_dead(status: int) -> None:
    with pytest.raises(LinkDead) as caught:
        fetch(lambda _request: httpx.Response(status))
    assert caught.value.http == status
    assert not isinstance(caught.value, DownloadFailed)


@pytest.mark.parametrize(
    "response",
    [
        httpx.Response(500),
        httpx.Response(206, content=FILM),
        httpx.Response(204),
        httpx.Response(302),
        httpx.Response(200, content=b""),
        httpx.Response(200, headers={"content-length": "4001"}, stream=Chunks(FILM)),
        httpx.Response(200, headers={"content-length": "3999"}, stream=Chunks(FILM)),
    ],
)
def test_a_file_that_is_not_whole_has_failed(response: httpx.Response) -> None:
    with pytest.raises(DownloadFailed):
        fetch(lambda _request: response)


def test_a_compressed_file_has_failed_for_its_length_says_nothing() -> None:
    packed = httpx.Response(
        200, headers={"content-encoding": "gzip"}, stream=Chunks(gzip.compress(FILM))
    )
    with pytest.raises(DownloadFailed, match="compressed"):
        fetch(lambda _request: packed)


@pytest.mark.parametrize("lost", [httpx.ReadTimeout("idle"), httpx.ConnectError("refused")])
def test_a_connection_that_is_lost_has_failed(lost: httpx.HTTPError) -> None:
    def host(_request: httpx.Request) -> httpx.Response:
        raise lost

    with pytest.raises(DownloadFailed):
        fetch(host)


def test_a_file_that_takes_too_long_has_failed() -> None:
    with pytest.raises(DownloadFailed, match="in time"):
        fetch(lambda _request: httpx.Response(200, content=FILM), total_timeout=0.0)


def test_a_file_over_the_cap_is_refused_by_what_is_told_and_by_what_comes() -> None:
    with pytest.raises(TooLarge, match="4000 bytes"):
        fetch(lambda _request: httpx.Response(200, content=FILM), max_bytes=3999)
    with pytest.raises(TooLarge, match="more than 3999"):
        fetch(lambda _request: httpx.Response(200, stream=Chunks(FILM, b"x")), max_bytes=3999)
    assert fetch(lambda _request: httpx.Response(200, content=FILM), max_bytes=4000)[1] == FILM


def test_nothing_beyond_the_cap_is_written() -> None:
    target = io.BytesIO()
    transport = httpx.MockTransport(
        lambda _request: httpx.Response(200, stream=Chunks(b"12345", b"67890"))
    )
    with pytest.raises(TooLarge):
        download(URL, target, result_hosts=("klingai.com",), max_bytes=7, transport=transport)
    assert target.getvalue() == b"12345"


@pytest.mark.parametrize(
    "url",
    ["https://evil.example.com/a.mp4", "https://klingai.com.evil.example.com/a.mp4",
     "https://notklingai.com/a.mp4"],
)  # fmt: skip
def test_an_unknown_host_is_named_and_not_spoken_to(url: str) -> None:
    def host(_request: httpx.Request) -> httpx.Response:
        raise AssertionError("spoken to")

    with pytest.raises(UnknownHost) as caught:
        fetch(host, url)
    assert caught.value.host in url
    assert caught.value.host in caught.value.words


@pytest.mark.parametrize("url", ["https://klingai.com/a", "https://A.KLINGAI.COM/a"])
def test_a_known_domain_and_everything_below_it_is_spoken_to(url: str) -> None:
    assert fetch(lambda _request: httpx.Response(200, content=FILM), url)[1] == FILM


def test_a_listed_private_host_is_spoken_to() -> None:
    listed = frozenset({"127.0.0.1:9901"})
    film = fetch(
        lambda _request: httpx.Response(200, content=FILM),
        "http://127.0.0.1:9901/results/a.mp4",
        allow_private_hosts=listed,
        result_hosts=(),
    )[1]
    assert film == FILM


@pytest.mark.parametrize(
    ("location", "kind"),
    [
        ("https://127.0.0.1/a", AddressRefused),
        ("http://v1-kling.klingai.com/a", AddressRefused),
        ("https://v1-kling.klingai.com:6379/a", AddressRefused),
        ("https://klingai.com@evil.example.com/a", AddressRefused),
        ("file:///etc/passwd", AddressRefused),
        ("gopher://v1-kling.klingai.com/", AddressRefused),
        ("//evil.example.com/a", UnknownHost),
        ("https://[broken", AddressRefused),
    ],
)
def test_every_hop_is_checked_anew(location: str, kind: type[KlingError]) -> None:
    asked: list[str] = []

    def host(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return hop(location)

    with pytest.raises(kind):
        fetch(host)
    assert asked == [URL]


def test_three_redirects_are_followed_and_no_fourth() -> None:
    def host(request: httpx.Request) -> httpx.Response:
        left = int(request.url.path.strip("/") or 0)
        return hop(f"/{left - 1}") if left else httpx.Response(200, content=FILM)

    assert fetch(host, "https://klingai.com/3")[1] == FILM
    with pytest.raises(DownloadFailed, match="more than 3 redirects"):
        fetch(host, "https://klingai.com/4")


def test_a_full_disk_comes_through_as_it_is() -> None:
    class Full(io.BytesIO):
        def write(self, _data: object) -> int:
            raise OSError(28, "No space left on device")

    transport = httpx.MockTransport(lambda _request: httpx.Response(200, content=FILM))
    with pytest.raises(OSError, match="No space left"):
        download(URL, Full(), result_hosts=("klingai.com",), transport=transport)
