"""Words burned into a picture: wrapped, legible over anything, drawn with what fonts there are."""

from collections.abc import Callable, Sequence

from PIL import Image, ImageDraw

from .letters import ELLIPSIS, Ink, Letters

MOST_LINES = 9
SIZES = ((34, 2), (28, 4), (23, 6), (18, MOST_LINES))  # and how many lines each may fill
PAGE_SIZES = ((52, 4), (40, 7), (30, 11), (22, 16))
LINE = 1.32  # of the size, from one base line to the next
WHITE: Ink = (255, 255, 255, 255)
SHADE: Ink = (0, 0, 0, 190)


def draw_caption(words: str, *, width: int, height: int) -> Image.Image:
    """Draw the words as an RGBA band `width` wide, to lie at the foot of a `height` high picture.

    Letters no font here can draw are replaced by an ellipsis; without any words the band is
    one clear pixel high.
    """
    if not words.strip():
        return Image.new("RGBA", (width, 2), (0, 0, 0, 0))
    unit = min(width, height) / 720
    letters, lines = _fit(words, SIZES, width=round(width * 0.88), unit=unit)
    margin = round(30 * unit)
    text_height = _height(letters, lines)
    band = _scrim(width, _even(text_height + margin * 2 + round(40 * unit)))
    top = band.height - margin - text_height
    _draw_lines(band, letters, lines, top=top, edge=SHADE)
    return band


def draw_page(words: str, *, width: int, height: int, ground: tuple[int, int, int]) -> Image.Image:
    """A page of the colour `ground` with the words in its middle, where there is no picture."""
    page = Image.new("RGB", (width, height), ground)
    if not words.strip():
        return page
    unit = min(width, height) / 720
    letters, lines = _fit(words, PAGE_SIZES, width=round(width * 0.8), unit=unit)
    _draw_lines(page, letters, lines, top=(height - _height(letters, lines)) // 2)
    return page


def draw_label(words: str, *, height: int) -> Image.Image:
    """Draw a small mark as an RGBA picture, quiet enough to lie in a corner."""
    unit = height / 720
    letters = Letters(max(round(15 * unit), 9))
    words = letters.known(words)
    pad = max(round(6 * unit), 2)
    size = (_even(round(letters.width(words)) + pad * 2), _even(letters.size + pad * 2))
    label = Image.new("RGBA", size, (0, 0, 0, 96))
    base = pad + letters.size * 0.86
    letters.draw(ImageDraw.Draw(label), (pad, base), words, ink=(255, 255, 255, 200))
    return label


def _fit(
    words: str, sizes: Sequence[tuple[int, int]], *, width: int, unit: float
) -> tuple[Letters, list[str]]:
    """The largest size at which the words take no more lines than it may; else the beginning."""
    for size, most in sizes:
        letters = Letters(max(round(size * unit), 8))
        lines = _wrap(letters.known(words), width, letters.width)
        if len(lines) <= most:
            return letters, lines
    last = lines[most - 1]
    while last and letters.width(f"{last}{ELLIPSIS}") > width:
        last = last[:-1]
    return letters, [*lines[: most - 1], f"{last.rstrip()}{ELLIPSIS}"]


def _draw_lines(
    canvas: Image.Image, letters: Letters, lines: list[str], *, top: int, edge: Ink | None = None
) -> None:
    """Each line in the middle of the canvas's width."""
    draw = ImageDraw.Draw(canvas)
    for number, line in enumerate(lines):
        left = (canvas.width - letters.width(line)) / 2
        base = top + letters.size * (LINE * number + 1)
        letters.draw(draw, (left, base), line, ink=WHITE, edge=edge)


def _height(letters: Letters, lines: list[str]) -> int:
    return round(letters.size * LINE * len(lines))


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
