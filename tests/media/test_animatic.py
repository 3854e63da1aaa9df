"""Animatics: real films, to the frame as long as planned, that show what they were given."""

from __future__ import annotations

import io
from pathlib import Path

import av
import pytest
from PIL import Image, ImageChops, ImageStat

from storyboard.media.animatic import RATE, SIZES, AnimaticShot, render_animatic
from storyboard.media.films import pick_frames, probe


def png(colour: str, size: tuple[int, int] = (320, 180)) -> bytes:
    held = io.BytesIO()
    Image.new("RGB", size, colour).save(held, "PNG")
    return held.getvalue()


def three(words: str = "") -> list[AnimaticShot]:
    """Red for a second, no picture for two, blue for one."""
    return [
        AnimaticShot(1, 1, words, png("#c02020")),
        AnimaticShot(2, 2, "The keeper climbs the stairs."),
        AnimaticShot(3, 1, words, png("#2020c0")),
    ]


def near(pixel: tuple[int, ...], colour: tuple[int, int, int]) -> bool:
    return all(abs(one - other) <= 10 for one, other in zip(pixel, colour, strict=True))


@pytest.mark.parametrize(("ratio", "size"), [*SIZES.items(), ("4:3", SIZES["16:9"])])
def test_it_is_h264_of_the_ratios_size_and_exactly_the_planned_seconds(
    tmp_path: Path, ratio: str, size: tuple[int, int]
) -> None:
    film = tmp_path / "film.mp4"
    render_animatic(film, three(), ratio=ratio)
    facts = probe(film)
    assert (facts.duration_ms, facts.rate_num, facts.rate_den) == (4000, RATE, 1)
    assert (facts.width, facts.height, facts.audio_codec) == (*size, None)
    assert facts.plays_everywhere
    data = film.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


def test_each_shot_has_its_frames_and_begins_with_a_key_frame(tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    render_animatic(film, three(), ratio="16:9")
    with av.open(str(film)) as container:
        frames = list(container.decode(video=0))
    assert len(frames) == 4 * RATE
    cuts = [0, RATE, 3 * RATE]
    assert all(frames[cut].key_frame for cut in cuts)
    reds = [frame.to_image().getpixel((640, 200)) for frame in (frames[RATE - 1], frames[RATE])]
    assert near(reds[0], (192, 32, 32))
    assert not near(reds[1], (192, 32, 32))


def test_the_middle_of_each_shot_shows_its_picture_in_its_own_colours(tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    render_animatic(film, three(), ratio="16:9")
    first, second, third = pick_frames(film, [500, 2000, 3500])
    assert near(first.getpixel((640, 360)), (192, 32, 32))
    assert near(third.getpixel((640, 360)), (32, 32, 192))
    assert near(second.getpixel((100, 650)), (9, 8, 7))


def test_a_picture_of_another_shape_is_shown_whole_on_the_stage(tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    tall = AnimaticShot(1, 1, "", png("#20c020", (180, 320)))
    render_animatic(film, [tall], ratio="16:9")
    (frame,) = pick_frames(film, [500])
    assert near(frame.getpixel((640, 20)), (32, 192, 32))
    assert near(frame.getpixel((100, 360)), (9, 8, 7))


def test_words_stand_at_the_foot_of_a_picture_and_in_the_middle_without_one(
    tmp_path: Path,
) -> None:
    film, silent = tmp_path / "film.mp4", tmp_path / "silent.mp4"
    render_animatic(film, three("A beam sweeps left."), ratio="16:9")
    render_animatic(silent, three(), ratio="16:9")
    told, page, _third = pick_frames(film, [500, 2000, 3500])
    untold, _page, _other = pick_frames(silent, [500, 2000, 3500])
    foot, head = (0, 560, 1280, 720), (0, 60, 1280, 400)
    assert difference(told.crop(foot), untold.crop(foot)) > 5
    assert difference(told.crop(head), untold.crop(head)) < 1
    assert page.crop((200, 300, 1080, 420)).convert("L").getextrema()[1] > 200


def test_the_timecode_runs_frame_by_frame_and_nothing_else_moves(tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    render_animatic(film, three(), ratio="16:9")
    early, late = pick_frames(film, [250, 750])
    corner, rest = (1100, 0, 1280, 60), (0, 60, 1280, 720)
    assert difference(early.crop(corner), late.crop(corner)) > 1
    assert difference(early.crop(rest), late.crop(rest)) < 0.5


@pytest.mark.parametrize("broken", [b"", b"no picture", png("#c02020")[:60]])
def test_a_picture_that_cannot_be_read_gives_way_to_the_words(
    tmp_path: Path, broken: bytes
) -> None:
    film, plain = tmp_path / "film.mp4", tmp_path / "plain.mp4"
    render_animatic(film, [AnimaticShot(1, 1, "A boat", broken)], ratio="1:1")
    render_animatic(plain, [AnimaticShot(1, 1, "A boat")], ratio="1:1")
    assert pick_frames(film, [500])[0].tobytes() == pick_frames(plain, [500])[0].tobytes()


@pytest.mark.parametrize(
    "words", ["", "她点亮了灯。" * 86, "a\0b\ud800c", "x" * 5000, "<<<element_9>>>"]
)
def test_no_words_keep_it_from_being_drawn(tmp_path: Path, words: str) -> None:
    film = tmp_path / "film.mp4"
    render_animatic(film, [AnimaticShot(1, 1, words)], ratio="9:16")
    assert probe(film).duration_ms == 1000


def test_each_second_is_told_and_whoever_is_told_may_stop_it(tmp_path: Path) -> None:
    told: list[int] = []
    render_animatic(tmp_path / "film.mp4", three(), ratio="16:9", each_second=told.append)
    assert told == [1, 2, 3, 4]

    def stop(done: int) -> None:
        if done == 2:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        render_animatic(tmp_path / "cut.mp4", three(), ratio="16:9", each_second=stop)
    assert [path.name for path in tmp_path.iterdir()] == ["film.mp4"]


def test_a_shot_without_a_second_is_left_out_and_none_at_all_is_refused(tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    render_animatic(film, [AnimaticShot(1, 0, "Gone"), AnimaticShot(2, 1, "Here")], ratio="16:9")
    assert probe(film).duration_ms == 1000
    with pytest.raises(ValueError, match="one second"):
        render_animatic(film, [AnimaticShot(1, 0, "Gone")], ratio="16:9")


def difference(first: Image.Image, second: Image.Image) -> float:
    return sum(ImageStat.Stat(ImageChops.difference(first, second)).mean)
