"""The ground that deaths start from."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.crash.ground import Ground
from tests.crash.house import Simulator


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
