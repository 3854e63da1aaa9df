"""The history as it is read: newest first, by key, many small steps folded into one line.

Folded are a person's saves of one draft within half an hour, and the machine's own steps of one
order. A line shows the newest of its steps and stands where that one stands.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from storyboard.models.activity import Activity

LINES = 50
FOLD = timedelta(minutes=30)
MOST_READ = 2000  # activities read for one page, however much they fold
REACH = 20_000  # activities looked through for one page, however few are found
MOST_OPEN = 40  # lines of one page that the next one may have to know
_SAVES = frozenset({"shot.rewritten", "storyboard.set", "storyboard.retimed"})
_MACHINE = frozenset(
    {"generation.sent", "generation.accepted", "generation.succeeded", "generation.stored"}
)

FoldKey = tuple[object, ...]


@dataclass
class Line:
    """One line of the history: an activity, or several that fold. `rows` are newest first."""

    rows: list[Activity] = field(default_factory=list)

    @property
    def latest(self) -> Activity:
        return self.rows[0]

    @property
    def at(self) -> datetime:
        return self.latest.at

    @property
    def sentence(self) -> str:
        """What the actor did, to be read after their name."""
        if self.latest.verb not in _SAVES or len({_thing(row) for row in self.rows}) == 1:
            return self.latest.sentence
        board = self.latest.data.get("storyboard", "")
        shots = sorted({row.data["position"] for row in self.rows if "position" in row.data})
        settings = any(row.verb != "shot.rewritten" for row in self.rows)
        return _changed(shots, settings, board)

    @property
    def saves(self) -> int:
        """How many saves it folds; 0 for a line that folds none."""
        return self.steps if self.latest.verb in _SAVES else 0

    @property
    def steps(self) -> int:
        """How many activities it folds; 0 for one that stands alone."""
        return len(self.rows) if len(self.rows) > 1 else 0


@dataclass(frozen=True)
class Place:
    """Where a page begins: below the serial `before`, None for the newest.

    `open` are the serials of lines on the page before that hold older steps too: those steps are
    shown there and left out here, so that a line is the same wherever a page ends.
    """

    before: int | None = None
    open: tuple[int, ...] = ()


@dataclass(frozen=True)
class Page:
    """Lines, and where the next page begins (None at the beginning of the project)."""

    lines: list[Line]
    older: Place | None


def read_history(rows: QuerySet[Activity], *, top: int, place: Place | None = None) -> Page:
    """A page of one stream's activities, found by key.

    `rows` are what is asked for of the stream and `top` its newest serial. Serials have no gaps,
    so the last `REACH` of them bound the work, whatever is asked for; where they hold too little,
    the page ends early and the next one looks further back.
    """
    place = place or Place()
    first = min(top + 1, place.before if place.before is not None else top + 1)
    bottom = first - REACH
    reader = _Reader(_open_lines(rows, place))
    rows = rows.filter(serial__lt=first, serial__gte=bottom).order_by("-serial")
    for number, row in enumerate(rows[: MOST_READ + 1].iterator(chunk_size=2 * LINES)):
        if number == MOST_READ:
            return reader.cut_at(row.serial + 1)
        if not reader.take(row):
            return reader.page()
    return reader.cut_at(bottom) if bottom > 1 else reader.page()


class _Reader:
    """Folds activities into lines, and reads on below the last line for what belongs to it."""

    def __init__(self, earlier: Iterable[Line]) -> None:
        self.lines: list[Line] = []
        self.edge: int | None = None
        self._below: list[Line] = []  # whose step was found below the edge
        self._open: dict[FoldKey, Line] = {}
        for line in earlier:
            key = _fold_key(line.latest)
            if key is not None:
                self._open[key] = line

    def take(self, row: Activity) -> bool:
        """Put one activity where it belongs; False when nothing older belongs to this page."""
        self._close(row)
        key = _fold_key(row)
        home = self._open.get(key) if key is not None else None
        if home is not None:
            home.rows.append(row)
            if self.edge is not None and home not in self._below:
                self._below.append(home)
            return True
        if self.edge is None and len(self.lines) == LINES:
            self.edge = row.serial + 1
        if self.edge is not None:
            return bool(self._open)
        line = Line([row])
        self.lines.append(line)
        if key is not None:
            self._open[key] = line
        return True

    def page(self) -> Page:
        if self.edge is None:
            return Page(self.lines, None)
        if len(self._below) > MOST_OPEN:
            return self.cut_at(self.edge)
        return Page(self.lines, Place(self.edge, tuple(line.latest.serial for line in self._below)))

    def cut_at(self, edge: int) -> Page:
        """End the page where it stands: the next one folds anew."""
        edge = self.edge or edge
        for line in self.lines:
            line.rows[:] = [row for row in line.rows if row.serial >= edge]
        return Page(self.lines, Place(edge))

    def _close(self, row: Activity) -> None:
        """What is half an hour newer takes no more, nor do saves once a person took another step
        with their storyboard. Both pages at an edge decide it by the same activities."""
        step = None
        if _fold_key(row) is None and row.actor_kind != Activity.Actor.SYSTEM:
            step = row.storyboard_id
        self._open = {
            key: line
            for key, line in self._open.items()
            if line.at - row.at <= FOLD and (step is None or key[-1] != step)
        }


def _open_lines(rows: QuerySet[Activity], place: Place) -> list[Line]:
    """The lines of the page before that hold older steps too."""
    if place.before is None or not place.open:
        return []
    found = rows.filter(serial__in=place.open[:MOST_OPEN], serial__gte=place.before)
    return [Line([row]) for row in found.order_by("-serial")]


def _fold_key(row: Activity) -> FoldKey | None:
    """What folds with it; the storyboard stands last. None for what always stands alone."""
    if row.verb in _SAVES:
        return ("saves", row.actor_id, row.storyboard_id)
    if row.verb in _MACHINE:
        return ("machine", row.data.get("generation"), None)
    return None


def _thing(row: Activity) -> object:
    """The key of the shot it changed; None for the settings and seconds of the whole."""
    return row.data.get("shot")


def _changed(shots: list[int], settings: bool, board: str) -> str:
    """Of saves of several things: there is at least one shot among them."""
    words = {"shots": _listed(shots), "board": board}
    if settings:
        said = ngettext(
            "changed shot %(shots)s and the settings of %(board)s",
            "changed shots %(shots)s and the settings of %(board)s",
            len(shots),
        )
        return said % words
    said = ngettext(
        "changed shot %(shots)s of %(board)s", "changed shots %(shots)s of %(board)s", len(shots)
    )
    return said % words


def _listed(numbers: list[int]) -> str:
    """1, 2 and 5"""
    *most, last = [str(number) for number in numbers]
    return _("%(most)s and %(last)s") % {"most": ", ".join(most), "last": last} if most else last
