"""Rules of the first and the end frame: Kling API, image to video, and the capability map."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from .. import sources
from ..capabilities import MODELS
from ..problems import Problem
from ..profiles import Profile
from ..references import PictureRef
from .settings import capability

if TYPE_CHECKING:
    from ..brief import Brief

LEAST_PIXELS = 300
MOST_BYTES = 10 * 1024 * 1024
FORMATS = ("jpeg", "jpg", "png")


def check_first_frame(brief: Brief, _profile: Profile) -> Iterator[Problem]:
    """A first frame is a picture Kling takes."""
    if brief.first_frame is not None:
        yield from capability(brief, "first_frame", "first_frame")
        yield from _check_picture(brief.first_frame, "first_frame", "The first frame")


def check_end_frame(brief: Brief, _profile: Profile) -> Iterator[Problem]:
    """An end frame goes with a first frame and one shot, and where the model wants it, silence."""
    if brief.end_frame is None:
        return
    yield from capability(brief, "end_frame", "end_frame")
    yield from _check_picture(brief.end_frame, "end_frame", "The end frame")
    if brief.shooting != "single":
        # Allowed for kling-v3 since 2026-05-07 by the vendor's changes, still refused by its
        # documents: refused until an account says that it follows the change.
        words = (
            "An end frame does not go with several shots. Choose Single shot, or remove the end "
            "frame."
        )
        yield Problem("end_frame.multi_shot", "end_frame", words, sources.IMAGE_TO_VIDEO)
    model = MODELS.get(brief.model)
    if model is not None and model.end_frame_is_silent and brief.sound:
        words = (
            f"{brief.model} takes an end frame only without sound. Turn sound off, or remove the "
            "end frame."
        )
        yield Problem("end_frame.silent", "end_frame", words, sources.CAPABILITY_MAP)


def _check_picture(picture: PictureRef, field: str, name: str) -> Iterator[Problem]:
    size = f"{picture.width} × {picture.height} px"
    if min(picture.width, picture.height) < LEAST_PIXELS:
        words = (
            f"{name} is {size}; it needs at least {LEAST_PIXELS} px on each side. "
            "Choose a larger picture."
        )
        yield Problem(f"{field}.too_small", field, words, sources.IMAGE_TO_VIDEO)
    # 1:2.5 to 2.5:1 in whole numbers.
    if max(picture.width, picture.height) * 2 > min(picture.width, picture.height) * 5:
        words = (
            f"{name} is {size}; its long side may be at most 2.5 times its short side. "
            "Crop it, or choose another picture."
        )
        yield Problem(f"{field}.too_long", field, words, sources.IMAGE_TO_VIDEO)
    if picture.size_bytes > MOST_BYTES:
        words = f"{name} is over 10 MB. Choose a smaller file."
        yield Problem(f"{field}.too_heavy", field, words, sources.IMAGE_TO_VIDEO)
    if picture.format.lower() not in FORMATS:
        words = f"{name} is a {picture.format.upper()} file. Choose a JPEG or PNG picture."
        yield Problem(f"{field}.format", field, words, sources.IMAGE_TO_VIDEO)
