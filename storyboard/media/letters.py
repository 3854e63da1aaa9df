"""Letters of many scripts: the product's own fonts first, then what fonts this machine has.

The own fonts lie in parts, one a script (static/fonts): a line of several scripts is drawn run by
run. Chinese, Japanese and Korean need a font of the machine's.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import cache
from itertools import groupby
from pathlib import Path

from PIL import ImageDraw, ImageFont

FONTS = Path(__file__).resolve().parents[2] / "static/fonts"
PARTS = ("latin", "latin-ext", "cyrillic")
# Where other scripts usually live; by name, as the machine knows its fonts.
WIDER = (
    "NotoSansCJK-Regular.ttc",
    "NotoSansSC-Regular.otf",
    "SourceHanSansSC-Regular.otf",
    "wqy-microhei.ttc",
    "wqy-zenhei.ttc",
    "DroidSansFallbackFull.ttf",
    "PingFang.ttc",
    "msyh.ttc",
    "DejaVuSans.ttf",
)
ELLIPSIS = "…"
NOTHING = "\uffff"  # no letter: what a font draws for it, it draws for all it lacks

Ink = tuple[int, int, int, int]


class Letters:
    """One size of type in pixels; `mono` for figures that must not move when they change."""

    def __init__(self, size: int, *, mono: bool = False) -> None:
        self.size = size
        self._mono = mono

    def known(self, words: str) -> str:
        """The words on one line, an ellipsis for each run of letters no font here has."""
        plain = unicodedata.normalize("NFC", " ".join(words.split()))
        kept = "".join(letter if self._has(letter) else ELLIPSIS for letter in plain)
        while ELLIPSIS * 2 in kept:
            kept = kept.replace(ELLIPSIS * 2, ELLIPSIS)
        return kept

    def width(self, words: str) -> float:
        """Of known words, in pixels."""
        return sum(font.getlength(run) for font, run in self._runs(words))

    def draw(
        self,
        canvas: ImageDraw.ImageDraw,
        at: tuple[float, float],
        words: str,
        *,
        ink: Ink,
        edge: Ink | None = None,
    ) -> None:
        """Draw known words from `at`, the left end of their base line; `edge` sets them off."""
        left, base = at
        stroke = max(round(self.size / 22), 1) if edge else 0
        for font, run in self._runs(words):
            canvas.text(
                (left, base),
                run,
                font=font,
                anchor="ls",
                fill=ink,
                stroke_width=stroke,
                stroke_fill=edge,
            )
            left += font.getlength(run)

    def _runs(self, words: str) -> Iterator[tuple[ImageFont.FreeTypeFont, str]]:
        """Spaces belong to the run before them."""
        number = 0
        numbers = []
        for letter in words:
            number = number if letter.isspace() else _number(letter, mono=self._mono) or 0
            numbers.append(number)
        fonts = _fonts(self.size, mono=self._mono)
        pairs = zip(numbers, words, strict=True)
        for number, run in groupby(pairs, key=lambda pair: pair[0]):
            yield fonts[number], "".join(letter for _number, letter in run)

    def _has(self, letter: str) -> bool:
        return letter.isspace() or _number(letter, mono=self._mono) is not None


@cache
def _number(letter: str, *, mono: bool) -> int | None:
    """Which of the fonts draws this letter; None when none does."""
    fonts = enumerate(_fonts(24, mono=mono))
    return next((number for number, font in fonts if _draws(font, letter)), None)


@cache
def _fonts(size: int, *, mono: bool) -> tuple[ImageFont.FreeTypeFont, ...]:
    family = "geist-mono" if mono else "geist"
    own = (_own(FONTS / family / f"{family}-{part}-wght-normal.woff2", size) for part in PARTS)
    wider = (_wider(name, size) for name in WIDER)
    found = tuple(font for font in (*own, *wider) if font is not None)
    plain = ImageFont.load_default(size)
    return found if not isinstance(plain, ImageFont.FreeTypeFont) else (*found, plain)


def _own(path: Path, size: int) -> ImageFont.FreeTypeFont | None:
    try:
        font = ImageFont.truetype(path, size)
        font.set_variation_by_axes([500])
    except (OSError, NotImplementedError):  # a FreeType that opens no web fonts
        return None
    return font


def _wider(name: str, size: int) -> ImageFont.FreeTypeFont | None:
    try:
        return ImageFont.truetype(name, size)
    except OSError:
        return None


def _draws(font: ImageFont.FreeTypeFont, letter: str) -> bool:
    """Tell a drawn letter from the box a font draws for letters it lacks."""
    return _shape(font, letter) != _shape(font, NOTHING)


def _shape(font: ImageFont.FreeTypeFont, letter: str) -> tuple[tuple[int, int], bytes]:
    mask = font.getmask(letter)
    return mask.size, bytes(mask)
