"""The history as it is read: newest first, a person's many saves of one draft folded into one."""

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
NEAR = 8  # lines looked back at: people who write at the same time take turns
MOST_READ = 2000  # activities looked at for one page, however much they fold
_SAVES = frozenset({"shot.rewritten", "storyboard.set"})


@dataclass
class Line:
    """One line of the history: an activity, or several saves. `rows` are newest first."""

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
        if len({_thing(row) for row in self.rows}) == 1:
            return self.latest.sentence
        board = self.latest.data.get("storyboard", "")
        shots = sorted({row.data["position"] for row in self.rows if "position" in row.data})
        settings = any(row.verb == "storyboard.set" for row in self.rows)
        return _changed(shots, settings, board)

    @property
    def saves(self) -> int:
        """How many saves it folds; 0 for an activity that stands alone."""
        return len(self.rows) if len(self.rows) > 1 else 0

    def takes(self, row: Activity) -> bool:
        """Whether an older save belongs here: same person, same draft, within half an hour."""
        return (
            row.verb in _SAVES
            and self.latest.verb in _SAVES
            and row.actor_id == self.latest.actor_id
            and row.storyboard_id == self.latest.storyboard_id
            and self.at - row.at <= FOLD
        )


@dataclass(frozen=True)
class Page:
    """Lines, and the serial to ask for what is older (None at the beginning)."""

    lines: list[Line]
    older: int | None


def read_history(rows: QuerySet[Activity], *, before: int | None = None) -> Page:
    """A page of one stream's activities, found by key, never by counting."""
    if before is not None:
        rows = rows.filter(serial__lt=before)
    return _fold(rows.order_by("-serial")[: MOST_READ + 1])


def _fold(rows: Iterable[Activity]) -> Page:
    lines: list[Line] = []
    for number, row in enumerate(rows):
        home = _home_of(row, lines)
        if (home is None and len(lines) == LINES) or number == MOST_READ:
            return Page(lines, row.serial + 1)
        if home is None:
            lines.append(Line([row]))
        else:
            home.rows.append(row)
    return Page(lines, None)


def _home_of(row: Activity, lines: list[Line]) -> Line | None:
    """The newer line a save folds into; never past another step of the same storyboard."""
    for line in reversed(lines[-NEAR:]):
        if line.takes(row):
            return line
        if line.latest.verb not in _SAVES and line.latest.storyboard_id == row.storyboard_id:
            return None
    return None


def _thing(row: Activity) -> tuple[str, object]:
    return row.verb, row.data.get("shot")


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
