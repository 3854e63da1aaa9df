"""A draft as a flat map of paths to plain values: what an edit keeps and what undo puts back.

    settings.<name>            as the storyboard stores it
    first_frame, end_frame     the picture's primary key, or None
    brush                      as the storyboard stores it
    elements, voices, order    lists of lasting keys
    shot.<key>                 {prompt, seconds, picture}; absent: None
    shot.<key>.<field>         one field, where only that differs

Prompts name elements and voices by their lasting keys (see `tokens`), so a change of the lists
changes no prompt.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone

from storyboard.models.elements import Element
from storyboard.models.library import Picture
from storyboard.models.tokens import Cast, by_key, by_position
from storyboard.models.voices import Voice

if TYPE_CHECKING:
    from storyboard.models.shots import Shot
    from storyboard.models.storyboards import Storyboard
    from storyboard.models.teams import User

MOST_SHOTS = 6

State = dict[str, Any]
# path → [before, after]
Changes = dict[str, list[Any]]

FRAMES = ("first_frame", "end_frame")
LISTS = ("elements", "voices", "order")
SHOT_FIELDS = ("prompt", "seconds", "picture")


def read(board: Storyboard) -> State:
    """The draft as the database has it; `board` is its row, just read under its lock."""
    cast = cast_of(board)
    rows = list(board.shots.order_by("position").values_list("key", "prompt", "seconds", "picture"))
    shots = {
        f"shot.{key}": {"prompt": by_key(prompt, cast), "seconds": seconds, "picture": picture}
        for key, prompt, seconds, picture in rows
    }
    return {
        **{f"settings.{name}": getattr(board, name) for name in board.SETTINGS},
        **{name: getattr(board, f"{name}_id") for name in FRAMES},
        "brush": board.brush,
        "elements": cast["element"],
        "voices": cast["voice"],
        "order": [row[0] for row in rows],
        **shots,
    }


def cast_of(board: Storyboard) -> Cast:
    """The keys of the attached elements and voices in the order of their tokens: two queries."""
    elements = board.element_uses.order_by("position").values_list("element__key", flat=True)
    voices = board.voice_uses.order_by("position").values_list("voice__key", flat=True)
    return {"element": list(elements), "voice": list(voices)}


def difference(before: State, after: State) -> Changes:
    """The least that says how one state became the other."""
    changes: Changes = {}
    for path in {**before, **after}:
        old, new = before.get(path), after.get(path)
        if old == new:
            continue
        if path.startswith("shot.") and old is not None and new is not None:
            fields = (name for name in SHOT_FIELDS if old[name] != new[name])
            changes |= {f"{path}.{name}": [old[name], new[name]] for name in fields}
        else:
            changes[path] = [old, new]
    return changes


def missing(board: Storyboard, state: State) -> set[str | int]:
    """Keys of entries and primary keys of pictures in a state that the team no longer has."""
    team = board.project.team_id
    wanted = {*state["elements"], *state["voices"]}
    shots = (state[f"shot.{key}"]["picture"] for key in state["order"])
    pictures = {pk for pk in (*(state[name] for name in FRAMES), *shots) if pk is not None}
    entries = (
        noun._default_manager.filter(team=team, removed_at=None, key__in=wanted)
        for noun in (Element, Voice)
    )
    found: set[str | int] = {row.key for rows in entries for row in rows} if wanted else set()
    if pictures:
        found |= set(Picture.objects.filter(pk__in=pictures).values_list("pk", flat=True))
    return (wanted | pictures) - found


def write(board: Storyboard, before: State, after: State, *, by: User) -> None:
    """Make the draft, which stands as `before`, stand as `after`; `board` is its locked row."""
    _write_fields(board, before, after, by)
    if before["elements"] != after["elements"]:
        _write_uses(board, board.element_uses, Element, after["elements"])
    if before["voices"] != after["voices"]:
        _write_uses(board, board.voice_uses, Voice, after["voices"])
    _write_shots(board, before, after, by)


def _write_fields(board: Storyboard, before: State, after: State, by: User) -> None:
    columns = {f"settings.{name}": name for name in board.SETTINGS}
    columns |= {name: f"{name}_id" for name in FRAMES} | {"brush": "brush"}
    changed = {path: column for path, column in columns.items() if before[path] != after[path]}
    for path, column in changed.items():
        setattr(board, column, after[path])
    board.changed_at, board.changed_by = timezone.now(), by
    board.save(update_fields=[*changed.values(), "changed_at", "changed_by"])


def _write_uses(board: Storyboard, uses: Any, noun: type[Element | Voice], keys: list[str]) -> None:
    entries = noun._default_manager.filter(team=board.project.team_id, key__in=keys)
    by_its_key = {entry.key: entry for entry in entries}
    name = noun.__name__.lower()
    uses.all().delete()
    uses.bulk_create(
        uses.model(storyboard=board, position=position, **{name: by_its_key[key]})
        for position, key in enumerate(keys, start=1)
    )


def _write_shots(board: Storyboard, before: State, after: State, by: User) -> None:
    cast = {"element": after["elements"], "voice": after["voices"]}
    rows = {shot.key: shot for shot in board.shots.all()}
    for key in rows.keys() - after["order"]:
        rows.pop(key).delete()
    for position, key in enumerate(after["order"], start=1):
        path = f"shot.{key}"
        fields = {
            "position": position,
            "prompt": by_position(after[path]["prompt"], cast),
            "seconds": after[path]["seconds"],
            "picture_id": after[path]["picture"],
        }
        if after[path] != before.get(path):
            fields |= {"changed_at": timezone.now(), "changed_by": by}
        if key not in rows:
            board.shots.create(key=key, **fields)
        else:
            _write_shot(rows[key], fields)


def _write_shot(row: Shot, fields: dict[str, Any]) -> None:
    changed = [name for name, value in fields.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, fields[name])
    if changed:
        row.save(update_fields=changed)
