"""Drawing previews: claim, draw outside any transaction, keep the file, then the row.

They wait for each other and never for orders: one at a time in a process, on a thread of its own
that leaves the processor to whoever else wants it.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from django.db import close_old_connections
from django.utils.translation import gettext as _

from storyboard.media.animatic import AnimaticShot, render_animatic
from storyboard.models import Animatic
from storyboard.models.files import files, parts_folder
from storyboard.models.showing import Showing
from storyboard.steps.owner import me

log = logging.getLogger(__name__)

NICENESS = 10
AT_ONCE = 100  # left-over previews discarded in one go


class Stopped(Exception):
    """The worker ends."""


class Taken(Exception):
    """Another worker draws it by now."""


class Easel:
    """Where one preview after the other is drawn, from `start()` until `stop()`.

    It stands where the sweep runs; elsewhere a bell for it is not heard.
    """

    def __init__(self) -> None:
        self._hand: ThreadPoolExecutor | None = None
        self._stopping = threading.Event()
        self._wanted: set[int] = set()
        self._lock = threading.Lock()

    def start(self) -> None:
        with self._lock:
            self._stopping = threading.Event()
            self._hand = ThreadPoolExecutor(1, "animatic", initializer=_step_back)

    def stop(self) -> None:
        """The one that is being drawn is put back within a second of film; no other is begun."""
        with self._lock:
            self._stopping.set()
            if self._hand is not None:
                self._hand.shutdown(wait=False, cancel_futures=True)
            self._hand = None
            self._wanted.clear()

    def draw_soon(self, pk: int) -> None:
        """After those that wait here; asking again for one of them changes nothing."""
        with self._lock:
            if self._hand is None or pk in self._wanted:
                return
            self._wanted.add(pk)
            self._hand.submit(self._draw, pk, self._stopping)

    def _draw(self, pk: int, stopping: threading.Event) -> None:
        close_old_connections()
        try:
            draw(pk, is_stopping=stopping.is_set)
        except Exception:
            log.exception("preview %s: drawing failed; the sweep finds it again", pk)
        finally:
            close_old_connections()
            with self._lock:
                self._wanted.discard(pk)


EASEL = Easel()


def draw(pk: int, *, is_stopping: Callable[[], bool] = lambda: False) -> bool:
    """Draw a preview that waits; False when it was not ours to draw."""
    row = Animatic.objects.filter(pk=pk).first()
    if row is None or is_stopping() or not row.claim(me()):
        return False
    try:
        _draw(row, is_stopping)
    except Stopped:
        row.put_back()
    except Taken:
        log.info("preview %s moved on without this worker", row.key)
    except OSError as failed:
        log.warning("preview %s: the storage refused: %s", row.key, failed)
        row.fail(_("Our storage is full or does not answer, so the preview could not be kept. "
                   "The shots are kept. Draw it again in a minute."))  # fmt: skip
    except Exception:
        log.exception("preview %s: drawing failed", row.key)
        row.fail(_("Greenlight failed at drawing the preview. The shots are kept. Draw it again."))
    discard_left_over()
    return True


def discard_left_over() -> None:
    """Delete the oldest previews: the file first, so that no file is left without its row."""
    for row in Animatic.objects.left_over()[:AT_ONCE]:
        if not row.give_away():
            continue
        try:
            files().delete(row.file)
        except OSError as failed:
            log.warning("preview %s cannot be deleted yet: %s", row.key, failed)
        else:
            row.delete()


def _draw(row: Animatic, is_stopping: Callable[[], bool]) -> None:
    def each_second(done: int) -> None:
        if is_stopping():
            raise Stopped
        if not row.tell(done):
            raise Taken

    shots = _shots(row.showing)
    with TemporaryDirectory(dir=parts_folder()) as folder:
        film = Path(folder) / "animatic.mp4"
        render_animatic(film, shots, ratio=row.showing.ratio, each_second=each_second)
        size_bytes = film.stat().st_size
        files().keep(film, row.file)
    if not row.finish(size_bytes):
        raise Taken


def _shots(showing: Showing) -> list[AnimaticShot]:
    return [
        AnimaticShot(shot.position, shot.seconds, shot.words, _picture(shot.picture))
        for shot in showing.shots
    ]


def _picture(name: str) -> bytes | None:
    """None for a shot without one, or whose file is no longer there: it shows its words."""
    if not name:
        return None
    with suppress(FileNotFoundError), files().open(name, "rb") as file:
        return bytes(file.read())
    return None


def _step_back() -> None:
    """Only Linux gives a thread a niceness of its own; elsewhere it is the whole process's."""
    if sys.platform == "linux":
        with suppress(OSError):
            thread = threading.get_native_id()
            niceness = max(os.getpriority(os.PRIO_PROCESS, thread), NICENESS)
            os.setpriority(os.PRIO_PROCESS, thread, niceness)
