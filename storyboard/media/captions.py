"""Words burned into a picture: wrapped, legible over anything, drawn with what fonts there are."""

from collections.abc import Callable
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont
MOST_LINES = 9
# The font inside Pillow has Latin letters only; these are where other scripts usually live.
WIDER_FONTS = (
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


def draw_caption(words: str, *, width: int, height: int) -> Image.Image:
    """Draw the words as an RGBA band `width` wide, to lie at the foot of a `height` high picture.

    Letters no font here can draw are replaced by an ellipsis; without any words the band is
    one clear pixel high.
    """
    words = " ".join(words.split())
    if not words:
        return Image.new("RGBA", (width, 2), (0, 0, 0, 0))
    unit = min(width, height) / 720
    font, lines = _fit(words, width=round(width * 0.88), unit=unit)
    line_height = round(_size_of(font, unit) * 1.32)
    margin = round(30 * unit)
    text_height = line_height * len(lines)
    band = _scrim(width, _even(text_height + margin * 2 + round(40 * unit)))
    draw = ImageDraw.Draw(band)
    top = band.height - margin - text_height
    for number, line in enumerate(lines):
        at = (width / 2, top + line_height * (number + 0.5))
        draw.text(
            at,
            line,
            font=font,
            anchor="mm" if isinstance(font, ImageFont.FreeTypeFont) else None,
            fill=(255, 255, 255, 255),
            stroke_width=max(round(1.5 * unit), 1),
            stroke_fill=(0, 0, 0, 190),
        )
    return band


def draw_label(words: str, *, height: int) -> Image.Image:
    """Draw a small mark as an RGBA picture, quiet enough to lie in a corner."""
    unit = height / 720
    font = _font("", max(round(15 * unit), 9))
    left, top, right, bottom = font.getbbox(words)
    pad = max(round(6 * unit), 2)
    size = (_even(int(right - left) + pad * 2), _even(int(bottom - top) + pad * 2))
    label = Image.new("RGBA", size, (0, 0, 0, 96))
    ImageDraw.Draw(label).text((pad - left, pad - top), words, font=font, fill=(255, 255, 255, 200))
    return label


def _fit(words: str, *, width: int, unit: float) -> tuple[Font, list[str]]:
    for size, most in ((34, 2), (28, 4), (23, 6), (18, MOST_LINES)):
        font = _font(words, max(round(size * unit), 8))
        lines = _wrap(_drawable(words, font), width, font.getlength)
        if len(lines) <= most:
            return font, lines
    last = lines[MOST_LINES - 1]
    while last and font.getlength(f"{last}…") > width:
        last = last[:-1]
    return font, [*lines[: MOST_LINES - 1], f"{last.rstrip()}…"]


def _wrap(words: str, width: float, measure: Callable[[str], float]) -> list[str]:
    lines: list[str] = []
    line = ""
    for word in words.split(" "):
        longer = f"{line} {word}" if line else word
        if measure(longer) <= width:
            line = longer
            continue
        if line:
            lines.append(line)
        *full, line = _break(word, width, measure)
        lines.extend(full)
    return [*lines, line] if line else lines


def _break(word: str, width: float, measure: Callable[[str], float]) -> list[str]:
    """Cut a word that is wider than a line, as text without spaces always is."""
    pieces, piece = [], ""
    for letter in word:
        if piece and measure(piece + letter) > width:
            pieces.append(piece)
            piece = ""
        piece += letter
    return [*pieces, piece]


def _drawable(words: str, font: Font) -> str:
    if not isinstance(font, ImageFont.FreeTypeFont):
        return words.encode("latin-1", "replace").decode("latin-1")
    kept = "".join(letter if _has(font, letter) else "…" for letter in words)
    while "……" in kept:
        kept = kept.replace("……", "…")
    return kept


@lru_cache(maxsize=256)
def _font(words: str, size: int) -> Font:
    plain = ImageFont.load_default(size)
    if not isinstance(plain, ImageFont.FreeTypeFont) or _covers(plain, words):
        return plain
    for name in WIDER_FONTS:
        try:
            wider = ImageFont.truetype(name, size)
        except OSError:
            continue
        if _covers(wider, words):
            return wider
    return plain


def _covers(font: ImageFont.FreeTypeFont, words: str) -> bool:
    return all(_has(font, letter) for letter in set(words))


def _has(font: ImageFont.FreeTypeFont, letter: str) -> bool:
    """Tell a drawn letter from the box a font draws for letters it lacks."""
    return letter.isspace() or _shape(font, letter) != _shape(font, "\uffff")


def _shape(font: ImageFont.FreeTypeFont, letter: str) -> tuple[tuple[int, int], bytes]:
    mask = font.getmask(letter)
    return mask.size, bytes(mask)


def _size_of(font: Font, unit: float) -> float:
    return font.size if isinstance(font, ImageFont.FreeTypeFont) else 12 * unit


def _scrim(width: int, height: int) -> Image.Image:
    """A shade from clear at the top to dark at the foot."""
    column = Image.new("L", (1, height))
    for row in range(height):
        column.putpixel((0, row), min(int(210 * (row / height) ** 0.8), 170))
    band = Image.new("RGBA", (width, height), (0, 0, 0, 0))
    band.putalpha(column.resize((width, height)))
    return band


def _even(number: int) -> int:
    return number + number % 2
