"""The reading `map`: what the capability map refuses besides the documents."""

from typing import Any

import pytest

from storyboard.kling.simulator.chart import CELLS
from storyboard.kling.simulator.dialects import GATEWAY004, OFFICIAL, POWERTOKENS, Dialect
from storyboard.kling.simulator.judge import judge
from storyboard.kling.simulator.refusal import Refusal
from tests.kling.simulator.builders import Body, custom, picture

FRAME = picture()
BRUSH = [{"trajectories": [{"x": 1, "y": 1}, {"x": 2, "y": 2}]}]
ZOOM = {"type": "simple", "config": {"zoom": 1}}
FORWARD = {"type": "forward_up"}
VOICE: Body = {"sound": "on", "voice_list": [{"voice_id": "v-1"}]}
ELEMENT = [{"element_id": 1}]


def words(model: str, mode: str = "std", duration: str = "5", **changes: Any) -> Body:
    """An order of text to video."""
    body = {"model_name": f"kling-{model}", "mode": mode, "duration": duration, "prompt": "A boat"}
    return {**body, **changes}


def frame(model: str, mode: str = "std", duration: str = "5", **changes: Any) -> Body:
    """An order from a first frame."""
    return words(model, mode, duration, **{"image": FRAME, **changes})


def both(model: str, mode: str = "std", duration: str = "5", **changes: Any) -> Body:
    """An order from first and end frame."""
    return frame(model, mode, duration, image_tail=FRAME, **changes)


def last(model: str, mode: str = "std", duration: str = "5") -> Body:
    """An order from an end frame alone."""
    return frame(model, mode, duration, image="", image_tail=FRAME)


TAKEN = [
    ("text2video", words("v1")),
    ("text2video", words("v1", "pro", "10")),
    ("text2video", words("v1", camera_control=ZOOM)),
    ("text2video", words("v1", camera_control=FORWARD)),
    ("image2video", both("v1")),
    ("image2video", both("v1", "pro")),
    ("image2video", frame("v1", dynamic_masks=BRUSH)),
    ("image2video", frame("v1-5", "pro", dynamic_masks=BRUSH)),
    ("image2video", frame("v1-5", "pro", camera_control=ZOOM)),
    ("image2video", last("v1-5", "pro")),
    ("image2video", last("v1-6", "pro", "10")),
    ("image2video", both("v1-6", "pro", "10")),
    ("text2video", words("v2-master", duration="10")),
    ("image2video", both("v2-1", "pro", "10")),
    ("text2video", words("v2-1-master")),
    ("image2video", both("v2-5-turbo", "pro")),
    ("text2video", words("v2-6", "pro", sound="on")),
    ("image2video", both("v2-6", "pro")),
    ("image2video", frame("v2-6", "pro", "10", **VOICE)),
    ("text2video", words("v3", "4k", "15", sound="on", cfg_scale=0.5)),
    ("image2video", both("v3", duration="3")),
    ("image2video", frame("v3", element_list=ELEMENT * 3)),
    ("image2video", custom(image=FRAME)),
    ("text2video", words("v3", multi_shot=True, shot_type="intelligence")),
]

REFUSED = [
    ("text2video", words("v1", duration="10", camera_control=ZOOM), "camera_control"),
    ("text2video", words("v1", "pro", camera_control=ZOOM), "only supported in std mode with 5s"),
    ("text2video", words("v3", camera_control=ZOOM), "only supported in std mode with 5s duration"),
    ("image2video", frame("v1", camera_control=ZOOM), "is not supported with camera_control"),
    ("image2video", frame("v1-5", "pro", camera_control=FORWARD), "with camera_control"),
    ("image2video", frame("v1-5", "pro", "10", camera_control=ZOOM), "with camera_control"),
    ("image2video", both("v1", duration="10"), "(kling-v1/std/10) is not supported with image_t"),
    ("image2video", frame("v1", duration="10", dynamic_masks=BRUSH), "dynamic_masks"),
    ("image2video", frame("v1-6", dynamic_masks=BRUSH), "dynamic_masks"),
    ("image2video", frame("v3", static_mask=FRAME), "static_mask"),
    ("text2video", words("v1-5"), "(kling-v1-5/std/5) is not supported with text2video"),
    ("text2video", words("v2-1", "pro"), "is not supported with text2video"),
    ("image2video", both("v1-5"), "is not supported with image_tail"),
    ("image2video", both("v1-6"), "is not supported with image_tail"),
    ("image2video", both("v2-1"), "is not supported with image_tail"),
    ("image2video", both("v2-master"), "Image tail is not supported by the current model"),
    ("image2video", both("v2-1-master"), "Image tail is not supported by the current model"),
    (
        "image2video",
        both("v2-5-turbo"),
        "model/mode/duration(kling-v2-5-turbo/std/5) is not supported with image_tail",
    ),
    ("image2video", both("v2-6"), "is not supported with image_tail"),
    ("image2video", both("v2-6", "pro", sound="on"), "with sound on"),
    ("image2video", last("v1-5"), "only image_tail"),
    ("image2video", last("v1", "pro"), "only image_tail"),
    ("image2video", last("v3"), "only image_tail"),
    ("text2video", words("v2-6", sound="on"), "sound is not supported"),
    ("image2video", frame("v3", **VOICE), "voice_list is not supported"),
    ("text2video", words("v2-6", "pro", **VOICE), "voice_list is not supported"),
    ("text2video", words("v3", element_list=ELEMENT), "element_list is not supported"),
    ("image2video", frame("v2-6", element_list=ELEMENT), "element_list is not supported"),
    ("text2video", custom(("A", "5"), model_name="kling-v2-6"), "multi_shot is not supported"),
]


@pytest.mark.parametrize(("kind", "body"), TAKEN)
def test_the_map_takes(kind: str, body: Body) -> None:
    assert judge(kind, body, reading="map").units_milli > 0


@pytest.mark.parametrize(("kind", "body", "said"), REFUSED)
def test_the_map_refuses(kind: str, body: Body, said: str) -> None:
    assert said in refused(kind, body, OFFICIAL)


@pytest.mark.parametrize(("kind", "body"), [row[:2] for row in REFUSED])
def test_the_documents_take_what_only_the_map_refuses(kind: str, body: Body) -> None:
    assert judge(kind, body).units_milli > 0


def test_the_map_holds_for_gateways_too() -> None:
    assert "image_tail" in refused("image2video", both("v1-6"), GATEWAY004)
    assert "aspect ratio" in refused(
        "image2video", frame("v1", image=picture(751, 300)), GATEWAY004
    )
    assert "at most 3" in refused("image2video", frame("v3", element_list=ELEMENT * 4), POWERTOKENS)
    camera = frame("v1", camera_control="up")
    assert judge("image2video", camera, GATEWAY004).model == "kling-v1"
    assert "camera_control" in refused("image2video", camera, GATEWAY004)


def test_shots_with_an_end_frame_follow_the_account_in_both_readings() -> None:
    body = custom(image=FRAME, image_tail=FRAME)
    assert "first and end frames" in refused("image2video", body, OFFICIAL)
    assert judge("image2video", body, reading="map", end_frame_with_shots=True).seconds == 3


def test_the_map_knows_every_model_and_mode_of_the_documents() -> None:
    known = {(name, mode) for name, model in OFFICIAL.models.items() for mode in model.modes}
    assert set(CELLS) == known


def refused(kind: str, body: Body, dialect: Dialect) -> str:
    with pytest.raises(Refusal) as caught:
        judge(kind, body, dialect, reading="map")
    assert (caught.value.status, caught.value.code) == (400, 1201)
    return caught.value.message
