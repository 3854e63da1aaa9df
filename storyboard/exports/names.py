"""Names of files that every system and every shell takes."""

from __future__ import annotations

import unicodedata

MOST = 60  # characters, before the ending


def file_name(title: str, ending: str) -> str:
    """`The Lamp, night one` and `json` → `the-lamp-night-one.json`. Letters of any script stay."""
    letters = unicodedata.normalize("NFC", title).lower()
    words = "".join(each if _is_part_of_a_word(each) else " " for each in letters).split()
    plain = "-".join(words)[:MOST].strip("-")
    return f"{plain or 'storyboard'}.{ending}"


def _is_part_of_a_word(character: str) -> bool:
    """A letter, a digit, or a sign that belongs to the letter before it."""
    return unicodedata.category(character)[0] in "LNM"
