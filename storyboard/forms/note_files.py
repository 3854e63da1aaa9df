"""Files for a note: how many and how large, judged by the declared size before any is read."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils.translation import gettext as _

from storyboard.forms.pictures import declared_bytes
from storyboard.media.pictures import MIB
from storyboard.models.note_files import MOST_FILE_BYTES, MOST_FILES

# Beside its files a body holds the words and a drawing: boundaries and names are the smaller part.
AROUND_FILES = 256 * 1024
MOST_BODY = MOST_FILES * MOST_FILE_BYTES + AROUND_FILES


class ManyFiles(forms.FileInput):
    allow_multiple_selected = True


class NoteFilesField(forms.FileField):
    """Any number of files under one name; cleaned they are a list of UploadedFile.

    How many and how large they may be says `storyboard.models.note_files.attached`.
    """

    widget = ManyFiles

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, allow_empty_file=True, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        chosen = data if isinstance(data, list) else [data] if data else []
        return [super(NoteFilesField, self).clean(each, initial) for each in chosen]


def files_refused(request: HttpRequest) -> str:
    """Words against a note's body that is too large, or says no size, before it is read."""
    declared = declared_bytes(request)
    if declared < 0:
        return _("The note did not say how large it is, so it was not read. Add it again.")
    if declared > MOST_BODY:
        return _(
            "The files have %(size)s MB together; a note takes at most %(n)s files of %(most)s MB. "
            "Nothing was added. Leave some out."
        ) % {
            "size": f"{declared / MIB:.0f}",
            "n": MOST_FILES,
            "most": MOST_FILE_BYTES // MIB,
        }
    return ""
