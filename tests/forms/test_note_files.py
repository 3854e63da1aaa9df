"""Files beside a note's words: judged by what the body says of itself, then one by one."""

from __future__ import annotations

import pytest
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory
from django.utils.datastructures import MultiValueDict

from storyboard.forms.note_files import MOST_BODY, NoteFilesField, files_refused


class Asked(forms.Form):
    files = NoteFilesField()


def refused(declared: str) -> str:
    request = RequestFactory().post("/")
    request.META["CONTENT_LENGTH"] = declared
    return files_refused(request)


def test_five_files_of_ten_megabytes_fit_and_nothing_larger() -> None:
    assert MOST_BODY > 5 * 10 * 1024 * 1024
    assert refused(str(MOST_BODY)) == ""
    assert refused(str(MOST_BODY + 1)) == (
        "The files have 50 MB together; a note takes at most 5 files of 10 MB. "
        "Nothing was added. Leave some out."
    )


@pytest.mark.parametrize("declared", ["", "-5", "many"])
def test_a_body_without_a_size_is_not_read(declared: str) -> None:
    assert "did not say how large it is" in refused(declared)


@pytest.mark.parametrize("number", [0, 1, 3])
def test_any_number_of_files_comes_as_a_list(number: int) -> None:
    sent = [SimpleUploadedFile(f"{n}.pdf", b"%PDF") for n in range(number)]
    form = Asked({}, MultiValueDict({"files": sent} if sent else {}))
    assert form.is_valid()
    assert form.cleaned_data["files"] == sent


def test_an_empty_file_comes_along_to_be_refused_by_its_name() -> None:
    empty = SimpleUploadedFile("a.pdf", b"")
    form = Asked({}, MultiValueDict({"files": [empty]}))
    assert form.is_valid()
    assert form.cleaned_data["files"] == [empty]
