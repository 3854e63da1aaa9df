"""A note becomes a change to make, the draft answers it, and a second window sees both."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Demo
from tests.browser.editing import listen, prompt
from tests.browser.reviewing import enter, lamp, loaded, note, send

pytestmark = pytest.mark.by_hand

WORDS = "The lamp should come up later."
ANSWERED = "Answered by shot 1's prompt in the draft of revision"


def test_a_note_is_made_a_change_answered_and_seen_in_a_second_window(
    demo: Demo, browser: Browser
) -> None:
    page = enter(demo, browser, "author")
    complaints = listen(page)
    take = lamp(page, 1)
    page.goto(take)
    loaded(page)
    send(page, WORDS)
    other = enter(demo, browser, "reviewer")
    other.goto(take)
    expect(note(other, WORDS)).to_be_visible()

    want = note(page, WORDS).get_by_role("button", name="Make it a change")
    want.focus()
    page.keyboard.press("Enter")
    unwant = note(page, WORDS).get_by_role("button", name="Not a change any more")
    expect(unwant).to_be_focused()

    page.get_by_role("link", name="The Lamp, night one").first.click()
    summary = page.locator("#to-make > summary")
    summary.focus()
    page.keyboard.press("Enter")
    line = page.locator("#to-make li", has_text=WORDS)
    answer = line.get_by_role("link", name="Answer with a change")
    before = prompt(page, 1).inner_text()
    prompt(page, 1).click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" It comes up late.")
    page.keyboard.press("Escape")
    answer.focus()
    page.keyboard.press("Enter")
    dialog = page.locator("#late-dialog")
    expect(dialog.get_by_role("heading", name="Answer with a change")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(dialog.get_by_role("radio").first).to_be_checked()
    dialog.get_by_role("button", name="Answer with this change").press("Enter")
    expect(dialog).to_be_hidden()
    expect(line).to_contain_text(ANSWERED)
    expect(page.locator("#to-make-count")).to_have_text("all answered")
    expect(line.get_by_role("button", name="Take the answer back")).to_be_focused()
    expect(note(other, WORDS)).to_contain_text(ANSWERED)

    page.get_by_role("button", name="Undo").first.click()
    expect(prompt(page, 1)).to_have_text(before)
    page.goto(take)
    expect(note(page, WORDS)).to_contain_text("It is as it was by now.")
    assert complaints == []
