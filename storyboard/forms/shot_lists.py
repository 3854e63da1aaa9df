"""A shot list read from CSV as spreadsheets and people write it.

The header says which columns there are, in any order: seconds and prompt, perhaps position; what
else stands there is not taken in. Comma, semicolon or tab; UTF-8, or UTF-16 with its mark.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from storyboard.kling.rules.text import is_sendable
from storyboard.models import MOST_SHOTS, STORED_PROMPT

MOST_BYTES = 1024 * 1024
MOST_SECONDS = 99  # what a draft keeps of one shot
_NEEDED = ("seconds", "prompt")
_POSITION = "position"
_DELIMITERS = (",", ";", "\t")
_MOST_TOLD = 20  # errors of one file: enough to go on with
_MARK = "'"
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", _MARK)
# Utf-8 last: without a mark nothing else is tried.
_MARKS = (
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (codecs.BOM_UTF8, "utf-8-sig"),
)


@dataclass(frozen=True)
class Row:
    """One shot as its line says; `position` is None where the list has no such column."""

    line: int
    position: int | None
    seconds: int
    prompt: str


@dataclass
class ShotList:
    """What a file holds. With errors nothing of it may be used; each says its line."""

    shots: list[tuple[str, int]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def read_shot_list(data: bytes) -> ShotList:
    """The shots of a CSV file in their order, as (prompt, seconds). Raises nothing."""
    found = ShotList()
    if len(data) > MOST_BYTES:
        found.errors.append(_("The list has more than 1 MB. Bring in fewer words at once."))
        return found
    text = _decoded(data)
    if text is None:
        found.errors.append(_("The file is not UTF-8. Save it as “CSV UTF-8” and choose it again."))
        return found
    try:
        lines = list(_lines(text))
    except _BrokenLine as broken:
        words = _("Line %(line)s: its quotes do not match. Write a quote within quotes twice.")
        found.errors.append(words % {"line": broken.line})
        return found
    if not lines:
        found.errors.append(_("The file is empty. It needs a header: position, seconds, prompt."))
        return found
    _read(lines, found)
    return found


class _BrokenLine(Exception):
    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


def _decoded(data: bytes) -> str | None:
    """The text; None where the bytes are none."""
    name = next((name for mark, name in _MARKS if data.startswith(mark)), "utf-8")
    try:
        return data.decode(name)
    except UnicodeDecodeError:
        return None


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each row that is not blank with the line it begins at, counted from 1."""
    lines = io.StringIO(text, newline="")
    rows = csv.reader(lines, delimiter=_delimiter(text), strict=True)
    begins = 1
    try:
        for cells in rows:
            if any(cell.strip() for cell in cells):
                yield begins, cells
            begins = rows.line_num + 1
    except csv.Error as broken:
        raise _BrokenLine(begins) from broken


def _delimiter(text: str) -> str:
    """The one that splits the header into the most columns that are known."""
    header = next(iter(text.strip("\r\n").splitlines()), "")

    def known(delimiter: str) -> int:
        return len({*_NEEDED, _POSITION} & set(_names(header.split(delimiter))))

    return max(_DELIMITERS, key=known)


def _names(cells: list[str]) -> list[str]:
    return [cell.strip().strip('"').strip().casefold() for cell in cells]


def _read(lines: list[tuple[int, list[str]]], found: ShotList) -> None:
    (first, header), *rest = lines
    names = _names(header)
    missing = [name for name in _NEEDED if name not in names]
    twice = [name for name in (*_NEEDED, _POSITION) if names.count(name) > 1]
    if missing or twice:
        for name in missing:
            words = _("Line %(line)s: the header has no column %(name)s.")
            found.errors.append(words % {"line": first, "name": name})
        for name in twice:
            words = _("Line %(line)s: the column %(name)s stands there twice. Remove one.")
            found.errors.append(words % {"line": first, "name": name})
        return
    _say_left_out(names, found)
    if len(rest) > MOST_SHOTS:
        words = _(
            "Line %(line)s: this is shot %(n)s, and a storyboard holds six at most. "
            "Put the rest in another storyboard."
        )
        found.errors.append(words % {"line": rest[MOST_SHOTS][0], "n": MOST_SHOTS + 1})
        return
    if not rest:
        found.errors.append(_("The list has a header and no shots. Add one line per shot."))
        return
    rows = [_row(line, names, cells, found) for line, cells in rest]
    _check_positions([row for row in rows if row is not None], found)
    if not found.errors:
        kept = sorted((row for row in rows if row), key=lambda row: row.position or 0)
        found.shots = [(row.prompt, row.seconds) for row in kept]
    del found.errors[_MOST_TOLD:]


def _say_left_out(names: list[str], found: ShotList) -> None:
    others = [name for name in names if name and name not in (*_NEEDED, _POSITION)]
    if others:
        words = _("Not taken in, only for reading: %(names)s.")
        found.left_out.append(words % {"names": ", ".join(name[:40] for name in others[:10])})


def _row(line: int, names: list[str], cells: list[str], found: ShotList) -> Row | None:
    """The shot of a line; None once it is told what is wrong with it."""
    if len(cells) > len(names) and any(cell.strip() for cell in cells[len(names) :]):
        words = _("Line %(line)s: it has more cells than the header. Put quotes around the words.")
        found.errors.append(words % {"line": line})
        return None
    said = dict(zip(names, cells, strict=False))
    told = len(found.errors)
    seconds = _whole(line, "seconds", said.get("seconds", ""), found, MOST_SECONDS)
    position = None
    if _POSITION in names:
        position = _whole(line, _POSITION, said.get(_POSITION, ""), found, MOST_SHOTS)
    prompt = _prompt(line, said.get("prompt", ""), found)
    if len(found.errors) > told or seconds is None:
        return None
    return Row(line, position, seconds, prompt)


def _whole(line: int, name: str, cell: str, found: ShotList, most: int) -> int | None:
    words = cell.strip()
    if words.isascii() and words.isdecimal() and len(words) <= 9 and int(words) <= most:
        return int(words)
    said = {
        "seconds": _("Line %(line)s: seconds are “%(cell)s”; write a whole number up to %(most)s."),
        _POSITION: _("Line %(line)s: position is “%(cell)s”; write a whole number up to %(most)s."),
    }
    found.errors.append(said[name] % {"line": line, "cell": words[:40], "most": most})
    return None


def _prompt(line: int, cell: str, found: ShotList) -> str:
    words = _as_meant(cell).replace("\r\n", "\n").replace("\r", "\n")
    if len(words) > STORED_PROMPT:
        said = _("Line %(line)s: the prompt has %(count)s characters, and a draft keeps %(most)s.")
        told = {"line": line, "count": f"{len(words):,}", "most": f"{STORED_PROMPT:,}"}
        found.errors.append(said % told)
    elif not is_sendable(words):
        said = _("Line %(line)s: the prompt holds a character that cannot be kept. Type it again.")
        found.errors.append(said % {"line": line})
    return words


def _as_meant(cell: str) -> str:
    """Without the apostrophe that exports put before what a spreadsheet takes for a formula."""
    rest = cell.removeprefix(_MARK)
    is_marked = rest.startswith(("\t", "\r")) or rest.lstrip().startswith(_FORMULA)
    return rest if rest != cell and is_marked else cell


def _check_positions(rows: list[Row], found: ShotList) -> None:
    """No two shots at one place; with gaps the order counts."""
    places: dict[int, int] = {}
    for row in rows:
        if row.position is None:
            continue
        if row.position in places:
            words = _("Line %(line)s: position %(n)s is taken by line %(first)s already.")
            told = {"line": row.line, "n": row.position, "first": places[row.position]}
            found.errors.append(words % told)
        places.setdefault(row.position, row.line)
