"""The library and the dialogs of the references, as they are photographed and looked through."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Page

from tests.browser.editing import a_picture
from tests.screens.screen import Screen


@dataclass(frozen=True)
class Shelf(Screen):
    """Looked through by axe at every size and in both themes."""

    axe: bool = True


def late(page: Page) -> None:
    """The dialog that opens by itself later has opened."""
    page.locator("#late-dialog [data-late-body]").wait_for()
    page.wait_for_timeout(400)


def open_camera(page: Page) -> None:
    page.locator("#set-camera").click()
    late(page)


def open_brush(page: Page) -> None:
    page.locator("#set-brush").click()
    late(page)


def open_pictures(page: Page) -> None:
    page.locator("#first-frame-choose").click()
    late(page)


def upload_a_picture(page: Page) -> None:
    open_pictures(page)
    page.locator("#picture-tab-upload").click()
    page.locator("#picture-tab-upload[aria-current]").wait_for()
    page.wait_for_timeout(400)


def pictures_of_the_team(page: Page) -> None:
    open_pictures(page)
    page.locator("#picture-tab-library").click()
    page.locator("#picture-tab-library[aria-current]").wait_for()
    page.wait_for_timeout(400)


def frames_of_takes(page: Page) -> None:
    open_pictures(page)
    page.locator("#picture-tab-take").click()
    page.locator("#picture-tab-take[aria-current]").wait_for()
    page.wait_for_timeout(400)


def crop(page: Page) -> None:
    """A picture that is far too long lies on the table."""
    upload_a_picture(page)
    far_too_tall = [a_picture("tall.png", 400, 1600)]
    page.locator("#late-dialog input[type=file]").first.set_input_files(far_too_tall)
    page.locator("#late-dialog crop-pad canvas").wait_for()
    page.wait_for_timeout(400)


def send_nothing(page: Page) -> None:
    page.locator("main form.panel button.primary, main form button.primary").first.click()
    page.wait_for_load_state()


def open_picker(page: Page) -> None:
    """At the caret of the first prompt; the word is not kept."""
    page.route("**/shots/**", lambda route: route.abort("internetdisconnected"))
    card = page.get_by_role("group", name="Shot 1", exact=True)
    card.get_by_role("textbox", name="Prompt", exact=True).click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" @")
    page.locator("#picker").wait_for()


LIBRARY: tuple[Screen, ...] = (
    Shelf("library", "owner"),
    Shelf("library empty", "stranger"),
    Shelf("library of five", "owner"),
    Shelf("library of five pictures", "owner"),
    Shelf("library with an element", "owner"),
    Shelf("library of 500", "owner"),
    Shelf("library of 500 second page", "owner"),
    Shelf("library searched in vain", "owner"),
    Shelf("library forbidden", "stranger", "library of five", refused=(404,)),
    Screen("library full", "owner"),
    Shelf("element", "owner"),
    Shelf("element creating", "owner"),
    Shelf("element failed", "owner"),
    Shelf("element nowhere", "owner"),
    Shelf("element changed", "owner"),
    Shelf("element removed", "owner"),
    Shelf("new element", "owner"),
    Shelf("new element refused", "owner", "new element", send_nothing, refused=(422,)),
    Shelf("new element video", "owner"),
    Shelf("know element", "owner"),
    Shelf("presets", "owner"),
    Shelf("presets unread", "owner"),
    Shelf("voice", "owner"),
    Shelf("voice creating", "owner"),
    Shelf("new voice", "owner"),
    Shelf("new voice refused", "owner", "new voice", send_nothing, refused=(422,)),
    Shelf("voice from a take", "owner"),
    Shelf("picker with what is not there", "owner", "brush", open_picker, offline=True),
    Shelf("element and voice", "owner"),
    Shelf("picture dialog to upload", "author", "draft", upload_a_picture),
    Shelf("picture dialog of the library", "author", "draft", pictures_of_the_team),
    Shelf("picture dialog of takes", "author", "draft", frames_of_takes),
    Shelf("picture dialog cropping", "author", "draft", crop),
    Shelf("camera dialog", "owner", "camera", open_camera),
    Shelf("camera dialog off", "author", "draft", open_camera),
    Shelf("brush dialog", "owner", "brush", open_brush),
    Shelf("brush dialog off", "author", "draft", open_brush),
)
