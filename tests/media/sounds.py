"""Small files with a tone in them, as people and browsers write them."""

from __future__ import annotations

import math
from array import array
from itertools import chain
from pathlib import Path

import av
from PIL import Image

LAYOUTS = {
    # ending: (format, codec of the sound, its sample format)
    "wav": ("wav", "pcm_s16le", "s16"),
    "mp3": ("mp3", "libmp3lame", "fltp"),
    "m4a": ("mp4", "aac", "fltp"),
    "mp4": ("mp4", "aac", "fltp"),
    "mov": ("mov", "aac", "fltp"),
    "webm": ("webm", "libopus", "flt"),
    "ogg": ("ogg", "libopus", "flt"),
}


def tone_file(
    target: Path,
    *,
    seconds: float = 6.0,
    loudness: float = 0.5,
    rate: int = 48_000,
    channels: str = "mono",
    picture: bool = False,
) -> Path:
    """440 Hz at `loudness` of the loudest there is, in the format of the file's ending."""
    layout, codec, kind = LAYOUTS[target.suffix[1:]]
    with av.open(str(target), "w", format=layout) as made:
        sound = made.add_stream(codec, rate=rate, layout=channels)
        video = made.add_stream("libx264", rate=10) if picture else None
        if video is not None:
            video.width, video.height, video.pix_fmt = 64, 36, "yuv420p"
            for _number in range(round(seconds * 10)):
                still = av.VideoFrame.from_image(Image.new("RGB", (64, 36)))
                made.mux(video.encode(still))
            made.mux(video.encode(None))
        plain = av.AudioResampler(format=kind, layout=channels, rate=rate)
        for frame in chain(plain.resample(_tone(seconds, loudness, rate)), plain.resample(None)):
            made.mux(sound.encode(frame))
        made.mux(sound.encode(None))
    return target


def _tone(seconds: float, loudness: float, rate: int) -> av.AudioFrame:
    many = round(seconds * rate)
    each = 32767 * loudness
    second = array("h", (round(each * math.sin(n * 440 * math.tau / rate)) for n in range(rate)))
    wave = (second * math.ceil(seconds))[:many]
    frame = av.AudioFrame(format="s16", layout="mono", samples=many)
    data = wave.tobytes()
    frame.planes[0].update(data + bytes(frame.planes[0].buffer_size - len(data)))
    frame.sample_rate, frame.pts = rate, 0
    return frame
