"""Start an installation with every state in it, photograph it, say what is wrong.

    make screens                                     all of it into var/screens/
    .venv/bin/python -m tests.screens --only draft   the screens whose name has the word

Ends with 0 when nothing was found: no sideways scrolling, no error or broken content policy in the
browser's log, no last control hidden under a fixed bar, nothing of what axe looks for in the
states of the editor.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.browsing import launch_arguments
from tests.journeys.stack import ROOT, Stack
from tests.screens.camera import Camera, ways_of
from tests.screens.plan import IN_EVERY_WAY, SCREENS
from tests.screens.screen import SIZES, WAYS, Screen, Size
from tests.screens.sheet import write_sheet

TARGET = ROOT / "var" / "screens"


def main(arguments: Sequence[str]) -> int:
    options = read(arguments)
    screens = [screen for screen in SCREENS if options.only in screen.name]
    folder = Path(options.into)
    if not (options.only or options.size or options.way is not None):
        shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    with installation(options.data) as (stack, places), sync_playwright() as playwright:
        browser = playwright.chromium.launch(**launch_arguments())
        camera = Camera(browser, stack.address, places, folder)
        for size in (one for one in SIZES if options.size in one.name):
            shoot(camera, screens, size, options.way)
        browser.close()
    sheet = write_sheet(folder, camera.pictures, camera.faults)
    for fault in camera.faults:
        print(f"- {fault}")
    print(f"{len(camera.pictures)} pictures, {len(camera.faults)} faults: {sheet}")
    return 1 if camera.faults else 0


def read(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make screens", description=__doc__)
    parser.add_argument("--only", default="", help="screens whose name has this word")
    parser.add_argument("--size", default="", help="desk, tablet, phone or zoom")
    parser.add_argument("--way", default=None, choices=list(WAYS), help="one way of the browser")
    parser.add_argument("--into", default=str(TARGET), help="folder of the pictures")
    parser.add_argument("--data", help="folder of an installation to keep and to use again")
    return parser.parse_args(arguments)


def shoot(camera: Camera, screens: Sequence[Screen], size: Size, only: str | None) -> None:
    for way in WAYS if only is None else [only]:
        chosen = [
            screen
            for screen in screens
            if size.shows(screen) and way in ways_of(screen, IN_EVERY_WAY)
        ]
        camera.shoot(chosen, size, way)
        print(f"{size.name} {way or 'plain'}: {len(chosen)} screens", flush=True)


@contextmanager
def installation(kept: str | None) -> Iterator[tuple[Stack, dict[str, str]]]:
    """A web process over seeded data; no worker, so that every state stays as it is."""
    with tempfile.TemporaryDirectory(prefix="greenlight-screens-") as scratch:
        folder = Path(kept or scratch)
        folder.mkdir(parents=True, exist_ok=True)
        stack = Stack(folder, callbacks=False, extra={"TIME_SCALE": "1"})
        stack.manage("migrate", "--verbosity", "0")
        stack.manage("collectstatic", "--no-input", "--verbosity", "0")
        places = seeded(stack, folder / "places.json")
        try:
            stack.start_web()
            yield stack, places
        finally:
            for name in list(stack.children):
                stack.kill(name)


def seeded(stack: Stack, noted: Path) -> dict[str, str]:
    """Where each state is; made on the first run over this folder."""
    if not noted.exists():
        command = [sys.executable, "-m", "tests.screens.seed", stack.simulator_address]
        environment = {**stack.environment, "DJANGO_SETTINGS_MODULE": "kling_web.settings"}
        done = subprocess.run(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True
        )
        noted.write_text(done.stdout)
    places: dict[str, str] = json.loads(noted.read_text())
    return places


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
