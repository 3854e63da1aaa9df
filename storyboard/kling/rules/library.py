"""Rules of elements and voices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .. import sources
from ..problems import Problem
from ..references import ElementRef, VoiceRef
from .case import Case
from .settings import capability
from .text import counted

MOST_ELEMENTS = 3
MOST_VOICES = 2


def check_elements(case: Case) -> Iterator[Problem]:
    """Up to three elements where the model takes them, none twice."""
    elements = case.brief.elements
    if not elements:
        return
    yield from capability(case, "elements", "elements")
    topic = "elements_limit" if case.states("elements") else "elements"
    yield from _check_number(case, elements, MOST_ELEMENTS, "element", topic)
    yield from _check_twice(case, elements, "element")
    yield from _check_there(elements, "element")


def check_voices(case: Case) -> Iterator[Problem]:
    """Up to two voices where the model takes them, with sound, none twice."""
    voices = case.brief.voices
    if not voices:
        return
    yield from capability(case, "voices", "voices")
    yield from _check_number(case, voices, MOST_VOICES, "voice", "voices")
    yield from _check_twice(case, voices, "voice")
    yield from _check_there(voices, "voice")
    if not case.brief.sound:
        words = "Voices need sound. Turn sound on, or remove the voices."
        yield case.rule("voices.sound_off", "voices", words, topic="voices")


def check_together(case: Case) -> Iterator[Problem]:
    """Never elements and voices in one order."""
    if case.brief.elements and case.brief.voices:
        words = "Voices are off with elements. Remove the elements to use voices."
        yield case.rule("library.both", "voices", words, topic="elements")


def _check_number(
    case: Case, references: Sequence[ElementRef | VoiceRef], most: int, noun: str, topic: str
) -> Iterator[Problem]:
    count = len(references)
    if count > most:
        words = (
            f"There are {count} {noun}s; Kling takes {most}. Remove {counted(count - most, noun)}."
        )
        yield case.rule(f"{noun}s.too_many", f"{noun}s", words, topic=topic)


def _check_twice(
    case: Case, references: Sequence[ElementRef | VoiceRef], noun: str
) -> Iterator[Problem]:
    seen: set[str] = set()
    for place, reference in enumerate(references):
        if reference.kling_id and reference.kling_id in seen:
            words = f"{reference.name} is attached twice. Remove one of the two."
            field = f"{noun}s[{place}]"
            yield case.caution(f"{noun}s.twice", field, words, sources.GREENLIGHT)
        seen.add(reference.kling_id)


def _check_there(references: Sequence[ElementRef | VoiceRef], noun: str) -> Iterator[Problem]:
    """Kling knows them by ids of the account that orders: an error under every profile."""
    for place, reference in enumerate(references):
        if not reference.missing_on:
            continue
        told = f"{reference.name} is not on {reference.missing_on} yet."
        words = f"{told} It is being created there." if reference.is_coming else (
            f"{told} Create it there."
        )  # fmt: skip
        field = f"{noun}s[{place}]"
        yield Problem(f"{noun}.not_on_account", field, words, sources.GREENLIGHT)
