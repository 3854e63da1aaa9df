"""Films that come back: what they are, and the stills, poster and filmstrip cut from them.

Files are opened as MP4 by name and from an open handle, so neither a playlist nor a web address
hidden in a file is ever followed. Call from a process with limits (see sandbox) for files that
come from outside.
"""

import errno
import struct
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
from av.container import InputContainer
from av.video.stream import VideoStream
from PIL import Image

POSTER_WIDTH = 1280
POSTER_AT_MS = 400
JPEG_QUALITY = 85
PLAIN_PIXELS = ("yuv420p", "yuvj420p")
NOT_FILMS = (b"qt  ", b"heic", b"heix", b"mif1", b"avif", b"avis", b"M4A ", b"crx ")


DISK_FULL = (errno.ENOSPC, errno.EDQUOT)


class FilmRefused(Exception):
    """A film or recording that cannot be used: `code` for programs, `words` for people."""

    def __init__(self, code: str, words: str) -> None:
        super().__init__(words)
        self.code = code
        self.words = words


@dataclass(frozen=True)
class FilmFacts:
    """What a film is: length in milliseconds, frames per second as a fraction, pixels, codecs.

    `pixel_format` is FFmpeg's name of how the picture's samples lie, "" where it is not told.
    """

    duration_ms: int
    rate_num: int
    rate_den: int
    width: int
    height: int
    video_codec: str
    audio_codec: str | None
    size_bytes: int
    pixel_format: str = ""

    @property
    def plays_everywhere(self) -> bool:
        """H.264 of 8 bits and 4:2:0, silent or with AAC: what every browser plays from an MP4."""
        return (
            self.video_codec == "h264"
            and self.pixel_format in PLAIN_PIXELS
            and self.audio_codec in (None, "aac")
        )


def probe(path: Path) -> FilmFacts:
    """Read a film's facts.

    Raises FilmRefused with one of `not_mp4`, `truncated`, `no_video`, `unreadable`.
    """
    check_container(path)
    with opened(path) as (film, video):
        rate = video.average_rate or video.guessed_rate or Fraction(0)
        audio = film.streams.audio
        facts = FilmFacts(
            duration_ms=_duration_ms(film, video),
            rate_num=rate.numerator,
            rate_den=rate.denominator,
            width=video.width,
            height=video.height,
            video_codec=video.codec_context.name,
            audio_codec=audio[0].codec_context.name if audio else None,
            size_bytes=path.stat().st_size,
            pixel_format=video.codec_context.pix_fmt or "",
        )
    if not (facts.duration_ms and facts.rate_num and facts.width and facts.height):
        raise _no_video()
    return facts


def poster(path: Path, target: Path) -> None:
    """Write the film's poster, an early frame, as a JPEG at most 1280 px wide."""
    facts = probe(path)
    (picture,) = pick_frames(path, [poster_moment(facts)])
    save_picture(fit_width(picture, POSTER_WIDTH), target)


def filmstrip(path: Path, target: Path, frames: int = 30, height: int = 68) -> None:
    """Write one JPEG of `frames` pictures side by side, each `height` px high.

    Picture n (from 0) stands for the n-th equal part of the film and shows its middle.
    """
    facts = probe(path)
    pictures = pick_frames(path, strip_moments(facts, frames))
    save_picture(join_strip(pictures, height), target)


def poster_moment(facts: FilmFacts) -> int:
    """The moment of the poster in milliseconds: early, but past a fade from black."""
    return min(POSTER_AT_MS, facts.duration_ms // 2)


def strip_moments(facts: FilmFacts, frames: int) -> list[int]:
    """The middle of each of `frames` equal parts, in milliseconds."""
    return [facts.duration_ms * (2 * part + 1) // (2 * frames) for part in range(frames)]


def join_strip(pictures: Sequence[Image.Image], height: int) -> Image.Image:
    """Set pictures side by side at one height."""
    first = pictures[0]
    width = max(round(first.width * height / first.height), 1)
    strip = Image.new("RGB", (width * len(pictures), height))
    for number, picture in enumerate(pictures):
        small = picture.resize((width, height), Image.Resampling.BILINEAR, reducing_gap=2)
        strip.paste(small, (number * width, 0))
    return strip


def fit_width(picture: Image.Image, width: int) -> Image.Image:
    """Shrink a picture to `width`; a narrower one stays as it is."""
    if picture.width <= width:
        return picture
    height = max(round(picture.height * width / picture.width), 1)
    return picture.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=2)


def save_picture(picture: Image.Image, target: Path) -> None:
    """Write a JPEG whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.part")
    picture.save(part, "JPEG", quality=JPEG_QUALITY)
    part.replace(target)


def pick_frames(path: Path, at_ms: Sequence[int]) -> list[Image.Image]:
    """Decode the film once and return the frame shown at each moment, in the order asked,
    each at most 1280 px wide.

    Raises FilmRefused when not one frame can be decoded.
    """
    check_container(path)
    waiting = sorted(range(len(at_ms)), key=lambda number: at_ms[number])
    picked: dict[int, Image.Image] = {}
    with opened(path) as (film, video):
        shown = None
        for frame in film.decode(video):
            moment = (
                Fraction((frame.pts or 0) - (video.start_time or 0)) * (frame.time_base or 0) * 1000
            )
            while shown is not None and waiting and at_ms[waiting[0]] < moment:
                picked[waiting.pop(0)] = _image(shown)
            shown = frame
            if not waiting:
                break
        if shown is None:
            raise _no_video()
        for number in waiting:
            picked[number] = _image(shown)
    return [picked[number] for number in range(len(at_ms))]


def pick_frame(path: Path, at_ms: int) -> Image.Image:
    """The very frame shown at a moment, in its full size; one beyond the end gives the last.

    `at_ms` is the start of a frame rounded to a millisecond: half of one is given back. Decodes
    from the key frame before. Raises FilmRefused.
    """
    check_container(path)
    with opened(path) as (film, video):
        if not video.time_base:
            raise _no_video()
        start = video.start_time or 0
        film.seek(start + int(Fraction(at_ms, 1000) / video.time_base), stream=video)
        shown = None
        for frame in film.decode(video):
            moment = Fraction((frame.pts or 0) - start) * (frame.time_base or 0) * 1000
            if shown is not None and moment > at_ms + Fraction(1, 2):
                break
            shown = frame
        if shown is None:
            raise _no_video()
        image: Image.Image = shown.to_image()  # type: ignore[no-untyped-call]
        return image


@contextmanager
def opened(path: Path) -> Iterator[tuple[InputContainer, VideoStream]]:
    """The film and its picture stream, ready to decode. Raises FilmRefused, also while decoding."""
    try:
        with path.open("rb") as file, av.open(file, "r", format="mp4") as film:
            if not film.streams.video:
                raise _no_video()
            video = film.streams.video[0]
            video.thread_type = "AUTO"
            yield film, video
    except (av.FFmpegError, ValueError, EOFError) as error:
        if getattr(error, "errno", None) in DISK_FULL:
            raise OSError(getattr(error, "errno", 0), "no room on the disk") from error
        raise FilmRefused("unreadable", "The film cannot be decoded.") from error


def check_container(path: Path) -> None:
    """Walk the MP4's boxes without decoding anything. Raises FilmRefused.

    A file cut short still opens and plays its beginning, so the boxes are measured against the
    file's own length.
    """
    with path.open("rb") as file:
        _check_head(file.read(512))
    check_boxes(path)


def check_boxes(path: Path) -> None:
    """The same for whatever begins with a box that names its kind, also a MOV."""
    size = path.stat().st_size
    kinds = []
    with path.open("rb") as file:
        at = 0
        while at < size:
            file.seek(at)
            kind, length = _box(file.read(16), size - at)
            if length < 8 or at + length > size:
                raise _truncated()
            kinds.append(kind)
            at += length
    if b"moov" not in kinds or not {b"mdat", b"moof"} & set(kinds):
        raise _truncated()


def _check_head(head: bytes) -> None:
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head[4:8] == b"ftyp" and head[8:12] not in NOT_FILMS:
        return
    named = "The file is not an MP4 film."
    if text.startswith((b"<!doctype", b"<html", b"<?xml", b"<")):
        named = "The file is a web page, not an MP4 film."
    if text.startswith(b"#extm3u"):
        named = "The file is a playlist, not an MP4 film."
    if not head:
        named = "The file is empty, not an MP4 film."
    raise FilmRefused("not_mp4", named)


def _box(head: bytes, rest: int) -> tuple[bytes, int]:
    """Kind and length of the box starting here (ISO/IEC 14496-12, 4.2)."""
    if len(head) < 8:
        raise _truncated()
    length, kind = struct.unpack(">I4s", head[:8])
    if length == 0:
        return kind, rest
    if length == 1:
        return kind, struct.unpack(">Q", head[8:16])[0] if len(head) == 16 else 0
    return kind, length


def _image(frame: av.VideoFrame) -> Image.Image:
    """Shrink while converting: dozens of whole 4K frames would not fit into the limits."""
    width = min(frame.width, POSTER_WIDTH)
    height = max(round(frame.height * width / frame.width), 1)
    small = frame.reformat(width=width, height=height, format="rgb24", interpolation="AREA")
    image: Image.Image = small.to_image()  # type: ignore[no-untyped-call]
    return image


def _duration_ms(film: InputContainer, video: VideoStream) -> int:
    if video.duration and video.time_base:
        return round(video.duration * video.time_base * 1000)
    return round(Fraction(film.duration or 0, av.time_base) * 1000)


def _truncated() -> FilmRefused:
    return FilmRefused("truncated", "The film is cut short: its end is missing.")


def _no_video() -> FilmRefused:
    return FilmRefused("no_video", "The file holds no moving picture.")
