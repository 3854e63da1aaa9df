"""What a first visit asks for and weighs, as the browser itself counts it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Demo, project_of

MOST_BYTES = 120_000
MOST_REQUESTS = 20
MOST_BLOCKING = 3
MEDIA = re.compile(r"^(image/(?!svg)|video/|audio/|font/)|woff")


@dataclass
class Asked:
    """One request: `travelled` bytes on the wire with its head, zero until it is through."""

    url: str
    kind: str = ""
    travelled: int = 0


@pytest.mark.parametrize("place", ["home", "editor"])
def test_a_first_visit_is_light(demo: Demo, browser: Browser, place: str) -> None:
    address = where(demo, browser, place)
    page = browser.new_context(storage_state=demo.cookies["author"]).new_page()
    seen: dict[str, Asked] = {}
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")

    def asked(event: dict[str, Any]) -> None:
        seen[event["requestId"]] = Asked(event["request"]["url"])

    def answered(event: dict[str, Any]) -> None:
        if event["requestId"] in seen:
            seen[event["requestId"]].kind = event["response"]["mimeType"]

    def through(event: dict[str, Any]) -> None:
        if event["requestId"] in seen:
            seen[event["requestId"]].travelled = int(event["encodedDataLength"])

    wire.on("Network.requestWillBeSent", asked)
    wire.on("Network.responseReceived", answered)
    wire.on("Network.loadingFinished", through)
    page.goto(address)
    page.wait_for_timeout(1_500)
    ours = [each for each in seen.values() if not MEDIA.search(each.kind)]
    listed = "\n".join(f"{each.travelled:>7} {each.kind} {each.url}" for each in ours)
    assert sum(each.travelled for each in ours) <= MOST_BYTES, listed
    assert len(ours) <= MOST_REQUESTS, listed
    blocking = page.evaluate(
        """performance.getEntriesByType("resource")
          .filter((each) => each.renderBlockingStatus === "blocking").map((each) => each.name)"""
    )
    assert 1 <= len(blocking) <= MOST_BLOCKING, blocking
    page.context.close()


def where(demo: Demo, browser: Browser, place: str) -> str:
    page = demo.open(browser, "author")
    if place == "editor":
        project_of(page)
        name = page.get_by_text("First ember", exact=True)
        page.locator("a.card", has=name).first.click()
        expect(page.locator("#board")).to_be_visible()
    address = page.url
    page.context.close()
    return address
