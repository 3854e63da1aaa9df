"""The words a line of history is found by, folded so that case and form do not matter."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

MOST_CHARACTERS = 1500
MOST_PHRASES = 8
_SAID = ("storyboard", "name", "note", "words", "who", "timecode", "cast")


def fold(text: str) -> str:
    """Compatible forms as one, no case, single spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def words_of(who: str, sentence: str, data: Mapping[str, Any]) -> str:
    """What is searched of one activity: its actor, its sentence, and words people wrote."""
    parts = [who, sentence, *(str(data[name]) for name in _SAID if data.get(name)), *_written(data)]
    return fold(" ".join(parts))[:MOST_CHARACTERS]


def phrases(asked: str) -> list[str]:
    """All of them must be found. A number belongs to the word before it: "take 3"."""
    found: list[str] = []
    for word in fold(asked).split():
        if word.isdecimal() and found:
            found[-1] = f"{found[-1]} {word}"
        else:
            found.append(word)
    return found[:MOST_PHRASES]


def _written(data: Mapping[str, Any]) -> Iterator[str]:
    """The prompts a save left behind, not those it replaced."""
    values = data.get("values")
    if not isinstance(values, Mapping):
        return
    for name in ("prompt", "negative_prompt"):
        change = values.get(name)
        if isinstance(change, list) and len(change) == 2:
            yield str(change[1])
