"""The camera's dialog with scripts: fetched when it opens, one amount at a time, kept or left."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.conftest import Demo
from tests.browser.editing import author_at

pytestmark = pytest.mark.by_hand

PLAYED = 1_900  # ms: the move over the picture, and a little more


def camera_of(page: Page) -> None:
    """A draft of one shot on the one model and mode that take every move from words alone."""
    page.get_by_label("Shooting").select_option("single")
    page.locator("#set-camera").click()
    page.get_by_role("button", name="Choose kling-v1 std").click()
    expect(page.get_by_role("radio", name="One move, by an amount")).to_be_visible()


def amount(page: Page, label: str) -> str:
    return page.get_by_role("spinbutton", name=label).input_value()


def transform(page: Page) -> str:
    """How the world of the second view stands."""
    world = page.locator(".cv[data-at=end] .cv-world")
    return str(world.evaluate("element => element.style.transform"))


def test_one_amount_at_a_time_said_taken_back_saved_and_undone(
    demo: Demo, browser: Browser
) -> None:
    page, complaints = author_at(demo, browser, "A camera's move")
    camera_of(page)
    page.get_by_role("spinbutton", name="Pan: turn left or right").fill("6")
    expect(page.get_by_role("radio", name="One move, by an amount")).to_be_checked()
    expect(page.locator("[data-told]")).to_have_text("Pan 6: the camera turns right.")
    page.get_by_role("slider", name="Zoom").press("ArrowRight")
    expect(page.locator("[data-said]")).to_contain_text("Zoom is now 0.5, so Pan is back at 0")
    assert amount(page, "Pan: turn left or right") == "0"
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_role("spinbutton", name="Zoom")).to_have_value("0")
    assert amount(page, "Pan: turn left or right") == "6"
    expect(page.locator("[data-said]")).to_be_hidden()
    page.get_by_role("button", name="Save the move").click()
    expect(page.locator("#late-dialog")).to_be_hidden()
    expect(page.locator("#tile-camera-value")).to_have_text("Pan 6")
    expect(page.locator("#set-camera")).to_be_focused()
    page.get_by_role("button", name="Undo").first.click()
    expect(page.locator("#tile-camera-value")).to_have_text("Follows the prompt")
    assert complaints == []
    page.close()


def test_by_keyboard_alone_and_left_without_saving(demo: Demo, browser: Browser) -> None:
    page, complaints = author_at(demo, browser, "A camera by keyboard")
    camera_of(page)
    expect(page.get_by_role("heading", name="Camera")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Play the move")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("radio", name="Follows the prompt")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name="Sink and move back")).to_be_checked()
    page.wait_for_timeout(PLAYED)
    assert "translate3d(0cqw, -14cqw, -34cqw)" in transform(page)
    page.keyboard.press("Escape")
    expect(page.locator("#late-dialog")).to_be_hidden()
    expect(page.locator("#set-camera")).to_be_focused()
    expect(page.locator("#tile-camera-value")).to_have_text("Follows the prompt")
    assert complaints == []
    page.close()


def test_with_reduced_motion_the_end_stands_at_once(demo: Demo, browser: Browser) -> None:
    page, _complaints = author_at(demo, browser, "A calm camera")
    page.emulate_media(reduced_motion="reduce")
    camera_of(page)
    page.get_by_role("spinbutton", name="Slide left or right").fill("10")
    page.get_by_role("button", name="Play the move").click()
    assert "translate3d(-26cqw, 0cqw, 0cqw)" in transform(page)
    page.close()


def test_what_cannot_be_fetched_says_so_and_is_tried_again(demo: Demo, browser: Browser) -> None:
    page, _complaints = author_at(demo, browser, "A camera out of reach")

    def away(route: Route) -> None:
        route.abort()

    for out_of_reach in (re.compile(r"/camera/$"), re.compile(r"/camera-dialog[^/]*\.js")):
        page.route(out_of_reach, away)
        page.locator("#set-camera").click()
        expect(page.get_by_role("heading", name="This does not open")).to_be_visible()
        page.unroute(out_of_reach)
        page.get_by_role("button", name="Try again").click()
        expect(page.get_by_role("heading", name="Camera")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.locator("#late-dialog")).to_be_hidden()
        page.reload()
    page.close()


def test_a_move_the_network_did_not_take_stays_in_the_dialog(demo: Demo, browser: Browser) -> None:
    page, _complaints = author_at(demo, browser, "A camera cut off")
    camera_of(page)
    page.get_by_role("spinbutton", name="Roll").fill("-3")
    page.context.set_offline(True)
    page.get_by_role("button", name="Save the move").click()
    expect(page.locator("#toasts")).to_contain_text("The network is away")
    page.context.set_offline(False)
    assert amount(page, "Roll") == "-3"
    page.get_by_role("button", name="Save the move").click()
    expect(page.locator("#tile-camera-value")).to_have_text("Roll -3")
    page.close()
