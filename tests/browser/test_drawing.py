"""Drawing on a frame: what is drawn lies on the same point of the picture everywhere."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import av
import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, Download, Locator, Page, Route, expect

from tests.browser.conftest import Demo, project_of
from tests.browser.reviewing import composer, loaded, note

DESK = {"viewport": {"width": 1440, "height": 900}}
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "has_touch": True,
    "is_mobile": True,
}
ZOOMED = {"viewport": {"width": 720, "height": 450}, "device_scale_factor": 2}
AT = (0.62, 0.58)  # where the film has its mark, in parts of the picture
GREEN, MAGENTA = (74, 204, 122), (255, 0, 255)
SHAPES = {"16:9": (1280, 720, ""), "9:16": (720, 1280, "r9-16"), "1:1": (960, 960, "r1-1")}
FPS = 24

Box = tuple[float, float, float, float]


class Look(NamedTuple):
    """What a window shows, in its own pixels: the middles of mark and cross, how wide it all is."""

    mark: tuple[float, float]
    cross: tuple[float, float]
    wide: float


@pytest.fixture(scope="session")
def films(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Of each shape two seconds of grey with a magenta square around AT."""
    made = {}
    for name, (width, height, _css) in SHAPES.items():
        path = tmp_path_factory.mktemp("marked") / "film.mp4"
        marked(path, width, height)
        made[name] = path.read_bytes()
    return made


def marked(path: Path, width: int, height: int) -> None:
    picture = Image.new("RGB", (width, height), "#445")
    x, y, half = AT[0] * width, AT[1] * height, max(width, height) / 50
    ImageDraw.Draw(picture).rectangle((x - half, y - half, x + half, y + half), fill=MAGENTA)
    with av.open(str(path), "w", format="mp4", options={"movflags": "faststart"}) as film:
        stream = film.add_stream("libx264", rate=FPS, options={"crf": "14", "g": "12"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for _number in range(2 * FPS):
            film.mux(stream.encode(av.VideoFrame.from_image(picture)))
        film.mux(stream.encode(None))


def take_of(demo: Demo, browser: Browser) -> str:
    """The address of the demo's take that has notes."""
    page = demo.open(browser, "reviewer")
    page.goto(project_of(page))
    page.locator("a.card", has=page.get_by_text("The Lamp, night one", exact=True)).first.click()
    page.wait_for_url("**/storyboards/**")
    page.get_by_role("link", name=re.compile(r"Take \d")).first.click()
    page.wait_for_url("**/takes/**")
    address = page.url.split("?")[0]
    page.context.close()
    return address


def at_take(
    demo: Demo, browser: Browser, address: str, film: bytes, shape: str = "16:9", **context: Any
) -> Page:
    """A window at the take, where a film with a mark plays, as if it had been made in `shape`."""
    page = demo.open(browser, "reviewer", **context)
    page.route("**/takes/*/video/", lambda route: served(route, film))
    if shape != "16:9":
        page.route(re.compile(r"/takes/[^/]+/(\?.*|pulse/.*|notes/.*)?$"), reshaped(shape))
    page.goto(address)
    loaded(page)
    return page


def served(route: Route, film: bytes) -> None:
    """All of it, or the part that is asked for."""
    asked = re.match(r"bytes=(\d+)-(\d*)", route.request.headers.get("range", ""))
    first = int(asked[1]) if asked else 0
    last = int(asked[2]) if asked and asked[2] else len(film) - 1
    headers = {"Content-Type": "video/mp4", "Accept-Ranges": "bytes"}
    if asked:
        headers["Content-Range"] = f"bytes {first}-{last}/{len(film)}"
    route.fulfill(status=206 if asked else 200, headers=headers, body=film[first : last + 1])


def reshaped(shape: str) -> Callable[[Route], None]:
    """The page of the demo's take as that of one of another shape."""
    width, height, css = SHAPES[shape]

    def answer(route: Route) -> None:
        response = route.fetch()
        text = response.text()
        for old, new in (
            ('width="1280" height="720"', f'width="{width}" height="{height}"'),
            ('data-width="1280" data-height="720"', f'data-width="{width}" data-height="{height}"'),
            ("0 0 1280 720", f"0 0 {width} {height}"),
            ('class="pl "', f'class="pl {css}"'),
        ):
            text = text.replace(old, new)
        route.fulfill(response=response, body=text)

    return answer


def look(page: Page) -> Look:
    """Find mark and cross among the pixels the window shows of the film's box.

    Of a line thinner than two pixels none need have the pure colour.
    """
    ratio = page.evaluate("devicePixelRatio")
    seen = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    box = page.locator(".pl").bounding_box()
    assert box
    left, top = box["x"] * ratio, max(0.0, box["y"] * ratio)
    area = (left, top, left + box["width"] * ratio, top + box["height"] * ratio)
    wide = page.evaluate("document.querySelector('take-player').pictureBox().width") * ratio
    film = seen.crop(tuple(map(round, area)))  # type: ignore[arg-type]
    return Look(middle(film, MAGENTA, near=60), middle(film, GREEN, near=45), wide)


def middle(picture: Image.Image, colour: tuple[int, int, int], near: int) -> tuple[float, float]:
    """Of the box around all pixels of nearly this colour, in pixels."""
    flat = picture.tobytes()
    places = [
        (number % picture.width, number // picture.width)
        for number, pixel in enumerate(zip(flat[::3], flat[1::3], flat[2::3], strict=True))
        if max(abs(one - other) for one, other in zip(pixel, colour, strict=True)) <= near
    ]
    assert places, f"nothing is {colour}"
    across, down = zip(*places, strict=True)
    return (min(across) + max(across) + 1) / 2, (min(down) + max(down) + 1) / 2


def assert_together(seen: Look) -> None:
    """Within 1.5 of a picture 640 wide; nearer than one whole pixel nothing can be told."""
    off = max(abs(one - other) for one, other in zip(seen.mark, seen.cross, strict=True))
    assert off <= max(1.5 * seen.wide / 640, 1), seen


def tools(page: Page) -> Locator:
    return page.get_by_role("toolbar", name="Drawing tools")


def canvas(page: Page) -> Locator:
    return page.get_by_role("application", name="Drawing on the frame")


def open_tools(page: Page) -> None:
    page.keyboard.press("d")
    expect(tools(page)).to_be_visible()


def colour(page: Page, name: str) -> None:
    tools(page).get_by_role("button", name="Colour", exact=True).click()
    tools(page).get_by_role("button", name=name, exact=True).click()


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=5)
    page.mouse.up()


def picture(page: Page) -> tuple[float, float, float, float]:
    """Where the film's picture lies in the window: left, top, width, height in CSS pixels."""
    box = page.locator(".pl").bounding_box()
    inner = page.evaluate("document.querySelector('take-player').pictureBox()")
    assert box
    return box["x"] + inner["x"], box["y"] + inner["y"], inner["width"], inner["height"]


def cross_at_the_mark(page: Page) -> None:
    left, top, width, height = picture(page)
    x, y, arm = left + AT[0] * width, top + AT[1] * height, max(width, height) / 14
    drag(page, (x - arm, y), (x + arm, y))
    drag(page, (x, y - arm), (x, y + arm))


def drawn_note(page: Page, words: str) -> str:
    """Send what is drawn with these words; the note's key."""
    composer(page).click()
    page.keyboard.type(words)
    page.get_by_role("button", name="Add note", exact=True).click()
    expect(note(page, words)).to_be_visible()
    return (note(page, words).get_attribute("id") or "").removeprefix("note-")


@pytest.mark.by_hand
@pytest.mark.parametrize(
    "shape",
    ["16:9", *(pytest.param(each, marks=pytest.mark.by_hand) for each in ("9:16", "1:1"))],
)
def test_the_hand_draws_where_it_points_in_every_window(
    demo: Demo, browser: Browser, films: dict[str, bytes], shape: str
) -> None:
    page = at_take(demo, browser, take_of(demo, browser), films[shape], shape, **DESK)
    page.keyboard.press(".")
    open_tools(page)
    colour(page, "Green")
    cross_at_the_mark(page)
    page.keyboard.press("Escape")
    expect(tools(page)).to_be_hidden()
    assert_together(look(page))
    page.set_viewport_size({"width": 1180, "height": 700})
    assert_together(look(page))
    page.get_by_role("button", name="Full screen").click()
    page.wait_for_function("() => document.fullscreenElement")
    assert_together(look(page))


@pytest.mark.by_hand
def test_a_drawing_stands_on_the_same_point_of_the_picture(
    demo: Demo, browser: Browser, films: dict[str, bytes]
) -> None:
    address, film = take_of(demo, browser), films["16:9"]
    page = at_take(demo, browser, address, film, **DESK)
    for _step in range(5):
        page.keyboard.press(".")
    open_tools(page)
    colour(page, "Green")
    cross_at_the_mark(page)
    page.keyboard.press("Escape")
    key = drawn_note(page, "A cross on the mark.")
    expect(page.locator("frame-drawings svg.drawing")).to_have_count(1)
    assert_together(look(page))
    page.context.close()
    for context in (PHONE, ZOOMED):
        other = at_take(demo, browser, f"{address}?note={key}", film, **context)
        expect(other.locator("frame-drawings svg.drawing")).to_have_count(1)
        other.evaluate("document.querySelector('.pl').scrollIntoView()")
        assert_together(look(other))
        other.context.close()


def test_the_exported_still_has_the_drawing_on_the_same_point(
    demo: Demo, browser: Browser, films: dict[str, bytes]
) -> None:
    page = at_take(demo, browser, take_of(demo, browser), films["16:9"], **DESK)
    for _step in range(11):
        page.keyboard.press(".")
    open_tools(page)
    colour(page, "Green")
    cross_at_the_mark(page)
    page.keyboard.press("Escape")
    drawn_note(page, "A cross to be saved.")
    expect(page.locator("frame-drawings svg.drawing")).to_have_count(1)
    kept = saved(page, "Save it with its drawings")
    assert kept.suggested_filename == "the-lamp-night-one-take-2-00-00-11.png"
    still = Image.open(kept.path()).convert("RGB")
    assert still.size == (1280, 720)
    x, y = middle(still, GREEN, near=12)
    assert abs(x - AT[0] * 1280) <= 3
    assert abs(y - AT[1] * 720) <= 3
    plain = Image.open(saved(page, "Save this frame").path()).convert("RGB")
    with pytest.raises(AssertionError, match="nothing is"):
        middle(plain, GREEN, near=12)


def saved(page: Page, name: str) -> Download:
    page.locator("draw-deck [popovertarget=save-frame]").click()
    with page.expect_download() as coming:
        page.locator("#save-frame").get_by_role("link", name=name, exact=True).click()
    page.keyboard.press("Escape")
    return coming.value


def shapes(page: Page) -> Any:
    return page.evaluate(
        "JSON.parse(document.querySelector('drawn-note [name=drawing]').value || '[]')"
    )


@pytest.mark.by_hand
def test_by_keyboard_undone_kept_over_a_reload_and_removed(
    demo: Demo, browser: Browser, films: dict[str, bytes]
) -> None:
    page = at_take(demo, browser, take_of(demo, browser), films["16:9"], **DESK)
    page.keyboard.press(".")
    frame = page.evaluate("document.querySelector('take-player').frame")
    open_tools(page)
    expect(canvas(page)).to_be_focused()
    tools(page).get_by_role("button", name="Box", exact=True).press("Enter")
    canvas(page).focus()
    page.keyboard.press("Enter")
    for key in ["Shift+ArrowRight"] * 3 + ["ArrowDown"] * 4:
        page.keyboard.press(key)
    expect(page.locator("[data-draw-said]")).to_have_text("65 across, 54 down")
    page.keyboard.press("Enter")
    assert page.evaluate("document.querySelector('take-player').frame") == frame
    assert shapes(page) == [
        {"tool": "box", "colour": "orange", "points": [[0.5, 0.5], [0.65, 0.54]], "words": ""}
    ]
    by_number(page, "Arrow", [10, 20, 30, 40])
    assert shapes(page)[1]["points"] == [[0.1, 0.2], [0.3, 0.4]]
    canvas(page).focus()
    page.keyboard.press("Control+z")
    assert len(shapes(page)) == 1
    page.keyboard.press("Control+Shift+Z")
    assert len(shapes(page)) == 2
    tools(page).get_by_role("button", name="Words", exact=True).press("Enter")
    canvas(page).focus()
    page.keyboard.press("Enter")
    page.keyboard.type("lower <b>")
    page.keyboard.press("Enter")
    assert shapes(page)[2]["words"] == "lower <b>"
    page.keyboard.press("Escape")
    expect(tools(page)).to_be_hidden()
    expect(page.get_by_role("button", name="Draw", exact=True)).to_be_focused()
    expect(page.get_by_text("1 drawing")).to_be_visible()
    before = shapes(page)
    page.reload()
    loaded(page)
    expect(page.locator("svg.drawing.new text")).to_have_text("lower <b>")
    assert shapes(page) == before
    assert page.locator("#composer [name=at_ms]").input_value() == str(round(frame * 1000 / FPS))
    page.keyboard.press("End")
    expect(page.locator("svg.drawing.new")).to_be_hidden()
    page.keyboard.press("d")
    page.wait_for_function(f"() => document.querySelector('take-player').frame === {frame}")
    page.get_by_role("button", name="Remove", exact=True).first.click()
    expect(page.get_by_text("1 drawing")).to_be_hidden()
    page.reload()
    loaded(page)
    expect(page.get_by_text("1 drawing")).to_be_hidden()
    assert shapes(page) == []


def by_number(page: Page, tool: str, numbers: list[int]) -> None:
    """Draw with this tool at these corners, in per cent."""
    tools(page).get_by_role("button", name=tool, exact=True).click()
    tools(page).get_by_role("button", name="By numbers", exact=True).click()
    form = tools(page).get_by_role("form", name="By numbers")
    for label, number in zip(("Left", "Top", "To left", "To top"), numbers, strict=True):
        form.get_by_label(label, exact=True).fill(str(number))
    form.get_by_role("button", name="Draw it").click()


@pytest.mark.by_hand
def test_a_drawing_is_seen_where_its_note_stands_and_nowhere_else(
    demo: Demo, browser: Browser
) -> None:
    """The demo's range note, of 00:06:10 to 00:07:04, has a drawing."""
    page = demo.open(browser, "reviewer")
    page.goto(take_of(demo, browser))
    loaded(page)
    shown = page.locator("frame-drawings svg.drawing[data-end-ms]")
    expect(shown).to_have_count(0)
    page.locator("article.note a.tcx[data-end-ms]").first.click()
    expect(shown).to_have_count(1)
    expect(shown).to_have_accessible_name(re.compile("Drawing: His hand should touch the glass"))
    page.keyboard.press(",")
    expect(shown).to_have_count(0)
    page.evaluate("() => { document.querySelector('take-player video').playbackRate = 0.25; }")
    page.get_by_role("button", name="Play", exact=True).click()
    page.wait_for_function(
        """() => !document.querySelector("take-player video").paused
          && document.querySelector("frame-drawings svg.drawing")"""
    )
    expect(shown).to_have_count(0)  # the range is over
    page.keyboard.press("k")
