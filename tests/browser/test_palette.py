"""The palette: what can be done here, where one can go; and single keys at rest."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Demo
from tests.browser.editing import author_at, listen, shots

pytestmark = pytest.mark.by_hand


def test_commands_are_pressed_where_they_stand_and_a_blocked_one_says_why(
    demo: Demo, browser: Browser
) -> None:
    page, complaints = author_at(demo, browser, "By the palette")
    ask(page, "add sh")
    page.keyboard.press("Enter")
    expect(page.locator("#palette")).not_to_be_visible()
    expect(shots(page)).to_have_count(2)
    page.keyboard.press("Escape")
    # What was done last stands first.
    page.keyboard.press("Control+k")
    expect(page.locator("#palette").get_by_role("option").first).to_contain_text("Add shot")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    expect(page.locator("#palette [aria-selected=true]")).to_contain_text("Add shot")
    page.keyboard.press("Escape")
    # Not ready: sending is not pressed, and the reason is read out.
    ask(page, "send for")
    page.keyboard.press("Enter")
    expect(page.locator("#palette-said")).to_contain_text("Not now: Not yet")
    expect(page.locator("#palette")).to_be_visible()
    assert "/revisions/" not in page.url
    page.keyboard.press("Control+a")
    page.keyboard.type("night one")
    place = page.locator("#palette-places").get_by_role("option", name=re.compile("The Lamp"))
    expect(place).to_contain_text("The Lighthouse Keeper")
    expect(place).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page).to_have_title("The Lamp, night one")
    assert complaints == []
    page.context.close()


def test_a_phone_has_a_button_and_single_letters_can_be_switched_off(
    demo: Demo, browser: Browser
) -> None:
    page = demo.open(browser, "reviewer", viewport={"width": 390, "height": 844})
    complaints = listen(page)
    page.get_by_role("link", name="Find").click()
    expect(page.get_by_role("combobox", name="Command or place")).to_be_focused()
    page.keyboard.type("your settings")
    page.locator("#palette").get_by_role("option", name="Your settings").click()
    switch(page, on=False)
    page.keyboard.press("?")
    expect(page.locator("#help")).not_to_be_visible()
    page.keyboard.press("Control+k")
    expect(page.locator("#palette")).to_be_visible()
    page.keyboard.press("Escape")
    switch(page, on=True)
    page.keyboard.press("?")
    expect(page.locator("#help")).to_be_visible()
    assert complaints == []
    page.context.close()


def ask(page: Page, words: str) -> None:
    page.keyboard.press("Control+k")
    page.keyboard.type(words)
    expect(page.locator("#palette").get_by_role("option").first).to_be_visible()


def switch(page: Page, *, on: bool) -> None:
    page.get_by_label("Single-letter keys").set_checked(on)
    page.get_by_role("button", name="Save").click()
    expect(page.locator("html[data-keys=off]")).to_have_count(0 if on else 1)
    page.locator("main").focus()
