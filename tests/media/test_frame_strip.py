"""The row of cells that says which frame a picture is: after H.264, at half size, and when not."""

from __future__ import annotations

from pathlib import Path

import av
import pytest
from PIL import Image

from storyboard.media import frame_strip
from storyboard.media.render import Scene, render_film


def on_picture(number: int, size: tuple[int, int], ground: str = "white") -> Image.Image:
    picture = Image.new("L", size, ground)
    picture.paste(frame_strip.draw(number, size[0]), (0, 0))
    return picture


def film(target: Path, size: tuple[int, int], *, numbered: bool = True) -> Path:
    scenes = [Scene(1, "A boat on a bright sea"), Scene(1, "She turns")]
    width, height = size
    render_film(
        target, scenes, width=width, height=height, sound=False, seed="a", numbered=numbered
    )
    return target


def pictures(path: Path) -> list[Image.Image]:
    with av.open(str(path)) as container:
        return [frame.to_image() for frame in container.decode(video=0)]


@pytest.mark.parametrize("ground", ["white", "black"])
@pytest.mark.parametrize("size", [(1280, 720), (720, 1280), (1080, 1080), (320, 180), (3840, 2160)])
def test_every_number_is_read_as_it_was_drawn(size: tuple[int, int], ground: str) -> None:
    for number in (0, 1, 2, 335, 0x5555, 0xAAAA, 0xFFFF):
        assert frame_strip.read(on_picture(number, size, ground)) == number


def test_numbers_begin_again_after_the_last_and_none_is_negative() -> None:
    assert frame_strip.read(on_picture(1 << 16, (640, 360))) == 0
    with pytest.raises(ValueError, match="not negative"):
        frame_strip.draw(-1, 640)


@pytest.mark.parametrize("size", [(1280, 720), (720, 1280), (960, 960), (320, 180), (180, 320)])
def test_frames_of_a_film_are_read_at_their_size(tmp_path: Path, size: tuple[int, int]) -> None:
    shown = pictures(film(tmp_path / "film.mp4", size))
    assert [frame_strip.read(picture) for picture in shown] == list(range(48))


@pytest.mark.parametrize("size", [(1280, 720), (720, 1280), (960, 960)])
def test_frames_of_a_film_are_read_at_half_their_size(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    shown = pictures(film(tmp_path / "film.mp4", size))
    halves = [picture.resize((size[0] // 2, size[1] // 2)) for picture in shown]
    assert [frame_strip.read(picture) for picture in halves] == list(range(48))


def test_a_film_that_is_not_numbered_has_no_strip(tmp_path: Path) -> None:
    shown = pictures(film(tmp_path / "film.mp4", (640, 360), numbered=False))
    assert {frame_strip.read(picture) for picture in shown} == {None}


@pytest.mark.parametrize("ground", ["black", "grey", "white"])
def test_a_plain_picture_has_no_number(ground: str) -> None:
    assert frame_strip.read(Image.new("RGB", (1280, 720), ground)) is None


def test_one_wrong_cell_is_no_number() -> None:
    picture = on_picture(335, (1280, 720))
    for cell in range(frame_strip.CELLS):
        wrong = picture.copy()
        inverted = wrong.crop((cell * 16, 0, cell * 16 + 16, 8)).point(
            lambda level: frame_strip.LIGHT + frame_strip.DARK - level
        )
        wrong.paste(inverted, (cell * 16, 0))
        assert frame_strip.read(wrong) is None, cell


def test_the_strip_is_small() -> None:
    width, height = frame_strip.size(1280)
    assert width * height < 1280 * 720 / 250
