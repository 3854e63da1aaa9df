"""What the tests of the editor do with its page."""

from __future__ import annotations

import io
import re

from PIL import Image
from playwright.sync_api import Browser, FilePayload, Locator, Page, expect

from tests.browser.conftest import Demo, project_of
from tests.browsing import written

SOON = 20_000  # ms on a busy machine
# Lines of the log that a test brings about itself: the network it takes away.
EXPECTED = re.compile(r"net::ERR_(INTERNET_DISCONNECTED|FAILED)|status of 4(09|22)")


def author_at(demo: Demo, browser: Browser, name: str) -> tuple[Page, list[str]]:
    """The author at a new storyboard of one empty shot, and what the browser complains about."""
    page = demo.open(browser, "author")
    complaints = listen(page)
    page.goto(project_of(page))
    page.get_by_role("button", name="New storyboard").first.click()
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Create").click()
    expect(prompt(page, 1)).to_be_visible()
    return page, complaints


def listen(page: Page) -> list[str]:
    """Errors, broken content policy and refused resources from now on, on every page it opens."""
    said: list[str] = []

    def hear(words: str) -> None:
        if not EXPECTED.search(words):
            said.append(words)

    page.on("console", lambda line: hear(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda error: hear(str(error)))
    page.expose_function("violated", hear)
    page.add_init_script(
        """addEventListener("securitypolicyviolation", (event) =>
          window.violated(`${event.violatedDirective} refuses ${event.blockedURI}`))"""
    )
    return said


def shot(page: Page, position: int) -> Locator:
    return page.get_by_role("group", name=f"Shot {position}", exact=True)


def shots(page: Page) -> Locator:
    return page.locator("section.shot[data-position]")


def prompt(page: Page, position: int) -> Locator:
    return shot(page, position).get_by_role("textbox", name="Prompt", exact=True)


def holds(page: Page, position: int, words: str | re.Pattern[str]) -> None:
    """The prompt of that shot is this one, in the form's own field."""
    expect(written(shot(page, position))).to_have_value(words, timeout=SOON)


def seconds(page: Page) -> list[int]:
    """Of each shot, as its field says."""
    fields = page.locator("section.shot input[name=seconds]")
    return [int(each) for each in fields.evaluate_all("all => all.map(each => each.value)")]


def all_saved(page: Page) -> None:
    """Nothing is on its way and nothing is kept back."""
    expect(page.locator("#save-state")).to_have_text(re.compile("^Saved"), timeout=SOON)
    expect(page.locator("[data-unsent]")).to_have_count(0, timeout=SOON)


def a_picture(name: str, width: int, height: int) -> FilePayload:
    out = io.BytesIO()
    Image.linear_gradient("L").resize((width, height)).convert("RGB").save(out, "PNG")
    return {"name": name, "mimeType": "image/png", "buffer": out.getvalue()}
