"""What a shot is drawn from: its picture, and which picture its card shows."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from storyboard.media.pictures import clean_picture
from storyboard.models import Picture, Shot, Storyboard, Take, User
from tests import builders

SignedIn = Callable[[User], Client]
SCRIPT = {"HX-Request": "true"}


@pytest.fixture
def shot(storyboard: Storyboard) -> Shot:
    return storyboard.shots.get(position=1)


def upload(data: bytes) -> dict[str, SimpleUploadedFile]:
    return {"picture": SimpleUploadedFile("still.png", data, "image/png")}


def at(name: str, shot: Shot) -> str:
    return reverse(name, args=[shot.key])


def give(shot: Shot, by: User, colour: str = "#543") -> Picture:
    clean = clean_picture(builders.png(colour=colour))
    picture = Picture.keep(clean, team=shot.storyboard.project.team)
    shot.set_picture(picture, by=by)
    return picture


def frame_of(shot: Shot, page: str) -> str:
    return page.partition(f'id="shot-{shot.key}-frame"')[2].partition("</div>")[0]


def page_of(client: Client, shot: Shot) -> str:
    return client.get(reverse("storyboard", args=[shot.storyboard.key])).content.decode()


def test_a_picture_is_kept_and_taken_off(signed_in: SignedIn, shot: Shot, carol: User) -> None:
    client = signed_in(carol)
    response = client.post(at("shot_picture", shot), upload(builders.png()))
    assert response["Location"].endswith(f"#shot-{shot.key}")
    shot.refresh_from_db()
    assert str(shot.picture) == "640 × 360 px"
    assert client.post(at("remove_shot_picture", shot)).status_code == 302
    shot.refresh_from_db()
    assert shot.picture is None


def test_a_script_gets_the_card_with_its_picture(
    signed_in: SignedIn, shot: Shot, carol: User
) -> None:
    address = at("shot_picture", shot)
    response = signed_in(carol).post(address, upload(builders.png()), headers=SCRIPT)
    shot.refresh_from_db()
    assert shot.picture is not None
    drawn = response.content.decode()
    assert reverse("picture", args=[shot.picture.key]) in frame_of(shot, drawn)
    assert "<html" not in drawn


@pytest.mark.parametrize("headers", [{}, SCRIPT])
@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"GIF89a" + bytes(200), "The file is a GIF."),
        (builders.png((299, 400)), "299 × 400 px"),
        (b"", "The file is empty."),
    ],
)
def test_a_picture_that_cannot_be_used_is_named_on_its_card(
    signed_in: SignedIn, shot: Shot, alice: User, data: bytes, words: str, headers: dict[str, str]
) -> None:
    picture = give(shot, alice)
    address = at("shot_picture", shot)
    response = signed_in(alice).post(address, upload(data), headers=headers)
    assert response.status_code == 422
    errors = response.content.decode().partition(f'id="shot-{shot.key}-errors"')[2]
    assert words in errors.partition("</div>")[0]
    assert "stays as it was" in errors.partition("</div>")[0]
    shot.refresh_from_db()
    assert shot.picture == picture


def test_a_body_declared_too_large_is_refused_unread(
    signed_in: SignedIn, shot: Shot, alice: User
) -> None:
    declared = str(20 * 1024 * 1024)
    response = signed_in(alice).post(
        at("shot_picture", shot), upload(builders.png()), CONTENT_LENGTH=declared
    )
    assert response.status_code == 422
    assert "20.0 MB; at most 10 MB" in response.content.decode()
    assert not Picture.objects.exists()


def test_an_upload_needs_the_token(shot: Shot, alice: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    assert client.post(at("shot_picture", shot), upload(builders.png())).status_code == 403
    shot.refresh_from_db()
    assert shot.picture is None


def test_a_card_shows_first_frame_then_picture_then_take_then_words(
    signed_in: SignedIn, take: Take, alice: User
) -> None:
    client, board = signed_in(alice), take.storyboard
    first, second = board.shots.all()
    assert reverse("take_still", args=[take.key, 1]) in frame_of(first, page_of(client, first))
    picture = give(first, alice)
    drawn = frame_of(first, page_of(client, first))
    assert reverse("picture", args=[picture.key]) in drawn
    assert "First frame" not in drawn
    frame = builders.give_first_frame(board, by=alice)
    drawn = frame_of(first, page_of(client, first))
    assert reverse("picture", args=[frame.key]) in drawn
    assert "First frame" in drawn
    assert reverse("take_still", args=[take.key, 2]) in frame_of(second, page_of(client, second))
    added = board.add_shot(by=alice, prompt="A gull lands.")
    assert "<p>A gull lands.</p>" in frame_of(added, page_of(client, added))


@pytest.mark.parametrize(
    ("aspect_ratio", "classes"), [("16:9", "frame"), ("9:16", "frame fit"), ("1:1", "frame fit")]
)
def test_a_picture_of_another_shape_than_the_video_is_seen_whole(
    signed_in: SignedIn, shot: Shot, alice: User, aspect_ratio: str, classes: str
) -> None:
    give(shot, alice)
    shot.storyboard.rewrite({"aspect_ratio": aspect_ratio}, by=alice)
    page = page_of(signed_in(alice), shot)
    assert f'<div class="{classes}" id="shot-{shot.key}-frame"' in page


def test_the_picture_of_shot_1_becomes_the_first_frame(
    signed_in: SignedIn, shot: Shot, alice: User
) -> None:
    client, picture = signed_in(alice), give(shot, alice)
    assert "Use as first frame" in page_of(client, shot)
    assert client.post(at("start_with", shot)).status_code == 302
    shot.storyboard.refresh_from_db()
    assert shot.storyboard.first_frame == picture
    assert "Use as first frame" not in page_of(client, shot)


def test_only_a_picture_of_shot_1_becomes_the_first_frame(
    signed_in: SignedIn, storyboard: Storyboard, shot: Shot, alice: User
) -> None:
    client, second = signed_in(alice), storyboard.shots.get(position=2)
    give(second, alice)
    for other in (shot, second):
        response = client.post(at("start_with", other))
        assert response.status_code == 422
        assert "Only the picture of shot 1" in response.content.decode()
    storyboard.refresh_from_db()
    assert storyboard.first_frame is None


def test_a_picture_beside_another_first_frame_says_what_the_card_shows(
    signed_in: SignedIn, storyboard: Storyboard, shot: Shot, alice: User
) -> None:
    builders.give_first_frame(storyboard, by=alice)
    data = upload(builders.png(colour="#765"))
    response = signed_in(alice).post(at("shot_picture", shot), data, headers=SCRIPT)
    assert "the card goes on showing the first frame" in response.content.decode()


NAMES = ("shot_picture", "remove_shot_picture", "start_with")


@pytest.mark.parametrize("name", NAMES)
def test_who_may_change_pictures(
    signed_in: SignedIn, shot: Shot, bob: User, charlie: User, alice: User, name: str
) -> None:
    address = at(name, shot)
    assert Client().post(address)["Location"].startswith("/accounts/login/")
    assert signed_in(bob).post(address).status_code == 403
    assert signed_in(charlie).post(address).status_code == 404
    assert signed_in(alice).get(address).status_code == 405
    assert signed_in(alice).post(reverse(name, args=["nobody"])).status_code == 404


@pytest.mark.parametrize("name", NAMES)
def test_an_archived_storyboard_takes_no_picture(
    signed_in: SignedIn, shot: Shot, alice: User, name: str
) -> None:
    picture = give(shot, alice)
    shot.storyboard.archive(by=alice)
    data = upload(builders.png(colour="#765"))
    response = signed_in(alice).post(at(name, shot), data)
    assert response.status_code == 422
    assert "This storyboard is archived." in response.content.decode()
    shot.refresh_from_db()
    assert shot.picture == picture
