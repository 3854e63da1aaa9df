"""An owner adds an account, tests it, is refused and mends it: real processes, one window."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.journeys.people import Person
from tests.journeys.stack import Stack

pytestmark = pytest.mark.by_hand

KEY = "sk-the-right-key-0001"
WRONG = "sk-a-wrong-key-0002"
SOON = 30_000  # ms a worker may take on a busy machine


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder = tmp_path_factory.mktemp("accounts")
    with Stack(folder, callbacks=False, simulator_flags=("--key", KEY)).running() as running:
        yield running


@pytest.fixture
def owner(stack: Stack, browser: Browser) -> Iterator[Page]:
    email = f"{secrets.token_hex(4)}@studio.example"
    printed = stack.manage("create_team", "Northlight", email)
    person = Person.by_link(browser, stack, stack.first_link(printed))
    yield person.page
    assert person.complaints == []
    person.page.context.close()


def test_an_account_is_added_tested_refused_and_mended(owner: Page, stack: Stack) -> None:
    add(owner, stack, key=WRONG)
    state = owner.locator(".account-state")
    expect(state).to_contain_text("Not tested yet")
    owner.get_by_role("button", name="Test connection").click()
    expect(state).to_contain_text("Replace the key, then test again.", timeout=SOON)
    expect(state).to_contain_text(re.compile(r"code 100\d, request \S+"))
    expect(state.locator(".badge")).to_have_text("Test failed")
    nothing_axe_calls_wrong(owner)

    owner.get_by_label("API key", exact=True).last.fill(KEY)
    owner.get_by_role("button", name="Replace key").click()
    expect(state).to_contain_text("Not tested yet")
    owner.get_by_role("button", name="Test connection").click()
    expect(state.locator(".badge")).to_have_text("Answers", timeout=SOON)
    nothing_axe_calls_wrong(owner)
    for words in (KEY, WRONG):
        assert words not in owner.content()
        assert words not in stack.log("worker") + stack.log("web")
    assert stack.ledger == []


def add(page: Page, stack: Stack, *, key: str) -> None:
    page.get_by_role("link", name="Members").click()
    page.get_by_role("link", name="Accounts").click()
    page.get_by_role("link", name="Add account").click()
    page.get_by_label("Name", exact=True).fill("Main")
    expect(page.get_by_label("Access key", exact=True)).to_be_hidden()
    expect(page.get_by_label("Address", exact=True)).to_be_hidden()
    page.get_by_label("Where it is").select_option(label="Another address")
    page.get_by_label("Address", exact=True).fill("https://10.0.0.8")
    page.get_by_label("API key", exact=True).last.fill(key)
    page.get_by_role("button", name="Add account").click()
    expect(page.get_by_text("leads into a private network")).to_be_visible()
    expect(page.get_by_text("Type it again")).to_be_visible()
    nothing_axe_calls_wrong(page)
    page.get_by_label("Address", exact=True).fill(stack.simulator_address)
    page.get_by_label("API key", exact=True).last.fill(key)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Main")).to_be_visible()


def nothing_axe_calls_wrong(page: Page) -> None:
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]})
    assert found.violations_count == 0, found.generate_report()


def test_a_gateway_asks_only_for_what_it_takes(owner: Page) -> None:
    owner.get_by_role("link", name="Members").click()
    owner.get_by_role("link", name="Accounts").click()
    owner.get_by_role("link", name="Add account").click()
    pair = owner.get_by_text("Access key and secret key", exact=True)
    pair.click()
    expect(owner.get_by_label("Secret key", exact=True)).to_be_visible()
    owner.get_by_label("Kling", exact=True).focus()
    owner.keyboard.press("ArrowDown")
    expect(owner.get_by_label("PowerTokens", exact=True)).to_be_checked()
    expect(pair).to_be_hidden()
    expect(owner.get_by_label("Secret key", exact=True)).to_be_hidden()
    expect(owner.get_by_label("API key", exact=True).last).to_be_visible()
