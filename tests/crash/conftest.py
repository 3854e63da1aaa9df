"""Which deaths are died in this run, and the ground they start from."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.crash.ground import Ground
from tests.crash.house import Simulator


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """CRASH_SWEEP=all, as `make crash` says it: every one. Else those at the edges of money."""
    if os.environ.get("CRASH_SWEEP") == "all":
        return
    left_out = [item for item in items if item.get_closest_marker("by_hand")]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if not item.get_closest_marker("by_hand")]


@pytest.fixture(scope="session")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    """One ledger for all deaths."""
    kling = Simulator(tmp_path_factory.mktemp("simulator"))
    kling.start()
    yield kling
    kling.stop()


@pytest.fixture(scope="session")
def embedded(tmp_path_factory: pytest.TempPathFactory, simulator: Simulator) -> Ground:
    return Ground.lay(tmp_path_factory.mktemp("embedded"), simulator, None)


@pytest.fixture(scope="session")
def on_services(request: pytest.FixtureRequest, simulator: Simulator) -> Ground:
    folder = request.getfixturevalue("tmp_path_factory").mktemp("on_services")
    return Ground.lay(folder, simulator, request.getfixturevalue("services"))


@pytest.fixture(params=["embedded", pytest.param("on_services", marks=pytest.mark.services)])
def ground(request: pytest.FixtureRequest) -> Ground:
    laid: Ground = request.getfixturevalue(request.param)
    return laid
