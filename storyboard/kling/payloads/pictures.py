"""Pictures as they stand in a payload: an address, or the bare base64 of a file.

An address is left to the rules, which judge its form and never fetch it. Of a file only the head
is read, so that no picture, however large it claims to be, is ever unpacked here.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import struct
from dataclasses import dataclass

from ..references import PictureLink, PictureRef

_PNG = b"\x89PNG\r\n\x1a\n"
_JPEG = b"\xff\xd8\xff"
# What a file begins with, and what people call it.
_OTHERS = (
    (b"GIF8", "gif"),
    (b"BM", "bmp"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
    (b"%PDF", "pdf"),
    (b"<svg", "svg"),
    (b"<?xml", "svg"),
)
_BOXES = {b"ftypheic": "heic", b"ftypheix": "heic", b"ftypmif1": "heif", b"ftypavif": "avif"}
# Start of frame: the segments of a JPEG that tell its size.
_SIZED = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_LONGEST_SCHEME = 64
_LONGEST_LINK = 10_000  # what is longer is cut: it is far too long in any case
_BARE = frozenset({0x01, *range(0xD0, 0xD8)})  # markers without a length


@dataclass(frozen=True)
class Fault:
    """Why a value is no picture: the end of a code, and the end of a sentence."""

    code: str
    words: str


def read_picture(value: str) -> PictureRef | PictureLink | Fault:
    """The picture in a string that is not empty; what looks like an address stays one."""
    # Base64 has no colon, and an address has its first one soon.
    if ":" in value[:_LONGEST_SCHEME]:
        return PictureLink(value[:_LONGEST_LINK])
    return _read_file(value)


def _read_file(value: str) -> PictureRef | Fault:
    try:
        data = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        words = "is neither an http or https address nor bare base64 (no spaces, no line breaks)."
        return Fault("base64", words)
    found = _format(data)
    if found is None:
        return Fault("format", "is not a picture. Send a JPEG or PNG file.")
    if found not in ("png", "jpeg"):
        return Fault("format", f"is a {found.upper()} file. Send a JPEG or PNG file.")
    size = _png_size(data) if found == "png" else _jpeg_size(data)
    if size is None:
        return Fault("unreadable", f"is a damaged {found.upper()} file. Send a whole one.")
    digest = hashlib.sha256(data).hexdigest()
    return PictureRef(digest, size[0], size[1], len(data), found)


def _format(data: bytes) -> str | None:
    if data.startswith(_PNG):
        return "png"
    if data.startswith(_JPEG):
        return "jpeg"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    if data[4:12] in _BOXES:
        return _BOXES[data[4:12]]
    return next((name for magic, name in _OTHERS if data.startswith(magic)), None)


def _png_size(data: bytes) -> tuple[int, int] | None:
    """Width and height of a PNG with its head and its end in place."""
    if data[8:16] != b"\x00\x00\x00\rIHDR" or len(data) < 33 or data.rfind(b"IEND") < 33:
        return None
    width, height = struct.unpack(">II", data[16:24])
    # A mended head would lie about the size: it carries its own checksum.
    if binascii.crc32(data[12:29]) != int.from_bytes(data[29:33], "big"):
        return None
    return (width, height) if width and height else None


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    """Width and height of a JPEG: its segments are walked up to the one that tells."""
    place, end = 2, len(data)
    while place + 4 <= end:
        if data[place] != 0xFF:
            return None
        marker = data[place + 1]
        if marker == 0xFF or marker in _BARE:
            place += 1 if marker == 0xFF else 2
            continue
        length = int.from_bytes(data[place + 2 : place + 4], "big")
        if length < 2 or marker in (0xD8, 0xD9, 0xDA):
            return None
        if marker in _SIZED:
            return _frame_size(data, place, length)
        place += 2 + length
    return None


def _frame_size(data: bytes, place: int, length: int) -> tuple[int, int] | None:
    after = place + 2 + length
    if length < 8 or data.rfind(b"\xff\xd9") < after:
        return None
    height, width = struct.unpack(">HH", data[place + 5 : place + 9])
    return (width, height) if width and height else None
