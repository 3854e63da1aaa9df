"""The inspector: settings from the capability map, frames, and the shelves of the library."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from storyboard.forms.brush import brush_words
from storyboard.kling.brief import Problem
from storyboard.models import Storyboard
from storyboard.views.attempts import (
    Attempt,
    Entry,
    entry_of,
    refused,
    words_about,
)
from storyboard.views.controls import Controls, title_of
from storyboard.views.frame_rules import frame_rules
from storyboard.views.frozen import settings_of
from storyboard.views.ways import Way

_LONGEST_TILE = 60  # characters of a negative prompt its tile shows


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


class Brush(NamedTuple):
    """The motion brush as its tile draws it."""

    value: str
    errors: list[str]
    is_off: bool


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
        "brush": _brush(controls, problems),
        "enabling": {name: _ways(controls, name) for name in _WITH_WAYS},
        "allowed": controls.allowed_seconds,
        "totals": controls.totals,
        "values": settings_of(controls.brief),
        "first_frame": _frame(board, controls, problems, attempt, "first_frame"),
        "end_frame": _frame(board, controls, problems, attempt, "end_frame"),
        "frame_rules": frame_rules(controls.brief, board.project.ordering_account),
    }


_WITH_WAYS = (
    "sound",
    "shooting",
    "end_frame",
    "elements",
    "voices",
    "cfg_scale",
    "camera",
    "brush",
)


def _words(problems: tuple[Problem, ...], name: str) -> list[str]:
    """Of a setting and its parts: `camera` and `camera.pan`."""
    parts = {each.field for each in problems if each.field.startswith(f"{name}.")}
    return words_about(problems, name, *parts)


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
        "camera": title_of("camera", entries["camera"].value),
        "negative_prompt": negative[:_LONGEST_TILE] or _("Nothing named"),
        "cfg_scale": f"{strength:.2f}" if strength is not None else _("Left to Kling"),
    }
    found = {name: _tile(entries[name], value) for name, value in values.items()}
    return found


def _brush(controls: Controls, problems: tuple[Problem, ...]) -> Brush:
    words = _words(problems, "brush")
    value = brush_words(controls.brief.brush)
    is_off = controls.is_off("brush")
    return Brush(_("Not with this model") if is_off else value, words, is_off)


def _tile(entry: Entry, value: str) -> Tile:
    is_bad = bool(entry.errors or entry.clash)
    words = _("Not with this model") if entry.is_off else value
    return Tile(words, is_bad=is_bad, is_off=entry.is_off, is_open=is_bad)
