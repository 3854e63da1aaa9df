"""Fifty people press Generate at once and three workers are let in at once: one order, one charge.

The real processes of both shapes; `tests/steps/test_rush.py` has the same within one process.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.crash.house import House, Simulator, wait_for
from tests.journeys.stack import GUNICORN
from tests.services.scene import Scene, at_once, dress, make_due, make_house, stored_once

CLICKS = 50
WORKERS = 3
ORDERED = tuple(f"order_{number}" for number in range(8))
ENDS_WITHIN = 90.0  # seconds, on a busy machine


@pytest.fixture(scope="module")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    kling = Simulator(tmp_path_factory.mktemp("kling"))
    kling.start(0.5)
    yield kling
    kling.stop()


@pytest.fixture(params=["embedded", pytest.param("on_services", marks=pytest.mark.services)])
def house(request: pytest.FixtureRequest, tmp_path: Path, simulator: Simulator) -> Iterator[House]:
    services = request.param == "on_services"
    own = request.getfixturevalue("services").fresh() if services else {}
    made = make_house(tmp_path / "house", simulator, **own)
    dress([made], tmp_path / "static")
    yield made
    made.end()


def test_fifty_clicks_and_three_workers_make_one_order(house: House) -> None:
    scene = Scene.set(house, approved=["clicked"], ordered=ORDERED, slots=20)
    workers = [house.worker_at_the_door() for _number in range(WORKERS)]
    _web(house)
    answers = _click(house, scene)
    assert answers == [302] * CLICKS
    assert _left(house) == _said(house, "generation.ordered") == len(ORDERED) + 1

    make_due(house, *ORDERED)
    for worker in workers:
        worker.let_in()
    wait_for(lambda: _left(house) == 0, house.log, ENDS_WITHIN)
    stored_once(house)
    assert set(_taken(house).values()) == {1}
    assert all(worker.process.poll() is None for worker in workers)


def _taken(house: House) -> dict[str, int]:
    """How many sendings of each order Kling answered as taken, or as taken before.

    Not how many were begun: a worker that is not let on in time sends nothing and starts again.
    """
    rows = house.rows(
        "select generation_id as name, count(*) as n from storyboard_call "
        "where verb = 'POST' and outcome in ('accepted', 'present') group by generation_id"
    )
    return {row["name"]: row["n"] for row in rows}


def _web(house: House) -> None:
    """The embedded server, or two processes behind one port, as each shape has it."""
    if "DATABASE_URL" not in house.services:
        house.web()
        return
    house.start(GUNICORN, "web", {"PORT": str(house.port), "WEB_PROCESSES": "2"})
    wait_for(lambda: httpx.get(f"{house.address}/healthz").status_code == 200, house.log)


def _click(house: House, scene: Scene) -> list[int]:
    """The answers to as many forms, all sent at one moment over connections of their own."""
    page = f"{house.address}/revisions/{scene.revisions['clicked']}/"
    cookies = {"session": scene.session}
    with httpx.Client(cookies=cookies, timeout=60) as browser:
        token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', browser.get(page).text)
        assert token, house.log()
        cookies = dict(browser.cookies)
    gate = threading.Barrier(CLICKS)

    def click() -> int:
        form = {"csrfmiddlewaretoken": token[1], "slot": "1"}
        with httpx.Client(cookies=cookies, timeout=60) as browser:
            gate.wait(60)
            return browser.post(f"{page}generate/", data=form).status_code

    return at_once([click] * CLICKS)


def _left(house: House) -> int:
    [row] = house.rows("select count(*) as n from storyboard_generation where ended_at is null")
    return int(row["n"])


def _said(house: House, verb: str) -> int:
    [row] = house.rows(f"select count(*) as n from storyboard_activity where verb = '{verb}'")
    return int(row["n"])
