"""Where a note stands in a take: on a frame, over a range of frames, on a shot, or nowhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from storyboard.models.base import NotAllowedNow

if TYPE_CHECKING:
    from storyboard.models.takes import Take


class NoteKind(models.TextChoices):
    MOMENT = "moment", gettext_lazy("Moment")
    RANGE = "range", gettext_lazy("Range")
    SHOT = "shot", gettext_lazy("Shot")
    GENERAL = "general", gettext_lazy("General")


@dataclass(frozen=True)
class Anchor:
    """A place in a take, in milliseconds at the starts of frames.

    `end_ms` is the end of a range's last frame, which is where the next one begins; None of
    everything else. The shot is the one at `at_ms`; in general there is none.
    """

    kind: NoteKind
    at_ms: int = 0
    end_ms: int | None = None
    shot_key: str = ""
    position: int | None = None


def anchor_on(
    take: Take, *, at_ms: int | None = None, end_ms: int | None = None, shot_key: str = ""
) -> Anchor:
    """What these say: a range, a moment, a shot, or with none of them the whole take.

    A moment or range decides by itself which shot it is on. Raises NotAllowedNow for an end
    before the beginning and for a shot that is not in the take.
    """
    if at_ms is not None and end_ms is not None:
        return _range(take, at_ms, end_ms)
    if at_ms is not None:
        return _on(NoteKind.MOMENT, take, take.at_frame(at_ms), None)
    if shot_key:
        return _shot(take, shot_key)
    return Anchor(NoteKind.GENERAL)


def _range(take: Take, at_ms: int, end_ms: int) -> Anchor:
    if end_ms < at_ms:
        words = _("A range ends after it begins. Nothing was added. Set its end again.")
        raise NotAllowedNow(words, "note.range")
    first = take.frame_at(at_ms)
    last = max(first, take.last_before(end_ms))
    return _on(NoteKind.RANGE, take, take.start_of(first), take.end_of(last))


def _on(kind: NoteKind, take: Take, at_ms: int, end_ms: int | None) -> Anchor:
    shot = take.shot_at(at_ms)
    return Anchor(kind, at_ms, end_ms, shot.shot_key, shot.position)


def _shot(take: Take, shot_key: str) -> Anchor:
    bound = next((each for each in take.bounds() if each.shot_key == shot_key), None)
    if bound is None:
        words = _("This shot is not in the take. Nothing was added. Choose one of its shots.")
        raise NotAllowedNow(words, "note.shot")
    first, _last = take.frames_of(bound)
    return Anchor(NoteKind.SHOT, take.start_of(first), None, shot_key, bound.position)
