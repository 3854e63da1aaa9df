"""Films of tasks: their size, their first frame, and that each is rendered once."""

import base64
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from storyboard.kling.simulator import films
from storyboard.kling.simulator.films import frame_size
from storyboard.kling.simulator.tasks import Task
from storyboard.media.films import pick_frames, probe
from tests.kling.simulator.builders import Asker, custom, picture, single
from tests.kling.simulator.conftest import Start


def task(kind: str = "text2video", mode: str = "std", **body: Any) -> Task:
    return Task(
        task_id="1",
        account="a",
        external_task_id=None,
        kind=kind,
        body=body,
        model="kling-v3",
        mode=mode,
        seconds=3,
        sound=False,
        shots=((3, "A boat"),),
        watermark=False,
        units_milli=1,
        fails="",
        callback_url=None,
        created_ms=0,
        processing_ms=0,
        done_ms=0,
    )


@pytest.mark.parametrize(
    ("ordered", "size"),
    [
        (task(), (1280, 720)),
        (task(aspect_ratio=""), (1280, 720)),
        (task(aspect_ratio="9:16"), (720, 1280)),
        (task(aspect_ratio="1:1"), (960, 960)),
        (task(mode="pro"), (1920, 1080)),
        (task(mode="4k"), (3840, 2160)),
        (task("image2video", image="https://nowhere.invalid/x.png"), (1280, 720)),
    ],
)
def test_the_size_follows_mode_and_ratio(ordered: Task, size: tuple[int, int]) -> None:
    assert frame_size(ordered, None, 1) == size


@pytest.mark.parametrize(
    ("width", "height", "size"),
    [(1600, 900, (1280, 720)), (900, 1600, (720, 1280)), (600, 400, (1176, 784))],
)
def test_the_size_follows_the_picture(width: int, height: int, size: tuple[int, int]) -> None:
    data = base64.b64decode(picture(width, height))
    assert frame_size(task("image2video"), data, 1) == size


def test_the_film_starts_from_the_first_frame_and_shows_it_in_each_shot(
    asker: Asker, tmp_path: Path
) -> None:
    image = picture(640, 360, colour="red")
    order = asker.ordered(
        custom(("A boat", "1"), ("A lamp", "1"), ("A gull", "1"), image=image), "image2video"
    )
    target = tmp_path / "film.mp4"
    target.write_bytes(asker.http.get(f"/_files/{order['task_id']}.mp4").content)
    assert probe(target).duration_ms == 3000
    for frame in pick_frames(target, [100, 1500, 2900]):
        red, green, blue = frame.getpixel((160, 60))
        assert red > 180
        assert green + blue < 120


def test_the_addresses_of_pictures_are_never_fetched(asker: Asker, tmp_path: Path) -> None:
    order = asker.ordered(
        single(image=f"{asker.server.address}/v1/videos/text2video/fetched"), "image2video"
    )
    answer = asker.http.get(f"/_files/{order['task_id']}.mp4")
    assert answer.status_code == 200
    target = tmp_path / "film.mp4"
    target.write_bytes(answer.content)
    assert probe(target).width == 320


def test_twenty_askers_at_once_share_one_rendering(
    asker: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    rendered: list[Path] = []
    render = films.render_film

    def counted(target: Path, *args: Any, **options: Any) -> None:
        rendered.append(target)
        render(target, *args, **options)

    monkeypatch.setattr(films, "render_film", counted)
    order = asker.ordered(single())
    path = f"/_files/{order['task_id']}.mp4"
    with ThreadPoolExecutor(20) as pool:
        bodies = {answer.content for answer in pool.map(lambda _: asker.http.get(path), range(20))}
    assert len(bodies) == 1
    assert len(rendered) == 1
    assert asker.http.get(path).content in bodies
    assert len(rendered) == 1


def test_films_of_two_tasks_differ(asker: Asker) -> None:
    first, second = (asker.ordered(single())["task_id"] for _ in range(2))
    one, other = (asker.http.get(f"/_files/{name}.mp4").content for name in (first, second))
    assert one != other


def test_a_rotated_photo_stands_upright(asker: Asker, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    photo = tmp_path / "photo.jpg"
    Image.new("RGB", (640, 360), "teal").save(photo, exif=exif)
    body = single(image=base64.b64encode(photo.read_bytes()).decode())
    order = asker.ordered(body, "image2video")
    target = tmp_path / "film.mp4"
    target.write_bytes(asker.http.get(f"/_files/{order['task_id']}.mp4").content)
    facts = probe(target)
    assert facts.height > facts.width


def test_a_tiny_film_is_tiny_whatever_was_ordered_and_each_task_has_its_own(
    start: Start, tmp_path: Path
) -> None:
    asker = start(render="tiny")
    films = []
    for number in range(3):
        body = custom(("A boat", "2"), ("A lamp", "3"), sound="on", mode="pro")
        answer = asker.http.get(f"/_files/{asker.ordered(body)['task_id']}.mp4")
        target = tmp_path / f"{number}.mp4"
        target.write_bytes(answer.content)
        films.append(answer.content)
    facts = probe(target)
    assert (facts.width, facts.height, facts.duration_ms) == (160, 90, 5000)
    assert (facts.video_codec, facts.audio_codec) == ("h264", "aac")
    assert len(set(films)) == 3
