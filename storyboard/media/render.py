"""A real film from words and pictures: H.264 and AAC in an MP4, quick enough to make on demand.

The costly steps happen once per scene: each picture is brought to size and to planar YUV, then
every frame is a crop of those planes with the caption laid over it (no scaling, no conversion).
"""

import array
import hashlib
import io
import math
import os
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

import av
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.frame import PictureType
from av.video.stream import VideoStream
from PIL import Image, ImageOps

from . import frame_strip
from .captions import draw_caption, draw_label
from .scenery import draw_scenery

SAMPLE_RATE = 48_000
TONES_HZ = (220, 247, 262, 294, 330, 392)
MARGIN = 1.12  # how much larger than the frame a picture is, so that it can move


@dataclass(frozen=True)
class Scene:
    """One shot of a film: whole seconds, the words burned in, and a picture to move over.

    `picture` is a file, the bytes of one, or None for a drawn scene.
    """

    seconds: int
    caption: str
    picture: Path | bytes | None = None


@dataclass(frozen=True)
class _Planes:
    """One picture as 4:2:0 luma and chroma; `alpha` has the size of luma."""

    luma: Image.Image
    blue: Image.Image
    red: Image.Image
    alpha: Image.Image | None = None
    thin_alpha: Image.Image | None = None


@dataclass(frozen=True)
class _Stage:
    """What one scene needs per frame: the wide picture, things on it, and how they move."""

    wide: _Planes
    start: tuple[int, int]
    end: tuple[int, int]
    overlays: tuple[tuple[_Planes, tuple[int, int]], ...]
    boat: _Planes | None = None
    boat_at: tuple[int, int] = (0, 0)
    heading: int = 0


def render_film(
    target: Path,
    scenes: Sequence[Scene],
    *,
    width: int,
    height: int,
    sound: bool,
    fps: int = 24,
    seed: str,
    mark: str = "",
    numbered: bool = False,
) -> None:
    """Write `target`: the scenes one after the other, each exactly its seconds long.

    `width` and `height` are pixels and even. With `sound` each scene has a soft tone, without
    there is no audio track. The same seed gives the same frames; another seed gives others.
    `mark` is drawn in a corner, as a watermark is; `numbered` frames carry their number, counted
    from 0, for programs (see frame_strip). Raises ValueError for scenes that cannot be
    rendered and OSError for pictures that cannot be read.
    """
    if not scenes or any(scene.seconds < 1 for scene in scenes):
        raise ValueError("a film needs scenes of at least one second")
    if width % 2 or height % 2 or min(width, height) < 16:
        raise ValueError("a film needs an even width and height of at least 16 px")
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        with av.open(str(part), "w", format="mp4", options={"movflags": "+faststart"}) as film:
            _write(film, scenes, (width, height), sound, fps, seed, mark, numbered)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _write(
    film: OutputContainer,
    scenes: Sequence[Scene],
    size: tuple[int, int],
    sound: bool,
    fps: int,
    seed: str,
    mark: str,
    numbered: bool,
) -> None:
    film.metadata["comment"] = hashlib.sha256(seed.encode()).hexdigest()
    video = _video_stream(film, size, fps)
    audio = _audio_stream(film) if sound else None
    frame_number = sample_number = 0
    for position, scene in enumerate(scenes, 1):
        stage = _stage(scene, position, size, seed, mark)
        first = frame_number if numbered else None
        for frame in _frames(stage, scene.seconds * fps, size, first):
            frame.pts = frame_number
            frame.time_base = Fraction(1, fps)
            film.mux(video.encode(frame))
            frame_number += 1
        if audio is not None:
            sample_number = _write_tone(film, audio, scene, position, sample_number)
    film.mux(video.encode(None))
    if audio is not None:
        film.mux(audio.encode(None))


def _video_stream(film: OutputContainer, size: tuple[int, int], fps: int) -> VideoStream:
    stream = film.add_stream("libx264", rate=fps)
    stream.width, stream.height = size
    stream.pix_fmt = "yuv420p"
    stream.options = {"preset": "ultrafast", "crf": "27", "g": str(fps)}
    stream.codec_context.thread_count = 2
    return stream


def _audio_stream(film: OutputContainer) -> AudioStream:
    stream = film.add_stream("aac", rate=SAMPLE_RATE, layout="mono")
    stream.bit_rate = 64_000
    return stream


def _stage(scene: Scene, position: int, size: tuple[int, int], seed: str, mark: str) -> _Stage:
    width, height = size
    wide_size = (_even(width * MARGIN), _even(height * MARGIN))
    dice = random.Random(f"{seed}/{position}")
    start, end = _path((wide_size[0] - width, wide_size[1] - height), dice)
    overlays = _overlays(scene, position, size, seed, mark)
    if scene.picture is not None:
        picture = _cover(_open(scene.picture), wide_size)
        return _Stage(_planes(picture), start, end, overlays)
    scenery = draw_scenery(*wide_size, seed=f"{seed}/{position}")
    boat_at = (round(scenery.boat_x * width), round(scenery.boat_y * height))
    boat_at = (boat_at[0], boat_at[1] - scenery.boat.height)
    boat = _planes(scenery.boat)
    return _Stage(_planes(scenery.picture), start, end, overlays, boat, boat_at, scenery.heading)


def _overlays(
    scene: Scene, position: int, size: tuple[int, int], seed: str, mark: str
) -> tuple[tuple[_Planes, tuple[int, int]], ...]:
    """The caption at the foot with a short code of seed and position, which no other film has.

    A scene without words shows its picture alone.
    """
    width, height = size
    short = min(size)
    inset = _even(short / 36)
    laid: list[tuple[_Planes, tuple[int, int]]] = []
    if scene.caption:
        caption = draw_caption(scene.caption, width=width, height=height)
        code = hashlib.sha256(seed.encode()).hexdigest()[:8]
        label = draw_label(f"{code}  {position}", height=short)
        laid += [
            (_planes(caption), (0, max(height - caption.height, 0))),
            (_planes(label), (inset, inset)),
        ]
    if mark:
        corner = draw_label(mark, height=short * 2)
        laid.append((_planes(corner), (width - inset - corner.width, inset)))
    return tuple(laid)


def _frames(
    stage: _Stage, count: int, size: tuple[int, int], first: int | None
) -> Iterator[av.VideoFrame]:
    """`first` is the number the first of these frames carries; None where they carry none."""
    width, height = size
    for number in range(count):
        x, y = _between(stage.start, stage.end, number, count)
        frame = av.VideoFrame(width, height, "yuv420p")
        layers = [*stage.overlays]
        if stage.boat is not None:
            layers.insert(0, (stage.boat, _sail(stage, number, width, height)))
        if first is not None:
            layers.append((_number(first + number, width), (0, 0)))
        _fill(frame, 0, stage.wide.luma, (x, y), layers)
        _fill(frame, 1, stage.wide.blue, (x // 2, y // 2), layers)
        _fill(frame, 2, stage.wide.red, (x // 2, y // 2), layers)
        if number == 0:
            frame.pict_type = PictureType.I  # a seek to a cut lands on the cut
        yield frame


def _number(number: int, width: int) -> _Planes:
    return _Planes(frame_strip.draw(number, width), *_grey(frame_strip.size(width)))


@lru_cache(maxsize=8)
def _grey(size: tuple[int, int]) -> tuple[Image.Image, Image.Image]:
    """Chroma without any colour under a strip of this size."""
    plane = Image.new("L", (size[0] // 2, size[1] // 2), 128)
    return plane, plane


def _fill(
    frame: av.VideoFrame,
    number: int,
    wide: Image.Image,
    at: tuple[int, int],
    layers: Sequence[tuple[_Planes, tuple[int, int]]],
) -> None:
    """Cut one plane of a frame out of the wide plane and lay the layers over it.

    The crop is as wide as the plane's rows are in memory; what lies beyond the visible width
    is never shown.
    """
    plane = frame.planes[number]
    crop = wide.crop((at[0], at[1], at[0] + plane.line_size, at[1] + plane.height))
    for planes, (left, top) in layers:
        source, mask = _layer(planes, number)
        shift = 0 if number == 0 else 1
        crop.paste(source, (left >> shift, top >> shift), mask)
    plane.update(crop.tobytes())


def _layer(planes: _Planes, number: int) -> tuple[Image.Image, Image.Image | None]:
    if number == 0:
        return planes.luma, planes.alpha
    return (planes.blue if number == 1 else planes.red), planes.thin_alpha


def _sail(stage: _Stage, number: int, width: int, height: int) -> tuple[int, int]:
    along = round(number * width / 2400) * stage.heading
    bob = round(math.sin(number / 14) * height / 260)
    return stage.boat_at[0] + along, stage.boat_at[1] + bob


def _path(room: tuple[int, int], dice: random.Random) -> tuple[tuple[int, int], tuple[int, int]]:
    """Choose two opposite sides of the room a picture has to move in."""
    drift = dice.uniform(0.2, 0.8)
    low, high = (0, round(room[1] * drift)), (room[0], round(room[1] * (1 - drift)))
    return (low, high) if dice.random() < 0.5 else (high, low)


def _between(
    start: tuple[int, int], end: tuple[int, int], number: int, count: int
) -> tuple[int, int]:
    part = number / max(count - 1, 1)
    x = round(start[0] + (end[0] - start[0]) * part)
    y = round(start[1] + (end[1] - start[1]) * part)
    return x, y


def _open(picture: Path | bytes) -> Image.Image:
    source = picture if isinstance(picture, Path) else io.BytesIO(picture)
    with Image.open(source, formats=["JPEG", "PNG", "WEBP"]) as opened:
        upright = ImageOps.exif_transpose(opened)
        return upright.convert("RGB")


def _cover(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    return ImageOps.fit(picture, size, Image.Resampling.BICUBIC)


def _planes(picture: Image.Image) -> _Planes:
    """Split a picture into 4:2:0 planes, by the same conversion a player undoes."""
    even = (_even(picture.width), _even(picture.height))
    if even != picture.size:
        picture = ImageOps.pad(picture, even)
    frame = av.VideoFrame.from_image(picture.convert("RGB"))  # type: ignore[no-untyped-call]
    frame = frame.reformat(format="yuv420p")
    luma, blue, red = (_plane_image(frame, number) for number in range(3))
    if picture.mode != "RGBA":
        return _Planes(luma, blue, red)
    alpha = picture.getchannel("A")
    return _Planes(luma, blue, red, alpha, alpha.reduce(2))


def _plane_image(frame: av.VideoFrame, number: int) -> Image.Image:
    plane = frame.planes[number]
    rows = Image.frombytes("L", (plane.line_size, plane.height), bytes(plane))
    return rows.crop((0, 0, plane.width, plane.height))


def _write_tone(
    film: OutputContainer, audio: AudioStream, scene: Scene, position: int, start: int
) -> int:
    second = _tone_second(TONES_HZ[(position - 1) % len(TONES_HZ)])
    for number in range(scene.seconds):
        samples = array.array("h", second)
        if number == 0:
            _fade(samples, range(0, SAMPLE_RATE // 8))
        if number == scene.seconds - 1:
            _fade(samples, range(SAMPLE_RATE - 1, SAMPLE_RATE - 1 - SAMPLE_RATE // 8, -1))
        frame = av.AudioFrame(format="s16", layout="mono", samples=SAMPLE_RATE)
        frame.planes[0].update(samples.tobytes())
        frame.sample_rate = SAMPLE_RATE
        frame.pts = start + number * SAMPLE_RATE
        frame.time_base = Fraction(1, SAMPLE_RATE)
        film.mux(audio.encode(frame))
    return start + scene.seconds * SAMPLE_RATE


@lru_cache(maxsize=8)
def _tone_second(hertz: int) -> "array.array[int]":
    """One second of a quiet tone; whole periods, so that seconds join without a click."""
    period = [math.sin(2 * math.pi * step / SAMPLE_RATE) for step in range(SAMPLE_RATE)]
    return array.array(
        "h",
        (
            int(
                1800 * period[step * hertz % SAMPLE_RATE]
                + 700 * period[step * hertz * 2 % SAMPLE_RATE]
            )
            for step in range(SAMPLE_RATE)
        ),
    )


def _fade(samples: "array.array[int]", steps: range) -> None:
    for number, at in enumerate(steps):
        samples[at] = samples[at] * number // len(steps)


def _even(number: float) -> int:
    whole = math.ceil(number)
    return whole + whole % 2
