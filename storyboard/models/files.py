"""Where films and pictures lie for good: on this machine's disk, or in a bucket (see bucket).

Both keep a file durably under a name that says what is in it, and hand out its bytes in steps.
Whatever goes wrong is an OSError. Files on their way lie on this machine's disk in either case.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import ClassVar, cast

from django.conf import settings
from django.core.files.storage import FileSystemStorage, Storage, storages

from storyboard.models.crash import crash_point

STEP_BYTES = 256 * 1024
PROBE = bytes(4096)


class Files(Storage):
    """What the product asks of its storage besides Django's own words.

    A storage for tests that is full, slow or gone overrides `keep`: every film, poster, still and
    uploaded picture goes through it.
    """

    is_on_disk: ClassVar[bool]

    def keep(self, path: Path, name: str, *, each_step: Callable[[], None] | None = None) -> None:
        """Move the file at `path` to its lasting name, durably; doing it twice is harmless.

        When this returns, the bytes outlive a power cut and `path` is gone. `each_step` is called
        now and then where it takes long. Raises OSError, and then nothing is said to be kept.
        """
        raise NotImplementedError

    def steps(self, name: str, first: int, length: int) -> Generator[bytes]:
        """`length` bytes from `first` on, at most STEP_BYTES at a time.

        Raises FileNotFoundError at the first step when there is no such file.
        """
        raise NotImplementedError

    @contextmanager
    def at_hand(
        self, name: str, length: int, *, each_step: Callable[[], None] | None = None
    ) -> Iterator[Path]:
        """A kept file of `length` bytes as one on this machine's disk, to be read within the block.

        `each_step` as for `keep`. Raises OSError.
        """
        path = parts_folder() / f"{secrets.token_hex(8)}.part"
        try:
            with path.open("xb") as file:
                for chunk in self.steps(name, 0, length):
                    file.write(chunk)
                    if each_step is not None:
                        each_step()
            yield path
        finally:
            path.unlink(missing_ok=True)

    def check(self) -> None:
        """Raises OSError when nothing can be kept now."""
        Path(settings.MEDIA_ROOT).mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=settings.MEDIA_ROOT, buffering=0) as file:
            file.write(PROBE)

    def put(self, data: bytes, name: str) -> None:
        """Keep bytes at hand under a name, as durably as a film."""
        path = parts_folder() / f"{secrets.token_hex(8)}.part"
        try:
            path.write_bytes(data)
            self.keep(path, name)
        finally:
            path.unlink(missing_ok=True)


class DiskFiles(Files, FileSystemStorage):
    """Under MEDIA_ROOT; parts lie beside, so a rename is enough."""

    is_on_disk = True

    def keep(self, path: Path, name: str, *, each_step: Callable[[], None] | None = None) -> None:
        target = Path(self.path(name))
        _make_folder(target.parent)
        _sync(path)
        crash_point("store.before_rename")
        path.replace(target)
        crash_point("store.after_rename")
        _sync(target.parent)
        crash_point("store.after_fsync")

    @contextmanager
    def at_hand(
        self, name: str, length: int, *, each_step: Callable[[], None] | None = None
    ) -> Iterator[Path]:
        yield Path(self.path(name))

    def steps(self, name: str, first: int, length: int) -> Generator[bytes]:
        left = length
        with Path(self.path(name)).open("rb") as file:
            file.seek(first)
            while left and (chunk := file.read(min(STEP_BYTES, left))):
                left -= len(chunk)
                yield chunk


def files() -> Files:
    """The storage the settings name."""
    return cast(Files, storages["default"])


def parts_folder() -> Path:
    """Where films lie while they arrive."""
    folder = Path(settings.MEDIA_ROOT) / "parts"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _make_folder(folder: Path) -> None:
    """A folder whose own name is as durable as what is put into it."""
    if folder.exists():
        return
    _make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    _sync(folder.parent)


def _sync(path: Path) -> None:
    """A file or a folder: what is written in it outlives the machine's power."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
