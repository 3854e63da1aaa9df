"""Keeping a film for good: content address, durable rename, then the row."""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from itertools import accumulate
from pathlib import Path
from tempfile import TemporaryDirectory

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from storyboard.media.films import FilmFacts
from storyboard.media.sandbox import inspect
from storyboard.models import Generation, Status, Take
from storyboard.models.crash import crash_point

PART_SECONDS = 3600


def parts_folder() -> Path:
    """Where films lie while they arrive: on the storage's own disk, so a rename is enough."""
    folder = Path(default_storage.path("parts"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def keep_take(row: Generation, take: Take, path: Path) -> None:
    """Look inside, store the original under its hash with poster, filmstrip and stills.

    The row says stored only after the bytes are durable; doing it twice is harmless.
    """
    with path.open("rb") as original:
        sha256 = hashlib.file_digest(original, "sha256").hexdigest()
    size_bytes = path.stat().st_size
    with TemporaryDirectory(dir=parts_folder()) as folder:
        film = inspect(path, Path(folder), _middles(take))
        row.renew()
        pictures = {
            "poster": _keep(film.poster, f"takes/{sha256[:2]}/{sha256}-poster.jpg"),
            "filmstrip": _keep(film.filmstrip, f"takes/{sha256[:2]}/{sha256}-strip.jpg"),
            "stills": [
                _keep(still, f"takes/{sha256[:2]}/{take.key}-{n}.jpg")
                for n, still in enumerate(film.stills, start=1)
            ],
        }
    crash_point("pictures.after_rename")
    video = _keep_film(path, f"takes/{sha256[:2]}/{sha256}.mp4")
    _commit(row, take, film.facts, video=video, sha256=sha256, size_bytes=size_bytes, **pictures)
    crash_point("store.after_commit")


def sweep_parts() -> None:
    """Remove what a killed worker left half written."""
    for path in parts_folder().iterdir():
        if time.time() - path.stat().st_mtime <= PART_SECONDS:
            continue
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _middles(take: Take) -> list[int]:
    """The middle of each shot by the plan, in milliseconds: where its still is cut."""
    seconds = [shot.seconds for shot in take.revision.shots.all()]
    return [1000 * done - 500 * own for done, own in zip(accumulate(seconds), seconds, strict=True)]


@transaction.atomic
def _commit(row: Generation, take: Take, facts: FilmFacts, **kept: object) -> None:
    values = {
        **kept,
        "stored_at": timezone.now(),
        "duration_ms": facts.duration_ms,
        "rate_num": facts.rate_num,
        "rate_den": facts.rate_den,
        "width": facts.width,
        "height": facts.height,
        "video_codec": facts.video_codec,
        "audio_codec": facts.audio_codec or "",
        "sealed_url": b"",
    }
    Take.objects.filter(pk=take.pk).update(**values)
    take.refresh_from_db()
    row.move(Status.STORED, words="")
    take.say_stored()
    crash_point("store.before_commit")


def _keep(path: Path, name: str) -> str:
    """Move a file to its lasting name, durably; an equal file already there is as good."""
    target = _place(name)
    _sync(path)
    path.replace(target)
    _sync(target.parent)
    return name


def _keep_film(path: Path, name: str) -> str:
    """As `_keep`, with the instructions of a paid film named."""
    target = _place(name)
    _sync(path)
    crash_point("store.before_rename")
    path.replace(target)
    crash_point("store.after_rename")
    _sync(target.parent)
    crash_point("store.after_fsync")
    return name


def _place(name: str) -> Path:
    target = Path(default_storage.path(name))
    target.parent.mkdir(parents=True, exist_ok=True)
    return target


def _sync(path: Path) -> None:
    """A file or a folder: what is written in it outlives the machine's power."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
