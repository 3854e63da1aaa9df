"""Taking a change of a draft back where it still stands, on plain values alone."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, field
from typing import Any

from storyboard.models.draft_state import LISTS, SHOT_FIELDS, Changes, State
from storyboard.models.tokens import token


@dataclass
class Turned:
    """`state` is the draft afterwards; `done` the part of the changes that was turned back.

    `left` are the paths that stay as they are because something changed them since.
    """

    state: State
    done: Changes = field(default_factory=dict)
    left: list[str] = field(default_factory=list)


def turn_back(now: State, changes: Changes, *, gone: Set[str | int] = frozenset()) -> Turned:
    """Put back what stood before the changes, each path only where it stands as they left it.

    `gone` are keys and primary keys of what the team no longer has, which cannot come back.
    """
    turned = Turned(dict(now))
    _turn_values(turned, changes, gone)
    returned = _turn_shots(turned, changes, gone)
    before, after = changes.get("order", [[], []])
    if "order" in changes:
        _turn_order(turned, before, after)
    for key in returned:
        turned.state["order"] = _put_back(turned.state["order"], key, before)
    for path, kind in (("elements", "element"), ("voices", "voice")):
        if path in changes:
            _turn_uses(turned, changes, path, kind, gone)
    return turned


def _turn_values(turned: Turned, changes: Changes, gone: Set[str | int]) -> None:
    """Settings, frames and single fields of shots."""
    for path, (before, after) in changes.items():
        owner, _dot, name = path.rpartition(".")
        if path in LISTS or _is_shot(path):
            continue
        holder = turned.state.get(owner) if owner.startswith("shot.") else turned.state
        place = name if owner.startswith("shot.") else path
        if holder is None or holder[place] != after or _needs(name, before, gone):
            turned.left.append(path)
            continue
        if holder is turned.state:
            turned.state[path] = before
        else:
            turned.state[owner] = {**holder, name: before}
        turned.done[path] = [before, after]


def _turn_shots(turned: Turned, changes: Changes, gone: Set[str | int]) -> list[str]:
    """Whole shots: one that was added goes; those that come back have no place yet."""
    returned = []
    for path, (before, after) in changes.items():
        if not _is_shot(path):
            continue
        if turned.state.get(path) != after:
            turned.left.append(path)
            continue
        key = path.removeprefix("shot.")
        if before is None:
            del turned.state[path]
            turned.state["order"] = [each for each in turned.state["order"] if each != key]
        else:
            picture = None if before["picture"] in gone else before["picture"]
            turned.state[path] = {**before, "picture": picture}
            returned.append(key)
        turned.done[path] = [before, after]
    return returned


def _turn_order(turned: Turned, before: list[str], after: list[str]) -> None:
    """The shots that stood before and stand still, in the order they had; others keep places."""
    now = turned.state["order"]
    both = {key for key in before if key in after}
    standing = [key for key in now if key in both]
    if standing != [key for key in after if key in standing]:
        turned.left.append("order")
        return
    former = iter(key for key in before if key in standing)
    turned.state["order"] = [next(former) if key in both else key for key in now]
    if turned.state["order"] != now or any(_is_shot(path) for path in turned.done):
        turned.done["order"] = [before, after]


def _turn_uses(
    turned: Turned, changes: Changes, path: str, kind: str, gone: Set[str | int]
) -> None:
    """The attached elements or voices; one that prompts name by now stays."""
    before, after = changes[path]
    now = turned.state[path]
    lost = [key for key in before if key not in after and key in gone]
    extra = [key for key in after if key not in before]
    needed = [key for key in extra if key in now and _is_named(turned.state, kind, key)]
    if lost or needed:
        turned.left.append(path)
    found = [key for key in now if key not in extra or key in needed]
    for key in before:
        if key not in after and key not in found and key not in lost:
            found = _put_back(found, key, before)
    if now == after and path not in turned.left:
        found = before
    if found != now:
        turned.state[path] = found
        turned.done[path] = [before, after]


def _put_back(keys: list[str], key: str, former: list[str]) -> list[str]:
    """`key` among `keys` right after the nearest one it followed before that is still there."""
    earlier = former[: former.index(key)] if key in former else keys
    place = max((keys.index(each) + 1 for each in earlier if each in keys), default=0)
    return [*keys[:place], key, *keys[place:]]


def _is_named(state: State, kind: str, key: str) -> bool:
    mark = token(kind, key)
    return any(mark in state[f"shot.{each}"]["prompt"] for each in state["order"])


def _is_shot(path: str) -> bool:
    """Whether the path is a whole shot; keys hold no dot."""
    return path.startswith("shot.") and path.rpartition(".")[2] not in SHOT_FIELDS


def _needs(name: str, value: Any, gone: Set[str | int]) -> bool:
    """Whether the value of a field cannot come back without what is gone."""
    if name in _PICTURES:
        return value in gone
    return name == "prompt" and any(f"_{key}>>>" in value for key in gone)


_PICTURES = ("first_frame", "end_frame", "picture")
