"""How a picture comes: a file, one the team has, or a frame of a take.

Of a file the declared size of the body is judged first, then the file itself.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from storyboard.media.pictures import MAX_BYTES, CleanPicture, PictureRefused, clean_picture
from storyboard.models import Picture, Take, Team

# A multipart body is its file and a little more: boundaries, the token, the file's name.
AROUND_A_FILE = 64 * 1024
MOST_FRAMES = 1_000_000
_CHOOSE = gettext_lazy("Choose a picture first: JPEG, PNG or WebP.")
_CUT = gettext_lazy("The picture arrived cut short. Choose it again.")
_GONE = gettext_lazy("The team has no such picture any more. Choose another one.")
_NO_TAKE = gettext_lazy("The team has no such take any more. Choose another one.")
_NO_FRAME = gettext_lazy("The take has no such frame. Choose another one.")


class PictureForm(forms.Form):
    """One picture, judged and rewritten; `cleaned_data["picture"]` is a CleanPicture.

    The file comes under `field`, or under "picture" from where any picture is chosen. `declared`
    is the size of the whole body as the browser said it: a file much shorter than that was cut on
    its way.
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
        name = field if field in files else "picture"
        found = {"picture": [files[name]]} if name in files else {}
        super().__init__({}, MultiValueDict(found))
        self.declared = declared
        if declared > AROUND_A_FILE:  # the file never ended, so it is not among the files
            self.fields["picture"].error_messages["required"] = _CUT

    def clean_picture(self) -> CleanPicture:
        file: UploadedFile = self.cleaned_data["picture"]
        if self.declared - (file.size or 0) > AROUND_A_FILE:
            raise forms.ValidationError(_CUT)
        try:
            return clean_picture(file.read())
        except PictureRefused as refused:
            raise forms.ValidationError(refused.words) from refused


class KeptForm(forms.Form):
    """A picture the team has, by its key; `cleaned_data["picture_key"]` is a Picture."""

    picture_key = forms.ModelChoiceField(
        queryset=Picture.objects.none(),
        to_field_name="key",
        error_messages={"required": _GONE, "invalid_choice": _GONE},
    )

    def __init__(self, data: Any, *, team: Team) -> None:
        super().__init__(data)
        field = self.fields["picture_key"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101
        field.queryset = Picture.objects.filter(team=team)


class FrameForm(forms.Form):
    """A frame of a take by its number, from 0; the last one where none is named."""

    frame = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=MOST_FRAMES,
        error_messages={"invalid": _NO_FRAME, "min_value": _NO_FRAME, "max_value": _NO_FRAME},
    )

    def number(self, take: Take) -> int:
        asked: int | None = self.cleaned_data["frame"]
        return take.last_frame if asked is None else asked


class TakenForm(FrameForm):
    """A frame of one of the team's takes; `cleaned_data["take"]` is a Take."""

    take = forms.ModelChoiceField(
        queryset=Take.objects.none(),
        to_field_name="key",
        error_messages={"required": _NO_TAKE, "invalid_choice": _NO_TAKE},
    )

    def __init__(self, data: Any, *, team: Team) -> None:
        super().__init__(data)
        field = self.fields["take"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101
        takes = Take.objects.filter(storyboard__project__team=team)
        field.queryset = takes.select_related("storyboard__project__team")


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
