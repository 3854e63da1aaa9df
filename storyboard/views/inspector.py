"""The inspector: settings from the capability map, frames, and the shelves of the library."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.db.models import CharField, F, Value
from django.utils.translation import gettext as _

from storyboard.forms.camera import FIRST_AMOUNT, MEANINGS, MOVES, ONE_MOVE, SET_MOVES, move_of
from storyboard.kling.brief import Brief, Problem
from storyboard.kling.rules.tokens import TOKEN
from storyboard.models import Element, ElementUse, Storyboard, Voice, VoiceUse
from storyboard.views.attempts import (
    Attempt,
    Entry,
    entry_of,
    refused,
    words_about,
    words_about_list,
)
from storyboard.views.controls import Choice, Controls, title_of
from storyboard.views.frozen import settings_of
from storyboard.views.ways import Way

_LONGEST_TILE = 60  # characters of a negative prompt its tile shows


class Shelved(NamedTuple):
    """An attached entry: its token, and in how many shots a prompt names it."""

    entry: Element | Voice
    token: str
    shots: int


class Free(NamedTuple):
    """An entry that is not attached; `picture` is the key of its picture, if it has one."""

    kind: str
    key: str
    name: str
    picture: str | None


class Frame(NamedTuple):
    """The first or the end frame as its slot draws it."""

    name: str
    title: str
    picture: Any
    errors: list[str]
    refused: bool
    hint: str
    is_off: bool


class Tile(NamedTuple):
    """A setting that opens in place: what its closed tile says."""

    value: str
    is_bad: bool
    is_off: bool
    is_open: bool


class Move(NamedTuple):
    """The camera's choices, the chosen one with its amount, and what the amount means."""

    chosen: str
    amount: str
    first: Choice
    one: list[Choice]
    fixed: list[Choice]
    meaning: str


def drawn_settings(
    board: Storyboard, controls: Controls, problems: tuple[Problem, ...], attempt: Attempt
) -> dict[str, Any]:
    """The settings, as fields and as plain values, the frames, and the ways to what is off."""
    mine = attempt.of("")
    entries = {
        name: entry_of(board, name, _words(problems, name), mine, controls)
        for name in Storyboard.SETTINGS
    }
    return {
        "set": entries,
        "tiles": _tiles(entries, controls),
        "move": _move(entries["camera"], mine),
        "brush_hint": controls.hint("brush"),
        "enabling": {name: _ways(controls, name) for name in _WITH_WAYS},
        "allowed": controls.allowed_seconds,
        "totals": controls.totals,
        "values": settings_of(controls.brief),
        "first_frame": _frame(board, controls, problems, attempt, "first_frame"),
        "end_frame": _frame(board, controls, problems, attempt, "end_frame"),
    }


_WITH_WAYS = ("sound", "shooting", "end_frame", "elements", "voices", "cfg_scale", "camera")


def shelves(board: Storyboard, controls: Controls, problems: tuple[Problem, ...]) -> dict[str, Any]:
    """The team's elements and voices, the attached ones first, with where they are used."""
    elements = list(board.element_uses.all())
    voices = list(board.voice_uses.all())
    free = _free(board)
    return {
        "element_uses": elements,
        "voice_uses": voices,
        "element_shelf": [_shelved(controls.brief, "element", use) for use in elements],
        "voice_shelf": [_shelved(controls.brief, "voice", use) for use in voices],
        "free_elements": [each for each in free if each.kind == "element"],
        "free_voices": [each for each in free if each.kind == "voice"],
        "element_errors": words_about_list(problems, "elements"),
        "voice_errors": words_about_list(problems, "voices"),
        "element_hint": controls.hint("elements"),
        "elements_off": controls.is_off("elements"),
        "voice_hint": controls.hint("voices"),
        "voices_off": controls.is_off("voices"),
    }


def _free(board: Storyboard) -> list[Free]:
    """What the team's library has besides, by name: both kinds are one question."""
    own: dict[str, Any] = {"team": board.project.team_id, "removed_at": None}
    elements = Element.objects.filter(**own).exclude(uses__storyboard=board)
    voices = Voice.objects.filter(**own).exclude(uses__storyboard=board)
    drawn = F("picture__key"), Value("", output_field=CharField())
    kinds = Value("element", output_field=CharField()), Value("voice", output_field=CharField())
    rows = [
        each.annotate(kind=kind, drawn=picture).values_list("kind", "key", "name", "drawn")
        for each, kind, picture in zip((elements, voices), kinds, drawn, strict=True)
    ]
    return [Free(*row) for row in rows[0].union(rows[1], all=True).order_by("name")]


def _words(problems: tuple[Problem, ...], name: str) -> list[str]:
    """Of a setting and its parts: `camera` and `camera.pan`."""
    parts = {each.field for each in problems if each.field.startswith(f"{name}.")}
    return words_about(problems, name, *parts)


def _entries(uses: Sequence[ElementUse | VoiceUse]) -> list[Element | Voice]:
    return [use.element if isinstance(use, ElementUse) else use.voice for use in uses]


def _shelved(brief: Brief, kind: str, use: ElementUse | VoiceUse) -> Shelved:
    (entry,) = _entries([use])
    place = (kind, str(use.position))
    shots = sum(place in TOKEN.findall(shot.prompt) for shot in brief.shots)
    return Shelved(entry, str(use), shots)


def _ways(controls: Controls, name: str) -> list[Way]:
    return [Way.of(each) for each in controls.switches(name)]


def _frame(
    board: Storyboard,
    controls: Controls,
    problems: tuple[Problem, ...],
    attempt: Attempt,
    name: str,
) -> Frame:
    titles = {"first_frame": _("First frame"), "end_frame": _("End frame")}
    return Frame(
        name=name,
        title=titles[name],
        picture=getattr(board, name),
        errors=words_about(problems, name) + refused(attempt, name),
        refused=name in attempt.refused,
        hint=controls.hint(name),
        is_off=controls.is_off(name),
    )


def _tiles(entries: dict[str, Entry], controls: Controls) -> dict[str, Tile]:
    brief = controls.brief
    negative = brief.negative_prompt.strip()
    strength = brief.cfg_scale
    values = {
        "camera": title_of("camera", _stored(entries["camera"])),
        "negative_prompt": negative[:_LONGEST_TILE] or _("Nothing named"),
        "cfg_scale": f"{strength:.2f}" if strength is not None else _("Left to Kling"),
    }
    found = {name: _tile(entries[name], value) for name, value in values.items()}
    none = _("No masks") if controls.takes("motion_brush") else _("Not with this model")
    return {**found, "brush": Tile(none, is_bad=False, is_off=True, is_open=False)}


def _tile(entry: Entry, value: str) -> Tile:
    is_bad = bool(entry.errors or entry.clash)
    words = _("Not with this model") if entry.is_off else value
    return Tile(words, is_bad=is_bad, is_off=entry.is_off, is_open=is_bad)


def _stored(camera: Entry) -> Any:
    return camera.value if isinstance(camera.value, dict) else None


def _move(camera: Entry, attempt: Attempt) -> Move:
    """As stored, or as typed where that could not be stored."""
    if camera.refused:
        chosen, amount = str(camera.value or ""), attempt.typed.get("camera_amount", "")
    else:
        chosen, number = move_of(_stored(camera))
        amount = f"{FIRST_AMOUNT if number is None else number:g}"
    return Move(
        chosen=chosen,
        amount=amount,
        first=_moves(camera.choices, ("",))[0],
        one=_moves(camera.choices, ONE_MOVE),
        fixed=_moves(camera.choices, SET_MOVES),
        meaning=str(MEANINGS.get(chosen, "")),
    )


def _moves(choices: tuple[Choice, ...], values: Iterable[str]) -> list[Choice]:
    wanted = set(values)
    found = [each for each in choices if each.value in wanted]
    return found or [Choice(value, str(MOVES[value])) for value in wanted]
