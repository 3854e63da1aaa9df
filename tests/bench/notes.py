"""P8: notes on takes while two hundred people watch and twenty orders are at Kling.

The floor is the same post on the same installation while nobody else is there. The two hundred
have a page of another project open: news they wait for would be answered beside each note, and what
is asked here is whether people who only watch slow those who write. What one person's notes cost
when all of them look at that very take is measured too, for information.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

import httpx

from tests.bench.figures import Condition, Figure, Round
from tests.bench.load import Heard, Load, form
from tests.bench.protocol import Timing
from tests.bench.stacks import OURS, Desk, shape
from tests.bench.viewers import Audience
from tests.journeys.stack import Stack

GOAL = 2.0
PEOPLE = 8
PACE = 3.0  # seconds after which each of them leaves another note
AT_KLING = 20
LASTING = 3600.0  # seconds of Kling's clock an order takes there; the clock is put forward
PATIENCE = 90.0
_LOOK_EVERY = 0.1
_DIGEST = re.compile(r'data-digest="(\w+)"')


@dataclass
class Room:
    """One installation whose takes are noted, with a Kling and a worker at work."""

    name: str
    stack: Stack
    hands: Desk
    told: dict[str, Any]
    sent: int = 0
    pages: list[int] = field(default_factory=list)
    in_flight: list[int] = field(default_factory=list)

    def leave_notes(self, load: Load, seconds: float, people: int = PEOPLE) -> Heard:
        """So many people, each once a second, for so long."""
        posts = [self.post(place) for place in range(people)]
        heard = load.ask(self.stack.port, posts, seconds=seconds, connections=people, every=PACE)
        assert set(heard.statuses) == {200}, heard
        self.sent += heard.answers
        return heard

    def post(self, place: int) -> tuple[str, str]:
        """A note of one person, on the takes in turn, from a page opened just before."""
        session, takes = self.told["viewers"][place], self.told["takes"]
        take = takes[place % len(takes)]
        shown = httpx.get(f"http://127.0.0.1:{self.stack.port}{take}", cookies={"session": session})
        held = " ".join(_DIGEST.findall(shown.text))
        return form(f"{take}notes/", session, words_of(place), [f"Held-Rows: {held}"])

    @contextmanager
    def others_at_work(self, page: str) -> Iterator[None]:
        """Orders at Kling and two hundred open pages; `page` is "elsewhere" or "here"."""
        rows = self.hands.ask("order", count=AT_KLING, fail=True)  # no films to make and fetch
        self._until(rows, "running")
        after = self.hands.ask("serial", page=self.told[page])
        audience = Audience(self.stack.port, self.told["viewers"], **self.told[page], after=after)
        self.pages.append(audience.opened)
        try:
            yield
            self.in_flight.append(self._count(rows, "running"))
        finally:
            audience.close()
        self._let_kling_finish()
        ended = self.hands.ask("drain", pks=rows, patience=PATIENCE)
        assert set(ended.values()) == {"failed"}, ended

    def _let_kling_finish(self) -> None:
        answer = httpx.post(
            f"{self.stack.simulator_address}/_clock", json={"advance_seconds": LASTING}
        )
        assert answer.status_code == 200, answer.text

    def _until(self, rows: list[int], status: str) -> None:
        end = time.monotonic() + PATIENCE
        while self._count(rows, status) < len(rows):
            assert time.monotonic() < end, f"the orders do not come to be {status}"
            time.sleep(_LOOK_EVERY)

    def _count(self, rows: list[int], status: str) -> int:
        return list(self.hands.ask("standing", pks=rows).values()).count(status)


def words_of(place: int) -> dict[str, str]:
    """What the composer posts: a note at a frame."""
    return {"text": f"Note {place}: hold this a little longer.", "at_ms": str(place * 350)}


@contextmanager
def room(name: str, folder: Path) -> Iterator[Room]:
    """Seeded and running; an order stays at Kling until Kling's clock is put forward."""
    with shape(
        name, folder, callbacks=True, extra=dict(OURS), seconds_per_task=LASTING,
        simulator_flags=("--render", "tiny"),
    ) as stack:  # fmt: skip
        stack.prepare()
        hands = Desk(stack, "tests.bench.hands")
        try:
            hands.ask("settle", address=stack.simulator_address)
            told = hands.ask("gather")
            stack.start()
            yield Room(name, stack, hands, told)
        finally:
            hands.close()
            stack.end()


def measure(room: Room, load: Load, timing: Timing) -> Figure:
    """Milliseconds a note takes at p95, among others and alone."""
    before, slot = room.hands.ask("notes"), 3 * timing.slot
    room.sent = 0
    room.leave_notes(load, timing.warm)
    rounds, middle = [], []
    for _ in range(timing.rounds):
        alone = room.leave_notes(load, slot)
        with room.others_at_work("elsewhere"):
            among = room.leave_notes(load, slot)
        rounds.append(Round(among.percentile(0.95), alone.percentile(0.95)))
        middle.append(round(among.percentile(0.5) / alone.percentile(0.5), 2))
    with room.others_at_work("here"):
        watched = room.leave_notes(load, timing.slot, people=1)
    missing = room.sent - (room.hands.ask("notes") - before)
    return Figure(
        "P8", room.name, "A note left beside 200 watching people and 20 orders at Kling, p95", "ms",
        rounds, GOAL,
        conditions=[
            Condition("pages open in each slot", min(room.pages), len(room.told["viewers"]),
                      "higher"),
            Condition("orders at Kling to the end of each slot", min(room.in_flight), AT_KLING,
                      "higher"),
            Condition("notes that are not there", missing, 0),
        ],
        details={
            "notes": room.sent,
            "median_ratios": middle,
            "median_ratio": round(median(middle), 2),
            "one_noting_while_all_watch_ms": {
                "median": round(watched.percentile(0.5), 1),
                "p95": round(watched.percentile(0.95), 1),
            },
        },
    )  # fmt: skip
