"""The sheet under ? is the one map of the keys: what a page binds stands in it, and back."""

from __future__ import annotations

import re
from pathlib import Path

TEMPLATES = Path(__file__).resolve().parent.parent / "templates"
SHEET = TEMPLATES / "storyboard" / "_partials" / "_keys.html"
# A button's own data-key, or the capital a partial puts into it.
_BOUND = re.compile(r'(?:data-key|data-on-key| key)="((?:shift\+)?[a-zA-Z])"')
_ROW = re.compile(r'<div data-for="\[data-(?:on-)?key=\'?([a-z+]+)\'?\]">(.*?)</dt>', re.DOTALL)
_SHOWN = re.compile(r"<kbd[^>]*>(?:{% translate \"([^\"]+)\" %}|([^<]+))</kbd>")


def test_every_letter_a_page_binds_stands_in_the_sheet() -> None:
    bound = {
        key
        for path in TEMPLATES.rglob("*.html")
        if path != SHEET
        for key in _BOUND.findall(path.read_text(encoding="utf-8"))
    }
    assert {key.lower() for key in bound} == set(rows())


def test_a_row_shows_the_keys_it_is_for() -> None:
    for key, shown in rows().items():
        assert "+".join(shown).lower() == key


def rows() -> dict[str, list[str]]:
    """Each bound letter with the keys its row shows."""
    text = SHEET.read_text(encoding="utf-8")
    return {
        key: [either or plain for either, plain in _SHOWN.findall(row)]
        for key, row in _ROW.findall(text)
    }
