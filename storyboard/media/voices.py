"""Recordings of a voice: judged strictly, then rewritten as one plain WAV that Kling takes.

What comes out holds sound and nothing else: one channel, 24,000 samples a second, 16 bits. Call
from a process with limits (`sandbox.clean_recording`) for files that come from outside. Limits of
length are Kling's for custom voices (Kling API, voice customization).
"""

from __future__ import annotations

import hashlib
import math
import wave
from array import array
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import av
from av.container import InputContainer

from .films import DISK_FULL, FilmRefused
from .pictures import sniff
from .sound import peaks_of

MIB = 1024 * 1024
MAX_BYTES = 20 * MIB
SHORTEST, LONGEST = 5, 30  # seconds, both allowed
RATE = 24_000
SILENCE_DB = -50.0  # below the loudest there is
PARTS = 64  # of the waveform
CHOOSE = "Choose an MP3, WAV, M4A, MP4, MOV, WebM or Ogg file."
_STILLS = (b"heic", b"heix", b"mif1", b"msf1", b"avif", b"avis", b"crx ")


@dataclass(frozen=True)
class CleanRecording:
    """A rewritten recording: the WAV, its length, the SHA-256 of its bytes in hex.

    `peaks` are as `sound.peaks` gives them: PARTS bytes for a small waveform.
    """

    path: Path
    seconds: float
    sha256: str
    peaks: bytes = b""


def clean_recording(path: Path, target: Path) -> CleanRecording:
    """Check a file with somebody's voice in it and write its sound to `target` as a WAV.

    Accepts MP3, WAV, M4A, MP4, MOV, WebM and Ogg by their first bytes, whatever they are called.
    Raises FilmRefused with one of the codes `empty`, `too_many_bytes`, `format`, `no_sound`,
    `too_short`, `too_long`, `silent`, `unreadable`, and OSError of a full disk.
    """
    samples = _heard(path)
    _check_length(len(samples) / RATE)
    _check_loudness(samples)
    return _written(samples, target)


def plain_sound(path: Path, target: Path) -> CleanRecording:
    """As `clean_recording`, of sound that is not judged: Kling's own sample of a voice.

    Raises FilmRefused with `empty`, `too_many_bytes`, `format`, `no_sound`, `too_long` or
    `unreadable`, and OSError of a full disk.
    """
    return _written(_heard(path), target)


def _heard(path: Path) -> array[int]:
    with _opened(path, _kind(path)) as file:
        return _samples(file)


def _written(samples: array[int], target: Path) -> CleanRecording:
    _write(samples, target)
    with target.open("rb") as written:
        sha256 = hashlib.file_digest(written, "sha256").hexdigest()
    return CleanRecording(target, len(samples) / RATE, sha256, peaks_of(samples, PARTS))


def _kind(path: Path) -> str:
    """The one demuxer that may read the file; a playlist or an address in it is never followed."""
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(512)
    if not head:
        raise FilmRefused("empty", f"The file is empty. {CHOOSE}")
    if size > MAX_BYTES:
        raise FilmRefused("too_many_bytes", too_many_bytes(size))
    if (demuxer := _demuxer(head)) is None:
        raise FilmRefused("format", f"{_named(head)}. {CHOOSE}")
    return demuxer


def too_many_bytes(size: int) -> str:
    """Words against a file of so many bytes."""
    return (
        f"The file has {size / MIB:.1f} MB; at most {MAX_BYTES // MIB} MB can be used. "
        f"Cut it to {LONGEST} s of one voice, or save it as MP3 or M4A."
    )


def _demuxer(head: bytes) -> str | None:
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return "wav"
    if head[4:8] == b"ftyp" and head[8:12] not in _STILLS:
        return "mp4"
    if head[:4] == b"\x1a\x45\xdf\xa3":
        return "matroska"
    if head[:4] == b"OggS":
        return "ogg"
    # A frame of MPEG sound: eleven bits set, then a layer that is not the forbidden one.
    is_frame = len(head) > 2 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0 and head[1] & 0x06
    return "mp3" if head[:3] == b"ID3" or is_frame else None


def _named(head: bytes) -> str:
    kind = sniff(head)
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(b"#extm3u"):
        kind = "playlist"
    if not kind:
        return "The file is not a recording we can read"
    vowel = kind[0] in "AEIOU" or kind in ("HTML", "SVG")
    return f"The file is {'an' if vowel else 'a'} {kind}, not a recording"


@contextmanager
def _opened(path: Path, demuxer: str) -> Iterator[InputContainer]:
    try:
        with path.open("rb") as raw, av.open(raw, "r", format=demuxer) as file:
            yield file
    except (av.FFmpegError, ValueError, EOFError) as error:
        if getattr(error, "errno", None) in DISK_FULL:
            raise OSError(getattr(error, "errno", 0), "no room on the disk") from error
        raise _unreadable() from error


def _samples(file: InputContainer) -> array[int]:
    """All its sound as 16-bit numbers, RATE a second. Stops where it is too long to be used."""
    if not file.streams.audio:
        words = "The file has no sound. Choose one in which somebody speaks."
        raise FilmRefused("no_sound", words)
    plain = av.AudioResampler(format="s16", layout="mono", rate=RATE)
    heard: array[int] = array("h")
    frames = file.decode(file.streams.audio[0])
    for frame in chain.from_iterable(map(plain.resample, chain(frames, (None,)))):
        heard.frombytes(bytes(frame.planes[0])[: 2 * frame.samples])
        if len(heard) > (LONGEST + 1) * RATE:
            raise _too_long(_told_seconds(file))
    if not heard:
        raise _unreadable()
    return heard


def _told_seconds(file: InputContainer) -> float:
    """What the file says of itself where it is believable, else 0."""
    seconds = (file.duration or 0) / av.time_base
    return seconds if LONGEST < seconds < 24 * 3600 else 0.0


def _check_length(seconds: float) -> None:
    if seconds < SHORTEST:
        told = f"{math.floor(seconds * 10) / 10:.1f}"
        words = (
            f"The recording lasts {told} s; Kling needs {SHORTEST} to {LONGEST} s. "
            "Record or choose a longer one."
        )
        raise FilmRefused("too_short", words)
    if seconds > LONGEST:
        raise _too_long(math.ceil(seconds * 10) / 10)


def _too_long(seconds: float) -> FilmRefused:
    """`seconds` is 0 where nobody knows."""
    told = f"lasts {seconds:.1f} s" if seconds else f"lasts longer than {LONGEST} s"
    return FilmRefused(
        "too_long",
        f"The recording {told}; Kling takes {SHORTEST} to {LONGEST} s. "
        "Cut it to the clearest part and choose that.",
    )


def _check_loudness(samples: array[int]) -> None:
    loudest = max(max(samples), -min(samples))
    if loudest < 32768 * 10 ** (SILENCE_DB / 20):
        words = (
            "The recording is silent, or too quiet to hear. "
            "Come closer to the microphone or choose a louder one."
        )
        raise FilmRefused("silent", words)


def _write(samples: array[int], target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(target), "wb") as made:
        made.setnchannels(1)
        made.setsampwidth(2)
        made.setframerate(RATE)
        made.writeframes(samples.tobytes())


def _unreadable() -> FilmRefused:
    return FilmRefused(
        "unreadable", "The recording is damaged or cut short. Save it again and choose that file."
    )
