"""Rendered films: real, as long as asked, the same for the same seed, with the words in them."""

import hashlib
import io
from pathlib import Path

import av
import pytest
from PIL import Image, ImageChops, ImageStat

from storyboard.media.captions import draw_caption
from storyboard.media.films import pick_frames, probe
from storyboard.media.render import Scene, render_film
from storyboard.media.scenery import draw_scenery


def render(
    target: Path,
    scenes: list[Scene],
    *,
    size: tuple[int, int] = (320, 180),
    sound: bool = False,
    seed: str = "a",
    mark: str = "",
) -> Path:
    render_film(
        target,
        scenes,
        width=size[0],
        height=size[1],
        sound=sound,
        fps=12,
        seed=seed,
        mark=mark,
    )
    return target


def frames_digest(film: Path) -> str:
    digest = hashlib.sha256()
    with av.open(str(film)) as container:
        for frame in container.decode(video=0):
            digest.update(bytes(frame.planes[0]))
    return digest.hexdigest()


def difference(first: Image.Image, second: Image.Image) -> float:
    return sum(ImageStat.Stat(ImageChops.difference(first, second)).mean)


@pytest.mark.parametrize(
    "size", [(320, 180), (180, 320), (240, 240), (426, 240), (300, 750), (322, 182)]
)
def test_a_film_is_h264_of_the_size_and_length_asked(tmp_path: Path, size: tuple[int, int]) -> None:
    film = render(tmp_path / "film.mp4", [Scene(1, "One"), Scene(2, "Two")], size=size)
    facts = probe(film)
    assert (facts.video_codec, facts.width, facts.height) == ("h264", *size)
    assert (facts.duration_ms, facts.rate_num, facts.rate_den) == (3000, 12, 1)


def test_sound_is_an_aac_track_and_silence_is_none(tmp_path: Path) -> None:
    loud = render(tmp_path / "loud.mp4", [Scene(1, "One")], sound=True)
    silent = render(tmp_path / "silent.mp4", [Scene(1, "One")])
    assert probe(loud).audio_codec == "aac"
    assert probe(silent).audio_codec is None


def test_the_tone_is_heard_and_soft_and_lasts_as_long_as_the_film(tmp_path: Path) -> None:
    film = render(tmp_path / "loud.mp4", [Scene(1, ""), Scene(1, "")], sound=True)
    with av.open(str(film)) as container:
        levels = [
            max(abs(value) for value in memoryview(bytes(frame.planes[0])).cast("f"))
            for frame in container.decode(audio=0)
        ]
    assert 0.02 < max(levels) < 0.25
    assert len(levels) * 1024 / 48_000 == pytest.approx(2, abs=0.1)


def test_an_index_stands_before_the_pictures_so_that_playing_starts_at_once(
    tmp_path: Path,
) -> None:
    data = render(tmp_path / "film.mp4", [Scene(1, "One")]).read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


def test_the_same_seed_gives_the_same_frames_and_another_seed_others(tmp_path: Path) -> None:
    scenes = [Scene(1, "A boat")]
    first = frames_digest(render(tmp_path / "1.mp4", scenes))
    again = frames_digest(render(tmp_path / "2.mp4", scenes))
    other = frames_digest(render(tmp_path / "3.mp4", scenes, seed="b"))
    assert first == again
    assert first != other


def test_another_seed_gives_other_frames_over_the_same_picture_too(tmp_path: Path) -> None:
    picture = encoded(Image.new("RGB", (320, 180), "teal"))
    first = render(tmp_path / "1.mp4", [Scene(1, "One", picture)])
    other = render(tmp_path / "2.mp4", [Scene(1, "One", picture)], seed="b")
    assert frames_digest(first) != frames_digest(other)


def test_a_scene_without_words_shows_its_picture_alone(tmp_path: Path) -> None:
    picture = encoded(Image.new("RGB", (320, 180), "teal"))
    film = render(tmp_path / "1.mp4", [Scene(1, "", picture)])
    (frame,) = pick_frames(film, [0])
    low, high = frame.convert("L").getextrema()
    assert high - low < 12


def test_the_picture_moves_slowly(tmp_path: Path) -> None:
    film = render(tmp_path / "film.mp4", [Scene(2, "")])
    first, next_one, last = pick_frames(film, [0, 84, 1950])
    assert difference(first, last) > 2 * difference(first, next_one)


def test_each_scene_begins_with_a_frame_of_its_own(tmp_path: Path) -> None:
    red, blue = (encoded(Image.new("RGB", (320, 180), name)) for name in ("red", "blue"))
    film = render(tmp_path / "film.mp4", [Scene(1, "", red), Scene(1, "", blue)])
    with av.open(str(film)) as container:
        keys = [
            frame.pts * frame.time_base for frame in container.decode(video=0) if frame.key_frame
        ]
    assert {0, 1} <= set(keys)
    before, after = pick_frames(film, [950, 1000])
    assert before.getpixel((160, 90))[0] > 200
    assert after.getpixel((160, 90))[2] > 200


def test_a_picture_keeps_its_colours(tmp_path: Path) -> None:
    picture = encoded(Image.new("RGB", (640, 360), (200, 120, 40)))
    film = render(tmp_path / "film.mp4", [Scene(1, "", picture)])
    (frame,) = pick_frames(film, [500])
    assert frame.getpixel((160, 90)) == pytest.approx((200, 120, 40), abs=6)


def test_the_words_are_burned_in_at_the_foot(tmp_path: Path) -> None:
    dark = encoded(Image.new("RGB", (640, 360), (30, 30, 30)))
    film = render(
        tmp_path / "film.mp4", [Scene(1, "A boat", dark), Scene(1, "", dark)], size=(640, 360)
    )
    with_words, without = pick_frames(film, [500, 1500])
    foot = (100, 250, 540, 358)
    assert with_words.convert("L").crop(foot).getextrema()[1] > 220
    assert without.convert("L").crop(foot).getextrema()[1] < 80


def test_a_mark_is_drawn_in_the_corner(tmp_path: Path) -> None:
    dark = encoded(Image.new("RGB", (640, 360), (30, 30, 30)))
    marked = render(tmp_path / "1.mp4", [Scene(1, "", dark)], size=(640, 360), mark="Simulated")
    plain = render(tmp_path / "2.mp4", [Scene(1, "", dark)], size=(640, 360))
    corner = (420, 0, 640, 60)
    (with_mark,), (without,) = pick_frames(marked, [500]), pick_frames(plain, [500])
    assert with_mark.convert("L").crop(corner).getextrema()[1] > 150
    assert without.convert("L").crop(corner).getextrema()[1] < 80


@pytest.mark.parametrize(
    "words",
    ["她点亮了灯", "𝔘nusual 🚢 letters", "word " * 500, "x" * 2500, " \n\t", "שלום", "a\0b\ud800c"],
)
def test_no_words_break_a_caption(words: str) -> None:
    band = draw_caption(words, width=320, height=180)
    assert band.width == 320
    assert 0 < band.height < 320
    assert band.height % 2 == 0


def test_letters_no_font_has_become_an_ellipsis_and_not_boxes() -> None:
    drawn = draw_caption("\U0001f6a2\U0001f6a2", width=640, height=360)
    assert drawn.tobytes() == draw_caption("…", width=640, height=360).tobytes()


def test_long_words_use_more_lines() -> None:
    short = draw_caption("A boat", width=640, height=360)
    long = draw_caption("A boat on a quiet sea " * 12, width=640, height=360)
    assert long.height > short.height


def test_a_drawn_scene_is_the_same_for_its_seed_and_large_ones_look_like_small_ones() -> None:
    small = draw_scenery(720, 405, seed="a").picture
    assert small.tobytes() == draw_scenery(720, 405, seed="a").picture.tobytes()
    assert small.tobytes() != draw_scenery(720, 405, seed="b").picture.tobytes()
    large = draw_scenery(2880, 1620, seed="a").picture
    assert large.size == (2880, 1620)
    assert difference(large.resize(small.size), small) < 25


@pytest.mark.parametrize(
    ("scenes", "size"),
    [([], (320, 180)), ([Scene(0, "")], (320, 180)), ([Scene(1, "")], (321, 180))],
)
def test_what_cannot_be_rendered_is_refused_and_leaves_no_file(
    tmp_path: Path, scenes: list[Scene], size: tuple[int, int]
) -> None:
    with pytest.raises(ValueError, match="a film needs"):
        render(tmp_path / "film.mp4", scenes, size=size)
    assert list(tmp_path.iterdir()) == []


def test_an_unreadable_picture_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="cannot identify"):
        render(tmp_path / "film.mp4", [Scene(1, ""), Scene(1, "", b"not a picture")])
    assert list(tmp_path.iterdir()) == []


def encoded(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()
