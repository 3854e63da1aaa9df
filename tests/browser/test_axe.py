"""Every screen in one state, dark at a desk and light on a phone: nothing axe calls serious.

`make screens` does the same for every state in every size and theme.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, ViewportSize

from tests.browser.conftest import Demo, project_of
from tests.browser.reviewing import lamp, loaded

DESK: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}


def storyboard(name: str) -> Callable[[Page], None]:
    def visit(page: Page) -> None:
        project_of(page)
        page.locator("a.card", has=page.get_by_text(name, exact=True)).first.click()
        page.wait_for_load_state()

    return visit


def inside(path: str) -> Callable[[Page], None]:
    return lambda page: page.goto(project_of(page) + path) and None


def by_link(name: str) -> Callable[[Page], None]:
    return lambda page: page.get_by_role("link", name=name, exact=True).first.click()


def accounts(*links: str) -> Callable[[Page], None]:
    """The accounts of the team, and on to what these links lead to."""

    def visit(page: Page) -> None:
        for name in ("Members", "Accounts", *links):
            page.get_by_role("link", name=name, exact=True).first.click()
            page.wait_for_load_state()

    return visit


def health(page: Page) -> None:
    for name in ("Members", "Health"):
        page.get_by_role("link", name=name, exact=True).first.click()
        page.wait_for_load_state()


def callbacks(page: Page) -> None:
    """With one unfolded, where the demo's Kling has called."""
    for name in ("Members", "Callbacks"):
        page.get_by_role("link", name=name, exact=True).first.click()
        page.wait_for_load_state()
    if page.locator(".receipt").count():
        page.locator(".receipt summary").first.click()


def facts(page: Page) -> None:
    storyboard("The Lamp, night one")(page)
    page.get_by_role("link", name="All facts").click()
    page.wait_for_load_state()


def room(page: Page) -> None:
    """The take that has notes."""
    page.goto(lamp(page, 2))
    loaded(page)


def drawing(page: Page) -> None:
    """With the tools and their colours open."""
    room(page)
    page.locator("[data-draw]").click()
    page.get_by_role("button", name="Colour", exact=True).click()


def judging(page: Page) -> None:
    """Asked why a shot is to be redone."""
    room(page)
    page.keyboard.press("Shift+R")
    page.locator("form.redo:popover-open").wait_for()


SCREENS: dict[str, Callable[[Page], object]] = {
    "home": lambda page: None,
    "project": project_of,
    "history": inside("history/"),
    "project settings": inside("settings/"),
    "editor": storyboard("First ember"),
    "in review": storyboard("Storm over the point"),
    "failed": storyboard("Nine hundred steps"),
    "take": room,
    "take with tools open": drawing,
    "take with reasons open": judging,
    "facts of a take": facts,
    "library": by_link("Library"),
    "members": by_link("Members"),
    "accounts": accounts(),
    "account": accounts("Simulator"),
    "new account": accounts("Add account"),
    "callbacks": callbacks,
    "health": health,
    "own settings": lambda page: page.goto(page.url + "settings/"),
    "password": lambda page: page.goto(page.url + "accounts/password/change/"),
    "not found": lambda page: page.goto(page.url + "nowhere/"),
}


@pytest.mark.parametrize("screen", SCREENS)
def test_axe_finds_nothing(demo: Demo, browser: Browser, screen: str) -> None:
    page = demo.open(browser, "owner", has_touch=True)
    page.emulate_media(reduced_motion="reduce")
    SCREENS[screen](page)
    for size, theme in ((DESK, "dark"), (PHONE, "light")):
        page.set_viewport_size(size)
        page.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
        page.wait_for_timeout(300)
        options = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}
        found = Axe().run(page, options=options)
        assert found.violations_count == 0, found.generate_report()
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{screen} at {size} scrolls sideways by {wide} px"
    page.context.close()


def test_axe_finds_nothing_where_people_sign_in(demo: Demo, browser: Browser) -> None:
    page = browser.new_page()
    for path in ("/accounts/login/", "/accounts/password/reset/"):
        page.goto(demo.address + path)
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()
    page.close()


def test_no_request_leaves_our_origin(demo: Demo, browser: Browser) -> None:
    page = demo.open(browser, "owner")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for name in ("editor", "take", "home"):
        page.goto(demo.address)
        SCREENS[name](page)
        page.wait_for_timeout(300)
    own = re.compile(rf"^(blob:)?{re.escape(demo.address)}")
    assert asked
    assert [url for url in asked if not own.match(url)] == []
    page.context.close()
