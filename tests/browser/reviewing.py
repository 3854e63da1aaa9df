"""What the tests of the review room do with its page."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import PASSWORD, Demo, project_of

SOON = 20_000  # ms on a busy machine
MADE = 90_000
SIZE: dict[str, dict[str, object]] = {
    "desk": {"viewport": {"width": 1440, "height": 900}},
    "phone": {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True},
}


def enter(demo: Demo, browser: Browser, who: str, **context: object) -> Page:
    """A window in which this person signs in as everybody does, by the keyboard."""
    page = browser.new_context(**{**SIZE["desk"], **context}).new_page()  # type: ignore[arg-type]
    page.set_default_timeout(SOON)
    expect.set_options(timeout=SOON)
    page.goto(demo.address)
    page.get_by_label("Email").fill(f"{who}@demo.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1).first).to_be_visible()
    page.wait_for_url(f"{demo.address}/")
    return page


def a_take(demo: Demo, browser: Browser) -> str:
    """The address of a take nobody has said anything about, made for this test."""
    author = demo.open(browser, "author")
    author.goto(f"{project_of(author)}history/?q=fog")
    author.locator("a[href*='/revisions/']").first.click()
    author.get_by_role("link", name=re.compile("^Draft of revision")).click()
    author.get_by_role("button", name="Send for review").click()
    author.wait_for_url("**/revisions/**")
    reviewer = demo.open(browser, "reviewer")
    reviewer.goto(author.url)
    reviewer.get_by_role("button", name="Approve").click()
    expect(reviewer.locator("#gate")).to_contain_text("Approved")
    reviewer.context.close()
    author.reload()
    author.get_by_role("button", name="Generate").first.click()
    author.get_by_role("link", name=re.compile(r"^Open take \d")).first.click(timeout=MADE)
    author.wait_for_url("**/takes/**")
    expect(author.locator("video")).to_be_attached(timeout=MADE)
    address = author.url
    author.context.close()
    return address


def loaded(page: Page) -> None:
    """The film shows a picture, and its player is at work."""
    page.wait_for_function("() => document.querySelector('take-player video').readyState > 1")
    expect(page.locator("take-player.on")).to_be_attached()


def film(page: Page, what: str) -> object:
    """A property of the film."""
    return page.evaluate(f"document.querySelector('take-player video').{what}")


def plays(page: Page) -> None:
    page.wait_for_function("() => !document.querySelector('take-player video').paused")
    page.wait_for_function("() => document.querySelector('take-player video').currentTime > 0.3")


def rests(page: Page) -> None:
    page.wait_for_function("() => document.querySelector('take-player video').paused")


def note(page: Page, words: str) -> Locator:
    """The note, no reply, that says these words."""
    return page.locator("article.note", has=page.locator(".said > .words", has_text=words)).first


def composer(page: Page) -> Locator:
    return page.get_by_label("Note", exact=True)


def shot_row(page: Page, position: int) -> Locator:
    """A shot in the list under the player."""
    return page.locator("#prompts > li").nth(position - 1)


def lamp(page: Page, number: int) -> str:
    """The address of a take of the demo's first storyboard: the second has notes."""
    page.goto(f"{project_of(page)}history/?q=stored")
    words = f"stored take {number} of The Lamp, night one"
    link = page.get_by_role("link", name=re.compile(words)).first
    expect(link).to_be_visible()
    return page.url.partition("/projects/")[0] + (link.get_attribute("href") or "")


def send(page: Page, words: str) -> Locator:
    """Write in the composer and press its button; the note as the list has it."""
    composer(page).click()
    page.keyboard.type(words)
    page.get_by_role("button", name="Add note", exact=True).click()
    expect(note(page, words)).to_be_visible()
    return note(page, words)


def answer(page: Page, words: str, reply: str) -> None:
    """Reply to the note with these words."""
    one = note(page, words)
    one.locator("details.reply > summary").click()
    one.get_by_role("textbox", name="Reply", exact=True).fill(reply)
    one.get_by_role("button", name="Send reply").click()
    expect(replies(page, words)).to_contain_text([reply])


def replies(page: Page, words: str) -> Locator:
    """What was said to the note with these words."""
    return note(page, words).locator(".replies .words")


def settle(page: Page, words: str) -> None:
    """Resolve the note with these words: it leaves the open ones."""
    note(page, words).get_by_role("button", name="Resolve", exact=True).click()
    expect(note(page, words)).to_have_count(0)


def draw_a_box(page: Page) -> None:
    """With the pointer, from a quarter to a half of the picture, and close the tools."""
    page.get_by_role("button", name="Draw", exact=True).click()
    page.get_by_role("button", name="Box", exact=True).click()
    box = page.locator("take-player video").bounding_box()
    assert box
    ends = [
        (box["x"] + box["width"] * part, box["y"] + box["height"] * part) for part in (0.4, 0.6)
    ]
    page.mouse.move(*ends[0])
    page.mouse.down()
    page.mouse.move(*ends[1], steps=4)
    page.mouse.up()
    page.get_by_role("button", name="Close the drawing tools").click()
    expect(page.get_by_text("1 drawing")).to_be_visible()


def keep_shot(page: Page, position: int) -> None:
    shot_row(page, position).get_by_role("button", name="Keep", exact=True).click()
    expect(kept_button(page, position)).to_have_attribute("aria-pressed", "true")


def redo_shot(page: Page, position: int, reason: str) -> None:
    shot_row(page, position).get_by_role("button", name="Redo", exact=True).click()
    page.get_by_label(reason, exact=True).locator("visible=true").check()
    page.get_by_role("button", name=f"Redo shot {position}").click()
    expect(shot_row(page, position).locator(".said")).to_contain_text(reason)


def kept_button(page: Page, position: int) -> Locator:
    return shot_row(page, position).get_by_role("button", name="Keep", exact=True)
