"""P1s: from the post of a prompt to the answer that it is saved, beside a bare durable write."""

from __future__ import annotations

from statistics import median

import httpx

from tests.bench.figures import Condition, Figure, Round
from tests.bench.load import Load, form
from tests.bench.machine import cpu_ms
from tests.bench.protocol import Timing
from tests.bench.stacks import Place

MOST_P95_MS = 100.0  # as for opening the page; the ratio itself is for information
PACE = 1.0  # seconds after which each of eight people saves again
PEOPLE = 8
# What the prompt becomes, one after the other and again.
TEXTS = [f"Shot 1: the keeper climbs the tower, lamp in hand, the beam at {n}." for n in range(8)]


def measure(place: Place, load: Load, timing: Timing) -> Figure:
    """One person who saves again and again: milliseconds to the answer, ours and the floor."""
    session = place.seed["session"]
    ours = saves(place.seed["save"], session)
    size = _size(place, ours[0])
    floor = [form(f"/floor/save/{size}/", session, {"prompt": TEXTS[0]})]
    for requests in (floor, ours):
        load.ask(place.port, requests, seconds=timing.warm, connections=1)
    rounds, p95, cost = [], [], []
    for _ in range(timing.rounds):
        bare = load.ask(place.port, floor, seconds=timing.slot, connections=1)
        before = cpu_ms(place.web)
        heard = load.ask(place.port, ours, seconds=timing.slot, connections=1)
        cost.append((cpu_ms(place.web) - before) / heard.answers)
        assert set(heard.statuses) == set(bare.statuses) == {200}, (heard, bare)
        rounds.append(Round(heard.percentile(0.5), bare.percentile(0.5)))
        people = load.ask(place.port, ours, seconds=timing.slot, connections=PEOPLE, every=PACE)
        p95.append(people.percentile(0.95))
    return Figure(
        "P1s", place.name, "A prompt sent until the answer that it is saved", "ms a save",
        rounds, None,
        conditions=[
            Condition("p95 ms, 8 people, each once a second", round(median(p95), 1), MOST_P95_MS),
        ],
        details={
            "p95_ms": [round(each, 1) for each in p95],
            "cpu_ms": [round(each, 2) for each in cost],
            "bytes": size,
        },
    )  # fmt: skip


def saves(path: str, session: str) -> list[tuple[str, str]]:
    """Posts of a prompt that changes each time. What each started from is left out, for the slots
    end where they end; comparing two digests is next to nothing.
    """
    return [form(path, session, {"prompt": words}) for words in TEXTS]


def _size(place: Place, request: tuple[str, str]) -> int:
    """Bytes of the answer to a save."""
    head, body = request
    lines = [line.partition(": ") for line in head.strip().split("\r\n")]
    address = f"http://127.0.0.1:{place.port}{lines[0][0].split()[1]}"
    headers = {name: value for name, _colon, value in lines[1:] if name != "Content-Length"}
    answer = httpx.post(address, content=body, headers=headers | {"Accept-Encoding": "identity"})
    assert answer.status_code == 200, answer.status_code
    return len(answer.content)
