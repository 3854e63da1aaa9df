"""Photographs screens and notes what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page

from tests.screens.plan import as_it_was, broken
from tests.screens.screen import PASSWORD, WAYS, Screen, Size

THEMES = ("dark", "light")
AXE_RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]
# Sideways scrolling, and what fixed bars hide when the page is at its end: the last control of
# the page must be the thing one hits in its own middle.
LOOK = """() => {
  const found = [];
  // A phone widens its window to what overflows it: its screen stays as wide as it is.
  const wide = document.documentElement.scrollWidth - Math.min(innerWidth, screen.width);
  if (wide > 0) found.push(`scrolls sideways by ${wide} px`);
  scrollTo(0, document.documentElement.scrollHeight);
  const kinds = "a[href], button, input:not([type=hidden]), select, textarea, summary";
  const shown = [...document.querySelectorAll(`main :is(${kinds}), aside :is(${kinds})`)]
    .filter((one) => one.checkVisibility({ visibilityProperty: true }))
    .filter((one) => one.getBoundingClientRect().width > 1 && !one.closest(".sr"));
  const last = shown.at(-1);
  const modal = document.querySelector("dialog[open], :popover-open");
  if (last && !modal) {
    last.scrollIntoView({ block: "nearest" });
    const box = last.getBoundingClientRect();
    const hit = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    const own = hit && (last.contains(hit) || hit.contains(last)
      || last.labels?.[0]?.contains(hit));
    if (!own) {
      const what = (last.textContent || last.name || last.tagName).trim().slice(0, 40);
      found.push(`the last control, "${what}", is hidden under ${hit?.className || hit?.tagName}`);
    }
  }
  return found;
}"""


@dataclass
class Picture:
    """One file of the sheet."""

    screen: str
    size: str
    way: str
    theme: str
    part: str
    path: Path


@dataclass
class Camera:
    """Takes its pictures into `folder`; `faults` fills as it goes."""

    browser: Browser
    address: str
    places: dict[str, str]
    folder: Path
    pictures: list[Picture] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    _cookies: dict[str, Any] = field(default_factory=dict)

    def shoot(self, screens: list[Screen], size: Size, way: str) -> None:
        """Every screen at one size, the browser set in one way."""
        for who in dict.fromkeys(screen.who for screen in screens):
            with self._window(who, size, way) as context:
                for screen in (one for one in screens if one.who == who):
                    self._shoot_one(context, screen, size, way)

    def _shoot_one(self, context: BrowserContext, screen: Screen, size: Size, way: str) -> None:
        page = context.new_page()
        page.set_default_timeout(15_000)
        name = f"{screen.name}, {size.name}{', ' + way if way else ''}"
        page.on("console", lambda line: self._hear(name, screen, line))
        page.on("pageerror", lambda error: self.faults.append(f"{name}: {error}"))
        try:
            self._go(page, screen)
            self._picture(page, screen, size, way)
        except Error as error:
            self.faults.append(f"{name}: {error.message.splitlines()[0]}")
        finally:
            page.close()
            context.clear_cookies(name=re.compile("view"))  # else it would be the next one's, too

    def _go(self, page: Page, screen: Screen) -> None:
        page.goto(self.address + self.places[screen.at])
        if screen.name == "broken":
            broken(self.places["500"])(page)
        if kept := self.places.get(f"{screen.at}: page"):
            as_it_was(kept)(page)
        if screen.first:
            screen.first(page)
        page.evaluate("document.fonts.ready")
        page.wait_for_timeout(250)

    def _picture(self, page: Page, screen: Screen, size: Size, way: str) -> None:
        themes = THEMES if way in ("", "forced-colours") else THEMES[:1]
        for theme in themes:
            page.evaluate("theme => { document.documentElement.dataset.theme = theme; }", theme)
            self._save(page, screen, size, way, theme, "top")
            if screen.axe and not way:
                self._look_through(page, f"{screen.name}, {size.name}, {theme}", theme)
        name = f"{screen.name}, {size.name}{', ' + way if way else ''}"
        self.faults += [f"{name}: {fault}" for fault in page.evaluate(LOOK)]
        if size.name != "desk" and page.evaluate("scrollY > 0"):
            page.wait_for_timeout(60)
            self._save(page, screen, size, way, themes[-1], "end")

    def _look_through(self, page: Page, name: str, theme: str) -> None:
        """By axe; in the second theme only colours can differ, so only contrast is measured."""
        rules = AXE_RULES if theme == THEMES[0] else ["color-contrast"]
        found = Axe().run(page, options={"runOnly": rules})
        for each in found.response["violations"]:
            targets = ", ".join(" ".join(map(str, node["target"])) for node in each["nodes"][:3])
            self.faults.append(f"{name}: axe, {each['help']}: {targets}")

    def _save(
        self, page: Page, screen: Screen, size: Size, way: str, theme: str, part: str
    ) -> None:
        words = [screen.slug, size.name, *([way] if way else []), theme, part]
        path = self.folder / f"{'.'.join(words)}.png"
        page.screenshot(path=path, animations="disabled")
        self.pictures.append(Picture(screen.name, size.name, way, theme, part, path))

    def _hear(self, name: str, screen: Screen, line: ConsoleMessage) -> None:
        """Errors and broken content policy, but for the refusals the screen is about."""
        policy = "Content Security Policy" in line.text
        if not policy and line.type != "error":
            return
        if screen.offline and "net::ERR_INTERNET_DISCONNECTED" in line.text:
            return
        status = re.search(r"status of (\d+)", line.text)
        if status and int(status[1]) in screen.refused:
            return
        self.faults.append(f"{name}: {line.text}")

    def _window(self, who: str | None, size: Size, way: str) -> BrowserContext:
        options = {**size.context, **WAYS[way]}
        if who:
            options["storage_state"] = self._cookies.get(who) or self._sign_in(who)
        return self.browser.new_context(**options)

    def _sign_in(self, who: str) -> Any:
        with self.browser.new_context() as context:
            page = context.new_page()
            page.goto(self.address + "/accounts/login/")
            page.get_by_label("Email").fill(f"{who}@demo.example")
            page.get_by_label("Password").fill(PASSWORD)
            page.get_by_role("button", name="Sign in").click()
            page.wait_for_url(f"{self.address}/")
            self._cookies[who] = context.storage_state()
        return self._cookies[who]


def ways_of(screen: Screen, chosen: frozenset[str]) -> Iterator[str]:
    """The plain way for each screen, every other one for the chosen."""
    yield ""
    if screen.name in chosen:
        yield from (way for way in WAYS if way)
