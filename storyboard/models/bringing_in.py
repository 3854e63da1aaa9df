"""Bringing in what a file says: one verb and one edit, all of it or nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from storyboard.kling.brief import Brief, Camera, ShotBrief
from storyboard.kling.capabilities import DEFAULT_MODEL
from storyboard.models import draft_state
from storyboard.models.accounts import Account
from storyboard.models.activity import Activity
from storyboard.models.base import NotAllowedNow, new_key
from storyboard.models.edits import recorded
from storyboard.models.elements import Element
from storyboard.models.library import Picture
from storyboard.models.painting import Stored, brush_of
from storyboard.models.projects import Project
from storyboard.models.storyboards import Storyboard
from storyboard.models.teams import Team, User
from storyboard.models.tokens import by_key
from storyboard.models.uses import refs_on
from storyboard.models.voices import Voice

# What a new storyboard asks for before anything is put into it.
EMPTY = Brief(
    shots=(),
    shooting="custom",
    total_seconds=5,
    model=DEFAULT_MODEL,
    mode="std",
    aspect_ratio="16:9",
    sound=False,
)


@dataclass(frozen=True)
class Incoming:
    """What a draft is to hold. What is not named here stays as it is.

    `shots`: (prompt, seconds) each, one to six; prompts name entries by position. `settings` by
    the names of Storyboard.SETTINGS. `frames`: `first_frame` and `end_frame`, None to have none.
    `elements` and `voices`: all that are attached, in their order; None leaves them. `brush`: a
    motion brush as a storyboard stores it, {} to have none; None leaves it.
    """

    shots: tuple[tuple[str, int], ...]
    settings: Mapping[str, Any] = field(default_factory=dict)
    frames: Mapping[str, Picture | None] = field(default_factory=dict)
    elements: tuple[Element, ...] | None = None
    voices: tuple[Voice, ...] | None = None
    brush: Stored | None = None

    def brief(self, now: Brief, account: Account | None) -> Brief:
        """What a draft that stands as `now` asks of the account afterwards; shots keep keys."""
        named = {name: picture.ref if picture else None for name, picture in self.frames.items()}
        fields: dict[str, Any] = {**self.settings, **named}
        if fields.get("camera"):
            fields["camera"] = Camera(**fields["camera"])
        if self.brush is not None:
            fields["brush"] = brush_of(self.brush)
        keys = [shot.key for shot in now.shots]
        more = len(self.shots) - len(keys)
        return replace(
            now,
            shots=tuple(
                ShotBrief(key, position, prompt, seconds)
                for position, (key, (prompt, seconds)) in enumerate(
                    zip([*keys, *(f"new-{n}" for n in range(more))], self.shots, strict=False), 1
                )
            ),
            **fields,
            elements=now.elements if self.elements is None else refs_on(self.elements, account),
            voices=now.voices if self.voices is None else refs_on(self.voices, account),
        )

    def with_frames(self, frames: Mapping[str, Picture | None]) -> Incoming:
        """The same with these frames in place of its own."""
        return replace(self, frames={**self.frames, **frames})

    def with_brush(self, brush: Stored) -> Incoming:
        """The same with this motion brush."""
        return replace(self, brush=brush)

    def packed(self) -> dict[str, Any]:
        """As plain JSON, rows by their keys; `unpacked` gives an equal one."""
        return {
            "shots": [list(shot) for shot in self.shots],
            "settings": dict(self.settings),
            "frames": {name: each.key if each else None for name, each in self.frames.items()},
            "elements": _keys(self.elements),
            "voices": _keys(self.voices),
            "brush": self.brush,
        }

    @classmethod
    def unpacked(cls, packed: Mapping[str, Any], *, team: Team) -> Incoming:
        """Raises NotAllowedNow when the team no longer has what it names."""
        frames = packed["frames"]
        wanted = [key for key in frames.values() if key]
        pictures = _found(Picture.objects.filter(team=team), wanted)
        elements, voices = (
            None if packed[name] is None else tuple(_found(_own(noun, team), packed[name]).values())
            for name, noun in (("elements", Element), ("voices", Voice))
        )
        return cls(
            shots=tuple((prompt, seconds) for prompt, seconds in packed["shots"]),
            settings=packed["settings"],
            frames={name: pictures[key] if key else None for name, key in frames.items()},
            elements=elements,
            voices=voices,
            brush=packed["brush"],
        )


def mark_of(board: Storyboard) -> str:
    """Changes with anything of the draft that an import would change: 16 hex characters."""
    # What is attached, by its lasting keys: how an account has it changes by itself.
    attached = draft_state.cast_of(board)
    asked = board.brief().to_dict() | {"elements": attached["element"], "voices": attached["voice"]}
    told = json.dumps([asked, board.name], sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def bring_in(board: Storyboard, incoming: Incoming, *, by: User, was: str = "") -> bool:
    """Make the draft hold what came, as one edit; shots keep their keys by position.

    `was` is the `mark_of` the draft that the person saw: raises NotAllowedNow where it is another
    by now. Returns whether anything changed.
    """
    with recorded(board, by=by) as row:
        row.check_not_archived()
        if was and mark_of(row) != was:
            raise NotAllowedNow(
                _("The draft changed meanwhile. Nothing was brought in. Look at what changes now."),
                "changed_meanwhile",
            )
        before = draft_state.read(row)
        after = _after(before, incoming)
        if not draft_state.difference(before, after):
            return False
        draft_state.write(row, before, after, by=by)
        Activity.append(
            "storyboard.brought_in", by=by, storyboard=row, shots=len(incoming.shots),
            before=[before[f"shot.{key}"]["prompt"] for key in before["order"]],
        )  # fmt: skip
    return True


@transaction.atomic
def start_from(incoming: Incoming, name: str, *, project: Project, by: User) -> Storyboard:
    """A new storyboard that holds what came."""
    board = Storyboard.start(name, project=project, by=by)
    bring_in(board, incoming, by=by)
    return Storyboard.objects.get(pk=board.pk)


def _after(before: draft_state.State, incoming: Incoming) -> draft_state.State:
    """The whole draft as it is to stand."""
    settings = {f"settings.{name}": value for name, value in incoming.settings.items()}
    frames = {name: each.pk if each else None for name, each in incoming.frames.items()}
    lists = {
        name: [row.key for row in rows]
        for name, rows in (("elements", incoming.elements), ("voices", incoming.voices))
        if rows is not None
    }
    brush = {} if incoming.brush is None else {"brush": incoming.brush or None}
    state = {
        path: value
        for path, value in {**before, **settings, **frames, **lists, **brush}.items()
        if not path.startswith("shot.")
    }
    cast = {"element": state["elements"], "voice": state["voices"]}
    kept = before["order"][: len(incoming.shots)]
    state["order"] = [*kept, *(new_key() for _shot in incoming.shots[len(kept) :])]
    for key, (prompt, seconds) in zip(state["order"], incoming.shots, strict=True):
        picture = before.get(f"shot.{key}", {}).get("picture")
        words = {"prompt": by_key(prompt, cast), "seconds": seconds, "picture": picture}
        state[f"shot.{key}"] = words
    return state


def _keys(entries: Sequence[Any] | None) -> list[str] | None:
    return None if entries is None else [entry.key for entry in entries]


def _own(noun: type[Element] | type[Voice], team: Team) -> Any:
    return noun._default_manager.filter(team=team, removed_at=None)


def _found(rows: Any, keys: Sequence[str]) -> dict[str, Any]:
    """Each row by its key, in the order of the keys."""
    there = {row.key: row for row in rows.filter(key__in=keys)}
    if missing := set(keys) - set(there):
        raise NotAllowedNow(
            _("The library lost %(n)s of the entries since. Nothing was brought in. Choose the "
              "file again.") % {"n": len(missing)},
            "entry_gone",
        )  # fmt: skip
    return {key: there[key] for key in keys}
