"""Films as Kling may one day make them: the same pictures and sound in other codecs."""

from __future__ import annotations

from pathlib import Path

import av
from av.video.frame import PictureType

from storyboard.media.render import Scene, render_film


def plain_film(target: Path, *, seconds: int = 2, sound: bool = True) -> Path:
    """H.264 and AAC, 160 × 90 pixels, twelve frames a second."""
    scenes = [Scene(seconds, "A lamp")]
    render_film(target, scenes, width=160, height=90, sound=sound, fps=12, seed="odd")
    return target


def odd_film(
    plain: Path, target: Path, *, video: str, pixels: str = "yuv420p", audio: str = ""
) -> Path:
    """`plain` once more, by other encoders; silent without `audio`."""
    with av.open(str(target), "w", format="mp4") as made:
        with av.open(str(plain)) as film:
            seen = film.streams.video[0]
            picture = made.add_stream(video, rate=seen.average_rate, options=_quiet(video))
            picture.width, picture.height, picture.pix_fmt = seen.width, seen.height, pixels
            sound = made.add_stream(audio, rate=48_000) if audio else None
            for frame in film.decode(seen):
                plainer = frame.reformat(format=pixels)
                plainer.pict_type = PictureType.NONE
                made.mux(picture.encode(plainer))
            made.mux(picture.encode(None))
        if sound is None:
            return target
        kind = "fltp" if audio == "aac" else "s16"
        stereo = av.AudioResampler(format=kind, layout="stereo", rate=48_000)
        with av.open(str(plain)) as film:
            for heard in film.decode(audio=0):
                for part in stereo.resample(heard):
                    made.mux(sound.encode(part))
        made.mux(sound.encode(None))
    return target


def _quiet(codec: str) -> dict[str, str]:
    return {"x265-params": "log-level=none"} if codec == "libx265" else {}
