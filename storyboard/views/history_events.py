"""One line of history as the page draws it: its mark, its words, where it leads, what it cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from storyboard.kling.pricing import show_money
from storyboard.models import Activity, NoteKind, User
from storyboard.models.history import Line

# verb → icon and colour (y good, n bad, g going on); else by the noun before the dot.
_MARKS: dict[str, tuple[str, str]] = {
    "review.approved": ("okc", "y"),
    "review.waived": ("okc", "y"),
    "review.changes_requested": ("badc", "n"),
    "revision.sent_for_review": ("doc", ""),
    "revision.withdrawn": ("undo", ""),
    "generation.failed": ("badc", "n"),
    "generation.refused": ("badc", "n"),
    "generation.lost": ("badc", "n"),
    "generation.held": ("lock", "n"),
    "generation.given_up": ("undo", ""),
    "generation.withdrawn": ("undo", ""),
    "generation.film_waits": ("clock", "n"),
    "creation.ready": ("okc", "y"),
    "creation.failed": ("badc", "n"),
    "take.stored": ("film", "g"),
    "take.picked": ("star", "y"),
    "take.approved": ("okc", "y"),
    "take.changes_requested": ("badc", "n"),
    "take.decision_taken_back": ("undo", ""),
    "shot.judged": ("half", ""),
    "shot.unjudged": ("undo", ""),
    "note.shown": ("eye", ""),
    "note.hidden": ("lock", ""),
    "project": ("film", ""),
    "storyboard": ("pen", ""),
    "shot": ("pen", ""),
    "generation": ("spark", "g"),
    "note": ("chat", ""),
    "creation": ("spark", "g"),
}
_MOST_WRITTEN = 240  # characters of a prompt shown under a save


@dataclass(frozen=True)
class Step:
    """One of the activities a line folds; `words` is what a save wrote."""

    row: Activity
    words: str


@dataclass(frozen=True)
class Event:
    """A line of history. `cost` is words, `is_promise` when it was only ordered yet.

    `cast` are the elements, with their versions, and voices of what the line is about.
    """

    line: Line
    who: str
    icon: str
    colour: str
    url: str
    about: str
    words: str
    timecode: str
    cost: str
    is_promise: bool
    take_key: str
    steps: list[Step]
    cast: str = ""


def event_of(line: Line, viewer: User) -> Event:
    row = line.latest
    icon, colour = _MARKS.get(row.verb) or _MARKS.get(row.verb.split(".")[0], ("info", ""))
    return Event(
        line=line,
        who=_("You") if row.actor_id == viewer.pk else row.actor_name,
        icon=icon,
        colour=colour,
        url=_address(row),
        about=_about(row, line.sentence),
        words=_quote(row),
        timecode=_timecode(row),
        cost=_cost(row),
        is_promise=row.verb == "generation.ordered",
        take_key=str(row.data.get("take_key", "")) if row.verb == "take.stored" else "",
        steps=[Step(each, _written(each)) for each in line.rows] if line.steps else [],
        cast=str(row.data.get("cast", "")),
    )


def _address(row: Activity) -> str:
    """Where the thing is that the line tells of; "" when there is none any more."""
    data: dict[str, Any] = row.data
    if "take_key" in data:
        return reverse("take", args=[data["take_key"]]) + _note(data)
    if "revision_key" in data:
        return reverse("revision", args=[data["revision_key"]])
    if "entry" in data:  # an element or a voice, made on an account
        return reverse(str(data["kind"]), args=[data["entry"]])
    if row.storyboard is None:
        return ""
    is_shot = "shot" in data and row.verb != "shot.removed"
    return reverse("storyboard", args=[row.storyboard.key]) + (
        f"#shot-{data['shot']}" if is_shot else ""
    )


def _note(data: dict[str, Any]) -> str:
    """What leads to a note on its take's page: by its thread, which is open there."""
    key = data.get("note_key")
    return f"?note={data.get('thread_key', key)}#note-{key}" if key else ""


def _about(row: Activity, sentence: str) -> str:
    """The storyboard's name, where the sentence leaves it out."""
    name = str(row.data.get("storyboard", ""))
    return "" if name in sentence else name


def _quote(row: Activity) -> str:
    """A person's own words, where the line has some."""
    if row.verb in ("note.added", "note.replied", "note.edited"):
        return str(row.data.get("words", ""))
    return str(row.data.get("note", ""))


def _timecode(row: Activity) -> str:
    """Where in the take it happened; "" for what is about no moment of it."""
    is_placed = row.verb == "note.added" and row.data.get("kind") != NoteKind.GENERAL
    return str(row.data.get("timecode", "")) if is_placed else ""


def _cost(row: Activity) -> str:
    if row.money_milli is None:
        return str(row.data.get("price", ""))
    return show_money(row.money_milli)


def _written(row: Activity) -> str:
    """The prompt a save left behind."""
    change = row.data.get("values", {}).get("prompt") if row.verb == "shot.rewritten" else None
    words = str(change[1]) if isinstance(change, list) and len(change) == 2 else ""
    return words if len(words) <= _MOST_WRITTEN else f"{words[:_MOST_WRITTEN].rstrip()}…"
