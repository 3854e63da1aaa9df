"""A voice recorded in the browser, from its one page that may ask for the microphone."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserType, Page, expect

from tests.browser.conftest import Demo
from tests.browsing import launch_arguments

pytestmark = pytest.mark.by_hand

SLOW = 60_000
# Chromium's own microphone, which beeps.
FAKE = ["--use-fake-device-for-media-stream"]


@pytest.fixture
def hearing(browser_type: BrowserType) -> Iterator[Browser]:
    arguments = launch_arguments()
    arguments["args"] = [*arguments.get("args", []), *FAKE]
    browser = browser_type.launch(**arguments)
    yield browser
    browser.close()


def open_recorder(demo: Demo, browser: Browser, **context: object) -> Page:
    page = demo.open(browser, "author", **context)
    page.locator("a[href$='/library/']").first.click()
    page.get_by_role("link", name="New voice").click()
    expect(page.get_by_role("button", name="Record", exact=True)).to_be_visible()
    return page


def test_from_a_refused_microphone_to_a_voice_that_is_heard(demo: Demo, hearing: Browser) -> None:
    page = open_recorder(demo, hearing, permissions=[])
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.context.clear_permissions()
    page.keyboard.press("Tab")
    record = page.get_by_role("button", name="Record", exact=True)
    # Nobody has allowed it: the words say where it is allowed, and the file stays a way.
    record.press("Enter")
    refused = page.get_by_text("The browser does not let this page use the microphone.")
    expect(refused).to_be_visible()
    page.context.grant_permissions(["microphone"])
    page.get_by_role("button", name="Record again").press("Enter")
    stop = page.get_by_role("button", name="Stop")
    expect(stop).to_be_focused()
    level = page.locator(".recorder-level")
    expect(level).to_have_attribute("style", re.compile(r"--level: [1-9]"), timeout=SLOW)
    expect(page.get_by_role("timer")).to_have_text(re.compile("0:0[6-9]"), timeout=SLOW)
    stop.press("Enter")
    expect(page.get_by_text("Your recording", exact=True).first).to_be_visible()
    page.get_by_role("button", name="Use this recording").press("Enter")
    name = page.get_by_label("Name")
    expect(name).to_be_focused()
    page.get_by_role("button", name="Create voice").click()
    # What is wrong is said in its place, and the recording is not lost.
    expect(page.get_by_text("Write a name; it stands in the prompts on screen.")).to_be_visible()
    assert page.locator("#id_recording").evaluate("field => field.files.length") == 1
    name.fill("Beeper")
    page.get_by_role("button", name="Create voice").click()
    expect(page.get_by_role("heading", name="Beeper")).to_be_visible(timeout=SLOW)
    expect(page.get_by_text("Ready")).to_be_visible(timeout=SLOW)
    play = page.get_by_role("button", name="Play Beeper: The recording")
    play.click()
    expect(play).to_have_attribute("aria-pressed", "true")
    wave = page.locator("voice-player", has=play).locator(".voice-wave")
    expect(wave).to_have_attribute("style", re.compile(r"--heard: [1-9]"), timeout=SLOW)
    assert wrong == []
