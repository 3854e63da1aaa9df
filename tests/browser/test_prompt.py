"""Writing a prompt: tokens are objects, "@" names somebody, nothing typed is lost."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import Demo, project_of
from tests.browsing import written
from tests.journeys.stack import ROOT

pytestmark = pytest.mark.by_hand

SOON = 20_000  # ms on a busy machine
STILL = ROOT / "storyboard/management/demo_film/f1.jpg"
ALDOUS, LENS = "<<<element_1>>>", "<<<element_2>>>"
# What a copy of the selection in the focused box would give.
COPIED = """() => {
  const clipboardData = new DataTransfer();
  const options = {clipboardData, bubbles: true, cancelable: true};
  document.activeElement.dispatchEvent(new ClipboardEvent("copy", options));
  return clipboardData.getData("text/plain");
}"""
PASTE = """words => {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/plain", words);
  const options = {clipboardData, bubbles: true, cancelable: true};
  document.activeElement.dispatchEvent(new ClipboardEvent("paste", options));
}"""


@pytest.fixture(scope="module")
def table(demo: Demo, browser: Browser) -> str:
    """The address of a storyboard of two shots with a first frame; nothing is attached."""
    page = demo.open(browser, "author")
    page.goto(project_of(page))
    page.get_by_role("button", name="New storyboard").first.click()
    page.get_by_label("Name").fill("Words and names")
    page.get_by_role("button", name="Create").click()
    page.get_by_role("button", name="Add shot").first.click()
    expect(card(page, 2)).to_be_visible()
    page.locator("#first-frame-file").set_input_files(STILL)
    expect(page.locator("#first-frame-picture img")).to_be_visible()
    address = page.url
    page.context.close()
    return address


def card(page: Page, position: int) -> Locator:
    return page.get_by_role("group", name=f"Shot {position}", exact=True)


def prompt(page: Page, position: int) -> Locator:
    return card(page, position).get_by_role("textbox", name="Prompt", exact=True)


def names(page: Page, position: int) -> Locator:
    """The objects in a prompt."""
    return prompt(page, position).locator(".tok")


def named(page: Page, name: str) -> Locator:
    """One entry of the list at the caret."""
    return listed(page).get_by_role("option", name=re.compile(name))


def listed(page: Page) -> Locator:
    return page.get_by_role("listbox", name="Elements and voices")


def holds(page: Page, position: int, raw: str) -> None:
    expect(written(card(page, position))).to_have_value(raw, timeout=SOON)


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def is_saved(page: Page) -> None:
    expect(page.locator("#save-state")).to_contain_text("Saved", timeout=SOON)
    expect(page.locator("[data-unsent]")).to_have_count(0, timeout=SOON)


def test_a_name_is_one_object_from_the_first_letter_to_the_next_day(
    demo: Demo, browser: Browser, table: str
) -> None:
    page = demo.open(browser, "author")
    page.goto(table)
    prompt(page, 1).fill("Lamp room. ")
    page.keyboard.type("@ald")
    expect(named(page, "Aldous")).to_have_attribute("aria-selected", "true")
    press(page, "Enter")
    # It is attached, and its new token stands where the sign stood.
    holds(page, 1, f"Lamp room. {ALDOUS}")
    expect(prompt(page, 1)).to_be_focused()
    page.keyboard.type(" steadies @gre")
    expect(named(page, "Great lens")).to_contain_text("Attaches it")
    press(page, "Tab")
    holds(page, 1, f"Lamp room. {ALDOUS} steadies {LENS}")
    expect(names(page, 1)).to_have_text(["Aldous", "Great lens"])
    expect(names(page, 1).first.locator("img")).to_be_visible()
    count = len(f"Lamp room. {ALDOUS} steadies {LENS}")
    expect(card(page, 1).get_by_text(f"{count} of 512")).to_be_visible()
    # Back: selected, then gone, then there again.
    press(page, "Backspace")
    holds(page, 1, f"Lamp room. {ALDOUS} steadies {LENS}")
    assert page.evaluate(COPIED) == LENS
    press(page, "Backspace")
    holds(page, 1, f"Lamp room. {ALDOUS} steadies ")
    press(page, "Control+z")
    holds(page, 1, f"Lamp room. {ALDOUS} steadies {LENS}")
    # One step over it, and forwards it goes as well.
    press(page, "Home", *["ArrowRight"] * len("Lamp room. "), "ArrowRight", "Shift+ArrowLeft")
    assert page.evaluate(COPIED) == ALDOUS
    press(page, "ArrowLeft", "Delete", "Delete")
    holds(page, 1, f"Lamp room.  steadies {LENS}")
    press(page, "Control+z", "Control+a")
    copied = page.evaluate(COPIED)
    assert copied == f"Lamp room. {ALDOUS} steadies {LENS}"
    prompt(page, 2).fill("")
    page.evaluate(PASTE, f"{copied}\r\nDust.")
    holds(page, 2, f"{copied}\nDust.")
    expect(names(page, 2)).to_have_text(["Aldous", "Great lens"])
    press(page, "Enter", "x")
    holds(page, 2, f"{copied}\nDust.\nx")
    is_saved(page)
    page.reload()
    holds(page, 2, f"{copied}\nDust.\nx")
    expect(names(page, 1)).to_have_text(["Aldous", "Great lens"])
    page.context.close()


def test_what_names_nothing_stays_words_and_says_so(
    demo: Demo, browser: Browser, table: str
) -> None:
    page = demo.open(browser, "author")
    page.goto(table)
    prompt(page, 2).fill("Write to keeper@lamp and @nobody")
    expect(listed(page)).to_have_count(0)
    press(page, "Space")
    page.keyboard.type("@")
    voice = named(page, "The keeper, low")
    expect(voice).to_have_attribute("aria-disabled", "true")
    expect(voice).to_contain_text(re.compile(r"voice", re.IGNORECASE))
    voice.click(force=True)
    holds(page, 2, "Write to keeper@lamp and @nobody @")
    press(page, "Escape")
    expect(listed(page)).to_have_count(0)
    expect(prompt(page, 2)).to_be_focused()
    prompt(page, 2).fill("The door. <<<element_7>>> waits.")
    expect(names(page, 2)).to_have_text("element_7")
    expect(names(page, 2)).to_have_class(re.compile("bad"))
    is_saved(page)
    expect(card(page, 2).locator(".errors").first).to_contain_text("<<<element_7>>>")
    prompt(page, 2).fill("x" * 520)
    expect(card(page, 2).get_by_text("8 over 512").first).to_be_visible()
    expect(prompt(page, 2)).to_have_attribute("aria-invalid", "true")
    is_saved(page)
    page.context.close()


def test_the_row_under_the_prompt_writes_at_the_caret(
    demo: Demo, browser: Browser, table: str
) -> None:
    page = demo.open(browser, "author")
    page.goto(table)
    prompt(page, 2).fill("The stairs.")
    row = card(page, 2).get_by_role("group", name="Write quickly")
    row.get_by_role("button", name="Camera").click()
    page.get_by_role("button", name="Slow push in").click()
    holds(page, 2, "The stairs. Slow push in")
    expect(prompt(page, 2)).to_be_focused()
    row.get_by_role("button", name="Name an element or a voice").click()
    named(page, "Aldous").click()
    holds(page, 2, f"The stairs. Slow push in {ALDOUS}")
    is_saved(page)
    # A list that nobody used leaves nothing behind.
    row.get_by_role("button", name="Name an element or a voice").click()
    press(page, "Escape")
    expect(written(card(page, 2))).to_have_value(re.compile(f"{ALDOUS} ?$"))
    prompt(page, 1).fill(f"{LENS} wakes.")
    prompt(page, 2).fill("The stairs.")
    holds(page, 2, "The stairs.")
    row.get_by_role("button", name="Continue from previous").click()
    expect(written(card(page, 2))).to_have_value(re.compile(f"{LENS}.*The stairs."), timeout=SOON)
    expect(prompt(page, 2)).to_be_focused()
    page.context.close()


def test_an_input_method_composes_in_peace(demo: Demo, browser: Browser, table: str) -> None:
    page = demo.open(browser, "author")
    page.goto(table)
    prompt(page, 2).fill(f"{ALDOUS} ")
    page.evaluate("window.object = document.activeElement.querySelector('.tok')")
    method = page.context.new_cdp_session(page)
    for part in ("d", "de", "deng"):
        end = {"selectionStart": len(part), "selectionEnd": len(part)}
        method.send("Input.imeSetComposition", {"text": part, **end})
    expect(card(page, 2).locator("output")).to_contain_text(f"{len(ALDOUS) + 5} of 512")
    assert page.evaluate("window.object.isConnected")
    method.send("Input.insertText", {"text": "灯塔"})
    holds(page, 2, f"{ALDOUS} 灯塔")
    page.keyboard.type("。")
    holds(page, 2, f"{ALDOUS} 灯塔。")
    expect(names(page, 2)).to_have_count(1)
    page.context.close()


def test_the_box_somebody_writes_in_is_never_replaced(
    demo: Demo, browser: Browser, table: str
) -> None:
    mara, jonas = (demo.open(browser, who) for who in ("author", "owner"))
    for page in (mara, jonas):
        page.goto(table)
    prompt(jonas, 1).press_sequentially("Half a wo")
    jonas.evaluate("window.mine = document.activeElement")
    before = written(card(jonas, 1)).input_value()
    prompt(mara, 2).fill("The beam crosses the water.")
    prompt(mara, 2).blur()
    holds(jonas, 2, "The beam crosses the water.")
    assert jonas.evaluate("window.mine === document.activeElement && window.mine.isConnected")
    holds(jonas, 1, before)
    is_saved(jonas)
    jonas.keyboard.type("rd")
    holds(jonas, 1, before.replace("Half a wo", "Half a word"))
    prompt(jonas, 1).blur()
    holds(mara, 1, before.replace("Half a wo", "Half a word"))
    for page in (mara, jonas):
        page.context.close()


def test_half_a_second_after_a_key_the_words_survive_a_reload(
    demo: Demo, browser: Browser, table: str
) -> None:
    page = demo.open(browser, "author")
    page.goto(table)
    page.route("**/shots/**", lambda route: route.abort())
    prompt(page, 2).fill(f"Not sent yet, {ALDOUS}.")
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    holds(page, 2, f"Not sent yet, {ALDOUS}.")
    expect(prompt(page, 2)).to_have_text(re.compile("^Not sent yet, "))
    page.unroute("**/shots/**")
    prompt(page, 2).focus()
    prompt(page, 2).blur()
    is_saved(page)
    page.context.close()


def test_without_scripts_the_prompt_is_a_plain_field(
    demo: Demo, browser: Browser, table: str
) -> None:
    plain = demo.open(browser, "author", java_script_enabled=False)
    plain.goto(table)
    field = card(plain, 1).get_by_label("Prompt", exact=True)
    expect(field).to_be_visible()
    expect(field).to_be_editable()
    expect(card(plain, 1).get_by_role("button", name="Save")).to_be_visible()
    expect(card(plain, 1).get_by_role("button", name="Camera")).to_have_count(0)
    plain.context.close()
