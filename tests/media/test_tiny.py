"""The smallest films: real ones, quick to make, and never the same twice."""

from __future__ import annotations

import time
from pathlib import Path

import av
import pytest

from storyboard.media.films import pick_frames, probe
from storyboard.media.sandbox import inspect
from storyboard.media.tiny import HEIGHT, WIDTH, render_tiny

MOST_CPU_SECONDS = 0.030


@pytest.mark.parametrize("sound", [False, True])
def test_a_tiny_film_is_as_long_as_asked_and_our_store_reads_it(
    tmp_path: Path, sound: bool
) -> None:
    film = tmp_path / "film.mp4"
    render_tiny(film, 5, sound=sound, seed="a")
    kept = inspect(film, tmp_path / "pictures", [1500, 4000])
    assert (kept.facts.width, kept.facts.height) == (WIDTH, HEIGHT) == (160, 90)
    assert (kept.facts.video_codec, kept.facts.duration_ms) == ("h264", 5000)
    assert kept.facts.audio_codec == ("aac" if sound else None)
    assert all(path.stat().st_size for path in (kept.poster, kept.filmstrip, *kept.stills))


def test_every_frame_and_every_sound_of_it_can_be_decoded(tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    render_tiny(film, 15, sound=True, seed="a")
    with av.open(str(film)) as container:
        assert sum(1 for _frame in container.decode(video=0)) == 60
    with av.open(str(film)) as container:
        heard = sum(frame.samples for frame in container.decode(audio=0))
    assert heard / 8_000 == pytest.approx(15, abs=0.3)


def test_two_hundred_seeds_give_two_hundred_films(tmp_path: Path) -> None:
    made = set()
    for number in range(200):
        film = tmp_path / f"{number}.mp4"
        render_tiny(film, 1, sound=False, seed=f"task-{number}")
        made.add((film.read_bytes(), pick_frames(film, [0])[0].tobytes()))
    assert len({data for data, _picture in made}) == 200
    assert len({picture for _data, picture in made}) == 200


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "other"):
        render_tiny(tmp_path / name, 2, sound=True, seed="a")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()


def test_one_takes_no_more_than_thirty_milliseconds_of_a_processor(tmp_path: Path) -> None:
    spent = []
    for number in range(5):
        before = time.process_time()
        render_tiny(tmp_path / f"{number}.mp4", 15, sound=True, seed=str(number))
        spent.append(time.process_time() - before)
    assert min(spent) <= MOST_CPU_SECONDS


def test_it_does_not_arrive_in_one_piece(tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    render_tiny(film, 1, sound=False, seed="a")
    assert film.stat().st_size > 65_536, "one read of a socket"
    assert probe(film).duration_ms == 1000


def test_less_than_a_second_is_refused_and_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least one second"):
        render_tiny(tmp_path / "film.mp4", 0, sound=False, seed="a")
    assert list(tmp_path.iterdir()) == []
