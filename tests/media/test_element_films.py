"""Films from which Kling learns an element: what is taken and what is refused in which words."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import av
import pytest
from PIL import Image

from storyboard.media import element_films, sandbox
from storyboard.media.element_films import check_element_film
from storyboard.media.films import FilmRefused
from tests.media.sounds import tone_file

Build = Callable[[Path], Path]


def film(
    target: Path, *, seconds: float = 3.0, size: tuple[int, int] = (1920, 1080), fps: int = 4
) -> Path:
    """Left half red, right half blue."""
    still = Image.new("RGB", size, "blue")
    still.paste("red", (0, 0, size[0] // 2, size[1]))
    layout = "mov" if target.suffix == ".mov" else "mp4"
    with av.open(str(target), "w", format=layout) as made:
        video = made.add_stream("libx264", rate=fps, options={"preset": "ultrafast"})
        video.width, video.height, video.pix_fmt = (*size, "yuv420p")
        frame = av.VideoFrame.from_image(still)
        for number in range(round(seconds * fps)):
            frame.pts = number
            made.mux(video.encode(frame))
        made.mux(video.encode(None))
    return target


def turned(target: Path) -> Path:
    """As a phone keeps a standing film: lying down, to be turned a quarter clockwise."""
    data = film(target).read_bytes()
    one = (1 << 16).to_bytes(4, "big", signed=True)
    other = (-(1 << 16)).to_bytes(4, "big", signed=True)
    zero, last = bytes(4), (1 << 30).to_bytes(4, "big")
    plain = one + zero + zero + zero + one + zero + zero + zero + last
    quarter = zero + one + zero + other + zero + zero + zero + zero + last
    at = data.index(plain, data.index(b"tkhd"))
    target.write_bytes(data[:at] + quarter + data[at + len(plain) :])
    return target


@pytest.mark.parametrize("ending", [".mp4", ".mov"])
def test_a_film_in_1080p_is_taken_as_it_came(ending: str, tmp_path: Path) -> None:
    came = film(tmp_path / f"a{ending}")
    found = check_element_film(came, tmp_path / "poster.jpg")
    assert (found.seconds, found.width, found.height) == (3.0, 1920, 1080)
    assert (found.ending, found.has_sound, found.plays) == (ending, False, True)
    with Image.open(tmp_path / "poster.jpg") as poster:
        assert poster.size == (1280, 720)


def test_a_film_kept_lying_down_counts_as_it_is_seen(tmp_path: Path) -> None:
    found = check_element_film(turned(tmp_path / "a.mp4"), tmp_path / "poster.jpg")
    assert (found.width, found.height) == (1080, 1920)
    with Image.open(tmp_path / "poster.jpg") as poster:
        top, bottom = poster.getpixel((540, 100)), poster.getpixel((540, 1800))
    # Turned clockwise what was left is on top.
    assert isinstance(top, tuple)
    assert isinstance(bottom, tuple)
    assert top[0] > 200 > 60 > top[2]
    assert bottom[2] > 200 > 60 > bottom[0]


def test_eight_seconds_and_one_frame_are_taken(tmp_path: Path) -> None:
    came = film(tmp_path / "a.mp4", seconds=8.04, fps=25)
    assert check_element_film(came, tmp_path / "p.jpg").seconds == pytest.approx(8.04)


def bytes_of(data: bytes) -> Build:
    def build(folder: Path) -> Path:
        (folder / "a.mp4").write_bytes(data)
        return folder / "a.mp4"

    return build


def cut_short(folder: Path) -> Path:
    came = film(folder / "a.mp4")
    came.write_bytes(came.read_bytes()[:-200])
    return came


REFUSED: list[tuple[str, Build, str, str]] = [
    (
        "2.5 s",
        lambda folder: film(folder / "a.mp4", seconds=2.5),
        "too_short",
        "The film lasts 2.5 s; Kling takes 3 to 8 s.",
    ),
    (
        "9 s",
        lambda folder: film(folder / "a.mp4", seconds=9, fps=1),
        "too_long",
        "The film lasts 9.0 s; Kling takes 3 to 8 s.",
    ),
    (
        "720p",
        lambda folder: film(folder / "a.mp4", size=(1280, 720)),
        "not_1080p",
        "The film is 1280 × 720 px; Kling takes 1080p",
    ),
    (
        "4:3",
        lambda folder: film(folder / "a.mp4", size=(1440, 1080)),
        "ratio",
        "The film is 1440 × 1080 px; Kling takes 16:9 or 9:16.",
    ),
    (
        "sound alone",
        lambda folder: tone_file(folder / "a.mp4", seconds=4),
        "no_video",
        "The file holds no moving picture.",
    ),
    ("cut short", cut_short, "truncated", "The film is cut short"),
    ("empty", bytes_of(b""), "empty", "The file is empty. Choose an MP4 or MOV film."),
    ("GIF", bytes_of(b"GIF89a" + bytes(99)), "not_mp4", "The file is a GIF. Choose an MP4"),
    ("noise", bytes_of(bytes(range(200))), "not_mp4", "The file is not a film we can read."),
    ("HEIC", bytes_of(b"\0\0\0\x18ftypheic" + bytes(99)), "not_mp4", "The file is a HEIC"),
]


@pytest.mark.parametrize(
    ("case", "build", "code", "words"), REFUSED, ids=[row[0] for row in REFUSED]
)
def test_what_kling_would_refuse_later_is_refused_now(
    case: str, build: Build, code: str, words: str, tmp_path: Path
) -> None:
    with pytest.raises(FilmRefused) as refused:
        check_element_film(build(tmp_path), tmp_path / "poster.jpg")
    assert (refused.value.code, refused.value.words.startswith(words)) == (code, True)
    assert not (tmp_path / "poster.jpg").exists()


def test_more_than_200_mb_are_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    came = film(tmp_path / "a.mp4")
    monkeypatch.setattr(element_films, "MAX_BYTES", came.stat().st_size - 1)
    with pytest.raises(FilmRefused, match="Kling takes"):
        check_element_film(came, tmp_path / "poster.jpg")


def test_a_process_with_limits_tells_the_same(tmp_path: Path) -> None:
    came = film(tmp_path / "a.mov")
    here = check_element_film(came, tmp_path / "here.jpg")
    assert sandbox.check_element_film(came, tmp_path / "there.jpg") == here
    assert (tmp_path / "there.jpg").read_bytes() == (tmp_path / "here.jpg").read_bytes()
