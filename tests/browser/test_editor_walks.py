"""Six shots from a new storyboard to a revision: by keyboard alone, and by mouse alone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Demo, project_of
from tests.browser.editing import (
    SOON,
    a_picture,
    all_saved,
    author_at,
    holds,
    listen,
    prompt,
    seconds,
    shot,
    shots,
)
from tests.browser.test_keyboard import press, reach, write

pytestmark = pytest.mark.by_hand

WORDS = (
    "Dusk, wide from the water. The lighthouse on its rock, a last ember under the cloud.",
    "Looking down the stairwell, steps spiralling away into warm light.",
    "Lamp room. Slow push in, dust hanging in the gold.",
    "Close on a face at the rain-streaked window. The beam passes behind it.",
    "A rowing boat, far out, one oar lifted.",
    "From above: the light sweeps over the rock and is gone.",
)
ALDOUS = "<<<element_1>>>"


def test_by_keyboard_alone(demo: Demo, browser: Browser) -> None:
    page = demo.open(browser, "author")
    complaints = listen(page)
    page.goto(project_of(page))
    page.keyboard.press("n")
    write(page, page.get_by_label("Name"), "Six shots by keyboard")
    page.keyboard.press("Enter")
    reach(page, prompt(page, 1))
    page.keyboard.type(WORDS[0])
    for position in range(2, 7):
        press(page, "Add shot")
        # The new shot has the focus: one writes on.
        expect(prompt(page, position)).to_be_focused(timeout=SOON)
        page.keyboard.type(WORDS[position - 1])
    expect(shots(page)).to_have_count(6)
    # A first frame, which elements need.
    slot = page.locator("#first-frame-file")
    reach(page, slot)
    with page.expect_file_chooser() as opened:
        page.keyboard.press("Enter")
    opened.value.set_files([a_picture("rock.png", 1280, 720)])
    expect(page.locator("#first-frame img")).to_be_visible(timeout=SOON)
    # The sum of the shots becomes the total; a second moves and the sum holds.
    reach(page, page.get_by_role("button", name=re.compile("Make the total")))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Ready to send")).to_be_visible(timeout=SOON)
    before = seconds(page)
    leave(page)
    page.keyboard.press("1")
    page.keyboard.press("Alt+ArrowLeft")
    after = [before[0] - 1, before[1] + 1, *before[2:]]
    page.wait_for_function(
        "wanted => [...document.querySelectorAll('section.shot input[name=seconds]')]"
        ".map(each => Number(each.value)).join() === wanted.join()",
        arg=after,
    )
    # Somebody of the library, named at the caret.
    page.keyboard.press("3")
    reach(page, prompt(page, 3))
    page.keyboard.press("Control+End")
    page.keyboard.type(" @Ald")
    expect(page.locator("#picker").get_by_role("option", name=re.compile("Aldous"))).to_be_visible()
    page.keyboard.press("Enter")
    holds(page, 3, re.compile(f"gold. {ALDOUS}"))
    # Earlier by keys, away by the menu, and back by undo.
    leave(page)
    page.keyboard.press("2")
    page.keyboard.press("Alt+Shift+ArrowLeft")
    holds(page, 1, WORDS[1])
    reach(page, shot(page, 6).get_by_role("button", name="More about shot 6"))
    page.keyboard.press("Enter")
    reach(page, page.get_by_role("button", name="Remove shot").locator("visible=true"))
    page.keyboard.press("Enter")
    expect(shots(page)).to_have_count(5, timeout=SOON)
    page.keyboard.press("Control+z")
    expect(shots(page)).to_have_count(6, timeout=SOON)
    holds(page, 6, WORDS[5])
    all_saved(page)
    page.keyboard.press("Control+Enter")
    arrived(page, 6)
    assert complaints == []
    page.context.close()


def test_by_mouse_alone(demo: Demo, browser: Browser) -> None:
    """The keys write words and nothing else."""
    page, complaints = author_at(demo, browser, "Six shots by mouse")
    for position in range(1, 7):
        if position > 1:
            page.get_by_role("button", name="Add shot").first.click()
        prompt(page, position).click()
        page.keyboard.type(WORDS[position - 1])
    expect(shots(page)).to_have_count(6)
    with page.expect_file_chooser() as opened:
        page.locator("#first-frame-slot").click()
    opened.value.set_files([a_picture("rock.png", 1280, 720)])
    expect(page.locator("#first-frame img")).to_be_visible(timeout=SOON)
    page.get_by_role("button", name=re.compile("Make the total")).click()
    expect(page.get_by_role("heading", name="Ready to send")).to_be_visible(timeout=SOON)
    page.get_by_role("button", name="Spread evenly").click()
    total = sum(seconds(page))
    page.wait_for_function(
        """() => {
          const all = [...document.querySelectorAll("section.shot input[name=seconds]")];
          const held = all.map((each) => Number(each.value));
          return Math.max(...held) - Math.min(...held) <= 1;
        }"""
    )
    assert sum(seconds(page)) == total
    drag_border(page, total)
    name_somebody(page)
    # A picture of a shot's own, by its menu.
    shot(page, 2).get_by_role("button", name="More about shot 2").click()
    with page.expect_file_chooser() as opened:
        page.get_by_text("Add a picture").locator("visible=true").click()
    opened.value.set_files([a_picture("stairs.png", 640, 360)])
    expect(shot(page, 2).locator(".frame img")).to_be_visible(timeout=SOON)
    page.keyboard.press("Escape")
    # The third before the first, by its menu; then away, and back by the toast.
    shot(page, 3).get_by_role("button", name="More about shot 3").click()
    page.get_by_role("button", name="Move before shot 1").locator("visible=true").click()
    holds(page, 1, re.compile("^Lamp room"))
    shot(page, 6).get_by_role("button", name="More about shot 6").click()
    page.get_by_role("button", name="Remove shot").locator("visible=true").click()
    expect(shots(page)).to_have_count(5, timeout=SOON)
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(shots(page)).to_have_count(6, timeout=SOON)
    holds(page, 6, WORDS[5])
    all_saved(page)
    page.get_by_role("button", name="Send for review").click()
    arrived(page, 6)
    assert complaints == []
    page.context.close()


def drag_border(page: Page, total: int) -> None:
    """The first shot's end, three seconds on: the neighbour pays as far as it can."""
    all_saved(page)  # until then an answer may draw the timeline anew
    before = seconds(page)
    edge = page.locator("#timeline .edge").first
    expect(edge).to_be_visible()
    box = edge.bounding_box()
    track = page.locator("#timeline .track").bounding_box()
    assert box
    assert track
    second = track["width"] / total
    start = box["x"] + box["width"] / 2
    middle = box["y"] + box["height"] / 2
    page.mouse.move(start, middle)
    page.mouse.down()
    for step in range(1, 7):
        page.mouse.move(start + step * second / 2, middle)
        assert sum(seconds(page)) == total, "the sum holds at every step"
    page.mouse.up()
    moved = min(3, before[1] - 1)
    wanted = [before[0] + moved, before[1] - moved, *before[2:]]
    if moved:
        assert seconds(page) == wanted
    all_saved(page)
    page.reload()
    assert seconds(page) == wanted


def name_somebody(page: Page) -> None:
    """By the @ of the third card."""
    box = prompt(page, 3)
    box.click()
    page.keyboard.press("Control+End")
    shot(page, 3).get_by_role("button", name="Name an element or a voice").click()
    page.locator("#picker").get_by_role("option", name=re.compile("Aldous")).click()
    holds(page, 3, re.compile(ALDOUS))


def leave(page: Page) -> None:
    """Out of the field, so that single keys are keys."""
    page.keyboard.press("Escape")


def arrived(page: Page, count: int) -> None:
    expect(page).to_have_url(re.compile("/revisions/"), timeout=SOON)
    expect(page.locator("#board .shot")).to_have_count(count)
