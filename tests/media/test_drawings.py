"""Drawings on a frame: what is kept of what somebody sends, and where it lands on a picture."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from PIL import Image, ImageChops

from storyboard.media import drawings
from storyboard.media.drawings import (
    COLOURS,
    MOST_BYTES,
    DrawingRefused,
    clean_drawing,
    draw_on,
    laid_out,
    read_drawing,
)

LANDSCAPE, PORTRAIT, SQUARE = (1280, 720), (720, 1280), (640, 640)
LINE = [[0.1, 0.2], [0.3, 0.4]]


def shape(tool: str = "box", points: Any = LINE, **more: Any) -> dict[str, Any]:
    return {"tool": tool, "colour": "orange", "points": points, "words": "", **more}


def refusal(value: Any) -> DrawingRefused:
    with pytest.raises(DrawingRefused) as caught:
        clean_drawing(value)
    return caught.value


def test_a_drawing_comes_out_as_it_is_kept() -> None:
    pen = shape("pen", [[0, 1], [0.123456, 0.99999], [1, 0.5]], colour="red")
    text = shape("text", [[0.5, 0.5]], words="  lower,\n and\tslower ")
    kept = clean_drawing([pen, shape("arrow"), shape(), text])
    assert [each["tool"] for each in kept] == ["pen", "arrow", "box", "text"]
    assert kept[0]["points"] == [[0.0, 1.0], [0.1235, 1.0], [1.0, 0.5]]
    assert kept[3]["words"] == "lower, and slower"
    assert clean_drawing(kept) == kept
    assert read_drawing(json.dumps(kept)) == kept


@pytest.mark.parametrize("text", ["", "  ", "[]"])
def test_nothing_drawn_is_no_drawing(text: str) -> None:
    assert read_drawing(text) == []


def test_words_may_be_left_out_where_there_are_none() -> None:
    plain = {"tool": "box", "colour": "blue", "points": LINE}
    assert clean_drawing([plain])[0]["words"] == ""


@pytest.mark.parametrize(
    "value",
    [
        None,
        3,
        "[]",
        {"tool": "box"},
        [3],
        [[LINE]],
        [shape("brush")],
        [shape(tool=["box"])],
        [shape(colour="#fff")],
        [shape(colour={})],
        [shape(points=None)],
        [shape(points="ab")],
        [shape(points=[[0.1, 0.2]])],
        [shape("arrow", [*LINE, [0.5, 0.5]])],
        [shape("pen", [[0.5, 0.5]])],
        [shape("pen", [[0.5, 0.5]] * 401)],
        [shape("text", LINE, words="two places")],
        [shape(points=[[0.1, 0.2], [0.3]])],
        [shape(points=[[0.1, 0.2], [0.3, 0.4, 0.5]])],
        [shape(points=[[0.1, 0.2], {"x": 1, "y": 1}])],
        [shape(points=[[0.1, 0.2], ["0.3", 0.4]])],
        [shape(points=[[0.1, 0.2], [True, 0.4]])],
        [shape(points=[[0.1, 0.2], [None, 0.4]])],
        [shape(words="only words have words")],
        [shape("text", [[0.5, 0.5]], words=3)],
        [shape(onclick="x")],
    ],
)
def test_what_is_no_drawing_is_refused_in_words(value: Any) -> None:
    refused = refusal(value)
    assert refused.code == "unreadable"
    assert refused.words == "The drawing cannot be read. Remove it and draw it again."


@pytest.mark.parametrize("part", [-0.0001, 1.0001, 5, 1e308, float("inf"), float("nan"), 10**400])
def test_a_shape_outside_the_picture_is_refused(part: float) -> None:
    for point in ([part, 0.5], [0.5, part]):
        assert refusal([shape(points=[[0.1, 0.2], point])]).code == "outside"


def test_words_on_the_picture_have_a_limit() -> None:
    assert clean_drawing([shape("text", [[0, 0]], words="w" * 80)])
    assert "81 letters; 80 fit" in refusal([shape("text", [[0, 0]], words="w" * 81)]).words
    assert refusal([shape("text", [[0, 0]], words=" \u0000\ud800 ")]).code == "words"


def test_a_drawing_has_at_most_sixty_shapes() -> None:
    assert len(clean_drawing([shape()] * 60)) == 60
    assert "61 shapes; a note keeps 60" in refusal([shape()] * 61).words


def long_lines(count: int) -> list[dict[str, Any]]:
    return [shape("pen", [[0.1234, 0.5678]] * 400) for _each in range(count)]


def test_a_drawing_has_at_most_64_kilobytes() -> None:
    assert clean_drawing(long_lines(10))
    assert refusal(long_lines(11)).code == "too_large"
    assert "more than 64 KB" in refusal(long_lines(60)).words


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[" * 30_000 + "]" * 30_000, "unreadable"),
        ("[" * 60_000, "unreadable"),
        ('[{"tool":' * 6_000, "unreadable"),
        ('[{"tool":"box","colour":"red","points":[[NaN,0],[0,0]]}]', "unreadable"),
        ('[{"tool":"box","colour":"red","points":[[Infinity,0],[0,0]]}]', "unreadable"),
        ('[{"tool":"box","colour":"red","points":[[1e999,0],[0,0]]}]', "outside"),
        (f'[{{"tool":"box","colour":"red","points":[[{"9" * 9000},0],[0,0]]}}]', "unreadable"),
        ("not json", "unreadable"),
        ("\ud800", "unreadable"),
        ('"' + "w" * MOST_BYTES + '"', "too_large"),
        ("[" + "[0.5,0.5]," * 1_000_000 + "0]", "too_large"),
        ("é" * (MOST_BYTES // 2 + 1), "too_large"),
    ],
    ids=lambda value: value[:24],
)
def test_hostile_text_is_refused_in_words_and_at_once(text: str, code: str) -> None:
    began = time.process_time()
    with pytest.raises(DrawingRefused) as caught:
        read_drawing(text)
    assert caught.value.code == code
    assert time.process_time() - began < 1


# What it looks like


def cross(at: tuple[float, float], arm: float = 0.05) -> list[dict[str, Any]]:
    x, y = at
    return clean_drawing(
        [
            shape("pen", [[x - arm, y], [x + arm, y]]),
            shape("pen", [[x, y - arm], [x, y + arm]]),
        ]
    )


def ink(picture: Image.Image, colour: str = "orange") -> tuple[float, float, float, float]:
    """The box around all of one colour, in pixels."""
    plain = Image.new("RGB", picture.size, COLOURS[colour])
    apart = ImageChops.difference(picture, plain).convert("L")
    box = apart.point(lambda value: 255 * (value < 40)).getbbox()
    assert box is not None
    return box


@pytest.mark.parametrize("size", [LANDSCAPE, PORTRAIT, SQUARE, (1920, 1080), (320, 180)])
@pytest.mark.parametrize("at", [(0.25, 0.75), (0.5, 0.5), (0.875, 0.125)])
def test_a_cross_lands_on_its_point_at_every_size(
    size: tuple[int, int], at: tuple[float, float]
) -> None:
    left, top, right, bottom = ink(draw_on(Image.new("RGB", size, "#223"), cross(at)))
    near = 1.5 * max(size[0] / 640, 1)
    assert abs((left + right) / 2 - at[0] * size[0]) <= near
    assert abs((top + bottom) / 2 - at[1] * size[1]) <= near


def test_every_band_of_a_tall_picture_is_painted() -> None:
    line = clean_drawing([shape("pen", [[0.5, 0], [0.5, 1]], colour="white")])
    painted = draw_on(Image.new("RGB", (300, 1000)), line)
    assert [painted.getpixel((150, row)) for row in range(0, 1000, 50)] == [(255, 255, 255)] * 20


def test_edges_are_smooth_and_set_off_by_a_shade() -> None:
    line = clean_drawing([shape("pen", [[0.1, 0.1], [0.9, 0.83]], colour="white")])
    painted = draw_on(Image.new("RGB", LANDSCAPE, "white"), line).convert("L")
    seen = {painted.getpixel((640, row)) for row in range(720)}
    assert min(seen) < 160  # on white only its shade is seen
    assert len(seen) > 4


def test_the_picture_itself_stays_as_it_was() -> None:
    picture = Image.new("RGB", LANDSCAPE, "#345")
    assert draw_on(picture, []).tobytes() == picture.tobytes()
    before = picture.tobytes()
    draw_on(picture, cross((0.5, 0.5)))
    assert picture.tobytes() == before


@pytest.mark.parametrize("at", [(0.02, 0.5), (0.98, 0.5)])
@pytest.mark.parametrize("size", [LANDSCAPE, PORTRAIT, SQUARE])
def test_words_stay_on_the_picture(size: tuple[int, int], at: tuple[float, float]) -> None:
    words = "His hand should touch the glass, not stop short of it: this reads as fear."
    drawing = clean_drawing([shape("text", [list(at)], words=words)])
    (mark,) = laid_out(drawing, *size)
    assert " ".join(mark.rows) == words
    left, _top, right, _bottom = ink(draw_on(Image.new("RGB", size, "#223"), drawing))
    assert left > 0
    assert right < size[0]
    assert right - left <= size[0] * 0.56


def test_a_word_longer_than_a_row_is_cut_and_wide_letters_count_twice() -> None:
    (mark,) = laid_out([shape("text", [[0.1, 0.1]], words="w" * 60)], *LANDSCAPE)
    assert [len(row) for row in mark.rows] == [28, 28, 4]
    (mark,) = laid_out([shape("text", [[0.1, 0.1]], words="灯" * 30)], *LANDSCAPE)
    assert [len(row) for row in mark.rows] == [14, 14, 2]


def test_an_arrow_points_to_its_second_point() -> None:
    (mark,) = laid_out([shape("arrow", [[0.2, 0.5], [0.8, 0.5]])], *LANDSCAPE)
    _shaft, (one, tip, other) = mark.lines
    assert tip == (1024, 360)
    assert one[0] == other[0] < 1024
    assert one[1] - 360 == pytest.approx(360 - other[1])
    (mark,) = laid_out([shape("arrow", [[0.5, 0.5], [0.5, 0.5]])], *LANDSCAPE)
    assert mark.lines[1] == ((640, 360),) * 3


def test_the_most_there_may_be_is_painted_soon_and_in_little_room() -> None:
    began = time.process_time()
    draw_on(Image.new("RGB", (3840, 2160)), long_lines(10))
    assert time.process_time() - began < 10
    assert 3840 * drawings._FINE * drawings._BAND * drawings._FINE * 4 < 24 * 1024**2
