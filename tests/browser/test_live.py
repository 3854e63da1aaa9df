"""What one person does is on the other's open page: by the stream, by asking, and after a pause."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, Response, expect

from tests.browser.conftest import Demo, project_of
from tests.browser.editing import a_picture
from tests.browsing import prompt_box, written

AT_ONCE = 1500.0  # ms from the answer to a save until the other page asks; polling takes up to 3 s
SOON = 20_000  # ms on a busy machine
OFFLINE = 60.0  # seconds
STREAMING = "live-pulse[streaming]"


@pytest.fixture(scope="module")
def table(demo: Demo, browser: Browser) -> str:
    """The address of a storyboard of two shots that the author has just made."""
    page = demo.open(browser, "author")
    page.goto(project_of(page))
    page.get_by_role("button", name="New storyboard").first.click()
    page.get_by_label("Name").fill("Two open pages")
    page.get_by_role("button", name="Create").click()
    page.get_by_role("button", name="Add shot").first.click()
    expect(prompt(page, 2)).to_be_visible()
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
    """The owner, in a browser of his own; a reload would take his mark away."""
    page = demo.open(browser, "owner")
    yield page
    page.context.close()


def prompt(page: Page, position: int) -> Locator:
    card = page.get_by_role("group", name=f"Shot {position}", exact=True)
    return prompt_box(card)


def stored(page: Page, position: int) -> Locator:
    return written(page.get_by_role("group", name=f"Shot {position}", exact=True))


def rewrite(page: Page, position: int, words: str) -> Response:
    """Write a prompt and leave the field; returns the answer to the save."""
    prompt(page, position).fill(words)
    with page.expect_response(lambda answer: "/shots/" in answer.url and answer.ok) as saved:
        prompt(page, position).blur()
    saved.value.finished()
    return saved.value


def open_at(page: Page, address: str) -> None:
    page.goto(address)
    page.evaluate("window.sameDocument = true")


def is_same_document(page: Page) -> bool:
    return page.evaluate("window.sameDocument === true") is True


def test_a_change_is_on_the_other_page_at_once(mara: Page, jonas: Page) -> None:
    open_at(jonas, mara.url)
    expect(jonas.locator(STREAMING)).to_be_attached(timeout=SOON)
    asked = requests(jonas, "/pulse/")
    jonas.wait_for_timeout(7_000)
    assert len(asked) <= 1, "polling rests while the stream runs"
    with jonas.expect_response(lambda answer: "/pulse/" in answer.url and answer.ok) as told:
        saved = rewrite(mara, 2, "The beam crosses the water.")
    expect(stored(jonas, 2)).to_have_value("The beam crosses the water.", timeout=SOON)
    answered_at = saved.request.timing["startTime"] + saved.request.timing["responseEnd"]
    assert told.value.request.timing["startTime"] - answered_at < AT_ONCE
    assert is_same_document(jonas)


def test_a_focused_field_is_never_replaced(mara: Page, jonas: Page) -> None:
    open_at(jonas, mara.url)
    expect(jonas.locator(STREAMING)).to_be_attached(timeout=SOON)
    before = stored(jonas, 1).input_value()
    prompt(jonas, 1).focus()
    jonas.evaluate("window.mine = document.activeElement")
    rewrite(mara, 2, "Gulls over the rock.")
    expect(stored(jonas, 2)).to_have_value("Gulls over the rock.", timeout=SOON)
    rewrite(mara, 1, "Dusk, and nobody on the stairs.")
    jonas.wait_for_timeout(2_000)
    assert jonas.evaluate("window.mine === document.activeElement && window.mine.isConnected")
    expect(stored(jonas, 1)).to_have_value(before)
    prompt(jonas, 1).blur()
    expect(stored(jonas, 1)).to_have_value("Dusk, and nobody on the stairs.", timeout=SOON)
    # His own unsent words stay too, and go on being his.
    prompt(jonas, 1).press_sequentially(" Half a wo")
    rewrite(mara, 2, "Gulls under the rock.")
    expect(stored(jonas, 2)).to_have_value("Gulls under the rock.", timeout=SOON)
    expect(stored(jonas, 1)).to_have_value(re.compile("Half a wo"))
    assert is_same_document(jonas)


@pytest.mark.by_hand
def test_a_file_being_chosen_finds_its_field_again(mara: Page, jonas: Page) -> None:
    open_at(jonas, mara.url)
    expect(jonas.locator(STREAMING)).to_be_attached(timeout=SOON)
    with jonas.expect_file_chooser() as opened:
        jonas.locator("#first-frame-slot").click()
    mara.locator("#first-frame-file").set_input_files(a_picture("hers.png", 640, 360))
    expect(jonas.get_by_text("640 × 360").first).to_be_visible(timeout=SOON)
    opened.value.set_files([a_picture("his.png", 1280, 720)])
    for page in (jonas, mara):
        expect(page.get_by_text("1280 × 720").first).to_be_visible(timeout=SOON)


@pytest.mark.by_hand
def test_a_press_ends_on_what_it_began_on(mara: Page, jonas: Page) -> None:
    open_at(jonas, mara.url)
    expect(jonas.locator(STREAMING)).to_be_attached(timeout=SOON)
    shots = jonas.get_by_role("group", name=re.compile(r"^Shot \d$"))
    before = shots.count()
    jonas.get_by_role("button", name="Add shot").first.hover()
    jonas.mouse.down()
    with jonas.expect_response(lambda answer: "/pulse/" in answer.url and answer.ok):
        rewrite(mara, 2, "The wind turns.")
    jonas.wait_for_timeout(500)
    jonas.mouse.up()
    expect(shots).to_have_count(before + 1, timeout=SOON)
    jonas.get_by_role("button", name=re.compile(r"^More about shot")).last.click()
    jonas.get_by_role("button", name="Remove shot").click()
    expect(shots).to_have_count(before, timeout=SOON)


@pytest.mark.by_hand
def test_a_playing_film_goes_on_while_a_note_arrives(
    demo: Demo, browser: Browser, jonas: Page
) -> None:
    ines = demo.open(browser, "reviewer")
    take = take_of(ines)
    ines.goto(take)
    open_at(jonas, take)
    expect(jonas.locator(STREAMING)).to_be_attached(timeout=SOON)
    jonas.evaluate(
        """async () => {
          window.film = document.querySelector("video");
          window.film.muted = true;
          window.film.loop = true;
          await window.film.play();
        }"""
    )
    words = "The gull should cross later."
    ines.get_by_label("Note", exact=True).fill(words)
    ines.get_by_role("button", name="Add note").click()
    expect(jonas.locator(".note").get_by_text(words)).to_be_visible(timeout=SOON)
    assert jonas.evaluate("window.film === document.querySelector('video') && !window.film.paused")
    played = jonas.evaluate("window.film.played.end(window.film.played.length - 1)")
    jonas.wait_for_function("before => window.film.currentTime !== before", arg=played)
    assert is_same_document(jonas)
    ines.context.close()


def test_without_streams_the_page_asks(mara: Page, jonas: Page) -> None:
    refused: list[str] = []
    jonas.context.route(
        "**/live/**", lambda route: (refused.append(route.request.url), route.abort())
    )
    open_at(jonas, mara.url)
    asked = requests(jonas, "/pulse/")
    jonas.wait_for_timeout(7_500)
    assert refused
    assert len(asked) >= 2, "it asks every 3 s"
    rewrite(mara, 2, "A rowing boat, far out.")
    expect(stored(jonas, 2)).to_have_value("A rowing boat, far out.", timeout=SOON)
    assert jonas.locator(STREAMING).count() == 0
    assert is_same_document(jonas)


@pytest.mark.by_hand
def test_a_minute_without_the_network_misses_nothing(mara: Page, jonas: Page) -> None:
    open_at(jonas, mara.url)
    expect(jonas.locator(STREAMING)).to_be_attached(timeout=SOON)
    began = time.monotonic()
    jonas.context.set_offline(True)
    for number in range(1, 6):
        rewrite(mara, 1, f"Change {number} of the first shot.")
        rewrite(mara, 2, f"Change {number} of the second shot.")
    mara.get_by_role("button", name="Add shot").first.click()
    expect(prompt(mara, 3)).to_be_visible()
    rewrite(mara, 3, "A third shot, made meanwhile.")
    mara.wait_for_timeout(max(0.0, OFFLINE - (time.monotonic() - began)) * 1000)
    assert prompt(jonas, 3).count() == 0
    jonas.context.set_offline(False)
    expect(stored(jonas, 3)).to_have_value("A third shot, made meanwhile.", timeout=SOON)
    expect(stored(jonas, 1)).to_have_value("Change 5 of the first shot.")
    expect(stored(jonas, 2)).to_have_value("Change 5 of the second shot.")
    expect(jonas.locator(STREAMING)).to_be_attached(timeout=SOON)
    rewrite(mara, 3, "And the stream runs again.")
    expect(stored(jonas, 3)).to_have_value("And the stream runs again.", timeout=SOON)
    assert is_same_document(jonas)


@pytest.mark.by_hand
def test_a_browser_keeps_four_streams_and_its_fifth_window_asks(mara: Page, jonas: Page) -> None:
    windows = [jonas, *(jonas.context.new_page() for _ in range(4))]
    for window in windows:
        open_at(window, mara.url)
    for window in windows[:4]:
        expect(window.locator(STREAMING)).to_be_attached(timeout=SOON)
    assert windows[4].locator(STREAMING).count() == 0
    rewrite(mara, 1, "Five windows read this.")
    for window in windows:
        expect(stored(window, 1)).to_have_value("Five windows read this.", timeout=SOON)
    windows[0].goto(demo_home(windows[0]))
    windows[4].evaluate("window.dispatchEvent(new Event('online'))")
    expect(windows[4].locator(STREAMING)).to_be_attached(timeout=SOON)


@pytest.mark.by_hand
def test_a_stream_whose_beats_stay_away_is_opened_anew(mara: Page, jonas: Page) -> None:
    jonas.clock.install()
    opened = requests(jonas, "/live/")
    jonas.goto(mara.url)
    expect(jonas.locator(STREAMING)).to_be_attached(timeout=SOON)
    asked = requests(jonas, "/pulse/")
    jonas.clock.fast_forward(50_000)  # the clock on the wall after a laptop's sleep
    jonas.clock.run_for(5_000)
    expect(jonas.locator(STREAMING)).to_be_attached(timeout=SOON)
    assert len(opened) == 2
    assert asked


@pytest.mark.by_hand
def test_a_hidden_page_gives_its_stream_back_and_still_follows(mara: Page, jonas: Page) -> None:
    jonas.clock.install()
    jonas.goto(mara.url)
    expect(jonas.locator(STREAMING)).to_be_attached(timeout=SOON)
    see(jonas, hidden=True)
    jonas.clock.run_for(61_000)
    expect(jonas.locator(STREAMING)).to_have_count(0)
    rewrite(mara, 1, "Written while nobody looks.")
    jonas.clock.run_for(31_000)
    expect(stored(jonas, 1)).to_have_value("Written while nobody looks.", timeout=SOON)
    see(jonas, hidden=False)
    expect(jonas.locator(STREAMING)).to_be_attached(timeout=SOON)


def test_a_removed_member_is_told_on_the_open_page(
    demo: Demo, browser: Browser, jonas: Page, table: str
) -> None:
    members = f"{demo.address}{jonas.get_by_role('link', name='Members').get_attribute('href')}"
    jonas.goto(members)
    jonas.get_by_label("Email").fill("extra@demo.example")
    jonas.get_by_label("Name").fill("Rosa Extra")
    jonas.get_by_role("button", name=re.compile("^Add")).click()
    rosa = browser.new_page()
    rosa.goto(jonas.locator(".secret-link").inner_text())
    rosa.get_by_label("New password", exact=True).fill("nine-hundred-steps")
    rosa.get_by_label("New password, again").fill("nine-hundred-steps")
    rosa.get_by_role("button", name="Set the password").click()
    expect(rosa.get_by_role("button", name="Sign out")).to_be_visible()
    rosa.goto(table)
    expect(rosa.locator(STREAMING)).to_be_attached(timeout=SOON)
    jonas.goto(members)
    row = jonas.get_by_role("listitem").filter(has_text="Rosa Extra")
    row.get_by_label("Remove Rosa Extra…").click()
    row.get_by_role("button", name="Remove", exact=True).click()
    expect(rosa.locator(".notice.gone")).to_be_visible(timeout=SOON)
    rosa.close()


def requests(page: Page, part: str) -> list[str]:
    """Addresses with this part that the page asks from now on."""
    asked: list[str] = []
    page.on("request", lambda each: asked.append(each.url) if part in each.url else None)
    return asked


def see(page: Page, *, hidden: bool) -> None:
    """Headless pages are always shown: say otherwise, as the browser would."""
    page.evaluate(
        """hidden => {
          Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
          document.dispatchEvent(new Event("visibilitychange"));
        }""",
        hidden,
    )


def demo_home(page: Page) -> str:
    return page.url.partition("/storyboards/")[0]


def take_of(page: Page) -> str:
    """The address of the demo's stored take, all its open notes on show."""
    page.goto(f"{project_of(page)}history/")
    path = page.locator("a[href*='/takes/']").first.get_attribute("href") or ""
    return page.url.partition("/projects/")[0] + path.partition("#")[0].partition("?")[0]
