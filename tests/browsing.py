"""Chromium for the tests that look at pages."""

from __future__ import annotations

import os
import shutil
from typing import Any

import pytest
from playwright.sync_api import Locator

_NAMES = ("chromium", "chromium-browser", "google-chrome")
# Without these, Chromium asks hosts of its own that no test machine lets it reach.
_QUIET = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-sync",
    "--no-first-run",
    "--no-sandbox",
]


def launch_arguments() -> dict[str, Any]:
    """How Playwright starts this machine's own Chromium; a missing one is a failure."""
    named = os.environ.get("CHROMIUM")
    found = shutil.which(named) if named else next(filter(None, map(shutil.which, _NAMES)), None)
    if found is None:
        pytest.fail("Chromium is missing: apt-get install chromium", pytrace=False)
    return {"executable_path": found, "args": _QUIET}


def written(card: Locator) -> Locator:
    """The form's own field of a shot's prompt: raw, and out of sight behind the box of words."""
    return card.locator("textarea[name=prompt]")


def prompt_box(card: Locator) -> Locator:
    """The box people write a shot's prompt in; it is there once its module runs."""
    return card.locator("[contenteditable]")
