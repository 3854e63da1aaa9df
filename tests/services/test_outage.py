"""Kling is away for half an hour, and nothing is lost, paid twice, or kept from people.

Half an hour of the machine's time goes by in fewer than twenty seconds: the worker that meets the
outage runs at TIME_SCALE 20, the one that is started in the middle at 150. The third, at 40 as
everywhere in these tests, is there when Kling comes back, because a lease of 0.6 s is shorter than
some steps take.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.crash.house import Child, House, Simulator, wait_for
from tests.services.scene import (
    Scene,
    at_once,
    dress,
    make_due,
    make_house,
    posts,
    statuses,
    stored_once,
)
from tests.services.shared import Services

HOUR = 3600.0  # what a film takes: longer than the outage, until the clock is put forward
# What Kling does to which order, until it is killed.
FAULTS: list[dict[str, str]] = [
    {"name": "slow-body", "value": "0.5", "endpoint": "result", "prefix": "fetching-"},
    {"name": "hang-after", "endpoint": "create", "prefix": "unclear-"},
    {"name": "error-before", "value": "5002", "endpoint": "query", "prefix": "unclear-"},
    {"name": "hang-before", "endpoint": "create", "prefix": "sending-"},
]
# Three have room at Kling at once, films on their way here not counted: the last two wait.
ORDERS = ("fetching", "running", "unclear", "sending", "queued", "late")
SEEN = {
    "fetching": "fetching",
    "running": "running",
    "unclear": "uncertain",
    "sending": "submitting",
    "queued": "queued",
}
BEFORE, DURING, AFTER = "20", "150", "40"  # TIME_SCALE of the three workers
SECONDS = 12.0  # of the outage that the second worker lives through: 1,800 s of the machine's time
ENDS_WITHIN = 90.0  # seconds, on a busy machine


@pytest.fixture
def simulator(tmp_path: Path) -> Iterator[Simulator]:
    kling = Simulator(tmp_path)
    kling.start(HOUR)
    yield kling
    kling.stop()


@pytest.fixture
def houses(tmp_path: Path, simulator: Simulator, services: Services) -> Iterator[list[House]]:
    """SQLite with a broker of files, PostgreSQL with Redis; both live through the same outage."""
    made = [
        make_house(tmp_path / "embedded", simulator),
        make_house(tmp_path / "on_services", simulator, **services.fresh()),
    ]
    dress(made, tmp_path / "static")
    yield made
    at_once([house.end for house in made])


@pytest.mark.by_hand
def test_half_an_hour_without_kling(houses: list[House], simulator: Simulator) -> None:
    scenes = at_once([lambda h=house: Scene.set(h, ordered=ORDERS, slots=3) for house in houses])
    workers = [[_worker(house, scale) for house in houses] for scale in (BEFORE, DURING, AFTER)]
    at_once([house.web for house in houses])
    _let_in(workers[0])
    _bring_everywhere(houses, simulator)

    simulator.stop()
    for house in houses:
        wait_for(lambda h=house: _account(h)["unreachable_since"] is not None, house.log)
        assert _account(house)["failures"] >= 5
        make_due(house, "late")
    _end(workers[0])
    _let_in(workers[1])
    time.sleep(SECONDS / 2)
    for house, scene in zip(houses, scenes, strict=True):
        _people_read_that_nothing_is_lost(house, scene)
    time.sleep(SECONDS / 2)
    _end(workers[1])
    for house in houses:
        assert statuses(house) == {**SEEN, "sending": "uncertain", "late": "queued"}
        assert posts(house) == dict.fromkeys(("fetching", "running", "unclear", "sending"), 1)

    _let_in(workers[2])
    simulator.start(0.5)
    _tell(simulator, "_clock", {"advance_seconds": HOUR})
    for house in houses:
        wait_for(lambda h=house: set(statuses(h).values()) == {"stored"}, house.log, ENDS_WITHIN)
        stored_once(house)
        # What Kling never had is sent once more, after Kling said so twice.
        assert posts(house) == {name: 2 if name == "sending" else 1 for name in ORDERS}
        assert _account(house) == {"failures": 0, "unreachable_since": None, "tripped_at": None}


def _bring_everywhere(houses: list[House], simulator: Simulator) -> None:
    """One order in each status that waits for Kling, at the same moment."""
    _tell(simulator, "_faults", {"set": FAULTS})
    _all_become(houses, fetching="running")
    _tell(simulator, "_clock", {"advance_seconds": HOUR})
    _all_become(houses, fetching="fetching", running="running", unclear="uncertain")
    _all_become(houses, sending="submitting", queued="queued")
    for house in houses:
        assert statuses(house) == {**SEEN, "late": "queued"}


def _all_become(houses: list[House], **wanted: str) -> None:
    """Let these orders go, and wait until each stands where it is wanted in every house."""
    for house in houses:
        make_due(house, *wanted)
    wait_for(
        lambda: all(wanted.items() <= statuses(house).items() for house in houses),
        lambda: "\n".join(f"{statuses(house)}\n{house.log()[-2500:]}" for house in houses),
    )


def _people_read_that_nothing_is_lost(house: House, scene: Scene) -> None:
    with httpx.Client(cookies={"session": scene.session}, timeout=20) as browser:
        for name in ("running", "sending", "late"):
            page = browser.get(f"{house.address}/revisions/{scene.revisions[name]}/")
            assert page.status_code == 200
            words = re.sub(r"<[^>]+>|\s+", " ", page.text)
            assert re.search(r"has not answered|cannot be reached", words), words
            assert re.search(r"nothing is lost", words, re.IGNORECASE), words
            assert re.search(r"since .{0,40}\d\d:\d\d", words), words


def _account(house: House) -> dict[str, Any]:
    [row] = house.rows("select failures, unreachable_since, tripped_at from storyboard_account")
    return row


def _worker(house: House, scale: str) -> Child:
    """Loaded and waiting, to begin the moment another ends."""
    return house.worker_at_the_door(TIME_SCALE=scale)


def _let_in(workers: list[Child]) -> None:
    for worker in workers:
        worker.let_in()


def _end(workers: list[Child]) -> None:
    for worker in workers:
        worker.kill()


def _tell(simulator: Simulator, page: str, words: dict[str, Any]) -> None:
    httpx.post(f"{simulator.address}/{page}", json=words).raise_for_status()
