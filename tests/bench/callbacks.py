"""P3: a burst of Kling's callbacks beside bare durable inserts, and whether one was lost."""

from __future__ import annotations

import json
from itertools import count, islice
from statistics import median

from tests.bench.figures import Condition, Figure, Round
from tests.bench.load import Heard, Load, post
from tests.bench.protocol import Timing
from tests.bench.stacks import Desk, Place

GOAL = 0.5  # of the floor's rate
MOST_P99 = 5.0  # times the floor's
A_SECOND = 1500  # more than any of the stacks takes, so that no body comes twice
PAD = "x" * 380  # a body of Kling's is about this long

_numbers = count()


def measure(place: Place, desk: Desk, load: Load, timing: Timing) -> Figure:
    """Answers a second, ours and the floor in alternation; each callback is a new one."""
    floor = [post("/floor/knock/", _body(0))]
    stored_before = desk.ask("receipts")
    said = _burst(place, load, timing.warm).statuses.get(200, 0)
    load.ask(place.port, floor, seconds=timing.warm)
    rounds, p99, floor_p99 = [], [], []
    for _ in range(timing.rounds):
        bare = load.ask(place.port, floor, seconds=timing.slot)
        heard = _burst(place, load, timing.slot)
        said += heard.statuses.get(200, 0)
        assert set(heard.statuses) == set(bare.statuses) == {200}, (heard, bare)
        rounds.append(Round(heard.rate, bare.rate))
        p99.append(heard.percentile(0.99))
        floor_p99.append(bare.percentile(0.99))
    times = [ours / bare for ours, bare in zip(p99, floor_p99, strict=True)]
    return Figure(
        "P3", place.name, "A burst of callbacks, each stored for good", "a second", rounds, GOAL,
        better="higher",
        conditions=[
            Condition("p99, times the floor's", round(median(times), 2), MOST_P99),
            Condition("callbacks lost", said - (desk.ask("receipts") - stored_before), 0),
        ],
        details={
            "p99_ms": [round(each, 1) for each in p99],
            "floor_p99_ms": [round(each, 1) for each in floor_p99],
            "callbacks": said,
        },
    )  # fmt: skip


def _burst(place: Place, load: Load, seconds: float) -> Heard:
    """Callbacks for all generations in turn, no body twice."""
    tokens = place.seed["tokens"]
    wanted = islice(_numbers, int(seconds * A_SECOND))
    requests = [
        post(f"/callbacks/kling/{tokens[number % len(tokens)]}/", _body(number))
        for number in wanted
    ]
    return load.ask(place.port, requests, seconds=seconds)


def _body(number: int) -> str:
    told = {"task_id": f"bench-{number}", "task_status": "processing", "task_info": {"pad": PAD}}
    return json.dumps(told)
