"""Recordings of a voice: what is taken, what comes out, and what is refused in which words."""

from __future__ import annotations

import hashlib
import re
import wave
from array import array
from collections.abc import Callable
from pathlib import Path

import pytest

from storyboard.media import sandbox
from storyboard.media.films import FilmRefused
from storyboard.media.voices import MAX_BYTES, PARTS, clean_recording
from tests.media.odd import plain_film
from tests.media.sounds import LAYOUTS, tone_file

Build = Callable[[Path], Path]


def samples_of(path: Path) -> array[int]:
    with wave.open(str(path), "rb") as made:
        assert (made.getnchannels(), made.getframerate(), made.getsampwidth()) == (1, 24_000, 2)
        return array("h", made.readframes(made.getnframes()))


@pytest.mark.parametrize("ending", sorted(LAYOUTS))
def test_each_format_becomes_the_same_plain_wav(ending: str, tmp_path: Path) -> None:
    came = tone_file(
        tmp_path / f"came.{ending}", channels="stereo", picture=ending in ("mp4", "mov")
    )
    found = clean_recording(came, tmp_path / "voice.wav")
    heard = samples_of(found.path)
    assert found.seconds == pytest.approx(6, abs=0.1)
    assert len(heard) == round(found.seconds * 24_000)
    # Half as loud as there is; FFmpeg makes two channels of one at equal power, and one of two.
    assert max(heard[24_000:-24_000]) == pytest.approx(16_384 / 2**0.5, rel=0.08)
    assert found.sha256 == hashlib.sha256(found.path.read_bytes()).hexdigest()
    assert len(found.peaks) == PARTS
    assert min(found.peaks[2:-2]) > 200  # the tone is there from start to end


def test_nothing_of_the_file_but_its_sound_is_kept(tmp_path: Path) -> None:
    came = tone_file(tmp_path / "came.mp3")
    data = came.read_bytes()
    tag = b"TIT2" + (20).to_bytes(4, "big") + b"\0\0\x03" + b"my own street 7    "
    size = len(tag)
    came.write_bytes(b"ID3\x03\0\0" + bytes([0, 0, size >> 7, size & 0x7F]) + tag + data)
    found = clean_recording(came, tmp_path / "voice.wav")
    written = found.path.read_bytes()
    assert b"street" not in written
    assert len(written) == 44 + 2 * round(found.seconds * 24_000)


def test_exactly_five_and_exactly_thirty_seconds_are_taken(tmp_path: Path) -> None:
    for seconds in (5, 30):
        came = tone_file(tmp_path / f"{seconds}.wav", seconds=seconds, rate=24_000)
        assert clean_recording(came, tmp_path / "voice.wav").seconds == seconds


def short(folder: Path) -> Path:
    return tone_file(folder / "a.wav", seconds=4.99, rate=24_000)


def long(folder: Path) -> Path:
    return tone_file(folder / "a.wav", seconds=30.01, rate=24_000)


def very_long(folder: Path) -> Path:
    return tone_file(folder / "a.wav", seconds=75, rate=8_000)


def quiet(folder: Path) -> Path:
    return tone_file(folder / "a.wav", loudness=0.002, rate=24_000)


def silent_film(folder: Path) -> Path:
    return plain_film(folder / "a.mp4", seconds=1, sound=False)


def cut_short(folder: Path) -> Path:
    came = tone_file(folder / "a.m4a")
    came.write_bytes(came.read_bytes()[: came.stat().st_size // 2])
    return came


def wav_that_claims_more(folder: Path) -> Path:
    """Its header promises four gigabytes; what is there is what counts."""
    came = tone_file(folder / "a.wav", seconds=2, rate=24_000)
    data = bytearray(came.read_bytes())
    at = data.index(b"data") + 4
    data[4:8] = data[at : at + 4] = b"\xf0\xff\xff\xff"
    came.write_bytes(bytes(data))
    return came


def wav_of_no_rate(folder: Path) -> Path:
    came = tone_file(folder / "a.wav", rate=24_000)
    data = bytearray(came.read_bytes())
    data[24:28] = bytes(4)
    came.write_bytes(bytes(data))
    return came


def wav_of_many_channels(folder: Path) -> Path:
    came = tone_file(folder / "a.wav", rate=24_000)
    data = bytearray(came.read_bytes())
    data[22:24] = b"\xff\xff"
    came.write_bytes(bytes(data))
    return came


def bytes_of(data: bytes, name: str = "a.mp3") -> Build:
    def build(folder: Path) -> Path:
        (folder / name).write_bytes(data)
        return folder / name

    return build


REFUSED: list[tuple[str, Build, str, str]] = [
    ("4.99 s", short, "too_short", "The recording lasts 4.9 s; Kling needs 5 to 30 s."),
    ("30.01 s", long, "too_long", "The recording lasts 30.1 s; Kling takes 5 to 30 s."),
    ("75 s", very_long, "too_long", "The recording lasts 75.0 s; Kling takes 5 to 30 s."),
    ("−54 dB", quiet, "silent", "The recording is silent, or too quiet to hear."),
    ("no sound", silent_film, "no_sound", "The file has no sound."),
    ("empty", bytes_of(b""), "empty", "The file is empty."),
    ("half an m4a", cut_short, "unreadable", "The recording is damaged or cut short."),
    ("false size", wav_that_claims_more, "too_short", "The recording lasts 2.0 s;"),
    ("no rate", wav_of_no_rate, "unreadable", "The recording is damaged or cut short."),
    ("65,535 channels", wav_of_many_channels, "unreadable", "The recording is damaged"),
    ("picture", bytes_of(b"\xff\xd8\xff\xe0" + bytes(99)), "format", "The file is a JPEG, not a"),
    ("page", bytes_of(b"<!doctype html><p>"), "format", "The file is a web page, not a recording."),
    ("playlist", bytes_of(b"#EXTM3U\nhttp://a/b.mp3"), "format", "The file is a playlist, not a"),
    ("concat", bytes_of(b"ffconcat version 1.0\nfile /etc/passwd"), "format", "The file is not"),
    ("SDP", bytes_of(b"v=0\no=- 0 0 IN IP4 127.0.0.1\n"), "format", "The file is not a recording"),
    ("noise", bytes_of(bytes(range(256)) * 40), "format", "The file is not a recording we can"),
    ("ID3 alone", bytes_of(b"ID3\x03\0\0\0\0\0\0" + bytes(999)), "unreadable", "The recording is"),
    ("Matroska head", bytes_of(b"\x1a\x45\xdf\xa3" + bytes(999)), "unreadable", "The recording is"),
    ("Ogg head", bytes_of(b"OggS" + bytes(999)), "unreadable", "The recording is damaged"),
    ("RIFF head", bytes_of(b"RIFF\xff\xff\xff\xffWAVEfmt "), "unreadable", "The recording is"),
    ("too large", bytes_of(b"ID3" + bytes(MAX_BYTES)), "too_many_bytes", "The file has 20.0 MB;"),
]


@pytest.mark.parametrize(
    ("case", "build", "code", "words"), REFUSED, ids=[row[0] for row in REFUSED]
)
def test_what_cannot_be_used_is_refused_in_words(
    case: str, build: Build, code: str, words: str, tmp_path: Path
) -> None:
    target = tmp_path / "made" / "voice.wav"
    with pytest.raises(FilmRefused) as refused:
        clean_recording(build(tmp_path), target)
    assert refused.value.code == code
    assert refused.value.words.startswith(words)
    # What happened, then what to do.
    assert len(re.findall(r"\.(?: |$)", refused.value.words)) >= 2
    assert not target.exists()


def test_the_same_is_told_by_a_process_with_limits(tmp_path: Path) -> None:
    came = tone_file(tmp_path / "a.webm")
    here = clean_recording(came, tmp_path / "here.wav")
    there = sandbox.clean_recording(came, tmp_path / "there.wav")
    assert (there.seconds, there.sha256, there.peaks) == (here.seconds, here.sha256, here.peaks)
    assert there.path.read_bytes() == here.path.read_bytes()
    with pytest.raises(FilmRefused) as refused:
        sandbox.clean_recording(short(tmp_path), tmp_path / "no.wav")
    assert refused.value.code == "too_short"
