from dataclasses import replace
from typing import Any

import pytest

from storyboard.kling.brief import Brief, Brush, Camera, PictureRef, Problem, ShotBrief
from storyboard.kling.profiles import GATEWAY004
from tests.kling.builders import (
    PICTURE,
    brief,
    codes,
    element,
    one_shot,
    shots,
    voice,
    warnings,
    with_prompt,
)

V26: dict[str, Any] = {"model": "kling-v2-6", "first_frame": PICTURE}


def words(checked: Brief, code: str) -> str:
    return _only(checked, code).words


def _only(checked: Brief, code: str) -> Problem:
    (problem,) = [problem for problem in checked.problems() if problem.code == code]
    return problem


@pytest.mark.parametrize(
    "ready",
    [
        brief(),
        brief(shots=shots(15)),
        brief(shots=shots(3), total_seconds=3),
        brief(first_frame=PICTURE),
        brief(model="kling-v3", mode="4k"),
        brief(shooting="intelligent", shots=shots(15)),
        brief(shooting="single", shots=shots(15)),
        brief(shooting="single", shots=shots(15), first_frame=PICTURE, end_frame=PICTURE),
        with_prompt("<<<element_1>>> rows", first_frame=PICTURE, elements=(element(1),)),
        one_shot(),
        one_shot(total_seconds=10, shots=shots(10)),
        one_shot("<<<voice_1>>> sings", first_frame=PICTURE, voices=(voice(1),)),
        one_shot(first_frame=PICTURE, end_frame=PICTURE, sound=False),
        one_shot(mode="std", sound=False, negative_prompt="blur", watermark=True),
    ],
)
def test_what_kling_takes_has_no_problem(ready: Brief) -> None:
    assert ready.problems() == ()


@pytest.mark.parametrize(
    ("broken", "code", "field"),
    [
        (brief(shots=(), total_seconds=15), "shots.none", "shots"),
        (brief(shots=shots(2, 2, 2, 2, 2, 2, 3)), "shots.too_many", "shots"),
        (brief(shooting="single"), "shots.one_only", "shooting"),
        (brief(shooting="intelligent"), "shots.one_only", "shooting"),
        (with_prompt(""), "shot.prompt_empty", "shots[1].prompt"),
        (with_prompt(" \n\t"), "shot.prompt_empty", "shots[1].prompt"),
        (with_prompt("x" * 513), "shot.prompt_too_long", "shots[1].prompt"),
        (one_shot("x" * 2501), "shot.prompt_too_long", "shots[0].prompt"),
        (with_prompt("a\x00b"), "shot.prompt_unreadable", "shots[1].prompt"),
        (with_prompt("a\ud83d"), "shot.prompt_unreadable", "shots[1].prompt"),
        (brief(shots=shots(0, 5), total_seconds=5), "shot.seconds_too_few", "shots[0].seconds"),
        (brief(shots=shots(3, 3)), "shots.sum", "total_seconds"),
        (one_shot(total_seconds=10), "shots.sum", "total_seconds"),
        (brief(shots=shots(2), total_seconds=2), "total.out_of_range", "total_seconds"),
        (brief(shots=shots(8, 8), total_seconds=16), "total.out_of_range", "total_seconds"),
        (one_shot(shots=shots(7), total_seconds=7), "total.out_of_range", "total_seconds"),
        (brief(model="kling-v9"), "model.unknown", "model"),
        (brief(mode="8k"), "mode.unknown", "mode"),
        (one_shot(mode="4k"), "mode.unknown", "mode"),
        (brief(aspect_ratio="4:3"), "aspect_ratio.unknown", "aspect_ratio"),
        (one_shot(shooting="custom"), "capability.multi_shot", "shooting"),
        (one_shot(shooting="intelligent"), "capability.multi_shot", "shooting"),
        (one_shot(mode="std"), "capability.sound", "sound"),
        (brief(elements=(element(1),)), "capability.elements", "elements"),
        (one_shot(**V26, elements=(element(1),)), "capability.elements", "elements"),
        (brief(first_frame=PICTURE, voices=(voice(1),)), "capability.voices", "voices"),
        (one_shot(voices=(voice(1),)), "capability.voices", "voices"),
        (one_shot(**V26, mode="std", voices=(voice(1),)), "capability.voices", "voices"),
        (one_shot(cfg_scale=0.5), "capability.cfg_scale", "cfg_scale"),
        (brief(camera=Camera("simple", zoom=1.0)), "capability.camera_control", "camera"),
        (brief(brush=Brush(still=PICTURE)), "capability.motion_brush", "brush"),
        (brief(end_frame=PICTURE), "capability.end_frame_only", "end_frame"),
        (one_shot(**V26, mode="std", end_frame=PICTURE), "capability.end_frame", "end_frame"),
        (one_shot(**V26, end_frame=PICTURE), "capability.end_frame", "end_frame"),
        (brief(first_frame=PICTURE, end_frame=PICTURE), "end_frame.multi_shot", "end_frame"),
        (one_shot(**V26, voices=(voice(1),), sound=False), "voices.sound_off", "voices"),
        (one_shot(**V26, voices=(voice(1), voice(2), voice(3))), "voices.too_many", "voices"),
        (one_shot(**V26, voices=(voice(1), voice(1))), "voices.twice", "voices[1]"),
        (
            brief(first_frame=PICTURE, elements=tuple(element(n) for n in range(4))),
            "elements.too_many",
            "elements",
        ),
        (
            brief(first_frame=PICTURE, elements=(element(1), element(1))),
            "elements.twice",
            "elements[1]",
        ),
        (
            brief(first_frame=PICTURE, elements=(element(1),), voices=(voice(1),)),
            "library.both",
            "voices",
        ),
        (with_prompt("<<<element_1>>>"), "token.element_unknown", "shots[1].prompt"),
        (one_shot("<<<voice_2>>>", voices=(voice(1),)), "token.voice_unknown", "shots[0].prompt"),
        (brief(negative_prompt="x" * 2501), "negative_prompt_too_long", "negative_prompt"),
        (brief(negative_prompt="a\x00"), "negative_prompt_unreadable", "negative_prompt"),
        (brief(cfg_scale=1.5), "cfg_scale.out_of_range", "cfg_scale"),
    ],
)
def test_what_kling_refuses_is_a_problem_beside_its_field(
    broken: Brief, code: str, field: str
) -> None:
    assert code in codes(broken)
    problem = _only(broken, code)
    assert problem.field == field
    assert problem.words.endswith(".")
    assert problem.source


@pytest.mark.parametrize(
    "mark",
    ["<<<element_x>>>", "<<<image_1>>>", "<<<element_0>>>", "<<<element_1", "<<<>>>", "<<<",
     "<<<element_01>>>", "<<< element_1 >>>", "<<<<element_1>>>>", "<<<Element_1>>>"],
)  # fmt: skip
def test_a_mark_that_names_nothing_is_a_problem(mark: str) -> None:
    broken = with_prompt(f"A gull, {mark}", first_frame=PICTURE, elements=(element(1),))
    assert codes(broken) == ["token.malformed"]


@pytest.mark.parametrize(
    ("picture", "code"),
    [
        (replace(PICTURE, width=299, height=300), "too_small"),
        (replace(PICTURE, width=751, height=300), "too_long"),
        (replace(PICTURE, width=300, height=751), "too_long"),
        (replace(PICTURE, size_bytes=10 * 1024 * 1024 + 1), "too_heavy"),
        (replace(PICTURE, format="gif"), "format"),
    ],
)
def test_a_picture_kling_refuses_is_a_problem_in_either_place(
    picture: PictureRef, code: str
) -> None:
    assert codes(brief(first_frame=picture)) == [f"first_frame.{code}"]
    still = brief(shooting="single", shots=shots(15), first_frame=PICTURE, end_frame=picture)
    assert codes(still) == [f"end_frame.{code}"]


@pytest.mark.parametrize(
    "picture",
    [
        replace(PICTURE, width=300, height=300),
        replace(PICTURE, width=750, height=300),
        replace(PICTURE, size_bytes=10 * 1024 * 1024, format="png"),
    ],
)
def test_a_picture_at_the_limit_is_taken(picture: PictureRef) -> None:
    assert codes(brief(first_frame=picture)) == []


def test_limits_count_utf16_units() -> None:
    assert codes(with_prompt("x" * 512)) == []
    assert codes(with_prompt("🌊" * 256)) == []
    assert codes(with_prompt("🌊" * 256 + "x")) == ["shot.prompt_too_long"]
    assert codes(one_shot("é" * 2500)) == []


def test_a_text_over_2500_bytes_is_advice() -> None:
    assert warnings(one_shot("é" * 1251)) == ["shot.prompt_bytes"]
    assert warnings(one_shot("é" * 1250)) == []
    assert warnings(brief(negative_prompt="é" * 1251)) == ["negative_prompt_bytes"]


@pytest.mark.parametrize("way", ["single", "intelligent"])
def test_too_many_shots_for_one_prompt_are_one_problem(way: str) -> None:
    assert codes(brief(shooting=way, shots=shots(2, 2))) == ["shots.one_only"]


def test_a_repeated_prompt_is_advice() -> None:
    twice = brief(shots=(*shots(2), ShotBrief("b", 2, " Gulls over the pier,  number 1", 13)))
    assert (codes(twice), warnings(twice)) == ([], ["shot.prompt_repeated"])


def test_what_is_attached_and_never_named_is_advice() -> None:
    quiet = brief(first_frame=PICTURE, elements=(element(1), element(2)))
    assert (codes(quiet), warnings(quiet)) == ([], ["element.unused", "element.unused"])
    assert warnings(one_shot(**V26, voices=(voice(1),))) == ["voice.unused"]


def test_a_first_frame_of_another_shape_is_advice() -> None:
    tall = replace(PICTURE, width=720, height=1280)
    assert warnings(brief(first_frame=tall)) == ["aspect_ratio.of_frame"]
    assert warnings(brief(first_frame=tall, aspect_ratio="9:16")) == []


def test_prompt_strength_on_kling_v3_is_advice() -> None:
    strict = brief(cfg_scale=0.5)
    assert (codes(strict), warnings(strict)) == ([], ["capability.cfg_scale"])


@pytest.mark.parametrize(
    ("checked", "code", "said"),
    [
        (
            brief(shots=(*shots(5, 5), ShotBrief("c", 3, "x" * 521, 5))),
            "shot.prompt_too_long",
            "Shot 3 is 9 characters over 512. Shorten it.",
        ),
        (
            with_prompt("x" * 513),
            "shot.prompt_too_long",
            "Shot 2 is 1 character over 512. Shorten it.",
        ),
        (
            brief(shots=shots(6, 6, 5)),
            "shots.sum",
            "Shots add up to 17 s, the total is 15. Take 2 s away, or make the total 17 "
            "(kling-v3 takes 3 to 15).",
        ),
        (
            brief(shots=shots(6, 6)),
            "shots.sum",
            "Shots add up to 12 s, the total is 15. Add 3 s, or make the total 12 "
            "(kling-v3 takes 3 to 15).",
        ),
        (
            one_shot(total_seconds=10),
            "shots.sum",
            "The shot is 5 s, the total is 10. Add 5 s, or make the total 5 "
            "(kling-v2-6 takes 5 or 10).",
        ),
        (
            one_shot(shots=shots(7), total_seconds=7),
            "total.out_of_range",
            "The total is 7 s; kling-v2-6 takes 5 or 10. Make it 5 or 10.",
        ),
        (
            brief(shots=shots(2, 2, 2, 2, 2, 2, 3)),
            "shots.too_many",
            "There are 7 shots; Kling takes 1 to 6. Remove 1 shot.",
        ),
        (
            brief(shooting="single"),
            "shots.one_only",
            "Single shot sends one prompt, and there are 6 shots. Nothing is dropped: choose "
            "Custom shots, or remove 5 shots.",
        ),
        (
            one_shot(mode="std"),
            "capability.sound",
            "kling-v2-6 std makes no sound. Choose pro, or turn sound off.",
        ),
        (
            brief(first_frame=PICTURE, elements=(element(1),), voices=(voice(1),)),
            "library.both",
            "Voices are off with elements. Remove the elements to use voices.",
        ),
        (
            with_prompt("<<<element_2>>>", first_frame=PICTURE, elements=(element(1),)),
            "token.element_unknown",
            "Shot 2 names <<<element_2>>>, and only 1 element is attached. Attach the element, "
            "or remove the mark.",
        ),
        (
            brief(first_frame=replace(PICTURE, width=512, height=287)),
            "first_frame.too_small",
            "The first frame is 512 × 287 px; it needs at least 300 px on each side. Choose a "
            "larger picture.",
        ),
    ],
)
def test_problems_say_what_is_wrong_and_what_to_do(checked: Brief, code: str, said: str) -> None:
    assert words(checked, code) == said


@pytest.mark.parametrize(
    ("checked", "action"),
    [
        (brief(shots=shots(6, 6)), "make_total"),
        (brief(shots=shots(6, 6, 5)), ""),
        (one_shot(total_seconds=10), "make_total"),
        (one_shot(shots=shots(6), total_seconds=5), ""),
    ],
)
def test_the_total_is_offered_only_where_the_model_takes_it(checked: Brief, action: str) -> None:
    assert _only(checked, "shots.sum").action == action


def test_the_way_of_shooting_decides_the_length_of_a_prompt() -> None:
    ways = ("custom", "intelligent", "single")
    assert [brief(shooting=way).prompt_limit() for way in ways] == [512, 2500, 2500]
    assert [brief(shooting=way).prompt_limit(GATEWAY004) for way in ways] == [512, 500, 500]


def test_a_first_or_end_frame_makes_it_image_to_video() -> None:
    assert brief().endpoint == "text2video"
    assert brief(first_frame=PICTURE).endpoint == "image2video"
    assert brief(end_frame=PICTURE).endpoint == "image2video"


def test_another_reading_is_refused() -> None:
    unknown: Any = "hearsay"
    with pytest.raises(ValueError, match="unknown reading 'hearsay'"):
        brief().problems(reading=unknown)
