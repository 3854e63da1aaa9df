"""A take reviewed from signing in to the decision: by mouse, by keyboard alone, on a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PASSWORD, Demo
from tests.browser.editing import listen
from tests.browser.reviewing import (
    SIZE,
    a_take,
    answer,
    composer,
    draw_a_box,
    enter,
    keep_shot,
    kept_button,
    lamp,
    loaded,
    note,
    plays,
    redo_shot,
    replies,
    rests,
    send,
    settle,
    shot_row,
)
from tests.browser.test_keyboard import reach

RANGE = re.compile(r"00:\d\d:\d\d–00:\d\d:\d\d")
GULL = "The gull crosses too early."
RAIL = "The rail wants to stand here."
HOLD = "Hold on the lamp for all of this."
LATER = "It comes a second later in the next draft."


def test_by_mouse(demo: Demo, browser: Browser) -> None:
    page = enter(demo, browser, "reviewer")
    complaints = listen(page)
    page.goto(lamp(page, 1))
    loaded(page)
    page.get_by_role("button", name="Play", exact=True).click()
    plays(page)
    page.get_by_role("button", name="Pause", exact=True).click()
    rests(page)
    send(page, GULL)
    draw_a_box(page)
    send(page, RAIL)
    expect(page.locator("frame-drawings svg.drawing")).to_be_visible()
    answer(page, GULL, LATER)
    settle(page, GULL)
    keep_shot(page, 1)
    redo_shot(page, 2, "Hands")
    page.locator("#say-changes > summary").click()
    page.locator("#changes-words").fill("Shot 2 again, the rest stays.")
    page.get_by_role("button", name=re.compile("^Request changes to take")).click()
    expect(page.locator("#decide")).to_contain_text("You requested changes at")
    page.reload()
    stands(page, outcome="Changes requested")
    expect(note(page, RAIL).locator("svg.drawing")).to_be_attached()
    assert complaints == []


@pytest.mark.by_hand
def test_by_keyboard_alone(demo: Demo, browser: Browser) -> None:
    take = a_take(demo, browser)
    page = browser.new_context(viewport={"width": 1440, "height": 900}).new_page()
    page.goto(take)
    for label, words in (("Email", "reviewer@demo.example"), ("Password", PASSWORD)):
        reach(page, page.get_by_label(label))
        page.keyboard.type(words)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{take}*")
    loaded(page)
    page.keyboard.press("Space")
    plays(page)
    page.keyboard.press("k")
    rests(page)
    type_note(page, GULL)
    press(page, "Escape", "Home", ".", "i", "ArrowRight", "o")
    type_note(page, HOLD)
    expect(note(page, HOLD).locator("a.tcx").first).to_have_text(RANGE)
    press(page, "Escape", "Escape", "d")
    reach(page, page.get_by_role("button", name="Box", exact=True))
    press(page, "Enter")
    reach(page, page.get_by_role("application", name="Drawing on the frame"))
    press(page, "Enter", *["Shift+ArrowRight"] * 3, *["Shift+ArrowDown"] * 3, "Enter", "Escape")
    expect(page.get_by_text("1 drawing")).to_be_visible()
    type_note(page, RAIL)
    expect(page.locator("frame-drawings svg.drawing")).to_be_visible()
    press(page, "Escape")
    reach(page, note(page, GULL).locator("details.reply > summary"))
    press(page, "Enter")
    reach(page, note(page, GULL).get_by_role("textbox", name="Reply", exact=True))
    page.keyboard.type(LATER)
    press(page, "Control+Enter")
    expect(replies(page, GULL)).to_have_text([LATER])
    press(page, "Escape")
    reach(page, note(page, GULL).get_by_role("button", name="Resolve", exact=True))
    press(page, "Enter")
    expect(note(page, GULL)).to_have_count(0)
    press(page, "1", "Shift+K")
    expect(kept_button(page, 1)).to_have_attribute("aria-pressed", "true")
    press(page, "2", "Shift+R")
    reasons = page.locator("form.redo:popover-open")
    expect(reasons.get_by_role("radio").first).to_be_focused()
    press(page, "ArrowDown", "Enter")
    expect(shot_row(page, 2).locator(".said")).to_contain_text("Hands")
    press(page, "a")
    expect(page.get_by_role("button", name=re.compile("^Approve take"))).to_be_focused()
    press(page, "Enter")
    expect(page.locator("#decide")).to_contain_text("You approved at")
    page.reload()
    stands(page, outcome="Approved")


@pytest.mark.by_hand
def test_on_a_phone(demo: Demo, browser: Browser) -> None:
    take = a_take(demo, browser)
    page = enter(demo, browser, "reviewer", **SIZE["phone"])
    page.goto(take)
    loaded(page)
    page.get_by_role("button", name="Play", exact=True).tap()
    plays(page)
    page.get_by_role("button", name="Pause", exact=True).tap()
    rests(page)
    tap_note(page, GULL)
    draw_by_finger(page)
    tap_note(page, RAIL)
    expect(page.locator("frame-drawings svg.drawing")).to_be_visible()
    one = note(page, GULL)
    one.locator("details.reply > summary").tap()
    one.get_by_role("textbox", name="Reply", exact=True).fill(LATER)
    one.get_by_role("button", name="Send reply").tap()
    expect(replies(page, GULL)).to_have_text([LATER])
    note(page, GULL).get_by_role("button", name="Resolve", exact=True).tap()
    expect(note(page, GULL)).to_have_count(0)
    kept_button(page, 1).tap()
    expect(kept_button(page, 1)).to_have_attribute("aria-pressed", "true")
    redo_shot(page, 2, "Hands")
    page.locator("#say-approve > summary").tap()
    page.get_by_role("button", name=re.compile("^Approve take")).tap()
    expect(page.locator("#decide")).to_contain_text("You approved at")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.reload()
    stands(page, outcome="Approved")


def stands(page: Page, *, outcome: str) -> None:
    """What was said stands on the page as it is loaded."""
    expect(note(page, RAIL)).to_be_visible()
    expect(note(page, GULL)).to_have_count(0)
    expect(kept_button(page, 1)).to_have_attribute("aria-pressed", "true")
    expect(shot_row(page, 2).locator(".said")).to_contain_text("Hands")
    expect(page.locator("#decide-outcome")).to_have_text(outcome)


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def type_note(page: Page, words: str) -> None:
    """From the key of the composer to the sent note."""
    page.keyboard.press("c")
    expect(composer(page)).to_be_focused()
    page.keyboard.type(words)
    page.keyboard.press("Control+Enter")
    expect(note(page, words)).to_be_visible()


def tap_note(page: Page, words: str) -> None:
    composer(page).tap()
    page.keyboard.type(words)
    page.get_by_role("button", name="Add note", exact=True).tap()
    expect(note(page, words)).to_be_visible()


def draw_by_finger(page: Page) -> None:
    """A line with the pen, as a touch screen reports it."""
    page.get_by_role("button", name="Draw", exact=True).tap()
    canvas = page.get_by_role("application", name="Drawing on the frame")
    box = canvas.bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 3, box["y"] + box["height"] / 3
    touch = page.context.new_cdp_session(page)
    moves = [("touchStart", 0), *(("touchMove", 8 * step) for step in range(1, 6))]
    for kind, away in moves:
        points = [{"x": x + away, "y": y + away / 2}]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    page.get_by_role("button", name="Close the drawing tools").tap()
    expect(page.get_by_text("1 drawing")).to_be_visible()
