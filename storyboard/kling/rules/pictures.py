"""Which pictures Kling takes: by their bytes where they are stored, else by their address."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import SplitResult, urlsplit

from .. import sources
from ..problems import Problem
from ..references import Picture, PictureLink, PictureRef
from .case import Case

LEAST_PIXELS = 300
# 1:2.5 to 2.5:1 in whole numbers.
LONGEST_SIDE, SHORTEST_SIDE = 5, 2
MOST_BYTES = 10 * 1024 * 1024
FORMATS = ("jpeg", "jpg", "png")
LONGEST_LINK = 2048
# Files of another kind, by the end of their name; an end that is none of these says nothing.
_OTHER_KINDS = """
apng avif avi bmp cr2 dng eps flv gif heic heif ico jp2 jxl m4v mkv mov mp3 mp4 mpeg mpg pdf psd
svg tif tiff wav webm webp wmv
"""
OTHER_KINDS = frozenset(_OTHER_KINDS.split())


@dataclass(frozen=True)
class _Place:
    """Where a picture stands and how it is spoken of."""

    case: Case
    name: str
    field: str
    code: str
    topic: str

    def broken(self, what: str, words: str, topic: str = "") -> Problem:
        """A rule of the documents about this picture."""
        code = f"{self.code}.{what}"
        return self.case.rule(code, self.field, f"{self.name} {words}", topic=topic or self.topic)

    def odd(self, what: str, words: str) -> Problem:
        """What no document says of this picture."""
        code = f"{self.code}.{what}"
        return self.case.caution(code, self.field, f"{self.name} {words}", sources.GREENLIGHT)


def check_picture(
    case: Case, picture: Picture, *, name: str, field: str, code: str, topic: str = ""
) -> Iterator[Problem]:
    """A picture Kling takes.

    `name` begins the sentence, `code` is the prefix of the code, `topic` what the picture is for.
    """
    place = _Place(case, name, field, code, topic)
    if isinstance(picture, PictureLink):
        yield from _check_link(place, picture.url)
    else:
        yield from _check_stored(place, picture)


def _check_stored(place: _Place, picture: PictureRef) -> Iterator[Problem]:
    short, long = sorted((picture.width, picture.height))
    size = f"{picture.width} × {picture.height} px"
    if short < LEAST_PIXELS:
        words = (
            f"is {size}; it needs at least {LEAST_PIXELS} px on each side. Choose a larger picture."
        )
        yield place.broken("too_small", words)
    if long * SHORTEST_SIDE > short * LONGEST_SIDE:
        words = (
            f"is {size}; its long side may be at most 2.5 times its short side. "
            "Crop it, or choose another picture."
        )
        yield place.broken("too_long", words, topic=place.topic or "picture_ratio")
    if picture.size_bytes > MOST_BYTES:
        yield place.broken("too_heavy", "is over 10 MB. Choose a smaller file.")
    if picture.format.lower() not in FORMATS:
        words = f"is a {picture.format.upper()} file. Choose a JPEG or PNG picture."
        yield place.broken("format", words)


def _check_link(place: _Place, url: str) -> Iterator[Problem]:
    if url[:5].lower() == "data:":
        words = "begins with data:. Send the bare Base64 text, or a link."
        yield place.broken("data_prefix", words)
        return
    parts = _address(url)
    if parts is None:
        words = "is not a web address. Give one that begins with https:// and names a host."
        yield place.broken("link", words)
        return
    _, dot, kind = parts.path.rpartition("/")[2].rpartition(".")
    if dot and kind.lower() in OTHER_KINDS:
        words = f"links to a {kind.upper()} file. Choose a JPEG or PNG picture."
        yield place.broken("format", words)
    if len(url) > LONGEST_LINK:
        words = f"has an address of {len(url)} characters. Keep it within {LONGEST_LINK}."
        yield place.odd("link_too_long", words)
    if parts.username is not None or "#" in url:
        words = (
            "has a name, a password or a # part in its address. Kling needs an address that opens "
            "the picture by itself."
        )
        yield place.odd("link_odd", words)


@lru_cache(maxsize=256)
def _address(url: str) -> SplitResult | None:
    """The parts of an http or https address with a host, or None."""
    if not url.isprintable() or " " in url:
        return None
    try:
        parts = urlsplit(url)
        known = parts.scheme in ("http", "https") and (parts.hostname or "").strip(".")
        return parts if known and parts.port != 0 else None
    except ValueError:
        return None
