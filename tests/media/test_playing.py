"""What not every browser plays gets a copy that every one does, frame for frame."""

from __future__ import annotations

import errno
import json
import sys
from fractions import Fraction
from pathlib import Path

import av
import pytest

from storyboard.media import films, playing, sandbox
from storyboard.media.films import FilmRefused, probe
from storyboard.media.playing import playable_size
from storyboard.media.sandbox import inspect, make_playable
from tests.media.odd import odd_film, plain_film


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return plain_film(tmp_path_factory.mktemp("plain") / "film.mp4")


def moments(path: Path) -> list[float]:
    with films.opened(path) as (film, video):
        return [float((frame.pts or 0) * frame.time_base) for frame in film.decode(video)]


@pytest.mark.parametrize(
    ("video", "pixels", "audio", "codec"),
    [
        ("libx265", "yuv420p", "", "hevc"),
        ("libx265", "yuv420p10le", "aac", "hevc"),
        ("libvpx-vp9", "yuv420p", "libopus", "vp9"),
        ("libx264", "yuv444p", "aac", "h264"),
        ("libx264", "yuv420p", "libopus", "h264"),
    ],
)
def test_a_film_of_another_kind_gets_a_copy_with_the_same_frames_at_the_same_moments(
    plain: Path, tmp_path: Path, video: str, pixels: str, audio: str, codec: str
) -> None:
    odd = odd_film(plain, tmp_path / "odd.mp4", video=video, pixels=pixels, audio=audio)
    original, copy = probe(odd), tmp_path / "copy.mp4"
    assert (original.video_codec, original.plays_everywhere) == (codec, False)
    make_playable(odd, copy)
    made = probe(copy)
    assert made.plays_everywhere
    assert (made.video_codec, made.pixel_format) == ("h264", "yuv420p")
    assert made.audio_codec == ("aac" if audio else None)
    assert (made.width, made.height, made.duration_ms) == (160, 90, original.duration_ms)
    assert moments(copy) == pytest.approx(moments(odd), abs=0.001)


def test_frames_at_uneven_moments_stay_at_theirs(tmp_path: Path) -> None:
    uneven, copy = tmp_path / "uneven.mp4", tmp_path / "copy.mp4"
    with av.open(str(uneven), "w", format="mp4") as made:
        picture = made.add_stream("libx264", rate=24)
        picture.width, picture.height, picture.pix_fmt = 64, 64, "yuv444p"
        picture.codec_context.time_base = Fraction(1, 1000)
        for at_ms in (0, 7, 90, 93, 400, 1001):
            frame = av.VideoFrame(64, 64, "yuv444p")
            frame.pts, frame.time_base = at_ms, Fraction(1, 1000)
            made.mux(picture.encode(frame))
        made.mux(picture.encode(None))
    make_playable(uneven, copy)
    assert moments(copy) == pytest.approx([0, 0.007, 0.09, 0.093, 0.4, 1.001], abs=0.0006)


def test_what_every_browser_plays_is_known(plain: Path) -> None:
    assert probe(plain).plays_everywhere


def test_the_copy_begins_with_what_a_player_needs_first(plain: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.mp4"
    make_playable(plain, copy)
    data = copy.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


@pytest.mark.parametrize(
    ("asked", "made"),
    [
        ((1280, 720), (1280, 720)),
        ((3840, 2160), (1920, 1080)),
        ((2160, 3840), (1080, 1920)),
        ((1921, 1081), (1920, 1080)),
        ((853, 480), (852, 480)),
        ((2, 9000), (2, 1920)),
    ],
)
def test_a_copy_has_even_sides_of_1920_at_most(
    asked: tuple[int, int], made: tuple[int, int]
) -> None:
    assert playable_size(*asked) == made


def test_what_is_no_film_gets_no_copy(tmp_path: Path) -> None:
    page = tmp_path / "page.mp4"
    page.write_bytes(b"<html>" * 100)
    with pytest.raises(FilmRefused):
        make_playable(page, tmp_path / "copy.mp4")


def test_a_copy_that_takes_too_long_is_given_up(
    plain: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sandbox, "COPY_SECONDS", 0)
    monkeypatch.setattr(sandbox, "BEAT", 0.001)
    with pytest.raises(FilmRefused) as caught:
        make_playable(plain, tmp_path / "copy.mp4")
    assert caught.value.code == "limits"


def test_whoever_waits_is_told_that_it_goes_on_and_may_end_it(
    plain: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sandbox, "BEAT", 0.001)
    told: list[int] = []
    inspect(plain, tmp_path, [], each_step=lambda: told.append(1))
    assert told

    def lost() -> None:
        raise LookupError("the lease is another's")

    with pytest.raises(LookupError):
        inspect(plain, tmp_path, [], each_step=lost)


# A full disk is no fault of the film


def test_a_full_disk_is_told_as_such_by_the_reader(
    plain: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def full(*_given: object) -> None:
        raise OSError(errno.ENOSPC, "no room")

    monkeypatch.setattr(sandbox, "_limit", lambda *_given: None)
    monkeypatch.setattr(sandbox, "save_picture", full)
    assert sandbox._main(["look", str(plain), str(tmp_path), "0"]) == sandbox.FULL
    last = capsys.readouterr().out.splitlines()[-1]
    assert json.loads(last) == {"errno": errno.ENOSPC}


def test_a_full_disk_is_heard_as_an_error_of_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    child = tmp_path / "child"
    child.write_text(f"#!/bin/sh\necho '{{\"errno\": {errno.ENOSPC}}}'\nexit {sandbox.FULL}\n")
    child.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(child))
    with pytest.raises(OSError, match="disk is full") as caught:
        inspect(tmp_path / "film.mp4", tmp_path, [])
    assert caught.value.errno == errno.ENOSPC


def test_an_encoder_without_room_is_an_error_of_the_disk(plain: Path) -> None:
    with pytest.raises(OSError, match=r"no room"):
        playing.write_playable(plain, Path("/dev/full"))
