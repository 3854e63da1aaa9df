"""The whole production path by keyboard alone."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import Demo, project_of
from tests.browser.reviewing import loaded
from tests.browsing import prompt_box, written

MOST_TABS = 250
SLOW = 60_000
# An outline or a shadow on what has the focus, or on the box it fills.
RING = """element => {
  for (let e = element, n = 0; e && n < 5; e = e.parentElement, n += 1) {
    const style = getComputedStyle(e);
    if (style.outlineStyle !== "none" || style.boxShadow !== "none") return true;
  }
  return false;
}"""


def reach(page: Page, target: Locator) -> None:
    """Tab until the focus is on the target; it must be seen there."""
    for _ in range(MOST_TABS):
        if target.evaluate("element => element === document.activeElement"):
            break
        page.keyboard.press("Tab")
    else:
        raise AssertionError(f"{target} cannot be reached by Tab")
    assert target.evaluate(RING), f"no focus ring on {target}"


def press(page: Page, name: str, role: str = "button") -> None:
    target = page.get_by_role(role, name=name, exact=True).first  # type: ignore[arg-type]
    reach(page, target)
    page.keyboard.press("Enter")


def write(page: Page, target: Locator, words: str) -> None:
    reach(page, target)
    page.keyboard.press("Control+A")
    page.keyboard.type(words)


def test_from_a_new_storyboard_to_a_picked_take(demo: Demo, browser: Browser) -> None:
    author, reviewer, owner = (demo.open(browser, who) for who in ("author", "reviewer", "owner"))
    compose(author)
    press(author, "Send for review")
    expect(author).to_have_url(re.compile("/revisions/"))
    revision = author.url
    reviewer.goto(revision)
    press(reviewer, "Approve")
    expect(reviewer.locator("#gate")).to_contain_text("Approved")
    author.goto(revision)
    press(author, "Generate")
    link = author.get_by_role("link", name="Open take 1")
    expect(link).to_be_visible(timeout=SLOW)
    reach(author, link)
    author.keyboard.press("Enter")
    expect(author).to_have_url(re.compile("/takes/"))
    watch_and_note(author)
    owner.goto(author.url)
    press(owner, "Pick this take")
    expect(owner.get_by_text(re.compile("Picked")).first).to_be_visible()


def compose(page: Page) -> None:
    page.goto(project_of(page))
    press(page, "New storyboard")
    write(page, page.get_by_label("Name"), "By keyboard alone")
    page.keyboard.press("Enter")
    first = page.get_by_role("group", name="Shot 1", exact=True)
    write(page, prompt_box(first), "A key turns in a lock, close.")
    write(page, first.get_by_label("Seconds", exact=True), "3")
    press(page, "Add shot")
    second = page.get_by_role("group", name="Shot 2", exact=True)
    expect(second).to_be_visible()
    write(page, prompt_box(second), "The door opens on the sea.")
    write(page, second.get_by_label("Seconds", exact=True), "2")
    # The first alone was the total; now both are shared out in it.
    write(page, page.get_by_label("Total seconds"), "5")
    page.keyboard.press("Tab")
    reach(page, second.get_by_role("button", name="More about shot 2"))
    page.keyboard.press("Enter")
    reach(page, second.get_by_role("button", name="Move earlier"))
    page.keyboard.press("Enter")
    moved = page.get_by_role("group", name="Shot 1", exact=True)
    expect(written(moved)).to_have_value("The door opens on the sea.")
    expect(page.get_by_role("heading", name="Ready to send")).to_be_visible()


def watch_and_note(page: Page) -> None:
    loaded(page)
    page.keyboard.press(".")
    page.keyboard.press("Shift+ArrowRight")
    page.wait_for_function("() => document.querySelector('video').currentTime > 1.5")
    page.keyboard.press("Space")
    page.wait_for_function("() => !document.querySelector('video').paused")
    page.keyboard.press("k")
    page.wait_for_function("() => document.querySelector('video').paused")
    page.keyboard.press("c")
    expect(page.get_by_label("Note", exact=True)).to_be_focused()
    page.keyboard.type("Hold this half a second longer.")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".note .words", has_text="Hold this half a second longer.")).to_be_visible()
