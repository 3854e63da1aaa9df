"""A film as small as a film can be, for tests that need many: 160 × 90, made in milliseconds.

It is real H.264, with a silent AAC track where sound is asked for, as long as asked, and no two
seeds give the same bytes or the same pictures.
"""

import hashlib
import os
import struct
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
from av.audio.stream import AudioStream
from av.container import OutputContainer
from av.video.frame import PictureType
from av.video.stream import VideoStream

WIDTH, HEIGHT = 160, 90
FPS = 4
SAMPLE_RATE = 8_000
FRAME_SAMPLES = 1_024  # what AAC takes at once
PADDING = 100_000  # in a box nobody reads, so that a film does not arrive in one piece
COLUMNS, ROWS = 8, 2  # 16 blocks, one for each two bytes of the seed's digest


def render_tiny(target: Path, seconds: int, *, sound: bool, seed: str) -> None:
    """Write `target`: blocks of grey that spell the seed, `seconds` long.

    Raises ValueError for less than a second.
    """
    if seconds < 1:
        raise ValueError("a film needs at least one second")
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.{os.getpid()}.part")
    digest = hashlib.sha256(seed.encode()).digest()
    try:
        with av.open(str(part), "w", format="mp4", options={"movflags": "+faststart"}) as film:
            film.metadata["comment"] = digest.hex()
            _write(film, digest, seconds, sound)
        with part.open("ab") as file:
            file.write(struct.pack(">I4s", 8 + PADDING, b"free") + bytes(PADDING))
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _write(film: OutputContainer, digest: bytes, seconds: int, sound: bool) -> None:
    video = _video_stream(film)
    audio = _audio_stream(film) if sound else None
    for frame in _frames(digest, seconds * FPS):
        film.mux(video.encode(frame))
    film.mux(video.encode(None))
    if audio is not None:
        for silence in _silence(seconds * SAMPLE_RATE):
            film.mux(audio.encode(silence))
        film.mux(audio.encode(None))


def _video_stream(film: OutputContainer) -> VideoStream:
    stream = film.add_stream("libx264", rate=FPS)
    stream.width, stream.height = WIDTH, HEIGHT
    stream.pix_fmt = "yuv420p"
    stream.options = {"preset": "ultrafast", "crf": "30"}
    stream.codec_context.thread_count = 1
    return stream


def _audio_stream(film: OutputContainer) -> AudioStream:
    stream = film.add_stream("aac", rate=SAMPLE_RATE, layout="mono")
    stream.bit_rate = 16_000
    return stream


def _frames(digest: bytes, count: int) -> Iterator[av.VideoFrame]:
    luma, chroma = _blocks(digest), bytes([128])
    for number in range(count):
        frame = av.VideoFrame(WIDTH, HEIGHT, "yuv420p")
        rows, blue, red = frame.planes
        rows.update(b"".join(line.ljust(rows.line_size, b"\0") for line in luma))
        for plane in (blue, red):
            plane.update(chroma * plane.buffer_size)
        frame.pts, frame.time_base = number, Fraction(1, FPS)
        if number == 0:
            frame.pict_type = PictureType.I
        yield frame


def _blocks(digest: bytes) -> list[bytes]:
    """The luma rows: each block as bright as its bytes of the digest say."""
    greys = [16 + (digest[2 * n] + digest[2 * n + 1]) % 220 for n in range(COLUMNS * ROWS)]
    lines = [
        b"".join(bytes([grey]) * (WIDTH // COLUMNS) for grey in greys[at : at + COLUMNS])
        for at in range(0, COLUMNS * ROWS, COLUMNS)
    ]
    return [lines[row * ROWS // HEIGHT] for row in range(HEIGHT)]


def _silence(samples: int) -> Iterator[av.AudioFrame]:
    for start in range(0, samples, FRAME_SAMPLES):
        length = min(FRAME_SAMPLES, samples - start)
        frame = av.AudioFrame(format="fltp", layout="mono", samples=length)
        frame.planes[0].update(bytes(frame.planes[0].buffer_size))
        frame.sample_rate = SAMPLE_RATE
        frame.pts, frame.time_base = start, Fraction(1, SAMPLE_RATE)
        yield frame
