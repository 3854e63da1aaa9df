"""Keeping a film for good: the original first, what is made from it, then the row."""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Callable
from itertools import accumulate
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from storyboard.media.films import FilmFacts, FilmRefused, check_container
from storyboard.media.sandbox import FilmFiles, inspect, make_playable
from storyboard.models import Generation, Take, events
from storyboard.models.crash import crash_point
from storyboard.models.files import files, parts_folder
from storyboard.models.moves import MOST_REFUSALS

log = logging.getLogger(__name__)

PART_SECONDS = 3600

Beat = Callable[[], None]


def keep_take(row: Generation, take: Take, path: Path, *, sha256: str, each_step: Beat) -> None:
    """Keep the film at `path` under its hash, then all that is made from it; `path` is gone then.

    The original comes first: from its commit on it is ours, whatever happens to the rest. Doing
    it twice is harmless. Raises FilmRefused for what is no film, OSError when it cannot be kept.
    """
    keep_original(row, take, path, sha256=sha256, each_step=each_step)
    finish_take(row, take, each_step=each_step)


def keep_original(row: Generation, take: Take, path: Path, *, sha256: str, each_step: Beat) -> None:
    """The bytes as they came, unless they are no film by their outside."""
    check_container(path)
    size_bytes = path.stat().st_size
    files().keep(path, f"{_home(sha256)}.mp4", each_step=each_step)
    _write(row, take, video=f"{_home(sha256)}.mp4", sha256=sha256, size_bytes=size_bytes)
    crash_point("original.after_commit")


def finish_take(row: Generation, take: Take, *, each_step: Beat) -> None:
    """Look inside the original that is kept, and keep all that is made from it.

    A film that has come whole several times and shows no picture is kept without pictures: it is
    paid for. Raises as `keep_take`.
    """
    with (
        TemporaryDirectory(dir=parts_folder()) as name,
        files().at_hand(take.video, take.size_bytes, each_step=each_step) as path,
    ):
        film = _look(row, take, path, Path(name), each_step)
        if film.trouble is not None and _may_come_better(row, take):
            raise film.trouble
        copy = _copy_to_play(row, path, film.facts, Path(name), each_step)
        row.renew()
        kept = {
            "playable": _keep(copy, f"{_home(take.sha256)}-plays.mp4", each_step),
            **_keep_pictures(take, film, each_step),
        }
    crash_point("pictures.after_rename")
    _commit(row, take, film, **kept)
    crash_point("store.after_commit")


def is_at_kling(row: Generation) -> bool:
    """Kling has the film still, as far as is known: what is kept of it here is no last copy."""
    until = row.result_expires_at
    return until is None or timezone.now() < until


def drop_original(row: Generation, take: Take) -> None:
    """What was kept turned out to be no film; the next try may bring a better one."""
    dropped = [name for name in (take.video, take.poster) if name]
    _write(row, take, video="", poster="", sha256="", size_bytes=0)
    for name in dropped:
        if not Take.objects.filter(Q(video=name) | Q(poster=name)).exists():
            files().delete(name)


def sweep_parts() -> None:
    """Remove what a killed worker left half written."""
    for path in parts_folder().iterdir():
        if time.time() - path.stat().st_mtime <= PART_SECONDS:
            continue
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _home(sha256: str) -> str:
    return f"takes/{sha256[:2]}/{sha256}"


@transaction.atomic
def _write(row: Generation, take: Take, **values: Any) -> None:
    """Only while the lease is ours: another worker may have kept something else."""
    row.renew()
    Take.objects.filter(pk=take.pk).update(**values)
    for name, value in values.items():
        setattr(take, name, value)


def _look(row: Generation, take: Take, path: Path, folder: Path, each_step: Beat) -> FilmFiles:
    def show_poster(facts: FilmFacts, poster: Path) -> None:
        name = _keep(poster, f"{_home(take.sha256)}-poster.jpg", each_step)
        _write(row, take, poster=name, width=facts.width, height=facts.height)
        crash_point("poster.after_commit")

    return inspect(path, folder, _middles(take), each_step=each_step, with_poster=show_poster)


def _may_come_better(row: Generation, take: Take) -> bool:
    """Another try is worth it, and Kling has the film still."""
    return take.refusals < MOST_REFUSALS and is_at_kling(row)


def _middles(take: Take) -> list[int]:
    """The middle of each shot by the plan, in milliseconds: where its still is cut."""
    seconds = [shot.seconds for shot in take.revision.shots.all()]
    return [1000 * done - 500 * own for done, own in zip(accumulate(seconds), seconds, strict=True)]


def _copy_to_play(
    row: Generation, path: Path, facts: FilmFacts, folder: Path, each_step: Beat
) -> Path | None:
    """What the player shows in place of a film few browsers play; None where there is no need.

    Without it the film is stored all the same, to be downloaded.
    """
    if facts.plays_everywhere:
        return None
    target = folder / "plays.mp4"
    try:
        make_playable(path, target, each_step=each_step)
    except FilmRefused as refused:
        log.warning("generation %s: no copy to play: %s", row.key, refused)
        return None
    return target


def _keep_pictures(take: Take, film: FilmFiles, each_step: Beat) -> dict[str, Any]:
    home = _home(take.sha256)
    folder = home.rpartition("/")[0]
    return {
        "filmstrip": _keep(film.filmstrip, f"{home}-strip.jpg", each_step),
        "stills": [
            _keep(still, f"{folder}/{take.key}-{n}.jpg", each_step)
            for n, still in enumerate(film.stills, start=1)
        ],
    }


def _keep(path: Path | None, name: str, each_step: Beat) -> str:
    """The name a file is kept under; "" for one that could not be made."""
    if path is None:
        return ""
    files().keep(path, name, each_step=each_step)
    return name


@transaction.atomic
def _commit(row: Generation, take: Take, film: FilmFiles, **kept: Any) -> None:
    facts = film.facts
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
        "peaks": film.peaks,
        "sealed_url": b"",
    }
    Take.objects.filter(pk=take.pk).update(**values)
    take.refresh_from_db()
    row.apply(row.next_move(events.FilmStored()), words="")
    take.say_stored()
    crash_point("store.before_commit")
