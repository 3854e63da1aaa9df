"""Nothing typed is lost: undo, two people, a reload, half a minute without the network."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Demo, project_of
from tests.browser.editing import (
    SOON,
    a_picture,
    all_saved,
    author_at,
    holds,
    listen,
    prompt,
    seconds,
    shot,
    shots,
)
from tests.browser.reviewing import lamp, loaded, send
from tests.browsing import written

pytestmark = pytest.mark.by_hand

OFFLINE = 30_000  # ms
MODE = "input[name=mode]:checked"


@pytest.fixture(scope="module")
def table(demo: Demo, browser: Browser) -> str:
    """The address of a storyboard of three shots that the author has just made."""
    page, _complaints = author_at(demo, browser, "Nothing is lost")
    for position in (2, 3):
        page.get_by_role("button", name="Add shot").first.click()
        expect(prompt(page, position)).to_be_visible(timeout=SOON)
    address = page.url
    page.context.close()
    return address


@pytest.fixture
def mara(demo: Demo, browser: Browser, table: str) -> Iterator[Page]:
    page = demo.open(browser, "author")
    page.goto(table)
    yield page
    page.context.close()


@pytest.fixture
def jonas(demo: Demo, browser: Browser, table: str) -> Iterator[Page]:
    page = demo.open(browser, "owner")
    page.goto(table)
    yield page
    page.context.close()


def test_undo_brings_a_removed_shot_back_with_its_text_picture_and_notes(
    demo: Demo, browser: Browser
) -> None:
    page = demo.open(browser, "author")
    complaints = listen(page)
    take = lamp(page, 2)
    page.goto(take)
    loaded(page)
    send(page, "Shot 3 stays as it is.")
    notes = page.locator(".thread .note .words").all_inner_texts()
    page.goto(demo.address)
    page.goto(project_of(page))
    page.get_by_role("link", name=re.compile("The Lamp, night one")).first.click()
    to_draft(page)
    shot(page, 3).get_by_role("button", name="More about shot 3").click()
    with page.expect_file_chooser() as opened:
        page.get_by_text(re.compile("(Add a|Replace the) picture")).locator("visible=true").click()
    opened.value.set_files([a_picture("own.png", 640, 400)])
    page.keyboard.press("Escape")
    all_saved(page)
    page.reload()
    key = shot(page, 3).get_attribute("id")
    words = written(shot(page, 3)).input_value()
    picture = shot(page, 3).locator(".frame img").get_attribute("src")
    before = seconds(page)
    shot(page, 3).get_by_role("button", name="More about shot 3").click()
    page.get_by_role("button", name="Remove shot").locator("visible=true").click()
    expect(page.locator(f"#{key}")).to_have_count(0, timeout=SOON)
    # It comes back after a reload, too: the steps are kept on the server.
    page.reload()
    page.locator("#undo button").click()
    expect(page.locator(f"#{key}")).to_be_visible(timeout=SOON)
    assert shot(page, 3).get_attribute("id") == key
    assert written(shot(page, 3)).input_value() == words
    assert shot(page, 3).locator(".frame img").get_attribute("src") == picture
    assert seconds(page) == before
    page.goto(take)
    assert page.locator(".thread .note .words").all_inner_texts() == notes
    assert complaints == []
    page.context.close()


def choose_mode(page: Page, words: str) -> None:
    page.locator("#settings").get_by_text(words, exact=True).click()


def to_draft(page: Page) -> None:
    """From wherever a card of the wall leads to the storyboard itself."""
    if "/storyboards/" not in page.url:
        page.locator("nav.crumb a[href*='/storyboards/'], a[href*='/storyboards/']").first.click()
    expect(page.locator("#board")).to_be_visible()


def test_two_browsers_lose_nothing_in_the_same_and_in_different_fields(
    mara: Page, jonas: Page
) -> None:
    complaints = listen(mara), listen(jonas)
    # Jonas hears nothing of what Mara does until he saves.
    jonas.route(re.compile("/pulse/|/live/"), lambda route: route.abort())
    jonas.reload()
    prompt(mara, 1).fill("Mara's words for the first shot.")
    prompt(jonas, 2).fill("Jonas writes the second shot.")
    prompt(mara, 1).blur()
    prompt(jonas, 2).blur()
    choose_mode(mara, "pro 1080p")
    all_saved(mara)
    all_saved(jonas)
    # The same field: both texts are shown, and each of them can be kept.
    prompt(jonas, 1).fill("Jonas' words for the first shot.")
    prompt(jonas, 1).blur()
    conflict = shot(jonas, 1).locator(".conflict")
    expect(conflict).to_contain_text("Mara's words for the first shot.", timeout=SOON)
    holds(jonas, 1, "Jonas' words for the first shot.")
    holds(mara, 1, "Mara's words for the first shot.")
    shot(jonas, 1).get_by_role("button", name=re.compile("Keep")).click()
    all_saved(jonas)
    for page in (mara, jonas):
        page.unroute_all(behavior="ignoreErrors")
        page.reload()
        holds(page, 1, "Jonas' words for the first shot.")
        holds(page, 2, "Jonas writes the second shot.")
        expect(page.locator(MODE)).to_have_value("pro")
    # What was given up is in the history, so that it can be had back.
    history = mara.get_by_role("link", name="History").first
    history.click()
    expect(mara.locator("main")).to_contain_text("first shot", timeout=SOON)
    assert complaints == ([], [])


def test_a_reload_in_the_middle_of_typing_keeps_what_was_typed(mara: Page) -> None:
    mara.on("dialog", lambda dialog: dialog.accept())
    typed = "The beam wakes and sweeps left, slowly, over the water and the last boat."
    box = prompt(mara, 3)
    box.click()
    box.press_sequentially(typed, delay=5)
    mara.reload()
    holds(mara, 3, typed)
    all_saved(mara)
    # A browser that ends without a word loses no more.
    more = " Nobody is on the stairs."
    prompt(mara, 3).click()
    mara.keyboard.press("Control+End")
    mara.keyboard.type(more)
    again = mara.context.new_page()
    mara.close(run_before_unload=False)
    again.goto(mara.url)
    holds(again, 3, typed + more)
    all_saved(again)


def test_half_a_minute_without_the_network_loses_nothing(mara: Page, jonas: Page) -> None:
    mara.clock.install()
    mara.reload()
    context = mara.context
    context.set_offline(True)
    prompt(mara, 1).fill("Written without the network.")
    prompt(mara, 2).fill("And this, too.")
    shot(mara, 2).get_by_label("Seconds", exact=True).focus()
    choose_mode(mara, "std 720p")
    expect(mara.locator("#save-state")).to_contain_text("Not saved", timeout=SOON)
    mara.clock.fast_forward(OFFLINE)
    holds(mara, 1, "Written without the network.")
    context.set_offline(False)
    mara.clock.run_for(20_000)
    all_saved(mara)
    jonas.reload()
    holds(jonas, 1, "Written without the network.")
    holds(jonas, 2, "And this, too.")
    expect(jonas.locator(MODE)).to_have_value("std")
    expect(shots(jonas)).to_have_count(3)
