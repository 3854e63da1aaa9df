"""Rules of elements and voices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from .. import sources
from ..problems import Problem
from ..profiles import Profile
from ..references import ElementRef, VoiceRef
from .settings import capability
from .text import counted

if TYPE_CHECKING:
    from ..brief import Brief

MOST_ELEMENTS = 3
MOST_VOICES = 2


def check_elements(brief: Brief, _profile: Profile) -> Iterator[Problem]:
    """Up to three elements where the model takes them, none twice."""
    if not brief.elements:
        return
    yield from capability(brief, "elements", "elements")
    yield from _check_number(brief.elements, MOST_ELEMENTS, "element")
    yield from _check_twice(brief.elements, "element")


def check_voices(brief: Brief, _profile: Profile) -> Iterator[Problem]:
    """Up to two voices where the model takes them, with sound, none twice."""
    if not brief.voices:
        return
    yield from capability(brief, "voices", "voices")
    yield from _check_number(brief.voices, MOST_VOICES, "voice")
    yield from _check_twice(brief.voices, "voice")
    if not brief.sound:
        words = "Voices need sound. Turn sound on, or remove the voices."
        yield Problem("voices.sound_off", "voices", words, sources.IMAGE_TO_VIDEO)


def check_together(brief: Brief, _profile: Profile) -> Iterator[Problem]:
    """Never elements and voices in one order."""
    if brief.elements and brief.voices:
        words = "Voices are off with elements. Remove the elements to use voices."
        yield Problem("library.both", "voices", words, sources.IMAGE_TO_VIDEO)


def _check_number(
    references: Sequence[ElementRef | VoiceRef], most: int, noun: str
) -> Iterator[Problem]:
    count = len(references)
    if count > most:
        words = (
            f"There are {count} {noun}s; Kling takes {most}. Remove {counted(count - most, noun)}."
        )
        yield Problem(f"{noun}s.too_many", f"{noun}s", words, sources.IMAGE_TO_VIDEO)


def _check_twice(references: Sequence[ElementRef | VoiceRef], noun: str) -> Iterator[Problem]:
    seen: set[str] = set()
    for place, reference in enumerate(references):
        if reference.kling_id in seen:
            words = f"{reference.name} is attached twice. Remove one of the two."
            yield Problem(f"{noun}s.twice", f"{noun}s[{place}]", words, sources.GREENLIGHT)
        seen.add(reference.kling_id)
