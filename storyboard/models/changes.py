"""What differs between two briefs, part by part: what a note can be answered with."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any, NamedTuple

from django.db import models
from django.utils.translation import gettext_lazy

from storyboard.kling.brief import Brief


class Part(models.TextChoices):
    """A part of a shot, a shot itself, or a setting of the storyboard by its name in the brief."""

    PROMPT = "prompt", gettext_lazy("prompt")
    SECONDS = "seconds", gettext_lazy("seconds")
    POSITION = "position", gettext_lazy("position")
    ADDED = "added", gettext_lazy("added")
    REMOVED = "removed", gettext_lazy("removed")
    FIRST_FRAME = "first_frame", gettext_lazy("first frame")
    END_FRAME = "end_frame", gettext_lazy("end frame")
    CAMERA = "camera", gettext_lazy("camera move")
    BRUSH = "brush", gettext_lazy("motion brush")
    ELEMENTS = "elements", gettext_lazy("elements")
    VOICES = "voices", gettext_lazy("voices")
    NEGATIVE_PROMPT = "negative_prompt", gettext_lazy("negative prompt")
    MODEL = "model", gettext_lazy("model")
    MODE = "mode", gettext_lazy("mode")
    ASPECT_RATIO = "aspect_ratio", gettext_lazy("aspect ratio")
    SOUND = "sound", gettext_lazy("sound")
    WATERMARK = "watermark", gettext_lazy("watermark")
    SHOOTING = "shooting", gettext_lazy("shooting")
    TOTAL_SECONDS = "total_seconds", gettext_lazy("total seconds")
    CFG_SCALE = "cfg_scale", gettext_lazy("prompt strength")

    @property
    def is_of_shot(self) -> bool:
        return self in _OF_SHOT


_OF_SHOT = (Part.PROMPT, Part.SECONDS, Part.POSITION, Part.ADDED, Part.REMOVED)
_SETTINGS = tuple(part for part in Part if part not in _OF_SHOT)


class Change(NamedTuple):
    """One part that differs; `shot_key` is "" for a setting of the storyboard."""

    part: Part
    shot_key: str = ""

    @property
    def value(self) -> str:
        """Its name in a form."""
        return f"{self.part.value}:{self.shot_key}"


def changes_between(before: Brief, after: Brief) -> list[Change]:
    """Every part that differs: the shots of `after` in their order, those gone, the settings.

    A shot's position differs where it was moved, not where others left or came before it.
    """
    return list(_changes(before, after))


def _changes(before: Brief, after: Brief) -> Iterator[Change]:
    old = {shot.key: shot for shot in before.shots}
    moved = _moved(list(old), [shot.key for shot in after.shots])
    for shot in after.shots:
        was = old.get(shot.key)
        if was is None:
            yield Change(Part.ADDED, shot.key)
            continue
        if was.prompt != shot.prompt:
            yield Change(Part.PROMPT, shot.key)
        if was.seconds != shot.seconds:
            yield Change(Part.SECONDS, shot.key)
        if shot.key in moved and was.position != shot.position:
            yield Change(Part.POSITION, shot.key)
    there = {shot.key for shot in after.shots}
    yield from (Change(Part.REMOVED, key) for key in old if key not in there)
    yield from (Change(part) for part in _SETTINGS if _value(before, part) != _value(after, part))


def _moved(before: list[str], after: list[str]) -> set[str]:
    """Shots that may be said to have moved: of two that changed places, either."""
    both = [before.index(key) for key in after if key in before]
    for size in range(len(both), 0, -1):
        in_order = [set(kept) for kept in combinations(both, size) if list(kept) == sorted(kept)]
        if in_order:
            return {before[place] for place in both if not all(place in kept for kept in in_order)}
    return set()


def _value(brief: Brief, part: Part) -> Any:
    """What counts as a difference: of elements not where they are made, of voices the voice."""
    if part is Part.ELEMENTS:
        return [(element.name, element.version) for element in brief.elements]
    if part is Part.VOICES:
        return [voice.name for voice in brief.voices]
    return getattr(brief, part.value)
