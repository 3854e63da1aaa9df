"""A frame of a take becomes a picture of the team: what ends one video starts the next.

Or a file for a person to keep, with what was drawn on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from django.utils.translation import gettext as _
from PIL import Image

from storyboard.media.drawings import draw_on
from storyboard.media.films import FilmRefused
from storyboard.media.pictures import PictureRefused, clean_picture
from storyboard.media.sandbox import cut_frame
from storyboard.models.base import NotAllowedNow
from storyboard.models.files import files, parts_folder
from storyboard.models.library import Picture
from storyboard.models.takes import Take

JPEG_QUALITY = 92


class FrameFile(NamedTuple):
    """A whole picture as a file: PNG, or JPEG where a PNG of the frame is over 10 MB."""

    data: bytes
    format: str


def picture_of_frame(take: Take, frame: int) -> Picture:
    """The very frame of that number, from 0, whole and kept; one beyond the end is the last.

    Raises NotAllowedNow where the film cannot be read or its frames are no pictures for Kling.
    """
    try:
        clean = clean_picture(_taken(take, frame))
    except PictureRefused as refused:
        raise _cannot(refused) from refused
    return Picture.keep(clean, team=take.storyboard.project.team)


def frame_to_keep(
    take: Take, frame: int, drawings: Sequence[Sequence[dict[str, Any]]] = ()
) -> FrameFile:
    """The same frame at full size as a file, with clean drawings painted on it.

    Raises NotAllowedNow where the film cannot be read.
    """
    data = _taken(take, frame)
    with Image.open(BytesIO(data), formats=["PNG", "JPEG"]) as cut:
        kind = cut.format or "PNG"
        if not any(drawings):
            return FrameFile(data, kind.lower())
        picture = draw_on(cut, [shape for drawing in drawings for shape in drawing])
    out = BytesIO()
    picture.save(out, kind, quality=JPEG_QUALITY)
    return FrameFile(out.getvalue(), kind.lower())


def _taken(take: Take, frame: int) -> bytes:
    """The frame as a picture; NotAllowedNow in words where it cannot be had."""
    if take.stored_at is None:
        raise NotAllowedNow(_("The film of this take is not here yet. Wait until it is stored."))
    try:
        return _cut(take, frame)
    except FilmRefused as refused:
        raise _cannot(refused) from refused
    except OSError as failed:
        words = _("The frame cannot be taken: the storage does not answer. Try again later.")
        raise NotAllowedNow(words, "no_storage") from failed


def _cannot(refused: FilmRefused | PictureRefused) -> NotAllowedNow:
    return NotAllowedNow(
        _("The frame cannot be taken. %(why)s") % {"why": refused.words}, refused.code
    )


def _cut(take: Take, frame: int) -> bytes:
    with (
        files().at_hand(take.video, take.size_bytes) as film,
        TemporaryDirectory(dir=parts_folder()) as folder,
    ):
        target = Path(folder) / "frame"
        cut_frame(film, target, take.start_of(frame))
        return target.read_bytes()
