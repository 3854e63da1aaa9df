"""Inside the installation under measure: makes news, counts what was stored, counts queries.

    python -m tests.bench.desk

Reads one JSON line per question and prints one JSON line per answer.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

import kling_web  # noqa: F401  (puts the newer SQLite in place before Django loads)

# isort: split
import django
from django.conf import settings
from django.db import connection
from django.test import Client

django.setup()

from storyboard.models import Generation, Project, Receipt, Status  # noqa: E402
from tests import builders  # noqa: E402


def news(generation: int, project: str) -> dict[str, Any]:
    """What a callback finally causes: the worker writes that Kling has made the film.

    `since` is the moment before that transaction begins, on the clock of all processes.
    """
    row = Generation.objects.get(pk=generation)
    row.claim(builders.WORKER)
    since = time.monotonic()
    row.move(Status.FETCHING)
    return {"since": since, "serial": serial(project)}


def serial(project: str) -> int:
    return Project.objects.values_list("serial", flat=True).get(key=project)


def receipts() -> int:
    """Callbacks stored so far."""
    return Receipt.objects.count()


def queries(path: str, session: str) -> int:
    """How many times this page asks the database, session and person included."""
    asked: list[str] = []

    def count(execute: Any, sql: str, *rest: Any) -> Any:
        asked.append(sql)
        return execute(sql, *rest)

    browser = Client(headers={"host": "127.0.0.1"})
    browser.cookies[settings.SESSION_COOKIE_NAME] = session
    browser.get(path)  # what is compiled or kept once a process
    with connection.execute_wrapper(count):
        answer = browser.get(path)
    assert answer.status_code == 200, path
    return len(asked)


VERBS = {"news": news, "receipts": receipts, "queries": queries}


def answer(verbs: Mapping[str, Callable[..., Any]]) -> None:
    """Do what is asked, line by line, until nobody asks any more."""
    for line in sys.stdin:
        about = json.loads(line)
        print(json.dumps(verbs[about.pop("verb")](**about)), flush=True)


if __name__ == "__main__":
    answer(VERBS)
