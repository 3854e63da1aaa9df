"""Films and pictures that lie in a bucket come through us, by range, to those who may see them."""

from __future__ import annotations

import asyncio
import html
from collections.abc import AsyncIterator, Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import StreamingHttpResponse
from django.test import AsyncClient, Client
from django.urls import reverse
from pytest_django import Settings

from storyboard.models import Generation, NotAllowedNow, Revision, Storyboard, Take, User
from storyboard.models.files import files
from tests import builders

SignedIn = Callable[[User], Client]

JPEG, PNG = b"\xff\xd8", b"\x89PNG"

pytestmark = pytest.mark.usefixtures("bucket")


@pytest.fixture
def take(bucket: str, take: Take) -> Take:
    return take


@pytest.fixture
def film(take: Take) -> bytes:
    return b"".join(files().steps(take.video, 0, take.size_bytes))


@pytest.fixture
def reader(signed_in: SignedIn, alice: User) -> Client:
    return signed_in(alice)


def body(response: object) -> bytes:
    assert isinstance(response, StreamingHttpResponse)
    return b"".join(response)  # type: ignore[arg-type]


def test_a_film_comes_whole_or_by_range(reader: Client, take: Take, film: bytes) -> None:
    address = reverse("take_video", args=[take.key])
    whole = reader.get(address)
    assert (whole.status_code, body(whole)) == (200, film)
    assert whole["ETag"] == f'"{take.sha256}"'
    part = reader.get(address, headers={"Range": "bytes=100-199"})
    assert (part.status_code, body(part)) == (206, film[100:200])
    assert part["Content-Range"] == f"bytes 100-199/{len(film)}"
    end = reader.get(address, headers={"Range": "bytes=-7"})
    assert body(end) == film[-7:]
    beyond = reader.get(address, headers={"Range": f"bytes={len(film)}-"})
    assert beyond.status_code == 416
    assert reader.get(address, headers={"If-None-Match": whole["ETag"]}).status_code == 304
    head = reader.head(address)
    assert (head["Content-Length"], head.content) == (str(len(film)), b"")


def test_no_address_of_the_bucket_reaches_a_browser(
    reader: Client, take: Take, settings: Settings
) -> None:
    settings.ACCEL_REDIRECT = "/_media/"
    response = reader.get(reverse("take_download", args=[take.key]))
    assert "X-Accel-Redirect" not in response, "nginx cannot read there"
    assert "Location" not in response
    assert response["Content-Disposition"].startswith("attachment; ")
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert body(response)


def test_pictures_come_from_there_too(
    reader: Client, take: Take, storyboard: Storyboard, alice: User
) -> None:
    picture = builders.give_first_frame(storyboard, by=alice)
    for address in (
        reverse("take_poster", args=[take.key]),
        reverse("take_filmstrip", args=[take.key]),
        reverse("take_still", args=[take.key, 1]),
    ):
        assert body(reader.get(address))[:2] == JPEG
    assert body(reader.get(reverse("picture", args=[picture.key])))[:4] == PNG


def test_a_stranger_gets_nothing_of_it(take: Take, signed_in: SignedIn, charlie: User) -> None:
    address = reverse("take_video", args=[take.key])
    assert signed_in(charlie).get(address).status_code == 404
    assert Client().get(address).status_code == 302


def test_a_film_that_is_gone_from_the_bucket_is_404(reader: Client, take: Take) -> None:
    files().delete(take.video)
    assert reader.get(reverse("take_video", args=[take.key])).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_under_asgi_it_comes_in_steps(take: Take, film: bytes, alice: User) -> None:
    reader = AsyncClient()

    async def ask() -> tuple[int, bytes]:
        await reader.aforce_login(alice)
        response = await reader.get(
            reverse("take_video", args=[take.key]), headers={"Range": "bytes=4-"}
        )
        assert isinstance(response, StreamingHttpResponse)
        content = response.streaming_content
        assert isinstance(content, AsyncIterator)
        return response.status_code, b"".join([step async for step in content])

    assert asyncio.run(ask()) == (206, film[4:])


# Away


@pytest.fixture
def away(settings: Settings) -> Callable[[], None]:
    """From its call on the bucket does not answer."""

    def leave() -> None:
        default = settings.STORAGES["default"]
        options = default["OPTIONS"] | {"endpoint_url": "http://127.0.0.1:9"}
        settings.STORAGES = {**settings.STORAGES, "default": {**default, "OPTIONS": options}}

    return leave


def test_a_film_of_a_bucket_that_is_away_is_503_in_words(
    reader: Client, take: Take, away: Callable[[], None]
) -> None:
    away()
    response = reader.get(reverse("take_video", args=[take.key]))
    assert response.status_code == 503
    assert response.content.decode() == "The storage does not answer. Nothing is lost."


def test_a_picture_that_cannot_be_stored_is_refused_and_changes_nothing(
    reader: Client, storyboard: Storyboard, away: Callable[[], None]
) -> None:
    away()
    upload = {"first_frame": SimpleUploadedFile("still.png", builders.png())}
    response = reader.post(reverse("first_frame", args=[storyboard.key]), upload)
    assert response.status_code == 422
    assert "our storage is full or does not answer. Nothing was changed." in (
        response.content.decode()
    )
    storyboard.refresh_from_db()
    assert storyboard.first_frame is None


def test_a_revision_opens_while_the_storage_is_silent_and_orders_nothing(
    reader: Client, storyboard: Storyboard, alice: User, bob: User, away: Callable[[], None]
) -> None:
    builders.give_first_frame(storyboard, by=alice)
    revision = builders.approve(builders.make_revision(storyboard, by=alice), by=bob)
    away()
    page = shown(reader, revision)
    assert "Approved, nothing ordered yet" in page
    assert "generate-why" not in page
    with pytest.raises(NotAllowedNow, match="The first frame cannot be read: our storage does not"):
        revision.generate(by=alice)
    assert not Generation.objects.exists()


def shown(reader: Client, revision: Revision) -> str:
    response = reader.get(reverse("revision", args=[revision.key]))
    assert response.status_code == 200
    return html.unescape(response.content.decode())
