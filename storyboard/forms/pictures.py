"""Uploaded pictures: the declared size of the body first, then the file itself."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from storyboard.media.pictures import MAX_BYTES, CleanPicture, PictureRefused, clean_picture

# A multipart body is its file and a little more: boundaries, the token, the file's name.
AROUND_A_FILE = 64 * 1024
_CHOOSE = gettext_lazy("Choose a picture first: JPEG, PNG or WebP.")


class PictureForm(forms.Form):
    """One picture, judged and rewritten; `cleaned_data["picture"]` is a CleanPicture.

    `field` is the name the file comes under. `declared` is the size of the whole body as the
    browser said it: a file much shorter than that was cut on its way.
    """

    picture = forms.FileField(
        error_messages={
            "required": _CHOOSE,
            "missing": _CHOOSE,
            "invalid": _CHOOSE,
            "empty": gettext_lazy("The file is empty. Choose a JPEG, PNG or WebP picture."),
        }
    )

    def __init__(self, files: Any, *, field: str, declared: int) -> None:
        found = {"picture": [files[field]]} if field in files else {}
        super().__init__({}, MultiValueDict(found))
        self.declared = declared

    def clean_picture(self) -> CleanPicture:
        file: UploadedFile = self.cleaned_data["picture"]
        if self.declared - (file.size or 0) > AROUND_A_FILE:
            raise forms.ValidationError(_("The picture arrived cut short. Choose it again."))
        try:
            return clean_picture(file.read())
        except PictureRefused as refused:
            raise forms.ValidationError(refused.words) from refused


def declared_bytes(request: HttpRequest) -> int:
    """The size of the body as the browser declared it; -1 when it did not."""
    declared = request.META.get("CONTENT_LENGTH") or ""
    return int(declared) if declared.isdecimal() else -1


def body_refused(request: HttpRequest) -> str:
    """Words against a body that is too large, or says no size, before any of it is read."""
    declared = declared_bytes(request)
    if declared < 0:
        return _("The upload did not say how large it is, so it was not read. Choose it again.")
    if declared > MAX_BYTES + AROUND_A_FILE:
        return _(
            "The picture has %(size)s MB; at most %(most)s MB can be used. Choose a smaller file."
        ) % {"size": f"{declared / 1024 / 1024:.1f}", "most": MAX_BYTES // 1024 // 1024}
    return ""
