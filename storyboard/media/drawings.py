"""Drawings on a frame: shapes with corners in parts of the picture, checked, laid out, painted.

A drawing is a list of shapes, each `{"tool", "colour", "points", "words"}`; a point is [x, y] from
the top left, 0 to 1 of the picture itself. Measures of pen and letters are parts of its longer
side, so that a drawing looks the same at every size. Keep in step with static/js/draw-shapes.js.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from PIL import Image, ImageDraw

from .letters import Ink, Letters

MOST_SHAPES = 60
MOST_BYTES = 64 * 1024  # of the whole, as JSON
MOST_LETTERS = 80
# Of each tool: the fewest and the most points.
TOOLS = {"pen": (2, 400), "arrow": (2, 2), "box": (2, 2), "text": (1, 1)}
COLOURS: dict[str, tuple[int, int, int]] = {
    "orange": (254, 154, 67),
    "red": (240, 72, 72),
    "yellow": (250, 214, 64),
    "green": (74, 204, 122),
    "blue": (84, 170, 255),
    "white": (255, 255, 255),
}
_KEYS = frozenset(("tool", "colour", "points", "words"))

STROKE = 1 / 256  # of the longer side, as all that follows
EDGE = 1 / 960  # of dark around every stroke, to be seen on anything
HEAD = 1 / 32  # of an arrow, each of its two barbs
BARB = math.radians(28)
LETTER = 1 / 32
LINE = 1.25  # of a letter's size, from one line of words to the next
NARROW, WIDE = 0.56, 1.12  # of a letter's size: how wide it is at most
HALF = 0.5  # of the picture: words that begin further right end at their point

_BAND = 256  # rows painted at once: a large picture twice over would not fit into memory
_FINE = 2  # painted at twice the size and shrunk, so that edges are smooth
_SHADE: Ink = (0, 0, 0, 150)

Point = tuple[float, float]
Drawing = list[dict[str, Any]]


class DrawingRefused(Exception):
    """A drawing that cannot be kept: `code` for programs, `words` for people."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code
        self.words = words


class Mark(NamedTuple):
    """One shape laid out in pixels: `lines` to be stroked, or `rows` of words.

    Words begin at `at`, the left end of their first base line, or where `is_end` end there;
    `size` is that of their letters.
    """

    colour: str
    lines: tuple[tuple[Point, ...], ...] = ()
    rows: tuple[str, ...] = ()
    at: Point = (0.0, 0.0)
    size: float = 0.0
    is_end: bool = False


def read_drawing(text: str) -> Drawing:
    """A drawing from JSON that somebody sent; "" is none. Raises DrawingRefused."""
    if not text.strip():
        return []
    if len(text.encode("utf-8", "surrogatepass")) > MOST_BYTES:
        raise _too_large()
    try:
        value = json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise _unreadable() from error
    return clean_drawing(value)


def clean_drawing(value: object) -> Drawing:
    """The shapes written anew: known tools and colours, places within the picture, 4 decimals.

    Raises DrawingRefused with one of `unreadable`, `too_many`, `too_large`, `outside`, `words`.
    """
    if not isinstance(value, list):
        raise _unreadable()
    if len(value) > MOST_SHAPES:
        words = (
            f"The drawing has {len(value)} shapes; a note keeps {MOST_SHAPES}. Take some back, "
            "or write a second note."
        )
        raise DrawingRefused("too_many", words)
    drawing = [_shape(each) for each in value]
    if len(json.dumps(drawing, separators=(",", ":"))) > MOST_BYTES:
        raise _too_large()
    return drawing


def laid_out(drawing: Sequence[dict[str, Any]], width: int, height: int) -> list[Mark]:
    """The shapes of a clean drawing in the pixels of a picture of this size, in their order."""
    return [_mark(shape, width, height) for shape in drawing]


def draw_on(picture: Image.Image, drawing: Sequence[dict[str, Any]]) -> Image.Image:
    """A copy of the picture with a clean drawing painted on it."""
    painted = picture.convert("RGB")
    marks = laid_out(drawing, *painted.size)
    for top in range(0, painted.height if marks else 0, _BAND):
        rows = min(_BAND, painted.height - top)
        band = Image.new("RGBA", (painted.width * _FINE, rows * _FINE), (0, 0, 0, 0))
        for mark in marks:
            _paint(band, mark, top=top, side=max(painted.size))
        small = band.resize((painted.width, rows), Image.Resampling.BOX)
        painted.paste(small, (0, top), small)
    return painted


def _shape(value: object) -> dict[str, Any]:
    if not isinstance(value, dict) or not value.keys() <= _KEYS:
        raise _unreadable()
    tool, colour = value.get("tool"), value.get("colour")
    if not isinstance(tool, str) or tool not in TOOLS:
        raise _unreadable()
    if not isinstance(colour, str) or colour not in COLOURS:
        raise _unreadable()
    points = value.get("points")
    fewest, most = TOOLS[tool]
    if not isinstance(points, list) or not fewest <= len(points) <= most:
        raise _unreadable()
    return {
        "tool": tool,
        "colour": colour,
        "points": [_point(each) for each in points],
        "words": _words(value.get("words", ""), tool),
    }


def _point(value: object) -> list[float]:
    if not isinstance(value, list) or len(value) != 2:
        raise _unreadable()
    return [_part(each) for each in value]


def _part(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _unreadable()
    if not 0 <= value <= 1:  # neither is what is no number
        raise DrawingRefused("outside", "A shape lies outside the picture. Draw it again.")
    return round(float(value), 4)


def _words(value: object, tool: str) -> str:
    if not isinstance(value, str):
        raise _unreadable()
    words = " ".join("".join(each if each.isprintable() else " " for each in value).split())
    if tool != "text":
        if words:
            raise _unreadable()
        return ""
    if not words:
        raise DrawingRefused("words", "The words on the picture are empty. Write some.")
    if len(words) > MOST_LETTERS:
        refused = (
            f"The words on the picture have {len(words)} letters; {MOST_LETTERS} fit. Put the "
            "rest into the note."
        )
        raise DrawingRefused("words", refused)
    return words


def _mark(shape: dict[str, Any], width: int, height: int) -> Mark:
    colour = shape["colour"]
    points = tuple((x * width, y * height) for x, y in shape["points"])
    side = max(width, height)
    if shape["tool"] == "text":
        return _written(shape, points[0], width, side * LETTER)
    if shape["tool"] == "box":
        (left, top), (right, bottom) = points
        corners = ((left, top), (right, top), (right, bottom), (left, bottom), (left, top))
        return Mark(colour, (corners,))
    if shape["tool"] == "arrow":
        tail, tip = points
        return Mark(colour, (points, _head(tail, tip, side * HEAD)))
    return Mark(colour, (points,))


def _head(tail: Point, tip: Point, longest: float) -> tuple[Point, ...]:
    """Both barbs, through the tip; on a short arrow no longer than half of it."""
    away = math.atan2(tail[1] - tip[1], tail[0] - tip[0])
    length = min(longest, math.dist(tail, tip) / 2)
    one, other = (
        (tip[0] + length * math.cos(turn), tip[1] + length * math.sin(turn))
        for turn in (away - BARB, away + BARB)
    )
    return one, tip, other


def _written(shape: dict[str, Any], at: Point, width: int, size: float) -> Mark:
    rows = tuple(_rows(shape["words"], HALF * width / (size * NARROW)))
    is_end = shape["points"][0][0] > HALF
    return Mark(shape["colour"], rows=rows, at=at, size=size, is_end=is_end)


def _rows(words: str, most: float) -> Iterator[str]:
    """Rows of words at most so many narrow letters wide; a longer word is cut."""
    row = ""
    for word in words.split(" "):
        longer = f"{row} {word}" if row else word
        if _letters(longer) <= most:
            row = longer
            continue
        if row:
            yield row
        row = ""
        for letter in word:
            if row and _letters(row + letter) > most:
                yield row
                row = ""
            row += letter
    if row:
        yield row


def _letters(words: str) -> int:
    """How many narrow letters these are wide; those of wide scripts count twice."""
    return sum(2 if ord(letter) >= 0x1100 else 1 for letter in words)


def _paint(band: Image.Image, mark: Mark, *, top: int, side: int) -> None:
    canvas = ImageDraw.Draw(band)
    red, green, blue = COLOURS[mark.colour]
    ink: Ink = (red, green, blue, 255)
    if mark.rows:
        _write(canvas, mark, top, ink)
        return
    for width, colour in ((STROKE + 2 * EDGE, _SHADE), (STROKE, ink)):
        for line in mark.lines:
            _stroke(canvas, line, top, width * side * _FINE, colour)


def _stroke(
    canvas: ImageDraw.ImageDraw, line: Sequence[Point], top: int, width: float, ink: Ink
) -> None:
    """Round at its ends and joints, what lies in other bands left out: that is most of it.

    Pillow counts from the middle of the first pixel.
    """
    points = [(x * _FINE - 0.5, (y - top) * _FINE - 0.5) for x, y in line]
    reach = width / 2
    above, below = -reach - 1, canvas.im.size[1] + reach + 1
    for x, y in points:
        if above <= y <= below:
            canvas.ellipse((x - reach, y - reach, x + reach, y + reach), fill=ink)
    for start, end in pairwise(points):
        if max(start[1], end[1]) >= above and min(start[1], end[1]) <= below:
            _bar(canvas, start, end, reach, ink)


def _bar(canvas: ImageDraw.ImageDraw, start: Point, end: Point, reach: float, ink: Ink) -> None:
    """A straight piece as four corners: Pillow's own lines are whole pixels wide."""
    length = math.dist(start, end)
    if not length:
        return
    across = (end[1] - start[1]) / length * reach
    down = (start[0] - end[0]) / length * reach
    corners = [
        (start[0] + across, start[1] + down),
        (end[0] + across, end[1] + down),
        (end[0] - across, end[1] - down),
        (start[0] - across, start[1] - down),
    ]
    canvas.polygon(corners, fill=ink)


def _write(canvas: ImageDraw.ImageDraw, mark: Mark, top: int, ink: Ink) -> None:
    letters = Letters(max(round(mark.size * _FINE), 1))
    left, base = mark.at
    for number, row in enumerate(mark.rows):
        known = letters.known(row)
        start = left * _FINE - (letters.width(known) if mark.is_end else 0)
        line = (base - top + number * mark.size * LINE) * _FINE
        letters.draw(canvas, (start, line), known, ink=ink, edge=_SHADE)


def _no_number(name: str) -> float:
    raise ValueError(name)


def _unreadable() -> DrawingRefused:
    words = "The drawing cannot be read. Remove it and draw it again."
    return DrawingRefused("unreadable", words)


def _too_large() -> DrawingRefused:
    words = (
        f"The drawing has more than {MOST_BYTES // 1024} KB. Take some lines back, or write a "
        "second note."
    )
    return DrawingRefused("too_large", words)
