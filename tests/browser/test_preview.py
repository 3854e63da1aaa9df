"""The preview of a draft: drawn beside everything else, played over the board, followed below."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Demo, project_of
from tests.browsing import prompt_box

pytestmark = pytest.mark.by_hand

SLOW = 60_000
AT = "document.querySelector('.preview-film video').currentTime"
PAUSED = "document.querySelector('.preview-film video').paused"


def first_draft(page: Page) -> None:
    """The demo's three shots of two, three and two seconds; the first has a picture."""
    project_of(page)
    page.get_by_role("link", name="First ember").first.click()
    expect(page.locator("#preview")).to_be_visible()


def press_preview(page: Page) -> None:
    """Have it drawn, or play what was drawn for the test before."""
    page.locator("#preview-ask").or_(page.locator("#preview-play")).first.click()


def test_from_a_press_to_the_film_and_back(demo: Demo, browser: Browser) -> None:
    page = demo.open(browser, "author")
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    first_draft(page)
    press_preview(page)
    film = page.locator(".preview-film")
    expect(film).to_be_visible(timeout=SLOW)  # it plays as soon as it is drawn
    expect(page.locator("section.shot[aria-current=true]")).to_have_attribute("data-position", "2")
    expect(page.locator(".play-head")).to_be_visible()
    page.keyboard.press("Space")
    expect(page.get_by_role("link", name="Play the preview")).to_be_visible()
    assert page.evaluate(PAUSED)
    at = page.evaluate(AT)
    code = page.locator("#preview .tc").inner_text()
    assert code == f"00:{int(at):02d}:{int(at % 1 * 24 + 0.01):02d}"
    page.keyboard.press("Escape")
    expect(film).to_be_hidden()
    expect(page.locator("section.shot[aria-current=true]")).to_have_count(0)
    expect(page.locator(".play-head")).to_be_hidden()
    assert wrong == []


def test_writing_goes_on_while_it_plays_and_it_says_that_the_shots_have_changed(
    demo: Demo, browser: Browser
) -> None:
    page = demo.open(browser, "author")
    first_draft(page)
    press_preview(page)
    expect(page.locator(".preview-film")).to_be_visible(timeout=SLOW)
    page.locator(".preview-film video").evaluate("film => (film.loop = true)")
    prompt_box(page.locator("section.shot").nth(2)).click()
    page.keyboard.type("A gull.")
    said = page.get_by_text("The shots have changed since this preview.")
    expect(said).to_be_visible(timeout=SLOW)
    assert not page.evaluate(PAUSED)
    page.keyboard.press("Escape")  # leaves the field
    expect(page.locator(".preview-film")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".preview-film")).to_be_hidden()
    page.locator("#preview-ask").click()
    expect(page.locator(".preview-film")).to_be_visible(timeout=SLOW)
    expect(said).to_have_count(0)


def test_on_a_phone_it_is_a_dialog(demo: Demo, browser: Browser) -> None:
    page = demo.open(browser, "author", viewport={"width": 390, "height": 844}, has_touch=True)
    first_draft(page)
    press_preview(page)
    dialog = page.get_by_role("dialog", name="Preview")
    expect(dialog).to_be_visible(timeout=SLOW)
    assert dialog.evaluate("box => box.matches(':modal')")
    close = dialog.get_by_role("button", name="Close the preview")
    size = close.bounding_box()
    assert size is not None
    assert min(size["width"], size["height"]) >= 44
    close.click()
    expect(dialog).to_be_hidden()
