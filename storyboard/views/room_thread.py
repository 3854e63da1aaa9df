"""The thread of the review room: which notes it lists, in which order, and how many at once.

All it is asked for stands in the page's address: `notes` the filter, `shot` for the notes of one
shot, `sort`, and where the list begins: at a `note`, at a moment (`at`), or after `from` notes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict

from storyboard.media.timecode import timecode
from storyboard.models import Note, Take, User
from storyboard.models.carrying import Placed, PlacedNotes, whole
from storyboard.models.mentions import Piece, pieces
from storyboard.views.held_rows import digest
from storyboard.views.room_carried import Answered

TABS = ("open", "resolved", "mine", "shot", "carried")
SORTS = ("time", "newest")
MOST = 60  # notes in the page, with all their replies
BEFORE = 12  # of these before the one that is looked for
_ASKED = frozenset({"notes", "shot", "sort", "from", "note", "at"})
_LONGEST = 9  # digits of a number in an address


class Ask(NamedTuple):
    """What an address asks for; `start` is how many notes come before those that are shown."""

    tab: str = ""
    shot: int = 1
    sort: str = "time"
    note: str = ""
    at_ms: int | None = None
    start: int | None = None

    def query(self, **other: Any) -> str:
        """`notes=mine&sort=newest`, what stands by itself left out."""
        ask = self._replace(**other)
        told = {
            "notes": ask.tab if ask.tab != "open" else "",
            "shot": ask.shot if ask.tab == "shot" else "",
            "sort": ask.sort if ask.sort != "time" else "",
            "from": "" if ask.start is None else ask.start,
            "note": ask.note,
        }
        return urlencode({name: value for name, value in told.items() if value != ""})


class Person(NamedTuple):
    """Somebody whose account is gone: the name stays on what they wrote."""

    name: str
    hue: int = 0

    def __str__(self) -> str:
        return self.name

    @property
    def initials(self) -> str:
        return "".join(word[0] for word in self.name.split()[:2]).upper()


class Said(NamedTuple):
    """A note or a reply as it is drawn; `pieces` are its words, cut where members are named."""

    note: Note
    person: User | Person
    pieces: list[Piece]
    may_edit: bool
    may_tend: bool


class Row(NamedTuple):
    """A note with its replies and where it stands; `begins` and `ends` are timecodes there.

    `marked` is the primary key of the note or reply that was just written or is looked for here.
    """

    said: Said
    replies: list[Said]
    place: Placed
    begins: str
    ends: str
    answered: Answered | None
    is_first_elsewhere: bool
    marked: int | None
    digest: str = ""
    is_held: bool = False

    @property
    def note(self) -> Note:
        return self.said.note


class Link(NamedTuple):
    """A filter of the list: how many notes it has, and what leads to it."""

    tab: str
    notes: int
    query: str
    is_current: bool


@dataclass(frozen=True)
class Thread:
    """What the list shows: `shown` of `total` notes, after `start` others.

    `earlier` and `later` are the queries of the parts before and after, "" where there is none.
    `wished` is the note that was just written, else the one that the address names; `is_missing`
    when that one is not among the take's.
    """

    ask: Ask
    shown: list[Placed]
    total: int
    start: int
    links: dict[str, Link]
    wished: Placed | None
    is_missing: bool

    @cached_property
    def query(self) -> str:
        """Of the list as it is shown."""
        return self.ask.query(start=self.start if self.total > MOST else None, note="")

    @property
    def earlier(self) -> str:
        return self.ask.query(start=max(0, self.start - MOST), note="") if self.start else ""

    @property
    def has_earlier(self) -> bool:
        return self.start > 0

    @property
    def later(self) -> str:
        return self.ask.query(start=self.start + MOST, note="") if self.has_later else ""

    @property
    def has_later(self) -> bool:
        return self.start + len(self.shown) < self.total

    @property
    def first(self) -> int:
        """The number of the first note that is shown, from 1."""
        return self.start + 1

    @property
    def last(self) -> int:
        return self.start + len(self.shown)

    @property
    def other_sort(self) -> str:
        """The query of the same notes in the other order."""
        other = "time" if self.ask.sort == "newest" else "newest"
        return self.ask.query(sort=other, start=None, note="")


def asked(request: HttpRequest) -> Ask:
    """What the address asks for; a post of htmx is answered as the page it came from stands."""
    query = request.GET
    if request.method == "POST" and not _ASKED & set(query):
        came_from = request.headers.get("HX-Current-URL", "")
        query = QueryDict(came_from.partition("#")[0].partition("?")[2])
    tab, sort = query.get("notes", ""), query.get("sort", "")
    return Ask(
        tab=tab if tab in TABS else "",
        shot=_number(query.get("shot", "")) or 1,
        sort=sort if sort in SORTS else "time",
        note=query.get("note", ""),
        at_ms=_number(query.get("at", "")),
        start=_number(query.get("from", "")),
    )


def thread_of(ask: Ask, placed: PlacedNotes, viewer: User, new_note: Note | None = None) -> Thread:
    """The part of the list that is asked for; a note by its key decides the filter where none is
    asked for, or where that one leaves it out.

    The part with `new_note`, which was just written, is another one only where it has to be.
    """
    every = placed.every
    root = (new_note.parent or new_note) if new_note else None
    named, new = _find(every, ask.note), _find(every, root.key if root else "")
    wished = new or named
    tab = ask.tab or "open"
    filters = _filters(viewer, ask.shot)
    if wished and not filters[tab](wished):
        tab = "open" if wished.note.is_open else "resolved"
    ask = ask._replace(tab=tab)
    kept = _sorted(filter(filters[tab], every), ask.sort)
    start = _start(ask, kept, named)
    if new in kept and not 0 <= kept.index(new) - start < MOST:
        start = _start(ask, kept, new)
    return Thread(
        ask=ask,
        shown=kept[start : start + MOST],
        total=len(kept),
        start=start,
        links={name: _link(name, ask, sum(map(filters[name], every))) for name in TABS},
        wished=wished,
        is_missing=bool(ask.note) and wished is None,
    )


def rows_of(
    thread: Thread,
    take: Take,
    answers: Mapping[int, Answered],
    *,
    viewer: User,
    can: Mapping[str, bool],
    new_note: Note | None = None,
    held: Set[str] = frozenset(),
) -> list[Row]:
    """The notes that are shown with all that is drawn of them, in a fixed number of queries.

    `can` is what the viewer may do on the take's storyboard, `held` the digests of the rows that
    the page shows already.
    """
    rows: list[Row] = []
    for placed in whole(thread.shown, Note.objects.with_thread()):
        film = placed.origin if placed.is_elsewhere else take
        is_first = placed.is_elsewhere and not any(row.place.is_elsewhere for row in rows)
        row = Row(
            said=_said(placed.note, viewer, can),
            replies=[_said(reply, viewer, can) for reply in placed.note.replies.all()],
            place=placed,
            begins=timecode(placed.at_ms, film.rate_num, film.rate_den),
            ends=_ends(placed, film),
            answered=answers.get(placed.note.pk),
            is_first_elsewhere=is_first and thread.ask.sort == "time",
            marked=_marked(placed.note, new_note, thread.wished),
        )
        mark = _digest(row, take, viewer, can)
        rows.append(row._replace(digest=mark, is_held=mark in held))
    return rows


def _filters(viewer: User, shot: int) -> dict[str, Callable[[Placed], bool]]:
    return {
        "open": lambda placed: placed.note.is_open,
        "resolved": lambda placed: not placed.note.is_open,
        "mine": lambda placed: placed.note.by_id == viewer.pk,
        "shot": lambda placed: placed.position == shot,
        "carried": lambda placed: placed.is_carried,
    }


def _sorted(placed: Iterable[Placed], sort: str) -> list[Placed]:
    """As they came, in the order of the film, or the newest first."""
    if sort == "time":
        return list(placed)
    return sorted(placed, key=lambda each: (each.note.created_at, each.note.pk), reverse=True)


def _find(placed: Iterable[Placed], key: str) -> Placed | None:
    return next((each for each in placed if each.note.key == key), None)


def _start(ask: Ask, kept: Sequence[Placed], wished: Placed | None) -> int:
    last = max(0, len(kept) - MOST)
    if wished in kept:
        return min(last, max(0, kept.index(wished) - BEFORE))
    if ask.start is not None:
        return min(ask.start, max(0, len(kept) - 1))
    if ask.at_ms is None or ask.sort != "time":
        return 0
    before = sum(each.at_ms < ask.at_ms and not each.is_elsewhere for each in kept)
    return min(last, max(0, before - BEFORE))


def _link(tab: str, ask: Ask, count: int) -> Link:
    query = ask.query(tab=tab, start=None, note="")
    return Link(tab, count, query, is_current=tab == ask.tab)


def _said(note: Note, viewer: User, can: Mapping[str, bool]) -> Said:
    is_own, is_there = note.by_id == viewer.pk, note.removed_at is None
    return Said(
        note=note,
        person=note.by or Person(note.by_name),
        pieces=pieces(note.words, [mention.name for mention in note.mentions.all()]),
        may_edit=is_own and is_there and can["note"],
        may_tend=is_own or can["tend_notes"],
    )


def _marked(note: Note, new_note: Note | None, wished: Placed | None) -> int | None:
    if new_note and note.pk in (new_note.pk, new_note.parent_id):
        return new_note.pk
    return note.pk if wished and wished.note.pk == note.pk else None


def _digest(row: Row, take: Take, viewer: User, can: Mapping[str, bool]) -> str:
    """Of all that `_note.html` draws but the part of the list that a form's address names, which
    only pages without scripts go by.
    """
    place = row.place
    where = place.at_ms, place.end_ms, place.position, place.is_elsewhere, place.is_carried
    said = row.said, row.replies, row.begins, row.ends, row.answered
    marks = row.is_first_elsewhere, row.marked
    return digest(take.key, viewer.pk, can, where, place.origin.pk, said, marks)


def _ends(placed: Placed, film: Take) -> str:
    """The last frame of a range, as a timecode; "" of everything else."""
    if placed.end_ms is None:
        return ""
    last = film.start_of(film.last_before(placed.end_ms))
    return timecode(last, film.rate_num, film.rate_den)


def _number(words: str) -> int | None:
    return int(words) if words.isdecimal() and len(words) <= _LONGEST else None
