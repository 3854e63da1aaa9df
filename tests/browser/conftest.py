"""The demo as a person starts it, and a browser in front of it."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browsing import launch_arguments
from tests.journeys.stack import ROOT, free_port
from tests.prepared import once

READY = 170.0  # seconds: the promise of the first start
PASSWORD = "lighthouse-9-steps"


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    return launch_arguments()


@pytest.fixture(autouse=True)
def _every_window_is_closed(browser: Browser) -> Iterator[None]:
    """One left open goes on asking and drawing beside all later tests."""
    yield
    for context in browser.contexts:
        context.close()


@dataclass
class Demo:
    """`manage.py demo`, ready."""

    address: str
    process: subprocess.Popen[str]
    printed: list[str]
    cookies: dict[str, Any] = field(default_factory=dict)

    def open(self, browser: Browser, who: str, **context: Any) -> Page:
        """A window in which this person of the demo has signed in (once a session)."""
        context.setdefault("viewport", {"width": 1440, "height": 900})
        if who not in self.cookies:
            self.cookies[who] = self._sign_in(browser, who)
        page = browser.new_context(storage_state=self.cookies[who], **context).new_page()
        page.set_default_timeout(20_000)
        expect.set_options(timeout=20_000)
        page.goto(self.address)
        return page

    def _sign_in(self, browser: Browser, who: str) -> Any:
        page = browser.new_page()
        page.goto(self.address)
        page.get_by_label("Email").fill(f"{who}@demo.example")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("button", name="Sign out")).to_be_visible()
        cookies = page.context.storage_state()
        page.close()
        return cookies

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(30)


def start_demo(folder: Path) -> Demo:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "manage.py", "demo", "--no-browser", "--seconds-per-task", "3"],
        cwd=ROOT,
        env={**os.environ, "VAR_DIR": str(folder), "PORT": str(port)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    printed: list[str] = []
    ready = threading.Event()

    def read() -> None:
        assert process.stdout is not None
        for line in process.stdout:
            printed.append(line)
            if line.startswith("  Stop:"):
                ready.set()
        ready.set()

    threading.Thread(target=read, daemon=True).start()
    assert ready.wait(READY), "".join(printed)
    assert process.poll() is None, "".join(printed)
    return Demo(f"http://127.0.0.1:{port}", process, printed)


def make_demo(folder: Path) -> None:
    """The demo's data as its first start leaves it."""
    assert start_demo(folder).stop() == 0


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    folder = tmp_path_factory.mktemp("demo")
    shutil.copytree(once("demo", make_demo), folder, dirs_exist_ok=True)
    # Its own, for the demos of other workers begin as the same copy.
    (folder / "demo" / "simulator-port").unlink()
    running = start_demo(folder)
    try:
        yield running
    finally:
        running.stop()


def project_of(page: Page) -> str:
    """The address of the demo's project."""
    page.get_by_role("link", name=re.compile("The Lighthouse Keeper")).last.click()
    expect(page.get_by_role("heading", name="The Lighthouse Keeper")).to_be_visible()
    return page.url
