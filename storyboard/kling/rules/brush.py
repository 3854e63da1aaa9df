"""Rules of the motion brush: its masks and the paths they move along."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf

from ..problems import Problem
from ..references import Brush, Picture, PictureRef, Stroke
from .case import Case
from .pictures import check_picture
from .settings import capability
from .text import counted

MOST_STROKES = 6
LEAST_POINTS = 2
MOST_POINTS = 77
# The number of points is documented for a video of this length alone.
SECONDS_OF_POINTS = 5


def is_used(brush: Brush | None) -> bool:
    """Whether a brush has anything to send."""
    return brush is not None and (brush.still is not None or bool(brush.strokes))


def check(case: Case) -> Iterator[Problem]:
    """Up to six strokes, masks of the first frame's shape, paths inside it."""
    brush = case.brief.brush
    if brush is None:
        return
    yield from capability(case, "motion_brush", "brush")
    if len(brush.strokes) > MOST_STROKES:
        over = counted(len(brush.strokes) - MOST_STROKES, "area")
        words = (
            f"There are {len(brush.strokes)} areas that move; Kling takes {MOST_STROKES}. "
            f"Remove {over}."
        )
        yield case.rule("brush.too_many", "brush.strokes", words, topic="motion_brush")
    masks = list(_masks(brush))
    for field, name, mask in masks:
        yield from check_picture(
            case, mask, name=name, field=field, code="brush.mask", topic="motion_brush"
        )
    misfits = list(_check_frame(case))
    yield from misfits
    if not misfits:  # else the masks' own sizes say the same once more
        yield from _check_sizes(case, masks)
    for place, stroke in enumerate(brush.strokes):
        yield from _check_path(case, stroke, place)


def _masks(brush: Brush) -> Iterator[tuple[str, str, Picture]]:
    if brush.still is not None:
        yield "brush.still", "The mask of what stands still", brush.still
    for place, stroke in enumerate(brush.strokes):
        yield f"brush.strokes[{place}].mask", f"The mask of area {place + 1}", stroke.mask


def _check_frame(case: Case) -> Iterator[Problem]:
    """Our own rule: points measured on another picture would lie elsewhere, and nobody sees it."""
    brush, frame = case.brief.brush, case.brief.first_frame
    if brush is None or brush.painted_on is None or not isinstance(frame, PictureRef):
        return
    wide, high = brush.painted_on
    if (wide, high) != (frame.width, frame.height):
        words = (
            f"The motion brush was painted on a first frame of {wide} × {high} px; this one is "
            f"{frame.width} × {frame.height} px. Open the brush to fit it to this frame, or "
            "remove the brush."
        )
        yield Problem("brush.painted_on", "brush", words, case.source)


def _check_sizes(case: Case, masks: list[tuple[str, str, Picture]]) -> Iterator[Problem]:
    """Masks all of one size, and of the first frame's shape; a link's size is not known."""
    frame = case.brief.first_frame
    first: tuple[int, int] | None = None
    for field, name, mask in masks:
        if not isinstance(mask, PictureRef):
            continue
        size = (mask.width, mask.height)
        first = first or size
        if size != first:
            words = (
                f"{name} is {size[0]} × {size[1]} px, another is {first[0]} × {first[1]} px. "
                "Give all of them one size."
            )
            yield case.rule("brush.mask_size", field, words, topic="motion_brush")
        if isinstance(frame, PictureRef) and not _same_shape(mask, frame):
            words = (
                f"{name} is {size[0]} × {size[1]} px and the first frame {frame.width} × "
                f"{frame.height} px. Give it the first frame's shape."
            )
            yield case.rule("brush.mask_shape", field, words, topic="motion_brush")


def _same_shape(mask: PictureRef, frame: PictureRef) -> bool:
    # A picture scaled to whole pixels is off by less than one of them.
    off = abs(mask.width * frame.height - mask.height * frame.width)
    return off < max(frame.width, frame.height)


def _check_path(case: Case, stroke: Stroke, place: int) -> Iterator[Problem]:
    field, count = f"brush.strokes[{place}].points", len(stroke.points)
    name = f"The path of area {place + 1}"
    if count < LEAST_POINTS:
        words = f"{name} has {counted(count, 'point')}; it needs at least {LEAST_POINTS}."
        yield case.rule("brush.points_few", field, words, topic=_topic(case))
    if count > MOST_POINTS and case.brief.total_seconds == SECONDS_OF_POINTS:
        words = (
            f"{name} has {count} points; a video of {SECONDS_OF_POINTS} s takes {MOST_POINTS}. "
            f"Remove {counted(count - MOST_POINTS, 'point')}."
        )
        yield case.rule("brush.points_many", field, words, topic=_topic(case))
    yield from _check_points(case, stroke, field, name)


def _check_points(case: Case, stroke: Stroke, field: str, name: str) -> Iterator[Problem]:
    frame = case.brief.first_frame
    wide, high = (frame.width, frame.height) if isinstance(frame, PictureRef) else (inf, inf)
    for number, (x, y) in enumerate(stroke.points):
        for axis, value, most in (("x", x, wide), ("y", y, high)):
            if value % 1 != 0:
                words = f"{name} has a point with {axis} {value:g}. Give whole pixels."
                code = "brush.point_part"
            elif not 0 <= value <= most:
                inside = "at 0 or more" if most == inf else f"from 0 to {most}"
                words = (
                    f"{name} has a point with {axis} {value}, outside the first frame. "
                    f"Keep it {inside}."
                )
                code = "brush.point_outside"
            else:
                continue
            yield case.rule(code, f"{field}[{number}].{axis}", words, topic=_topic(case))


def _topic(case: Case) -> str:
    """The field where the profile lacks it, else the rules of its paths."""
    return "trajectories" if case.states("motion_brush") else "motion_brush"
