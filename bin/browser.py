"""Where this machine keeps Chromium; CHROMIUM names another one."""

from __future__ import annotations

import os
import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome")


def has_browser() -> bool:
    named = os.environ.get("CHROMIUM")
    return bool(shutil.which(named)) if named else any(map(shutil.which, NAMES))
