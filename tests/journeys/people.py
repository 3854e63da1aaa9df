"""What people do, by the words on the screen."""

from __future__ import annotations

import re
from dataclasses import dataclass

from playwright.sync_api import Browser, Locator, Page, expect

from tests.browsing import prompt_box
from tests.journeys.stack import PASSWORD, Stack

SLOW = 60_000  # ms a film may take on a busy machine


@dataclass
class Person:
    """One person at one browser window."""

    page: Page
    stack: Stack

    @property
    def complaints(self) -> list[str]:
        """Errors the browser logged, but for the refusals a journey asks for."""
        told: list[str] = self.page.complaints  # type: ignore[attr-defined]
        return [line for line in told if "status of 422" not in line]

    @classmethod
    def by_link(cls, browser: Browser, stack: Stack, link: str) -> Person:
        """Follow a one-time link, set the password, arrive signed in."""
        page = _window(browser)
        page.goto(link)
        page.get_by_label("New password", exact=True).fill(PASSWORD)
        page.get_by_label("New password, again").fill(PASSWORD)
        page.get_by_role("button", name="Set the password").click()
        expect(page.get_by_role("button", name="Sign out")).to_be_visible()
        return cls(page, stack)

    @classmethod
    def signed_in(cls, browser: Browser, stack: Stack, email: str) -> Person:
        page = _window(browser)
        page.goto(stack.address)
        page.get_by_label("Email").fill(email)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        return cls(page, stack)

    def add_member(self, email: str, name: str, role: str) -> str:
        """Returns the one-time link the page shows."""
        self.page.get_by_role("navigation", name="Main").get_by_role("link", name="Members").click()
        self.page.get_by_label("Email").fill(email)
        self.page.get_by_label("Name").fill(name)
        self.page.get_by_label("Role").last.select_option(role)
        self.page.get_by_role("button", name=re.compile("^Add")).click()
        words = self.page.get_by_role("main")
        expect(words).to_contain_text("/accounts/password/reset/key/")
        return self.stack.first_link(self.page.content().replace('"', " ").replace("<", " "))

    def new_project(self, name: str) -> None:
        self.page.goto(self.stack.address)
        self.page.get_by_role("button", name="New project").first.click()
        self.page.get_by_label("Name").fill(name)
        self.page.get_by_role("button", name="Create").click()
        expect(self.page.get_by_role("heading", name=name)).to_be_visible()

    def new_storyboard(self, name: str) -> None:
        self.page.get_by_role("button", name="New storyboard").first.click()
        self.page.get_by_label("Name").fill(name)
        self.page.get_by_role("button", name="Create").click()
        expect(self.shot(1)).to_be_visible()

    def shot(self, position: int) -> Locator:
        return self.page.get_by_role("group", name=f"Shot {position}", exact=True)

    def write_shot(self, position: int, prompt: str, seconds: int) -> None:
        card = self.shot(position)
        prompt_box(card).fill(prompt)
        card.get_by_label("Seconds", exact=True).fill(str(seconds))
        card.get_by_label("Seconds", exact=True).press("Tab")

    def add_shot(self, position: int) -> None:
        self.page.get_by_role("button", name="Add shot").first.click()
        expect(self.shot(position)).to_be_visible()

    def saved(self) -> None:
        expect(self.page.locator("#save-state")).to_contain_text("Saved")

    def set_total(self, seconds: int) -> None:
        total = self.page.get_by_label("Total seconds")
        total.fill(str(seconds))
        total.press("Tab")
        self.saved()

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).first.click()


def _window(browser: Browser) -> Page:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.set_default_timeout(20_000)
    expect.set_options(timeout=20_000)
    complaints: list[str] = []
    page.on("console", lambda line: complaints.append(line.text) if line.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.complaints = complaints  # type: ignore[attr-defined]
    return page
