"""P9: everything of ours is killed with orders in flight, and started again.

Killed are web, live, workers, nginx and Redis, which comes back empty; the folder that is the
embedded stack's broker stays as it was. Kling goes on, and so does the database's own server.

An order's progress is its next status. It may take what a worker's death costs by design: until
the lease of what it did ends, and until the sweep looks. Pages are compared with the same
processes started after an orderly end, with nothing to recover.
"""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import httpx

from tests.bench.figures import Condition, Figure, Round
from tests.bench.protocol import Timing
from tests.bench.stacks import OURS, Desk, shape
from tests.journeys.stack import GUNICORN, SERVE, ServicesStack, Stack
from tests.services.nginx import Nginx

SCALE = 10.0
GOAL = 1.5
MOST_PAGES = 1.5  # times the orderly start
ORDERS = 4  # and as many again just before the kill
# Seconds: from the first order's leaving to the later orders, and from those to the kill. So some
# run or come home by then, and some are queued or being sent.
SPREAD, LATER = (0.5, 3.0), (0.05, 0.8)
PATIENCE = 120.0
_LOOK_EVERY = 0.02


@dataclass
class House:
    """One installation with a Kling, its hands, and what a person's browser must know."""

    name: str
    stack: Stack
    hands: Desk
    session: str
    page: str
    patience_s: float  # what lease and sweep take
    dice: random.Random = field(default_factory=lambda: random.Random(7))

    @property
    def ours(self) -> list[str]:
        """Every process but Kling's."""
        return [name for name in self.stack.children if name != "simulator"]

    def begin(self) -> None:
        """Start everything at once, as a machine does that has power again."""
        stack = self.stack
        if not isinstance(stack, ServicesStack):
            stack._start("web", SERVE, PORT=str(stack.port))
            stack.start_worker()
            return
        stack.services.redis.start()
        for number, port in enumerate(stack.web_ports, start=1):
            stack._start(f"web-{number}", GUNICORN, PORT=str(port))
        stack._start("live", SERVE, PORT=str(stack.live_port))
        for number in (1, 2):
            stack.start_worker(f"worker-{number}")
        media = stack.folder / "var" / "media"
        media.mkdir(parents=True, exist_ok=True)
        stack.nginx = Nginx(
            stack.folder / "nginx", web=stack.web_ports, live=stack.live_port, media=media,
            port=stack.port,
        ).start()  # fmt: skip
        assert stack.nginx.server
        assert stack.nginx.server.process
        stack.children["nginx"] = stack.nginx.server.process

    def kill(self) -> None:
        """SIGKILL to everything, Redis too."""
        self._end_redis(signal.SIGKILL)
        for name in self.ours:
            self.stack.kill(name)

    def end(self) -> None:
        """SIGTERM to everything, and wait."""
        self.stack.terminate(*self.ours)
        self._end_redis(signal.SIGTERM)

    def until_pages(self) -> None:
        """Until a person who is signed in sees a page."""
        address = f"{self.stack.address}{self.page}"
        end = time.monotonic() + PATIENCE
        while not self._answers(address):
            assert time.monotonic() < end, "the pages do not come back"
            time.sleep(_LOOK_EVERY)

    def _answers(self, address: str) -> bool:
        try:
            answer = httpx.get(address, cookies={"session": self.session}, timeout=10)
        except httpx.TransportError:
            return False
        return answer.status_code == 200

    def _end_redis(self, number: int) -> None:
        redis = self.stack.services.redis if isinstance(self.stack, ServicesStack) else None
        if redis and redis.server:
            redis.server.stop(number)


@dataclass
class Fall:
    """One kill: seconds until pages, until the first and the last order's progress; its end."""

    pages: float
    first: float
    last: float
    in_flight: list[str]
    stuck: int
    miscounted: int


@contextmanager
def house(name: str, folder: Path) -> Iterator[House]:
    """Seeded, running, with a Kling that charges for everything it is sent."""
    extra = {**OURS, "TIME_SCALE": f"{SCALE:g}"}
    flags = ("--render", "tiny", "--charges-twice")
    with shape(name, folder, extra=extra, simulator_flags=flags) as stack:
        stack.prepare()
        hands = Desk(stack, "tests.bench.hands")
        try:
            stack.start_simulator()
            told = hands.ask("settle", address=stack.simulator_address)
            one = House(name, stack, hands, **told)
            if isinstance(stack, ServicesStack):
                stack.services.redis.stop()
            one.begin()
            one.until_pages()
            yield one
        finally:
            hands.close()
            stack.end()


def measure(house: House, timing: Timing) -> Figure:
    """Seconds from the kill to the first progress, beside lease and sweep."""
    starts, falls = [], []
    for _ in range(timing.rounds):
        starts.append(_orderly_start(house))
        falls.append(_fall(house))
    pages = [fall.pages / start for fall, start in zip(falls, starts, strict=True)]
    return Figure(
        "P9", house.name, "All killed with orders in flight: until one goes on",
        "s", [Round(fall.first, house.patience_s) for fall in falls], GOAL,
        conditions=[
            Condition("pages again, times an orderly start", round(median(pages), 2), MOST_PAGES),
            Condition("orders stuck", sum(fall.stuck for fall in falls), 0),
            Condition("orders not charged once", sum(fall.miscounted for fall in falls), 0),
        ],
        details={
            "pages_s": [round(fall.pages, 2) for fall in falls],
            "orderly_start_s": [round(start, 2) for start in starts],
            "every_order_went_on_s": [round(fall.last, 2) for fall in falls],
            "in_flight": [fall.in_flight for fall in falls],
            "time_scale": SCALE,
        },
    )  # fmt: skip


def _orderly_start(house: House) -> float:
    house.end()
    since = time.monotonic()
    house.begin()
    house.until_pages()
    return time.monotonic() - since


def _fall(house: House) -> Fall:
    rows = house.hands.ask("order", count=ORDERS)
    queued = house.hands.ask("standing", pks=rows)
    assert house.hands.ask("progress", before=queued, patience=PATIENCE, most=1), "nobody works"
    time.sleep(house.dice.uniform(*SPREAD))
    rows += house.hands.ask("order", count=ORDERS)
    time.sleep(house.dice.uniform(*LATER))
    house.kill()
    since = time.monotonic()
    before = house.hands.ask("standing", pks=rows)
    flying = {pk: status for pk, status in before.items() if status != "stored"}
    assert flying, "every order had come home before the kill"
    house.hands.tell("progress", before=flying, patience=PATIENCE)
    house.begin()
    house.until_pages()
    pages = time.monotonic() - since
    seen = house.hands.hear()
    ended = house.hands.ask("drain", pks=rows, patience=PATIENCE)
    charged = [line["external_task_id"] for line in house.stack.ledger]
    return Fall(
        pages=pages,
        first=seen.get("first", since + PATIENCE) - since,
        last=seen.get("last", since + PATIENCE) - since,
        in_flight=sorted(flying.values()),
        stuck=sum(status != "stored" for status in ended.values()),
        miscounted=sum(charged.count(name) != 1 for name in ended),
    )
