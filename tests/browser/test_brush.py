"""The motion brush by hand: painted, drawn, played, saved, and sent as document 001 has it."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image, ImageDraw
from playwright.sync_api import Browser, FilePayload, Locator, Page, Route, expect

from tests.browser.conftest import Demo
from tests.browser.editing import author_at, prompt

pytestmark = pytest.mark.by_hand

SIZE = (640, 360)
SLOW = 60_000
# Document 001's example request, without its links to pictures.
DOCUMENT_001: dict[str, Any] = {
    "model_name": "kling-v1",
    "mode": "pro",
    "duration": "5",
    "prompt": "The astronaut stood up and walked away",
    "cfg_scale": 0.5,
}
TRAJECTORIES = [{"x": 279, "y": 219}, {"x": 417, "y": 65}]
# What we send besides: each is Kling's default, said aloud.
BESIDES = {"multi_shot": False, "sound": "off", "watermark_info": {"enabled": False}}

SETTINGS = """async (values) => {
  const form = document.getElementById("more");
  for (const [name, value] of values) {
    const body = new FormData(form);
    for (const each of [...body.keys()]) if (each !== "csrfmiddlewaretoken") body.delete(each);
    body.append(name, value);
    const answer = await fetch(form.action, { method: "POST", body, headers: { "HX-Request": "true" } });
    if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
  }
}"""  # noqa: E501

Board = tuple[Page, list[str]]
Opener = Callable[..., Board]


def still(size: tuple[int, int] = SIZE) -> FilePayload:
    """A first frame whose quarters can be told apart."""
    picture = Image.new("RGB", size, "#456")
    ImageDraw.Draw(picture).rectangle((0, 0, size[0] // 2, size[1] // 2), fill="#a86")
    return payload("frame.png", picture)


def payload(name: str, picture: Image.Image) -> FilePayload:
    out = io.BytesIO()
    picture.save(out, "PNG")
    return {"name": name, "mimeType": "image/png", "buffer": out.getvalue()}


def at_the_brush(demo: Demo, browser: Browser, name: str) -> Board:
    """A new single shot of kling-v1 pro with a first frame, its brush open."""
    page, complaints = author_at(demo, browser, name)
    page.evaluate(SETTINGS, [["model", "kling-v1"], ["mode", "pro"], ["shooting", "single"]])
    page.reload()
    page.locator("#first-frame-file").set_input_files(still())
    expect(page.locator("#first-frame-slot img")).to_be_visible(timeout=SLOW)
    open_brush(page)
    return page, complaints


def open_brush(page: Page) -> None:
    page.locator("#set-brush").click()
    expect(page.locator("brush-board.on")).to_be_visible(timeout=SLOW)


def canvas(page: Page) -> Locator:
    return page.locator("brush-board canvas")


def tool(page: Page, name: str) -> None:
    page.locator(".brush-kinds").get_by_text(name, exact=True).click()


def area(page: Page, number: int) -> Locator:
    return page.locator(f'[data-area="{number}"]')


def place(page: Page, x: float, y: float) -> tuple[float, float]:
    """Where a point of the frame, in px from its bottom left, is on the screen."""
    box = canvas(page).bounding_box()
    assert box is not None
    scale = min(box["width"] / SIZE[0], box["height"] / SIZE[1])
    left = box["x"] + (box["width"] - SIZE[0] * scale) / 2
    top = box["y"] + (box["height"] - SIZE[1] * scale) / 2
    return left + x * scale, top + (SIZE[1] - y) * scale


def drag(page: Page, *points: tuple[float, float]) -> None:
    page.mouse.move(*place(page, *points[0]))
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*place(page, *point), steps=6)
    page.mouse.up()


def by_numbers(page: Page, left: int, bottom: int, width: int, height: int) -> None:
    """Paint the chosen shape at these numbers."""
    for name, value in (("Left", left), ("Bottom", bottom), ("Width", width), ("Height", height)):
        page.locator(".brush-sides").get_by_label(name).fill(str(value))
        page.keyboard.press("Tab")
    page.get_by_role("button", name="Paint it").click()


def save(page: Page) -> None:
    page.get_by_role("button", name="Save the masks").click()
    expect(page.locator("#late-dialog")).to_be_hidden(timeout=SLOW)


def body_of(page: Page) -> dict[str, Any]:
    """What Kling would get, as the exported file has it."""
    answer = page.request.get(f"{page.url.partition('#')[0]}export/?as=json")
    assert answer.ok
    found: dict[str, Any] = json.loads(answer.body())
    return found


def mask_in(base: str) -> Image.Image:
    """A mask of the body: of exactly the frame's size, and of two values alone."""
    picture = Image.open(io.BytesIO(base64.b64decode(base, validate=True)))
    picture.load()
    assert (picture.format, picture.size) == ("PNG", SIZE)
    grey = picture.convert("L")
    assert {value for _count, value in grey.getcolors() or ()} == {0, 255}
    return grey


def box_in(base: str) -> tuple[int, int, int, int]:
    """Left, bottom, width and height of what is painted."""
    found = mask_in(base).getbbox()
    assert found is not None
    left, top, right, bottom = found
    return left, SIZE[1] - bottom, right - left, bottom - top


@pytest.fixture
def board(demo: Demo, browser: Browser, request: pytest.FixtureRequest) -> Board:
    return at_the_brush(demo, browser, request.node.name[:60])


def test_document_001s_order_is_rebuilt_by_hand(board: Board) -> None:
    page, complaints = board
    # A rectangle moves along two points, a part of a drawn line is erased, an ellipse stands still.
    tool(page, "Rectangle")
    by_numbers(page, 240, 180, 80, 60)
    area(page, 0).click()
    tool(page, "Ellipse")
    by_numbers(page, 20, 20, 100, 50)
    tool(page, "Path")
    area(page, 1).click()
    page.mouse.click(*place(page, 279, 219))
    page.mouse.click(*place(page, 417, 65))
    for number, (axis, value) in enumerate((("x", 279), ("y", 219), ("x", 417), ("y", 65)), 2):
        page.get_by_label(f"Point {number // 2}, {axis}").fill(str(value))
    expect(area(page, 1)).to_contain_text("2 points")
    save(page)
    expect(page.locator("#tile-brush-value")).to_have_text("1 area moves, 1 stands still")
    prompt(page, 1).click()
    page.keyboard.type(DOCUMENT_001["prompt"])
    page.keyboard.press("Escape")
    page.evaluate(SETTINGS, [["cfg_scale", "0.5"]])
    expect(page.locator("#save-state")).to_contain_text("Saved", timeout=SLOW)
    page.reload()
    body = body_of(page)
    still_mask = body.pop("static_mask")
    (group,) = body.pop("dynamic_masks")
    assert group.pop("trajectories") == TRAJECTORIES
    assert list(group) == ["mask"]
    assert box_in(group["mask"]) == (240, 180, 80, 60)
    assert box_in(still_mask) == (20, 20, 100, 50)
    assert mask_in(group["mask"]).histogram()[255] == 80 * 60
    frame = Image.open(io.BytesIO(base64.b64decode(body.pop("image"))))
    assert frame.size == SIZE
    assert body == DOCUMENT_001 | BESIDES
    assert complaints == []
    page.close()


def test_a_drawn_area_follows_the_pointer_and_a_later_one_takes_its_pixels(board: Board) -> None:
    page, complaints = board
    drag(page, (100, 200), (300, 200))
    expect(area(page, 1)).not_to_contain_text("Nothing painted")
    page.get_by_role("button", name="Another that moves").click()
    tool(page, "Rectangle")
    drag(page, (200, 100), (260, 300))
    tool(page, "Path")
    drag(page, (100, 100), (200, 160), (300, 100), (420, 200), (500, 90))
    area(page, 1).click()
    page.mouse.click(*place(page, 100, 200))
    page.mouse.click(*place(page, 100, 320))
    save(page)
    first, second = body_of(page)["dynamic_masks"]
    one, other = mask_in(first["mask"]), mask_in(second["mask"])
    both = Image.composite(one, Image.new("L", SIZE, 0), other)
    assert both.getbbox() is None
    assert one.getpixel((150, 160)) == 255
    assert one.getpixel((230, 160)) == 0
    assert 2 <= len(second["trajectories"]) <= 77
    for point in (*first["trajectories"], *second["trajectories"]):
        assert 0 <= point["x"] <= SIZE[0]
        assert 0 <= point["y"] <= SIZE[1]
    assert second["trajectories"][0]["x"] == pytest.approx(100, abs=2)
    assert complaints == []
    page.close()


def test_all_of_it_by_keys_alone(board: Board) -> None:
    page, complaints = board
    canvas(page).focus()
    page.keyboard.press("r")
    for key in ("ArrowRight", "Shift+ArrowUp", "Alt+ArrowLeft", "Enter"):
        page.keyboard.press(key)
    expect(area(page, 1)).not_to_contain_text("Nothing painted")
    page.keyboard.press("p")
    page.keyboard.press("Enter")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Enter")
    expect(area(page, 1)).to_contain_text("2 points")
    page.keyboard.press("0")
    page.keyboard.press("b")
    page.keyboard.press("Shift+ArrowDown")
    page.keyboard.press("Enter")
    expect(area(page, 0)).not_to_contain_text("Nothing painted")
    page.get_by_role("button", name="Save the masks").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#late-dialog")).to_be_hidden(timeout=SLOW)
    expect(page.locator("#set-brush")).to_be_focused(timeout=SLOW)
    body = body_of(page)
    start, end = body["dynamic_masks"][0]["trajectories"]
    assert (end["x"] - start["x"], end["y"] - start["y"]) == (64, 0)
    mask_in(body["static_mask"])
    assert complaints == []
    page.close()


def test_what_is_painted_outlives_a_closed_dialog_and_a_save_that_fails(board: Board) -> None:
    page, _complaints = board
    drag(page, (100, 200), (300, 200))
    painted = area(page, 1).inner_text()
    page.keyboard.press("Escape")
    expect(page.locator("#toasts")).to_contain_text("The masks are not saved. They stay here")
    open_brush(page)
    expect(page.locator(".brush-said")).to_have_text(
        "What you painted before is here and not saved yet."
    )
    assert area(page, 1).inner_text() == painted
    page.route("**/brush/", lambda route: broken(route))
    page.get_by_role("button", name="Save the masks").click()
    expect(page.locator("#toasts .toast.error")).to_be_visible(timeout=SLOW)
    expect(page.locator("brush-board.on")).to_be_visible()
    page.unroute("**/brush/")
    save(page)
    mask_in(body_of(page)["dynamic_masks"][0]["mask"])
    open_brush(page)
    assert area(page, 1).inner_text() == painted
    expect(page.get_by_role("button", name="Discard changes")).to_be_hidden()
    page.close()


def broken(route: Route) -> None:
    if route.request.method == "POST":
        route.abort("connectionfailed")
    else:
        route.fallback()


def test_fifty_steps_are_undone_and_made_again(board: Board) -> None:
    page, complaints = board
    tool(page, "Rectangle")
    by_numbers(page, 10, 10, 50, 50)
    before = area(page, 1).inner_text()
    by_numbers(page, 300, 10, 50, 50)
    after = area(page, 1).inner_text()
    assert before != after
    page.keyboard.press("Control+z")
    expect(area(page, 1)).to_contain_text(before.splitlines()[-1])
    page.keyboard.press("Control+Shift+z")
    expect(area(page, 1)).to_contain_text(after.splitlines()[-1])
    page.get_by_role("button", name="Undo here").click()
    page.get_by_role("button", name="Undo here").click()
    expect(area(page, 1)).to_contain_text("Nothing painted")
    for _each in range(60):
        page.get_by_role("button", name="Add a point").click()
    expect(page.locator(".brush-points li")).to_have_count(60)
    for _each in range(60):
        page.keyboard.press("Control+z")
    expect(page.locator(".brush-points li")).to_have_count(10)
    assert complaints == []
    page.close()


def test_a_mask_file_comes_in_and_one_of_another_size_is_refused_in_words(board: Board) -> None:
    page, complaints = board
    good, wrong = Image.new("1", SIZE, 0), Image.new("L", (360, 640), 255)
    ImageDraw.Draw(good).ellipse((50, 50, 149, 99), fill=1)
    field, said = page.locator("[data-import]"), page.locator(".brush-said")
    field.set_input_files(payload("tall.png", wrong))
    expect(said).to_contain_text("The mask is 360 × 640 px, the first frame 640 × 360 px.")
    field.set_input_files(payload("black.png", Image.new("L", SIZE, 0)))
    expect(said).to_contain_text("nothing in it is white")
    field.set_input_files({"name": "a.png", "mimeType": "image/png", "buffer": b"no picture"})
    expect(said).to_contain_text("The file is no picture that can be read.")
    expect(area(page, 1)).to_contain_text("Nothing painted")
    field.set_input_files(payload("good.png", good))
    expect(area(page, 1)).not_to_contain_text("Nothing painted")
    page.get_by_role("button", name="Add a point").click()
    page.get_by_role("button", name="Add a point").click()
    save(page)
    (group,) = body_of(page)["dynamic_masks"]
    assert mask_in(group["mask"]).tobytes() == good.convert("L").tobytes()
    assert complaints == []
    page.close()


def test_a_long_line_is_thinned_to_77_points_and_plays(board: Board) -> None:
    page, complaints = board
    tool(page, "Rectangle")
    by_numbers(page, 10, 10, 50, 50)
    tool(page, "Path")
    page.mouse.move(*place(page, 20, 20))
    page.mouse.down()
    for step in range(150):
        page.mouse.move(*place(page, 20 + step * 4, 180 + 150 * ((step // 10) % 2)))
    page.mouse.up()
    expect(area(page, 1)).to_contain_text("77 points")
    play = page.get_by_role("button", name="Play", exact=True).last
    play.click()
    expect(play).to_have_attribute("aria-pressed", "true")
    expect(play).to_have_attribute("aria-pressed", "false", timeout=SLOW)
    save(page)
    (group,) = body_of(page)["dynamic_masks"]
    assert len(group["trajectories"]) == 77
    assert group["trajectories"][0] == {"x": 20, "y": 20}
    assert complaints == []
    page.close()
