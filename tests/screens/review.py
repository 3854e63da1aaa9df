"""The review room in every state, as it is photographed and looked through by axe."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page, Route

from tests.browser.reviewing import loaded
from tests.screens.editor import open_keys
from tests.screens.screen import Screen


@dataclass(frozen=True)
class Room(Screen):
    """Looked through by axe at every size and in both themes."""

    axe: bool = True


def open_tools(page: Page) -> None:
    loaded(page)
    page.keyboard.press("d")
    page.locator(".draw-tools").wait_for()


def set_range(page: Page) -> None:
    loaded(page)
    for key in ("Home", "ArrowRight", "i", "ArrowRight", "ArrowRight", "o"):
        page.keyboard.press(key)
    page.wait_for_timeout(300)


def open_reply(page: Page) -> None:
    page.locator("article.note details.reply > summary").first.click()
    page.wait_for_timeout(200)


def write_note(page: Page) -> None:
    loaded(page)
    page.get_by_label("Note", exact=True).click()
    page.keyboard.type("The beam should reach the boat here, and stay.")


def send_too_much(page: Page) -> None:
    """More words than a note holds; they stay in the field."""
    loaded(page)
    page.get_by_label("Note", exact=True).fill("word " * 900)
    page.get_by_role("button", name="Add note").click()
    page.locator("#note-text-errors:has(*)").wait_for()


def only(which: str) -> Callable[[Page], object]:
    """One filter of the thread."""

    def go(page: Page) -> None:
        page.goto(f"{page.url.partition('?')[0]}?notes={which}")

    return go


def open_answer(page: Page) -> None:
    page.get_by_text("Answer with a change").first.click()
    page.wait_for_timeout(500)


def open_redo(page: Page) -> None:
    page.locator("#prompts").get_by_text("Redo", exact=True).first.click()
    page.wait_for_timeout(200)


def without_a_picture(page: Page) -> None:
    """A film that is none comes in the film's place."""

    def serve(route: Route) -> None:
        route.fulfill(status=200, content_type="video/mp4", body="no film")

    page.route("**/video/", serve)
    page.reload()
    page.locator(".pl .state").wait_for()


REVIEW: tuple[Screen, ...] = (
    Screen("take", "owner"),
    Screen("take keys", "owner", "take", open_keys),
    Screen("take for a reviewer", "reviewer", "take"),
    Screen("take picked", "owner"),
    Room("take without notes", "reviewer"),
    Screen("take with sixty notes", "owner"),
    Screen("take fetching", "owner"),
    Screen("take tall", "owner"),
    Screen("take square", "owner"),
    Room("room", "reviewer", first=loaded),
    Room("room at its drawing", "reviewer", first=loaded),
    Room("room with tools open", "reviewer", "room", open_tools),
    Room("room with a range set", "reviewer", "room", set_range),
    Room("room with a note begun", "reviewer", "room", write_note),
    Room("room with a note refused", "reviewer", "room", send_too_much, refused=(422,)),
    Room("room resolved", "reviewer", "room", only("resolved")),
    Room("room with nothing found", "owner", "take without notes", only("mine")),
    Room("room with a reply begun", "reviewer", "room", open_reply),
    Room("room with answers open", "author", "room with carried notes", open_answer),
    Room("room with reasons open", "reviewer", "room", open_redo),
    Room("room of a thousand notes", "reviewer"),
    Room("room with carried notes", "author"),
    Room("room decided", "owner"),
    Room("room with changes requested", "author"),
    Room("room for its author", "author", "room"),
    Room("room without a picture", "reviewer", "room", without_a_picture),
    Room("take facts", "owner"),
)
