"""Advice on the prompts of several shots: both sides of each, and that none of it blocks."""

import pytest

from storyboard.kling.brief import Brief
from storyboard.kling.rules.wording import moves_camera, names_at
from tests.kling.builders import element, voice
from tests.kling.rules.asking import BOTH, advice, custom, errors, fields, v3, v3_from_picture

STILL = "A boat leaves the harbour"


def said(brief: Brief, code: str) -> list[str]:
    return [each.words for each in brief.problems() if each.code == code]


@pytest.mark.parametrize(
    "prompt",
    ["Then he sits", "and then the lamp is lit", "Next, the gull", "  After that rain", "THEN it",
     "Afterwards, calm"],
)  # fmt: skip
def test_a_prompt_that_leans_on_the_shot_before_it_is_advice(prompt: str) -> None:
    leaning = custom(STILL, prompt)
    assert "shot.prompt_leans" in advice(leaning)
    assert fields(leaning, "shot.prompt_leans") == ["shots[1].prompt"]


@pytest.mark.parametrize(
    "prompt", ["Thendara at dusk", "Nextdoor neighbours", "The keeper, then the gull", "A then B"]
)
def test_then_within_a_prompt_is_none(prompt: str) -> None:
    assert "shot.prompt_leans" not in advice(custom(STILL, prompt))


def test_one_shot_alone_leans_on_nothing() -> None:
    assert "shot.prompt_leans" not in advice(custom("Then he sits"))
    assert "shot.prompt_leans" not in advice(v3("Then he sits"))


@pytest.mark.parametrize(
    "prompt",
    ["Slow push in", "The camera pans left", "tilt up to the lamp", "Dolly along the pier",
     "Crane up", "handheld, close", "The camera turns with him", "camera slowly rises",
     "Zooming out"],
)  # fmt: skip
def test_a_move_of_the_camera_is_known(prompt: str) -> None:
    assert moves_camera(prompt)


@pytest.mark.parametrize(
    "prompt",
    ["A pancake", "The company of sailors", "Static, wide", "He turns to the camera", "A crane",
     "The train tracks", "A tilted mast"],
)  # fmt: skip
def test_what_moves_in_the_picture_is_no_move_of_the_camera(prompt: str) -> None:
    assert not moves_camera(prompt)


def test_more_than_two_moving_cameras_are_advice() -> None:
    code = "shots.moving_cameras"
    assert code not in advice(custom("Pan left", "Tilt up", STILL))
    three = custom("Pan left", STILL, "Tilt up", "Slow push in")
    assert fields(three, code) == ["shots[3].prompt"]
    assert "moves in 3 of 4 shots" in said(three, code)[0]


@pytest.mark.parametrize(
    ("prompt", "names"),
    [
        ("@Keeper and @Gull, @Keeper again", ["Keeper", "Gull"]),
        ("Write to mail@example.com", []),
        ("An @ alone, @ 5", []),
        ("(@Märta) sits. @O’Neil", ["Märta", "O’Neil"]),
        ("<<<element_1>>> waits", []),
    ],
)
def test_names_are_what_follows_an_at(prompt: str, names: list[str]) -> None:
    assert names_at(prompt) == names


def test_a_name_that_nothing_attached_has_is_advice() -> None:
    found = said(v3("@Marit climbs"), "name.unattached")
    assert found[0].startswith("Shot 1 names @Marit, and nothing attached is called so.")


def test_a_name_of_something_attached_says_how_it_is_named() -> None:
    named = v3_from_picture("@keeper climbs <<<element_1>>>", elements=(element(1),))
    assert "Shot 1 names Keeper 1 in plain words." in said(named, "name.unattached")[0]
    spoken = v3_from_picture("@Old sailor", voices=(voice(1),))
    assert "names Old sailor 1 in plain" in said(spoken, "name.unattached")[0]


def test_none_of_it_blocks_in_any_reading() -> None:
    busy = custom("@Marit pans left", "Then tilt up", "And then push in")
    for reading in BOTH:
        assert errors(busy, reading=reading) == []
        given = set(advice(busy, reading=reading))
        assert {"shot.prompt_leans", "shots.moving_cameras", "name.unattached"} <= given
