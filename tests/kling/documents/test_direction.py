"""Camera control and motion brush, and what excludes each other."""

from typing import Any

from storyboard.kling.brief import Brush, Camera, Stroke
from storyboard.kling.wire import create_body
from tests.kling.builders import PICTURE, one_shot
from tests.kling.documents.both import (
    ABSENT,
    IMAGE,
    LINK,
    OTHER_LINK,
    TEXT,
    body,
    errors,
    picture,
    refused,
    taken,
    warned,
    witness,
)

AXES = ("horizontal", "vertical", "pan", "tilt", "roll", "zoom")
MOVES = ("down_back", "forward_up", "right_turn_forward", "left_turn_forward")
MASK = "https://example.com/mask.png"


def simple(**amounts: float) -> dict[str, Any]:
    """The field of a simple camera move."""
    return {"camera_control": {"type": "simple", "config": amounts}}


def masks(*counts: int) -> list[dict[str, Any]]:
    """One mask with a path for each number of points."""
    return [
        {"mask": MASK, "trajectories": [{"x": 10 + at, "y": 20} for at in range(points)]}
        for points in counts
    ]


def test_a_camera_moves_in_one_of_five_ways() -> None:
    for kind in (TEXT, IMAGE):
        taken(kind, **simple(zoom=5))
        for move in MOVES:
            taken(kind, camera_control={"type": move})
        wrong = {"camera_control": {"type": "dolly"}}
        refused("camera.kind_unknown", "camera_control.type", kind, **wrong)


def test_a_simple_move_has_one_amount_of_minus_10_to_10() -> None:
    for kind in (TEXT, IMAGE):
        for axis in AXES:
            for amount in (-10, -0.5, 0.5, 10):
                taken(kind, **simple(**{axis: amount}))
            for amount in (-10.1, 10.1):
                field = f"camera_control.config.{axis}"
                refused("camera.out_of_range", field, kind, **simple(**{axis: amount}))


def test_one_amount_alone_is_not_zero() -> None:
    for kind in (TEXT, IMAGE):
        taken(kind, **simple(**dict.fromkeys(AXES, 0) | {"pan": 3}))
        wrong = simple(pan=3, tilt=1)
        refused("camera.one_amount", "camera_control", kind, **wrong)


def test_a_simple_move_needs_its_amounts() -> None:
    for kind in (TEXT, IMAGE):
        wrong = {"camera_control": {"type": "simple"}}
        refused("camera.config_required", "camera_control.config", kind, **wrong)


def test_other_moves_take_no_amounts() -> None:
    for kind in (TEXT, IMAGE):
        for move in MOVES:
            taken(kind, camera_control={"type": move, "config": None})
            wrong = {"camera_control": {"type": move, "config": {"zoom": 1}}}
            refused("camera.amounts_unasked", "camera_control.config", kind, **wrong)


def test_amounts_are_numbers() -> None:
    wrong = simple()
    wrong["camera_control"]["config"] = {"zoom": "5"}
    refused("camera.amount.type", "camera_control.config.zoom", IMAGE, **wrong)


def test_each_amount_goes_out_under_its_own_name() -> None:
    """The signs mean: left, down, left, down, counterclockwise and a narrower view below zero."""
    for axis in AXES:
        brief = one_shot(camera=Camera("simple", **{axis: -2.0}))
        sent = create_body(brief, lambda _picture: "")["camera_control"]
        assert sent == {"type": "simple", "config": dict.fromkeys(AXES, 0.0) | {axis: -2.0}}


def test_powertokens_says_no_more_than_that_there_is_a_camera() -> None:
    taken(IMAGE, "powertokens", camera_control={"type": "down_back"})
    warned("camera.kind_unknown", IMAGE, "powertokens", camera_control={"type": "dolly"})
    field = "camera_control"
    refused("camera.type", field, IMAGE, "powertokens", camera_control="left")


def test_powertokens_says_no_more_than_that_there_are_paths() -> None:
    warned("brush.points_few", IMAGE, "powertokens", dynamic_masks=masks(1))


def test_a_camera_is_optional() -> None:
    taken(IMAGE, camera_control=ABSENT)


def test_there_are_at_most_six_masks() -> None:
    for profile in ("official", "powertokens"):
        taken(IMAGE, profile, dynamic_masks=masks(2, 2, 2, 2, 2, 2))
        wrong = {"dynamic_masks": masks(2, 2, 2, 2, 2, 2, 2)}
        refused("brush.too_many", "dynamic_masks", IMAGE, profile, **wrong)


def test_a_path_of_a_5_second_video_has_2_to_77_points() -> None:
    for points in (2, 77):
        taken(IMAGE, dynamic_masks=masks(points), duration="5")
    field = "dynamic_masks[0].trajectories"
    refused("brush.points_few", field, IMAGE, dynamic_masks=masks(1))
    refused("brush.points_many", field, IMAGE, dynamic_masks=masks(78))
    refused("brush.points_few", field.replace("0", "1"), IMAGE, dynamic_masks=masks(2, 1))
    taken(IMAGE, dynamic_masks=masks(78), duration="10")


def test_points_are_whole_pixels() -> None:
    for axis in ("x", "y"):
        wrong = masks(2)
        wrong[0]["trajectories"][1] = {"x": 1, "y": 1, axis: 1.5}
        found = errors(IMAGE, body(IMAGE, dynamic_masks=wrong))
        assert [field for _code, field in found] == [f"dynamic_masks[0].trajectories[1].{axis}"]
        refused(*found[0], IMAGE, dynamic_masks=wrong)


def test_points_go_out_in_their_order_from_the_bottom_left() -> None:
    stroke = Stroke(PICTURE, ((0, 0), (5, 9), (3, 1)))
    brief = one_shot(first_frame=PICTURE, brush=Brush(strokes=(stroke,)))
    (sent,) = create_body(brief, lambda _picture: "mask")["dynamic_masks"]
    assert sent["trajectories"] == [{"x": 0, "y": 0}, {"x": 5, "y": 9}, {"x": 3, "y": 1}]


def test_masks_are_pictures_like_the_first_frame() -> None:
    for field, wrap in (
        ("static_mask", lambda mask: {"static_mask": mask}),
        ("dynamic_masks[0].mask", lambda mask: {"dynamic_masks": [{**masks(2)[0], "mask": mask}]}),
    ):
        taken(IMAGE, **wrap(picture()))
        taken(IMAGE, **wrap(MASK))
        refused("brush.mask.format", field, IMAGE, **wrap(picture(kind="GIF")))
        refused("brush.mask.too_small", field, IMAGE, **wrap(picture(299, 300)))


def test_masks_of_another_shape_than_the_picture_fail() -> None:
    """Kling takes such an order and its task fails; the product refuses it before."""
    good = {"image": picture(800, 600), "static_mask": picture(400, 300)}
    assert taken(IMAGE, **good).fails == ""
    wrong = body(IMAGE, image=picture(800, 600), static_mask=picture(400, 320))
    failing("brush.mask_shape", "static_mask", wrong)


def test_masks_of_two_sizes_fail() -> None:
    dynamic = [{**masks(2)[0], "mask": picture(800, 600)}]
    good = {"image": picture(), "static_mask": picture(800, 600), "dynamic_masks": dynamic}
    assert taken(IMAGE, **good).fails == ""
    wrong = body(IMAGE, image=picture(), static_mask=picture(), dynamic_masks=dynamic)
    failing("brush.mask_size", "dynamic_masks[0].mask", wrong)


def test_end_frame_brush_and_camera_exclude_each_other() -> None:
    end, brush, camera = {"image_tail": OTHER_LINK}, {"static_mask": MASK}, simple(zoom=5)
    moving = {"dynamic_masks": masks(2)}
    for profile in ("official", "powertokens"):
        for one in (end, brush, moving, camera, {**brush, **moving}):
            taken(IMAGE, profile, image=LINK, **one)
        for first, second, field in (
            (end, brush, "static_mask"),
            (end, moving, "dynamic_masks"),
            (end, camera, "camera_control"),
            (brush, camera, "camera_control"),
            (moving, camera, "camera_control"),
        ):
            both = {**first, **second}
            refused("direction.together", field, IMAGE, profile, image=LINK, **both)


def failing(code: str, field: str, payload: dict[str, Any]) -> None:
    """The product refuses it; the simulator takes it and its task fails."""
    from_product = errors(IMAGE, payload)
    assert (code, field) in from_product, from_product
    verdict = witness(IMAGE, payload)
    assert verdict.fails != ""
