"""Pictures people upload: judged strictly, then rewritten as a plain upright JPEG.

What comes out holds pixels and nothing else: no place, no camera, no second picture, no bytes
behind the end. Limits of size and ratio are Kling's for reference pictures.
"""

import hashlib
import io
import struct
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

MIB = 1024 * 1024
MAX_BYTES = 10 * MIB
MAX_PIXELS = 40_000_000
MIN_SIDE = 300
MAX_RATIO = 2.5
# A JPEG of very many scans takes minutes to decode; cameras and web sites write at most about ten.
MAX_SCANS = 100
QUALITIES = (95, 90, 85, 75, 65)
UNREADABLE = (OSError, ValueError, SyntaxError, EOFError, MemoryError, struct.error, IndexError)


class PictureRefused(Exception):
    """A picture that cannot be used: `code` for programs, `words` for the person who sent it."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code
        self.words = words


@dataclass(frozen=True)
class CleanPicture:
    """A rewritten picture: JPEG bytes, size in pixels, and the SHA-256 of the bytes in hex."""

    data: bytes
    width: int
    height: int
    sha256: str
    format: str = "jpeg"


def clean_picture(data: bytes, *, max_bytes: int = MAX_BYTES) -> CleanPicture:
    """Check an uploaded picture and write it anew as an RGB JPEG of at most `max_bytes`.

    Accepts one still JPEG, PNG or WebP. Raises PictureRefused with one of the codes `empty`,
    `too_many_bytes`, `format`, `animated`, `too_many_pixels`, `too_small`, `ratio`, `unreadable`.
    """
    _check_bytes(data, max_bytes)
    picture = _decode(data)
    _check_shape(picture.width, picture.height)
    return _encode(_plain(picture), max_bytes)


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
    if kind == "JPEG" and data.count(b"\xff\xda") > MAX_SCANS:
        raise _unreadable()


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
)
_STILL_BRANDS = (b"heic", b"heix", b"mif1", b"msf1", b"avif", b"avis", b"hevc")


def _decode(data: bytes) -> Image.Image:
    try:
        picture = Image.open(io.BytesIO(data), formats=["JPEG", "PNG", "WEBP"])
        _check_frames(picture)
        if picture.width * picture.height > MAX_PIXELS:
            raise _too_many_pixels(picture.width, picture.height)
        picture.load()
        return ImageOps.exif_transpose(picture)
    except Image.DecompressionBombError:
        raise PictureRefused(
            "too_many_pixels",
            f"The picture has too many pixels; at most {MAX_PIXELS // 1_000_000} million are read.",
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
    if picture.mode in ("I", "I;16", "I;16B", "I;16L", "F"):
        picture = _eight_bits(picture)
    plain = Image.new("RGB", picture.size, "white")
    if picture.has_transparency_data:
        clear = picture.convert("RGBA")
        plain.paste(clear, (0, 0), clear.getchannel("A"))
    else:
        plain.paste(picture.convert("RGB"), (0, 0))
    return plain


def _eight_bits(picture: Image.Image) -> Image.Image:
    """Bring 16-bit greys to 8 bits; a plain conversion would clip nearly all of them to white."""
    wide = picture if picture.mode == "I" else picture.convert("I")
    return wide.point(lambda value: value * (1 / 257)).convert("L")


def _encode(plain: Image.Image, max_bytes: int) -> CleanPicture:
    for quality in QUALITIES:
        data = _jpeg(plain, quality)
        if len(data) <= max_bytes:
            sha256 = hashlib.sha256(data).hexdigest()
            return CleanPicture(data, plain.width, plain.height, sha256)
    smaller = (plain.width * 3 // 4, plain.height * 3 // 4)
    if min(smaller) < MIN_SIDE:
        raise PictureRefused(
            "too_many_bytes", f"The picture does not fit into {max_bytes / MIB:.0f} MB as a JPEG."
        )
    return _encode(plain.resize(smaller, Image.Resampling.LANCZOS), max_bytes)


def _jpeg(plain: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    plain.save(out, "JPEG", quality=quality, optimize=True)
    return out.getvalue()


def _unreadable() -> PictureRefused:
    return PictureRefused(
        "unreadable", "The picture is damaged or cut short. Export it again and choose that file."
    )


def _too_many_pixels(width: int, height: int) -> PictureRefused:
    return PictureRefused(
        "too_many_pixels",
        f"The picture is {width} × {height} px; "
        f"at most {MAX_PIXELS // 1_000_000} million pixels are read.",
    )
