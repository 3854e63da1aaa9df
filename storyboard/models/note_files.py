"""Files people attach to a note."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING

from django.core.files.uploadedfile import UploadedFile
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from storyboard.media.pictures import MIB, PictureRefused, clean_still
from storyboard.models.base import Keyed, NotAllowedNow, new_key
from storyboard.models.files import files

if TYPE_CHECKING:
    from storyboard.models.notes import Note

log = logging.getLogger(__name__)

MOST_FILES = 5
MOST_FILE_BYTES = 10 * MIB
LONGEST_FILE_NAME = 120
ANY_FILE = "application/octet-stream"


FOLDER = "note-files"
_ENDINGS = {"jpeg": ".jpg", "png": ".png"}


@dataclass(frozen=True)
class Attached:
    """A file that lies in our storage and belongs to no note yet.

    `file` is its name there, `name` the one the person gave it.
    """

    file: str
    name: str
    size_bytes: int
    content_type: str
    sha256: str


class NoteFile(Keyed):
    """A file of a note: a picture, rewritten when it came, or bytes to be downloaded."""

    note = models.ForeignKey("Note", on_delete=models.CASCADE, related_name="files")
    file = models.CharField(max_length=120)
    name = models.CharField(max_length=LONGEST_FILE_NAME)
    size_bytes = models.PositiveIntegerField()
    content_type = models.CharField(max_length=40)
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return self.name

    @classmethod
    def put_on(cls, note: Note, kept: Sequence[Attached]) -> None:
        """Give a new note its files, within the transaction that makes it."""
        _check_number(len(kept))
        for each in kept:
            cls.objects.create(
                note=note,
                file=each.file,
                name=each.name,
                size_bytes=each.size_bytes,
                content_type=each.content_type,
                sha256=each.sha256,
            )

    @property
    def is_picture(self) -> bool:
        return self.content_type.startswith("image/")

    @classmethod
    def drop_of(cls, note: Note) -> None:
        """Take the files off a note that goes; the bytes go when the transaction has ended well."""
        rows = cls.objects.filter(note=note)
        names = list(rows.values_list("file", flat=True))
        rows.delete()
        transaction.on_commit(lambda: drop_files(names))


@contextmanager
def attached(uploads: Sequence[UploadedFile[bytes]]) -> Iterator[list[Attached]]:
    """The files kept in our storage, for a note that is made within the block.

    Outside any transaction; where the block ends badly they are deleted again. Raises NotAllowedNow
    for files that are too many, too large or empty, and when the storage takes nothing.
    """
    _check_number(len(uploads))
    for upload in uploads:
        _check_size(upload)
    kept: list[Attached] = []
    try:
        for upload in uploads:
            kept.append(_keep(upload))
        yield kept
    except BaseException:
        drop_files([each.file for each in kept])
        raise


def drop_files(names: Sequence[str]) -> None:
    """Delete files from the storage; one that cannot be is left lying and said to the log."""
    for name in names:
        try:
            files().delete(name)
        except OSError as failed:
            log.warning("the file %s of a note cannot be deleted: %s", name, failed)


def _check_number(number: int) -> None:
    if number > MOST_FILES:
        words = _("A note holds at most %(n)s files. Nothing was added. Leave some out.")
        raise NotAllowedNow(words % {"n": MOST_FILES}, "note.files")


def _check_size(upload: UploadedFile[bytes]) -> None:
    name, size = _name_of(upload), upload.size or 0
    if not size:
        words = _("The file %(name)s is empty. Nothing was added. Choose it again.")
        raise NotAllowedNow(words % {"name": name}, "note.files")
    if size > MOST_FILE_BYTES:
        words = _("The file %(name)s has %(size)s MB; at most %(most)s MB can be attached. Nothing "
                  "was added. Choose a smaller file.")  # fmt: skip
        most = MOST_FILE_BYTES // MIB
        told = {"name": name, "size": f"{size / MIB:.1f}", "most": most}
        raise NotAllowedNow(words % told, "note.files")


def _keep(upload: UploadedFile[bytes]) -> Attached:
    """A picture rewritten as any picture is; everything else as it came, to be downloaded."""
    name, data = _name_of(upload), upload.read()
    try:
        clean = clean_still(data, max_bytes=MOST_FILE_BYTES)
    except PictureRefused:
        return _put(data, name, ANY_FILE, ".bin")
    ending = _ENDINGS[clean.format]
    named = f"{PurePath(name).stem[: LONGEST_FILE_NAME - len(ending)]}{ending}"
    return _put(clean.data, named, f"image/{clean.format}", ending)


def _put(data: bytes, name: str, content_type: str, ending: str) -> Attached:
    """Under a name of its own: it is deleted with its note."""
    key = new_key()
    file = f"{FOLDER}/{key[:2]}/{key}{ending}"
    try:
        files().put(data, file)
    except OSError as failed:
        log.warning("a file of a note cannot be stored: %s", failed)
        drop_files([file])  # it may lie there all the same
        words = _("The file %(name)s cannot be stored: our storage is full or does not answer. "
                  "Nothing was added. Add the note again later.")  # fmt: skip
        raise NotAllowedNow(words % {"name": name}, "no_storage") from failed
    return Attached(file, name, len(data), content_type, hashlib.sha256(data).hexdigest())


def _name_of(upload: UploadedFile[bytes]) -> str:
    """The person's own name for it, without what cannot be seen, its ending kept."""
    seen = "".join(letter for letter in upload.name or "" if letter.isprintable()).strip()
    path = PurePath(seen.replace("\\", "/").rpartition("/")[2] or _("file"))
    ending = path.suffix[:20]
    return f"{path.stem[: LONGEST_FILE_NAME - len(ending)]}{ending}"
