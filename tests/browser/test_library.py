"""From a picture and a recording to a take that names the element with its version, and the voice.

The simulator takes its time over both, and fails at the first.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import Demo, project_of
from tests.browser.editing import a_picture, all_saved, author_at, holds, prompt
from tests.journeys.stack import ROOT
from tests.media.sounds import tone_file
from tests.steps import kling

pytestmark = pytest.mark.by_hand

STILLS = ROOT / "storyboard/management/demo_film"
SLOW = 60_000  # ms until Kling has made something
FERRYMAN, LOW = "Ferryman", "Ferry voice"


@pytest.fixture(scope="module")
def simulator(demo: Demo) -> str:
    """Where the demo's Kling answers."""
    found = re.search(r"simulated at (http://127\.0\.0\.1:\d+)", "".join(demo.printed))
    assert found
    return found[1]


@pytest.fixture(scope="module")
def ferryman(demo: Demo, browser: Browser, simulator: str) -> None:
    """An element that failed first and has a second version."""
    page = demo.open(browser, "author")
    with kling.fault(simulator, name="making-fails", count=1):
        make_element(page)
        expect(page.locator("#makings .badge.fail")).to_be_visible(timeout=SLOW)
        expect(page.locator("#makings")).to_contain_text("Try again")
    page.get_by_role("button", name="Try again").click()
    is_ready(page)
    page.get_by_role("link", name="Edit").click()
    page.get_by_label("Description").fill("A ferryman in a grey coat, a lantern in his hand")
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#entry-head")).to_contain_text("Version 2")
    is_ready(page)
    page.context.close()


@pytest.fixture(scope="module")
def low(demo: Demo, browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> None:
    page = demo.open(browser, "author")
    make_voice(page, tmp_path_factory.mktemp("sounds"))
    is_ready(page)
    page.context.close()


def open_library(page: Page) -> None:
    page.goto(project_of(page))
    page.get_by_role("link", name="Library").first.click()
    expect(page.get_by_role("heading", name="Library")).to_be_visible()


def make_element(page: Page) -> None:
    open_library(page)
    page.get_by_role("link", name="New element").first.click()
    page.locator("#frontal-file").set_input_files(STILLS / "e_keeper.jpg")
    page.locator("#other_1-file").set_input_files(STILLS / "e_boat.jpg")
    page.get_by_label("Name").fill(FERRYMAN)
    page.get_by_label("Description").fill("A ferryman in a grey coat")
    page.get_by_role("button", name="Create element").click()
    expect(page.get_by_role("heading", name=FERRYMAN)).to_be_visible()


def make_voice(page: Page, folder: Path) -> None:
    open_library(page)
    page.get_by_role("link", name="New voice").first.click()
    page.locator("#recorder input[type=file]").set_input_files(tone_file(folder / "low.wav"))
    page.get_by_label("Name").fill(LOW)
    page.get_by_role("button", name="Create voice").click()
    expect(page.get_by_role("heading", name=LOW)).to_be_visible()


def is_ready(page: Page) -> None:
    """The page says so by itself, without being opened again."""
    expect(page.locator("#makings .badge.approved")).to_be_visible(timeout=SLOW)


def asked(page: Page, name: str) -> Locator:
    """The line of that name in the list that @ opens at the end of the first prompt."""
    prompt(page, 1).click()
    page.keyboard.press("Control+End")
    page.keyboard.type(f" @{name.partition(' ')[0]}")
    listed = page.get_by_role("listbox", name="Elements and voices")
    return listed.get_by_role("option", name=re.compile(name))


def one_shot(demo: Demo, browser: Browser, name: str) -> Page:
    """A storyboard of one shot of five seconds with a first frame."""
    page, _complaints = author_at(demo, browser, name)
    page.locator("#first-frame-file").set_input_files([a_picture("start.png", 640, 360)])
    expect(page.locator("#first-frame-picture img")).to_be_visible()
    page.get_by_label("Shooting").select_option("single")
    prompt(page, 1).fill("The ferry waits.")
    all_saved(page)
    return page


def taken(page: Page, demo: Demo, browser: Browser) -> Page:
    """Sent, approved, generated; at the take."""
    page.get_by_role("button", name="Send for review").click()
    expect(page).to_have_url(re.compile("/revisions/"))
    reviewer = demo.open(browser, "reviewer")
    reviewer.goto(page.url)
    reviewer.get_by_role("button", name="Approve").click()
    expect(reviewer.locator("#gate")).to_contain_text("Approved")
    reviewer.context.close()
    page.reload()
    page.get_by_role("button", name="Generate").click()
    page.get_by_role("link", name="Open take 1").click(timeout=SLOW)
    expect(page).to_have_url(re.compile("/takes/"))
    return page


def told_in_history(page: Page, demo: Demo, words: str) -> None:
    page.goto(demo.address)
    page.goto(f"{project_of(page)}history/")
    expect(page.locator("main")).to_contain_text(words)


def test_an_element_is_in_the_take_with_its_version(
    demo: Demo, browser: Browser, ferryman: None
) -> None:
    page = one_shot(demo, browser, "Across the strait")
    line = asked(page, FERRYMAN)
    expect(line).to_contain_text("Version 2")
    expect(line.locator("img")).to_be_visible()
    page.keyboard.press("Enter")
    holds(page, 1, "The ferry waits. <<<element_1>>>")
    all_saved(page)
    taken(page, demo, browser)
    page.get_by_role("link", name="All facts").click()
    expect(page.locator("#origin")).to_contain_text(f"{FERRYMAN}, version 2")
    told_in_history(page, demo, f"{FERRYMAN}, version 2")
    page.context.close()


def test_a_voice_is_heard_in_the_list_and_is_in_the_take(
    demo: Demo, browser: Browser, ferryman: None, low: None
) -> None:
    page = one_shot(demo, browser, "Who calls")
    page.get_by_label("Model").select_option("kling-v2-6")
    page.get_by_role("radio", name=re.compile("^pro")).check(force=True)
    all_saved(page)
    expect(page.get_by_role("switch", name="Sound")).to_be_enabled()
    page.get_by_role("switch", name="Sound").check(force=True)
    all_saved(page)
    line = asked(page, LOW)
    with page.expect_response(lambda answer: "/voices/" in answer.url and answer.ok):
        line.get_by_text("Play").click()
    page.keyboard.press("Enter")
    holds(page, 1, "The ferry waits. <<<voice_1>>>")
    # Both together never: the list says why at once.
    line = asked(page, FERRYMAN)
    expect(line).to_have_attribute("aria-disabled", "true")
    expect(line).to_contain_text("Elements are off with voices.")
    page.keyboard.press("Escape")
    prompt(page, 1).fill("<<<voice_1>>> calls across the water.")
    all_saved(page)
    taken(page, demo, browser)
    page.get_by_role("link", name="All facts").click()
    expect(page.locator("#origin")).to_contain_text(LOW)
    told_in_history(page, demo, LOW)
    page.context.close()
