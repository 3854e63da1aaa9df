"""A take whose storyboard is archived meanwhile; a note shown and hidden by keyboard."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Demo
from tests.browser.editing import listen
from tests.browser.reviewing import composer, enter, lamp, loaded, note, send

pytestmark = pytest.mark.by_hand


def test_the_room_rests_while_its_storyboard_is_archived(demo: Demo, browser: Browser) -> None:
    jonas = enter(demo, browser, "owner")
    take = lamp(jonas, 1)
    jonas.goto(take)
    loaded(jonas)
    ines = enter(demo, browser, "reviewer")
    complaints = listen(ines)
    ines.goto(take)
    loaded(ines)
    composer(ines).fill("Half a sentence.")
    board = jonas.locator("a[href*='/storyboards/']").first.get_attribute("href") or ""
    _press(jonas, f"{demo.address}{board}archive/", take)
    expect(ines.locator("#decide")).to_contain_text("This storyboard is archived.")
    ines.get_by_role("button", name="Add note", exact=True).click()
    expect(ines.locator("#note-text-errors")).to_contain_text("Nothing was changed.")
    expect(composer(ines)).to_have_value("Half a sentence.")
    composer(ines).fill("")
    ines.goto(f"{take}?at=2000")
    loaded(ines)
    expect(composer(ines)).to_have_count(0)
    for key in ("c", "d", "a", "Shift+K"):
        ines.keyboard.press(key)
    _press(jonas, f"{demo.address}{board}restore/", take)
    expect(ines.locator("#note-stamp")).to_contain_text("00:02:00")
    send(ines, "It goes on.")
    expect(note(ines, "It goes on.")).to_contain_text("00:02:00")
    assert complaints == []


def test_a_note_is_shown_to_the_client_by_keyboard(demo: Demo, browser: Browser) -> None:
    jonas = enter(demo, browser, "owner")
    complaints = listen(jonas)
    jonas.goto(lamp(jonas, 1))
    loaded(jonas)
    mine = send(jonas, "For whoever pays.")
    mine.locator("details.more > summary").focus()
    for key in ("Enter", "Tab", "Tab"):
        jonas.keyboard.press(key)
    expect(mine.get_by_role("button", name="Show to client")).to_be_focused()
    jonas.keyboard.press("Enter")
    expect(mine.get_by_text("Client sees this")).to_be_visible()
    expect(mine.get_by_role("button", name="Hide from client")).to_be_focused()
    jonas.keyboard.press("Enter")
    expect(mine.get_by_text("Client sees this")).to_have_count(0)
    expect(mine.get_by_role("button", name="Show to client")).to_be_focused()
    assert complaints == []


def test_without_scripts_a_note_is_resolved_reopened_and_shown(
    demo: Demo, browser: Browser
) -> None:
    page = enter(demo, browser, "owner")
    page.goto(lamp(page, 2))
    loaded(page)
    key = (page.locator("article.note").first.get_attribute("id") or "").removeprefix("note-")
    plain = enter(demo, browser, "owner", java_script_enabled=False)
    plain.goto(page.url)
    plain.locator(f"#settle-{key}").click()
    expect(plain.locator(f"#note-{key}")).to_have_count(0)
    plain.goto(f"{page.url}?note={key}")
    expect(plain.locator(f"#note-{key} .settled")).to_be_visible()
    plain.locator(f"#settle-{key}").click()
    plain.goto(f"{page.url}?note={key}")
    for words in ("Show to client", "Hide from client"):
        plain.locator(f"#more-{key} > summary").click()
        plain.get_by_role("button", name=words).click()
        expect(plain).to_have_url(f"{page.url}?note={key}#note-{key}")
        tag = plain.locator(f"#note-{key}").get_by_text("Client sees this")
        expect(tag).to_have_count(1 if words == "Show to client" else 0)


def _press(page: Page, address: str, came_from: str) -> None:
    """Post as the storyboard's own form does."""
    token = page.locator("[name=csrfmiddlewaretoken]").first.input_value()
    form: dict[str, str | float | bool] = {"csrfmiddlewaretoken": token}
    assert page.request.post(address, form=form, headers={"Referer": came_from}).ok
