"""A worker loaded and waiting for one line on its standard input before it begins.

    python -m tests.crash.at_the_door worker …

Starting takes longer than the rest of a test; this way it happens beside another worker's life.
"""

from __future__ import annotations

import sys

import django

from kling_web.celery import app

if __name__ == "__main__":
    django.setup()
    app.loader.import_default_modules()
    sys.stdin.readline()
    app.worker_main(sys.argv[1:])
