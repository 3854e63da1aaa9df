"""The wall and the history under a hand: posters play, filters answer in place, focus stays."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import Demo, project_of

pytestmark = pytest.mark.by_hand

LAMP = "The Lamp, night one"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def wall(demo: Demo, browser: Browser, **context: Any) -> Page:
    page = demo.open(browser, "owner", **context)
    project_of(page)
    return page


def history(demo: Demo, browser: Browser, query: str = "", **context: Any) -> Page:
    page = wall(demo, browser, **context)
    page.goto(f"{page.url}history/{query}")
    return page


def shown_still(page: Page) -> str:
    return str(card(page).locator(".frame > img").get_attribute("src"))


def card(page: Page) -> Any:
    return page.locator("a.card", has=page.get_by_text(LAMP, exact=True)).first


def number_on(chip: Locator) -> int:
    """What the chip says it leads to; other tests of the same demo add storyboards."""
    found = re.search(r"\d+", chip.inner_text())
    assert found, chip.inner_text()
    return int(found[0])


def test_pointing_at_a_card_plays_its_shots_and_leaving_brings_the_poster_back(
    demo: Demo, browser: Browser
) -> None:
    page = wall(demo, browser)
    poster = shown_still(page)
    card(page).hover()
    marked = card(page).locator(".strip > span")
    expect(marked.nth(2)).to_have_class(re.compile(r"\bon\b"), timeout=4000)
    assert "/stills/" in shown_still(page)
    page.get_by_role("heading", name="The Lighthouse Keeper").hover()
    expect(card(page).locator(".strip > .on")).to_have_count(0)
    assert shown_still(page) == poster
    page.context.close()


def test_the_focus_plays_a_card_too(demo: Demo, browser: Browser) -> None:
    page = wall(demo, browser)
    page.keyboard.press("Tab")
    card(page).focus()
    expect(card(page).locator(".strip > .on")).to_have_count(1)
    page.context.close()


def test_with_reduced_motion_a_poster_stands_still(demo: Demo, browser: Browser) -> None:
    page = wall(demo, browser, reduced_motion="reduce")
    poster = shown_still(page)
    card(page).hover()
    page.wait_for_timeout(1500)
    assert shown_still(page) == poster
    expect(card(page).locator(".strip > .on")).to_have_count(0)
    page.context.close()


def test_a_stage_answers_in_place_and_keeps_the_focus(demo: Demo, browser: Browser) -> None:
    page = wall(demo, browser)
    page.evaluate("window.same = true")
    chip = page.locator("#chip-draft")
    chip.focus()
    page.keyboard.press("Enter")
    expect(chip).to_have_attribute("aria-current", "true")
    expect(page).to_have_url(re.compile(r"\?stage=draft$"))
    drafts = number_on(chip)
    expect(page.locator("a.card")).to_have_count(drafts)
    found = page.get_by_role("status").filter(has_text=f"{drafts} storyboards found")
    expect(found).to_have_count(1)
    expect(chip).to_be_focused()
    assert page.evaluate("window.same"), "the page itself stayed"
    page.go_back()
    expect(page.locator("#chip-all")).to_have_attribute("aria-current", "true")
    page.context.close()


def test_the_slash_goes_to_the_search_which_keeps_the_stage(demo: Demo, browser: Browser) -> None:
    page = wall(demo, browser)
    chip = page.locator("#chip-draft")
    chip.click()
    expect(page.locator("a.card")).to_have_count(number_on(chip))
    page.keyboard.press("/")
    field = page.get_by_role("searchbox", name="Search this project")
    expect(field).to_be_focused()
    page.keyboard.type("ember")
    expect(page.locator("a.card")).to_have_count(1)
    expect(page).to_have_url(re.compile(r"\?q=ember&stage=draft$"))
    expect(field).to_be_focused()
    field.fill("unicorn")
    page.get_by_role("link", name="Show all").click()
    expect(page.locator("a.card")).not_to_have_count(0)
    page.context.close()


def test_n_begins_a_storyboard_but_not_while_typing(demo: Demo, browser: Browser) -> None:
    page = wall(demo, browser)
    page.get_by_role("searchbox").fill("")
    page.get_by_role("searchbox").press("n")
    expect(page.get_by_role("searchbox")).to_have_value("n")
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    expect(page).to_have_url(re.compile("/storyboards/new/"))
    page.context.close()


def test_kinds_are_pressed_one_after_the_other_by_keyboard(demo: Demo, browser: Browser) -> None:
    page = history(demo, browser)
    page.locator("#kind-takes").focus()
    page.keyboard.press("Space")
    expect(page).to_have_url(re.compile(r"\?kind=takes$"))
    expect(page.locator("#kind-takes")).to_be_focused()
    expect(page.locator("#steps")).not_to_contain_text("for review")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Space")
    expect(page).to_have_url(re.compile(r"\?kind=reviews&kind=takes$"))
    expect(page.locator("#steps")).to_contain_text("for review")
    expect(page.get_by_role("status").filter(has_text="steps found")).to_have_count(1)
    page.get_by_role("link", name=re.compile("^Everything")).click()
    expect(page.locator("#kind-takes")).not_to_be_checked()
    page.context.close()


def test_words_and_scopes_answer_in_place(demo: Demo, browser: Browser) -> None:
    page = history(demo, browser)
    page.get_by_label("Person").select_option("Ines Ferro")
    expect(page).to_have_url(re.compile(r"person="))
    page.get_by_role("searchbox").fill("hand should touch")
    expect(page.locator(".ev")).to_have_count(1)
    expect(page.locator(".ev").first).to_contain_text("His hand should touch the glass")
    page.locator(".ev .tcx").first.click()
    expect(page).to_have_url(re.compile(r"/takes/.+#note-"))
    page.context.close()


def test_days_are_chosen_in_the_menu(demo: Demo, browser: Browser) -> None:
    page = history(demo, browser)
    page.get_by_role("button", name=re.compile("Any day")).click()
    page.get_by_role("link", name="Last 7 days").click()
    expect(page).to_have_url(re.compile(r"\?since=[\d-]+&until=[\d-]+$"))
    expect(page.locator("#days-now")).not_to_have_text("Any day")
    page.get_by_role("button", name=re.compile("Days:")).click()
    page.get_by_label("From", exact=True).fill("2020-01-01")
    page.get_by_label("To", exact=True).fill("2020-01-02")
    expect(page.locator("#steps")).to_contain_text("Nothing found")
    page.context.close()


def test_a_link_to_a_line_is_copied_and_leads_to_it(demo: Demo, browser: Browser) -> None:
    page = history(demo, browser, permissions=["clipboard-read", "clipboard-write"])
    line = page.locator(".ev").nth(3)
    line.hover()
    line.locator("a.copy").click()
    expect(page.get_by_text("The link is copied.")).to_be_visible()
    page.goto(page.evaluate("navigator.clipboard.readText()"))
    expect(page.locator(".ev:target")).to_be_visible()
    page.context.close()


@pytest.mark.parametrize("where", ["", "history/"])
def test_without_scripts_filters_are_sent_as_a_form(
    demo: Demo, browser: Browser, where: str
) -> None:
    page = wall(demo, browser)
    address = page.url
    page.context.close()
    page = demo.open(browser, "owner", java_script_enabled=False)
    page.goto(address + where)
    page.get_by_role("searchbox").fill("lamp")
    page.get_by_role("searchbox").press("Enter")
    assert "q=lamp" in page.url
    expect(page.locator(".ev, a.card").first).to_be_visible()
    page.context.close()


@pytest.mark.parametrize("where", ["", "history/"])
def test_what_a_finger_presses_is_large_enough(demo: Demo, browser: Browser, where: str) -> None:
    page = wall(demo, browser, **PHONE)
    page.goto(page.url + where)
    for target in page.locator(
        "main :is(.chip, .search .field, .scopes select, .days-button)"
    ).all():
        box = target.bounding_box()
        assert box
        assert box["height"] >= 44
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    page.context.close()


def test_what_was_unfolded_stays_so_when_a_step_comes_in(demo: Demo, browser: Browser) -> None:
    page = history(demo, browser)
    # Neither the newest, which may still grow, nor the oldest, which may leave the page.
    folded = page.locator("details.folded").nth(1)
    folded.locator("summary").click()
    expect(folded).to_have_attribute("open", "")
    unfolded = page.locator(f"#{folded.get_attribute('id')}")
    page.evaluate("document.getElementById('steps').dataset.old = 'yes'")
    other = wall(demo, browser)
    other.get_by_role("button", name="New storyboard").first.click()
    other.get_by_label("Name").fill("Beside the folded steps")
    other.get_by_role("button", name="Create").click()
    expect(other).to_have_url(re.compile("/storyboards/[^/]{22}/$"))
    other.context.close()
    expect(page.locator("#steps[data-old]")).to_have_count(0, timeout=10_000)
    expect(unfolded).to_have_attribute("open", "")
    page.context.close()
