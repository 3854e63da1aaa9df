"""`make bench`: measure, print one page, write var/bench/latest.json.

    bin/bench [--figure P1 …] [--stack sqlite …] [--rounds 5] [--slot 5]

Ends with 0 when every figure holds.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from tests.bench import (
    briefs,
    callbacks,
    films,
    notes,
    pages,
    recovery,
    saves,
    viewers,
    visits,
)
from tests.bench.figures import Figure, steady, table
from tests.bench.load import Load
from tests.bench.machine import describe, look, noise, versions, wait_for_calm
from tests.bench.protocol import Timing
from tests.bench.stacks import NAMES, ROOT, Desk, Place, serving

RESULT = ROOT / "var" / "bench" / "latest.json"
SEED = 7  # the data is made the same way each time; nothing in it is random but keys
ALONE = ("C1",)  # measured once, without a stack
OWN = ("P8", "P9")  # on each stack, but an installation of its own, with a Kling at work
FIGURES = ("P1", "P1b", "P1c", "P1d", "P1s", "P3", "P4", "P6", "P7", *OWN, *ALONE)
PATIENCE = 60.0  # seconds to wait until nobody else is at work


def main(arguments: Sequence[str]) -> int:
    wanted = read(arguments)
    # What was started is ended when somebody ends us, too.
    signal.signal(signal.SIGTERM, lambda *_told: sys.exit(143))
    timing = Timing(rounds=wanted.rounds, slot=wanted.slot)
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="greenlight-bench-") as name:
        folder = Path(name)
        if alone := [id for id in wanted.figure if id in ALONE]:
            calm = Calm(folder, wanted.patience)
            for _id in alone:
                figures.append(told(calm, partial(briefs.measure, timing.shorter())))
        for stack in wanted.stack:
            if on_stack := [id for id in wanted.figure if id not in (*ALONE, *OWN)]:
                with serving(stack, folder / stack) as (place, desk), Load() as load:
                    calm = Calm(folder, wanted.patience)
                    for id in on_stack:
                        figures.append(told(calm, task(id, place, desk, load, timing)))
            for id in (id for id in wanted.figure if id in OWN):
                calm = Calm(folder, wanted.patience)
                with own_task(id, stack, folder / f"{stack}-{id}", timing) as measure:
                    figures.append(told(calm, measure))
    write(figures, wanted)
    return 0 if all(each.holds for each in figures) else 1


def told(calm: Calm, task: Callable[[], Figure]) -> Figure:
    """The figure, once it is measured and printed."""
    figure = steady(partial(calm.measure, task))
    print(table([figure]), flush=True)
    return figure


class Calm:
    """Looks at the machine before and after each figure, and says where it was not itself."""

    def __init__(self, folder: Path, patience: float) -> None:
        self.folder, self.patience = folder, patience

    def measure(self, task: Callable[[], Figure]) -> Figure:
        is_calm = wait_for_calm(self.patience)
        self.patience = 0.0  # our own work is what is seen from here on
        before = look(self.folder)
        figure = task()
        after = look(self.folder)
        figure.noisy = noise(before, after, calm=is_calm)
        figure.details["machine"] = describe(before, after)
        return figure


def task(id: str, place: Place, desk: Desk, load: Load, timing: Timing) -> Callable[[], Figure]:
    """What measures one figure."""
    if id == "P1s":
        return lambda: saves.measure(place, load, timing)
    if id == "P7":
        return lambda: visits.measure(place)
    if id == "P3":
        return lambda: callbacks.measure(place, desk, load, timing)
    if id == "P4":
        return lambda: viewers.measure(place, desk, timing)
    if id == "P6":
        return lambda: films.measure(place, timing)
    chosen = timing if id == "P1" else timing.shorter()
    return lambda: pages.measure(id, place, desk, load, chosen)


@contextmanager
def own_task(id: str, stack: str, folder: Path, timing: Timing) -> Iterator[Callable[[], Figure]]:
    """What measures a figure of `OWN`, in its installation."""
    if id == "P8":
        with notes.room(stack, folder) as room, Load() as load:
            yield partial(notes.measure, room, load, timing)
        return
    with recovery.house(stack, folder) as house:
        yield partial(recovery.measure, house, timing)


def write(figures: Sequence[Figure], wanted: argparse.Namespace) -> None:
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    told = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "seed": SEED,
        "rounds": wanted.rounds,
        "slot_seconds": wanted.slot,
        "versions": versions(ROOT),
        "figures": [each.as_json() for each in figures],
    }
    RESULT.write_text(json.dumps(told, indent=1) + "\n")
    print(f"\nWritten to {RESULT.relative_to(ROOT)}")


def read(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bin/bench", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("--figure", nargs="+", choices=FIGURES, default=list(FIGURES))
    parser.add_argument("--stack", nargs="+", choices=NAMES, default=list(NAMES))
    parser.add_argument("--rounds", type=int, default=5, help="alternations of floor and ours")
    parser.add_argument("--slot", type=float, default=5.0, help="seconds of each side of a round")
    parser.add_argument(
        "--patience", type=float, default=PATIENCE, help="seconds to wait for a calm machine"
    )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
