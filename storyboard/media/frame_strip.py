"""The number of a frame as a row of light and dark cells, for programs that look at films.

Drawn into the simulator's films at the top left, a row as high as half a cell is wide and at least
8 px. It stays readable in H.264 and at half the size: a cell is 1/80 of the picture's width, in
pictures narrower than 640 px 1/30, and its middle is what counts. Nothing of the product reads it.

    light dark | 16 bits, the highest first | 4 bits of checksum | dark light
"""

from __future__ import annotations

from PIL import Image

BITS = 16
CELLS = 2 + BITS + 4 + 2
WIDE, NARROW = 80, 30  # cells of the whole width
NARROW_BELOW = 640  # px
LEAST_HEIGHT = 8  # px
# Of luma: clear of the ends a codec cuts off, and of everything that shines in a film.
LIGHT, DARK = 180, 32
_LEAST_CONTRAST = 64


def draw(number: int, width: int) -> Image.Image:
    """The strip of frame `number` for a picture `width` px wide, as luma.

    Numbers from 65,536 on begin at 0 again. Raises ValueError for negative ones.
    """
    if number < 0:
        raise ValueError("a frame's number is not negative")
    row = Image.new("L", (CELLS, 1))
    row.putdata([LIGHT if cell else DARK for cell in _cells(number % (1 << BITS))])
    return row.resize(size(width), Image.Resampling.NEAREST)


def size(width: int) -> tuple[int, int]:
    """Of the strip of a picture `width` px wide: both even, as 4:2:0 wants them."""
    cell = width / (NARROW if width < NARROW_BELOW else WIDE)
    return _even(cell * CELLS), max(_even(cell / 2), LEAST_HEIGHT)


def read(picture: Image.Image) -> int | None:
    """The number of the frame a picture shows; None where there is no strip or it is damaged."""
    luma = picture.convert("L")
    found = (_read(luma, luma.width / parts) for parts in (WIDE, NARROW))
    return next((number for number in found if number is not None), None)


def _read(luma: Image.Image, cell: float) -> int | None:
    light, dark, *inner = (_level(luma, cell, place) for place in range(CELLS))
    if light - dark < _LEAST_CONTRAST:
        return None
    middle = (light + dark) / 2
    cells = [True, False, *(level > middle for level in inner)]
    number = sum(bit << (BITS - 1 - place) for place, bit in enumerate(cells[2 : 2 + BITS]))
    return number if cells == _cells(number) else None


def _level(luma: Image.Image, cell: float, place: int) -> float:
    """How light the middle of a cell is, where neither its neighbours nor the film reach."""
    left, right = round(cell * (place + 0.3)), round(cell * (place + 0.7))
    low = max(1, round(cell * 0.4))
    high = min(low - 1, round(cell * 0.1))
    box = luma.crop((left, high, max(right, left + 1), low))
    data = box.tobytes()
    return sum(data) / len(data)


def _cells(number: int) -> list[bool]:
    check = _checksum(number)
    bits = [bool(number >> place & 1) for place in reversed(range(BITS))]
    sums = [bool(check >> place & 1) for place in reversed(range(4))]
    return [True, False, *bits, *sums, False, True]


def _checksum(number: int) -> int:
    """Of four bits, never that of an even row: all dark and all light are no numbers."""
    folded = number ^ number >> 4 ^ number >> 8 ^ number >> 12
    return (folded ^ 0b0101) & 0b1111


def _even(length: float) -> int:
    return max(2, round(length / 2) * 2)
