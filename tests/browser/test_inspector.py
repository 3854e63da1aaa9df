"""The inspector and the gate with scripts: switching there and back, rows that lead to fields."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Demo, project_of

pytestmark = pytest.mark.by_hand

HAS_FOCUS = "element => element === document.activeElement"


def board_of(demo: Demo, browser: Browser, name: str) -> Page:
    page = demo.open(browser, "author")
    page.goto(project_of(page))
    page.get_by_role("link", name=re.compile(name)).first.click()
    expect(page.locator("#settings")).to_be_visible()
    return page


def test_a_switch_leaves_out_tells_and_comes_back(demo: Demo, browser: Browser) -> None:
    page = board_of(demo, browser, "Storm over the point")
    model, said = page.get_by_label("Model"), page.locator("#gate-said")
    before = page.locator("#gate-head h2").inner_text()
    model.select_option("kling-v2-6")
    toast = page.locator("#toasts .toast", has_text="leaves out several shots")
    expect(toast).to_be_visible()
    expect(said).to_contain_text("to fix")
    row = page.locator("#gate-rules .no a", has_text="makes one shot only")
    row.click()
    expect(page.get_by_label("Shooting")).to_be_focused()
    page.locator("#gate-rules").get_by_role("button", name="Choose kling-v3").first.click()
    expect(model).to_have_value("kling-v3")
    expect(page.locator("#gate-head h2")).to_have_text(before)
    expect(said).not_to_contain_text("makes one shot only")
    page.close()


def test_a_tile_opens_in_place_and_its_slider_saves(demo: Demo, browser: Browser) -> None:
    page = board_of(demo, browser, "Storm over the point")
    value = page.locator("#tile-cfg_scale-value")
    expect(value).to_have_text("Left to Kling")
    page.locator("#tile-cfg_scale > summary").click()
    page.locator("#tile-cfg_scale").get_by_role("slider").press("ArrowRight")
    expect(page.locator("#set-cfg_scale")).to_have_value("0.55")
    expect(value).to_have_text("0.55")
    page.locator("#set-cfg_scale").fill("")
    page.keyboard.press("Tab")
    expect(value).to_have_text("Left to Kling")
    # A row leads to a field that is folded away.
    page.locator("#tile-cfg_scale > summary").click()
    page.evaluate(
        """() => {
          const link = Object.assign(document.createElement("a"), { href: "#set-cfg_scale" });
          link.dataset.goto = "";
          document.getElementById("gate-rules").append(link);
          link.click();
        }"""
    )
    assert page.locator("#set-cfg_scale").evaluate(HAS_FOCUS)
    page.close()
