"""The three dialects: what each document says apart, and both sides of each of its limits."""

from dataclasses import replace
from typing import Any

import pytest

from storyboard.kling.simulator.dialects import GATEWAY004, OFFICIAL, POWERTOKENS, RETIRED, Dialect
from storyboard.kling.simulator.judge import Verdict, judge
from storyboard.kling.simulator.refusal import Refusal
from tests.kling.simulator.builders import Body, custom, picture, single

FRAME = picture()
ELEMENTS = [{"element_id": number} for number in range(1, 9)]
CAMERA = {"type": "simple", "config": {"zoom": 11}}


def old(**changes: Any) -> Body:
    """The least order of the gateway of document 004."""
    return {"image": FRAME, **changes}


def newest(**changes: Any) -> Body:
    """The least order of the gateway of document 002."""
    return {"model_name": "kling-v3", "image": FRAME, **changes}


TAKEN = {
    "002: no prompt": (POWERTOKENS, newest()),
    "002: an empty prompt": (POWERTOKENS, newest(prompt="")),
    "002: the longest prompt": (POWERTOKENS, newest(prompt="x" * 2500)),
    "002: the longest prompt in pairs": (POWERTOKENS, newest(prompt="🚢" * 1250)),
    "002: the longest negative prompt": (POWERTOKENS, newest(negative_prompt="x" * 2500)),
    "002: 3 s": (POWERTOKENS, newest(duration="3")),
    "002: 15 s": (POWERTOKENS, newest(duration="15")),
    "002: 4k": (POWERTOKENS, newest(mode="4k")),
    "002: an end frame alone": (POWERTOKENS, newest(image="", image_tail=FRAME)),
    "002: both frames": (POWERTOKENS, newest(image_tail=FRAME)),
    "002: six shots": (POWERTOKENS, custom(*[("A", "1")] * 6, image=FRAME)),
    "002: cut by Kling, no prompt": (
        POWERTOKENS,
        newest(multi_shot=True, shot_type="intelligence"),
    ),
    "002: elements without a number": (POWERTOKENS, newest(element_list=ELEMENTS)),
    "002: a camera it does not describe": (POWERTOKENS, newest(camera_control=CAMERA)),
    "002: a brush it does not describe": (
        POWERTOKENS,
        newest(dynamic_masks=[{"trajectories": []}] * 6),
    ),
    "004: a picture": (GATEWAY004, old()),
    "004: the longest prompt": (GATEWAY004, old(prompt="x" * 500)),
    "004: the longest prompt in pairs": (GATEWAY004, old(prompt="🚢" * 250)),
    "004: the longest negative prompt": (GATEWAY004, old(negative_prompt="x" * 200)),
    "004: 10 s": (GATEWAY004, old(duration="10")),
    "004: an end frame with 5 s": (GATEWAY004, old(image_tail=FRAME, duration="5")),
    "004: an end frame without a duration": (GATEWAY004, old(image_tail=FRAME)),
    "004: 300 pixels": (GATEWAY004, old(image=picture(300, 300))),
    "004: any ratio": (GATEWAY004, old(image=picture(1200, 300))),
    "004: freedom": (GATEWAY004, old(cfg_scale=1)),
    "004: the mode as its example writes it": (GATEWAY004, old(mode="std (high performance)")),
    "004: its latest model": (GATEWAY004, old(model_name="kling-v1-6")),
    "004: fields it does not know": (
        GATEWAY004,
        old(
            multi_shot=True,
            multi_prompt=7,
            sound="on",
            voice_list="no",
            element_list=ELEMENTS,
            watermark_info="no",
            camera_control=CAMERA,
            static_mask=7,
            external_task_id=7,
            image_tail=FRAME,
        ),
    ),
    "000: a ratio that is the limit": (OFFICIAL, single(image=picture(750, 300))),
}

REFUSED = {
    "002: no model": (POWERTOKENS, {"image": FRAME}, 1201, "model_name is required"),
    "002: the old name of the field": (
        POWERTOKENS,
        {"image": FRAME, "model": "kling-v3"},
        1201,
        "model_name is required",
    ),
    "002: an older model": (POWERTOKENS, newest(model_name="kling-v2-6"), 1203, "'kling-v2-6'"),
    "002: no picture": (POWERTOKENS, newest(image=""), 1201, "cannot both be empty"),
    "002: 2501 units": (POWERTOKENS, newest(prompt="x" * 2501), 1201, "between 0 and 2500"),
    "002: 1251 pairs": (POWERTOKENS, newest(prompt="🚢" * 1251), 1201, "between 0 and 2500"),
    "002: 2501 negative": (
        POWERTOKENS,
        newest(negative_prompt="x" * 2501),
        1201,
        "negative_prompt: size",
    ),
    "002: 2 s": (POWERTOKENS, newest(duration="2"), 1201, "duration value '2'"),
    "002: 16 s": (POWERTOKENS, newest(duration="16"), 1201, "duration value '16'"),
    "002: seconds as a number": (POWERTOKENS, newest(duration=5), 1201, "must be a string"),
    "002: seven shots": (POWERTOKENS, custom(*[("A", "1")] * 7, image=FRAME), 1201, "1 and 6"),
    "002: a long shot": (POWERTOKENS, custom(("x" * 513, "3"), image=FRAME), 1201, "1 and 512"),
    "002: a wrong sum": (POWERTOKENS, custom(image=FRAME, duration="4"), 1201, "sum to 3"),
    "002: three voices": (
        POWERTOKENS,
        newest(sound="on", voice_list=[{"voice_id": "v"}] * 3),
        1201,
        "at most 2",
    ),
    "002: voices beside elements": (
        POWERTOKENS,
        newest(sound="on", voice_list=[{"voice_id": "v"}], element_list=ELEMENTS[:1]),
        1201,
        "cannot coexist",
    ),
    "002: a long picture": (POWERTOKENS, newest(image=picture(751, 300)), 1201, "aspect ratio"),
    "002: a long end frame": (
        POWERTOKENS,
        newest(image_tail=picture(751, 300)),
        1201,
        "image_tail: aspect ratio",
    ),
    "002: seven brushes": (POWERTOKENS, newest(dynamic_masks=[{}] * 7), 1201, "at most 6"),
    "002: a brush and an end frame": (
        POWERTOKENS,
        newest(image_tail=FRAME, static_mask=FRAME),
        1201,
        "are exclusive",
    ),
    "002: an end frame with shots": (
        POWERTOKENS,
        custom(image=FRAME, image_tail=FRAME),
        1201,
        "multi_shot does not support",
    ),
    "004: no picture": (GATEWAY004, {"prompt": "A boat"}, 1201, "image is required"),
    "004: an end frame alone": (GATEWAY004, {"image_tail": FRAME}, 1201, "image is required"),
    "004: 299 wide": (GATEWAY004, old(image=picture(299, 300)), 1201, "at least 300px"),
    "004: 299 high": (GATEWAY004, old(image=picture(300, 299)), 1201, "at least 300px"),
    "004: 501 units": (GATEWAY004, old(prompt="x" * 501), 1201, "between 0 and 500"),
    "004: 251 pairs": (GATEWAY004, old(prompt="🚢" * 251), 1201, "between 0 and 500"),
    "004: 201 negative": (GATEWAY004, old(negative_prompt="x" * 201), 1201, "between 0 and 200"),
    "004: 7 s": (GATEWAY004, old(duration="7"), 1201, "duration value '7'"),
    "004: an end frame with 10 s": (
        GATEWAY004,
        old(image_tail=FRAME, duration="10"),
        1201,
        "not supported with image_tail",
    ),
    "004: 4k": (GATEWAY004, old(mode="4k"), 1201, "mode value '4k'"),
    "004: too much freedom": (GATEWAY004, old(cfg_scale=1.01), 1201, "between 0 and 1"),
    "004: a later model": (GATEWAY004, old(model_name="kling-v2-1"), 1203, "'kling-v2-1'"),
    "004: refused words": (GATEWAY004, old(prompt="[refuse]"), 1301, "content security"),
}


@pytest.mark.parametrize(("dialect", "body"), TAKEN.values(), ids=TAKEN.keys())
def test_a_dialect_takes(dialect: Dialect, body: Body) -> None:
    assert judge("image2video", body, dialect).units_milli > 0


@pytest.mark.parametrize(("dialect", "body", "code", "words"), REFUSED.values(), ids=REFUSED.keys())
def test_a_dialect_refuses(dialect: Dialect, body: Body, code: int, words: str) -> None:
    refusal = refused("image2video", body, dialect)
    assert refusal.code == code
    assert words in refusal.message


def test_what_the_older_gateway_does_not_know_changes_nothing() -> None:
    plain = judge("image2video", old(prompt="A boat"), GATEWAY004)
    more = old(prompt="A boat", sound="on", multi_shot=True, watermark_info={"enabled": True})
    assert judge("image2video", more, GATEWAY004) == plain
    assert (plain.model, plain.mode, plain.seconds) == ("kling-v1", "std", 5)
    named = judge("image2video", old(external_task_id="e-1"), GATEWAY004)
    assert named.external_task_id == "e-1"


def test_the_older_gateways_modes_are_kept_by_their_short_names() -> None:
    assert judge("image2video", old(mode="pro (high quality)"), GATEWAY004).mode == "pro"


def test_the_older_gateway_has_no_text_to_video() -> None:
    assert refused("text2video", single(), GATEWAY004).code == 1203


def test_text_to_video_of_the_newer_gateway_is_judged_as_the_official_page() -> None:
    assert judge("text2video", single(mode="4k"), POWERTOKENS).mode == "4k"
    assert "prompt must" in refused("text2video", single(prompt=""), POWERTOKENS).message


def test_a_text_to_video_order_ignores_what_belongs_to_pictures() -> None:
    body = custom(image=FRAME, image_tail=FRAME, element_list="no", static_mask=7)
    assert judge("text2video", body).seconds == 3


@pytest.mark.parametrize("frames", [{"image": FRAME, "image_tail": FRAME}, {"image_tail": FRAME}])
def test_an_end_frame_goes_with_shots_only_after_the_change(frames: Body) -> None:
    assert "first and end frames" in refused("image2video", custom(**frames)).message
    assert judge("image2video", custom(**frames), end_frame_with_shots=True).seconds == 3


@pytest.mark.parametrize("model", [*RETIRED, None])
def test_retired_models_are_refused_only_where_that_is_asked_for(model: str | None) -> None:
    body = {"model_name": model, "prompt": "A boat"}
    assert judge("text2video", body).model == (model or "kling-v1")
    refusal = refused("text2video", body, refuse_retired=True)
    name = model or "kling-v1"
    words = f"The model '{name}' has been discontinued and is no longer available."
    assert (refusal.status, refusal.code, refusal.message) == (404, 1203, words)
    assert judge("text2video", single(), refuse_retired=True).model == "kling-v3"


@pytest.mark.parametrize(
    ("field", "shifted", "body"),
    [
        ("max_prompt", 499, old(prompt="x" * 500)),
        ("max_negative_prompt", 199, old(negative_prompt="x" * 200)),
        ("end_frame_durations", (), old(image_tail=FRAME)),
        ("ratio_limited", True, old(image=picture(1200, 300))),
    ],
)
def test_the_limits_are_the_dialects_own(field: str, shifted: Any, body: Body) -> None:
    changes: dict[str, Any] = {field: shifted}
    assert judge("image2video", body, GATEWAY004).model == "kling-v1"
    assert refused("image2video", body, replace(GATEWAY004, **changes)).code == 1201


@pytest.mark.parametrize(
    ("masks", "words"),
    [
        ({"static_mask": picture(800, 600)}, ""),
        ({"static_mask": picture(600, 600)}, "aspect ratio"),
        ({"static_mask": FRAME, "dynamic_masks": [(800, 600)]}, "resolution"),
        ({"dynamic_masks": [(400, 300), (400, 300)]}, ""),
        ({"dynamic_masks": [(400, 300), (800, 600)]}, "resolution"),
    ],
)
def test_a_mask_of_another_size_is_taken_and_fails(masks: Body, words: str) -> None:
    trajectories = [{"x": 1, "y": 1}, {"x": 2, "y": 2}]
    if "dynamic_masks" in masks:
        masks["dynamic_masks"] = [
            {"mask": picture(*size), "trajectories": trajectories}
            for size in masks["dynamic_masks"]
        ]
    verdict: Verdict = judge("image2video", single(image=FRAME, duration="5", **masks))
    assert bool(verdict.fails) == bool(words)
    assert words in verdict.fails


def refused(kind: str, body: Body, dialect: Dialect = OFFICIAL, **options: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        judge(kind, body, dialect, **options)
    return caught.value
