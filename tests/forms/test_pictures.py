"""Uploaded pictures: what is taken, and the words for what is not."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import RequestFactory

from storyboard.forms.pictures import PictureForm, body_refused
from tests import builders


def upload(data: bytes) -> dict[str, SimpleUploadedFile]:
    return {"still": SimpleUploadedFile("frame.png", data, "image/png")}


def test_a_picture_comes_out_rewritten() -> None:
    data = builders.png((640, 360))
    form = PictureForm(upload(data), field="still", declared=len(data) + 300)
    assert form.is_valid()
    clean = form.cleaned_data["picture"]
    assert (clean.width, clean.height, clean.format) == (640, 360, "png")


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"GIF89a" + bytes(200), "GIF"),
        (builders.png((299, 400)), "299 × 400 px"),
        (b"", "empty"),
        (builders.png((640, 360))[:600], "damaged or cut short"),
    ],
)
def test_a_picture_that_cannot_be_used_says_why(data: bytes, words: str) -> None:
    form = PictureForm(upload(data), field="still", declared=len(data) + 300)
    assert not form.is_valid()
    assert words in str(form.errors["picture"])


def test_a_file_under_another_name_is_none() -> None:
    form = PictureForm(upload(builders.png()), field="picture", declared=200)
    assert "Choose a picture first" in str(form.errors["picture"])


def test_no_picture_at_all_asks_for_one() -> None:
    form = PictureForm({}, field="still", declared=200)
    assert "Choose a picture first" in str(form.errors["picture"])


def test_fewer_bytes_than_declared_are_a_cut_upload() -> None:
    form = PictureForm(upload(builders.png()), field="still", declared=2_000_000)
    assert "cut short" in str(form.errors["picture"])


@pytest.mark.parametrize(
    ("declared", "words"),
    [("", "did not say"), ("many", "did not say"), (str(11 * 1024 * 1024), "11.0 MB"), ("9", "")],
)
def test_a_body_is_judged_by_its_declared_size(declared: str, words: str) -> None:
    request = RequestFactory().post("/")
    request.META["CONTENT_LENGTH"] = declared
    refused = body_refused(request)
    assert words in refused
    assert bool(refused) == bool(words)
