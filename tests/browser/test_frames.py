"""Exactly the frame that is asked for: by steps, presses on the scrubber and timecode links,
checked by what the browser paints. Films carry their frames' numbers (media/frame_strip.py)."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Page, Route

from storyboard.media import frame_strip
from storyboard.media.render import Scene, render_film
from tests.browser.conftest import Demo
from tests.browser.reviewing import lamp, loaded

SIZE = (640, 360)
SECONDS = 5
# What the page paints, read as frame_strip.read does.
READ = """() => {
  const video = document.querySelector("take-player video");
  const canvas = document.createElement("canvas");
  canvas.width = video.videoWidth;
  canvas.height = 16;
  const painter = canvas.getContext("2d");
  painter.drawImage(video, 0, 0);
  const cell = canvas.width / 80;
  const level = (place) => {
    const [left, across] = [Math.round(cell * (place + 0.3)), Math.round(cell * 0.4)];
    const { data } = painter.getImageData(left, 1, across, 3);
    let sum = 0;
    for (let at = 0; at < data.length; at += 4) sum += data[at + 1];
    return (sum * 4) / data.length;
  };
  const levels = Array.from({ length: 24 }, (_each, place) => level(place));
  const middle = (levels[0] + levels[1]) / 2;
  const bits = levels.map((each) => (each > middle ? 1 : 0));
  const number = bits.slice(2, 18).reduce((sum, bit) => sum * 2 + bit, 0);
  const check = (number ^ (number >> 4) ^ (number >> 8) ^ (number >> 12) ^ 5) & 15;
  const told = bits.slice(18, 22).reduce((sum, bit) => sum * 2 + bit, 0);
  const isStrip = levels[0] - levels[1] > 64 && !bits[22] && bits[23];
  return isStrip && check === told ? number : null;
}"""
# Once nothing more is asked for: the number painted, and the one the player tells. A browser may
# paint a little after it says that it has sought; what stays wrong is wrong.
RESTING = f"""async () => {{
  const player = document.querySelector("take-player");
  const read = {READ};
  const turn = () => new Promise((done) => requestAnimationFrame(done));
  const isResting = () => !player.frames.isBusy && !player.film.seeking;
  const end = performance.now() + 3000;
  do await turn(); while (!(isResting() && read() === player.frame) && performance.now() < end);
  await turn();
  return [read(), player.frame];
}}"""


@dataclass(frozen=True)
class Coding:
    """How a film is coded; `rate` in frames a second, no `options` for the simulator's own."""

    name: str
    rate: Fraction
    steps: int
    options: tuple[tuple[str, str], ...] = ()

    @property
    def frames(self) -> int:
        return int(self.rate * SECONDS)


# As x264 does by itself: three B-frames between others, a key frame every 250.
WITH_B = (("preset", "medium"), ("bf", "3"), ("g", "250"))
CODINGS = (
    Coding("the simulator's", Fraction(24), 100),
    Coding("24 with B-frames", Fraction(24), 100, WITH_B),
    Coding("23.976 with B-frames", Fraction(24000, 1001), 50, WITH_B),
    Coding("25 with B-frames", Fraction(25), 50, WITH_B),
)

BY_HAND = pytest.mark.by_hand
# Further films are stepped through by hand: each takes a quarter of a minute.
STEPPED = [CODINGS[0], *(pytest.param(each, marks=BY_HAND) for each in CODINGS[1:])]
POINTED_AT = [CODINGS[1], pytest.param(CODINGS[2], marks=BY_HAND)]


def write_film(target: Path, coding: Coding) -> None:
    """A film whose frames carry their numbers; something moves, so that they lean on each other."""
    width, height = SIZE
    if not coding.options:
        scenes = [Scene(2, "The lamp turns"), Scene(SECONDS - 2, "A boat")]
        render_film(target, scenes, width=width, height=height, sound=True, seed="a", numbered=True)
        return
    with av.open(str(target), "w", options={"movflags": "+faststart"}) as film:
        stream = film.add_stream("libx264", rate=coding.rate, options=dict(coding.options))
        stream.width, stream.height = width, height
        stream.pix_fmt = "yuv420p"
        for number in range(coding.frames):
            frame = av.VideoFrame.from_image(_picture(number))
            frame.pts, frame.time_base = number, 1 / coding.rate
            film.mux(stream.encode(frame))
        film.mux(stream.encode(None))


def _picture(number: int) -> Image.Image:
    picture = Image.new("RGB", SIZE, (30, 60, 90))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((number * 4, 120, number * 4 + 90, 210), fill=(220, 170, 90))
    picture.paste(frame_strip.draw(number, SIZE[0]).convert("RGB"), (0, 0))
    return picture


@pytest.fixture(scope="module")
def room(demo: Demo, browser: Browser) -> Iterator[tuple[Page, str]]:
    """A window with a take's address, for all films of this file."""
    page = demo.open(browser, "reviewer")
    yield page, lamp(page, 2)
    page.context.close()


@pytest.fixture(autouse=True)
def _every_window_is_closed() -> None:
    """The one window of this file is closed with its last test."""


def open_film(room: tuple[Page, str], folder: Path, coding: Coding) -> Page:
    """The room with this film in place of its own, of which it is told rate and length."""
    page, address = room
    film = folder / "film.mp4"
    write_film(film, coding)
    page.unroute_all()
    page.route("**/takes/*/video/", lambda route: _send(route, film.read_bytes()))
    page.route("**/takes/*/", lambda route: _retell(route, coding))
    page.goto(address)
    loaded(page)
    return page


def _send(route: Route, data: bytes) -> None:
    """The part that is asked for, as a server does."""
    asked = route.request.headers.get("range", "bytes=0-").removeprefix("bytes=")
    first, _dash, last = asked.partition("-")
    start, end = int(first), min(int(last or len(data)), len(data) - 1)
    route.fulfill(
        status=206,
        body=data[start : end + 1],
        headers={
            "Content-Type": "video/mp4",
            "Accept-Ranges": "bytes",
            "Content-Range": f"bytes {start}-{end}/{len(data)}",
        },
    )


def _retell(route: Route, coding: Coding) -> None:
    answer = route.fetch()
    rate = coding.rate
    length = round(coding.frames * 1000 / rate)
    page = answer.text()
    for name, value in (
        ("rate-num", rate.numerator),
        ("rate-den", rate.denominator),
        ("duration-ms", length),
    ):
        before, mark, after = page.partition(f' data-{name}="')
        page = before + mark + str(value) + after[after.index('"') :] if mark else page
    route.fulfill(response=answer, body=page)


@pytest.mark.parametrize("coding", STEPPED, ids=lambda coding: coding.name)
def test_each_step_shows_the_next_frame(
    room: tuple[Page, str], tmp_path: Path, coding: Coding
) -> None:
    page = open_film(room, tmp_path, coding)
    dice = random.Random(coding.name)
    expected = 0
    for _step in range(coding.steps):
        way = dice.choice((1, 1, 1, -1)) if expected else 1
        page.keyboard.press("." if way > 0 else ",")
        expected += way
        assert page.evaluate(RESTING) == [expected, expected]


@pytest.mark.parametrize("coding", POINTED_AT, ids=lambda coding: coding.name)
def test_a_press_on_the_scrubber_and_a_link_show_the_frame_they_name(
    room: tuple[Page, str], tmp_path: Path, coding: Coding
) -> None:
    page = open_film(room, tmp_path, coding)
    box = page.locator(".scrub .film").bounding_box()
    assert box
    dice = random.Random(coding.name)
    for _press in range(10):
        across = dice.randrange(2, int(box["width"]) - 2)
        page.mouse.click(box["x"] + across, box["y"] + box["height"] / 2)
        painted, told = page.evaluate(RESTING)
        assert painted == told
        assert abs(told - across / box["width"] * coding.frames) <= 1
    for _link in range(10):
        frame = dice.randrange(coding.frames)
        page.evaluate(
            """ms => {
              const link = document.createElement("a");
              link.dataset.atMs = ms;
              link.href = "#";
              document.querySelector("main").append(link);
              link.click();
            }""",
            round(frame * 1000 / coding.rate),
        )
        assert page.evaluate(RESTING) == [frame, frame]


def test_held_keys_lose_and_double_no_frame(room: tuple[Page, str], tmp_path: Path) -> None:
    page = open_film(room, tmp_path, CODINGS[1])
    page.evaluate(
        """() => { for (let at = 0; at < 60; at += 1)
          document.dispatchEvent(new KeyboardEvent("keydown",
            { key: ".", code: "Period", bubbles: true, cancelable: true, repeat: at > 0 })); }"""
    )
    assert page.evaluate(RESTING) == [60, 60]
    # One letter held does its work once.
    page.evaluate(
        """() => { for (const repeat of [false, true, true])
          document.dispatchEvent(new KeyboardEvent("keydown",
            { key: "l", code: "KeyL", bubbles: true, cancelable: true, repeat })); }"""
    )
    assert page.evaluate("document.querySelector('take-player').film.playbackRate") == 1
    page.keyboard.press("k")


def test_playing_tells_the_frame_it_paints_and_a_loop_stays_in_its_range(
    room: tuple[Page, str], tmp_path: Path
) -> None:
    page = open_film(room, tmp_path, CODINGS[1])
    for _step in range(10):
        page.keyboard.press(".")
    page.keyboard.press("i")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("o")
    assert page.evaluate("document.querySelector('take-player').range") == {
        "inMs": 417,
        "outMs": 1458,
    }
    page.evaluate(
        """() => {
          window.seen = [];
          document.addEventListener("frame", ({ detail }) => {
            if (detail.isPlaying) window.seen.push(detail.frame);
          });
        }"""
    )
    page.keyboard.press("Shift+l")
    page.keyboard.press(" ")
    page.wait_for_function("() => window.seen.filter(frame => frame === 10).length > 2")
    page.keyboard.press("k")
    seen = page.evaluate("window.seen")
    # The browser may paint on for a moment until it is sent back; never from before the range.
    assert min(seen) == 10
    assert 33 <= max(seen) < 35 + 24
    painted, told = page.evaluate(RESTING)
    assert painted == told
    page.keyboard.press("Escape")
    assert page.evaluate("document.querySelector('take-player').range") is None
