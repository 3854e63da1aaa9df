"""Plays a plan against a house: every act when it is due, and notes what really happened."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict
from typing import Any

from tests.faults import strangers
from tests.faults.accounts import ACCOUNTS
from tests.faults.browser import Browser
from tests.faults.fullness import tally
from tests.faults.house import ROOT, WORKERS, House
from tests.faults.schedule import OWN_KINDS, Act, Phase

LOOK_EVERY = 1.0  # seconds between two looks at what is left
STEP = 0.02
# Verbs that take long; the others go on meanwhile.
SLOW = frozenset(
    ("order", "release", "forge", "kill_web", "press_slowly", "fill_storage", "restart_all")
)


class Desk:
    """A process of the installation that orders and counts: `tests.faults.desk`."""

    def __init__(self, house: House) -> None:
        self._lock = threading.Lock()
        with (house.folder / "desk.log").open("ab") as log:
            self._child = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.desk"],
                cwd=ROOT, env=house.stack.environment, stdin=subprocess.PIPE,
                stdout=subprocess.PIPE, stderr=log, text=True,
            )  # fmt: skip

    def ask(self, verb: str, **about: Any) -> Any:
        assert self._child.stdin
        assert self._child.stdout
        with self._lock:
            self._child.stdin.write(json.dumps({"verb": verb, **about}) + "\n")
            self._child.stdin.flush()
            answer = self._child.stdout.readline()
        assert answer, f"The desk ended while it was asked to {verb}; see desk.log."
        return json.loads(answer)

    def close(self) -> None:
        assert self._child.stdin
        self._child.stdin.close()
        self._child.wait(20)


class Campaign:
    """`Campaign(house, desk, browser, seed)`, then `play(phase)` for each.

    `done` counts what was done to the installation, by kind;
    `kills` are the moments (seconds of the epoch) at which a process was killed.
    """

    def __init__(self, house: House, desk: Desk, browser: Browser, seed: int) -> None:
        self.house, self.desk, self.browser = house, desk, browser
        self.done: Counter[str] = Counter()
        self.kills: list[float] = []
        self.orders = 0
        self._chance = random.Random(f"{seed} driver")
        self._hands = ThreadPoolExecutor(8)
        self._under_way: list[Future[None]] = []

    def play(self, phase: Phase) -> str:
        """Its line of the report."""
        began, killed, ordered = time.monotonic(), len(self.kills), self.orders
        for act in phase.acts:
            self._wait_until(began + act.at)
            self._do(act)
        left = self._wait_for_the_end(began + phase.seconds)
        return (
            f"{phase.name:10} {time.monotonic() - began:4.0f} s  {self.orders - ordered:3} ordered"
            f"  {len(self.kills) - killed:3} kills  {sum(left.values()):3} left"
        )

    def drain(self, phase: Phase) -> str:
        """Nothing goes wrong any more, and a person looks after whatever is held; its line."""
        began = time.monotonic()
        stand_still(self.house)
        while True:
            waiting = self.desk.ask("release") + sum(self.desk.ask("left").values())
            spent = time.monotonic() - began
            if not waiting or spent >= phase.seconds:
                return f"{phase.name:10} {spent:4.0f} s  {waiting:3} left"
            time.sleep(LOOK_EVERY)

    def close(self) -> None:
        self._hands.shutdown(wait=True)

    # What a plan may ask for.

    def order(self, account: str, number: int) -> None:
        seed = self._chance.randrange(2**32)
        revisions = self.desk.ask("order", account=account, number=number, seed=seed)
        self.orders += number
        self.browser.visit(f"/revisions/{revisions[0]}/")

    def place(self, account: str, *specs: str) -> None:
        self.house.klings[account].place(*specs)

    def clear(self, account: str) -> None:
        self.house.klings[account].place(clear=True)

    def kill_worker(self, name: str) -> None:
        self.house.kill_worker(name)
        self.kills.append(time.time())
        self.house.start_worker(name)

    def stop_worker(self, name: str) -> None:
        self.house.stop_worker(name)

    def wake_worker(self, name: str) -> None:
        self.house.wake_worker(name)

    def kill_web(self) -> None:
        self.kills.append(time.time())
        self.house.restart_web()

    def restart_all(self) -> None:
        self.kills += [time.time()] * (1 + len(WORKERS))
        self.house.restart_all()

    def restart_database(self) -> None:
        self.kills.append(time.time())
        self.house.restart_database()

    def restart_broker(self) -> None:
        self.house.restart_broker()

    def end_kling(self) -> None:
        for kling in self.house.klings.values():
            kling.end()

    def start_kling(self) -> None:
        for kling in self.house.klings.values():
            kling.start()

    def fill_storage(self, seconds: float) -> None:
        self.house.full.touch()
        time.sleep(seconds)
        self.house.full.unlink()

    def press_slowly(self, number: int, seconds: float) -> None:
        let_in = strangers.press_slowly(self.house.stack.port, number, seconds)
        self.done["slow-loris"] += let_in

    def forge(self, how: str) -> None:
        addressees = self.desk.ask("addressees")
        if strangers.forge(how, self.house.stack.address, addressees, self._chance):
            self.done[f"forged={how}"] += 1

    def release(self) -> None:
        self.desk.ask("release")

    def delivered(self) -> Counter[str]:
        """Everything that took effect, the simulators' faults included."""
        counts = Counter(self.done)
        for kling in self.house.klings.values():
            counts.update(kling.delivered())
        refusals = tally(self.house.full)
        counts["storage-full"] = refusals.stat().st_size if refusals.exists() else 0
        return counts

    def _do(self, act: Act) -> None:
        work: Callable[..., None] = getattr(self, act.verb)
        if act.verb in SLOW:
            self._under_way.append(self._hands.submit(work, *act.about))
        else:
            work(*act.about)
        if act.verb in OWN_KINDS and act.verb not in ("press_slowly", "fill_storage"):
            self.done[OWN_KINDS[act.verb]] += 1

    def _wait_until(self, moment: float) -> None:
        while (left := moment - time.monotonic()) > 0:
            time.sleep(min(left, STEP))

    def _wait_for_the_end(self, end: float) -> dict[str, int]:
        """What is left when the time is over, or nothing before."""
        for one in self._under_way:
            one.result()  # raises what went wrong
        self._under_way.clear()
        while True:
            left: dict[str, int] = self.desk.ask("left")
            if not left or time.monotonic() >= end:
                return left
            time.sleep(LOOK_EVERY)


def found(house: House, desk: Desk) -> dict[str, Any]:
    """The team, its projects and its accounts; one login of its owner."""
    accounts = {
        name: {**asdict(terms), "address": house.klings[name].address}
        for name, terms in ACCOUNTS.items()
    }
    ground: dict[str, Any] = desk.ask("found", accounts=accounts)
    return ground


def stand_still(house: House) -> None:
    """Take all faults off; what is asked from here on is answered truly."""
    for kling in house.klings.values():
        if kling.process is not None:
            kling.place(clear=True)
