"""Masks of the motion brush: two values of exactly the first frame's size, or refused in words."""

from __future__ import annotations

import hashlib
import io
import struct
import zlib

import pytest
from PIL import Image, ImageDraw

from storyboard.media.masks import clean_mask
from storyboard.media.pictures import CleanPicture, PictureRefused

SIZE = (400, 300)
BOX = (100, 50, 199, 149)  # the painted area, its last row and column too


def painted(mode: str = "RGB", ground: object = "black", ink: object = "white") -> Image.Image:
    picture = Image.new(mode, SIZE, ground)  # type: ignore[arg-type]
    ImageDraw.Draw(picture).rectangle(BOX, fill=ink)  # type: ignore[arg-type]
    return picture


def encoded(picture: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def opened(clean: CleanPicture) -> Image.Image:
    picture = Image.open(io.BytesIO(clean.data))
    picture.load()
    return picture


def refused(data: bytes, **options: int) -> PictureRefused:
    with pytest.raises(PictureRefused) as caught:
        clean_mask(data, size=SIZE, **options)
    return caught.value


WAYS = {
    "black and white": encoded(painted()),
    "one bit": encoded(painted("1", 0, 1)),
    "grey": encoded(painted("L", 40, 200)),
    "a palette": encoded(painted().convert("P")),
    "white on nothing": encoded(painted("RGBA", (255, 255, 255, 0), (255, 255, 255, 255))),
    "grey and alpha": encoded(painted("LA", (255, 0), (255, 255))),
    "sixteen bits": encoded(painted("I;16", 300, 60000)),
    "JPEG": encoded(painted(), "JPEG", quality=90),
}


@pytest.mark.parametrize("way", WAYS)
def test_whatever_it_was_it_comes_out_as_two_values_of_the_same_area(way: str) -> None:
    clean = clean_mask(WAYS[way], size=SIZE)
    mask = opened(clean)
    assert (mask.format, mask.mode, mask.size) == ("PNG", "L", SIZE)
    assert (clean.width, clean.height, clean.format) == (*SIZE, "png")
    assert clean.sha256 == hashlib.sha256(clean.data).hexdigest()
    assert sorted(value for _count, value in mask.getcolors() or ()) == [0, 255]
    assert mask.tobytes() == painted("L", 0, 255).tobytes()


def test_written_once_more_it_is_the_same_file() -> None:
    clean = clean_mask(WAYS["JPEG"], size=SIZE)
    assert clean_mask(clean.data, size=SIZE) == clean


def test_a_dark_area_on_a_clear_ground_is_not_white() -> None:
    data = encoded(painted("RGBA", (0, 0, 0, 0), (30, 30, 30, 255)))
    assert refused(data).code == "nothing_painted"


def test_another_size_is_refused_with_both_sizes() -> None:
    smaller = refused(encoded(painted().resize((200, 150))))
    assert smaller.code == "size"
    assert smaller.words == (
        "The mask is 200 × 150 px and the first frame 400 × 300 px. Scale it to exactly that size."
    )
    other = refused(encoded(painted().crop((0, 0, 400, 299))))
    assert other.code == "size"
    assert "another shape: crop it to exactly that size" in other.words


def test_an_empty_mask_is_refused() -> None:
    assert refused(encoded(Image.new("RGB", SIZE, "black"))).code == "nothing_painted"
    assert "nothing in it is white" in refused(encoded(Image.new("1", SIZE, 0))).words


def test_too_many_bytes_are_refused_before_they_are_read() -> None:
    found = refused(WAYS["grey"] + bytes(5000), max_bytes=4000)
    assert found.code == "too_many_bytes"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (encoded(painted(), "GIF"), "format"),
        (encoded(painted(), "WEBP"), "format"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "format"),
        (b"white on black", "format"),
        (WAYS["grey"][:-40], "unreadable"),
        (b"\x89PNG\r\n\x1a\nnothing", "unreadable"),
        (encoded(painted(), "PNG", save_all=True, append_images=[painted("RGB", 9)]), "animated"),
    ],
)
def test_what_is_no_mask_is_refused(data: bytes, code: str) -> None:
    assert refused(data).code == code


def test_a_jpeg_of_very_many_scans_is_refused_before_it_is_decoded() -> None:
    data = encoded(painted(), "JPEG", progressive=True)
    last = data.rindex(b"\xff\xda")
    assert refused(data[:last] + data[last:-2] * 500 + data[-2:]).code == "scans"


def test_a_bomb_is_judged_by_its_claim() -> None:
    head = struct.pack(">IIBBBBB", 60000, 60000, 1, 0, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(b"\0" * 64)), (b"IEND", b""))
    data = b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(part)) + kind + part + struct.pack(">I", zlib.crc32(kind + part))
        for kind, part in chunks
    )
    assert refused(data).code in ("size", "unreadable")
