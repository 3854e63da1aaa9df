"""A shot's card: its menu, its picture, taking back what was done."""

from __future__ import annotations

import base64
import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests import builders
from tests.browser.conftest import Demo, project_of
from tests.browsing import prompt_box, written

pytestmark = pytest.mark.by_hand

SOON = 15_000  # ms on a busy machine
# A file is dropped on, or pasted into, the element of that id.
BRING = """([id, kind, words]) => {
  const bytes = Uint8Array.from(atob(words), (each) => each.charCodeAt(0));
  const transfer = new DataTransfer();
  transfer.items.add(new File([bytes], "still.png", { type: "image/png" }));
  const options = { bubbles: true, cancelable: true };
  const event = kind === "paste"
    ? new ClipboardEvent("paste", { ...options, clipboardData: transfer })
    : new DragEvent("drop", { ...options, dataTransfer: transfer });
  document.getElementById(id).dispatchEvent(event);
}"""


@pytest.fixture
def page(demo: Demo, browser: Browser) -> Page:
    """A new storyboard of three written shots."""
    page = demo.open(browser, "author")
    page.goto(f"{project_of(page)}storyboards/new/")
    page.get_by_label("Name").fill("Cards")
    page.get_by_role("button", name="Create").click()
    for position, words in enumerate(("One.", "Two.", "Three."), start=1):
        if position > 1:
            page.get_by_role("button", name="Add shot").click()
        prompt_box(shot(page, position)).fill(words)
    prompt_box(page).last.blur()
    expect(page.locator("#save-state")).to_contain_text("Saved", timeout=SOON)
    return page


def shot(page: Page, position: int) -> Locator:
    return page.get_by_role("group", name=f"Shot {position}", exact=True)


def say(page: Page, *words: str) -> None:
    """The prompts in their order."""
    prompts = [written(shot(page, position)) for position in range(1, len(words) + 1)]
    expect(page.get_by_role("group", name=re.compile(r"^Shot \d$"))).to_have_count(
        len(words), timeout=SOON
    )
    for prompt, expected in zip(prompts, words, strict=True):
        expect(prompt).to_have_value(expected, timeout=SOON)


def choose(page: Page, position: int, name: str) -> None:
    page.get_by_role("button", name=f"More about shot {position}").click()
    page.get_by_role("button", name=name, exact=True).click()


def test_the_menu_copies_moves_and_removes_and_undo_brings_back(page: Page) -> None:
    choose(page, 1, "Duplicate")
    say(page, "One.", "One.", "Two.", "Three.")
    choose(page, 4, "Move before shot 1")
    say(page, "Three.", "One.", "One.", "Two.")
    expect(page.get_by_role("button", name="More about shot 1")).to_be_focused(timeout=SOON)
    choose(page, 2, "Remove shot")
    say(page, "Three.", "One.", "Two.")
    toast = page.locator(".toast", has_text="Shot 2 removed")
    toast.get_by_role("button", name="Undo").click()
    say(page, "Three.", "One.", "One.", "Two.")
    expect(shot(page, 2)).to_be_focused(timeout=SOON)
    expect(toast).to_have_count(0)
    page.keyboard.press("Control+Shift+z")
    say(page, "Three.", "One.", "Two.")
    page.keyboard.press("Control+z")
    say(page, "Three.", "One.", "One.", "Two.")


def test_a_menu_stays_open_while_the_board_changes_under_it(page: Page) -> None:
    other = page.context.new_page()
    other.goto(page.url)
    page.get_by_role("button", name="More about shot 2").click()
    menu = page.get_by_role("group", name="Menu of shot 2")
    expect(menu.get_by_role("button", name="Duplicate")).to_be_focused(timeout=SOON)
    page.keyboard.press("ArrowDown")
    expect(menu.get_by_role("button", name="Continue from previous")).to_be_focused(timeout=SOON)
    other.get_by_role("button", name="Add shot").click()
    expect(page.locator("#shot-number")).to_have_text("4 of 6 shots", timeout=SOON)
    expect(menu).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="More about shot 2")).to_be_focused(timeout=SOON)
    say(page, "One.", "Two.", "Three.", "")


def test_a_picture_is_dropped_pasted_and_taken_off(page: Page) -> None:
    picture = shot(page, 2).locator(".frame img")
    ids = [str(shot(page, position).get_attribute("id")) for position in (1, 2)]
    bring(page, ids[1], "drop", "#743")
    expect(picture).to_be_visible(timeout=SOON)
    first = picture.get_attribute("src")
    page.get_by_role("button", name="More about shot 1").focus()
    bring(page, ids[0], "paste", "#347")
    expect(shot(page, 1).locator(".frame img")).to_be_visible(timeout=SOON)
    choose(page, 1, "Use as first frame")
    expect(shot(page, 1).locator(".frame")).to_contain_text("First frame", timeout=SOON)
    choose(page, 2, "Remove the picture")
    expect(picture).to_have_count(0, timeout=SOON)
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(picture).to_have_attribute("src", str(first), timeout=SOON)


def bring(page: Page, card: str, kind: str, colour: str) -> None:
    words = base64.b64encode(builders.png(colour=colour)).decode()
    page.evaluate(BRING, [card, kind, words])
