"""Two people on one page: they see each other, and where the other writes; nobody is locked out."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import Demo, project_of
from tests.browsing import prompt_box, written

pytestmark = pytest.mark.by_hand

ROUND = 30_000  # ms: a page says every 10 s that it is here, and writing ends 15 s after a key
WORDS = "He looks up, and the lamp goes out."
PEN = ".here .av .v"


@pytest.fixture(scope="module")
def table(demo: Demo, browser: Browser) -> str:
    """The address of a storyboard of two shots that the author has just made."""
    page = demo.open(browser, "author")
    page.goto(project_of(page))
    page.get_by_role("button", name="New storyboard").first.click()
    page.get_by_label("Name").fill("Two at one table")
    page.get_by_role("button", name="Create").click()
    page.get_by_role("button", name="Add shot").first.click()
    expect(shot(page, 2)).to_be_visible()
    address = page.url
    page.context.close()
    return address


@pytest.fixture
def mara(demo: Demo, browser: Browser, table: str) -> Iterator[Page]:
    """The author, at that storyboard."""
    page = demo.open(browser, "author")
    page.goto(table)
    yield page
    page.context.close()


@pytest.fixture
def jonas(demo: Demo, browser: Browser) -> Iterator[Page]:
    """The owner."""
    page = demo.open(browser, "owner")
    yield page
    page.context.close()


def shot(page: Page, position: int) -> Locator:
    return page.get_by_role("group", name=f"Shot {position}", exact=True)


def prompt(page: Page, position: int) -> Locator:
    return prompt_box(shot(page, position))


def stored(page: Page, position: int) -> Locator:
    return written(shot(page, position))


def here(page: Page, name: str) -> Locator:
    return page.locator("header.top").get_by_role("img", name=name, exact=True)


def test_both_see_each_other_and_where_the_other_writes(mara: Page, jonas: Page) -> None:
    complaints = listen(jonas)
    jonas.goto(mara.url)
    expect(here(jonas, "Mara Lindqvist")).to_be_visible(timeout=ROUND)
    expect(here(mara, "Jonas Okafor")).to_be_visible(timeout=ROUND)
    # Jonas stands in shot 1 with half a word; Mara writes in shot 2.
    prompt(jonas, 1).press_sequentially("The keep")
    jonas.evaluate("window.mine = document.activeElement")
    prompt(mara, 2).fill("")
    prompt(mara, 2).press_sequentially(WORDS)
    note = shot(jonas, 2).get_by_text("Mara is writing", exact=True)
    expect(note).to_be_visible(timeout=ROUND)
    expect(here(jonas, "Mara Lindqvist, writing shot 2")).to_be_visible()
    expect(jonas.locator(PEN)).to_be_visible()
    # Her words come by the pulse and replace the card; the note stays on it.
    expect(stored(jonas, 2)).to_have_value(WORDS, timeout=ROUND)
    expect(note).to_be_visible()
    assert jonas.evaluate("window.mine === document.activeElement")
    assert jonas.evaluate("window.mine.isConnected")
    expect(stored(jonas, 1)).to_have_value("The keep")
    # Nobody is locked out: Jonas writes in the same shot.
    expect(prompt(jonas, 2)).to_be_editable()
    prompt(mara, 2).blur()
    expect(note).to_have_count(0, timeout=ROUND)
    expect(here(jonas, "Mara Lindqvist")).to_be_visible()
    mara.goto(mara.url.partition("/storyboards/")[0])
    expect(here(jonas, "Mara Lindqvist")).to_have_count(0, timeout=ROUND)
    assert complaints == []


def test_what_the_pulse_replaces_keeps_who_is_writing(mara: Page, jonas: Page) -> None:
    jonas.goto(mara.url)
    prompt(mara, 2).fill("A gull")
    expect(shot(jonas, 2).get_by_text("Mara is writing", exact=True)).to_be_visible(timeout=ROUND)
    jonas.evaluate(
        """() => {
          const board = document.getElementById("board");
          window.seen = [];
          document.addEventListener("swapped", () => {
            const notes = document.querySelectorAll("#board .who");
            if (!board.isConnected) window.seen.push(notes.length);
          });
        }"""
    )
    prompt(mara, 2).press_sequentially(" turns into the wind")
    expect(stored(jonas, 2)).to_have_value("A gull turns into the wind", timeout=ROUND)
    assert set(jonas.evaluate("window.seen")) == {1}


def test_a_note_being_written_is_said_above_the_composer(
    demo: Demo, browser: Browser, jonas: Page
) -> None:
    ines = demo.open(browser, "reviewer")
    take = take_of(ines)
    ines.goto(take)
    jonas.goto(take)
    ines.get_by_label("Note", exact=True).press_sequentially("Hold this")
    line = jonas.locator(".thread").get_by_text("Ines is writing a note", exact=True)
    expect(line).to_be_visible(timeout=ROUND)
    expect(here(jonas, "Ines Ferro, writing a note")).to_be_visible()
    ines.context.close()
    expect(line).to_have_count(0, timeout=ROUND)


def test_who_loses_the_network_is_shown_nobody_and_no_error(mara: Page, jonas: Page) -> None:
    jonas.goto(mara.url)
    expect(here(jonas, "Mara Lindqvist")).to_be_visible(timeout=ROUND)
    jonas.route("**/presence/", lambda route: route.abort())
    expect(here(jonas, "Mara Lindqvist")).to_have_count(0, timeout=34_000)
    expect(jonas.locator(".toast")).to_have_count(0)
    jonas.unroute("**/presence/")
    jonas.evaluate("window.dispatchEvent(new Event('online'))")
    expect(here(jonas, "Mara Lindqvist")).to_be_visible(timeout=ROUND)


def test_on_a_phone_there_is_room_for_who_is_here(mara: Page, demo: Demo, browser: Browser) -> None:
    small = demo.open(browser, "owner", viewport={"width": 390, "height": 844})
    small.goto(mara.url)
    expect(here(small, "Mara Lindqvist")).to_be_visible(timeout=ROUND)
    width = small.evaluate("document.documentElement.scrollWidth")
    small.context.close()
    assert width <= 390


def test_without_scripts_nothing_is_shown_and_nothing_is_broken(
    mara: Page, demo: Demo, browser: Browser
) -> None:
    plain = demo.open(browser, "owner", java_script_enabled=False)
    plain.goto(mara.url)
    expect(shot(plain, 1)).to_be_visible()
    expect(plain.locator("#here")).to_be_empty()
    plain.context.close()


def test_the_answer_never_takes_the_focus(mara: Page, jonas: Page) -> None:
    jonas.goto(mara.url)
    jonas.locator(".rail").get_by_role("link", name="Library").focus()
    expect(here(jonas, "Mara Lindqvist")).to_be_visible(timeout=ROUND)
    assert jonas.evaluate("document.activeElement.closest('.rail') !== null")


def take_of(page: Page) -> str:
    """The address of the demo's newest take."""
    page.goto(project_of(page))
    page.get_by_role("link", name=re.compile("The Lamp, night one")).first.click()
    page.get_by_role("link", name=re.compile(r"^Take \d")).first.click()
    expect(page.get_by_label("Note", exact=True)).to_be_visible()
    return page.url


def listen(page: Page) -> list[str]:
    """What the browser complains about from now on."""
    said: list[str] = []
    page.on("console", lambda line: said.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    return said
