"""What films are, the pictures cut from them, and the files that are not films."""

import os
import time
from pathlib import Path

import pytest
from PIL import Image, ImageStat

from storyboard.media import sandbox
from storyboard.media.films import (
    FilmFacts,
    FilmRefused,
    filmstrip,
    pick_frames,
    poster,
    probe,
    strip_moments,
)
from storyboard.media.render import Scene, render_film
from storyboard.media.sandbox import inspect


def flat(colour: str, folder: Path) -> Path:
    target = folder / f"{colour}.png"
    Image.new("RGB", (320, 180), colour).save(target)
    return target


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three seconds: one red, two blue, with sound."""
    folder = tmp_path_factory.mktemp("film")
    target = folder / "film.mp4"
    scenes = [Scene(1, "", flat("red", folder)), Scene(2, "", flat("blue", folder))]
    render_film(target, scenes, width=320, height=180, sound=True, fps=12, seed="a")
    return target


def looks(picture: Path) -> str:
    """The colour that rules the middle of a picture, away from its labels."""
    with Image.open(picture) as opened:
        return colour_of(opened)


def colour_of(picture: Image.Image) -> str:
    width, height = picture.size
    middle = picture.convert("RGB").crop((0, height // 3, width, height * 2 // 3))
    mean = ImageStat.Stat(middle).mean
    return ("red", "green", "blue")[mean.index(max(mean))]


def refused(path: Path) -> FilmRefused:
    with pytest.raises(FilmRefused) as caught:
        probe(path)
    return caught.value


def written(folder: Path, data: bytes) -> Path:
    target = folder / "take.mp4"
    target.write_bytes(data)
    return target


def test_probe_tells_what_a_film_is(film: Path) -> None:
    assert probe(film) == FilmFacts(
        duration_ms=3000,
        rate_num=12,
        rate_den=1,
        width=320,
        height=180,
        video_codec="h264",
        audio_codec="aac",
        size_bytes=film.stat().st_size,
        pixel_format="yuv420p",
    )


def test_frames_show_their_moments_in_the_order_asked(film: Path) -> None:
    found = pick_frames(film, [2500, 0, 950, 1000])
    assert [colour_of(frame) for frame in found] == ["blue", "red", "red", "blue"]


def test_a_moment_beyond_the_end_shows_the_last_frame(film: Path) -> None:
    (frame,) = pick_frames(film, [99_000])
    assert colour_of(frame) == "blue"


def test_the_poster_is_an_early_frame(film: Path, tmp_path: Path) -> None:
    target = tmp_path / "made" / "poster.jpg"
    poster(film, target)
    assert Image.open(target).size == (320, 180)
    assert looks(target) == "red"


def test_the_filmstrip_sets_equal_parts_side_by_side(film: Path, tmp_path: Path) -> None:
    target = tmp_path / "strip.jpg"
    filmstrip(film, target, frames=6, height=36)
    strip = Image.open(target)
    assert strip.size == (6 * 64, 36)
    cells = []
    for number in range(6):
        cell = tmp_path / f"cell-{number}.png"
        strip.crop((number * 64, 0, number * 64 + 64, 36)).save(cell)
        cells.append(looks(cell))
    assert cells == ["red", "red", "blue", "blue", "blue", "blue"]


def test_strip_moments_are_the_middles_of_equal_parts(film: Path) -> None:
    assert strip_moments(probe(film), 3) == [500, 1500, 2500]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"<!DOCTYPE html><title>404</title>", "The file is a web page, not an MP4 film."),
        (
            b"#EXTM3U\n#EXTINF:5,\nhttp://127.0.0.1/x.ts\n",
            "The file is a playlist, not an MP4 film.",
        ),
        (b"", "The file is empty, not an MP4 film."),
        (b"\x1aE\xdf\xa3webm", "The file is not an MP4 film."),
        (b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", "The file is not an MP4 film."),
    ],
)
def test_other_files_are_named(data: bytes, words: str, tmp_path: Path) -> None:
    error = refused(written(tmp_path, data))
    assert (error.code, error.words) == ("not_mp4", words)


@pytest.mark.parametrize("part", [0.1, 0.5, 0.99])
def test_a_film_cut_short_is_refused(film: Path, tmp_path: Path, part: float) -> None:
    data = film.read_bytes()
    assert refused(written(tmp_path, data[: int(len(data) * part)])).code == "truncated"


def test_a_film_whose_picture_data_is_noise_gives_no_pictures(film: Path, tmp_path: Path) -> None:
    data = film.read_bytes()
    start = data.index(b"mdat") + 4
    broken = written(tmp_path, data[:start] + os.urandom(len(data) - start))
    with pytest.raises(FilmRefused):
        pick_frames(broken, [500])


def test_inspect_gives_facts_and_pictures_from_its_own_process(film: Path, tmp_path: Path) -> None:
    found = inspect(film, tmp_path / "out", [500, 2000])
    assert found.facts == probe(film)
    assert looks(found.poster) == "red"
    assert Image.open(found.filmstrip).size == (30 * 121, 68)
    assert [looks(still) for still in found.stills] == ["red", "blue"]


def test_the_poster_is_handed_over_before_the_rest_is_cut(film: Path, tmp_path: Path) -> None:
    """And may be moved away."""
    told: list[tuple[FilmFacts, str]] = []
    others: list[Path] = []

    def take(facts: FilmFacts, poster: Path) -> None:
        told.append((facts, looks(poster)))
        poster.replace(tmp_path / "poster.jpg")
        others.extend((tmp_path / "out").glob("still-*"))

    assert inspect(film, tmp_path / "out", [500], with_poster=take).filmstrip
    assert told == [(probe(film), "red")]
    assert others == []


def test_who_cannot_take_the_poster_ends_the_reader(film: Path, tmp_path: Path) -> None:
    def full(_facts: FilmFacts, _poster: Path) -> None:
        raise OSError(28, "no room")

    with pytest.raises(OSError, match="no room"):
        inspect(film, tmp_path / "out", [500], with_poster=full)


def test_a_film_whose_pictures_cannot_be_made_is_a_film_all_the_same(
    film: Path, tmp_path: Path
) -> None:
    data = film.read_bytes()
    start = data.index(b"mdat") + 4
    end = start + int.from_bytes(data[start - 8 : start - 4]) - 8
    broken = written(tmp_path, data[:start] + os.urandom(end - start) + data[end:])
    found = inspect(broken, tmp_path / "out", [500])
    assert (found.facts.duration_ms, found.facts.video_codec) == (3000, "h264")
    assert found.trouble is not None
    assert (found.trouble.code, found.poster, found.stills) == ("unreadable", None, [])


def test_inspect_refuses_what_is_not_a_film(tmp_path: Path) -> None:
    with pytest.raises(FilmRefused, match="a web page"):
        inspect(written(tmp_path, b"<html>"), tmp_path, [])


def test_inspect_refuses_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FilmRefused) as caught:
        inspect(tmp_path / "nothing.mp4", tmp_path, [])
    assert caught.value.code == "unreadable"


def test_inspect_stops_a_reader_that_takes_too_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    endless = tmp_path / "endless.mp4"
    os.mkfifo(endless)
    monkeypatch.setattr(sandbox, "WALL_SECONDS", 1)
    started = time.monotonic()
    with pytest.raises(FilmRefused) as caught:
        inspect(endless, tmp_path, [])
    assert caught.value.code == "limits"
    assert time.monotonic() - started < 5


def test_the_reader_gets_nothing_of_our_environment(
    film: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_KEY", "canary")
    monkeypatch.setenv("PYTHONHOME", "/nowhere")  # no interpreter starts with this
    assert "SECRET_KEY" not in sandbox._environment()
    assert inspect(film, tmp_path, []).stills == []
