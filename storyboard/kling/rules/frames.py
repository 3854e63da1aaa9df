"""Rules of the first and the end frame, and of what excludes each other."""

from __future__ import annotations

from collections.abc import Iterator

from .. import sources
from ..capabilities import can
from ..capabilities.terms import seconds_words
from ..problems import Problem
from . import brush
from .case import Case
from .pictures import check_picture
from .settings import capability


def check_first_frame(case: Case) -> Iterator[Problem]:
    """A first frame where it is needed, and one that Kling takes."""
    frame, profile = case.brief.first_frame, case.profile
    if case.endpoint not in profile.endpoints:
        words = f"{profile.title} makes videos only from a picture. Add a first frame."
        yield Problem("endpoint.unknown", "first_frame", words, case.source)
    elif frame is None and profile.image_required:
        words = f"{profile.title} needs a first frame. Add one."
        yield Problem("first_frame.required", "first_frame", words, case.source)
    if frame is not None:
        yield from capability(case, "first_frame", "first_frame")
        yield from check_picture(
            case, frame, name="The first frame", field="first_frame", code="first_frame"
        )


def check_end_frame(case: Case) -> Iterator[Problem]:
    """An end frame goes with one shot, and where it must, with a first frame, silence, 5 s."""
    brief = case.brief
    if brief.end_frame is None:
        return
    alone = brief.first_frame is None
    yield from capability(case, "end_frame_only" if alone else "end_frame", "end_frame")
    yield from check_picture(
        case, brief.end_frame, name="The end frame", field="end_frame", code="end_frame"
    )
    if brief.shooting != "single" and not case.profile.end_frame_with_shots:
        # Allowed for kling-v3 since 2026-05-07 by the vendor's changes, still refused by its
        # documents: refused until an account says that it follows the change.
        words = (
            "An end frame does not go with several shots. Choose Single shot, or remove the end "
            "frame."
        )
        yield Problem("end_frame.multi_shot", "end_frame", words, sources.IMAGE_TO_VIDEO)
    yield from _check_total(case)
    yield from _check_silence(case)


def _check_total(case: Case) -> Iterator[Problem]:
    allowed = case.profile.end_frame_seconds
    if allowed is not None and case.brief.total_seconds not in allowed:
        words = (
            f"{case.profile.title} takes an end frame only with {seconds_words(allowed)} s. "
            "Change the total, or remove the end frame."
        )
        yield Problem("end_frame.seconds", "total_seconds", words, case.source)


def _check_silence(case: Case) -> Iterator[Problem]:
    model = case.mapped
    if model is None or not model.end_frame_is_silent or not case.brief.sound:
        return
    cell = can(case.model, case.mode, "end_frame", case.endpoint)
    if cell.ok:
        words = (
            f"{case.model} takes an end frame only without sound. Turn sound off, or remove the "
            "end frame."
        )
        source = f"{cell.source}, {cell.date}"
        yield case.caution("capability.end_frame", "end_frame", words, source)


def check_one_direction(case: Case) -> Iterator[Problem]:
    """Of end frame, motion brush and camera control, one at a time."""
    if case.endpoint != "image2video":
        return
    brief = case.brief
    asked = [
        (field, topic, words)
        for is_there, field, topic, words in (
            (brief.end_frame is not None, "end_frame", "end_frame", "an end frame"),
            (brush.is_used(brief.brush), "brush", "motion_brush", "a motion brush"),
            (brief.camera is not None, "camera", "camera_control", "camera control"),
        )
        if is_there
    ]
    for field, topic, words in asked[1:]:
        said = f"There is {asked[0][2]} and {words}; Kling takes one of the two. Remove one."
        yield case.rule("direction.together", field, said, topic=topic)
