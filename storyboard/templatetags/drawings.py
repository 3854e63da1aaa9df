"""How a drawing on a frame is drawn on a page: {% load drawings %}."""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol

from django import template

from storyboard.media.drawings import LETTER, LINE, STROKE, Mark, Point, laid_out

register = template.Library()


class Film(Protocol):
    """A take: the size of its picture in pixels, and its frames."""

    width: int
    height: int

    def frame_at(self, at_ms: int) -> int: ...


class Row(NamedTuple):
    """One line of words on the picture; its base line begins at x, y."""

    x: str
    y: str
    words: str


class Shape(NamedTuple):
    """One shape as SVG in pixels of the picture: a `path`, or `rows` of words."""

    colour: str
    path: str
    rows: list[Row]
    is_end: bool


class Note(Protocol):
    """What drew it, and where in its own take; `end_ms` for a range alone."""

    drawing: list[dict[str, Any]]
    at_ms: int
    end_ms: int | None


class Drawn(NamedTuple):
    """A drawing as SVG; `stroke` and `letter` in pixels of the picture, `frame` its number."""

    shapes: list[Shape]
    stroke: str
    letter: str
    at_ms: int
    end_ms: int | None
    frame: int


@register.simple_tag
def drawn(note: Note, take: Film, at_ms: int | str = "", end_ms: int | str | None = "") -> Drawn:
    """A note's drawing on the picture of a take: where it stands there, else at its own place."""
    side = max(take.width, take.height)
    begins = note.at_ms if at_ms == "" else int(at_ms)
    ends = note.end_ms if end_ms == "" else end_ms
    return Drawn(
        shapes=[_shape(mark) for mark in laid_out(note.drawing, take.width, take.height)],
        stroke=_number(side * STROKE),
        letter=_number(side * LETTER),
        at_ms=begins,
        end_ms=int(ends) if ends else None,
        frame=take.frame_at(begins),
    )


def _shape(mark: Mark) -> Shape:
    left, top = mark.at
    rows = [
        Row(_number(left), _number(top + number * mark.size * LINE), row)
        for number, row in enumerate(mark.rows)
    ]
    return Shape(mark.colour, "".join(map(_path, mark.lines)), rows, mark.is_end)


def _path(line: tuple[Point, ...]) -> str:
    """`M1 2L3 4`, whatever language the page is in."""
    return "M" + "L".join(f"{_number(x)} {_number(y)}" for x, y in line)


def _number(pixels: float) -> str:
    return f"{pixels:.1f}".removesuffix(".0")
