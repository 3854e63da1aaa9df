"""What one person says about a take is on the other's open page, and disturbs nothing there."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import APIResponse, Browser, Page, Route, expect

from tests.browser.conftest import Demo
from tests.browser.editing import a_picture, listen
from tests.browser.reviewing import SOON, composer, lamp, loaded, note, send

STREAMING = "live-pulse[streaming]"
HALF = "The gull crosses too early, and"
CARET = 9
RANGE = re.compile(r"00:\d\d:\d\d.+00:\d\d:\d\d")
# What must not change while news come in, and where the film stands.
STATE = """() => ({
  isSameFilm: window.film === document.querySelector("take-player video"),
  plays: !window.film.paused,
  isSameField: window.field.isConnected && window.field === document.activeElement,
  words: window.field.value,
  caret: window.field.selectionStart,
})"""
UNTOUCHED = {"isSameFilm": True, "plays": True, "isSameField": True, "words": HALF, "caret": CARET}


def test_news_touch_neither_the_film_nor_the_field_with_words(demo: Demo, browser: Browser) -> None:
    ines, jonas = demo.open(browser, "reviewer"), demo.open(browser, "owner")
    complaints = listen(jonas)
    take = lamp(ines, 1)
    for page in (ines, jonas):
        page.goto(take)
        loaded(page)
    expect(jonas.locator(STREAMING)).to_be_attached(timeout=SOON)
    write_beside_the_film(jonas)
    leave_range(ines, "Hold on the lamp for all of this.")
    arrived = note(jonas, "Hold on the lamp for all of this.")
    expect(arrived).to_be_visible(timeout=SOON)
    expect(arrived.locator(".tcx").first).to_have_text(RANGE)
    untouched(jonas)
    leave_file(ines, "As on this picture.")
    sent = note(jonas, "As on this picture.").get_by_role("link", name=re.compile("storm"))
    expect(sent).to_be_visible(timeout=SOON)
    untouched(jonas)
    rewrite(ines, "As on this picture.", "As on this picture, but darker.")
    expect(note(jonas, "As on this picture, but darker.")).to_be_visible(timeout=SOON)
    untouched(jonas)
    ranged = note(ines, "Hold on the lamp for all of this.")
    ranged.get_by_role("button", name="Resolve", exact=True).click()
    expect(arrived).to_have_count(0, timeout=SOON)
    untouched(jonas)
    for page in (ines, jonas):
        survived(page, take)
    assert complaints == []


@pytest.mark.by_hand
def test_only_the_note_that_is_new_is_drawn_and_missing_ones_are_asked_for(
    demo: Demo, browser: Browser
) -> None:
    ines, jonas = demo.open(browser, "reviewer"), demo.open(browser, "owner")
    take = lamp(ines, 2)
    for page in (ines, jonas):
        page.goto(take)
        loaded(page)
    expect(jonas.locator(STREAMING)).to_be_attached(timeout=SOON)
    with jonas.expect_response(lambda answer: "/pulse/" in answer.url and answer.ok) as told:
        send(ines, "The beam is early.")
    expect(note(jonas, "The beam is early.")).to_be_visible(timeout=SOON)
    drawn = told.value.text()
    assert (drawn.count("data-digest="), drawn.count("data-held=") > 1) == (1, True)
    # A row that went while the answer was under way comes back.
    jonas.route("**/pulse/**", lose_a_row, times=1)
    rows = jonas.locator("li.note-row")
    before = rows.count()
    send(ines, "And too wide.")
    expect(note(jonas, "And too wide.")).to_be_visible(timeout=SOON)
    expect(rows).to_have_count(before + 1, timeout=SOON)


def lose_a_row(route: Route) -> None:
    """After the page has said that it holds it."""
    route.request.frame.page.evaluate("document.querySelector('li.note-row[data-digest]').remove()")
    route.continue_()


@pytest.mark.by_hand
def test_words_to_a_decision_stay_while_notes_arrive(demo: Demo, browser: Browser) -> None:
    ines, jonas = demo.open(browser, "reviewer"), demo.open(browser, "owner")
    take = lamp(ines, 2)
    for page in (ines, jonas):
        page.goto(take)
        loaded(page)
    expect(jonas.locator(STREAMING)).to_be_attached(timeout=SOON)
    jonas.locator("#say-changes > summary").click()
    jonas.locator("#changes-words").fill("Shot 2 again, and")
    jonas.locator("#changes-words").blur()
    send(ines, "The beam is too wide here.")
    expect(note(jonas, "The beam is too wide here.")).to_be_visible(timeout=SOON)
    expect(jonas.locator("#changes-words")).to_be_visible()
    expect(jonas.locator("#changes-words")).to_have_value("Shot 2 again, and")


@pytest.mark.by_hand
def test_words_typed_while_a_note_is_sent_are_the_next_one(demo: Demo, browser: Browser) -> None:
    ines = demo.open(browser, "reviewer")
    ines.goto(lamp(ines, 2))
    loaded(ines)
    held: list[Route] = []
    ines.route("**/notes/", lambda route: held.append(route))
    composer(ines).fill("The first of two.")
    ines.keyboard.press("Control+Enter")
    ines.wait_for_timeout(300)
    composer(ines).focus()
    ines.keyboard.press("Control+End")
    ines.keyboard.type(" And the second.")
    held[0].continue_()
    expect(note(ines, "The first of two.")).to_be_visible()
    expect(composer(ines)).to_have_value("And the second.")
    expect(composer(ines)).to_be_focused()


@pytest.mark.by_hand
def test_the_answer_to_a_form_comes_before_its_news(demo: Demo, browser: Browser) -> None:
    ines = demo.open(browser, "reviewer")
    complaints = listen(ines)
    ines.goto(lamp(ines, 2))
    loaded(ines)
    expect(ines.locator(STREAMING)).to_be_attached(timeout=SOON)
    send(ines, "The rope is too bright.")
    held: list[tuple[Route, APIResponse]] = []
    ines.route(re.compile("/replies/"), lambda route: held.append((route, route.fetch())))
    rope = note(ines, "The rope is too bright.")
    rope.locator("details.reply > summary").click()
    rope.get_by_role("textbox", name="Reply", exact=True).fill("Darker in the next one.")
    rope.get_by_role("button", name="Send reply").click()
    ines.wait_for_timeout(2000)  # the server has it, and the stream has told of it
    assert rope.locator(".replies .words").count() == 0
    route, answered = held[0]
    route.fulfill(response=answered)
    expect(rope.locator(".replies .words")).to_have_text("Darker in the next one.")
    expect(rope.locator("details.reply")).not_to_have_attribute("open", "")
    assert complaints == []


def write_beside_the_film(page: Page) -> None:
    """Half a sentence in the composer, the caret in the middle of it, and the film runs."""
    composer(page).click()
    page.keyboard.type(HALF)
    page.evaluate(
        """caret => {
          window.field = document.activeElement;
          window.field.setSelectionRange(caret, caret);
          window.film = document.querySelector("take-player video");
          window.film.muted = true;
          window.film.loop = true;
        }""",
        CARET,
    )
    page.keyboard.press("Alt+p")
    page.wait_for_function("() => !window.film.paused")


def untouched(page: Page) -> None:
    """As it was, and the film goes on."""
    assert page.evaluate(STATE) == UNTOUCHED
    page.wait_for_function("before => window.film.currentTime !== before", arg=at(page))
    assert page.evaluate(STATE) == UNTOUCHED


def at(page: Page) -> object:
    return page.evaluate("window.film.currentTime")


def leave_range(page: Page, words: str) -> None:
    page.keyboard.press("Home")
    page.keyboard.press("i")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("o")
    page.keyboard.press("c")
    page.keyboard.type(words)
    page.keyboard.press("Control+Enter")
    expect(note(page, words)).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")


def leave_file(page: Page, words: str) -> None:
    composer(page).fill(words)
    page.locator("#composer input[type=file]").set_input_files(a_picture("storm.png", 320, 200))
    expect(page.locator("#composer")).to_contain_text("storm.png")
    page.get_by_role("button", name="Add note").click()
    expect(note(page, words)).to_be_visible()


def rewrite(page: Page, words: str, to: str) -> None:
    mine = note(page, words)
    mine.locator("details.edit > summary").first.click()
    mine.get_by_label("Words of your note").fill(to)
    mine.get_by_role("button", name="Save words").click()
    expect(note(page, to)).to_be_visible()


def survived(page: Page, take: str) -> None:
    """All four stand in the page as it is loaded."""
    page.goto(f"{take}?notes=open")
    rewritten = note(page, "As on this picture, but darker.")
    expect(rewritten).to_contain_text("edited")
    with page.expect_download() as kept:
        rewritten.get_by_role("link", name=re.compile("storm")).first.click(modifiers=["Alt"])
    assert kept.value.suggested_filename.startswith("storm")
    page.goto(f"{take}?notes=resolved")
    resolved = note(page, "Hold on the lamp for all of this.")
    expect(resolved).to_contain_text("Resolved by")
    expect(resolved.locator(".tcx").first).to_have_text(RANGE)
