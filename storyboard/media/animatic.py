"""An animatic: each shot's picture and words for its seconds, as a film one can play.

The pictures stand still and only the timecode runs, so a frame is the shot's own planes with one
small box changed, and H.264 has next to nothing to write.
"""

import io
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path

import av
from av.container import OutputContainer
from av.video.frame import PictureType
from av.video.reformatter import ColorRange, Colorspace
from av.video.stream import VideoStream
from PIL import Image, ImageDraw, ImageOps, UnidentifiedImageError

from .captions import draw_caption, draw_label, draw_page
from .letters import Letters
from .timecode import timecode

RATE = 24  # frames a second
SIZES = {"16:9": (1280, 720), "9:16": (720, 1280), "1:1": (960, 960)}  # pixels, width by height
STAGE = (9, 8, 7)
MOST_WORDS = 1200  # characters of a prompt that are drawn
BLACK, WHITE, GREY = 16, 235, 128  # as video has them: luma from 16 to 235, chroma around 128
BT709 = 1  # of colours, by ISO/IEC 23091-2; what players take for granted at this size

Told = Callable[[int], None]


@dataclass(frozen=True)
class AnimaticShot:
    """One shot: its position, whole seconds, words as people say them, a picture's bytes."""

    position: int
    seconds: int
    words: str
    picture: bytes | None = None


@dataclass
class _Still:
    """A shot's three planes as they lie in a frame's memory; the timecode goes to `at`."""

    luma: Image.Image
    blue: bytes
    red: bytes
    at: tuple[int, int]


def render_animatic(
    target: Path, shots: Sequence[AnimaticShot], *, ratio: str, each_second: Told | None = None
) -> None:
    """Write `target`, an MP4 of 24 frames a second, each shot exactly its seconds long.

    `ratio` is one of SIZES; another is drawn as 16:9. `each_second` is told after each second of
    film how many there are, and may raise to stop. A shot without a picture, or with one that
    cannot be read, shows its words. Raises ValueError for shots without a second among them.
    """
    shots = [shot for shot in shots if shot.seconds > 0]
    if not shots:
        raise ValueError("an animatic needs a shot of at least one second")
    size = SIZES.get(ratio, SIZES["16:9"])
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        with av.open(str(part), "w", format="mp4", options={"movflags": "+faststart"}) as film:
            _write(film, shots, size, each_second or _nothing)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _write(
    film: OutputContainer, shots: Sequence[AnimaticShot], size: tuple[int, int], told: Told
) -> None:
    video = _video_stream(film, size)
    number = 0
    for shot in shots:
        for frame in _frames(_still(shot, size), number, shot.seconds * RATE, size):
            film.mux(video.encode(frame))
            number += 1
            if number % RATE == 0:
                told(number // RATE)
    film.mux(video.encode(None))


def _video_stream(film: OutputContainer, size: tuple[int, int]) -> VideoStream:
    """One thread, so that it takes one processor and no more; a key frame every two seconds."""
    stream = film.add_stream("libx264", rate=RATE)
    stream.width, stream.height = size
    stream.pix_fmt = "yuv420p"
    stream.options = {
        "preset": "veryfast",
        "tune": "stillimage",
        "crf": "23",
        "g": str(2 * RATE),
        "bf": "0",
        "sc_threshold": "0",
        "rc-lookahead": "0",
    }
    context = stream.codec_context
    context.thread_count = 1
    context.color_range = ColorRange.MPEG
    context.colorspace = Colorspace.ITU709
    context.color_primaries = context.color_trc = BT709
    return stream


def _frames(
    still: _Still, first: int, count: int, size: tuple[int, int]
) -> Iterator[av.VideoFrame]:
    for number in range(first, first + count):
        luma = still.luma.copy()
        luma.paste(_timecode(number, min(size)), still.at)
        frame = av.VideoFrame(*size, "yuv420p")
        for plane, data in zip(frame.planes, (luma.tobytes(), still.blue, still.red), strict=True):
            plane.update(data)
        frame.pts, frame.time_base = number, Fraction(1, RATE)
        if number == first:
            frame.pict_type = PictureType.I  # a seek to a cut lands on the cut
        yield frame


def _still(shot: AnimaticShot, size: tuple[int, int]) -> _Still:
    short = min(size)
    inset = short // 36
    canvas = _canvas(shot, size)
    number = draw_label(str(shot.position), height=short * 2)
    canvas.paste(number, (inset, inset), number)
    clock = _timecode(0, short)
    # Colours lie on every other pixel, so the grey box begins and ends on even ones.
    at = (_even(size[0] - inset - clock.width), _even(inset))
    frame = av.VideoFrame.from_image(canvas)  # type: ignore[no-untyped-call]
    frame = frame.reformat(
        format="yuv420p",
        dst_colorspace=Colorspace.ITU709,
        dst_color_range=ColorRange.MPEG,
    )
    luma, blue, red = (_plane(frame, place) for place in range(3))
    for colour in (blue, red):
        colour.paste(
            GREY,
            (at[0] // 2, at[1] // 2, (at[0] + clock.width) // 2, (at[1] + clock.height) // 2),
        )
    return _Still(luma, blue.tobytes(), red.tobytes(), at)


def _canvas(shot: AnimaticShot, size: tuple[int, int]) -> Image.Image:
    """The picture whole on the stage, with the words at its foot; else the words alone."""
    width, height = size
    words = shot.words[:MOST_WORDS]
    picture = _opened(shot.picture)
    if picture is None:
        return draw_page(words, width=width, height=height, ground=STAGE)
    canvas = ImageOps.pad(picture, size, Image.Resampling.BICUBIC, color=STAGE)
    caption = draw_caption(words, width=width, height=height)
    canvas.paste(caption, (0, height - caption.height), caption)
    return canvas


def _opened(picture: bytes | None) -> Image.Image | None:
    """Our storage holds what was checked when it came; a disk may bring it back otherwise."""
    if picture is None:
        return None
    try:
        with Image.open(io.BytesIO(picture), formats=["JPEG", "PNG", "WEBP"]) as opened:
            return ImageOps.exif_transpose(opened).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None


def _plane(frame: av.VideoFrame, number: int) -> Image.Image:
    """One plane with the rows as long as they are in memory, of which the end is never shown."""
    plane = frame.planes[number]
    return Image.frombytes("L", (plane.line_size, plane.height), bytes(plane))


@cache
def _figure(figure: str, size: int) -> Image.Image:
    letters = Letters(size, mono=True)
    width = _even(round(letters.width("0")))
    cell = Image.new("RGBA", (width, _even(size * 3 // 2)), (BLACK, BLACK, BLACK, 255))
    ink = (WHITE, WHITE, WHITE, 255)
    letters.draw(ImageDraw.Draw(cell), (0, size * 1.12), figure, ink=ink)
    return cell.getchannel("R")


def _timecode(number: int, short: int) -> Image.Image:
    """The frame's own timecode as luma, on a box of even sides."""
    figures = [_figure(figure, short // 32) for figure in _words_of(number)]
    pad = _even(short // 90)
    width = sum(each.width for each in figures) + 2 * pad
    box = Image.new("L", (width, figures[0].height), BLACK)
    left = pad
    for each in figures:
        box.paste(each, (left, 0))
        left += each.width
    return box


def _words_of(number: int) -> str:
    return timecode(round(number * 1000 / RATE), RATE)


def _even(number: int) -> int:
    return number - number % 2


def _nothing(_seconds: int) -> None:
    return
