"""Films from which Kling learns an element: judged before they are sent.

Kling API, elements: one MP4 or MOV of 3 to 8 seconds in 1080p, 16:9 or 9:16, of 200 MB at most.
The film is kept as it came. Call from a process with limits (`sandbox.check_element_film`).
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import av
from PIL import Image

from .films import FilmRefused, check_boxes, fit_width, opened, save_picture
from .pictures import sniff

MIB = 1024 * 1024
MAX_BYTES = 200 * MIB
SHORTEST_MS, LONGEST_MS = 3_000, 8_000  # both allowed
FRAME_MS = 50  # a film of exactly 8 s often ends with one frame more
SHORT_SIDE, LONG_SIDE = 1080, 1920
PADDING = 16  # pixels encoders add to come out even
RATIO = LONG_SIDE / SHORT_SIDE
POSTER_WIDTH = 1280
CHOOSE = "Choose an MP4 or MOV film."
_STILLS = (b"heic", b"heix", b"mif1", b"msf1", b"avif", b"avis", b"M4A ", b"crx ")


@dataclass(frozen=True)
class ElementFilm:
    """A film that Kling takes: seconds, pixels as it is seen (turned upright), what it holds.

    `ending` is ".mp4" or ".mov"; `sha256` is of the file's bytes, in hex. `plays` says whether
    every browser shows it.
    """

    seconds: float
    width: int
    height: int
    has_sound: bool
    plays: bool
    ending: str
    sha256: str
    size_bytes: int


def check_element_film(path: Path, poster: Path) -> ElementFilm:
    """Judge a film and write its first picture, upright, to `poster` as a JPEG.

    Raises FilmRefused with one of the codes `empty`, `too_many_bytes`, `not_mp4`, `truncated`,
    `no_video`, `unreadable`, `too_short`, `too_long`, `ratio`, `not_1080p`.
    """
    size = path.stat().st_size
    ending = _ending(path, size)
    check_boxes(path)
    with opened(path) as (film, video):
        first = next(film.decode(video), None)
        if first is None:
            raise FilmRefused("no_video", f"The film holds no moving picture. {CHOOSE}")
        picture = _upright(first)
        told_ms = round((video.duration or 0) * float(video.time_base or 0) * 1000)
        codec, pixels = video.codec_context.name, video.codec_context.pix_fmt
        sounds = {stream.codec_context.name for stream in film.streams.audio}
    told_ms = told_ms or _whole_ms(path)
    _check_length(told_ms)
    _check_shape(picture.width, picture.height)
    save_picture(fit_width(picture, POSTER_WIDTH), poster)
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return ElementFilm(
        seconds=told_ms / 1000,
        width=picture.width,
        height=picture.height,
        has_sound=bool(sounds),
        plays=codec == "h264" and pixels in ("yuv420p", "yuvj420p") and sounds <= {"aac"},
        ending=ending,
        sha256=sha256,
        size_bytes=size,
    )


def too_many_bytes(size: int) -> str:
    """Words against a film of so many bytes."""
    return (
        f"The film has {size / MIB:.0f} MB; Kling takes {MAX_BYTES // MIB} MB at most. "
        "Export it again at a lower bit rate."
    )


def _ending(path: Path, size: int) -> str:
    with path.open("rb") as file:
        head = file.read(512)
    if not head:
        raise FilmRefused("empty", f"The file is empty. {CHOOSE}")
    if size > MAX_BYTES:
        raise FilmRefused("too_many_bytes", too_many_bytes(size))
    if head[4:8] != b"ftyp" or head[8:12] in _STILLS:
        kind = sniff(head)
        named = f"The file is a {kind}" if kind else "The file is not a film we can read"
        raise FilmRefused("not_mp4", f"{named}. {CHOOSE}")
    return ".mov" if head[8:12] == b"qt  " else ".mp4"


def _upright(frame: av.VideoFrame) -> Image.Image:
    """Phones keep a standing film lying down, with a note how far to turn it."""
    image: Image.Image = frame.to_image()  # type: ignore[no-untyped-call]
    return image.rotate(frame.rotation, expand=True) if frame.rotation % 90 == 0 else image


def _whole_ms(path: Path) -> int:
    """Where the picture's own track tells no length, the file does."""
    with opened(path) as (film, _video):
        return round((film.duration or 0) / av.time_base * 1000)


def _check_length(told_ms: int) -> None:
    if SHORTEST_MS <= told_ms <= LONGEST_MS + FRAME_MS:
        return
    code = "too_short" if told_ms < SHORTEST_MS else "too_long"
    raise FilmRefused(
        code,
        f"The film lasts {told_ms / 1000:.1f} s; Kling takes 3 to 8 s. Cut it and choose that.",
    )


def _check_shape(width: int, height: int) -> None:
    short, long = sorted((width, height))
    size = f"The film is {width} × {height} px"
    if abs(long / short - RATIO) > 0.03:
        words = f"{size}; Kling takes 16:9 or 9:16. Crop it and choose that."
        raise FilmRefused("ratio", words)
    if abs(short - SHORT_SIDE) > PADDING or abs(long - LONG_SIDE) > PADDING:
        words = (
            f"{size}; Kling takes 1080p, which is 1920 × 1080 or 1080 × 1920 px. "
            "Export it at that size."
        )
        raise FilmRefused("not_1080p", words)
