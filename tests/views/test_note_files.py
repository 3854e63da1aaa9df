"""A note's file: to its team alone, a picture shown, everything else downloaded."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import StreamingHttpResponse
from django.test import Client
from django.urls import reverse
from PIL import Image
from pytest_django import DjangoCaptureOnCommitCallbacks

from storyboard.models import Note, NoteFile, Take, User
from storyboard.models.note_files import attached
from tests import builders

SignedIn = Callable[[User], Client]


def address(row: NoteFile) -> str:
    return reverse("note_file", args=[row.key])


@pytest.fixture
def row(take: Take, bob: User) -> NoteFile:
    return builders.make_note_file(take, by=bob)


@pytest.fixture
def picture(take: Take, bob: User) -> NoteFile:
    data = BytesIO()
    Image.new("RGB", (64, 48), "#345").save(data, "PNG")
    with attached([SimpleUploadedFile("look.png", data.getvalue())]) as kept:
        return Note.add(take, "Like this.", by=bob, files=kept).files.get()


def test_any_file_is_downloaded_and_runs_nowhere(
    signed_in: SignedIn, carol: User, row: NoteFile
) -> None:
    response = signed_in(carol).get(address(row))
    assert isinstance(response, StreamingHttpResponse)
    assert b"".join(response) == b"%PDF-1.7 a plan of the light"  # type: ignore[arg-type]
    assert response["Content-Type"] == "application/octet-stream"
    assert response["Content-Disposition"].startswith('attachment; filename="light.pdf"')
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["Cache-Control"] == "private, no-cache"


def test_a_picture_is_shown(signed_in: SignedIn, carol: User, picture: NoteFile) -> None:
    response = signed_in(carol).get(address(picture))
    assert response["Content-Type"] == "image/png"
    assert response["Content-Disposition"].startswith('inline; filename="look.png"')


def test_a_name_stays_within_its_header(signed_in: SignedIn, bob: User, take: Take) -> None:
    row = builders.make_note_file(take, by=bob, name='Plän "a".p;x"f')
    said = signed_in(bob).get(address(row))["Content-Disposition"]
    assert (
        said
        == "attachment; filename=\"plan-a.pxf\"; filename*=UTF-8''Pl%C3%A4n%20%22a%22.p%3Bx%22f"
    )


def test_nobody_unknown_gets_a_file(client: Client, row: NoteFile) -> None:
    assert client.get(address(row)).status_code == 302


def test_a_stranger_gets_no_file(signed_in: SignedIn, charlie: User, row: NoteFile) -> None:
    assert signed_in(charlie).get(address(row)).status_code == 404


def test_a_file_is_only_read(signed_in: SignedIn, bob: User, row: NoteFile) -> None:
    assert signed_in(bob).post(address(row)).status_code == 405


def test_the_file_of_a_removed_note_is_gone(
    signed_in: SignedIn,
    bob: User,
    row: NoteFile,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        row.note.remove(by=bob)
    assert signed_in(bob).get(address(row)).status_code == 404


def test_more_files_than_a_note_takes_are_refused_with_its_words_kept(
    signed_in: SignedIn, bob: User, take: Take
) -> None:
    sent = [SimpleUploadedFile(f"{n}.pdf", b"%PDF") for n in range(8)]
    told = {"text": "All eight of them.", "at_ms": "0", "files": sent}
    answer = signed_in(bob).post(reverse("add_note", args=[take.key]), told)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "A note holds at most 5 files. Nothing was added. Leave some out." in page
    assert "All eight of them." in page
    assert not Note.objects.exists()
