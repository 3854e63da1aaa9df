"""How loud a film is, part by part."""

from __future__ import annotations

from pathlib import Path

import av
import pytest

from storyboard.media.sandbox import inspect
from storyboard.media.sound import fewer, peaks
from tests.media.odd import plain_film

RATE = 48_000


def with_sound(plain: Path, target: Path, loudness: list[float], seconds: float) -> Path:
    """The pictures of `plain`; each entry of `loudness`, 0 to 1, sounds an equal time."""
    with av.open(str(target), "w", format="mp4") as made, av.open(str(plain)) as film:
        picture = made.add_stream_from_template(film.streams.video[0])
        sound = made.add_stream("aac", rate=RATE, layout="mono")
        for packet in film.demux(film.streams.video[0]):
            if packet.dts is not None:
                packet.stream = picture
                made.mux(packet)
        at, each = 0, int(RATE * seconds / len(loudness))
        for level in loudness:
            square = (round(level * 32767), -round(level * 32767))
            wave = b"".join(
                square[(n // 60) % 2].to_bytes(2, "little", signed=True) for n in range(each)
            )
            frame = av.AudioFrame(format="s16", layout="mono", samples=each)
            frame.planes[0].update(wave + bytes(frame.planes[0].buffer_size - len(wave)))
            frame.sample_rate, frame.pts = RATE, at
            at += each
            made.mux(sound.encode(frame))
        made.mux(sound.encode(None))
    return target


@pytest.fixture(scope="module")
def silent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return plain_film(tmp_path_factory.mktemp("silent") / "film.mp4", sound=False)


def test_each_part_is_as_loud_as_its_loudest_moment(silent: Path, tmp_path: Path) -> None:
    film = with_sound(silent, tmp_path / "f.mp4", [0.0, 0.25, 0.5, 0.9], 2.0)
    found = peaks(film, 2000, parts=8)
    assert len(found) == 8
    quiet, low, middle, loud = found[0], found[3], found[5], found[7]
    assert quiet == 0
    # A quarter is twelve decibels down, a half six; of 48 that are drawn.
    assert low == pytest.approx(255 * (1 - 12 / 48), abs=18)  # the codec overshoots
    assert middle == pytest.approx(255 * (1 - 6 / 48), abs=18)  # the codec overshoots
    assert low < middle < loud >= 242


def test_sound_that_ends_early_leaves_the_rest_of_the_film_silent(
    silent: Path, tmp_path: Path
) -> None:
    film = with_sound(silent, tmp_path / "f.mp4", [0.8], 1.0)
    found = peaks(film, 2000, parts=8)
    assert min(found[:3]) > 100
    assert max(found[5:]) == 0


def test_a_film_without_sound_has_none(silent: Path, tmp_path: Path) -> None:
    assert peaks(silent, 2000) == b""
    mute = with_sound(silent, tmp_path / "f.mp4", [0.0], 2.0)
    assert peaks(mute, 2000) == b"", "nothing but silence is no sound either"


def test_the_reader_of_films_tells_how_loud_they_are(tmp_path: Path) -> None:
    film = plain_film(tmp_path / "film.mp4")
    found = inspect(film, tmp_path / "out", []).peaks
    assert len(found) == 240
    assert max(found) > 0


def test_fewer_parts_are_as_loud_as_the_loudest_in_them() -> None:
    assert fewer(bytes([0, 9, 3, 4, 200, 1]), 3) == bytes([9, 4, 200])
    assert len(fewer(bytes(240), 64)) == 64
    assert fewer(b"", 64) == b""
