"""Streams of activities, as signals name them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple


class Stream(NamedTuple):
    """A row that counts activities: `kind` is "project" or "team", `pk` its integer."""

    kind: str
    pk: int


Serials = Mapping[Stream, int]
Watched = Callable[[], Iterable[Stream]]
Tell = Callable[[Serials], None]


def read_signal(words: str) -> dict[Stream, int]:
    """`project:12:418`, as `models.activity` sends it; nothing for words that are no signal."""
    kind, _colon, numbers = words.partition(":")
    pk, _colon, serial = numbers.partition(":")
    if not (pk.isdecimal() and serial.isdecimal()):
        return {}
    return {Stream(kind, int(pk)): int(serial)}
