"""The broker is dead from start to end, in each way it can be: orders become takes all the same."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash.house import Child, House, Simulator, wait_for
from tests.services.postgres import Postgres
from tests.services.process import free_port, silent_port
from tests.services.scene import Scene, at_once, dress, make_house, stored_once
from tests.services.shared import TEMPLATE

ENDS_WITHIN = 90.0  # seconds, on a busy machine
PRESSED_WITHIN = 15.0  # a bell that is never answered is given up after about six


@pytest.fixture
def simulator(tmp_path: Path) -> Iterator[Simulator]:
    kling = Simulator(tmp_path)
    kling.start()
    yield kling
    kling.stop()


@pytest.fixture
def houses(tmp_path: Path, simulator: Simulator, postgres: Postgres) -> Iterator[list[House]]:
    """SQLite with a broker folder nobody can write, and with a Redis that accepts and never says a
    word; PostgreSQL with a Redis that was never started."""
    with silent_port() as silent:
        unusable = make_house(tmp_path / "unusable", simulator)
        shutil.rmtree(unusable.folder / "var" / "broker", ignore_errors=True)
        (unusable.folder / "var" / "broker").touch()
        nobody = free_port()
        mute = make_house(tmp_path / "mute", simulator, BROKER_URL=redis_at(silent))
        absent = make_house(
            tmp_path / "absent",
            simulator,
            DATABASE_URL=postgres.make_database("without_a_broker", like=TEMPLATE),
            BROKER_URL=redis_at(nobody),
            CACHE_URL=redis_at(nobody, 1),
        )
        made = [unusable, mute, absent]
        dress(made, tmp_path / "static")
        yield made
        at_once([house.end for house in made])


@pytest.mark.by_hand
def test_an_approved_order_becomes_a_stored_take(houses: list[House]) -> None:
    workers = at_once([lambda house=house: _order(house) for house in houses])
    for house, worker in zip(houses, workers, strict=True):
        wait_for(lambda house=house: _is_over(house), house.log, ENDS_WITHIN)
        assert worker.process.poll() is None, house.log()
        assert "The doorbell is broken" in house.log()
        stored_once(house)


def redis_at(port: int, database: int = 0) -> str:
    return f"redis://127.0.0.1:{port}/{database}"


def _order(house: House) -> Child:
    """Press Generate as a person does, with a worker running; that worker."""
    scene = Scene.set(house, approved=["bell"])
    worker = house.worker()
    house.web()
    began = time.monotonic()
    assert house.press_generate(scene.revisions["bell"], scene.session) == 302, house.log()
    assert time.monotonic() - began < PRESSED_WITHIN
    return worker


def _is_over(house: House) -> bool:
    rows = house.rows("select ended_at from storyboard_generation")
    return [row["ended_at"] is not None for row in rows] == [True]
