"""What an edit changed, in words for people."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from storyboard.models.activity import field_name, listed
from storyboard.models.draft_state import LISTS, SHOT_FIELDS, Changes, State


def fields_of(changes: Changes) -> list[str]:
    """The names of what changed as an activity keeps them, each once."""
    has_shots = any(_field_of(path) == "shots" for path in changes)
    names = dict.fromkeys(_field_of(path) for path in changes)
    if has_shots:
        names.pop("positions", None)  # shots that come and go move the others by themselves
    return list(names)


def words_of(changes: Changes, before: State, after: State) -> str:
    """Changes in words, as "the prompt of shot 2 and the mode"; empty without any.

    `before` and `after` are the draft before and after undo; a shot that is not in the one is
    counted in the other.
    """
    return listed(_phrases(changes, before, after)) if changes else ""


def left_words(left: Iterable[str], now: State) -> str:
    """A sentence about the paths that stay; empty without any."""
    changes: Changes = {path: [{}, {}] for path in left}
    if not changes:
        return ""
    return _("Left as it stands, because it was changed since: %(what)s.") % {
        "what": listed(_phrases(changes, now, now))
    }


def _phrases(changes: Changes, before: State, after: State) -> list[str]:
    phrases = []
    shots: dict[str, list[int]] = {}
    names = fields_of(changes)
    for path, (old, new) in changes.items():
        name = _field_of(path)
        if name == "shots":
            phrases.append(_of_shot(path, old, new, before, after))
        elif path.startswith("shot."):
            shots.setdefault(name, []).append(_position(path, after, before))
        elif name in names:
            phrases.append(_("the %(field)s") % {"field": field_name(name)})
    return [*(_of_shots(name, places) for name, places in shots.items()), *phrases]


def _of_shot(path: str, old: object, new: object, before: State, after: State) -> str:
    number = {"number": _position(path, after, before)}
    if old is None:
        return _("adding shot %(number)s") % number
    if new is None:
        return _("removing shot %(number)s") % number
    return _("shot %(number)s") % number


def _of_shots(name: str, places: list[int]) -> str:
    if 0 in places:
        return _("the %(field)s of a shot that was removed") % {"field": field_name(name)}
    numbers = listed([str(place) for place in sorted(places)])
    if len(places) == 1:
        return _("the %(field)s of shot %(number)s") % {
            "field": field_name(name),
            "number": numbers,
        }
    return _("the %(field)s of shots %(numbers)s") % {
        "field": field_name(name),
        "numbers": numbers,
    }


def _position(path: str, *states: State) -> int:
    """The shot's place in the first of the states it is in; 0 where it is in none."""
    key = path.split(".")[1]
    return next((state["order"].index(key) + 1 for state in states if key in state["order"]), 0)


def _field_of(path: str) -> str:
    if path == "order":
        return "positions"
    if path in LISTS or "." not in path:
        return path
    name = path.rpartition(".")[2]
    return "shots" if path.startswith("shot.") and name not in SHOT_FIELDS else name
