"""Which orders are taken: one row per rule of the documents, just inside and just outside."""

import base64
from typing import Any

import pytest

from storyboard.kling.simulator.judge import judge, length
from storyboard.kling.simulator.refusal import Refusal
from tests.kling.simulator.builders import Body, custom, picture, single

IMAGE = picture()


def framed(**changes: Any) -> Body:
    return single(image=IMAGE, **changes)


def shot(index: Any = 1, prompt: Any = "A boat", duration: Any = "3") -> Body:
    return {"index": index, "prompt": prompt, "duration": duration}


def camera(**config: float) -> Body:
    return {"type": "simple", "config": config}


def masks(points: int, groups: int = 1) -> list[Body]:
    trajectory = [{"x": number, "y": 1} for number in range(points)]
    return [{"mask": IMAGE, "trajectories": trajectory}] * groups


ELEMENTS = [{"element_id": number} for number in range(1, 5)]
VOICES = [{"voice_id": f"v-{number}"} for number in range(1, 4)]

TAKEN_TEXT = {
    "the longest prompt": single(prompt="x" * 2500),
    "the longest negative prompt": single(negative_prompt="x" * 2500),
    "the longest shot prompt": custom(("x" * 512, "3")),
    "six shots": custom(*[("A boat", "1")] * 6),
    "one shot": custom(("A boat", "15")),
    "any prompt beside custom shots": custom(prompt="ignored"),
    "intelligence with a prompt": single(multi_shot=True, shot_type="intelligence"),
    "the word for true": custom(multi_shot="true"),
    "shots that do not count": single(multi_shot=False, shot_type="customize", multi_prompt=[]),
    "shortest": single(duration="3"),
    "longest": single(duration="15"),
    "no duration at all": {"model_name": "kling-v3", "prompt": "A boat"},
    "empty fields": single(
        negative_prompt="", callback_url="", external_task_id="", image_tail="", mode="", sound=""
    ),
    "nothing in every field": single(
        negative_prompt=None, mode=None, sound=None, cfg_scale=None, watermark_info=None
    ),
    "portrait": single(aspect_ratio="9:16"),
    "square": single(aspect_ratio="1:1"),
    "4k": single(mode="4k"),
    "sound": single(sound="on"),
    "most freedom": single(cfg_scale=0),
    "least freedom": single(cfg_scale=1),
    "the oldest model": single(model_name="kling-v1", duration="10", cfg_scale=0.5),
    "no model": {"prompt": "A boat"},
    "the old name of the field": {"model": "anything", "prompt": "A boat"},
    "a camera move": single(camera_control=camera(zoom=10, pan=0)),
    "a camera preset": single(camera_control={"type": "forward_up"}),
    "a field nobody knows": single(surprise=1),
}

REFUSED_TEXT = {
    "an unknown model": (single(model_name="kling-v9"), "model_name value 'kling-v9'"),
    "a model that is a number": (single(model_name=3), "model_name must be a string"),
    "no prompt": (single(prompt=""), "prompt must not be empty"),
    "a blank prompt": (single(prompt=" \n"), "prompt must not be empty"),
    "a prompt left out": ({"model_name": "kling-v3"}, "prompt must not be empty"),
    "a prompt that is a list": (single(prompt=["A boat"]), "prompt must be a string"),
    "2501 characters": (single(prompt="x" * 2501), "prompt: size must be between 0 and 2500"),
    "1251 ships of two units": (single(prompt="🚢" * 1251), "prompt: size must be between 0"),
    "2501 negative": (single(negative_prompt="x" * 2501), "negative_prompt: size must be"),
    "2501 beside custom shots": (custom(prompt="x" * 2501), "prompt: size must be between"),
    "intelligence without a prompt": (
        single(prompt="", multi_shot=True, shot_type="intelligence"),
        "prompt must not be empty",
    ),
    "no shot type": (single(multi_shot=True), "shot_type is required"),
    "a wrong shot type": (custom(shot_type="random"), "shot_type value 'random' is invalid"),
    "multi_shot as a number": (custom(multi_shot=1), "multi_shot must be a boolean"),
    "no shots": (custom(multi_prompt=[]), "multi_prompt is required"),
    "shots left out": (custom(multi_prompt=None), "multi_prompt is required"),
    "seven shots": (custom(*[("A boat", "1")] * 7), "size must be between 1 and 6"),
    "513 characters": (custom(("x" * 513, "3")), "size must be between 1 and 512"),
    "an empty shot": (custom((" ", "3")), "prompt must not be empty"),
    "a shot without prompt": (custom(multi_prompt=[shot(prompt=None)]), "prompt must not be"),
    "a sum below": (custom(duration="4"), "sum to 3, but duration is 4"),
    "a sum above": (custom(("A boat", "4"), duration="3"), "sum to 4, but duration is 3"),
    "a shot of no seconds": (custom(("A", "0"), ("B", "3")), "duration must be at least 1"),
    "index from 0": (custom(multi_prompt=[shot(index=0)]), "index must start at 1"),
    "a gap": (custom(multi_prompt=[shot(1, "A", "1"), shot(3, "B", "2")]), "be consecutive"),
    "an index in words": (custom(multi_prompt=[shot(index="1")]), "index must start at 1"),
    "index true": (custom(multi_prompt=[shot(index=True)]), "index must start at 1"),
    "shot seconds as a number": (custom(multi_prompt=[shot(duration=3)]), "must be a string"),
    "half a second": (custom(multi_prompt=[shot(duration="2.5")]), "string of whole seconds"),
    "other digits": (custom(multi_prompt=[shot(duration="³")]), "string of whole seconds"),
    "no seconds": (custom(multi_prompt=[shot(duration=None)]), "must be a string of whole"),
    "a shot that is text": (custom(multi_prompt=["A boat"]), "must be an object"),
    "2 seconds": (single(duration="2"), "duration value '2' is invalid"),
    "16 seconds": (single(duration="16"), "duration value '16' is invalid"),
    "seconds as a number": (single(duration=5), "duration must be a string"),
    "7 seconds of an older model": (single(model_name="kling-v2-6", duration="7"), "duration"),
    "an unknown mode": (single(mode="standard"), "mode value 'standard' is invalid"),
    "4k of an older model": (single(model_name="kling-v2-6", duration="5", mode="4k"), "mode"),
    "an unknown ratio": (single(aspect_ratio="4:3"), "aspect_ratio value '4:3' is invalid"),
    "sound true": (single(sound=True), "sound must be a string"),
    "sound in words": (single(sound="yes"), "sound value 'yes' is invalid"),
    "sound of a silent model": (
        single(model_name="kling-v2-5-turbo", duration="5", sound="on"),
        "sound is not supported",
    ),
    "cfg_scale beyond": (single(cfg_scale=1.1), "cfg_scale must be between 0 and 1"),
    "cfg_scale below": (single(cfg_scale=-0.1), "cfg_scale must be between 0 and 1"),
    "cfg_scale that is no number": (single(cfg_scale=float("nan")), "cfg_scale must be"),
    "cfg_scale of a second model": (
        single(model_name="kling-v2-6", duration="5", cfg_scale=0.5),
        "cfg_scale is not supported",
    ),
    "a watermark in words": (single(watermark_info={"enabled": "yes"}), "watermark_info"),
    "a watermark alone": (single(watermark_info=True), "watermark_info must be an object"),
    "an id that is a number": (single(external_task_id=7), "external_task_id must be a string"),
    "a callback list": (single(callback_url=["http://x"]), "callback_url must be a string"),
    "an unknown camera": (single(camera_control={"type": "drone"}), "camera_control: type"),
    "two camera moves": (single(camera_control=camera(zoom=1, pan=1)), "exactly one"),
    "no camera move": (single(camera_control=camera(zoom=0)), "exactly one config value"),
    "too much zoom": (single(camera_control=camera(zoom=11)), "between -10 and 10"),
    "an unknown axis": (single(camera_control=camera(dolly=1)), "config is required"),
    "a preset with config": (
        single(camera_control={"type": "forward_up", "config": {"zoom": 1}}),
        "config must be empty",
    ),
    "refused words": (single(prompt="x [refuse] x"), "content security policy"),
}

TAKEN_IMAGE = {
    "a first frame": framed(),
    "an end frame alone": single(image_tail=IMAGE),
    "both frames": framed(image_tail=IMAGE),
    "a PNG": single(image=picture(kind="PNG")),
    "an address, unseen": single(image="https://nowhere.invalid/frame.png"),
    "300 pixels": single(image=picture(300, 300)),
    "two and a half to one": single(image=picture(750, 300)),
    "one to two and a half": single(image=picture(300, 750)),
    "a ratio that does not count": framed(aspect_ratio="4:3"),
    "custom shots from a frame": custom(image=IMAGE),
    "three elements": framed(element_list=ELEMENTS[:3]),
    "an element as text": framed(element_list=[{"element_id": "829611643369439283"}]),
    "two voices": framed(model_name="kling-v2-6", duration="5", sound="on", voice_list=VOICES[:2]),
    "a brush": framed(duration="5", static_mask=IMAGE, dynamic_masks=masks(77)),
    "six brushes": framed(dynamic_masks=masks(2, groups=6)),
}

REFUSED_IMAGE = {
    "no picture": (single(), "image and image_tail cannot both be empty"),
    "empty pictures": (single(image="", image_tail=""), "cannot both be empty"),
    "no prompt": (framed(prompt=""), "prompt must not be empty"),
    "a data prefix": (single(image=f"data:image/png;base64,{IMAGE}"), "data: prefix"),
    "no Base64": (single(image="not base64!"), "neither a URL nor valid Base64"),
    "an address without a host": (single(image="http://"), "the URL is not valid"),
    "a number": (single(image=7), "image must be a string"),
    "299 wide": (single(image=picture(299, 400)), "at least 300px, got 299x400"),
    "299 high": (single(image=picture(400, 299)), "at least 300px, got 400x299"),
    "a small end frame": (framed(image_tail=picture(299, 400)), "image_tail: width and height"),
    "too wide": (single(image=picture(751, 300)), "aspect ratio must be between"),
    "too high": (single(image=picture(300, 751)), "aspect ratio must be between"),
    "a GIF": (single(image=picture(kind="GIF")), "only readable .jpg, .jpeg and .png"),
    "a WebP": (single(image=picture(kind="WEBP")), "only readable .jpg, .jpeg and .png"),
    "half a picture": (
        single(image=picture(kind="PNG")[:200]),
        "only readable .jpg, .jpeg and .png",
    ),
    "beyond 10 MB": (
        single(image=base64.b64encode(b"\xff" * (10 * 1024 * 1024 + 1)).decode()),
        "file size exceeds 10MB",
    ),
    "both frames and shots": (custom(image=IMAGE, image_tail=IMAGE), "first and end frames"),
    "four elements": (framed(element_list=ELEMENTS), "at most 3"),
    "an element in words": (framed(element_list=[{"element_id": "boat"}]), "must be a long"),
    "an element without id": (framed(element_list=[{}]), "must be a long"),
    "three voices": (framed(sound="on", voice_list=VOICES), "at most 2"),
    "a voice without sound": (framed(voice_list=VOICES[:1]), "sound must be on"),
    "a voice that is a number": (framed(sound="on", voice_list=[{"voice_id": 7}]), "a string"),
    "elements and voices": (
        framed(sound="on", element_list=ELEMENTS[:1], voice_list=VOICES[:1]),
        "cannot coexist",
    ),
    "an end frame and a camera": (
        framed(image_tail=IMAGE, camera_control=camera(zoom=1)),
        "are exclusive",
    ),
    "a brush and an end frame": (
        framed(image_tail=IMAGE, dynamic_masks=masks(2)),
        "are exclusive",
    ),
    "a brush and a camera": (
        framed(static_mask=IMAGE, camera_control=camera(zoom=1)),
        "are exclusive",
    ),
    "seven brushes": (framed(dynamic_masks=masks(2, groups=7)), "at most 6"),
    "one point": (framed(dynamic_masks=masks(1)), "at least 2 points"),
    "78 points": (framed(duration="5", dynamic_masks=masks(78)), "at most 77 points"),
    "a point between pixels": (
        framed(dynamic_masks=[{"trajectories": [{"x": 1.5, "y": 1}] * 2}]),
        "whole x and y",
    ),
}


@pytest.mark.parametrize("body", TAKEN_TEXT.values(), ids=TAKEN_TEXT.keys())
def test_text2video_takes(body: Body) -> None:
    assert judge("text2video", body).units_milli > 0


@pytest.mark.parametrize("body", TAKEN_IMAGE.values(), ids=TAKEN_IMAGE.keys())
def test_image2video_takes(body: Body) -> None:
    assert judge("image2video", body).units_milli > 0


@pytest.mark.parametrize(("body", "words"), REFUSED_TEXT.values(), ids=REFUSED_TEXT.keys())
def test_text2video_refuses(body: Body, words: str) -> None:
    with pytest.raises(Refusal) as caught:
        judge("text2video", body)
    assert words in caught.value.message
    assert (caught.value.status, caught.value.code) in {(400, 1201), (400, 1301), (404, 1203)}


@pytest.mark.parametrize(("body", "words"), REFUSED_IMAGE.values(), ids=REFUSED_IMAGE.keys())
def test_image2video_refuses(body: Body, words: str) -> None:
    with pytest.raises(Refusal) as caught:
        judge("image2video", body)
    assert words in caught.value.message
    assert (caught.value.status, caught.value.code) == (400, 1201)


def test_what_is_made_follows_the_order() -> None:
    verdict = judge("text2video", custom(("A boat", "2"), ("A lamp", "5"), mode="pro"))
    assert [(made.seconds, made.prompt) for made in verdict.shots] == [(2, "A boat"), (5, "A lamp")]
    assert (verdict.seconds, verdict.mode, verdict.sound) == (7, "pro", False)


def test_length_counts_as_the_server_does() -> None:
    assert [length("ab"), length("灯"), length("🚢"), length("\ud800")] == [2, 1, 2, 1]
