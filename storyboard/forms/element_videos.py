"""A film that makes an element: streamed to disk, then judged in a process of its own."""

from __future__ import annotations

import secrets
import shutil
from pathlib import Path
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from storyboard.forms.elements import ElementForm
from storyboard.forms.pictures import AROUND_A_FILE, declared_bytes
from storyboard.media.element_films import MAX_BYTES, ElementFilm, too_many_bytes
from storyboard.media.films import FilmRefused
from storyboard.media.pictures import PictureRefused, clean_picture
from storyboard.media.sandbox import check_element_film
from storyboard.models import Account, KeptFile, Picture, Team
from storyboard.models.files import parts_folder

_CHOOSE = gettext_lazy("Choose a film first: MP4 or MOV, 3 to 8 seconds.")


class ElementVideoForm(ElementForm):
    """The words of an element, and the film it is made of.

    The words are judged first: a film is looked at only where nothing else is wrong. `keep` stores
    what was judged; it is to be called once, after is_valid said yes.
    """

    video = forms.FileField(
        label=gettext_lazy("Video"),
        widget=forms.FileInput(attrs={"accept": "video/mp4,video/quicktime"}),
        help_text=gettext_lazy(
            "One person, 3 to 8 seconds, 1080p, 16:9 or 9:16, MP4 or MOV, up to 200 MB. A voice "
            "in it becomes the element's own."
        ),
        error_messages={
            "required": _CHOOSE,
            "missing": _CHOOSE,
            "invalid": _CHOOSE,
            "empty": gettext_lazy("The file is empty. Choose an MP4 or MOV film."),
        },
    )
    field_order = ("video",)

    def __init__(
        self,
        data: QueryDict | None = None,
        *,
        files: Any = None,
        team: Team,
        accounts: list[Account],
    ) -> None:
        super().__init__(data, files, team=team, accounts=accounts)
        self._parts: tuple[Path, Path] | None = None
        self._film: ElementFilm | None = None

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.errors:
            self._judge(said["video"])
        return said

    def keep(self, team: Team) -> tuple[KeptFile, Picture | None]:
        """The film in the storage, and its first picture. Raises NotAllowedNow."""
        assert self._parts is not None  # noqa: S101  (is_valid said yes)
        assert self._film is not None  # noqa: S101
        film, poster = self._parts
        try:
            picture = _poster(poster, team)
            kept = KeptFile.keep(
                film, folder="elements", seconds=self._film.seconds, sha256=self._film.sha256
            )
        finally:
            self._clear()
        return kept, picture

    def _judge(self, file: UploadedFile) -> None:
        name = secrets.token_hex(8)
        self._parts = (parts_folder() / f"{name}.part", parts_folder() / f"{name}.jpg")
        film, poster = self._parts
        try:
            with film.open("wb") as out:
                for chunk in file.chunks():
                    out.write(chunk)
            self._film = check_element_film(film, poster)
            self._parts = (film.rename(film.with_suffix(self._film.ending)), poster)
        except FilmRefused as refused:
            self._clear()
            self.add_error("video", refused.words)
        except OSError:
            self._clear()
            words = _("The film cannot be stored: our disk is full or does not answer. Nothing was "
                      "added. Choose it again later.")  # fmt: skip
            self.add_error("video", words)

    def _clear(self) -> None:
        for path in self._parts or ():
            path.unlink(missing_ok=True)


def video_refused(request: HttpRequest) -> str:
    """Words against a body that is too large, or says no size, before any of it is read."""
    declared = declared_bytes(request)
    if declared < 0:
        return _("The upload did not say how large it is, so it was not read. Choose it again.")
    if declared > MAX_BYTES + AROUND_A_FILE:
        return too_many_bytes(declared)
    if shutil.disk_usage(parts_folder()).free < 3 * declared:
        return _("There is no room for a film of this size now. Nothing was added. Tell an owner.")
    return ""


def _poster(path: Path, team: Team) -> Picture | None:
    """The element's face on screens; a film of which none can be kept goes without."""
    try:
        return Picture.keep(clean_picture(path.read_bytes()), team=team)
    except (OSError, PictureRefused):
        return None
