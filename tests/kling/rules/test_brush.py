"""Motion brush: masks and paths, both sides of every limit."""

from dataclasses import replace
from typing import Any

from storyboard.kling.brief import Brief, Brush, PictureLink, PictureRef, Stroke
from storyboard.kling.profiles import GATEWAY004, OFFICIAL, POWERTOKENS
from tests.kling.builders import PICTURE
from tests.kling.rules.asking import (
    BOTH,
    LINK,
    advice,
    errors,
    fields,
    lasting,
    old,
    sized,
    v3_from_picture,
)

PATH = ((0, 0), (10, 10))


def brushed(*strokes: Stroke, still: PictureRef | PictureLink | None = None) -> Brief:
    """5 s from a picture of 1280 × 720 on kling-v1 std, where the map has the brush."""
    return old(brush=Brush(still, strokes))


def moving(*points: Any, mask: PictureRef | PictureLink = PICTURE) -> Brief:
    return brushed(Stroke(mask, points))


def line(count: int) -> tuple[tuple[int, int], ...]:
    return tuple((place, place) for place in range(count))


def test_there_are_at_most_6_strokes() -> None:
    for reading in BOTH:
        for count in (0, 1, 6):
            found = errors(brushed(*[Stroke(PICTURE, PATH)] * count), reading=reading)
            assert found == []
        seven = brushed(*[Stroke(PICTURE, PATH)] * 7)
        assert errors(seven, reading=reading) == ["brush.too_many"]
        assert fields(seven, "brush.too_many", reading=reading) == ["brush.strokes"]
    seven = v3_from_picture(brush=seven.brush)
    assert errors(seven, POWERTOKENS) == ["brush.too_many"]


def test_a_path_has_2_to_77_points_at_5_seconds() -> None:
    for reading in BOTH:
        for count in (2, 77):
            assert errors(moving(*line(count)), reading=reading) == []
        for count, code in ((0, "few"), (1, "few"), (78, "many")):
            assert errors(moving(*line(count)), reading=reading) == [f"brush.points_{code}"]
    found = fields(moving(*line(78)), "brush.points_many")
    assert found == ["brush.strokes[0].points"]


def test_the_number_of_points_at_other_totals_is_not_documented() -> None:
    assert errors(lasting(moving(*line(78)), 10)) == []
    assert errors(lasting(moving(*line(1)), 10)) == ["brush.points_few"]


def test_points_are_whole_pixels_inside_the_first_frame() -> None:
    for reading in BOTH:
        for point in ((0, 0), (1280, 720), (640, 360)):
            assert errors(moving((1, 1), point), reading=reading) == []
        for point, axis in (((-1, 0), "x"), ((0, -1), "y"), ((1281, 0), "x"), ((0, 721), "y")):
            outside = moving((1, 1), point)
            assert errors(outside, reading=reading) == ["brush.point_outside"]
            found = fields(outside, "brush.point_outside", reading=reading)
            assert found == [f"brush.strokes[0].points[1].{axis}"]
        for part in (0.5, float("nan"), float("inf")):
            assert errors(moving((part, 0), (1, 1)), reading=reading) == ["brush.point_part"]


def test_of_a_link_only_what_lies_below_zero_is_known_to_be_outside() -> None:
    far = replace(moving((0, 0), (9000, 9000)), first_frame=LINK)
    assert errors(far) == []
    below = replace(moving((0, 0), (9000, -1)), first_frame=LINK)
    assert errors(below) == ["brush.point_outside"]


def test_masks_have_the_first_frame_s_shape() -> None:
    for reading in BOTH:
        for mask in (PICTURE, sized(640, 360), sized(1366, 768), LINK):
            assert errors(moving(*PATH, mask=mask), reading=reading) == []
        for mask in (sized(720, 1280), sized(640, 362), sized(700, 700)):
            turned = moving(*PATH, mask=mask)
            assert errors(turned, reading=reading) == ["brush.mask_shape"]
            found = fields(turned, "brush.mask_shape", reading=reading)
            assert found == ["brush.strokes[0].mask"]
    still = old(brush=Brush(still=sized(720, 1280)))
    assert errors(still) == ["brush.mask_shape"]
    assert fields(still, "brush.mask_shape") == ["brush.still"]


def test_masks_are_all_of_one_size() -> None:
    half = sized(640, 360)
    for profile, make in ((OFFICIAL, old), (POWERTOKENS, v3_from_picture)):
        same = make(brush=Brush(half, (Stroke(half, PATH), Stroke(half, PATH))))
        assert errors(same, profile) == []
        mixed = make(brush=Brush(half, (Stroke(half, PATH), Stroke(PICTURE, PATH))))
        assert errors(mixed, profile) == ["brush.mask_size"]
        assert fields(mixed, "brush.mask_size", profile) == ["brush.strokes[1].mask"]


def test_masks_are_pictures_kling_takes() -> None:
    for mask, code in (
        (sized(512, 288), "brush.mask.too_small"),
        (replace(PICTURE, size_bytes=10 * 1024 * 1024 + 1), "brush.mask.too_heavy"),
        (replace(PICTURE, format="gif"), "brush.mask.format"),
        (PictureLink("https://example.com/mask.webp"), "brush.mask.format"),
        (PictureLink("mask"), "brush.mask.link"),
    ):
        assert errors(moving(*PATH, mask=mask)) == [code]
        assert fields(moving(*PATH, mask=mask), code) == ["brush.strokes[0].mask"]
    assert fields(old(brush=Brush(still=sized(512, 288))), "brush.mask.too_small") == [
        "brush.still"
    ]


def test_the_document_of_powertokens_says_nothing_of_paths() -> None:
    for points in (line(1), line(78), ((-1, 0), (1, 1))):
        brief = v3_from_picture(brush=Brush(strokes=(Stroke(PICTURE, points),)))
        assert errors(brief, POWERTOKENS) == []
        assert len(errors(brief, OFFICIAL)) == 1
        assert set(errors(brief, OFFICIAL)) < set(advice(brief, POWERTOKENS))


def test_gateway004_does_not_know_a_brush() -> None:
    odd = brushed(*[Stroke(sized(700, 700), line(1))] * 7)
    assert errors(odd, GATEWAY004) == []
    assert "field.unknown" in advice(odd, GATEWAY004)
    assert fields(odd, "field.unknown", GATEWAY004) == ["brush"]
    small = old(brush=Brush(still=sized(200, 200)))
    assert errors(small, GATEWAY004) == []
