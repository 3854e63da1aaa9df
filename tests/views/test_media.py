"""Films by range: what RFC 9110 14 asks for, through the take's own address."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
from django.core.files.storage import default_storage
from django.http import HttpResponse, StreamingHttpResponse
from django.test import AsyncClient, Client, RequestFactory
from django.test.client import AsyncRequestFactory
from django.urls import reverse
from pytest_django import Settings

from storyboard.models import Storyboard, Take, User
from storyboard.models.files import STEP_BYTES, files
from storyboard.views import media
from storyboard.views.media import Stored, file_name, send
from tests import builders

SignedIn = Callable[[User], Client]


@pytest.fixture
def film(take: Take) -> bytes:
    with default_storage.open(take.video, "rb") as file:
        return bytes(file.read())


@pytest.fixture
def reader(signed_in: SignedIn, alice: User) -> Client:
    return signed_in(alice)


def _get(reader: Client, take: Take, **headers: str) -> HttpResponse:
    address = reverse("take_video", args=[take.key])
    return reader.get(address, headers={name.replace("_", "-"): v for name, v in headers.items()})  # type: ignore[return-value]


def _bytes(response: HttpResponse) -> bytes:
    assert isinstance(response, StreamingHttpResponse)
    return b"".join(response)  # type: ignore[arg-type]


def test_the_whole_film_comes_with_the_headers_that_keep_it_a_film(
    reader: Client, take: Take, film: bytes
) -> None:
    response = _get(reader, take)
    assert response.status_code == 200
    assert _bytes(response) == film
    assert response["Content-Type"] == "video/mp4"
    assert response["Content-Length"] == str(len(film))
    assert response["Accept-Ranges"] == "bytes"
    assert response["ETag"] == f'"{take.sha256}"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["Cache-Control"] == "private, no-cache"


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-0", 0, 0),
        ("bytes=10-19", 10, 19),
        ("bytes=10-", 10, -1),
        ("bytes=-7", -7, -1),
        ("bytes=0-999999999", 0, -1),
        ("bytes=-999999999", 0, -1),
        ("bytes= 3 - 4", 3, 4),
    ],
)
def test_a_range_gives_its_bytes(
    reader: Client, take: Take, film: bytes, asked: str, first: int, last: int
) -> None:
    size = len(film)
    first, last = first % size, last % size
    response = _get(reader, take, Range=asked)
    assert response.status_code == 206
    assert _bytes(response) == film[first : last + 1]
    assert response["Content-Range"] == f"bytes {first}-{last}/{size}"
    assert response["Content-Length"] == str(last + 1 - first)


@pytest.mark.parametrize(
    "asked",
    ["bytes=0-1,5-6", "items=0-1", "bytes=5-3", "bytes=-", "bytes=a-b", "0-5", "bytes=1-2-3"],
)
def test_what_is_no_single_range_gives_the_whole_film(
    reader: Client, take: Take, film: bytes, asked: str
) -> None:
    response = _get(reader, take, Range=asked)
    assert response.status_code == 200
    assert _bytes(response) == film


@pytest.mark.parametrize("beyond", ["bytes={size}-", "bytes={size}-999999999", "bytes=-0"])
def test_a_range_beyond_the_film_is_416(
    reader: Client, take: Take, film: bytes, beyond: str
) -> None:
    response = _get(reader, take, Range=beyond.format(size=len(film)))
    assert response.status_code == 416
    assert response["Content-Range"] == f"bytes */{len(film)}"
    assert response.content == b""


def test_if_range_keeps_the_range_for_the_same_film_only(
    reader: Client, take: Take, film: bytes
) -> None:
    same = _get(reader, take, Range="bytes=0-3", If_Range=f'"{take.sha256}"')
    assert (same.status_code, _bytes(same)) == (206, film[:4])
    other = _get(reader, take, Range="bytes=0-3", If_Range='"another"')
    assert (other.status_code, _bytes(other)) == (200, film)
    weak = _get(reader, take, Range="bytes=0-3", If_Range=f'W/"{take.sha256}"')
    assert weak.status_code == 200


@pytest.mark.parametrize("tags", ['"{tag}"', 'W/"{tag}"', '"x", "{tag}"', "*"])
def test_a_film_that_is_there_already_is_304(reader: Client, take: Take, tags: str) -> None:
    response = _get(reader, take, If_None_Match=tags.format(tag=take.sha256))
    assert response.status_code == 304
    assert response.content == b""
    assert response["ETag"] == f'"{take.sha256}"'


def test_another_tag_is_no_304(reader: Client, take: Take) -> None:
    assert _get(reader, take, If_None_Match='"another"').status_code == 200


def test_head_tells_the_size_and_sends_nothing(reader: Client, take: Take, film: bytes) -> None:
    response = reader.head(reverse("take_video", args=[take.key]), headers={"Range": "bytes=0-3"})
    assert response.status_code == 200
    assert response["Content-Length"] == str(len(film))
    assert response.content == b""


def test_a_film_that_is_gone_from_the_storage_is_404(reader: Client, take: Take) -> None:
    default_storage.delete(take.video)
    assert _get(reader, take).status_code == 404


def test_the_download_has_a_name_for_everybody(
    reader: Client, take: Take, storyboard: Storyboard, alice: User
) -> None:
    storyboard.rename("Der Leuchtturm – Größe", by=alice)
    response = reader.get(reverse("take_download", args=[take.key]))
    assert response["Content-Disposition"] == (
        'attachment; filename="der-leuchtturm-groe-take-1.mp4"; '
        "filename*=UTF-8''der-leuchtturm-gr%C3%B6%C3%9Fe-take-1.mp4"
    )
    assert _get(reader, take)["Content-Disposition"].startswith("inline; ")


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("The Lamp", "the-lamp-take-3.mp4"),
        ("../../etc/passwd", "etcpasswd-take-3.mp4"),
        ('a"; b\r\nX: y', "a-b-x-y-take-3.mp4"),
        ("夜", "夜-take-3.mp4"),
        ("***", "storyboard-take-3.mp4"),
    ],
)
def test_a_file_name_is_made_of_letters_and_numbers(title: str, name: str) -> None:
    assert file_name(title, 3) == name


def test_pictures_may_be_kept_for_good_and_asked_for_by_their_own_tag(
    reader: Client, take: Take
) -> None:
    addresses = [
        reverse("take_poster", args=[take.key]),
        reverse("take_filmstrip", args=[take.key]),
        reverse("take_still", args=[take.key, 1]),
    ]
    answers = [reader.get(address) for address in addresses]
    assert [answer["Content-Type"] for answer in answers] == ["image/jpeg"] * 3
    assert {answer["Cache-Control"] for answer in answers} == {
        "private, max-age=31536000, immutable"
    }
    assert len({answer["ETag"] for answer in answers}) == 3
    assert all(_bytes(answer)[:2] == b"\xff\xd8" for answer in answers)


def test_the_poster_is_shown_before_the_rest_is_there_and_may_still_change(
    reader: Client, take: Take
) -> None:
    Take.objects.filter(pk=take.pk).update(stored_at=None)
    poster = reader.get(reverse("take_poster", args=[take.key]))
    assert (poster.status_code, poster["Cache-Control"]) == (200, "private, no-cache")
    assert reader.get(reverse("take_filmstrip", args=[take.key])).status_code == 404
    page = reader.get(reverse("take", args=[take.key])).content.decode()
    assert reverse("take_poster", args=[take.key]) in page
    Take.objects.filter(pk=take.pk).update(poster="")
    assert reader.get(reverse("take_poster", args=[take.key])).status_code == 404
    page = reader.get(reverse("take", args=[take.key])).content.decode()
    assert reverse("take_poster", args=[take.key]) not in page


async def _read(response: StreamingHttpResponse) -> list[bytes]:
    content = response.streaming_content
    assert isinstance(content, AsyncIterator)
    return [step async for step in content]


LARGE = bytes(range(256)) * (STEP_BYTES // 256 * 3 + 1)


@pytest.fixture
def large() -> Stored:
    files().put(LARGE, "film.mp4")
    return Stored(file="film.mp4", tag="t", content_type="video/mp4")


def test_under_asgi_the_bytes_come_in_steps_read_in_a_thread(large: Stored) -> None:
    request = AsyncRequestFactory().get("/", headers={"Range": "bytes=1-"})

    async def ask() -> list[bytes]:
        response = await send(request, large)
        assert isinstance(response, StreamingHttpResponse)
        assert response.is_async
        return await _read(response)

    steps = asyncio.run(ask())
    assert max(map(len, steps)) == STEP_BYTES
    assert len(steps) == 4
    assert b"".join(steps) == LARGE[1:]


def test_under_wsgi_the_bytes_come_in_steps_too(large: Stored) -> None:
    response = asyncio.run(send(RequestFactory().get("/"), large))
    assert isinstance(response, StreamingHttpResponse)
    assert not response.is_async
    steps = list(response)  # type: ignore[call-overload]
    assert max(map(len, steps)) == STEP_BYTES
    assert b"".join(steps) == LARGE


def test_a_client_that_leaves_ends_the_reading(large: Stored) -> None:
    async def leave_after_one_step() -> bool:
        reading = files().steps(large.file, 0, len(LARGE))
        steps = media._in_thread(reading)
        await anext(steps)
        file = reading.gi_frame.f_locals["file"]
        await steps.aclose()
        return bool(file.closed)

    assert asyncio.run(leave_after_one_step())


@pytest.mark.django_db(transaction=True)
def test_the_film_comes_through_the_asgi_handler(take: Take, film: bytes, alice: User) -> None:
    reader = AsyncClient()

    async def ask() -> tuple[int, bytes]:
        await reader.aforce_login(alice)
        response = await reader.get(
            reverse("take_video", args=[take.key]), headers={"Range": "bytes=4-"}
        )
        assert isinstance(response, StreamingHttpResponse)
        return response.status_code, b"".join(await _read(response))

    assert asyncio.run(ask()) == (206, film[4:])


# Behind nginx


@pytest.fixture
def behind_nginx(settings: Settings) -> None:
    settings.ACCEL_REDIRECT = "/_media/"


@pytest.mark.parametrize("method", ["get", "head"])
def test_behind_nginx_the_file_is_named_and_not_sent(
    behind_nginx: None, reader: Client, take: Take, method: str
) -> None:
    response = getattr(reader, method)(reverse("take_video", args=[take.key]))
    assert (response.status_code, response.content) == (200, b"")
    assert response["X-Accel-Redirect"] == f"/_media/{take.video}"
    assert response["Content-Type"] == "video/mp4"
    assert response["Content-Disposition"].startswith("inline; ")
    assert response["Cache-Control"] == "private, no-cache"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["X-Content-Type-Options"] == "nosniff"


def test_behind_nginx_ranges_and_tags_are_nginx_s(
    behind_nginx: None, reader: Client, take: Take
) -> None:
    response = _get(reader, take, Range="bytes=0-3", If_None_Match=f'"{take.sha256}"')
    assert response.status_code == 200
    assert "ETag" not in response
    assert "Content-Range" not in response


def test_behind_nginx_pictures_are_named_too(
    behind_nginx: None, reader: Client, take: Take, storyboard: Storyboard, alice: User
) -> None:
    picture = builders.give_first_frame(storyboard, by=alice)
    named = {
        reverse("take_poster", args=[take.key]): take.poster,
        reverse("take_still", args=[take.key, 1]): take.stills[0],
        reverse("picture", args=[picture.key]): picture.file,
    }
    for address, name in named.items():
        assert reader.get(address)["X-Accel-Redirect"] == f"/_media/{name}"


def test_behind_nginx_nothing_is_named_to_who_may_not_see_it(
    behind_nginx: None, take: Take, signed_in: SignedIn, charlie: User
) -> None:
    address = reverse("take_video", args=[take.key])
    for browser, status in ((signed_in(charlie), 404), (Client(), 302)):
        response = browser.get(address)
        assert response.status_code == status
        assert "X-Accel-Redirect" not in response


def test_behind_nginx_a_film_that_is_gone_is_404(
    behind_nginx: None, reader: Client, take: Take
) -> None:
    default_storage.delete(take.video)
    response = _get(reader, take)
    assert response.status_code == 404
    assert "X-Accel-Redirect" not in response


def test_behind_nginx_a_name_is_quoted_and_the_prefix_needs_no_slash(
    settings: Settings,
) -> None:
    settings.ACCEL_REDIRECT = "/_films"
    files().put(b"film", "odd ?name%.mp4")
    stored = Stored(file="odd ?name%.mp4", tag="t", content_type="video/mp4")
    response = asyncio.run(send(RequestFactory().get("/"), stored))
    assert response["X-Accel-Redirect"] == "/_films/odd%20%3Fname%25.mp4"


@pytest.mark.django_db(transaction=True)
def test_behind_nginx_the_film_is_named_under_asgi_too(
    behind_nginx: None, take: Take, alice: User
) -> None:
    reader = AsyncClient()

    async def ask() -> str:
        await reader.aforce_login(alice)
        response = await reader.get(reverse("take_video", args=[take.key]))
        return str(response["X-Accel-Redirect"])

    assert asyncio.run(ask()) == f"/_media/{take.video}"
