"""A frame of a take becomes a picture: exactly that frame."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import av
import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image, ImageChops, ImageStat

from storyboard.media import films
from storyboard.models import NotAllowedNow, Picture, Storyboard, Take, User
from storyboard.models.files import files
from storyboard.models.frames import picture_of_frame
from tests import builders

SignedIn = Callable[[User], Client]
SCRIPT = {"HX-Request": "true"}
FPS = 12
FRAMES = 36


@pytest.fixture
def large(take: Take, tmp_path: Path) -> Take:
    """A take whose frames all differ and are large enough for Kling: 640 × 360."""
    path = tmp_path / "film.mp4"
    with av.open(str(path), "w", format="mp4") as film:
        stream = film.add_stream("libx264", rate=FPS)
        stream.width, stream.height, stream.pix_fmt = 640, 360, "yuv420p"
        stream.options = {"g": "10", "bf": "2", "crf": "12"}
        for number in range(FRAMES):
            film.mux(stream.encode(av.VideoFrame.from_image(drawn(number))))
        film.mux(stream.encode(None))
    data = path.read_bytes()
    facts = films.probe(path)
    files().put(data, "takes/large.mp4")
    take.video, take.size_bytes, take.duration_ms = "takes/large.mp4", len(data), facts.duration_ms
    take.rate_num, take.rate_den, take.width, take.height = FPS, 1, 640, 360
    take.save()
    return take


def drawn(number: int) -> Image.Image:
    """A white post on black that moves on with every frame."""
    picture = Image.new("RGB", (640, 360), "#111")
    picture.paste("#eee", (number * 16, 0, number * 16 + 16, 360))
    return picture


def seen(picture: Picture) -> Image.Image:
    with files().open(picture.file, "rb") as file:
        return Image.open(BytesIO(file.read())).convert("RGB")


def is_like(picture: Image.Image, number: int) -> bool:
    difference = ImageChops.difference(picture.convert("L"), drawn(number).convert("L"))
    return ImageStat.Stat(difference).mean[0] < 2


@pytest.mark.parametrize("number", [0, 1, 2, 9, 10, 11, 23, 34, 35])
def test_the_frame_of_that_number_is_cut_and_no_other(large: Take, number: int) -> None:
    picture = seen(picture_of_frame(large, number))
    assert picture.size == (640, 360)
    assert [each for each in range(FRAMES) if is_like(picture, each)] == [number]


def test_a_frame_beyond_the_end_is_the_last(large: Take) -> None:
    assert is_like(seen(picture_of_frame(large, 99)), FRAMES - 1)


def test_a_frame_too_small_for_kling_is_refused_in_words(take: Take) -> None:
    with pytest.raises(NotAllowedNow) as caught:
        picture_of_frame(take, 0)
    assert "The frame cannot be taken. The picture is 96 × 54 px" in caught.value.words
    assert caught.value.code == "too_small"


def test_a_film_that_is_damaged_is_refused_in_words(large: Take) -> None:
    files().put(b"\0\0\0\x18ftypisom" + bytes(400), "takes/damaged.mp4")
    large.video = "takes/damaged.mp4"
    with pytest.raises(NotAllowedNow) as caught:
        picture_of_frame(large, 0)
    assert "The frame cannot be taken." in caught.value.words


def test_a_film_that_is_gone_is_refused_in_words(large: Take) -> None:
    large.video = "takes/gone.mp4"
    with pytest.raises(NotAllowedNow) as caught:
        picture_of_frame(large, 0)
    assert caught.value.code in ("no_storage", "unreadable", "not_mp4")


def test_one_press_makes_the_last_frame_of_a_take_the_first_frame(
    signed_in: SignedIn, large: Take, project_board: Storyboard, alice: User
) -> None:
    address = reverse("first_frame", args=[project_board.key])
    response = signed_in(alice).post(address, {"take": large.key}, headers=SCRIPT)
    assert response.status_code == 200
    project_board.refresh_from_db()
    assert project_board.first_frame is not None
    assert is_like(seen(project_board.first_frame), FRAMES - 1)


@pytest.fixture
def project_board(large: Take, alice: User) -> Storyboard:
    return builders.make_storyboard(large.storyboard.project, by=alice, name="The next one")


def test_a_frame_goes_on_to_its_place(
    signed_in: SignedIn, large: Take, project_board: Storyboard, carol: User
) -> None:
    to = reverse("first_frame", args=[project_board.key])
    client, address = signed_in(carol), reverse("take_frame", args=[large.key])
    response = client.post(address, {"frame": "3", "to": to}, headers=SCRIPT)
    picture = Picture.objects.get()
    assert is_like(seen(picture), 3)
    page = response.content.decode()
    assert "<html" not in page
    assert f'name="picture_key" value="{picture.key}"' in page
    assert f'action="{to}"' in page
    response = client.post(address, {"frame": "3", "to": to})
    assert response.status_code == 302
    page = client.get(response["Location"]).content.decode()
    assert "<html" in page
    assert f'name="picture_key" value="{picture.key}"' in page


@pytest.mark.parametrize("headers", [{}, SCRIPT])
def test_a_frame_that_cannot_be_taken_is_said_beside_the_film(
    signed_in: SignedIn, take: Take, carol: User, headers: dict[str, str]
) -> None:
    to = reverse("first_frame", args=[take.storyboard.key])
    address = reverse("take_frame", args=[take.key])
    for frame, words in (("0", "Kling needs at least 300 px"), ("x", "The take has no such frame")):
        response = signed_in(carol).post(address, {"frame": frame, "to": to}, headers=headers)
        assert response.status_code == 422
        assert words in response.content.decode()
        assert 'type="range" name="frame"' in response.content.decode()
    assert not Picture.objects.exists()


def test_only_places_that_take_pictures_are_places(
    signed_in: SignedIn, large: Take, alice: User
) -> None:
    board = large.storyboard
    address = reverse("take_frame", args=[large.key])
    for to in (
        "https://elsewhere.example/",
        "//elsewhere.example/",
        "nowhere",
        reverse("archive_storyboard", args=[board.key]),
        reverse("storyboard", args=[board.key]),
        reverse("first_frame", args=["nobody"]),
    ):
        assert signed_in(alice).post(address, {"to": to}).status_code == 404, to
    assert not Picture.objects.exists()


def test_who_may_cut_frames(
    signed_in: SignedIn, take: Take, alice: User, bob: User, charlie: User
) -> None:
    address = reverse("take_frame", args=[take.key])
    data = {"to": reverse("first_frame", args=[take.storyboard.key])}
    assert Client().post(address, data)["Location"].startswith("/accounts/login/")
    assert signed_in(bob).post(address, data).status_code == 403
    assert signed_in(charlie).post(address, data).status_code == 404
    assert signed_in(alice).get(address).status_code == 405
    assert signed_in(alice).post(address)["Location"] == reverse("take", args=[take.key])
