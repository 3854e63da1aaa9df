"""Pictures people upload: judged strictly, then rewritten as a plain upright picture.

What comes out holds pixels and nothing else: no place, no camera, no profile, no second picture,
no bytes behind the end. A JPEG stays a JPEG, written once more at quality 95; a PNG and a still
WebP become a PNG of the very same pixels, which Kling takes too, and a JPEG only where that PNG
would not fit. Limits of size and ratio are Kling's for reference pictures.
"""

import hashlib
import io
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PIL import Image, ImageOps, UnidentifiedImageError

MIB = 1024 * 1024
MAX_BYTES = 10 * MIB
# What is read stays below 300 MB of memory, also a progressive JPEG with all its colour; a WebP
# and the four inks of a CMYK picture take up to twice as much for each pixel while they are read.
MAX_PIXELS = 24_000_000
MAX_HEAVY_PIXELS = 15_000_000
MIN_SIDE = 300
MAX_RATIO = 2.5
# A JPEG of very many scans takes minutes to decode; cameras and web sites write at most about ten.
MAX_SCANS = 100
QUALITIES = (95, 90, 85, 75, 65)
# Rows converted at once: a second whole copy in another mode would double the memory.
BAND = 128
SMALL_WIDTH = 960
SMALL_QUALITY = 82
UNREADABLE = (OSError, ValueError, SyntaxError, EOFError, MemoryError, struct.error, IndexError)


class PictureRefused(Exception):
    """A picture that cannot be used: `code` for programs, `words` for the person who sent it."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code
        self.words = words


@dataclass(frozen=True)
class CleanPicture:
    """A rewritten picture: its bytes, size in pixels, and the SHA-256 of the bytes in hex.

    `format` is `jpeg` or `png`.
    """

    data: bytes
    width: int
    height: int
    sha256: str
    format: str = "jpeg"


def clean_picture(data: bytes, *, max_bytes: int = MAX_BYTES) -> CleanPicture:
    """Check an uploaded picture and write it anew, RGB and upright, in at most `max_bytes`.

    Accepts one still JPEG, PNG or WebP. Raises PictureRefused with one of the codes `empty`,
    `too_many_bytes`, `format`, `scans`, `animated`, `too_many_pixels`, `too_small`, `ratio`,
    `unreadable`.
    """
    return _rewritten(data, max_bytes, _check_shape)


def clean_still(data: bytes, *, max_bytes: int = MAX_BYTES) -> CleanPicture:
    """The same for a picture Kling never sees: as small and as narrow as it likes."""
    return _rewritten(data, max_bytes, _take_any_shape)


def write_whole(plain: Image.Image, max_bytes: int = MAX_BYTES) -> CleanPicture:
    """An RGB picture as a PNG; as a JPEG where the PNG would have more than `max_bytes`."""
    return _as_png(plain, max_bytes) or _as_jpeg(plain, max_bytes)


def small_jpeg(data: bytes) -> bytes:
    """A picture of ours at most SMALL_WIDTH px wide, as a JPEG for lists and cards."""
    with Image.open(io.BytesIO(data), formats=["JPEG", "PNG"]) as picture:
        picture.draft("RGB", (SMALL_WIDTH, SMALL_WIDTH))
        width = min(picture.width, SMALL_WIDTH)
        height = max(round(picture.height * width / picture.width), 1)
        small = picture.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=2)
    return _jpeg(small, SMALL_QUALITY)


def _check_bytes(data: bytes, max_bytes: int) -> None:
    if not data:
        raise PictureRefused("empty", "The file is empty. Choose a JPEG, PNG or WebP picture.")
    if len(data) > max_bytes:
        size, most = len(data) / MIB, max_bytes / MIB
        raise PictureRefused(
            "too_many_bytes", f"The picture has {size:.1f} MB; at most {most:.0f} MB can be used."
        )
    kind = sniff(data)
    if kind not in ("JPEG", "PNG", "WebP"):
        article = "an" if kind == "SVG" else "a"
        named = f"The file is {article} {kind}" if kind else "The file is not a known picture"
        raise PictureRefused("format", f"{named}. Choose a JPEG, PNG or WebP picture.")
    if kind == "JPEG":
        check_scans(data)


def check_scans(data: bytes) -> None:
    """Raises PictureRefused, code `scans`, for a JPEG that would take minutes to decode."""
    scans = data.count(b"\xff\xda")
    if scans > MAX_SCANS:
        raise PictureRefused(
            "scans",
            f"The picture is a JPEG written in {scans} scans; at most {MAX_SCANS} are read. "
            "Export it again without them.",
        )


def sniff(data: bytes) -> str:
    """Name the kind of file by its first bytes, or the empty string for an unknown kind."""
    head = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WebP"
    for start, kind in _MAGIC:
        if data.startswith(start):
            return kind
    if data[4:8] == b"ftyp":
        return "HEIC or AVIF picture" if data[8:12] in _STILL_BRANDS else "film"
    if head.startswith(b"<svg") or (head.startswith(b"<?xml") and b"<svg" in head):
        return "SVG"
    if head.startswith((b"<!doctype html", b"<html")):
        return "web page"
    return ""


_MAGIC = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"GIF8", "GIF"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"BM", "BMP"),
    (b"%PDF", "PDF"),
    (b"%!PS", "PostScript file"),
    (b"\xc5\xd0\xd3\xc6", "PostScript file"),
)
_STILL_BRANDS = tuple(b"heic heix heim heis hevc hevx mif1 msf1 avif avis".split())


def _rewritten(
    data: bytes, max_bytes: int, check_shape: Callable[[int, int], None]
) -> CleanPicture:
    _check_bytes(data, max_bytes)
    plain, kind = _read(data, check_shape)
    return _as_jpeg(plain, max_bytes) if kind == "JPEG" else write_whole(plain, max_bytes)


def _read(data: bytes, check_shape: Callable[[int, int], None]) -> tuple[Image.Image, str]:
    """The plain picture and what it came as; the one it came as is let go before it is written."""
    picture = _decode(data)
    check_shape(picture.width, picture.height)
    return _plain(picture), "JPEG" if picture.format in ("JPEG", "MPO") else "PNG"


def _decode(data: bytes) -> Image.Image:
    try:
        picture = Image.open(io.BytesIO(data), formats=["JPEG", "PNG", "WEBP"])
        _check_frames(picture)
        _check_pixels(picture)
        picture.load()
        ImageOps.exif_transpose(picture, in_place=True)
        return picture
    except Image.DecompressionBombError:
        raise PictureRefused(
            "too_many_pixels",
            f"The picture has too many pixels; at most {MAX_PIXELS // 1_000_000} million are read. "
            "Make it smaller.",
        ) from None
    except (UnidentifiedImageError, *UNREADABLE):
        raise _unreadable() from None


def _check_frames(picture: Image.Image) -> None:
    # Phones put a second picture (depth, a brighter rendering) behind a JPEG: the first is meant.
    if picture.format == "MPO":
        return
    if getattr(picture, "is_animated", False) or getattr(picture, "n_frames", 1) > 1:
        raise PictureRefused(
            "animated", "The picture moves: it holds several frames. Choose a still picture."
        )


def _check_pixels(picture: Image.Image) -> None:
    is_heavy = picture.format == "WEBP" or picture.mode == "CMYK"
    most = MAX_HEAVY_PIXELS if is_heavy else MAX_PIXELS
    if picture.width * picture.height > most:
        raise PictureRefused(
            "too_many_pixels",
            f"The picture is {picture.width} × {picture.height} px; "
            f"at most {most // 1_000_000} million pixels are read. Make it smaller.",
        )


def _take_any_shape(_width: int, _height: int) -> None:
    """No limit but those of bytes and pixels."""


def _check_shape(width: int, height: int) -> None:
    if min(width, height) < MIN_SIDE:
        raise PictureRefused(
            "too_small",
            f"The picture is {width} × {height} px; "
            f"Kling needs at least {MIN_SIDE} px on each side.",
        )
    if max(width, height) > min(width, height) * MAX_RATIO:
        raise PictureRefused(
            "ratio",
            f"The picture is {width} × {height} px; "
            "Kling takes pictures from 1:2.5 to 2.5:1. Crop it.",
        )


def _plain(picture: Image.Image) -> Image.Image:
    """Copy the pixels into a new RGB picture, on white where the source is clear."""
    plain = Image.new("RGB", picture.size, "white")
    for top in range(0, picture.height, BAND):
        band = picture.crop((0, top, picture.width, min(top + BAND, picture.height)))
        _paste(plain, band, top)
    return plain


def _paste(plain: Image.Image, band: Image.Image, top: int) -> None:
    if band.mode in ("I", "I;16", "I;16B", "I;16L", "F"):
        band = _eight_bits(band)
    if band.has_transparency_data:
        clear = band.convert("RGBA")
        plain.paste(clear, (0, top), clear.getchannel("A"))
    else:
        plain.paste(band.convert("RGB"), (0, top))


def _eight_bits(picture: Image.Image) -> Image.Image:
    """Bring 16-bit greys to 8 bits; a plain conversion would clip nearly all of them to white."""
    wide = picture if picture.mode == "I" else picture.convert("I")
    grey = wide.point(lambda value: value * (1 / 257)).convert("L")
    clear = picture.info.get("transparency")
    if isinstance(clear, int):
        grey.info["transparency"] = clear // 257
    return grey


class _Full(Exception):
    """As many bytes are written as may be."""


class _Limited(io.BytesIO):
    """Stops a picture as soon as it is too long, instead of after all the work."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most

    def write(self, data: Any) -> int:
        written = super().write(data)
        if self.tell() > self.most:
            raise _Full
        return written


def _as_png(plain: Image.Image, max_bytes: int) -> CleanPicture | None:
    """The same pixels; None where they do not fit."""
    out = _Limited(max_bytes)
    try:
        plain.save(out, "PNG")
    except _Full:
        return None
    return _clean(plain, out.getvalue(), "png")


def _as_jpeg(plain: Image.Image, max_bytes: int) -> CleanPicture:
    for quality in QUALITIES:
        data = _jpeg(plain, quality)
        if len(data) <= max_bytes:
            return _clean(plain, data, "jpeg")
    smaller = (plain.width * 3 // 4, plain.height * 3 // 4)
    if min(smaller) < MIN_SIDE:
        raise PictureRefused(
            "too_many_bytes", f"The picture does not fit into {max_bytes / MIB:.0f} MB as a JPEG."
        )
    return _as_jpeg(plain.resize(smaller, Image.Resampling.LANCZOS), max_bytes)


def _clean(plain: Image.Image, data: bytes, kind: str) -> CleanPicture:
    sha256 = hashlib.sha256(data).hexdigest()
    return CleanPicture(data, plain.width, plain.height, sha256, kind)


def _jpeg(plain: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    plain.save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()


def _unreadable() -> PictureRefused:
    return PictureRefused(
        "unreadable", "The picture is damaged or cut short. Export it again and choose that file."
    )
