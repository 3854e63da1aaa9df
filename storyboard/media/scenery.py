"""Drawn scenes: dusk over water, one per seed, for films that start from words alone.

Everything is drawn with Pillow from a seeded generator, so the same seed gives the same pixels.
"""

import math
import random
from dataclasses import dataclass, replace

from PIL import Image, ImageDraw, ImageFilter

Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Palette:
    """Colours of one hour of the day, from the top of the sky to the near shore."""

    zenith: Colour
    middle: Colour
    horizon: Colour
    light: Colour
    water: Colour
    shore: Colour


@dataclass(frozen=True)
class Scenery:
    """One drawn scene: the wide picture, a boat to sail across it, and where the boat floats."""

    picture: Image.Image
    boat: Image.Image
    boat_x: float
    boat_y: float
    heading: int


PALETTES = (
    Palette(
        (24, 34, 74), (122, 84, 128), (246, 168, 110), (255, 226, 170), (58, 62, 98), (20, 20, 34)
    ),
    Palette(
        (16, 42, 66), (70, 116, 138), (238, 196, 148), (255, 240, 206), (36, 78, 98), (12, 26, 36)
    ),
    Palette(
        (48, 28, 66), (164, 74, 96), (250, 150, 92), (255, 214, 140), (84, 48, 78), (30, 16, 30)
    ),
    Palette(
        (10, 16, 40), (36, 54, 98), (120, 134, 168), (232, 236, 244), (20, 32, 62), (8, 10, 22)
    ),
    Palette(
        (58, 76, 112),
        (150, 150, 168),
        (240, 210, 182),
        (255, 246, 226),
        (96, 112, 134),
        (34, 40, 52),
    ),
    Palette(
        (22, 52, 58), (92, 136, 120), (236, 206, 132), (255, 244, 190), (38, 84, 84), (12, 30, 30)
    ),
)

DRAWN_SIDE = 810  # what a 720 px film needs with room to move


def draw_scenery(width: int, height: int, *, seed: str) -> Scenery:
    """Draw the scene of this seed, `width` x `height` pixels.

    Beyond `DRAWN_SIDE` pixels it is drawn smaller and enlarged: soft shapes lose nothing by it.
    """
    if min(width, height) > DRAWN_SIDE:
        part = DRAWN_SIDE / min(width, height)
        small = draw_scenery(round(width * part), round(height * part), seed=seed)
        return _enlarged(small, width, height)
    dice = random.Random(seed)
    palette = dice.choice(PALETTES)
    waterline = int(height * dice.uniform(0.56, 0.68))
    sun_x = int(width * dice.uniform(0.22, 0.78))
    sun_y = int(waterline - height * dice.uniform(0.04, 0.3))
    picture = _sky(width, height, waterline, palette)
    _stars(picture, waterline, palette, dice)
    picture = _clouds(picture, waterline, palette, dice)
    picture = _sun(picture, sun_x, sun_y, palette, dice)
    _hills(picture, waterline, palette, dice)
    _water(picture, waterline, sun_x, palette, dice)
    _landmark(picture, waterline, palette, dice)
    boat = _boat(max(height // 7, 24), palette)
    heading = dice.choice((-1, 1))
    if heading < 0:
        boat = boat.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    return Scenery(
        picture=picture,
        boat=boat,
        boat_x=dice.uniform(0.25, 0.7),
        boat_y=(waterline + height * dice.uniform(0.03, 0.1)) / height,
        heading=heading,
    )


def _enlarged(small: Scenery, width: int, height: int) -> Scenery:
    times = height / small.picture.height
    boat_size = (round(small.boat.width * times), round(small.boat.height * times))
    return replace(
        small,
        picture=small.picture.resize((width, height), Image.Resampling.BICUBIC),
        boat=small.boat.resize(boat_size, Image.Resampling.BICUBIC),
    )


def _sky(width: int, height: int, waterline: int, palette: Palette) -> Image.Image:
    column = Image.new("RGB", (1, 64))
    for row in range(64):
        column.putpixel((0, row), _sky_colour(row / 63, palette))
    picture = Image.new("RGB", (width, height), palette.water)
    picture.paste(column.resize((width, waterline), Image.Resampling.BICUBIC), (0, 0))
    return picture


def _sky_colour(depth: float, palette: Palette) -> Colour:
    if depth < 0.6:
        return _mix(palette.zenith, palette.middle, depth / 0.6)
    return _mix(palette.middle, palette.horizon, ((depth - 0.6) / 0.4) ** 1.3)


def _stars(picture: Image.Image, waterline: int, palette: Palette, dice: random.Random) -> None:
    if sum(palette.zenith) > 110:
        return
    draw = ImageDraw.Draw(picture)
    for _ in range(90):
        x, y = dice.randrange(picture.width), int(dice.random() ** 1.6 * waterline * 0.7)
        size = 1 if dice.random() < 0.8 else 2
        colour = _mix(palette.zenith, palette.light, dice.uniform(0.4, 1))
        draw.rectangle((x, y, x + size - 1, y + size - 1), fill=colour)


def _clouds(
    picture: Image.Image, waterline: int, palette: Palette, dice: random.Random
) -> Image.Image:
    """Lay soft banks of cloud: drawn small, blurred, and stretched, which is cheap."""
    small = Image.new("L", (240, 80), 0)
    draw = ImageDraw.Draw(small)
    for _ in range(dice.randrange(5, 10)):
        x, y = dice.randrange(-20, 240), dice.randrange(14, 74)
        length = dice.randrange(40, 120)
        for _ in range(6):
            dx, half = dice.randrange(length), dice.randrange(1, 5)
            draw.ellipse(
                (x + dx, y - half, x + dx + length // 2, y + half), fill=dice.randrange(50, 150)
            )
    mask = small.filter(ImageFilter.GaussianBlur(2.4))
    mask = mask.resize((picture.width, waterline), Image.Resampling.BICUBIC)
    whole = Image.new("L", picture.size, 0)
    whole.paste(mask, (0, 0))
    cloud = Image.new("RGB", picture.size, _mix(palette.horizon, palette.middle, 0.35))
    return Image.composite(cloud, picture, whole)


def _sun(
    picture: Image.Image, x: int, y: int, palette: Palette, dice: random.Random
) -> Image.Image:
    glow_size = int(picture.height * 1.5)
    # A radial gradient grows from 0 in the middle to about 180 at the nearest edge.
    glow = Image.radial_gradient("L").point(
        [int(max(0, 1 - value / 178) ** 2.2 * 190) for value in range(256)]
    )
    glow = glow.resize((glow_size, glow_size), Image.Resampling.BILINEAR)
    picture.paste(palette.light, (x - glow_size // 2, y - glow_size // 2), glow)
    radius = int(picture.height * dice.uniform(0.045, 0.08))
    disc = Image.new("L", (radius * 8, radius * 8), 0)
    ImageDraw.Draw(disc).ellipse((0, 0, radius * 8 - 1, radius * 8 - 1), fill=255)
    picture.paste(palette.light, (x - radius, y - radius), disc.reduce(4))
    return picture


def _hills(picture: Image.Image, waterline: int, palette: Palette, dice: random.Random) -> None:
    for layer, (haze, height) in enumerate(((0.62, 0.17), (0.36, 0.11))):
        ridge = _ridge(picture.width, int(picture.height * height), dice)
        colour = _mix(palette.shore, palette.middle, haze)
        colour = _mix(colour, palette.horizon, 0.28 if layer == 0 else 0)
        base = waterline * 2
        outline = [(x * 2, base - lift * 2) for x, lift in ridge]
        mask = Image.new("L", (picture.width * 2, base), 0)
        shape = [*outline, (picture.width * 2, base), (0, base)]
        ImageDraw.Draw(mask).polygon(shape, fill=255)
        picture.paste(colour, (0, 0), mask.reduce(2))


def _ridge(width: int, height: int, dice: random.Random) -> list[tuple[int, int]]:
    waves = [(dice.uniform(0.6, 2), dice.uniform(0, 6), 1.0)]
    waves += [(dice.uniform(3, 6), dice.uniform(0, 6), 0.35)]
    waves += [(dice.uniform(9, 17), dice.uniform(0, 6), 0.12)]
    ridge = []
    for step in range(0, 101):
        turn = step / 100 * math.pi * 2
        level = sum(math.sin(turn * pace + start) * part for pace, start, part in waves)
        ridge.append((step * width // 100, max(0, int(level / 1.5 * height))))
    return ridge


def _water(
    picture: Image.Image, waterline: int, sun_x: int, palette: Palette, dice: random.Random
) -> None:
    width, height = picture.size
    depth = height - waterline
    mirror = picture.crop((0, waterline - depth, width, waterline))
    mirror = mirror.transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    # Squeezing and stretching a reflection smears it, which is what water does.
    mirror = mirror.resize((max(width // 16, 1), max(depth // 3, 1)), Image.Resampling.BOX)
    mirror = mirror.resize((width, depth), Image.Resampling.BILINEAR)
    sea = Image.blend(mirror, Image.new("RGB", mirror.size, palette.water), 0.5)
    draw = ImageDraw.Draw(sea)
    for _ in range(260):
        row = dice.random() ** 1.5
        y, spread = int(row * depth), width * (0.012 + 0.09 * row)
        x = sun_x + int(dice.gauss(0, 1) * spread)
        length = int(width * dice.uniform(0.006, 0.03) * (0.5 + row))
        colour = _mix(palette.water, palette.light, dice.uniform(0.35, 0.95) * (1 - row * 0.5))
        draw.line((x - length, y, x + length, y), fill=colour, width=1 + int(row * height / 240))
    picture.paste(sea, (0, waterline))


def _landmark(picture: Image.Image, waterline: int, palette: Palette, dice: random.Random) -> None:
    """Set a lighthouse on a headland on one side, or nothing."""
    side = dice.choice((-1, 0, 1))
    if side == 0:
        return
    width, height = picture.size
    foot_x = int(width * (0.5 + side * dice.uniform(0.3, 0.36)))
    reach, rise = int(width * 0.2), int(height * 0.05)
    mask = Image.new("L", (width * 2, height * 2), 0)
    draw = ImageDraw.Draw(mask)
    box = (foot_x - reach, waterline - rise, foot_x + reach, waterline + rise)
    draw.pieslice([value * 2 for value in box], 180, 360, fill=255)
    tall, wide = int(height * 0.24), max(int(height * 0.022), 3)
    top = waterline - rise - tall
    tower = [
        (foot_x - wide, waterline - rise // 2),
        (foot_x - wide * 0.6, top),
        (foot_x + wide * 0.6, top),
        (foot_x + wide, waterline - rise // 2),
    ]
    draw.polygon([(x * 2, y * 2) for x, y in tower], fill=255)
    cap = (foot_x - wide, top - wide * 1.6, foot_x + wide, top)
    draw.rounded_rectangle([value * 2 for value in cap], radius=wide, fill=255)
    picture.paste(palette.shore, (0, 0), mask.reduce(2))
    lamp = (foot_x - wide * 0.5, top - wide * 1.1, foot_x + wide * 0.5, top - wide * 0.4)
    ImageDraw.Draw(picture).rectangle(lamp, fill=palette.light)


def _boat(size: int, palette: Palette) -> Image.Image:
    """Draw a small sailing boat, `size` pixels high, heading right, on nothing."""
    side = size * 4
    big = Image.new("RGBA", (side, side), (0, 0, 0, 0))
    draw = ImageDraw.Draw(big)
    hull = (*palette.shore, 255)
    sail = (*_mix(palette.shore, palette.horizon, 0.42), 255)
    shape = [(0.12, 0.8), (0.9, 0.78), (0.78, 0.94), (0.24, 0.94)]
    draw.polygon([(x * side, y * side) for x, y in shape], fill=hull)
    draw.rectangle((0.49 * side, 0.08 * side, 0.505 * side, 0.82 * side), fill=hull)
    main = [(0.48, 0.1), (0.48, 0.74), (0.16, 0.74)]
    jib = [(0.52, 0.16), (0.52, 0.74), (0.82, 0.74)]
    for triangle in (main, jib):
        draw.polygon([(x * side, y * side) for x, y in triangle], fill=sail)
    return big.reduce(4)


def _mix(first: Colour, second: Colour, part: float) -> Colour:
    red, green, blue = (
        round(a + (b - a) * min(max(part, 0), 1)) for a, b in zip(first, second, strict=True)
    )
    return red, green, blue
