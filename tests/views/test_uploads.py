"""How a picture reaches its place: as a file, by its key, or as a frame of a take."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from storyboard.media.pictures import clean_picture
from storyboard.models import Picture, Project, Storyboard, Take, Team, User
from tests import builders

SignedIn = Callable[[User], Client]
SCRIPT = {"HX-Request": "true"}
PLACES = ("first_frame", "end_frame", "shot_picture")


def file(data: bytes, name: str = "still.png", kind: str = "image/png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, kind)


def at(place: str, board: Storyboard) -> str:
    row = board.shots.get(position=1) if place == "shot_picture" else board
    return reverse(place, args=[row.key])


def stored(place: str, board: Storyboard) -> Picture | None:
    board = Storyboard.objects.get(pk=board.pk)
    if place == "shot_picture":
        return board.shots.get(position=1).picture
    return board.end_frame if place == "end_frame" else board.first_frame


def picture(team: Team, colour: str = "#654") -> Picture:
    return Picture.keep(clean_picture(builders.png(colour=colour)), team=team)


@pytest.mark.parametrize("place", PLACES)
def test_a_file_from_the_picture_dialog_is_taken_in_every_place(
    signed_in: SignedIn, storyboard: Storyboard, carol: User, place: str
) -> None:
    data = {"picture": file(builders.png())}
    assert signed_in(carol).post(at(place, storyboard), data).status_code == 302
    assert str(stored(place, storyboard)) == "640 × 360 px"


@pytest.mark.parametrize("place", PLACES)
def test_a_picture_the_team_has_is_taken_by_its_key(
    signed_in: SignedIn, storyboard: Storyboard, team: Team, carol: User, place: str
) -> None:
    kept = picture(team)
    response = signed_in(carol).post(at(place, storyboard), {"picture_key": kept.key})
    assert response.status_code == 302
    assert stored(place, storyboard) == kept
    assert Picture.objects.count() == 1


@pytest.mark.parametrize("headers", [{}, SCRIPT])
@pytest.mark.parametrize("place", PLACES)
def test_a_picture_of_another_team_is_none(
    signed_in: SignedIn,
    storyboard: Storyboard,
    other_team: Team,
    alice: User,
    place: str,
    headers: dict[str, str],
) -> None:
    theirs = picture(other_team)
    for key in (theirs.key, "", "nobody"):
        response = signed_in(alice).post(
            at(place, storyboard), {"picture_key": key}, headers=headers
        )
        assert response.status_code == 422, key
        assert "The team has no such picture any more." in response.content.decode()
        assert "stays as it was." in response.content.decode()
    assert stored(place, storyboard) is None


def test_a_frame_of_a_take_of_another_team_is_none(
    signed_in: SignedIn, take: Take, other_project: Project, charlie: User
) -> None:
    board = builders.make_storyboard(other_project, by=charlie)
    response = signed_in(charlie).post(at("first_frame", board), {"take": take.key})
    assert response.status_code == 422
    assert "The team has no such take any more." in response.content.decode()


def test_a_frame_that_is_no_number_is_refused(signed_in: SignedIn, take: Take, alice: User) -> None:
    for frame in ("-1", "two", "9" * 30):
        data = {"take": take.key, "frame": frame}
        response = signed_in(alice).post(at("first_frame", take.storyboard), data)
        assert response.status_code == 422
        assert "The take has no such frame." in response.content.decode()


@pytest.mark.parametrize(
    "name",
    [
        "../../../etc/passwd",
        "..\\..\\windows.png",
        "nul\0l.png",
        "‮gnp.exe",
        "a" * 300 + ".png",
        "<script>alert(1)</script>.png",
        "%2e%2e%2f.png",
    ],
)
def test_a_hostile_file_name_is_of_no_consequence(
    signed_in: SignedIn, storyboard: Storyboard, carol: User, name: str
) -> None:
    response = signed_in(carol).post(
        at("first_frame", storyboard), multipart(name, builders.png()), content_type=MULTIPART
    )
    assert response.status_code == 302
    kept = stored("first_frame", storyboard)
    assert kept is not None
    assert kept.file == f"pictures/{kept.sha256[:2]}/{kept.sha256}.png"


@pytest.mark.parametrize("kind", ["text/html", "image/gif", "application/octet-stream", ""])
def test_what_the_browser_says_of_the_kind_is_not_believed(
    signed_in: SignedIn, storyboard: Storyboard, carol: User, kind: str
) -> None:
    body = multipart("still.png", builders.png(), kind)
    client, address = signed_in(carol), at("first_frame", storyboard)
    assert client.post(address, body, content_type=MULTIPART).status_code == 302
    gif = multipart("still.jpg", b"GIF89a" + bytes(200), "image/jpeg")
    refused = client.post(address, gif, content_type=MULTIPART)
    assert "The file is a GIF." in refused.content.decode()


def test_two_files_of_one_name_are_two_pictures(
    signed_in: SignedIn, storyboard: Storyboard, carol: User
) -> None:
    client = signed_in(carol)
    for place, colour in (("first_frame", "#123"), ("end_frame", "#321")):
        data = {"picture": file(builders.png(colour=colour))}
        client.post(at(place, storyboard), data)
    first, end = (stored(place, storyboard) for place in ("first_frame", "end_frame"))
    assert first is not None
    assert end is not None
    assert first.sha256 != end.sha256
    for kept in (first, end):
        assert client.get(reverse("picture", args=[kept.key])).status_code == 200


def test_two_files_in_one_body_are_the_last_of_them(
    signed_in: SignedIn, storyboard: Storyboard, carol: User
) -> None:
    wanted = builders.png((500, 400))
    data = {"picture": [file(builders.png()), file(wanted)]}
    assert signed_in(carol).post(at("first_frame", storyboard), data).status_code == 302
    assert str(stored("first_frame", storyboard)) == "500 × 400 px"


@pytest.mark.parametrize("side", [400, 1_800])
def test_a_body_cut_at_99_per_cent_leaves_all_as_it_was(
    signed_in: SignedIn, storyboard: Storyboard, alice: User, side: int
) -> None:
    """A long one is told by its size, a short one by its picture."""
    kept = builders.give_first_frame(storyboard, by=alice)
    body = multipart("still.png", noise(side))
    came = BytesIO(body[: len(body) * 99 // 100])
    response = signed_in(alice).post(
        at("first_frame", storyboard),
        body,
        content_type=MULTIPART,
        **{"wsgi.input": came},
    )
    assert response.status_code == 422
    drawn = response.content.decode().partition('id="first-frame-errors"')[2].partition("</div>")[0]
    assert "cut short" in drawn
    assert "stays as it was." in response.content.decode()
    assert stored("first_frame", storyboard) == kept


def noise(side: int) -> bytes:
    out = BytesIO()
    bands = [Image.effect_noise((side, side), 90) for _band in range(3)]
    Image.merge("RGB", bands).save(out, "PNG", compress_level=1)
    return out.getvalue()


def test_a_body_that_does_not_say_its_size_is_not_read(
    signed_in: SignedIn, storyboard: Storyboard, alice: User
) -> None:
    response = signed_in(alice).post(
        at("first_frame", storyboard),
        multipart("still.png", builders.png()),
        content_type=MULTIPART,
        CONTENT_LENGTH="",
        HTTP_TRANSFER_ENCODING="chunked",
    )
    assert response.status_code == 422
    assert "did not say how large it is" in response.content.decode()
    assert not Picture.objects.exists()


BOUNDARY = "--------------------------8f3a"
MULTIPART = f"multipart/form-data; boundary={BOUNDARY}"


def multipart(name: str, data: bytes, kind: str = "image/png") -> bytes:
    """A body as a browser would not write it: the name as it is."""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="picture"; filename="{name}"\r\n'
    said = f"Content-Type: {kind}\r\n" if kind else ""
    return f"{head}{said}\r\n".encode() + data + f"\r\n--{BOUNDARY}--\r\n".encode()
