"""Files of notes: kept before the note is made, and gone where it is not made."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from pytest_django import DjangoCaptureOnCommitCallbacks

from storyboard.models import NotAllowedNow, Note, NoteFile, Take, User, note_files
from storyboard.models.files import DiskFiles
from storyboard.models.note_files import attached
from tests import builders

PDF = b"%PDF-1.7 a plan"


def lying() -> list[Path]:
    """What lies in the storage for notes."""
    folder = Path(settings.MEDIA_ROOT) / note_files.FOLDER
    return sorted(path for path in folder.rglob("*") if path.is_file())


def upload(name: str = "plan.pdf", data: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def photograph() -> bytes:
    """A small JPEG that says where it was taken."""
    out = BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "A camera"
    Image.new("RGB", (120, 40), "#345").save(out, "JPEG", exif=exif)
    return out.getvalue()


@pytest.fixture(autouse=True)
def empty_storage(db: None, settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path)


def test_a_file_lies_as_it_came_and_is_only_downloaded(take: Take, bob: User) -> None:
    with attached([upload()]) as kept:
        note = Note.add(take, "As here.", by=bob, files=kept)
    row = note.files.get()
    assert (row.name, row.size_bytes, row.content_type) == (
        "plan.pdf", len(PDF), "application/octet-stream",
    )  # fmt: skip
    assert not row.is_picture
    (path,) = lying()
    assert path.read_bytes() == PDF


@pytest.mark.parametrize("verb", ["add", "reply"])
def test_a_reply_brings_files_too(take: Take, bob: User, verb: str) -> None:
    note = Note.add(take, "Closer.", by=bob)
    with attached([upload("a.pdf"), upload("b.pdf")]) as kept:
        made = (
            note.reply("Here.", by=bob, files=kept)
            if verb == "reply"
            else Note.add(take, "Here.", by=bob, files=kept)
        )
    assert [str(row) for row in made.files.all()] == ["a.pdf", "b.pdf"]


def test_a_picture_is_written_anew_however_small(take: Take, bob: User) -> None:
    with attached([upload("shot.JPEG", photograph()), upload("flat.webp", _webp())]) as kept:
        note = Note.add(take, "Like this.", by=bob, files=kept)
    jpeg, png = note.files.all()
    assert (jpeg.name, jpeg.content_type) == ("shot.jpg", "image/jpeg")
    assert (png.name, png.content_type) == ("flat.png", "image/png")
    for path in lying():
        with Image.open(path) as picture:
            assert not picture.getexif()
            assert picture.size in ((120, 40), (10, 300))


def _webp() -> bytes:
    out = BytesIO()
    Image.new("RGB", (10, 300), "#543").save(out, "WEBP")
    return out.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<!doctype html><script>alert(1)</script>",
        b"GIF89a" + bytes(20),
        b"\xff\xd8\xff" + bytes(20),
    ],
)
def test_what_is_no_still_picture_is_never_shown_as_one(take: Take, bob: User, data: bytes) -> None:
    with attached([upload("look.png", data)]) as kept:
        note = Note.add(take, "Hm.", by=bob, files=kept)
    assert not note.files.get().is_picture


@pytest.mark.parametrize(
    ("given", "kept_as"),
    [
        ("..\\..\\plan.pdf", "plan.pdf"),
        ("a/b/plan.pdf", "plan.pdf"),
        ("pl\nan\u202efdp.exe", "planfdp.exe"),
        ("x" * 200 + ".pdf", "x" * 116 + ".pdf"),
        ("plan", "plan"),
        ("Blöcke №7.pdf", "Blöcke №7.pdf"),
        ("." + "y" * 300, "." + "y" * 119),
    ],
)
def test_a_name_is_only_a_name(take: Take, bob: User, given: str, kept_as: str) -> None:
    sent = upload()
    sent._name = given  # what a program may send, whatever a browser does
    with attached([sent]) as kept:
        assert [one.name for one in kept] == [kept_as]


@pytest.mark.parametrize("given", ["x" * 300, "x" * 300 + ".p"])
def test_a_picture_whose_name_has_a_shorter_ending_keeps_a_name_that_fits(
    take: Take, bob: User, given: str
) -> None:
    with attached([upload(given, photograph())]) as kept:
        assert [one.name for one in kept] == ["x" * 116 + ".jpg"]


def test_a_note_holds_so_many_files(take: Take, bob: User) -> None:
    with attached([upload(f"{n}.pdf") for n in range(5)]) as kept:
        Note.add(take, "All.", by=bob, files=kept)
    with pytest.raises(NotAllowedNow, match="at most 5 files"), attached([upload()] * 6):
        raise AssertionError("the block is not entered")
    with pytest.raises(NotAllowedNow, match="at most 5 files"):
        Note.add(take, "Six.", by=bob, files=[*kept, kept[0]])
    assert Note.objects.count() == 1
    assert len(lying()) == 5


def test_a_file_has_a_largest_size_and_is_not_empty(
    monkeypatch: pytest.MonkeyPatch, take: Take
) -> None:
    monkeypatch.setattr(note_files, "MOST_FILE_BYTES", 1024 * 1024)
    whole = upload("plan.pdf", b"%PDF" + bytes(1024 * 1024 - 4))
    with attached([whole]) as kept:
        assert kept[0].size_bytes == 1024 * 1024
    over = upload("plan.pdf", bytes(1024 * 1024 + 1))
    with (
        pytest.raises(NotAllowedNow, match=r"plan\.pdf has 1\.0 MB; at most 1 MB"),
        attached([over]),
    ):
        raise AssertionError("the block is not entered")
    with pytest.raises(NotAllowedNow, match=r"plan\.pdf is empty"), attached([upload(data=b"")]):
        raise AssertionError("the block is not entered")


def test_nothing_is_left_behind_where_no_note_was_made(take: Take, bob: User) -> None:
    lay: list[Path] = []

    def add_in_vain() -> None:
        with attached([upload(), upload()]) as kept:
            lay.extend(lying())
            Note.add(take, " ", by=bob, files=kept)

    with pytest.raises(NotAllowedNow, match="needs words"):
        add_in_vain()
    assert (len(lay), lying()) == (2, [])
    assert not NoteFile.objects.exists()


def test_a_full_storage_is_said_and_keeps_nothing(
    take: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = DiskFiles.put

    def once(self: DiskFiles, data: bytes, name: str) -> None:
        if lying():
            raise OSError(28, "No space left on device")
        put(self, data, name)

    monkeypatch.setattr(DiskFiles, "put", once)
    with (
        pytest.raises(NotAllowedNow, match=r"b.pdf cannot be stored: our storage is full") as said,
        attached([upload("a.pdf"), upload("b.pdf")]),
    ):
        raise AssertionError("the block is not entered")
    assert said.value.code == "no_storage"
    assert lying() == []


def test_a_storage_that_deletes_nothing_does_not_hide_the_refusal(
    take: Take, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: DiskFiles, name: str) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(DiskFiles, "delete", refuse)
    with pytest.raises(NotAllowedNow, match="needs words"), attached([upload()]) as kept:
        Note.add(take, "", by=bob, files=kept)


@pytest.mark.parametrize("has_replies", [True, False])
def test_the_files_go_with_their_note_when_that_is_certain(
    take: Take,
    bob: User,
    has_replies: bool,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    builders.make_note_file(take, by=bob)
    note = Note.objects.get()
    if has_replies:
        note.reply("Thanks.", by=bob)
    with django_capture_on_commit_callbacks(execute=True):
        note.remove(by=bob)
        assert len(lying()) == 1
    assert lying() == []
    assert not NoteFile.objects.exists()
