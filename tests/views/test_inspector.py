"""The inspector's newer settings: prompt strength, end frame, shelves with their uses."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from storyboard.forms.storyboards import SettingsForm
from storyboard.models import Picture, Storyboard, Team, User
from tests import builders
from tests.forms.test_drafts import post

SignedIn = Callable[[User], Client]
SCRIPT = {"HX-Request": "true"}


def at(name: str, board: Storyboard) -> str:
    return reverse(name, args=[board.key])


def drawn(browser: Client, board: Storyboard) -> str:
    return str(browser.get(at("storyboard", board)).content.decode())


def upload(data: bytes) -> dict[str, SimpleUploadedFile]:
    return {"end_frame": SimpleUploadedFile("frame.png", data, "image/png")}


def tile(page: str, name: str) -> str:
    """What a closed tile says."""
    inside = page.partition(f'id="tile-{name}-value"')[2].partition("</b>")[0]
    return unescape(re.sub(r"<[^>]+>", "", inside.partition(">")[2])).strip()


# Prompt strength


@pytest.mark.parametrize(("sent", "stored"), [("", None), ("0", 0.0), ("0.55", 0.55), ("1", 1.0)])
def test_prompt_strength_is_a_number_or_left_to_kling(sent: str, stored: float | None) -> None:
    assert SettingsForm(post(cfg_scale=sent)).changes() == {"cfg_scale": stored}


@pytest.mark.parametrize("sent", ["1.05", "-0.1", "much", "nan", "inf"])
def test_another_prompt_strength_is_not_stored(sent: str) -> None:
    form = SettingsForm(post(cfg_scale=sent))
    assert form.changes() == {}
    assert "from 0 to 1" in form.complaints()["cfg_scale"][0]


def test_a_prompt_strength_that_cannot_be_stored_is_kept_as_typed(
    signed_in: SignedIn, storyboard: Storyboard, alice: User
) -> None:
    browser = signed_in(alice)
    answer = browser.post(at("rewrite_storyboard", storyboard), {"cfg_scale": "1.5"})
    assert answer.status_code == 422
    assert 'name="cfg_scale" value="1.5"' in answer.content.decode()
    browser.post(at("rewrite_storyboard", storyboard), {"cfg_scale": "0.45"})
    page = drawn(browser, storyboard)
    assert (tile(page, "cfg_scale"), 'name="cfg_scale" value="0.45"' in page) == ("0.45", True)


def test_tiles_say_what_stands(signed_in: SignedIn, storyboard: Storyboard, alice: User) -> None:
    browser = signed_in(alice)
    page = drawn(browser, storyboard)
    assert tile(page, "camera") == "Not with this model"
    assert tile(page, "cfg_scale") == "Left to Kling"
    assert tile(page, "negative_prompt") == "Nothing named"
    assert tile(page, "brush") == "Not with this model"
    storyboard.rewrite({"camera": {"kind": "down_back"}, "negative_prompt": "blur"}, by=alice)
    page = drawn(browser, storyboard)
    assert tile(page, "camera") == "Sink and move back"
    assert '<section class="tile wide" id="tile-camera"' in page  # it is in the way
    assert tile(page, "negative_prompt") == "blur"


# End frame


def test_an_end_frame_is_kept_swapped_and_removed(
    signed_in: SignedIn, storyboard: Storyboard, alice: User
) -> None:
    browser = signed_in(alice)
    first = builders.give_first_frame(storyboard, by=alice)
    answer = browser.post(at("end_frame", storyboard), upload(builders.png((700, 400))))
    assert answer["Location"].endswith("#frames")
    storyboard.refresh_from_db()
    end = storyboard.end_frame
    assert str(end) == "700 × 400 px"
    assert browser.post(at("swap_frames", storyboard)).status_code == 302
    storyboard.refresh_from_db()
    assert (storyboard.first_frame, storyboard.end_frame) == (end, first)
    browser.post(at("undo", storyboard))
    storyboard.refresh_from_db()
    assert (storyboard.first_frame, storyboard.end_frame) == (first, end)
    assert browser.post(at("remove_end_frame", storyboard)).status_code == 302
    storyboard.refresh_from_db()
    assert (storyboard.first_frame, storyboard.end_frame) == (first, None)


def test_an_end_frame_that_cannot_be_used_is_named_beside_its_field(
    signed_in: SignedIn, storyboard: Storyboard, alice: User
) -> None:
    answer = signed_in(alice).post(at("end_frame", storyboard), upload(b"GIF89a" + bytes(200)))
    assert answer.status_code == 422
    words = answer.content.decode().partition('id="end-frame-errors"')[2].partition("</div>")[0]
    assert "The file is a GIF." in words
    assert "The end frame stays as it was." in words
    assert not Picture.objects.exists()


@pytest.mark.parametrize(
    ("changes", "framed", "words"),
    [
        ({"shooting": "single"}, False, "kling-v3 takes an end frame only with a first frame."),
        ({"shooting": "custom"}, True, "does not go with several shots. Choose Single shot."),
        (
            {"shooting": "single", "model": "kling-v2-6", "mode": "pro", "sound": True},
            True,
            "kling-v2-6 takes an end frame only without sound. Turn sound off.",
        ),
        ({"shooting": "single", "model": "kling-v2-6"}, True, "Choose pro"),
        ({"shooting": "single"}, True, ""),
    ],
)
def test_an_end_frame_is_off_with_words_or_on(
    signed_in: SignedIn, storyboard: Storyboard, alice: User, changes: dict[str, Any],
    framed: bool, words: str,
) -> None:  # fmt: skip
    storyboard.rewrite(changes, by=alice)
    if framed:
        builders.give_first_frame(storyboard, by=alice)
    page = drawn(signed_in(alice), storyboard)
    field = re.search(r'<input[^>]*id="end-frame-file"[^>]*>', page)
    assert field is not None
    said = unescape(page.partition('id="end-frame-errors"')[2].partition("</section>")[0])
    assert (" disabled" in field[0], words in said) == (bool(words), True)


# Elements and voices


def test_a_shelf_says_in_how_many_shots_an_entry_is_named(
    signed_in: SignedIn, storyboard: Storyboard, team: Team, alice: User
) -> None:
    for number, name in enumerate(("Keeper", "Gull"), start=1):
        entry = builders.know_element(name, kling_id=str(number), team=team, by=alice)
        storyboard.attach_element(entry, by=alice)
    first, second = storyboard.shots.all()
    first.rewrite({"prompt": "<<<element_1>>> and <<<element_2>>>, <<<element_1>>>"}, by=alice)
    second.rewrite({"prompt": "<<<element_1>>> alone"}, by=alice)
    page = drawn(signed_in(alice), storyboard)
    shelf = page.partition('id="elements"')[2].partition('id="voices"')[0]
    assert re.findall(r'">(\w+)</a></b>.*?<span class="num">([^<]+)<', shelf) == [
        ("Keeper", "2 shots"),
        ("Gull", "1 shot"),
    ]


def test_elements_and_voices_shut_each_other_out_in_words(
    signed_in: SignedIn, storyboard: Storyboard, team: Team, alice: User
) -> None:
    keeper = builders.know_element("Keeper", kling_id="1", team=team, by=alice)
    sailor = builders.know_voice("Sailor", kling_id="2", team=team, by=alice)
    builders.give_first_frame(storyboard, by=alice)
    storyboard.attach_element(keeper, by=alice)
    page = drawn(signed_in(alice), storyboard)
    assert "Voices are off with elements." in page.partition('id="voices-errors"')[2]
    storyboard.detach_elements(by=alice)
    storyboard.attach_voice(sailor, by=alice)
    page = drawn(signed_in(alice), storyboard)
    assert "Elements are off with voices." in page.partition('id="elements-errors"')[2]


@pytest.mark.parametrize("kind", ["element", "voice"])
def test_all_of_a_kind_are_taken_off_at_once(
    signed_in: SignedIn, storyboard: Storyboard, team: Team, alice: User, kind: str
) -> None:
    for number in range(2):
        storyboard.attach_element(
            builders.know_element(f"E{number}", kling_id=str(number), team=team, by=alice), by=alice
        )
        storyboard.attach_voice(
            builders.know_voice(f"V{number}", kling_id=str(number), team=team, by=alice), by=alice
        )
    assert signed_in(alice).post(at("take_off", storyboard), {"kind": kind}).status_code == 302
    left = (storyboard.element_uses.count(), storyboard.voice_uses.count())
    assert left == {"element": (0, 2), "voice": (2, 0)}[kind]


def test_nothing_else_can_be_taken_off(
    signed_in: SignedIn, storyboard: Storyboard, alice: User
) -> None:
    answer = signed_in(alice).post(at("take_off", storyboard), {"kind": "shots"})
    assert answer.status_code == 422
