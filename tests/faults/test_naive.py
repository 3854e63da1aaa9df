"""Real workers order at a provider that charges whatever it is asked, on a line that fails.

The product's own way ends with one charge each; each of the naive ways pays twice for some. Four
installations run side by side, told apart by the names of their orders.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.crash.house import WORKER, House, Simulator, wait_for
from tests.faults import naive
from tests.faults.collect import collect, sqlite_integrity, sqlite_rows
from tests.faults.evidence import Evidence
from tests.faults.invariants import count, violations
from tests.faults.worker import STRATEGIES, STRATEGY, use_strategy
from tests.prepared import lay_installation

# Alone on a machine: it goes by what happens within a second.
pytestmark = pytest.mark.by_hand

OWN = "own"
# A new installation with three approved revisions, their takes ordered.
ORDERED = """
from storyboard.models import Project, Role, Team
from tests import builders
owner = builders.make_person("owner@studio.example", "Owner")
team = Team.start("Northlight", owner=owner)
team.add_account("Simulator", profile="official", address="{address}", credential="k", slots=12,
                 by=owner)
reviewer = builders.join(
    team, Role.REVIEWER, builders.make_person("r@studio.example", "Reviewer"), by=owner
)
project = Project.start("Naive", team=team, by=owner)
# The first is made, the others fail at Kling after a while: no film takes up time.
for name, prompt in (("A", "A lamp."), ("B", "A lamp [fail]."), ("C", "A boat [fail].")):
    board = builders.make_storyboard(project, by=owner, name=name, shots=[(prompt, 3)])
    revision = builders.make_revision(board, by=owner, takes=4)
    builders.approve(revision, by=reviewer)
    for _ in range(4 if "[fail]" in prompt else 2):
        builders.order(revision, by=owner)
"""
ORDERS = 10
# At this scale a client gives up after 3 s, what is unclear is looked at within the next second,
# and nothing is sent again before 9 s are over.
SCALE = "20"
# Taken after it was asked about first; taken and never answered; taken and denied.
TROUBLE = ("delay-before=6@create~{name}:4", "hang-after@create~{name}:2",
           "error-after=5000@create~{name}:2")  # fmt: skip
TASK_SECONDS = 2.0
ENDS_WITHIN = 60.0


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Evidence]]:
    """What each strategy left behind."""
    folder = tmp_path_factory.mktemp("naive")
    kling = Simulator(folder)
    kling.start(TASK_SECONDS)
    houses = {name: House(folder / name, kling) for name in (OWN, *STRATEGIES)}
    try:
        _prepare(houses, kling)
        for name, house in houses.items():
            strategy = {} if name == OWN else {STRATEGY: name}
            command = ["-m", "tests.faults.worker", *WORKER, "--concurrency", str(ORDERS)]
            house.start(command, "worker", {"TIME_SCALE": SCALE, **strategy})
        for house in houses.values():
            wait_for(lambda house=house: _is_over(house), house.log, ENDS_WITHIN)  # type: ignore[misc]
        for house in houses.values():
            house.end()
        yield {name: _evidence(name, house) for name, house in houses.items()}
    finally:
        for house in houses.values():
            house.end()
        kling.stop()


def test_the_products_own_way_charges_each_order_once(ended: dict[str, Evidence]) -> None:
    evidence = ended[OWN]
    assert len(evidence.charges) == len(evidence.orders) == ORDERS
    assert not any(count(evidence).values()), violations(evidence)
    unclear = [move for move in evidence.moves if move.to == "uncertain"]
    assert len(unclear) >= len(TROUBLE), "the line never failed, so nothing was proven"


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_naive_way_pays_twice(ended: dict[str, Evidence], strategy: str) -> None:
    counted = count(ended[strategy])
    assert counted["double"] > 0
    assert counted["unrequested"] == 0


def test_the_worker_knows_every_naive_way() -> None:
    assert set(STRATEGIES) == set(naive.STRATEGIES)


def test_a_strange_strategy_starts_no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(STRATEGY, "hope")
    with pytest.raises(SystemExit, match="blind-retry"):
        use_strategy()


def _prepare(houses: dict[str, House], kling: Simulator) -> None:
    """One installation is made and copied; then each one's orders get names of their own."""
    first, *others = houses.values()
    lay_installation(first.folder / "var")
    first.manage("shell", "-v", "0", "-c", ORDERED.format(address=kling.address))
    for other in others:
        shutil.copytree(first.folder, other.folder)
    for name, house in houses.items():
        house.change(f"update storyboard_generation set external_task_id = '{name}-' || id")
        faults = [fault.format(name=name) for fault in TROUBLE]
        httpx.post(f"{kling.address}/_faults", json={"set": faults}).raise_for_status()


def _is_over(house: House) -> bool:
    rows = house.rows("select status from storyboard_generation where ended_at is null")
    return not rows


def _evidence(name: str, house: House) -> Evidence:
    """Of the shared provider's pages what is about this one's orders."""

    def ask(page: str) -> list[dict[str, str]]:
        lines: list[dict[str, str]] = httpx.get(house.simulator.address + page).json()
        return [line for line in lines if (line["external_task_id"] or "").startswith(f"{name}-")]

    database = Path(house.folder) / "var" / "greenlight.sqlite3"
    return collect(
        rows=sqlite_rows(database),
        media=house.media,
        klings={"kling": ask},
        places={"kling/k": ORDERS},
        integrity=sqlite_integrity(database),
    )
