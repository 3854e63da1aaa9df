"""The editor in every state, as it is photographed and looked through by axe."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from playwright.sync_api import Locator, Page

from tests.screens.screen import Screen

MOST_SHOTS = 6
BAD_LIST = (
    "position,seconds,prompt\n1,three,A lamp is lit.\n2,4,\n9,2,Nobody counts to nine.\n"
    + "".join(f"{number},2,Shot {number}\n" for number in range(3, 9))
)


@dataclass(frozen=True)
class Draft(Screen):
    """A state of the editor: looked through by axe at every size and in both themes."""

    axe: bool = True


def card(page: Page, position: int) -> Locator:
    return page.get_by_role("group", name=f"Shot {position}", exact=True)


def prompt(page: Page, position: int) -> Locator:
    return card(page, position).get_by_role("textbox", name="Prompt", exact=True)


def open_keys(page: Page) -> None:
    page.keyboard.press("?")
    page.locator("#help[open]").wait_for()


def open_palette(page: Page) -> None:
    page.keyboard.press("Control+k")
    page.locator("#palette-places a").first.wait_for()


def search_palette(page: Page) -> None:
    open_palette(page)
    page.keyboard.type("la")
    page.locator("#palette-places .badge").first.wait_for()
    page.wait_for_timeout(400)


def find_nothing(page: Page) -> None:
    open_palette(page)
    page.keyboard.type("nothing is called so")
    page.locator("#palette-said", has_text=re.compile(".")).wait_for()


def select_third_shot(page: Page) -> None:
    select(page, 3)


def select(page: Page, position: int) -> None:
    page.locator(".blk").nth(position - 1).click()


def write_against_another(page: Page) -> None:
    """The same shot, changed in a second window while this one writes."""
    words = prompt(page, 1)
    words.click()
    page.keyboard.press("Control+End")
    other = page.context.new_page()
    other.goto(page.url)
    prompt(other, 1).fill(f"The tower from below. {other.evaluate('Date.now() % 100')}")
    prompt(other, 1).blur()
    other.locator("#save-state", has_text="Saved ").wait_for()
    other.close()
    page.keyboard.type(" And the gulls.")
    words.blur()
    page.locator(".conflict").first.wait_for()


def write_offline(page: Page) -> None:
    """Words that stay in the browser; the network is away for this page alone."""
    page.route("**/*", lambda route: route.abort("internetdisconnected"))
    prompt(page, 2).fill("Written without the network.")
    prompt(page, 2).blur()
    page.locator("#save-state", has_text="Not saved").wait_for()


def as_list(page: Page) -> None:
    page.goto(page.url.partition("?")[0] + "?view=list")


def as_timeline(page: Page) -> None:
    page.goto(page.url.partition("?")[0] + "?view=timeline")


def open_menu(page: Page) -> None:
    button = page.get_by_role("button", name="More about shot 2")
    button.evaluate("button => button.scrollIntoView({ block: 'center' })")
    button.click()
    page.locator(".card-menu:popover-open").wait_for()


def open_picker(page: Page) -> None:
    """At the caret of the second prompt; the word is not kept."""
    page.route("**/shots/**", lambda route: route.abort("internetdisconnected"))
    prompt(page, 2).click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" @")
    page.locator("#picker").wait_for()


def open_camera_words(page: Page) -> None:
    prompt(page, 2).click()
    card(page, 2).get_by_role("button", name="Camera").click()
    page.locator("#camera-words:popover-open").wait_for()


def remove_a_shot(page: Page) -> None:
    """With its toast; the shots of an earlier picture come back first."""
    while page.locator("section.shot[data-position]").count() < MOST_SHOTS:
        count = page.locator("section.shot[data-position]").count()
        page.locator("#undo button").click()
        page.wait_for_function(
            "count => document.querySelectorAll('section.shot[data-position]').length > count",
            arg=count,
        )
    open_menu(page)
    page.get_by_role("button", name="Remove shot").locator("visible=true").click()
    page.locator(".toast").get_by_role("button", name="Undo").wait_for()


def drag_an_edge(page: Page) -> None:
    """Held in the middle of a drag: the live value stands above the edge."""
    select(page, 2)  # on a phone the others' edges are not there
    box = page.locator("#timeline .edge").nth(1).bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 12, box["y"] + box["height"] / 2, steps=4)


def bring_in_mistakes(page: Page) -> None:
    """A list in which nearly every line is wrong."""
    payload = {"name": "shots.csv", "mimeType": "text/csv", "buffer": BAD_LIST.encode()}
    page.locator("main input[type=file]").first.set_input_files([payload])  # type: ignore[list-item]
    page.locator("main form:has(input[type=file]) button").last.click()
    page.wait_for_load_state()


def bring_in_a_body(page: Page) -> None:
    """Looked at before it is taken over."""
    body = {
        "model_name": "kling-v3",
        "prompt": "",
        "multi_shot": True,
        "shot_type": "customize",
        "multi_prompt": [
            {"index": 1, "prompt": "The lamp is lit.", "duration": "3"},
            {"index": 2, "prompt": "The sea answers.", "duration": "4"},
        ],
        "duration": "7",
        "mode": "pro",
        "aspect_ratio": "16:9",
    }
    payload = {
        "name": "body.json", "mimeType": "application/json", "buffer": json.dumps(body).encode(),
    }  # fmt: skip
    page.locator("main input[type=file]").first.set_input_files([payload])  # type: ignore[list-item]
    page.locator("main form:has(input[type=file]) button").last.click()
    page.wait_for_load_state()


def play_preview(page: Page) -> None:
    page.locator("#preview-play").click()
    page.locator("video").first.wait_for()
    page.wait_for_timeout(1200)


EDITOR: tuple[Screen, ...] = (
    Draft("draft", "author"),
    Draft("draft selected", "author", "draft", select_third_shot),
    Draft("draft keys", "author", "draft", open_keys),
    Draft("draft palette", "author", "draft", open_palette),
    Draft("draft palette searched", "author", "draft", search_palette),
    Draft("draft palette without a find", "author", "draft", find_nothing),
    Draft("draft as a list", "author", "draft", as_list),
    Draft("draft as a timeline", "author", "draft", as_timeline),
    Draft("draft with a menu open", "author", "draft", open_menu),
    Draft("draft with the picker open", "author", "draft", open_picker, offline=True),
    Draft("draft with camera words", "author", "draft", open_camera_words),
    Draft("draft edge dragged", "author", "draft", drag_an_edge),
    Draft("draft shot removed", "author", "draft to cut", remove_a_shot),
    Draft("draft offline", "author", "draft", write_offline, offline=True),
    Draft("draft ready", "author"),
    Draft("draft blocked", "author"),
    Draft("draft empty", "author"),
    Draft("draft full", "author"),
    Draft("draft over the limit", "author"),
    Draft("draft in Chinese", "author"),
    Draft("draft in German", "author"),
    Draft("draft with much disabled", "author"),
    Draft("draft tall", "author"),
    Draft("draft tall as a list", "author", "draft tall", as_list),
    Draft("draft square", "author"),
    Draft("draft in conflict", "author", first=write_against_another, refused=(409,)),
    Draft("draft archived", "author"),
    Draft("draft for a reviewer", "reviewer", "draft"),
    Draft("draft forbidden", "stranger", "draft", refused=(404,)),
    Draft("draft preview", "author", "draft with a preview", play_preview),
    Draft("wire", "author"),
    Draft("wire of a blocked draft", "author"),
    Draft("wire of a revision", "author"),
    Draft("import", "author"),
    Draft("import with mistakes", "author", "import", bring_in_mistakes, refused=(422,)),
    Draft("import looked at", "author", "import", bring_in_a_body),
)
