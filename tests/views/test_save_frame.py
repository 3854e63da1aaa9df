"""A frame of a take saved as a picture, with what was drawn on it."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import av
import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from PIL import Image, ImageChops, ImageStat

from storyboard.media import films
from storyboard.media.drawings import COLOURS, Drawing, clean_drawing, draw_on
from storyboard.models import Note, Revision, Take, User
from storyboard.models.files import files
from tests import builders

SignedIn = Callable[[User], Client]
FPS = 12
FRAMES = 36
SIZE = (640, 360)


@pytest.fixture
def large(take: Take, tmp_path: Path) -> Take:
    """A take whose frames all differ: a white post moves on with each."""
    path = tmp_path / "film.mp4"
    with av.open(str(path), "w", format="mp4") as film:
        stream = film.add_stream("libx264", rate=FPS)
        stream.width, stream.height = SIZE
        stream.pix_fmt = "yuv420p"
        stream.options = {"g": "10", "bf": "2", "crf": "12"}
        for number in range(FRAMES):
            film.mux(stream.encode(av.VideoFrame.from_image(post(number))))
        film.mux(stream.encode(None))
    data = path.read_bytes()
    files().put(data, "takes/posts.mp4")
    take.video, take.size_bytes = "takes/posts.mp4", len(data)
    take.duration_ms = films.probe(path).duration_ms
    take.rate_num, take.rate_den = FPS, 1
    take.width, take.height = SIZE
    take.save()
    return take


def post(number: int) -> Image.Image:
    picture = Image.new("RGB", SIZE, "#111")
    picture.paste("#eee", (number * 16, 0, number * 16 + 16, SIZE[1]))
    return picture


def cross(x: float = 0.25, y: float = 0.75, colour: str = "green") -> Drawing:
    lines = ([[x - 0.05, y], [x + 0.05, y]], [[x, y - 0.05], [x, y + 0.05]])
    return clean_drawing([{"tool": "pen", "colour": colour, "points": line} for line in lines])


def drawn(take: Take, *, by: User, drawing: Drawing | None = None) -> Note:
    return Note.add(take, "Here.", by=by, at_ms=250, drawing=drawing or cross())


def address(take: Take) -> str:
    return reverse("save_frame", args=[take.key])


def seen(response: HttpResponse) -> Image.Image:
    picture = Image.open(BytesIO(response.content))
    picture.load()
    return picture.convert("RGB")


def is_like(picture: Image.Image, other: Image.Image) -> bool:
    difference = ImageChops.difference(picture.convert("L"), other.convert("L"))
    return ImageStat.Stat(difference).mean[0] < 2


def ink(picture: Image.Image, colour: str) -> tuple[float, float, float, float] | None:
    """The box around all of one colour."""
    apart = ImageChops.difference(picture, Image.new("RGB", picture.size, COLOURS[colour]))
    return apart.convert("L").point(lambda value: 255 * (value < 12)).getbbox()


@pytest.mark.parametrize("number", [0, 9, 10, 35])
def test_exactly_that_frame_comes_at_full_size(
    signed_in: SignedIn, large: Take, bob: User, number: int
) -> None:
    response = signed_in(bob).get(address(large), {"frame": number})
    assert response.status_code == 200
    assert response["Content-Type"] == "image/png"
    assert response.content.startswith(b"\x89PNG")
    picture = seen(response)
    assert picture.size == SIZE
    assert [each for each in range(FRAMES) if is_like(picture, post(each))] == [number]


def test_it_is_named_by_storyboard_take_and_timecode(
    signed_in: SignedIn, large: Take, alice: User
) -> None:
    board = large.storyboard
    board.name = "Die Lampe, Nacht 1"
    board.save()
    said = signed_in(alice).get(address(large), {"frame": 30})
    assert said["Content-Disposition"] == (
        f'attachment; filename="die-lampe-nacht-1-take-{large.number}-00-02-06.png"'
    )
    assert said["Cache-Control"] == "private, no-cache"
    assert said["X-Content-Type-Options"] == "nosniff"
    board.name = "灯塔"
    board.save()
    said = signed_in(alice).get(address(large), {"frame": 30})
    assert said["Content-Disposition"].startswith("attachment; filename*=utf-8''%E7%81%AF")


def test_the_last_frame_comes_for_none_and_for_one_beyond_the_end(
    signed_in: SignedIn, large: Take, alice: User
) -> None:
    for asked in ({}, {"frame": "900"}):
        response = signed_in(alice).get(address(large), asked)
        assert is_like(seen(response), post(FRAMES - 1))
        assert "00-02-11.png" in response["Content-Disposition"]


def test_the_drawings_asked_for_are_painted_and_no_others(
    signed_in: SignedIn, large: Take, alice: User, bob: User
) -> None:
    one = drawn(large, by=alice)
    other = drawn(large, by=bob, drawing=cross(0.75, 0.25, "blue"))
    client = signed_in(alice)
    plain = seen(client.get(address(large), {"frame": 3}))
    assert ink(plain, "green") is None
    first = seen(client.get(address(large), {"frame": 3, "note": one.key}))
    assert is_like(first, draw_on(plain, one.drawing))
    assert ink(first, "blue") is None
    box = ink(first, "green")
    assert box is not None
    assert abs((box[0] + box[2]) / 2 - 0.25 * SIZE[0]) <= 1.5
    assert abs((box[1] + box[3]) / 2 - 0.75 * SIZE[1]) <= 1.5
    both = seen(client.get(address(large), {"frame": 3, "note": [one.key, other.key]}))
    assert ink(both, "green") is not None
    assert ink(both, "blue") is not None


def test_a_note_without_a_drawing_changes_nothing(
    signed_in: SignedIn, large: Take, alice: User
) -> None:
    note = Note.add(large, "Words.", by=alice, at_ms=0)
    with_note = signed_in(alice).get(address(large), {"frame": 3, "note": note.key})
    plain = signed_in(alice).get(address(large), {"frame": 3})
    assert with_note.content == plain.content


def test_a_note_carried_over_from_an_earlier_take_is_painted(
    signed_in: SignedIn, large: Take, approved: Revision, alice: User
) -> None:
    note = drawn(large, by=alice)
    later = builders.make_take(approved, by=alice)
    assert signed_in(alice).get(address(later), {"note": note.key}).status_code == 200


def test_notes_of_elsewhere_are_not_found(
    signed_in: SignedIn, large: Take, approved: Revision, alice: User, bob: User
) -> None:
    later = builders.make_take(approved, by=alice)
    board = builders.make_storyboard(large.storyboard.project, by=alice, name="Another")
    revision = builders.approve(builders.make_revision(board, by=alice, takes=1), by=bob)
    elsewhere = builders.make_take(revision, by=alice)
    client = signed_in(alice)
    for key in ("nobody", "\0", drawn(later, by=alice).key, drawn(elsewhere, by=alice).key):
        assert client.get(address(large), {"note": key}).status_code == 404


@pytest.mark.parametrize("frame", ["x", "-1", "1.5", "1000001", "9" * 40])
def test_no_such_frame_is_said_in_words(
    signed_in: SignedIn, large: Take, alice: User, frame: str
) -> None:
    response = signed_in(alice).get(address(large), {"frame": frame})
    assert response.status_code == 422
    assert response.content.decode() == "The take has no such frame. Choose another one."
    assert response["Content-Type"].startswith("text/plain")


def test_a_film_that_cannot_be_read_is_said_in_words(
    signed_in: SignedIn, large: Take, alice: User
) -> None:
    files().put(b"\0\0\0\x18ftypisom" + bytes(400), "takes/damaged.mp4")
    Take.objects.filter(pk=large.pk).update(video="takes/damaged.mp4")
    response = signed_in(alice).get(address(large), {"frame": 0})
    assert response.status_code == 422
    assert response.content.decode().startswith("The frame cannot be taken. The film is cut short")


def test_a_film_that_is_not_here_yet_is_said_in_words(
    signed_in: SignedIn, large: Take, alice: User
) -> None:
    Take.objects.filter(pk=large.pk).update(stored_at=None)
    response = signed_in(alice).get(address(large), {"frame": 0})
    assert response.status_code == 422
    assert "not here yet. Wait until it is stored." in response.content.decode()


def test_who_may_save_a_frame(
    signed_in: SignedIn, large: Take, alice: User, bob: User, charlie: User
) -> None:
    assert Client().get(address(large))["Location"].startswith("/accounts/login/")
    assert signed_in(bob).get(address(large)).status_code == 200
    assert signed_in(charlie).get(address(large)).status_code == 404
    assert signed_in(alice).post(address(large)).status_code == 405


def test_a_frame_too_large_for_a_png_stays_what_it_was_cut_as(
    signed_in: SignedIn, large: Take, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def as_jpeg(_film: Path, target: Path, _at_ms: int) -> None:
        post(3).save(target, "JPEG")

    monkeypatch.setattr("storyboard.models.frames.cut_frame", as_jpeg)
    note = drawn(large, by=alice)
    for asked in ({"frame": 3}, {"frame": 3, "note": note.key}):
        response = signed_in(alice).get(address(large), asked)
        assert response["Content-Type"] == "image/jpeg"
        assert response["Content-Disposition"].endswith('-00-00-03.jpg"')
        assert response.content.startswith(b"\xff\xd8")
