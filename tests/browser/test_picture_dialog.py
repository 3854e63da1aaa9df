"""The picture dialog with scripts: a file that is refused is cut or padded, a frame carried on."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Demo
from tests.browser.editing import author_at

pytestmark = pytest.mark.by_hand


def saved(folder: Path, size: tuple[int, int]) -> Path:
    path = folder / "wide.png"
    Image.linear_gradient("L").resize(size).convert("RGB").save(path)
    return path


def frame(page: Page) -> str:
    return page.locator("#first-frame-about").inner_text()


def is_fair(page: Page) -> bool:
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    bad = [each["id"] for each in found if each["impact"] in ("serious", "critical")]
    return bad == []


def test_a_picture_too_long_for_kling_is_padded_by_keyboard_instead_of_refused(
    demo: Demo, browser: Browser, tmp_path: Path
) -> None:
    page, complaints = author_at(demo, browser, "A long picture")
    page.set_input_files("#first-frame-file", saved(tmp_path, (1_600, 400)))
    expect(page.locator(".crop-why")).to_contain_text("longer than 2.5:1")
    expect(page.locator("crop-pad canvas")).to_be_focused()
    expect(page.locator("[data-said]")).to_have_text("1600 × 400 px become 711 × 400 px.")
    for _press in range(25):
        page.keyboard.press("-")
    expect(page.locator("[data-said]")).to_have_text("1600 × 400 px become 1600 × 900 px.")
    assert is_fair(page)
    page.get_by_role("button", name="Use this picture").last.click()
    expect(page.locator("#late-dialog")).to_be_hidden()
    expect(page.locator("#first-frame-about")).to_contain_text("1600 × 900 px")
    assert complaints == []
    page.close()


def test_a_picture_that_fits_goes_its_way_without_a_dialog(
    demo: Demo, browser: Browser, tmp_path: Path
) -> None:
    page, complaints = author_at(demo, browser, "A fitting picture")
    page.set_input_files("#first-frame-file", saved(tmp_path, (800, 450)))
    expect(page.locator("#first-frame-about")).to_contain_text("800 × 450 px")
    expect(page.locator("#late-dialog")).to_be_hidden()
    assert complaints == []
    page.close()


def test_the_last_frame_of_the_former_take_and_any_other_frame(
    demo: Demo, browser: Browser
) -> None:
    page, complaints = author_at(demo, browser, "Carried on")
    page.locator("#first-frame-choose").click()
    page.get_by_role("link", name="From a take").click()
    expect(page.get_by_text(re.compile("^Carry on from"))).to_be_visible()
    assert is_fair(page)
    page.get_by_role("button", name="Start from its last frame").click()
    expect(page.locator("#late-dialog")).to_be_hidden(timeout=30_000)
    carried = frame(page)
    assert re.match(r"\d+ × \d+ px", carried)
    page.locator("#first-frame-choose").click()
    page.get_by_role("link", name="From a take").click()
    page.get_by_role("button", name="Flicker").click()
    expect(page.locator("seam-view")).to_have_attribute("data-shows", re.compile("[12]"))
    page.locator(".picture-tiles a").first.click()
    frames = page.get_by_role("slider", name="Frame")
    expect(frames).to_be_focused()
    at = page.locator("[data-now]").inner_text()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("[data-now]")).not_to_have_text(at)
    page.get_by_role("button", name="Use this frame").click()
    use = page.get_by_role("button", name="Use this picture").first
    expect(use).to_be_visible(timeout=30_000)
    use.click()
    expect(page.locator("#late-dialog")).to_be_hidden()
    expect(page.locator("#first-frame-choose")).to_be_focused()
    assert complaints == []
    page.close()


def test_a_picture_of_the_library_is_one_press(
    demo: Demo, browser: Browser, tmp_path: Path
) -> None:
    page, complaints = author_at(demo, browser, "From the library")
    page.set_input_files("#first-frame-file", saved(tmp_path, (960, 540)))
    expect(page.locator("#first-frame-about")).to_contain_text("960 × 540 px")
    page.locator("#first-frame-remove").click()
    expect(page.locator("#first-frame-remove")).to_have_count(0)
    page.locator("#first-frame-choose").click()
    page.get_by_role("button", name=re.compile("960 × 540 px$")).first.click()
    expect(page.locator("#late-dialog")).to_be_hidden()
    expect(page.locator("#first-frame-about")).to_contain_text("960 × 540 px")
    assert complaints == []
    page.close()
