import re

from storyboard.kling.capabilities import (
    CELLS,
    DEFAULT_MODEL,
    FEATURES,
    MODELS,
    can,
    can_on,
    models_on,
    modes_on,
)
from storyboard.kling.profiles import ENDPOINTS, GATEWAY004, OFFICIAL, POWERTOKENS, PROFILES

CURRENT = ["kling-v3", "kling-v2-6", "kling-v2-5-turbo"]
RETIRED = ["kling-v2-master", "kling-v2-1-master", "kling-v2-1", "kling-v1-6", "kling-v1-5", "kling-v1"]  # fmt: skip  # noqa: E501
PLACES = [
    (model.name, mode.name, feature, endpoint)
    for model in MODELS.values()
    for mode in model.modes
    for feature in FEATURES
    for endpoint in ENDPOINTS
]
NOS = [place for place in PLACES if not CELLS[place].ok]


def test_the_map_has_exactly_one_cell_for_every_model_mode_feature_and_endpoint() -> None:
    assert list(CELLS) == PLACES
    assert len(PLACES) == (3 + 2 + 2 + 1 + 1 + 2 + 2 + 2 + 2) * 14 * 2


def test_every_cell_has_its_source_and_date() -> None:
    for cell in CELLS.values():
        assert cell.source
        assert re.fullmatch(r"20\d\d-\d\d(-\d\d)?", cell.date)
        assert not cell.why or cell.why.endswith(".")


# Transcribed from the two maps independently of the table. A line: model, mode, endpoint, what is
# allowed beside the features every line has; "5" after a feature: with 5 s only.
TRANSCRIBED = """
kling-v3 std text2video multi_shot sound cfg_scale
kling-v3 std image2video multi_shot sound cfg_scale end_frame elements
kling-v3 pro text2video multi_shot sound cfg_scale
kling-v3 pro image2video multi_shot sound cfg_scale end_frame elements
kling-v3 4k text2video multi_shot sound cfg_scale
kling-v3 4k image2video multi_shot sound cfg_scale end_frame elements
kling-v2-6 std text2video
kling-v2-6 std image2video
kling-v2-6 pro text2video sound
kling-v2-6 pro image2video sound end_frame voices
kling-v2-5-turbo std text2video
kling-v2-5-turbo std image2video
kling-v2-5-turbo pro text2video
kling-v2-5-turbo pro image2video end_frame
kling-v2-master std text2video
kling-v2-master std image2video
kling-v2-1-master std text2video
kling-v2-1-master std image2video
kling-v2-1 std image2video
kling-v2-1 pro image2video end_frame
kling-v1-6 std text2video cfg_scale
kling-v1-6 std image2video cfg_scale
kling-v1-6 pro text2video cfg_scale
kling-v1-6 pro image2video cfg_scale end_frame end_frame_only
kling-v1-5 std image2video cfg_scale
kling-v1-5 pro image2video cfg_scale end_frame end_frame_only motion_brush5 camera_control5
kling-v1 std text2video cfg_scale camera_control5
kling-v1 std image2video cfg_scale end_frame5 motion_brush5
kling-v1 pro text2video cfg_scale
kling-v1 pro image2video cfg_scale end_frame5 motion_brush5
"""
EVERYWHERE = ["single_shot", "negative_prompt", "watermark"]
BY_ENDPOINT = {"text2video": ["aspect_ratio"], "image2video": ["first_frame"]}


def test_the_map_says_yes_exactly_where_kling_does() -> None:
    expected = {}
    for line in TRANSCRIBED.split("\n")[1:-1]:
        model, mode, endpoint, *features = line.split()
        for feature in (*features, *EVERYWHERE, *BY_ENDPOINT[endpoint]):
            seconds = (5,) if feature.endswith("5") else None
            expected[model, mode, feature.removesuffix("5"), endpoint] = seconds
    assert {place: cell.seconds for place, cell in CELLS.items() if cell.ok} == expected


def test_camera_control_of_v1_5_is_simple_only() -> None:
    kinds = {place: cell.kinds for place, cell in CELLS.items() if cell.kinds is not None}
    assert kinds == {("kling-v1-5", "pro", "camera_control", "image2video"): ("simple",)}


def test_every_no_names_what_enables_it_or_which_model_has_it() -> None:
    """What the sentence tells to choose, add or remove leads to a yes, by the map itself."""
    astray = [(place, CELLS[place].why) for place in NOS if not leads_to_a_yes(place)]
    assert astray == []
    assert len(NOS) > 300


def leads_to_a_yes(place: tuple[str, str, str, str]) -> bool:
    model, mode, feature, endpoint = place
    why = CELLS[place].why
    if feature == "first_frame":
        endpoint = "image2video"
        if "Add a first frame" not in why:
            return False
    elif why.startswith("An end frame alone"):
        endpoint = "image2video"
    elif "choose its picture in the shape" in why:
        return feature == "aspect_ratio" and MODELS[model].endpoints == ("image2video",)
    elif "is retired" in why:
        found = re.search(r"; (\S+)( std| pro)?( at 5 s)?( with(?:out)? a first frame)? ", why)
        if not found or not MODELS[found[1]].retired:
            return False
        model, mode = found[1], (found[2] or MODELS[found[1]].modes[0].name).strip()
        frames = {" with a first frame": "image2video", " without a first frame": "text2video"}
        endpoint = frames.get(found[4] or "", "image2video")
    else:
        change = why.partition(". ")[2]
        chosen = re.search(r"[Cc]hoose (?:(kling-[\w-]+) ?)?(std|pro|4k)?", change)
        if chosen and (chosen[1] or chosen[2]):
            model = chosen[1] or model
            mode = chosen[2] or MODELS[model].modes[-1].name
        if "dd a first frame" in change or feature == "end_frame_only":
            endpoint = "image2video"
        if "emove the first frame" in change:
            endpoint = "text2video"
    return CELLS[model, mode, feature, endpoint].ok


def test_a_no_never_sends_anybody_to_another_model_that_is_retired() -> None:
    sentences = " ".join(CELLS[place].why for place in NOS)
    chosen = set(re.findall(r"hoose (kling-[\w-]+)", sentences))
    assert chosen == {"kling-v3", "kling-v2-6"}


def test_the_words_people_read() -> None:
    said = {
        place: CELLS[place].why
        for place in (
            ("kling-v3", "pro", "voices", "text2video"),
            ("kling-v3", "std", "elements", "text2video"),
            ("kling-v2-6", "std", "sound", "text2video"),
            ("kling-v2-6", "std", "end_frame", "image2video"),
            ("kling-v2-6", "pro", "multi_shot", "text2video"),
            ("kling-v3", "pro", "camera_control", "text2video"),
            ("kling-v1-5", "pro", "single_shot", "text2video"),
        )
    }
    assert list(said.values()) == [
        "kling-v3 takes no voices. Choose kling-v2-6 pro with sound on and add a first frame, or "
        "remove the voices.",
        "kling-v3 takes elements only with a first frame. Add a first frame, or remove the "
        "elements.",
        "kling-v2-6 std makes no sound. Choose pro, or turn sound off.",
        "kling-v2-6 std takes no end frame. Choose pro without sound, or remove the end frame.",
        "kling-v2-6 makes one shot only. Choose kling-v3, or Single shot.",
        "kling-v3 has no camera control; kling-v1 std at 5 s without a first frame has camera "
        "control, and is retired. Write the camera's move in the prompt.",
        "kling-v1-5 makes videos only with a first frame. Add a first frame, or choose another "
        "model.",
    ]


def test_durations_are_those_of_the_map() -> None:
    assert MODELS["kling-v3"].durations("4k", "image2video") == tuple(range(3, 16))
    assert MODELS["kling-v3"].durations_words("std", "text2video") == "3 to 15"
    for name in (*CURRENT[1:], *RETIRED):
        assert MODELS[name].durations("std", "image2video") == (5, 10)
        assert MODELS[name].durations("4k", "image2video") == ()
    assert MODELS["kling-v2-6"].durations_words("pro", "text2video") == "5 or 10"
    without = [name for name in MODELS if not MODELS[name].durations("std", "text2video")]
    assert without == ["kling-v2-1", "kling-v1-5"]


def test_six_models_are_retired_and_none_of_them_is_the_default() -> None:
    assert [model.name for model in MODELS.values() if model.retired] == RETIRED
    assert {MODELS[name].retired for name in RETIRED} == {"2026-09-15"}
    assert all("retired" in MODELS[name].title for name in RETIRED)
    assert DEFAULT_MODEL in CURRENT
    assert all(profile.models for profile in PROFILES.values())


def test_two_models_take_no_mode_and_say_so() -> None:
    silent = [model.name for model in MODELS.values() if not model.takes_mode]
    assert silent == ["kling-v2-master", "kling-v2-1-master"]
    for name in silent:
        assert [mode.name for mode in MODELS[name].modes] == ["std"]
        assert "takes no mode" in can(name, "std", "single_shot", "text2video").why


def test_an_unknown_model_or_mode_is_a_no_with_its_reason() -> None:
    assert not can("kling-v9", "std", "sound", "text2video").ok
    cell = can("kling-v2-6", "4k", "sound", "text2video")
    assert (cell.ok, cell.why.startswith("kling-v2-6 4k is not in the capability map")) == (
        False,
        True,
    )


def test_retired_models_are_offered_where_there_is_nothing_else_or_when_chosen() -> None:
    assert [model.name for model in models_on(OFFICIAL)] == CURRENT
    assert [model.name for model in models_on(OFFICIAL, "kling-v1-6")] == [*CURRENT, "kling-v1-6"]
    assert [model.name for model in models_on(OFFICIAL, "kling-v3")] == CURRENT
    assert [model.name for model in models_on(POWERTOKENS)] == ["kling-v3"]
    gateway = [model.name for model in models_on(GATEWAY004)]
    assert gateway == ["kling-v1-6", "kling-v1-5", "kling-v1"]
    assert [model.name for model in models_on(GATEWAY004, "kling-v3")] == [*gateway, "kling-v3"]


def test_modes_are_those_of_model_and_profile() -> None:
    assert [mode.name for mode in modes_on(POWERTOKENS, "kling-v3")] == ["std", "pro", "4k"]
    assert [mode.name for mode in modes_on(GATEWAY004, "kling-v1")] == ["std", "pro"]
    assert modes_on(GATEWAY004, "kling-v3") == ()
    assert modes_on(OFFICIAL, "kling-v9") == ()


def test_on_an_account_a_sentence_names_only_what_the_account_has() -> None:
    sound = can_on(GATEWAY004, "kling-v1", "std", "sound", "image2video")
    assert sound.why == (
        "kling-v1 makes no sound, nor does any model of this account. Turn sound off."
    )
    camera = can_on(GATEWAY004, "kling-v1", "std", "camera_control", "image2video")
    assert "Choose kling-v1-5 pro at 5 s" in camera.why
    voices = can_on(POWERTOKENS, "kling-v3", "pro", "voices", "image2video")
    assert "nor does any model of this account" in voices.why
    ratio = can_on(GATEWAY004, "kling-v1", "std", "aspect_ratio", "image2video")
    assert ratio.why.endswith("needs a first frame; choose its picture in the shape you want.")


def test_an_account_without_the_model_or_the_endpoint_says_so() -> None:
    assert can_on(POWERTOKENS, "kling-v1", "std", "sound", "text2video").why == (
        "An account of PowerTokens has no kling-v1. Choose kling-v3."
    )
    assert can_on(GATEWAY004, "kling-v1", "4k", "sound", "image2video").why == (
        "kling-v1 has no mode 4k. Choose std, pro."
    )
    cell = can_on(GATEWAY004, "kling-v1", "std", "negative_prompt", "text2video")
    assert (cell.ok, "Add a first frame." in cell.why) == (False, True)


def test_an_account_may_allow_fewer_seconds_with_an_end_frame_than_the_map() -> None:
    place = ("kling-v1-6", "pro", "end_frame", "image2video")
    assert can_on(OFFICIAL, *place).seconds is None
    assert can_on(GATEWAY004, *place).seconds == (5,)
    assert can_on(GATEWAY004, *place).ok
