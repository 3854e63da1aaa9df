from storyboard.kling.capabilities import CELLS, DEFAULT_MODEL, FEATURES, MODELS, can
from storyboard.kling.profiles import ENDPOINTS

ALL = [
    (model.name, mode.name, feature, endpoint)
    for model in MODELS.values()
    for mode in model.modes
    for feature in FEATURES
    for endpoint in ENDPOINTS
]


def test_the_map_has_exactly_one_cell_for_every_model_mode_feature_and_endpoint() -> None:
    assert set(CELLS) == set(ALL)
    assert len(ALL) == (3 + 2) * 12 * 2


def test_every_cell_has_its_source_and_date_and_every_no_its_reason() -> None:
    for cell in CELLS.values():
        assert cell.source
        assert cell.date.startswith("2026-")
        assert cell.ok or cell.why.endswith(".")


# Transcribed from REFERENCE 3.1 independently of the table: what is allowed, all else is not.
YES = {
    ("kling-v3", mode, feature, endpoint)
    for mode in ("std", "pro", "4k")
    for feature, endpoints in {
        "first_frame": ["image2video"],
        "end_frame": ["image2video"],
        "multi_shot": ["text2video", "image2video"],
        "elements": ["image2video"],
        "sound": ["text2video", "image2video"],
        "negative_prompt": ["text2video", "image2video"],
        "cfg_scale": ["text2video", "image2video"],
        "aspect_ratio": ["text2video"],
        "watermark": ["text2video", "image2video"],
    }.items()
    for endpoint in endpoints
} | {
    ("kling-v2-6", mode, feature, endpoint)
    for mode, feature, endpoints in [
        ("std", "first_frame", ["image2video"]),
        ("pro", "first_frame", ["image2video"]),
        ("pro", "end_frame", ["image2video"]),
        ("pro", "voices", ["image2video"]),
        ("pro", "sound", ["text2video", "image2video"]),
        ("std", "negative_prompt", ["text2video", "image2video"]),
        ("pro", "negative_prompt", ["text2video", "image2video"]),
        ("std", "aspect_ratio", ["text2video"]),
        ("pro", "aspect_ratio", ["text2video"]),
        ("std", "watermark", ["text2video", "image2video"]),
        ("pro", "watermark", ["text2video", "image2video"]),
    ]
    for endpoint in endpoints
}


def test_the_map_says_yes_exactly_where_kling_does() -> None:
    assert {place for place, cell in CELLS.items() if cell.ok} == YES


def test_durations_are_those_of_the_map() -> None:
    assert MODELS["kling-v3"].durations("4k", "image2video") == tuple(range(3, 16))
    assert MODELS["kling-v2-6"].durations("std", "text2video") == (5, 10)
    assert MODELS["kling-v2-6"].durations("4k", "text2video") == ()
    assert MODELS["kling-v3"].durations_words("std", "text2video") == "3 to 15"
    assert MODELS["kling-v2-6"].durations_words("pro", "text2video") == "5 or 10"


def test_an_unknown_model_or_mode_is_a_no_with_its_reason() -> None:
    assert not can("kling-v1", "std", "sound", "text2video").ok
    cell = can("kling-v2-6", "4k", "sound", "text2video")
    assert (cell.ok, cell.why.startswith("kling-v2-6 4k is not in the capability map")) == (
        False,
        True,
    )


def test_the_default_model_is_one_of_the_models() -> None:
    assert DEFAULT_MODEL in MODELS
