"""The sheet under ? in the review room, and letters on any layout."""

from __future__ import annotations

from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Demo
from tests.browser.test_axe import SCREENS

# A key as a browser tells of it, on the document.
PRESS = """told => document.dispatchEvent(new KeyboardEvent("keydown",
    { bubbles: true, cancelable: true, ...told }))"""


def test_letters_press_what_the_sheet_says_they_press(demo: Demo, browser: Browser) -> None:
    page = demo.open(browser, "owner")
    SCREENS["take"](page)
    page.wait_for_load_state()
    watch(page, "r")
    # Held down, with Shift, and while somebody writes it presses nothing.
    page.evaluate(PRESS, {"key": "r", "code": "KeyR", "repeat": True})
    page.evaluate(PRESS, {"key": "R", "code": "KeyR", "shiftKey": True})
    page.locator("form.compose textarea").first.focus()
    page.keyboard.press("r")
    page.keyboard.press("Escape")
    assert pressed(page) == 0
    page.evaluate(PRESS, {"key": "r", "code": "KeyR"})
    assert pressed(page) == 1
    # The same key of a Cyrillic keyboard, and another one there.
    page.evaluate(PRESS, {"key": "к", "code": "KeyR"})
    page.evaluate(PRESS, {"key": "е", "code": "KeyT"})
    assert pressed(page) == 2
    page.context.close()


def test_the_sheet_shows_the_keys_of_the_room_alone(demo: Demo, browser: Browser) -> None:
    page = demo.open(browser, "owner")
    SCREENS["take"](page)
    page.wait_for_load_state()
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="Keys")
    for words in ("one frame back, on", "start, end of a range", "send the note", "draw on the"):
        expect(sheet.get_by_text(words)).to_be_visible()
    expect(sheet.get_by_role("heading", name="Shots and draft")).to_be_hidden()
    page.keyboard.press("Escape")
    expect(sheet).to_be_hidden()
    page.context.close()


def watch(page: Page, key: str) -> None:
    """Count the presses of what this key presses, and let none of them do anything."""
    page.evaluate(
        """key => {
          const button = document.querySelector(`[data-key="${key}"]`);
          window.presses = 0;
          button.addEventListener("click", event => {
            window.presses += 1;
            event.preventDefault();
            event.stopImmediatePropagation();
          }, true);
        }""",
        key,
    )


def pressed(page: Page) -> int:
    return int(page.evaluate("window.presses"))
