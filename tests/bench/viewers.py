"""P4: from what a callback causes to the last of two hundred open pages."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import Any

from tests.bench.figures import Condition, Figure, Round
from tests.bench.protocol import Timing
from tests.bench.stacks import ROOT, Desk, Place

GOAL = 1.5


class Audience:
    """The watching process: `tests.bench.watchers`."""

    def __init__(
        self, port: int, sessions: list[str], *, stream: str, pulse: str, after: int = 0
    ) -> None:
        self._child = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.watchers"],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        told = self.ask(
            "open", port=port, sessions=sessions, stream=stream, pulse=pulse, after=after
        )
        self.opened: int = told["open"]

    def ask(self, verb: str, **about: Any) -> dict[str, Any]:
        assert self._child.stdin
        assert self._child.stdout
        self._child.stdin.write(json.dumps({"verb": verb, **about}) + "\n")
        self._child.stdin.flush()
        told: dict[str, Any] = json.loads(self._child.stdout.readline())
        return told

    def close(self) -> None:
        assert self._child.stdin
        self._child.stdin.close()
        self._child.wait(20)


def measure(place: Place, desk: Desk, timing: Timing) -> Figure:
    """Milliseconds to the last viewer: of an event, and of the same fragment asked at once."""
    waiting = place.awaited
    seed = place.seed
    audience = Audience(
        place.port, seed["viewers"],
        stream=f"/live/projects/{seed['project']}/", pulse=f"{seed['watched']}pulse/",
    )  # fmt: skip
    try:
        heard = _event(place, desk, audience, next(waiting))  # warms both ways
        missed, twice = heard["missed"], heard["twice"]
        audience.ask("fetch")
        rounds, middle = [], []
        for _ in range(timing.rounds):
            bare = audience.ask("fetch")
            time.sleep(0.3)
            heard = _event(place, desk, audience, next(waiting))
            rounds.append(Round(heard["last_ms"], bare["last_ms"]))
            middle.append(round(heard["median_ms"], 1))
            missed, twice = missed + heard["missed"], twice + heard["twice"]
            time.sleep(0.3)
        over = _across_a_restart(place, desk, audience, [next(waiting) for _ in range(2)])
    finally:
        audience.close()
    return Figure(
        "P4", place.name, f"News on {len(place.seed['viewers'])} open pages, the last of them",
        "ms", rounds, GOAL,
        conditions=[
            Condition("pages that missed an event", missed, 0),
            Condition("pages that missed one across a restart", over["missed"], 0),
        ],
        details={"median_viewer_ms": middle, "signals_heard_twice": twice,
                 "caught_up_after_restart_ms": round(over["last_ms"])},
    )  # fmt: skip


def _event(place: Place, desk: Desk, audience: Audience, generation: int) -> dict[str, Any]:
    told = desk.ask("news", generation=generation, project=place.seed["project"])
    return audience.ask("await", **told)


def _across_a_restart(
    place: Place, desk: Desk, audience: Audience, generations: list[int]
) -> dict[str, Any]:
    """News while the processes are away and news right after: everybody has both in the end."""
    audience.ask("forgive")  # connections end now, and are made again
    first = desk.ask("news", generation=generations[0], project=place.seed["project"])
    place.restart()
    told = desk.ask("news", generation=generations[1], project=place.seed["project"])
    return audience.ask("await", since=first["since"], serial=told["serial"])
