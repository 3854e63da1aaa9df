"""A simulator on a free port, asked over real HTTP."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from storyboard.kling.simulator.desk import Options
from storyboard.kling.simulator.server import Server
from tests.kling.simulator.builders import Asker
from tests.kling.simulator.listener import Listener

Start = Callable[..., Asker]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start simulators; keyword arguments are Options, `key` is what the asker sends."""
    askers: list[Asker] = []

    def begin(*, key: str = "alice-key", **options: Any) -> Asker:
        chosen = {"state": tmp_path / "state", "seconds_per_task": 0.0, "render": "small"}
        server = Server(Options(**{**chosen, **options}), 0)
        server.start()
        askers.append(Asker(server, key))
        return askers[-1]

    yield begin
    for asker in askers:
        asker.http.close()
        asker.server.stop()


@pytest.fixture
def asker(start: Start) -> Asker:
    """An open simulator whose tasks succeed at the first query."""
    return start()


@pytest.fixture
def listener() -> Iterator[Listener]:
    """Somebody to call back, on a free port."""
    server = Listener()
    yield server
    server.shutdown()
    server.server_close()
