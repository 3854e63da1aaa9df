"""P1: a page of the product beside a bare template of as many bytes."""

from __future__ import annotations

from statistics import median

import httpx

from tests.bench.figures import Condition, Figure, Round
from tests.bench.load import Heard, Load, get
from tests.bench.machine import cpu_ms
from tests.bench.protocol import Timing
from tests.bench.stacks import Desk, Place

GOAL = 6.0
MOST_P95_MS = 100.0
PACE = 1.0  # seconds after which each of eight people opens the page again
# id: page, in words
PAGES = {
    "P1": ("editor", "Opening a storyboard of six shots, four takes, thirty notes"),
    "P1b": ("revision", "Opening its approved revision"),
    "P1c": ("take", "Opening its newest take"),
    "P1d": ("search", "Searching a library of 500 elements and 60 voices"),
}
WITH_A_GOAL = ("P1",)
# Held to at most so many queries, and to an answer in time. The library draws two shelves and the
# panel of one entry, each with what it is used in and where it is made.
MOST_QUERIES = {"P1": 12, "P1d": 20}


def measure(id: str, place: Place, desk: Desk, load: Load, timing: Timing) -> Figure:
    """CPU time per page of the web processes, ours and the floor in alternation."""
    name, what = PAGES[id]
    path, session = place.seed["pages"][name], place.seed["session"]
    ours = [get(path, session)]
    floor = [get(f"/floor/page/{_size(place, path, session)}/", session)]
    for requests in (floor, ours):
        load.ask(place.port, requests, seconds=timing.warm)
    rounds, crowd, floor_crowd, p95, rate = [], [], [], [], []
    for _ in range(timing.rounds):
        bare, bare_ms = _ask(place, load, floor, timing)
        heard, heard_ms = _ask(place, load, ours, timing)
        rounds.append(Round(heard_ms, bare_ms))
        crowd.append(heard.percentile(0.95))
        floor_crowd.append(bare.percentile(0.95))
        rate.append(heard.rate)
        people = load.ask(place.port, ours, seconds=timing.slot, every=PACE)
        p95.append(people.percentile(0.95))
    queries = desk.ask("queries", path=path, session=session)
    conditions = [
        Condition("queries", queries, MOST_QUERIES.get(id, 0)),
        Condition("p95 ms, 8 clients, each once a second", round(median(p95), 1), MOST_P95_MS),
    ]
    return Figure(
        id, place.name, what, "CPU ms a page", rounds, GOAL if id in WITH_A_GOAL else None,
        conditions=conditions if id in MOST_QUERIES else (),
        details={
            "p95_ms": [round(each, 1) for each in p95],
            "p95_ms_without_a_pause": [round(each, 1) for each in crowd],
            "floor_p95_ms_without_a_pause": [round(each, 1) for each in floor_crowd],
            "pages_a_second": [round(each, 1) for each in rate],
            "queries": int(queries),
        },
    )  # fmt: skip


def _ask(
    place: Place, load: Load, requests: list[tuple[str, str]], timing: Timing
) -> tuple[Heard, float]:
    """What was heard, and the web processes' CPU milliseconds for each answer."""
    before = cpu_ms(place.web)
    heard = load.ask(place.port, requests, seconds=timing.slot)
    after = cpu_ms(place.web)
    assert set(heard.statuses) == {200}, heard.statuses
    return heard, (after - before) / heard.answers


def _size(place: Place, path: str, session: str) -> int:
    answer = httpx.get(f"http://127.0.0.1:{place.port}{path}", cookies={"session": session})
    assert answer.status_code == 200, answer.status_code
    return len(answer.content)
