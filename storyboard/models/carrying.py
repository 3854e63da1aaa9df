"""Notes follow their shot: where each open note of an earlier take stands in a later one.

Nothing is copied. A note keeps its take, its moment and its shot; each later take reads from
there, so a note is resolved, answered or reopened once and everywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Q, QuerySet

from storyboard.models.note_sets import is_open
from storyboard.models.notes import Note
from storyboard.models.takes import Bound, Take

# What placing a note needs not; up to 64 KB of drawing each.
_HEAVY = ("words", "drawing")


class Placed(NamedTuple):
    """A note as it stands in one take.

    `at_ms` and `end_ms` are that take's, `position` its shot's there; None for what is general,
    and where the shot is not in that take: then the times are those of `origin`, the take it was
    left on.
    """

    note: Note
    at_ms: int
    end_ms: int | None
    shot_key: str
    position: int | None
    origin: Take
    is_carried: bool

    @property
    def is_elsewhere(self) -> bool:
        """Its shot is not in this take: listed, never pinned."""
        return bool(self.shot_key) and self.position is None


@dataclass(frozen=True)
class PlacedNotes:
    """All notes of a take's page in the order of the film: `here`, then `elsewhere`."""

    here: tuple[Placed, ...]
    elsewhere: tuple[Placed, ...]

    @property
    def every(self) -> tuple[Placed, ...]:
        return self.here + self.elsewhere

    @property
    def carried(self) -> tuple[Placed, ...]:
        """Those that earlier takes left."""
        return tuple(placed for placed in self.every if placed.is_carried)


@dataclass(frozen=True)
class Reel:
    """A take and where its shots lie in it, read once however many notes stand on it."""

    take: Take
    bounds: list[Bound]

    @classmethod
    def of(cls, take: Take) -> Reel:
        return cls(take, take.bounds())

    def bound_of(self, shot_key: str) -> Bound | None:
        return next((bound for bound in self.bounds if bound.shot_key == shot_key), None)

    def bound_at(self, at_ms: int) -> Bound:
        """The shot a moment belongs to; the last one for the very end."""
        return next((bound for bound in self.bounds if at_ms < bound.end_ms), self.bounds[-1])


def placed_notes(take: Take) -> PlacedNotes:
    """The notes of a take and those that earlier takes carry to it, replies left out.

    Carried are the open ones, and those resolved on this very take. Four queries, however many
    notes, takes and revisions there are. The notes come without `words` and `drawing`: see
    `whole`.
    """
    to = Reel.of(take)
    notes = list(_notes_for(take))
    reels = _reels_of({note.take_id for note in notes} - {take.pk}) | {take.pk: to}
    placed = [place(note, reels[note.take_id], to) for note in notes]
    placed.sort(key=lambda each: (bool(each.shot_key), each.at_ms, each.note.pk))
    return PlacedNotes(
        here=tuple(each for each in placed if not each.is_elsewhere),
        elsewhere=tuple(each for each in placed if each.is_elsewhere),
    )


def whole(placed: Sequence[Placed], notes: QuerySet[Note]) -> list[Placed]:
    """The same with their notes read anew from `notes`, with all that these fetch along."""
    found = {note.pk: note for note in notes.filter(pk__in=[each.note.pk for each in placed])}
    return [each._replace(note=found[each.note.pk]) for each in placed if each.note.pk in found]


def place(note: Note, origin: Reel, to: Reel) -> Placed:
    """A note of `origin` as it stands in `to`, which may be the same."""
    shot = to.bound_of(note.shot_key)
    where = Placed(
        note=note,
        at_ms=note.at_ms,
        end_ms=note.end_ms,
        shot_key=note.shot_key,
        position=shot.position if shot else None,
        origin=origin.take,
        is_carried=origin.take.pk != to.take.pk,
    )
    if not where.is_carried or shot is None:
        return where
    frame = _carried_frame(note.at_ms, note.shot_key, shot, origin, to)
    end_ms = note.end_ms
    if end_ms is not None:
        end_ms = to.take.end_of(_carried_last(end_ms, shot, origin, to))
    return where._replace(at_ms=to.take.start_of(frame), end_ms=end_ms)


def _carried_frame(at_ms: int, shot_key: str, shot: Bound, origin: Reel, to: Reel) -> int:
    """As far from its shot's start as it was, moved to a frame and kept within the shot."""
    before = origin.bound_of(shot_key)
    offset = max(0, at_ms - before.start_ms) if before else 0
    first, last = to.take.frames_of(shot)
    return max(first, min(to.take.frame_at(shot.start_ms + offset), last))


def _carried_last(end_ms: int, shot: Bound, origin: Reel, to: Reel) -> int:
    """The last frame of a range that begins in `shot` now.

    It moves with the shot it lies in. Where that one is gone, or stands before the range now, the
    range ends with the shot it begins in.
    """
    at_ms = origin.take.start_of(origin.take.last_before(end_ms))
    shot_key = origin.bound_at(at_ms).shot_key
    its_shot = to.bound_of(shot_key)
    if its_shot is None or its_shot.position < shot.position:
        return to.take.frames_of(shot)[1]
    return _carried_frame(at_ms, shot_key, its_shot, origin, to)


def _notes_for(take: Take) -> QuerySet[Note]:
    waiting = is_open() | Q(resolved_on=take, removed_at=None)
    earlier = Q(take__number__lt=take.number) & waiting
    shown = Note.objects.filter(Q(take=take) | earlier, take__storyboard=take.storyboard_id)
    return shown.roots().select_related("by", "resolved_by").defer(*_HEAVY)


def _reels_of(takes: set[int]) -> dict[int, Reel]:
    """Of the takes with these primary keys, by them; two queries, and none for none."""
    rows = Take.objects.filter(pk__in=takes).select_related("revision")
    rows = rows.defer("peaks", "sealed_url", "revision__brief_json")
    return {row.pk: Reel.of(row) for row in rows.prefetch_related("revision__shots")}
