"""First frame, end frame, and what excludes each other."""

from dataclasses import replace

from storyboard.kling.brief import Brush, Camera, Stroke
from storyboard.kling.profiles import GATEWAY004, OFFICIAL, POWERTOKENS
from tests.kling.builders import PICTURE
from tests.kling.rules.asking import (
    BOTH,
    LINK,
    advice,
    custom,
    errors,
    fields,
    lasting,
    old,
    v3,
    v3_from_picture,
)

CAMERA = Camera("simple", zoom=1.0)
BRUSH = Brush(still=PICTURE, strokes=(Stroke(PICTURE, ((0, 0), (10, 10))),))
NEWER = [replace(profile, end_frame_with_shots=True) for profile in (OFFICIAL, POWERTOKENS)]


def test_gateway004_makes_videos_only_from_a_first_frame() -> None:
    for reading in BOTH:
        assert errors(old(first_frame=LINK), GATEWAY004, reading) == []
        assert errors(v3(model="kling-v1"), GATEWAY004, reading) == ["endpoint.unknown"]
    alone = old("kling-v1-6", "pro", first_frame=None, end_frame=PICTURE)
    assert errors(alone, GATEWAY004) == ["first_frame.required"]
    assert fields(alone, "first_frame.required", GATEWAY004) == ["first_frame"]
    assert fields(v3(model="kling-v1"), "endpoint.unknown", GATEWAY004) == ["first_frame"]


def test_one_of_the_two_frames_is_enough_elsewhere() -> None:
    for profile in (OFFICIAL, POWERTOKENS):
        assert errors(v3(end_frame=PICTURE), profile) == []
        assert errors(v3_from_picture(), profile) == []
        assert errors(v3_from_picture(end_frame=LINK), profile) == []


def test_an_end_frame_goes_with_5_seconds_alone_at_gateway004() -> None:
    five = old("kling-v1-6", "pro", end_frame=PICTURE)
    ten = lasting(five, 10)
    for reading in BOTH:
        assert errors(five, GATEWAY004, reading) == []
        assert errors(ten, GATEWAY004, reading) == ["end_frame.seconds"]
        assert errors(ten, OFFICIAL, reading) == []
    assert fields(ten, "end_frame.seconds", GATEWAY004) == ["total_seconds"]
    assert errors(lasting(old("kling-v1-6"), 10), GATEWAY004) == []


def test_an_end_frame_with_several_shots_is_refused_until_an_account_follows_the_change() -> None:
    several = custom("A", "B", first_frame=PICTURE, end_frame=PICTURE)
    cut = v3_from_picture(end_frame=PICTURE, shooting="intelligent")
    for reading in BOTH:
        for profile in (OFFICIAL, POWERTOKENS):
            assert errors(several, profile, reading) == ["end_frame.multi_shot"]
            assert errors(cut, profile, reading) == ["end_frame.multi_shot"]
        for profile in NEWER:
            assert errors(several, profile, reading) == []
            assert errors(cut, profile, reading) == []
    assert fields(several, "end_frame.multi_shot") == ["end_frame"]
    assert "end_frame.multi_shot" in errors(replace(several, model="kling-v1"), GATEWAY004)


def test_a_first_frame_with_several_shots_is_taken() -> None:
    for reading in BOTH:
        for profile in (OFFICIAL, POWERTOKENS):
            assert errors(custom("A", "B", first_frame=PICTURE), profile, reading) == []


def test_of_end_frame_brush_and_camera_one_at_a_time() -> None:
    for profile in (OFFICIAL, POWERTOKENS):
        for reading in BOTH:
            for both, field in (
                (v3_from_picture(end_frame=PICTURE, camera=CAMERA), "camera"),
                (v3_from_picture(end_frame=PICTURE, brush=BRUSH), "brush"),
                (v3_from_picture(brush=BRUSH, camera=CAMERA), "camera"),
                (v3_from_picture(brush=Brush(still=PICTURE), camera=CAMERA), "camera"),
            ):
                assert "direction.together" in errors(both, profile, reading)
                assert fields(both, "direction.together", profile, reading) == [field]
    three = v3_from_picture(end_frame=PICTURE, brush=BRUSH, camera=CAMERA)
    assert fields(three, "direction.together") == ["brush", "camera"]


def test_each_of_the_three_goes_alone() -> None:
    for profile in (OFFICIAL, POWERTOKENS):
        assert errors(v3_from_picture(end_frame=PICTURE), profile) == []
        assert errors(v3_from_picture(camera=CAMERA), profile) == []
        assert errors(v3_from_picture(brush=BRUSH), profile) == []
    assert errors(v3_from_picture(camera=CAMERA, brush=Brush())) == []


def test_what_gateway004_does_not_know_is_advice() -> None:
    moved = old(end_frame=PICTURE, camera=CAMERA)
    assert errors(moved, GATEWAY004) == []
    assert "direction.together" in advice(moved, GATEWAY004)
    assert "direction.together" in errors(moved, GATEWAY004, "map")
