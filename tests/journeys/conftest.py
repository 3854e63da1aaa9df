"""Real processes, a real browser, nothing patched."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.browsing import launch_arguments
from tests.journeys.stack import ServicesStack, Stack

MakeStack = Callable[..., Stack]

_FAILED = pytest.StashKey[bool]()


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    return launch_arguments()


@pytest.fixture
def make_stack(request: pytest.FixtureRequest, tmp_path: Path) -> MakeStack:
    """`make_stack("embedded" or "services", callbacks=…)` → an installation, not started."""

    def make(shape: str, **options: Any) -> Stack:
        if shape == "embedded":
            return Stack(tmp_path, **options)
        return ServicesStack(tmp_path, services=request.getfixturevalue("services"), **options)

    return make


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Leaves the result on the item, for the picture below."""
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    if report.when == "call":
        item.stash[_FAILED] = report.failed


@pytest.fixture(autouse=True)
def _picture_of_a_failure(
    request: pytest.FixtureRequest, browser: Browser, tmp_path: Path
) -> Iterator[None]:
    """Every open page, kept in the test's own folder and named in the output, when it fails."""
    yield
    if request.node.stash.get(_FAILED, False):
        for number, context in enumerate(browser.contexts):
            for page in context.pages:
                target = tmp_path / f"window-{number}.png"
                page.screenshot(path=target)
                print(f"{target}: {page.url} ({page.title()})")
    for context in browser.contexts:
        context.close()
