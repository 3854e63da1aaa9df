"""The draft's settings, first frame and library entries through the browser's own requests."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from storyboard.models import (
    Picture,
    Storyboard,
    Team,
    User,
    digest,
)
from tests import builders

SignedIn = Callable[[User], Client]
SCRIPT = {"HX-Request": "true"}


def at(name: str, board: Storyboard) -> str:
    return reverse(name, args=[board.key])


def upload(data: bytes) -> dict[str, SimpleUploadedFile]:
    return {"first_frame": SimpleUploadedFile("frame.png", data, "image/png")}


# Settings


def test_a_setting_is_stored_and_the_page_comes_back(
    signed_in: SignedIn, storyboard: Storyboard, carol: User
) -> None:
    response = signed_in(carol).post(at("rewrite_storyboard", storyboard), {"mode": "pro"})
    assert response["Location"] == f"{at('storyboard', storyboard)}#settings"
    storyboard.refresh_from_db()
    assert (storyboard.mode, storyboard.changed_by) == ("pro", carol)


def test_a_script_gets_every_part_a_setting_touches(
    signed_in: SignedIn, storyboard: Storyboard, alice: User
) -> None:
    address = at("rewrite_storyboard", storyboard)
    response = signed_in(alice).post(address, {"aspect_ratio": "9:16"}, headers=SCRIPT)
    drawn = response.content.decode()
    assert 'class="board tall" id="board"' in drawn
    for part in ("timeline", "settings-was", "gate-rules", "library", "first-frame"):
        assert f'id="{part}"' in drawn
    assert "<html" not in drawn


def test_a_model_that_cannot_do_it_is_stored_with_words_beside_each_field(
    signed_in: SignedIn, storyboard: Storyboard, alice: User
) -> None:
    data = {"model": "kling-v2-6", "sound": "on", "total_seconds": "7"}
    address = at("rewrite_storyboard", storyboard)
    response = signed_in(alice).post(address, data, headers=SCRIPT)
    assert response.status_code == 200
    drawn = response.content.decode()
    beside = {
        "shooting": "kling-v2-6 makes one shot only.",
        "sound": "kling-v2-6 std makes no sound. Choose pro, or turn sound off.",
        "total_seconds": "Make it 5 or 10.",
    }
    for name, words in beside.items():
        assert words in drawn.partition(f'id="set-{name}-errors"')[2].partition("</div>")[0]
    assert "4 things to fix" in drawn


def test_a_setting_that_cannot_be_stored_is_named(
    signed_in: SignedIn, storyboard: Storyboard, alice: User
) -> None:
    response = signed_in(alice).post(
        at("rewrite_storyboard", storyboard), {"total_seconds": "long", "mode": "pro"}
    )
    assert response.status_code == 422
    page = response.content.decode()
    assert "whole number from 0 to 99" in page
    assert 'name="total_seconds" value="long"' in page
    storyboard.refresh_from_db()
    assert (storyboard.total_seconds, storyboard.mode) == (5, "pro")


def test_a_setting_somebody_else_changed_shows_both_values(
    signed_in: SignedIn, storyboard: Storyboard, alice: User, carol: User
) -> None:
    storyboard.rewrite({"mode": "4k"}, by=alice)
    data = {"mode": "pro", "was_mode": digest("std")}
    response = signed_in(carol).post(at("rewrite_storyboard", storyboard), data, headers=SCRIPT)
    assert response.status_code == 409
    errors = response.content.decode().partition('id="set-mode-errors"')[2]
    assert "Alice Moreau changed this at" in errors.partition("Keep mine")[0]
    assert '<div class="theirs">4k</div>' in errors


def test_make_the_total_is_offered_and_does_it(
    signed_in: SignedIn, storyboard: Storyboard, alice: User
) -> None:
    storyboard.rewrite({"total_seconds": 9}, by=alice)
    client = signed_in(alice)
    assert "Make the total 5 s" in client.get(at("storyboard", storyboard)).content.decode()
    assert client.post(at("make_total", storyboard)).status_code == 302
    storyboard.refresh_from_db()
    assert storyboard.total_seconds == 5


# First frame


def test_a_first_frame_is_kept_and_removed(
    signed_in: SignedIn, storyboard: Storyboard, alice: User
) -> None:
    client = signed_in(alice)
    response = client.post(at("first_frame", storyboard), upload(builders.png()))
    assert response["Location"].endswith("#first-frame")
    storyboard.refresh_from_db()
    assert str(storyboard.first_frame) == "640 × 360 px"
    assert client.post(at("remove_first_frame", storyboard)).status_code == 302
    storyboard.refresh_from_db()
    assert storyboard.first_frame is None


@pytest.mark.parametrize("headers", [{}, SCRIPT])
@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"GIF89a" + bytes(200), "The file is a GIF."),
        (builders.png((299, 400)), "299 × 400 px"),
        (b"", "The file is empty."),
    ],
)
def test_a_picture_that_cannot_be_used_is_named_beside_the_field(
    signed_in: SignedIn, storyboard: Storyboard, alice: User, data: bytes, words: str,
    headers: dict[str, str],
) -> None:  # fmt: skip
    picture = builders.give_first_frame(storyboard, by=alice)
    address = at("first_frame", storyboard)
    response = signed_in(alice).post(address, upload(data), headers=headers)
    assert response.status_code == 422
    drawn = response.content.decode().partition('<div class="errors" id="first-frame-errors"')[2]
    assert words in drawn.partition("</div>")[0]
    assert "stays as it was" in drawn.partition("</div>")[0]
    storyboard.refresh_from_db()
    assert storyboard.first_frame == picture


def test_a_body_declared_too_large_is_refused_unread(
    signed_in: SignedIn, storyboard: Storyboard, alice: User
) -> None:
    response = signed_in(alice).post(
        at("first_frame", storyboard), upload(builders.png()), CONTENT_LENGTH=str(20 * 1024 * 1024)
    )
    assert response.status_code == 422
    assert "20.0 MB; at most 10 MB" in response.content.decode()
    assert not Picture.objects.exists()


def test_an_upload_needs_the_token(storyboard: Storyboard, alice: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    assert client.post(at("first_frame", storyboard), upload(builders.png())).status_code == 403
    storyboard.refresh_from_db()
    assert storyboard.first_frame is None


def test_a_picture_is_served_to_its_team_alone(
    signed_in: SignedIn, storyboard: Storyboard, alice: User, bob: User, charlie: User
) -> None:
    picture = builders.give_first_frame(storyboard, by=alice)
    address = reverse("picture", args=[picture.key])
    response = signed_in(bob).get(address)
    assert response["Content-Type"] == "image/png"
    assert b"".join(response).startswith(b"\x89PNG")  # type: ignore[arg-type]
    assert response["Cache-Control"] == "private, max-age=31536000, immutable"
    assert "sandbox" in response["Content-Security-Policy"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert signed_in(charlie).get(address).status_code == 404
    assert Client().get(address).status_code == 302


# Library


def test_an_element_is_attached_named_and_taken_off(
    signed_in: SignedIn, storyboard: Storyboard, team: Team, alice: User
) -> None:
    element = builders.know_element("Keeper", kling_id="1", team=team, by=alice)
    client, data = signed_in(alice), {"kind": "element", "key": element.key}
    response = client.post(at("attach", storyboard), data | {"on": "1"}, headers=SCRIPT)
    drawn = response.content.decode()
    assert "&lt;&lt;&lt;element_1&gt;&gt;&gt;" in drawn
    assert "kling-v3 takes elements only with a first frame." in drawn
    assert client.post(at("attach", storyboard), data | {"on": "0"}).status_code == 302
    assert not storyboard.element_uses.exists()


def test_a_voice_is_attached_and_the_model_says_why_not(
    signed_in: SignedIn, storyboard: Storyboard, team: Team, alice: User
) -> None:
    voice = builders.know_voice("Old keeper", kling_id="1", team=team, by=alice)
    data = {"kind": "voice", "key": voice.key, "on": "1"}
    response = signed_in(alice).post(at("attach", storyboard), data, headers=SCRIPT)
    shelf = response.content.decode().partition('id="voices-errors"')[2].partition("</div>")[0]
    assert "kling-v3 takes no voices." in shelf
    assert storyboard.voice_uses.get().voice == voice


def test_another_teams_element_cannot_be_attached(
    signed_in: SignedIn, storyboard: Storyboard, other_team: Team, alice: User, charlie: User
) -> None:
    theirs = builders.know_element("Gull", kling_id="1", team=other_team, by=charlie)
    data = {"kind": "element", "key": theirs.key, "on": "1"}
    assert signed_in(alice).post(at("attach", storyboard), data).status_code == 422
    assert not storyboard.element_uses.exists()
