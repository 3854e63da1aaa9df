"""A second process of the installation under measure: orders, and takes a worker's steps.

    python -m tests.bench.hands

Reads one JSON line per question and prints one JSON line per answer. Moments are on the clock that
the machine's processes share (time.monotonic).
"""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

from tests.bench import desk, seed  # first: they set up Django

# isort: split
from django.db import close_old_connections, connection, transaction
from django.utils import timezone

from storyboard.kling.simulator.judge import FAILING_WORD
from storyboard.models import Account, Generation, Note, Project, Role, Status, Take, User
from storyboard.models.files import files
from storyboard.models.statuses import LEASE_SECONDS
from storyboard.steps.fetch import fetch
from storyboard.steps.owner import me
from storyboard.steps.sweep import EVERY
from tests import builders

TEAM, OWNER, REVIEWER = "Skerry Films", "hands-owner", "hands-reviewer"
LOOK_EVERY = 0.01  # seconds between two looks into the database
PATIENCE = 60.0


def settle(address: str) -> dict[str, Any]:
    """A team whose Kling is at `address`; one page of it and a session to see it.

    `patience_s`: seconds until a lease of somebody dead ends and a sweep finds its row.
    """
    if not Project.objects.filter(team__name=TEAM).exists():
        owner = seed.person(OWNER)
        team, _project = seed.house(TEAM, owner)
        builders.join(team, Role.REVIEWER, seed.person(REVIEWER), by=owner)
    Account.objects.filter(team__name=TEAM).update(address=address, slots=20)
    account = Account.objects.get(team__name=TEAM)
    return {
        "session": seed.session(_person(OWNER)),
        "page": f"/projects/{Project.objects.get(team__name=TEAM, name=seed.FILM).key}/",
        "patience_s": account.scaled(LEASE_SECONDS).total_seconds() + EVERY,
    }


@transaction.atomic
def gather() -> dict[str, Any]:
    """Two hundred of the team, the takes they leave notes on, and what they have open meanwhile.

    `here` is one of those takes, `elsewhere` a revision of another project.
    """
    owner, reviewer = _person(OWNER), _person(REVIEWER)
    project = Project.objects.get(team__name=TEAM)
    takes = [_noted(project, f"Noted {number}") for number in range(seed.TAKES)]
    for number in range(seed.NOTES):
        words = f"Note {number}: hold this a little longer before the cut."
        Note.add(takes[number % seed.TAKES], words, at_ms=number * 350, by=reviewer)
    other = Project.start("Harbour Lights", team=project.team, by=owner)
    watched = builders.make_revision(builders.make_storyboard(other, by=owner), by=owner)
    return {
        "viewers": seed.crowd(project.team, owner),
        "takes": [f"/takes/{take.key}/" for take in takes],
        "here": _open_page(project, f"/takes/{takes[0].key}/"),
        "elsewhere": _open_page(other, f"/revisions/{watched.key}/"),
    }


def serial(page: dict[str, str]) -> int:
    """What a page of this kind shows when it is opened now; see `_open_page`."""
    return Project.objects.values_list("serial", flat=True).get(key=page["stream"].split("/")[-2])


def notes() -> int:
    """Kept so far."""
    return Note.objects.count()


@transaction.atomic
def order(count: int, *, fail: bool = False) -> list[int]:
    """So many queued orders, four to a storyboard, as pressing *Generate* leaves them.

    `fail`: Kling is to fail each in the end, so that no film is fetched.
    """
    more = f" {FAILING_WORD}" if fail else ""
    shots = [(prompt + more, seconds) for prompt, seconds in builders.TWO_SHOTS]
    owner, reviewer = _person(OWNER), _person(REVIEWER)
    project = Project.objects.get(team__name=TEAM, name=seed.FILM)
    made: list[int] = []
    for first in range(0, count, seed.TAKES):
        takes = min(seed.TAKES, count - first)
        name = f"Night {timezone.now():%H%M%S%f}"
        one = builders.make_storyboard(project, by=owner, name=name, shots=shots)
        revision = builders.make_revision(one, by=owner, takes=takes)
        revision = builders.approve(revision, by=reviewer)
        made += [builders.order(revision, by=owner).pk for _ in range(takes)]
    return made


@transaction.atomic
def finish(count: int, address: str) -> list[int]:
    """So many orders of which Kling says that the film is at `address`."""
    made = order(count)
    for row in Generation.objects.filter(pk__in=made):
        builders.bring_to(row, Status.FETCHING)
        Take.expect(row, output_id=f"film-{row.pk}", url=f"{address}/{row.pk}.mp4")
    return made


def bring_home(pks: list[int]) -> dict[str, float]:
    """Fetch these films at once, each as a worker's thread does.

    Milliseconds from the first beginning until all of them were committed as far as this: `kept`,
    the original; `poster`; `stored`, all of it. What did not come about is missing.
    """
    ready = Barrier(len(pks), timeout=PATIENCE)
    with ThreadPoolExecutor(len(pks)) as threads:
        told = list(threads.map(partial(_fetch, ready=ready), pks))
    since = min(each["since"] for each in told)
    names = set.intersection(*(set(each) for each in told)) - {"since"}
    return {name: (max(each[name] for each in told) - since) * 1000 for name in names}


def _fetch(pk: int, ready: Barrier) -> dict[str, float]:
    """The moment it began, and the first commit that had each of the three."""
    seen: dict[str, float] = {}

    def committed() -> None:
        now = time.monotonic()
        row = Take.objects.values_list("video", "poster", "stored_at").get(generation=pk)
        for name, value in zip(("kept", "poster", "stored"), row, strict=True):
            if value:
                seen.setdefault(name, now)

    def notice(execute: Any, sql: str, *rest: Any) -> Any:
        done = execute(sql, *rest)
        if sql.startswith("UPDATE") and Take._meta.db_table in sql:
            transaction.on_commit(committed)
        return done

    try:
        row = Generation.objects.select_related("account").get(pk=pk)
        assert row.claim(me()), row.key
        ready.wait()
        seen["since"] = time.monotonic()
        with connection.execute_wrapper(notice):
            fetch(row)
        return seen
    finally:
        close_old_connections()


def forget(pks: list[int]) -> int:
    """Remove the films of these: a measurement is not to fill the disk."""
    names = list(Take.objects.filter(generation__in=pks).values_list("video", flat=True))
    for name in names:
        files().delete(name)
    return len(names)


def standing(pks: list[int]) -> dict[str, str]:
    """The status of each."""
    return {str(pk): status for pk, status in _statuses(pks)}


def progress(before: dict[str, str], patience: float, most: int | None = None) -> dict[str, float]:
    """When the first of these had another status than before, and when the last of them had.

    `most` 1 does not wait for the last.
    """
    seen: dict[str, float] = {}
    end = time.monotonic() + patience
    while len(seen) < (most or 2) and time.monotonic() < end:
        moved = [before[str(pk)] != status for pk, status in _statuses([int(pk) for pk in before])]
        now = time.monotonic()
        if any(moved):
            seen.setdefault("first", now)
        if all(moved):
            seen["last"] = now
        time.sleep(LOOK_EVERY)
    return seen


def drain(pks: list[int], patience: float) -> dict[str, str]:
    """The name each has at Kling and how it ended; where it stands if it did not."""
    end = time.monotonic() + patience
    rows = Generation.objects.filter(pk__in=pks)
    while rows.filter(ended_at=None).exists() and time.monotonic() < end:
        time.sleep(0.1)
    return dict(rows.values_list("external_task_id", "status"))


def _noted(project: Project, name: str) -> Take:
    """The take of a storyboard of its own, so that no other take's notes are carried to it."""
    owner, reviewer = _person(OWNER), _person(REVIEWER)
    board = builders.make_storyboard(project, by=owner, shots=seed.SIX_SHOTS, name=name)
    revision = builders.approve(builders.make_revision(board, by=owner), by=reviewer)
    return builders.make_take(revision, by=owner)


def _open_page(project: Project, path: str) -> dict[str, str]:
    """What an open page listens to, and what it asks for on news."""
    return {"stream": f"/live/projects/{project.key}/", "pulse": f"{path}pulse/"}


def _person(name: str) -> User:
    return User.objects.get(email=f"{name}@bench.example")


def _statuses(pks: list[int]) -> list[tuple[int, str]]:
    return list(Generation.objects.filter(pk__in=pks).values_list("pk", "status"))


VERBS = {
    "settle": settle,
    "gather": gather,
    "serial": serial,
    "notes": notes,
    "order": order,
    "finish": finish,
    "bring_home": bring_home,
    "forget": forget,
    "standing": standing,
    "progress": progress,
    "drain": drain,
}


if __name__ == "__main__":
    desk.answer(VERBS)
