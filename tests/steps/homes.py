"""Where films come home to in tests: what is made at Kling, and what is kept of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from storyboard.models import Generation
from storyboard.models.files import files
from tests.steps import kling
from tests.steps.film_host import FilmHost

Made = Callable[[], Generation]


def ready(row: Generation, host: FilmHost) -> tuple[int, object]:
    films = {"videos": [{"id": "v", "url": host.url, "duration": "2"}]}
    return kling.task({"external_task_id": row.external_task_id}, "succeed", task_result=films)


def stored(name: str) -> bytes:
    return b"".join(files().steps(name, 0, files().size(name)))


def all_stored(folder: str = "takes") -> list[str]:
    """Every file of the takes, in folders of two letters."""
    if not (inner := _listed(folder)):
        return []
    return [f"{folder}/{one}/{name}" for one in inner[0] for name in _listed(f"{folder}/{one}")[1]]


def _listed(folder: str) -> Any:
    try:
        return files().listdir(folder)
    except FileNotFoundError:
        return []
