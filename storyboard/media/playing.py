"""A copy that every browser plays, of a film that not every browser does."""

from fractions import Fraction
from pathlib import Path

import av
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer
from av.video.frame import PictureType
from av.video.stream import VideoStream

from .films import opened

LONGEST_SIDE = 1920
SOUND_RATE = 48_000
THREADS = 2
PICTURE = {"preset": "veryfast", "crf": "20"}


def write_playable(path: Path, target: Path) -> None:
    """Write the film as H.264 of 8 bits and AAC, frame for frame, at most 1920 px on a side.

    The original is what counts; this is for looking. Raises FilmRefused, and OSError of the disk.
    """
    with (
        opened(path) as (film, video),
        av.open(str(target), "w", format="mp4", options={"movflags": "faststart"}) as made,
    ):
        video.thread_count = THREADS
        picture = _picture(made, video)
        sound = _sound(made, film)
        _copy(film, video, made, picture, sound)


def playable_size(width: int, height: int) -> tuple[int, int]:
    """Both sides even, as 4:2:0 wants them, and none longer than 1920."""
    scale = min(1.0, LONGEST_SIDE / max(width, height))
    return max(round(width * scale / 2) * 2, 2), max(round(height * scale / 2) * 2, 2)


def _picture(made: OutputContainer, video: VideoStream) -> VideoStream:
    rate = video.average_rate or video.guessed_rate or Fraction(24)
    picture = made.add_stream("libx264", rate=rate, options=dict(PICTURE))
    picture.width, picture.height = playable_size(video.width, video.height)
    picture.pix_fmt = "yuv420p"
    picture.thread_count = THREADS
    if video.time_base:
        picture.codec_context.time_base = video.time_base  # every frame keeps its moment
    return picture


def _sound(made: OutputContainer, film: InputContainer) -> AudioStream | None:
    if not film.streams.audio:
        return None
    return made.add_stream("aac", rate=SOUND_RATE, layout="stereo")


def _copy(
    film: InputContainer,
    video: VideoStream,
    made: OutputContainer,
    picture: VideoStream,
    sound: AudioStream | None,
) -> None:
    stereo = av.AudioResampler(format="fltp", layout="stereo", rate=SOUND_RATE)
    wanted = [video, *film.streams.audio[:1]]
    for packet in film.demux(wanted):
        for frame in packet.decode():
            if isinstance(frame, av.VideoFrame):
                made.mux(picture.encode(_plain(frame, picture)))
            elif isinstance(frame, av.AudioFrame) and sound is not None:
                for heard in stereo.resample(frame):
                    made.mux(sound.encode(heard))
    made.mux(picture.encode(None))
    if sound is not None:
        for heard in stereo.resample(None):
            made.mux(sound.encode(heard))
        made.mux(sound.encode(None))


def _plain(frame: av.VideoFrame, picture: VideoStream) -> av.VideoFrame:
    plain = frame.reformat(width=picture.width, height=picture.height, format="yuv420p")
    plain.pict_type = PictureType.NONE  # the new encoder chooses its own
    return plain
