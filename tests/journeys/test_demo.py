"""`manage.py demo` and `manage.py run` as a person starts them: real processes, real signals."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).resolve().parents[2]
FIRST_START_SECONDS = 150.0
SECOND_START_SECONDS = 20.0


class Start:
    """One `manage.py …` in the foreground, as in a terminal, with what it printed."""

    def __init__(self, *arguments: str, folder: Path, environment: Mapping[str, str]) -> None:
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        self.started = time.monotonic()
        self.lines: list[str] = []
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env={**kept, "VAR_DIR": str(folder), **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        threading.Thread(target=self._read, daemon=True).start()

    @property
    def printed(self) -> str:
        return "".join(self.lines)

    def address(self, *, within: float) -> str:
        """Where it says it is ready; fails after `within` seconds or when it ends."""
        deadline = self.started + within
        while time.monotonic() < deadline and self.process.poll() is None:
            found = re.search(r"^Greenlight is ready at (\S+)/$", self.printed, re.MULTILINE)
            if found:
                return found[1]
            time.sleep(0.1)
        pytest.fail(f"Not ready within {within:.0f} s:\n{self.printed}")

    def end(self, number: int) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout=15)

    def _read(self) -> None:
        assert self.process.stdout
        self.lines.extend(self.process.stdout)


@pytest.fixture
def starts() -> Iterator[list[Start]]:
    """Whatever a test has started is ended after it."""
    started: list[Start] = []
    yield started
    for start in started:
        start.process.kill()
        start.process.wait()


@pytest.mark.by_hand
def test_the_demo_starts_is_refused_twice_ends_and_goes_on(
    starts: list[Start], tmp_path: Path
) -> None:
    first = demo(starts, tmp_path)
    address = first.address(within=FIRST_START_SECONDS)
    assert httpx.get(f"{address}/healthz").status_code == 200
    for who in ("owner", "author", "reviewer", "stranger"):
        assert f"{who}@demo.example" in first.printed

    second = demo(starts, tmp_path)
    assert second.process.wait(timeout=30) == 2
    assert f"running here already (process {first.process.pid}, {address})" in second.printed
    reset = demo(starts, tmp_path, "--reset")
    assert reset.process.wait(timeout=30) == 2

    simulator = simulator_address(first)
    children = children_of(first.process.pid)
    assert len(children) == 3
    assert first.end(signal.SIGTERM) == 0
    assert [pid for pid in children if lives(pid)] == []
    assert "Stopped. Everything is kept" in first.printed

    again = demo(starts, tmp_path)
    again.address(within=SECOND_START_SECONDS)
    assert simulator_address(again) == simulator
    assert again.end(signal.SIGINT) == 0

    reset = demo(starts, tmp_path, "--reset")
    assert reset.process.wait(timeout=30) == 0
    assert not (tmp_path / "demo").exists()


def test_a_busy_port_is_refused_and_nothing_is_started(starts: list[Start], tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = str(busy.getsockname()[1])
        refused = demo(starts, tmp_path, PORT=port)
        assert refused.process.wait(timeout=30) == 2
    assert f"Port {port} is busy" in refused.printed


@pytest.mark.by_hand
def test_an_own_installation_starts_empty_and_says_how_to_go_on(
    starts: list[Start], tmp_path: Path
) -> None:
    own = Start("run", folder=tmp_path, environment={})
    starts.append(own)
    address = own.address(within=60)
    assert "create_team" in own.printed
    assert httpx.get(f"{address}/", follow_redirects=True).status_code == 200
    children = children_of(own.process.pid)
    own.process.kill()
    own.process.wait()
    time.sleep(0.5)
    assert [pid for pid in children if lives(pid)] == []


def demo(starts: list[Start], folder: Path, *options: str, **environment: str) -> Start:
    start = Start("demo", "--no-browser", *options, folder=folder, environment=environment)
    starts.append(start)
    return start


def simulator_address(start: Start) -> str:
    found = re.search(r"simulated at (\S+);", start.printed)
    assert found
    return found[1]


def children_of(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in listed.split()]


def lives(pid: int) -> bool:
    """False also for one that has ended and is not yet waited for."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
