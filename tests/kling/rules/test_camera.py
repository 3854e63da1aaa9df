"""Camera control: its kinds and amounts, both sides of every limit."""

from typing import Any

from storyboard.kling.brief import Brief, Camera
from storyboard.kling.profiles import GATEWAY004, OFFICIAL, POWERTOKENS
from tests.kling.rules.asking import BOTH, advice, errors, fields, old, v3, v3_from_picture

AXES = ("horizontal", "vertical", "pan", "tilt", "roll", "zoom")
PRESETS = ("down_back", "forward_up", "right_turn_forward", "left_turn_forward")


def moved(kind: str = "simple", **amounts: Any) -> Brief:
    """Text to video on kling-v1 std: the one place where the map has all kinds."""
    return v3(model="kling-v1", camera=Camera(kind, **amounts))


def turned(axis: str, amount: float) -> Brief:
    amounts: dict[str, Any] = {axis: amount}
    return moved("simple", **amounts)


def test_there_are_five_kinds() -> None:
    for reading in BOTH:
        assert errors(moved(zoom=1), reading=reading) == []
        for kind in PRESETS:
            assert errors(moved(kind), reading=reading) == []
        for kind in ("", "Simple", "zoom_in"):
            assert errors(moved(kind), reading=reading) == ["camera.kind_unknown"]
    assert fields(moved("zoom_in"), "camera.kind_unknown") == ["camera.kind"]


def test_each_amount_is_from_minus_10_to_10() -> None:
    for reading in BOTH:
        for axis in AXES:
            for amount in (-10, -0.5, 0.5, 10):
                assert errors(turned(axis, amount), reading=reading) == []
            for amount in (-10.1, 10.1, float("nan"), float("inf")):
                over = turned(axis, amount)
                assert errors(over, reading=reading) == ["camera.out_of_range"]
                assert fields(over, "camera.out_of_range", reading=reading) == [f"camera.{axis}"]


def test_a_simple_move_has_exactly_one_amount() -> None:
    for reading in BOTH:
        assert errors(moved(pan=1, tilt=0), reading=reading) == []
        assert errors(moved(pan=1, tilt=-1), reading=reading) == ["camera.one_amount"]
        assert errors(moved(), reading=reading) == ["camera.one_amount"]
    assert fields(moved(), "camera.one_amount") == ["camera"]


def test_the_other_kinds_have_no_amounts() -> None:
    for kind in PRESETS:
        for reading in BOTH:
            assert errors(moved(kind, pan=1), reading=reading) == ["camera.amounts_unasked"]
    assert fields(moved("down_back", pan=1), "camera.amounts_unasked") == ["camera"]


def test_the_document_of_powertokens_says_nothing_of_what_a_camera_holds() -> None:
    for camera in (Camera("zoom_in"), Camera("simple", pan=11), Camera("simple")):
        brief = v3_from_picture(camera=camera)
        assert errors(brief, POWERTOKENS) == []
        assert len(errors(brief, OFFICIAL)) == 1
        assert set(errors(brief, OFFICIAL)) < set(advice(brief, POWERTOKENS))
        assert set(errors(brief, OFFICIAL)) < set(errors(brief, POWERTOKENS, "map"))


def test_gateway004_does_not_know_a_camera() -> None:
    odd = old(camera=Camera("zoom_in"))
    assert errors(odd, GATEWAY004) == []
    assert set(advice(odd, GATEWAY004)) >= {"field.unknown", "camera.kind_unknown"}
    assert fields(odd, "field.unknown", GATEWAY004) == ["camera"]


def test_a_model_may_take_the_simple_move_alone() -> None:
    brief: dict[str, Any] = {"model": "kling-v1-5", "mode": "pro"}
    assert errors(old(**brief, camera=Camera("simple", pan=1)), reading="map") == []
    preset = old(**brief, camera=Camera("forward_up"))
    assert errors(preset, reading="map") == ["capability.camera_control"]
    assert fields(preset, "capability.camera_control", reading="map") == ["camera.kind"]
    assert errors(preset) == []
