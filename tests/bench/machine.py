"""What the machine is like: its load, its disk, what other people take from it (RELIABILITY D7)."""

from __future__ import annotations

import os
import platform
import sqlite3
import subprocess
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

CALM = 1.0  # load average under which nobody else is at work
MOST_DRIFT = 0.15  # of the spin's time between before and after
_TICK_MS = 1000 / os.sysconf("SC_CLK_TCK")
_PACKAGES = ("Django", "uvicorn", "gunicorn", "psycopg", "celery", "redis")


@dataclass(frozen=True)
class State:
    """The machine at one moment; times in milliseconds, steal in seconds since it began."""

    load: float
    steal: float
    fdatasync_p50: float
    spin: float


def look(folder: Path) -> State:
    return State(os.getloadavg()[0], _steal(), _fdatasync(folder), _spin())


def wait_for_calm(seconds: float) -> bool:
    """Wait until nobody else is at work, no longer than this; whether that came."""
    end = time.monotonic() + seconds
    while os.getloadavg()[0] >= CALM and time.monotonic() < end:
        time.sleep(1)
    return os.getloadavg()[0] < CALM


def noise(before: State, after: State, *, calm: bool) -> list[str]:
    """Why the figures between these two looks are to be doubted, in words."""
    found = [] if calm else ["others were at work before"]
    drift = abs(after.spin - before.spin) / before.spin
    if drift > MOST_DRIFT:
        found.append(f"the same sum took {drift:.0%} more or less time afterwards")
    return found


def describe(before: State, after: State) -> dict[str, Any]:
    return {"before": _rounded(before), "after": _rounded(after)}


def versions(root: Path) -> dict[str, str]:
    """Commit and versions, for whoever reads the figures later."""
    said = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=root, capture_output=True, text=True,
        check=False,
    )  # fmt: skip
    return {
        "commit": said.stdout.strip() or "unknown",
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        **{name: version(name) for name in _PACKAGES},
    }


def cpu_ms(sessions: Iterable[int]) -> float:
    """CPU time of all processes of these sessions so far, by the kernel's own account."""
    wanted = set(sessions)
    total = 0.0
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal():
            continue
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:  # it ended while we looked
            continue
        if int(fields[3]) in wanted:
            total += (int(fields[11]) + int(fields[12])) * _TICK_MS
    return total


def _rounded(state: State) -> dict[str, float]:
    return {name: round(value, 3) for name, value in asdict(state).items()}


def _steal() -> float:
    """Seconds that other guests of the same host took from us."""
    fields = Path("/proc/stat").read_text().splitlines()[0].split()
    return int(fields[8]) * _TICK_MS / 1000


def _fdatasync(folder: Path) -> float:
    """How long this disk takes to make 4 KB durable."""
    path = folder / "fdatasync"
    times = []
    with path.open("wb", buffering=0) as file:
        for _ in range(30):
            file.write(b"x" * 4096)
            start = time.perf_counter()
            os.fdatasync(file.fileno())
            times.append((time.perf_counter() - start) * 1000)
    path.unlink()
    return median(times)


def _spin() -> float:
    """How long this processor takes for one fixed sum, the best of five."""
    times = []
    for _ in range(5):
        start = time.perf_counter()
        sum(number * number for number in range(300_000))
        times.append((time.perf_counter() - start) * 1000)
    return min(times)
