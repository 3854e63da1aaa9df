"""`make faults`: do everything to an installation that may happen to one, then count.

    bin/faults [--seed 1 …] [--shape sqlite|postgres|both] [--strategy blind-retry]

Ends with 0 when every invariant counts 0 and every kind of fault was delivered, else with 1.
"""

from __future__ import annotations

import argparse
import contextlib
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import kling_web  # noqa: F401  (the newer SQLite also for what reads the books here)

# isort: split
from tests.faults import collect, invariants
from tests.faults.accounts import ACCOUNTS, GATEWAY
from tests.faults.browser import Browser
from tests.faults.driver import Campaign, Desk, found
from tests.faults.evidence import Evidence
from tests.faults.house import ROOT, SHAPES, WORKERS, House
from tests.faults.report import Run, page, recoveries, write
from tests.faults.schedule import EXISTS, Phase, kinds, plan
from tests.faults.watchers import Follower
from tests.faults.worker import STRATEGIES

RESULTS = ROOT / "var" / "faults"
BOTH = "both"
# Nobody can say what became of an order that a gateway never answered for.
EXPECTED = frozenset({f"{GATEWAY}: unclear"})
TIDY_SECONDS = 30.0  # at most: a worker's first sweep removes what was left half written


def main(arguments: Sequence[str]) -> int:
    wanted = read(arguments)
    # What was started is ended when somebody ends us, too.
    signal.signal(signal.SIGTERM, lambda *_told: sys.exit(143))
    runs = [
        campaign(seed, shape, wanted.strategy, only=wanted.phase, keep=wanted.keep)
        for seed in wanted.seed
        for shape in shapes(wanted.shape)
    ]
    return 0 if all(run.is_good for run in runs) else 1


def read(arguments: Sequence[str]) -> argparse.Namespace:
    names = [phase.name for phase in plan(0, SHAPES[0])]
    parser = argparse.ArgumentParser(
        prog="bin/faults", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("--seed", type=int, nargs="+", default=[1])
    parser.add_argument("--shape", choices=(*SHAPES, BOTH), default=BOTH)
    parser.add_argument(
        "--strategy", choices=STRATEGIES, default="", help="a naive way to order, which must fail"
    )
    parser.add_argument("--phase", nargs="+", choices=names, help="only these, and the drain")
    parser.add_argument("--keep", type=Path, help="keep the folder with logs and database there")
    return parser.parse_args(arguments)


def shapes(wanted: str) -> Sequence[str]:
    return SHAPES if wanted == BOTH else (wanted,)


def chosen(seed: int, shape: str, only: Sequence[str] | None) -> list[Phase]:
    """The plan, or the named phases of it and the last."""
    whole = plan(seed, shape)
    return [phase for phase in whole if not only or phase.name in only or phase is whole[-1]]


def campaign(
    seed: int, shape: str, strategy: str, *, only: Sequence[str] | None, keep: Path | None
) -> Run:
    """One run from an empty folder to its verdict, printed and written."""
    run, began = Run(seed, shape, strategy), time.monotonic()
    phases = chosen(seed, shape, only)
    print(f"\nSeed {seed} on {shape}", flush=True)
    with (
        folder(keep) as place,
        House.standing(shape, place / shape, seed=seed, strategy=strategy) as house,
    ):
        evidence = play(run, house, phases, began)
        judge(run, evidence)
    run.seconds = time.monotonic() - began
    print(page(run), flush=True)
    print(f"Written to {write(run, RESULTS).relative_to(ROOT)}", flush=True)
    return run


def judge(run: Run, evidence: Evidence) -> None:
    """The fourteen counts; what is held in spite of a person's word is stuck as well."""
    found = invariants.violations(evidence)
    found["stuck"] += [f"{why} held again and again" for why in run.held if why not in EXPECTED]
    run.counts = {name: len(told) for name, told in found.items()}
    run.sentences = {name: told for name, told in found.items() if told}


def play(run: Run, house: House, phases: Sequence[Phase], began: float) -> Evidence:
    """All phases, with somebody watching; what both books say afterwards."""
    desk = Desk(house)
    try:
        ground = found(house, desk)
        for name in WORKERS:
            house.start_worker(name)
        paths = ["/", *(f"/projects/{key}/" for key in ground["projects"].values())]
        browser = Browser(house.stack.address, ground["session"], paths)
        followers = [
            Follower(house.live_address, ground["session"], key)
            for key in ground["projects"].values()
        ]
        for watcher in (browser, *followers):
            watcher.start()
        tell(run, f"{'start':10} {time.monotonic() - began:4.0f} s")
        act = Campaign(house, desk, browser, run.seed)
        *attacks, calm = phases
        for phase in attacks:
            tell(run, act.play(phase))
        tell(run, act.drain(calm))
        run.held = desk.ask("held")
        _tidy(house)
        evidence = _read_books(
            house,
            feeds=tuple(follower.stop() for follower in followers),
            answers=browser.stop(),
        )
        _note(run, act, evidence, kinds(phases))
        act.close()
    finally:
        desk.close()
    return evidence


def _tidy(house: House) -> None:
    """Let a fresh worker find what the dead left half written, then end it too."""
    for name in WORKERS:
        house.kill_worker(name)
    left = collect.age_parts(house.media)
    house.start_worker(WORKERS[0])
    end = time.monotonic() + TIDY_SECONDS
    while left and time.monotonic() < end:
        time.sleep(0.2)
        left = len(list(house.media.glob("parts/*")))
    house.kill_worker(WORKERS[0])


def _read_books(house: House, **watched: object) -> Evidence:
    url = house.stack.environment.get("DATABASE_URL")
    database = house.folder / "var" / "greenlight.sqlite3"
    return collect.collect(
        rows=collect.postgres_rows(url) if url else collect.sqlite_rows(database),
        media=house.media,
        klings={name: kling.ask for name, kling in house.klings.items()},
        places={f"{name}/key-of-{name}": terms.slots for name, terms in ACCOUNTS.items()},
        database_down=tuple(house.database_down),
        web_down=tuple(house.web_down),
        integrity=(collect.postgres_integrity(url) if url else collect.sqlite_integrity(database)),
        **watched,
    )


def _note(run: Run, act: Campaign, evidence: Evidence, wanted: Sequence[str]) -> None:
    """What was done and what came of it; the fourteen counts apart."""
    counted = act.delivered()
    counted[EXISTS] = sum(1 for refused in evidence.refused if refused.code == 1201)
    run.delivered = {kind: counted[kind] for kind in wanted}
    run.orders, run.kills = len(evidence.orders), len(act.kills)
    run.statuses = dict(Counter(order.status for order in evidence.orders))
    moves: dict[str, list[float]] = {}
    for move in evidence.moves:
        moves.setdefault(move.generation, []).append(move.at)
    run.recoveries = recoveries(act.kills, moves)
    run.own_deaths = act.house.ended_by_themselves


@contextlib.contextmanager
def folder(keep: Path | None) -> Iterator[Path]:
    """A folder that goes when the run is over, unless somebody wants to look into it."""
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep.resolve()
        return
    with tempfile.TemporaryDirectory(prefix="greenlight-faults-") as name:
        yield Path(name)


def tell(run: Run, line: str) -> None:
    run.phases.append(line)
    print(line, flush=True)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
