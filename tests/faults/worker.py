"""A worker like the product's, but for how it orders where FAULTS_STRATEGY says so.

    FAULTS_STRATEGY=blind-retry python -m tests.faults.worker worker -P threads --concurrency 2

The strategies are those of `tests.faults.naive`; without the variable it is the product's own.
"""

from __future__ import annotations

import os
import sys

import django
from django.utils.module_loading import import_string

from kling_web.celery import app

STRATEGY = "FAULTS_STRATEGY"
STRATEGIES = ("post-then-save", "blind-retry", "ask-once")


def use_strategy() -> None:
    """Do as the environment says; the product's models must be loaded. Exits for a strange name."""
    strategy = os.environ.get(STRATEGY, "")
    if not strategy:
        return
    if strategy not in STRATEGIES:
        raise SystemExit(f"{STRATEGY} is one of {', '.join(STRATEGIES)}, not {strategy}")
    # By name: this module is imported before Django's models may be.
    import_string("tests.faults.naive.use")(strategy)


def main(arguments: list[str]) -> None:
    """A worker that ends as the product's does."""
    django.setup()
    app.loader.import_default_modules()
    use_strategy()
    app.worker_main(arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
