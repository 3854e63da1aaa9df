"""Pictures as the world sends them: what each case is, and what is answered in which words.

One table: what is accepted comes out as an RGB picture of the same brightness; what is refused
says a code for programs and words for people. Memory is measured over all of it, in a process of
its own.
"""

from __future__ import annotations

import io
import os
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest
from PIL import Image, ImageStat

from storyboard.media.pictures import MIB, CleanPicture, PictureRefused, clean_picture

MOST_MEMORY_MB = 300
# How far the mean luminance (0 to 255) of what comes out may be from the source's.
SAME = 1.0
SAME_INK = 3.0  # CMYK: two ways to undo the four inks differ by rounding


class Case(NamedTuple):
    """`make` gives the bytes. Accepted: `looks`, the source as it should be seen, within `near`."""

    make: Callable[[], bytes]
    code: str = ""
    words: str = ""
    looks: Callable[[], Image.Image] | None = None
    near: float = SAME
    format: str = ""


def encoded(picture: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def photo(width: int = 480, height: int = 320) -> Image.Image:
    """Three slopes of light that differ, so that a turned or swapped picture is seen."""
    rising = Image.linear_gradient("L").resize((width, height))
    across = Image.linear_gradient("L").rotate(90).resize((width, height))
    return Image.merge("RGB", [rising, across, Image.new("L", (width, height), 96)])


def grey_16(width: int = 400, height: int = 400) -> Image.Image:
    """Every sixteenth bit used: 0 at the top, 65,535 at the bottom."""
    column = Image.new("I;16", (1, height))
    for row in range(height):
        column.putpixel((0, row), row * 65_535 // (height - 1))
    return column.resize((width, height))


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png_of(header: bytes, *chunks: bytes) -> bytes:
    return b"".join((b"\x89PNG\r\n\x1a\n", chunk(b"IHDR", header), *chunks, chunk(b"IEND", b"")))


def bomb() -> bytes:
    """30,000 × 30,000 pixels of one colour in a hundred thousand bytes."""
    lines = zlib.compressobj(9)
    line = bytes(30_000 // 8 + 1) * 100
    data = b"".join(lines.compress(line) for _ in range(300)) + lines.flush()
    header = struct.pack(">IIBBBBB", 30_000, 30_000, 1, 0, 0, 0, 0)
    return png_of(header, chunk(b"IDAT", data))


def claims(width: int, height: int) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return png_of(header, chunk(b"IDAT", zlib.compress(bytes(64))))


def rgb_16() -> bytes:
    """A PNG of 16 bits a colour, which Pillow reads and does not write: the photo × 257."""
    source = photo()
    pixels = source.tobytes()
    lines = bytearray()
    for row in range(source.height):
        start = row * source.width * 3
        line = pixels[start : start + source.width * 3]
        lines += b"\0" + bytes(value for value in line for _twice in range(2))
    header = struct.pack(">IIBBBBB", source.width, source.height, 16, 2, 0, 0, 0)
    return png_of(header, chunk(b"IDAT", zlib.compress(bytes(lines), 1)))


def with_texts(count: int) -> bytes:
    data = encoded(photo())
    ihdr = data[:33]
    texts = b"".join(chunk(b"tEXt", b"Comment\0words %d" % n) for n in range(count))
    return ihdr + texts + data[33:]


def with_scans(count: int) -> bytes:
    """A progressive JPEG that draws its last scan again and again."""
    data = encoded(photo(), "JPEG", progressive=True)
    last = data.rindex(b"\xff\xda")
    return data[:last] + data[last:-2] * count + data[-2:]


def rotated(orientation: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "Camera of somebody"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (59.0, 26.0, 14.0)
    return encoded(photo(), "JPEG", quality=95, exif=exif)


def moving(kind: str) -> bytes:
    frames = [Image.new("RGB", (320, 320), colour) for colour in ("red", "green", "blue")]
    return encoded(frames[0], kind, save_all=True, append_images=frames[1:], duration=80)


def palette_with_alpha() -> Image.Image:
    """Half clear: white is seen there."""
    picture = photo().convert("RGBA")
    picture.paste((0, 0, 0, 0), (0, 0, 240, 320))
    return picture.quantize(64)


def on_white(picture: Image.Image) -> Image.Image:
    clear = picture.convert("RGBA")
    seen = Image.new("RGB", clear.size, "white")
    seen.paste(clear, (0, 0), clear.getchannel("A"))
    return seen


def phone_pair() -> bytes:
    second = Image.new("RGB", (480, 320), "red")
    return encoded(photo(), "MPO", save_all=True, append_images=[second])


def heic() -> bytes:
    return b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(2_000)


def large(kind: str, mode: str = "RGB", size: tuple[int, int] = (6_000, 4_000), **more: object) -> bytes:  # fmt: skip  # noqa: E501
    return encoded(Image.linear_gradient("L").resize(size).convert(mode), kind, **more)


TYPES = "Choose a JPEG, PNG or WebP picture."
DAMAGED = "The picture is damaged or cut short. Export it again and choose that file."
MOVES = "The picture moves: it holds several frames. Choose a still picture."

REFUSED: dict[str, Case] = {
    "bomb of 30,000 × 30,000": Case(bomb, "too_many_pixels", "at most 24 million"),
    "header claims 65,535²": Case(
        lambda: claims(65_535, 65_535), "too_many_pixels", "at most 24 million"
    ),
    "26 million pixels": Case(
        lambda: claims(6_500, 4_000),
        "too_many_pixels",
        "The picture is 6500 × 4000 px; at most 24 million pixels are read. Make it smaller.",
    ),
    "WebP of 17 million pixels": Case(
        lambda: encoded(Image.new("L", (5_000, 3_400)).convert("RGB"), "WEBP"),
        "too_many_pixels",
        "at most 15 million pixels",
    ),
    "nothing": Case(lambda: b"", "empty", f"The file is empty. {TYPES}"),
    "PNG cut in half": Case(
        lambda: encoded(photo())[: len(encoded(photo())) // 2], "unreadable", DAMAGED
    ),
    "JPEG cut in half": Case(
        lambda: encoded(photo(), "JPEG")[: len(encoded(photo(), "JPEG")) // 2],
        "unreadable",
        DAMAGED,
    ),
    "WebP cut in half": Case(lambda: encoded(photo(), "WEBP")[:900], "unreadable", DAMAGED),
    "only a head": Case(lambda: b"\xff\xd8\xff\xe0", "unreadable", DAMAGED),
    "10 MiB and a byte": Case(
        lambda: encoded(photo(), "JPEG").ljust(10 * MIB + 1, b"\0"),
        "too_many_bytes",
        "The picture has 10.0 MB; at most 10 MB can be used.",
    ),
    "animated WebP": Case(lambda: moving("WEBP"), "animated", MOVES),
    "APNG": Case(lambda: moving("PNG"), "animated", MOVES),
    "GIF named .jpg": Case(
        lambda: encoded(photo(), "GIF"), "format", f"The file is a GIF. {TYPES}"
    ),
    "SVG": Case(
        lambda: b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>",
        "format",
        f"The file is an SVG. {TYPES}",
    ),
    "TIFF": Case(lambda: encoded(photo(), "TIFF"), "format", f"The file is a TIFF. {TYPES}"),
    "EPS": Case(
        lambda: encoded(photo(), "EPS"), "format", f"The file is a PostScript file. {TYPES}"
    ),
    "EPS with a preview": Case(
        lambda: b"\xc5\xd0\xd3\xc6" + bytes(400),
        "format",
        f"The file is a PostScript file. {TYPES}",
    ),
    "BMP": Case(lambda: encoded(photo(), "BMP"), "format", f"The file is a BMP. {TYPES}"),
    "HEIC": Case(heic, "format", f"The file is a HEIC or AVIF picture. {TYPES}"),
    "film": Case(
        lambda: b"\0\0\0\x18ftypisom" + bytes(400), "format", f"The file is a film. {TYPES}"
    ),
    "words": Case(
        lambda: b"just words" * 40, "format", f"The file is not a known picture. {TYPES}"
    ),
    "1 × 1": Case(
        lambda: encoded(Image.new("RGB", (1, 1))),
        "too_small",
        "The picture is 1 × 1 px; Kling needs at least 300 px on each side.",
    ),
    "longer than 2.5:1": Case(
        lambda: encoded(photo(1_000, 399)),
        "ratio",
        "The picture is 1000 × 399 px; Kling takes pictures from 1:2.5 to 2.5:1. Crop it.",
    ),
    "500 progressive scans": Case(
        lambda: with_scans(500), "scans", "scans; at most 100 are read. Export it again without"
    ),
}

ACCEPTED: dict[str, Case] = {
    "JPEG": Case(lambda: encoded(photo(), "JPEG", quality=95), looks=photo, format="JPEG"),
    "PNG": Case(lambda: encoded(photo()), looks=photo, near=0, format="PNG"),
    "still WebP": Case(
        lambda: encoded(photo(), "WEBP", lossless=True), looks=photo, near=0, format="PNG"
    ),
    "CMYK": Case(
        lambda: encoded(photo().convert("CMYK"), "JPEG", quality=95),
        looks=lambda: photo().convert("CMYK").convert("RGB"),
        near=SAME_INK,
        format="JPEG",
    ),
    "16-bit grey": Case(
        lambda: encoded(grey_16()),
        looks=lambda: Image.linear_gradient("L").resize((400, 400)).convert("RGB"),
        format="PNG",
    ),
    "16-bit colour": Case(rgb_16, looks=photo, near=0, format="PNG"),
    "1 bit": Case(
        lambda: encoded(photo().convert("1")),
        looks=lambda: photo().convert("1").convert("RGB"),
        near=0,
        format="PNG",
    ),
    **{
        f"EXIF orientation {orientation}": Case(
            lambda orientation=orientation: rotated(orientation),
            looks=lambda turn=turn: photo().transpose(turn),
            format="JPEG",
        )
        for orientation, turn in (
            (2, Image.Transpose.FLIP_LEFT_RIGHT),
            (3, Image.Transpose.ROTATE_180),
            (6, Image.Transpose.ROTATE_270),
            (8, Image.Transpose.ROTATE_90),
        )
    },
    "JPEG with HTML behind it": Case(
        lambda: encoded(photo(), "JPEG", quality=95) + b"<html><script>alert(1)</script>",
        looks=photo,
    ),
    "60 KB of junk as a profile": Case(
        lambda: encoded(photo(), "JPEG", quality=95, icc_profile=os.urandom(60_000)), looks=photo
    ),
    "10,000 text chunks": Case(lambda: with_texts(10_000), looks=photo, near=0),
    "MPO": Case(phone_pair, looks=photo),
    "palette with alpha": Case(
        lambda: encoded(palette_with_alpha()),
        looks=lambda: on_white(palette_with_alpha()),
        near=0,
    ),
    "exactly 10 MiB": Case(
        lambda: encoded(photo(), "JPEG", quality=95).ljust(10 * MIB, b"\0"), looks=photo
    ),
}

# The most that is read of each kind, for the measure of memory.
LARGEST: dict[str, Case] = {
    "progressive JPEG of 24 million": Case(lambda: large("JPEG", progressive=True, subsampling=0)),
    "PNG with alpha of 24 million": Case(lambda: large("PNG", "RGBA")),
    "WebP of 15 million": Case(lambda: large("WEBP", "RGBA", (5_000, 3_000))),
    "CMYK of 15 million": Case(
        lambda: large("JPEG", "CMYK", (5_000, 3_000), progressive=True, subsampling=0)
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_picture_that_cannot_be_used_is_refused_in_words(name: str) -> None:
    case = REFUSED[name]
    with pytest.raises(PictureRefused) as caught:
        clean_picture(case.make())
    assert caught.value.code == case.code
    assert case.words in caught.value.words


@pytest.mark.parametrize("name", ACCEPTED)
def test_an_accepted_picture_comes_out_plain_and_as_bright_as_it_was(name: str) -> None:
    case = ACCEPTED[name]
    clean = clean_picture(case.make())
    seen = opened(clean)
    assert case.looks is not None
    source = case.looks()
    assert (seen.mode, seen.size) == ("RGB", source.size)
    assert seen.format == (case.format or seen.format)
    assert apart(seen, source) <= case.near
    for trace in (b"script", b"Camera of", b"Comment", b"ICC_PROFILE", b"iCCP", b"Exif"):
        assert trace not in clean.data
    assert not seen.getexif()


@pytest.mark.parametrize("name", [name for name in ACCEPTED if "EXIF" in name or "16" in name])
def test_not_only_the_mean_but_each_corner_is_right(name: str) -> None:
    """A picture turned the wrong way has the same mean."""
    case = ACCEPTED[name]
    seen = opened(clean_picture(case.make()))
    assert case.looks is not None
    for mine, theirs in zip(corners(seen), corners(case.looks()), strict=True):
        assert apart(mine, theirs) <= 2


def test_pictures_that_differ_in_their_profile_alone_become_one() -> None:
    plain = encoded(photo(), "JPEG", quality=95)
    others = [encoded(photo(), "JPEG", quality=95, icc_profile=b"p" * n) for n in (400, 60_000)]
    assert {clean_picture(data).sha256 for data in (plain, *others)} == {
        clean_picture(plain).sha256
    }
    assert len({plain, *others}) == 3


def test_a_png_too_long_for_kling_becomes_a_jpeg() -> None:
    noise = Image.merge("RGB", [Image.effect_noise((2_200, 2_000), 90) for _ in range(3)])
    clean = clean_picture(encoded(noise, "WEBP", quality=80))
    assert (clean.format, opened(clean).size) == ("jpeg", (2_200, 2_000))
    assert len(clean.data) <= 10 * MIB


def test_the_whole_table_needs_less_than_300_mb(tmp_path: Path) -> None:
    """The cases are made here and read in a process that does nothing else."""
    everything = {**REFUSED, **ACCEPTED, **LARGEST}
    for number, case in enumerate(everything.values()):
        (tmp_path / f"{number}").write_bytes(case.make())
    read = subprocess.run(
        [sys.executable, "-c", _READER, str(tmp_path), str(len(everything))],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    accepted, peak_mb = (int(words) for words in read.stdout.split())
    assert accepted == len(ACCEPTED) + len(LARGEST)
    assert peak_mb < MOST_MEMORY_MB


# The highest mark of the process itself: what getrusage says counts its parent's memory too.
_READER = """
import sys
from pathlib import Path
from storyboard.media.pictures import PictureRefused, clean_picture
accepted = 0
for number in range(int(sys.argv[2])):
    try:
        clean_picture((Path(sys.argv[1]) / str(number)).read_bytes())
        accepted += 1
    except PictureRefused:
        pass
marks = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
print(accepted, int(marks["VmHWM"].split()[0]) // 1024)
"""


def opened(clean: CleanPicture) -> Image.Image:
    picture = Image.open(io.BytesIO(clean.data))
    picture.load()
    return picture


def apart(one: Image.Image, other: Image.Image) -> float:
    """By how much two pictures differ in their mean luminance."""
    means = (ImageStat.Stat(each.convert("L")).mean[0] for each in (one, other))
    first, second = means
    return abs(first - second)


def corners(picture: Image.Image) -> list[Image.Image]:
    width, height = picture.size
    return [
        picture.crop((left, top, left + 40, top + 40))
        for left in (0, width - 40)
        for top in (0, height - 40)
    ]
