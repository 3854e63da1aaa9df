"""Every code a rule can give is given once here, so that none is renamed unnoticed."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from storyboard.kling import rules
from storyboard.kling.brief import Brief, Brush, Camera, PictureLink, Stroke
from storyboard.kling.profiles import GATEWAY004, OFFICIAL, POWERTOKENS, DocumentedModel, Profile
from tests.kling.builders import PICTURE, brief, element, one_shot, shots, voice, with_prompt
from tests.kling.rules.asking import custom, lasting, old, sized, v3, v3_from_picture

PATH = ((0, 0), (9, 9))
VOICES = (voice(1),)
# A profile whose document offers a total that the capability map does not have.
LONGER = replace(OFFICIAL, models={"kling-v2-6": DocumentedModel(seconds=(5, 7, 10))})
ELEMENTS = (element(1),)


def camera(**amounts: float) -> Brief:
    return v3_from_picture(camera=Camera("simple", **amounts))


def brush(*points: tuple[float, float], mask: object = PICTURE) -> Brief:
    return old(brush=Brush(None, (Stroke(mask, points),)))  # type: ignore[arg-type]


GIVEN: dict[str, tuple[Brief, Profile]] = {
    "aspect_ratio.of_frame": (v3_from_picture(aspect_ratio="1:1"), OFFICIAL),
    "aspect_ratio.unknown": (v3(aspect_ratio="4:3"), OFFICIAL),
    "brush.mask.data_prefix": (brush(*PATH, mask=PictureLink("data:,")), OFFICIAL),
    "brush.mask.format": (brush(*PATH, mask=PictureLink("https://a.example/b.gif")), OFFICIAL),
    "brush.mask.too_small": (brush(*PATH, mask=sized(128, 72)), OFFICIAL),
    "brush.mask_shape": (brush(*PATH, mask=sized(700, 700)), OFFICIAL),
    "brush.mask_size": (
        old(brush=Brush(sized(640, 360), (Stroke(PICTURE, PATH),))),
        OFFICIAL,
    ),
    "brush.painted_on": (old(brush=Brush(PICTURE, painted_on=(640, 360))), OFFICIAL),
    "brush.point_outside": (brush((-1, 0), (1, 1)), OFFICIAL),
    "brush.point_part": (brush((0.5, 0), (1, 1)), OFFICIAL),
    "brush.points_few": (brush((0, 0)), OFFICIAL),
    "brush.points_many": (brush(*((0, 0),) * 78), OFFICIAL),
    "brush.too_many": (old(brush=Brush(None, (Stroke(PICTURE, PATH),) * 7)), OFFICIAL),
    "camera.amounts_unasked": (v3(camera=Camera("down_back", pan=1)), OFFICIAL),
    "camera.kind_unknown": (v3(camera=Camera("spin")), OFFICIAL),
    "camera.one_amount": (camera(pan=1, tilt=1), OFFICIAL),
    "camera.out_of_range": (camera(pan=11), OFFICIAL),
    "capability.camera_control": (camera(pan=1), OFFICIAL),
    "capability.cfg_scale": (one_shot(cfg_scale=0.5), OFFICIAL),
    "capability.elements": (v3(elements=ELEMENTS), OFFICIAL),
    "capability.end_frame": (
        one_shot(mode="std", sound=False, first_frame=PICTURE, end_frame=PICTURE),
        OFFICIAL,
    ),
    "capability.end_frame_only": (v3(end_frame=PICTURE), OFFICIAL),
    "capability.mode": (old("kling-v2-master", "pro"), OFFICIAL),
    "capability.motion_brush": (v3_from_picture(brush=Brush(still=PICTURE)), POWERTOKENS),
    "capability.multi_shot": (custom("A", "B", model="kling-v2-6"), OFFICIAL),
    "capability.seconds": (lasting(old("kling-v2-6"), 7), LONGER),
    "capability.single_shot": (v3(model="kling-v2-1"), OFFICIAL),
    "capability.sound": (one_shot(mode="std"), OFFICIAL),
    "capability.voices": (v3_from_picture(voices=VOICES, sound=True), OFFICIAL),
    "cfg_scale.out_of_range": (v3(cfg_scale=1.5), OFFICIAL),
    "direction.together": (
        v3_from_picture(end_frame=PICTURE, camera=Camera("down_back")),
        OFFICIAL,
    ),
    "element.unused": (v3_from_picture(elements=ELEMENTS), OFFICIAL),
    "elements.too_many": (
        v3_from_picture(elements=tuple(element(number) for number in range(4))),
        OFFICIAL,
    ),
    "elements.twice": (v3_from_picture(elements=ELEMENTS * 2), OFFICIAL),
    "end_frame.multi_shot": (custom("A", first_frame=PICTURE, end_frame=PICTURE), OFFICIAL),
    "end_frame.seconds": (lasting(old("kling-v1-6", "pro", end_frame=PICTURE), 10), GATEWAY004),
    "end_frame.too_small": (v3_from_picture(end_frame=sized(299, 299)), OFFICIAL),
    "endpoint.unknown": (v3(model="kling-v1"), GATEWAY004),
    "field.unknown": (old(sound=True), GATEWAY004),
    "first_frame.data_prefix": (old(first_frame=PictureLink("data:,")), OFFICIAL),
    "first_frame.format": (old(first_frame=PictureLink("https://a.example/b.gif")), OFFICIAL),
    "first_frame.link": (old(first_frame=PictureLink("b.jpg")), OFFICIAL),
    "first_frame.link_odd": (old(first_frame=PictureLink("https://a.example/#b")), OFFICIAL),
    "first_frame.link_too_long": (
        old(first_frame=PictureLink("https://a.example/" + "b" * 2048)),
        OFFICIAL,
    ),
    "first_frame.required": (v3(model="kling-v1-6", end_frame=PICTURE), GATEWAY004),
    "first_frame.too_heavy": (
        old(first_frame=PICTURE.__class__("a", 400, 400, 20_000_000, "png")),
        OFFICIAL,
    ),
    "first_frame.too_long": (old(first_frame=sized(300, 800)), OFFICIAL),
    "first_frame.too_small": (old(first_frame=sized(299, 300)), OFFICIAL),
    "library.both": (v3_from_picture(elements=ELEMENTS, voices=VOICES, sound=True), OFFICIAL),
    "mode.unknown": (v3(mode="8k"), OFFICIAL),
    "model.required": (v3(model=""), POWERTOKENS),
    "model.retired": (old("kling-v1"), OFFICIAL),
    "model.unknown": (v3(model="kling-v9"), OFFICIAL),
    "negative_prompt_bytes": (v3(negative_prompt="é" * 2000), OFFICIAL),
    "negative_prompt_too_long": (v3(negative_prompt="x" * 2501), OFFICIAL),
    "negative_prompt_unreadable": (v3(negative_prompt="\x00"), OFFICIAL),
    "name.unattached": (v3("@Keeper looks out"), OFFICIAL),
    "shot.prompt_bytes": (v3("é" * 2000), OFFICIAL),
    "shot.prompt_empty": (v3(""), OFFICIAL),
    "shot.prompt_leans": (custom("A boat leaves", "Then he sits"), OFFICIAL),
    "shot.prompt_repeated": (custom("A", "A"), OFFICIAL),
    "shot.prompt_too_long": (with_prompt("x" * 513), OFFICIAL),
    "shot.prompt_unreadable": (v3("\x00"), OFFICIAL),
    "shot.seconds_too_few": (brief(shots=shots(0, 5), total_seconds=5), OFFICIAL),
    "shot.seconds_too_many": (brief(shots=shots(6, 1), total_seconds=5), OFFICIAL),
    "shots.moving_cameras": (custom("Pan left", "Slow push in", "Tilt up"), OFFICIAL),
    "shots.none": (brief(shots=()), OFFICIAL),
    "shots.one_only": (brief(shooting="single"), OFFICIAL),
    "shots.sum": (brief(shots=shots(3, 3)), OFFICIAL),
    "shots.too_many": (brief(shots=shots(1, 1, 1, 1, 1, 1, 1), total_seconds=7), OFFICIAL),
    "token.element_unknown": (v3("<<<element_1>>>"), OFFICIAL),
    "token.malformed": (v3("<<<"), OFFICIAL),
    "token.voice_unknown": (v3("<<<voice_1>>>"), OFFICIAL),
    "total.out_of_range": (lasting(v3(), 16), OFFICIAL),
    "voice.unused": (v3_from_picture(voices=VOICES, sound=True), OFFICIAL),
    "voices.sound_off": (v3_from_picture(voices=VOICES), OFFICIAL),
    "voices.too_many": (v3_from_picture(voices=tuple(map(voice, range(3)))), OFFICIAL),
    "voices.twice": (v3_from_picture(voices=VOICES * 2), OFFICIAL),
}


@pytest.mark.parametrize("code", GIVEN)
def test_the_code_is_given_with_words_and_the_name_of_its_document(code: str) -> None:
    judged, profile = GIVEN[code]
    found = [each for each in judged.problems(profile, "documents") if each.code == code]
    assert found
    for problem in found:
        assert problem.words[-1] == "."
        assert problem.words[0].isupper() or problem.words.startswith(("kling-", "4:3"))
        assert problem.source
        assert problem.field


def test_no_code_of_the_rules_is_missing_above() -> None:
    written = set()
    for file in Path(rules.__file__).parent.glob("*.py"):
        for call in re.findall(r"(?:Problem|rule|caution)\(\s*\"([\w.]+)\"", file.read_text()):
            written.add(call)
    assert len(written) > 30
    assert written <= set(GIVEN)
