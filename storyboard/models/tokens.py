"""Tokens in prompts: `<<<element_1>>>` is the first entry attached, whichever that is by then.

A prompt is stored as Kling reads it, by position. What a person can undo is kept by the entries'
lasting keys (`<<<element_KEY>>>`), so that it still means the same after the list has changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from storyboard.kling.rules.tokens import TOKEN

# Beyond any list: what a token says whose entry was taken off, so that no later entry takes it on.
LOST = 90

_BY_KEY = re.compile(r"<<<(element|voice)_([A-Za-z0-9_-]{22})>>>")

# The keys of what is attached, in order, by `element` and `voice`.
Cast = Mapping[str, list[str]]


def renumber(prompt: str, kind: str, mapping: Mapping[int, int]) -> str:
    """The prompt with the numbers of `element` or `voice` tokens replaced; others stay."""

    def moved(found: re.Match[str]) -> str:
        number = int(found[2])
        if found[1] != kind or number not in mapping:
            return found[0]
        return token(kind, mapping[number])

    return TOKEN.sub(moved, prompt)


def without(place: int, count: int) -> dict[int, int]:
    """How numbers change when entry `place` of `count` is taken off: the later ones close up."""
    later = {number: number - 1 for number in range(place + 1, count + 1)}
    return {place: LOST + place, **later}


def by_key(prompt: str, cast: Cast) -> str:
    """The prompt with each token that names an entry written by its lasting key."""

    def named(found: re.Match[str]) -> str:
        keys, number = cast[found[1]], int(found[2])
        return token(found[1], keys[number - 1]) if number <= len(keys) else found[0]

    return TOKEN.sub(named, prompt)


def by_position(prompt: str, cast: Cast) -> str:
    """The prompt as Kling reads it; an entry that is no longer attached names nothing."""

    def placed(found: re.Match[str]) -> str:
        keys = cast[found[1]]
        return token(found[1], keys.index(found[2]) + 1 if found[2] in keys else LOST)

    return _BY_KEY.sub(placed, prompt)


def token(kind: str, which: int | str) -> str:
    """The mark itself, by number or by key."""
    return f"<<<{kind}_{which}>>>"


def tokens_in(prompt: str) -> list[str]:
    """Each token of the prompt once, in the order they appear."""
    return unique(found[0] for found in TOKEN.finditer(prompt))


def unique(words: Iterable[str]) -> list[str]:
    """Each word once, where it first appears."""
    return list(dict.fromkeys(words))
