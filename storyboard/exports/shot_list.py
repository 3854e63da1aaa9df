"""A shot list as CSV, for spreadsheets and for people who schedule.

UTF-8 with a byte order mark, by which Excel knows it; commas; quotes where they are needed.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass

COLUMNS = ("position", "seconds", "prompt", "elements", "voices", "picture")
# Begins a formula in a spreadsheet, also behind blanks; the last four are the wide forms.
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_MARK = "'"


@dataclass(frozen=True)
class Line:
    """One shot. `elements`, `voices` and `picture` are for reading: names, not ids."""

    position: int
    seconds: int
    prompt: str
    elements: str = ""
    voices: str = ""
    picture: str = ""


def as_csv(lines: Iterable[Line]) -> bytes:
    """The file, its header first."""
    out = io.StringIO(newline="")
    table = csv.writer(out)
    table.writerow(COLUMNS)
    for line in lines:
        words = (line.prompt, line.elements, line.voices, line.picture)
        table.writerow([line.position, line.seconds, *map(as_words, words)])
    return out.getvalue().encode("utf-8-sig")


def as_words(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: an apostrophe before it where it might.

    Reversible: a cell that would be mistaken for a marked one is marked too. Who reads it takes
    one apostrophe off where the rest `is_risky`.
    """
    return f"{_MARK}{cell}" if is_risky(cell) else cell


def is_risky(cell: str) -> bool:
    """Whether a cell begins like a formula, or like one that was marked."""
    return cell.startswith(("\t", "\r")) or cell.lstrip().startswith((*_FORMULA, _MARK))
