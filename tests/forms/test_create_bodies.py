"""Create bodies from elsewhere: what a draft can hold of them, in words what it cannot."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storyboard.forms.create_bodies import MOST_PLAIN, FoundBody, read_create_body
from storyboard.kling.profiles import GATEWAY004, OFFICIAL, POWERTOKENS, Profile
from storyboard.media.pictures import clean_picture
from storyboard.models import Picture, Team, User
from tests import builders

BODY: dict[str, Any] = {
    "model_name": "kling-v3",
    "multi_shot": True,
    "shot_type": "customize",
    "multi_prompt": [
        {"index": 1, "prompt": "A boat, calm", "duration": "3"},
        {"index": 2, "prompt": "A gull", "duration": "2"},
    ],
    "duration": "5",
    "mode": "pro",
    "sound": "on",
    "aspect_ratio": "9:16",
}
PNG = base64.b64encode(builders.png()).decode()


def read(team: Team, body: Any, profile: Profile = OFFICIAL) -> FoundBody:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    return read_create_body(data, team=team, profile=profile)


def test_the_documents_own_shape_is_read_whole(team: Team) -> None:
    found = read(team, BODY)
    assert (found.errors, found.left_out) == ([], [])
    assert found.incoming is not None
    assert found.incoming.shots == (("A boat, calm", 3), ("A gull", 2))
    assert found.incoming.settings == {
        "model": "kling-v3",
        "mode": "pro",
        "sound": True,
        "watermark": False,
        "negative_prompt": "",
        "shooting": "custom",
        "total_seconds": 5,
        "cfg_scale": None,
        "camera": None,
        "aspect_ratio": "9:16",
    }
    assert found.incoming.frames == {"first_frame": None, "end_frame": None}
    assert found.incoming.elements == ()
    assert found.incoming.voices == ()


def test_what_is_absent_means_what_it_means_to_kling(team: Team) -> None:
    found = read(team, {"prompt": "A boat"})
    assert found.incoming is not None
    said = found.incoming.settings
    assert (said["model"], said["mode"], said["shooting"]) == ("kling-v1", "std", "single")
    assert (said["total_seconds"], said["aspect_ratio"], said["sound"]) == (5, "16:9", False)


def test_a_model_that_takes_no_mode_is_shown_with_the_one_it_has(team: Team) -> None:
    found = read(team, {"model_name": "kling-v2-master", "prompt": "A boat"})
    assert found.incoming is not None
    assert found.incoming.settings["mode"] == "std"


def test_a_camera_move_is_kept_as_a_draft_keeps_it(team: Team) -> None:
    amounts = {"horizontal": 0, "zoom": 5}
    found = read(team, BODY | {"camera_control": {"type": "simple", "config": amounts}})
    assert found.incoming is not None
    assert found.incoming.settings["camera"] == {"kind": "simple", "zoom": 5.0}


def test_entries_are_found_in_the_library_by_their_ids(team: Team, alice: User) -> None:
    keeper = builders.know_element("Keeper", kling_id="829836802793406551", team=team, by=alice)
    lamp = builders.know_element("Lamp", kling_id="lamp_7", team=team, by=alice)
    voice = builders.know_voice("Old sailor", kling_id="v-7", team=team, by=alice)
    lists = {
        "element_list": [{"element_id": 829836802793406551}, {"element_id": "lamp_7"}],
        "voice_list": [{"voice_id": "v-7"}],
    }
    found = read(team, BODY | lists)
    assert found.errors == []
    assert found.incoming is not None
    assert found.incoming.elements == (keeper, lamp)
    assert found.incoming.voices == (voice,)


def test_an_unknown_entry_is_an_error_because_the_tokens_would_mean_another(
    team: Team, other_team: Team, charlie: User
) -> None:
    builders.know_element("Theirs", kling_id="77", team=other_team, by=charlie)
    found = read(team, BODY | {"element_list": [{"element_id": 77}]})
    assert found.incoming is None
    assert found.errors == [
        "element_list: the library has no entry with the Kling id 77. Add it to the library "
        "first, or remove it from the file."
    ]


def test_a_link_is_left_out_by_name_and_never_followed(team: Team) -> None:
    found = read(team, BODY | {"image": "https://pictures.example/a.png"})
    assert found.incoming is not None
    assert found.incoming.frames["first_frame"] is None
    assert found.left_out == [
        "image: it is a link, https://pictures.example/a.png, and links are not followed. Put the "
        "picture in by hand."
    ]


def test_masks_own_fields_and_unknown_fields_are_left_out_by_name(team: Team) -> None:
    more = {
        "static_mask": PNG,
        "callback_url": "https://a.example/",
        "external_task_id": "x",
        "seed": 7,
    }
    found = read(team, BODY | more)
    assert found.incoming is not None
    assert [words.partition(":")[0] for words in found.left_out] == [
        "callback_url, external_task_id",
        "static_mask",
        "seed",
    ]


def test_a_new_picture_is_judged_and_written_anew(team: Team) -> None:
    found = read(team, BODY | {"image": PNG})
    assert found.errors == []
    assert found.pictures["first_frame"].format == "png"
    assert Picture.objects.count() == 0
    assert "aspect_ratio: aspect_ratio is ignored at image2video." in found.left_out


def test_a_picture_the_team_has_stays_byte_for_byte_the_same(team: Team) -> None:
    clean = clean_picture(builders.png())
    picture = Picture.keep(clean, team=team)
    found = read(team, BODY | {"image": base64.b64encode(clean.data).decode()})
    assert found.pictures == {}
    assert found.incoming is not None
    assert found.incoming.frames["first_frame"] == picture


def test_slashes_that_some_programs_escape_are_base64_too(team: Team) -> None:
    data = json.dumps(BODY | {"image": PNG}).replace("/", "\\/").encode()
    assert read(team, data).errors == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"image": "data:image/png;base64," + PNG}, "image begins with “data:”"),
        ({"image": "not a picture!"}, "The first frame is neither"),
        ({"image": base64.b64encode(builders.png((100, 100))).decode()}, "image: The picture is"),
        ({"multi_prompt": []}, "The body has 0 shots"),
        ({"multi_prompt": BODY["multi_prompt"] * 4}, "multi_prompt[2].index is out of order"),
        ({"multi_prompt": "A boat"}, "multi_prompt is the string"),
        ({"duration": 5}, "duration is the number 5"),
        ({"duration": "500"}, "duration is 500."),
        ({"model_name": "kling-v9"}, "model_name is “kling-v9”. Choose kling-v3"),
        ({"model_name": 3}, "model_name is the number 3"),
        ({"mode": "8k"}, "mode is “8k”. Choose std"),
        ({"aspect_ratio": "4:3"}, "aspect_ratio is “4:3”. Choose 16:9"),
        ({"cfg_scale": 3}, "cfg_scale is 3.0. It goes from 0 to 1."),
        ({"camera_control": {"type": "spin"}}, "camera_control.type is “spin”"),
        ({"negative_prompt": "x" * 5001}, "negative_prompt has 5,001 characters"),
        ({"negative_prompt": "a\0b"}, "negative_prompt holds a character"),
        ({"element_list": {}}, "element_list must be a list"),
        ({"element_list": [{"id": 3}]}, "element_list[0] has no element_id."),
        ({"voice_list": [{"voice_id": True}]}, "voice_list[0] has no voice_id."),
    ],
)
def test_what_cannot_be_kept_is_an_error_and_nothing_is_taken(
    team: Team, change: dict[str, Any], words: str
) -> None:
    found = read(team, BODY | change)
    assert found.incoming is None
    assert any(each.startswith(words) for each in found.errors), found.errors


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"{", "The file is no JSON: line 1, character 2"),
        (b"[]", "The file is no create body"),
        (b'"x"', "The file is no create body"),
        (b'{"cfg_scale": NaN}', "The file holds a number"),
        (b'{"cfg_scale": ' + b"9" * 5000 + b"}", "The file holds a number"),
        (b'{"a": "\xff"}', "The file is not UTF-8."),
        (b"[" * 200_000, "The file is nested too deep"),
        (b'{"a": "' + b"x y" * (MOST_PLAIN // 2) + b'"}', "The file has 1.5 MB besides"),
    ],
)
def test_what_is_no_body_is_said(team: Team, data: bytes, words: str) -> None:
    [found] = read(team, data).errors
    assert found.startswith(words)


def test_a_large_picture_does_not_count_as_words(team: Team) -> None:
    large = builders.png((1600, 1200)) + b"\0" * (2 * MOST_PLAIN)
    found = read(team, BODY | {"image": base64.b64encode(large).decode()})
    assert "besides" not in " ".join(found.errors)


@pytest.mark.parametrize("profile", [OFFICIAL, POWERTOKENS, GATEWAY004])
def test_every_dialect_reads_the_same_body(team: Team, profile: Profile) -> None:
    found = read(team, BODY, profile)
    assert found.errors == []
    assert found.incoming == read(team, BODY).incoming


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)
FIELDS = (*BODY, "prompt", "image", "image_tail", "element_list", "voice_list", "camera_control")
FIELDS += ("cfg_scale", "negative_prompt", "watermark_info", "static_mask", "callback_url")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(changes=st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=5))
def test_any_values_are_a_draft_or_words(team: Team, changes: dict[str, Any]) -> None:
    found = read(team, BODY | changes)
    assert (found.incoming is None) == bool(found.errors)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.binary(max_size=200))
def test_any_bytes_are_a_draft_or_words(team: Team, data: bytes) -> None:
    found = read(team, b"{" + data)
    assert (found.incoming is None) == bool(found.errors)


def test_half_a_character_is_quoted_so_that_a_page_can_hold_it(team: Team) -> None:
    body = b'{"\\ud800": 1, "model_name": "\\ud800", "prompt": "A boat", "duration": "5"}'
    found = read(team, body)
    assert any("model_name is “?”" in words for words in found.errors)
    assert any(words.startswith("?: ") for words in found.left_out)
    "".join((*found.errors, *found.left_out)).encode()
