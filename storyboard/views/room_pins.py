"""The pins above the scrubber: where notes stand in the film, never more than can be told apart."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from storyboard.media.timecode import timecode
from storyboard.models import Take, User
from storyboard.models.anchors import NoteKind
from storyboard.models.carrying import Placed
from storyboard.views.room_thread import Person

MOST = 120


class Pin(NamedTuple):
    """One note, or the first of `total` that stand close together.

    `at_ms` and `end_ms` are the take's own; `words` is what the pin is called.
    """

    note_key: str
    at_ms: int
    end_ms: int | None
    person: User | Person
    words: str
    is_resolved: bool
    is_carried: bool
    total: int = 1


def pins_of(take: Take, placed: Iterable[Placed]) -> list[Pin]:
    """At most MOST pins in the order of the film; asks the database for nothing.

    Notes in general, those whose shot is not in the take and the places of removed ones have none.
    """
    shown = [each for each in placed if _is_somewhere(each)]
    if len(shown) <= MOST:
        return [_pin(take, each) for each in shown]
    return [_gathered(take, group) for group in _by_place(take, shown)]


def _is_somewhere(placed: Placed) -> bool:
    is_general = placed.note.kind == NoteKind.GENERAL
    return not (is_general or placed.is_elsewhere or placed.note.removed_at)


def _by_place(take: Take, shown: Sequence[Placed]) -> list[list[Placed]]:
    """The film in MOST equal parts, each with its notes; parts without any are left out."""
    parts: dict[int, list[Placed]] = {}
    for each in shown:
        at = min(each.at_ms, max(0, take.duration_ms - 1))
        parts.setdefault(at * MOST // max(1, take.duration_ms), []).append(each)
    return [parts[part] for part in sorted(parts)]


def _gathered(take: Take, group: Sequence[Placed]) -> Pin:
    """The first open one stands for all."""
    first = next((each for each in group if each.note.is_open), group[0])
    pin = _pin(take, first)
    count = len(group)
    if count == 1:
        return pin
    words = ngettext("%(n)s note from %(when)s", "%(n)s notes from %(when)s", count)
    when = _timecode(take, group[0].at_ms)
    return pin._replace(
        at_ms=group[0].at_ms,
        end_ms=None,
        words=words % {"n": count, "when": when},
        is_resolved=not any(each.note.is_open for each in group),
        is_carried=all(each.is_carried for each in group),
        total=count,
    )


def _pin(take: Take, placed: Placed) -> Pin:
    note = placed.note
    return Pin(
        note_key=note.key,
        at_ms=placed.at_ms,
        end_ms=placed.end_ms,
        person=note.by or Person(note.by_name),
        words=_words(take, placed),
        is_resolved=not note.is_open,
        is_carried=placed.is_carried,
    )


def _words(take: Take, placed: Placed) -> str:
    """`Ines at 00:06:10, carried over from take 1, resolved`."""
    about = {"who": placed.note.by_name, "when": _timecode(take, placed.at_ms)}
    if placed.end_ms is None:
        words = _("%(who)s at %(when)s") % about
    else:
        last = take.start_of(take.last_before(placed.end_ms))
        words = _("%(who)s, %(when)s to %(end)s") % (about | {"end": _timecode(take, last)})
    if placed.is_carried:
        words += ", " + _("carried over from take %(n)s") % {"n": placed.origin.number}
    return words if placed.note.is_open else words + ", " + _("resolved")


def _timecode(take: Take, at_ms: int) -> str:
    return timecode(at_ms, take.rate_num, take.rate_den)
