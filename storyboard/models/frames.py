"""A frame of a take becomes a picture of the team: what ends one video starts the next."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from django.utils.translation import gettext as _

from storyboard.media.films import FilmRefused
from storyboard.media.pictures import PictureRefused, clean_picture
from storyboard.media.sandbox import cut_frame
from storyboard.models.base import NotAllowedNow
from storyboard.models.files import files, parts_folder
from storyboard.models.library import Picture
from storyboard.models.takes import Take


def picture_of_frame(take: Take, frame: int) -> Picture:
    """The very frame of that number, from 0, whole and kept; one beyond the end is the last.

    Raises NotAllowedNow where the film cannot be read or its frames are no pictures for Kling.
    """
    if take.stored_at is None:
        raise NotAllowedNow(_("The film of this take is not here yet. Wait until it is stored."))
    try:
        clean = clean_picture(_cut(take, frame))
    except (FilmRefused, PictureRefused) as refused:
        words = _("The frame cannot be taken. %(why)s") % {"why": refused.words}
        raise NotAllowedNow(words, refused.code) from refused
    except OSError as failed:
        words = _("The frame cannot be taken: the storage does not answer. Try again later.")
        raise NotAllowedNow(words, "no_storage") from failed
    return Picture.keep(clean, team=take.storyboard.project.team)


def _cut(take: Take, frame: int) -> bytes:
    with (
        files().at_hand(take.video, take.size_bytes) as film,
        TemporaryDirectory(dir=parts_folder()) as folder,
    ):
        target = Path(folder) / "frame"
        cut_frame(film, target, take.start_of(frame))
        return target.read_bytes()
