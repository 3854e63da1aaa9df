"""A real process is killed at a named instruction; the next one ends with one charge, one take.

All of them on both databases by `make crash`; those at the edges of money in every test run.
"""

from __future__ import annotations

import ast
import hashlib
import json
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from storyboard.models.crash import POINTS
from storyboard.models.files import parts_folder
from storyboard.models.statuses import MOVES
from storyboard.steps.store import PART_SECONDS, sweep_parts
from tests.crash.ground import Ground
from tests.crash.house import ROOT, Child, House, Simulator, wait_for

by_hand = pytest.mark.by_hand
DIES_WITHIN = 90.0
ENDS_WITHIN = 90.0


@dataclass(frozen=True)
class Death:
    """Where a process dies; `first` is where another has died before it.

    `silent`: Kling cannot be reached until then. `slow`: it takes longer than the first look.
    """

    at: str
    first: str = ""
    silent: bool = False
    slow: bool = False

    def __str__(self) -> str:
        return f"{self.first}-then-{self.at}" if self.first else self.at


# What an order on its plain way never reaches.
SPECIAL = {
    "refused.before_commit": Death("refused.before_commit", silent=True),
    "refused.after_commit": Death("refused.after_commit", silent=True),
    "unclear.before_commit": Death("unclear.before_commit", first="send.after_last_byte"),
    "unclear.after_commit": Death("unclear.after_commit", first="send.after_last_byte"),
    "absent.before_commit": Death("absent.before_commit", first="send.before_first_byte"),
    "absent.after_commit": Death("absent.after_commit", first="send.before_first_byte"),
    "waiting.after_commit": Death("waiting.after_commit", slow=True),
}
PRESSED = ("order.before_commit", "order.after_commit")
KNOCKED = ("receipt.before_commit", "receipt.after_commit")
MADE = tuple(at for at in POINTS if at.startswith("creation."))
PLAIN = [
    *(SPECIAL.get(at, Death(at)) for at in POINTS if at not in (*PRESSED, *KNOCKED, *MADE)),
    # Sent a second time, and asked about what nobody saw accepted.
    Death("intent.after_commit", first="send.before_first_byte"),
    Death("send.after_last_byte", first="send.between_bytes"),
    Death("ask.after_answer", first="send.after_answer"),
]
IN_EVERY_RUN = {
    "intent.after_commit",
    "send.after_last_byte",
    "send.after_answer",
    "store.after_rename",
}
# There, three processes beside it: the charge itself.
IN_EVERY_RUN_ON_SERVICES = {"send.after_last_byte"}
WORKERS_DEATHS = [
    pytest.param(
        where,
        death,
        id=f"{where}-{death}",
        marks=[*([] if str(death) in often else [by_hand]), *marks],
    )
    for where, often, marks in (
        ("embedded", IN_EVERY_RUN, ()),
        ("on_services", IN_EVERY_RUN_ON_SERVICES, (pytest.mark.services,)),
    )
    for death in PLAIN
]


@pytest.mark.parametrize(("ground", "death"), WORKERS_DEATHS, indirect=["ground"])
def test_a_worker_dying_there_costs_nothing(
    death: Death, ground: Ground, tmp_path: Path, settings: Settings
) -> None:
    house = ground.with_an_order(tmp_path / "house")
    kling = house.simulator
    try:
        _set_the_scene(kling, death)
        workers = _workers(house, death)
        for worker in workers[:-1]:
            worker.let_in()
            _dies(worker, house)
        _set_the_scene(kling, Death(""))
        workers[-1].let_in()
        if ground.services is not None:
            house.worker()  # the dead one is started again beside the one that goes on
        _ends(house)
    finally:
        house.end()
        _set_the_scene(kling, Death(""))
    _nothing_is_lost_or_paid_twice(house, settings)


@by_hand
@pytest.mark.parametrize("at", PRESSED)
def test_a_web_process_dying_at_the_press_of_a_button_costs_nothing(
    at: str, ground: Ground, tmp_path: Path, settings: Settings
) -> None:
    house = ground.without_an_order(tmp_path / "house")
    try:
        worker = house.worker_at_the_door()
        dying = house.web(CRASH_AT=at)
        assert house.press_generate(ground.revision, ground.session) is None
        _dies(dying, house)
        house.web()
        assert house.press_generate(ground.revision, ground.session) == 302, "pressed once more"
        worker.let_in()
        _ends(house)
    finally:
        house.end()
    _nothing_is_lost_or_paid_twice(house, settings)


@by_hand
@pytest.mark.parametrize("at", KNOCKED)
def test_a_web_process_dying_while_kling_knocks_costs_nothing(
    at: str, ground: Ground, tmp_path: Path, settings: Settings
) -> None:
    house = ground.without_an_order(tmp_path / "house")
    try:
        worker = house.worker_at_the_door()
        dying = house.web(CRASH_AT=at)
        assert house.press_generate(ground.revision, ground.session) == 302
        worker.let_in()
        _dies(dying, house)
        heard = house.rows("select * from storyboard_receipt")
        assert len(heard) == (1 if at == "receipt.after_commit" else 0)
        house.web()
        _ends(house)
    finally:
        house.end()
    _nothing_is_lost_or_paid_twice(house, settings)


@by_hand
@pytest.mark.parametrize("at", MADE)
def test_a_worker_dying_while_an_element_is_made_makes_no_second_one(
    at: str, ground: Ground, tmp_path: Path
) -> None:
    house = ground.with_a_creation(tmp_path / "house")
    _set_the_scene(house.simulator, Death(""))
    try:
        dying, living = house.worker_at_the_door(CRASH_AT=at), house.worker_at_the_door()
        dying.let_in()
        _dies(dying, house)
        living.let_in()
        wait_for(lambda: _creation(house)["status"] in ("ready", "failed"), house.log, ENDS_WITHIN)
    finally:
        house.end()
    row = _creation(house)
    assert row["status"] == "ready", house.log()
    [entry] = house.simulator.entries(row["external_task_id"])
    assert (entry["element_id"], entry["task_id"]) == (row["kling_id"], row["kling_task_id"])
    told = house.rows("select * from storyboard_activity where verb like 'creation.%'")
    assert sorted(str(line["verb"]) for line in told) == ["creation.asked", "creation.ready"]


def test_every_point_stands_in_the_code_once_and_is_died_at() -> None:
    stands = [
        node.args[0].value
        for path in (ROOT / "storyboard").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") == "crash_point"
        and isinstance(node.args[0], ast.Constant)
    ]
    assert sorted(stands) == sorted(POINTS)
    assert {death.at for death in PLAIN} | {*PRESSED, *KNOCKED, *MADE} == set(POINTS)
    assert {str(death) for death in PLAIN} >= IN_EVERY_RUN


def _workers(house: House, death: Death) -> list[Child]:
    """One for each death, in order, and the one that lives."""
    points = [point for point in (death.first, death.at) if point]
    return [house.worker_at_the_door(CRASH_AT=point) for point in (*points, "")]


def _set_the_scene(kling: Simulator, death: Death) -> None:
    """Kling as the death asks for it; as ever when it already is."""
    wanted = 3.0 if death.slow else 0.5
    if death.silent:
        kling.stop()
    elif kling.child is None or kling.seconds_per_task != wanted:
        kling.stop()
        kling.start(wanted)


def _dies(child: Child, house: House) -> None:
    wait_for(lambda: child.process.poll() is not None, house.log, DIES_WITHIN)
    assert child.process.returncode == -9, house.log()


def _ends(house: House) -> None:
    def is_over() -> bool:
        return [row["ended_at"] is not None for row in _orders(house)] == [True]

    wait_for(is_over, house.log, ENDS_WITHIN)


def _creation(house: House) -> dict[str, Any]:
    [row] = house.rows("select * from storyboard_creation")
    return row


def _orders(house: House) -> list[dict[str, Any]]:
    return house.rows("select * from storyboard_generation")


def _nothing_is_lost_or_paid_twice(house: House, settings: Settings) -> None:
    [order] = _orders(house)
    assert order["status"] == "stored", house.log()
    assert (order["lease_owner"], order["next_at"]) == ("", None)
    [charge] = house.simulator.charges(order["external_task_id"])
    assert charge["task_id"] == order["kling_task_id"]
    [take] = house.rows("select * from storyboard_take")
    assert take["stored_at"] is not None
    made = hashlib.sha256(house.simulator.film(charge["task_id"])).hexdigest()
    film = house.media / take["video"]
    assert made == take["sha256"] == hashlib.sha256(film.read_bytes()).hexdigest()
    assert list(house.media.rglob("*.mp4")) == [film]
    _every_edge_is_legal(house)
    _the_sweep_leaves_no_part(house, settings)


def _every_edge_is_legal(house: House) -> None:
    """The history tells one unbroken way through the table of moves, and counts without a gap."""
    told = house.rows(
        "select verb, serial, data from storyboard_activity "
        "where project_id is not null order by serial"
    )
    assert [line["serial"] for line in told] == list(range(1, len(told) + 1))
    verbs = [line["verb"] for line in told]
    assert verbs.count("generation.ordered") == verbs.count("take.stored") == 1
    status = "queued"
    for line in told:
        data = json.loads(line["data"]) if isinstance(line["data"], str) else line["data"]
        if not line["verb"].startswith("generation.") or "to" not in data:
            continue
        assert data["before"] == status, told
        assert data["to"] in MOVES[status], told
        status = data["to"]
    assert status == "stored"


def _the_sweep_leaves_no_part(house: House, settings: Settings) -> None:
    settings.MEDIA_ROOT = house.media
    past = time.time() - PART_SECONDS - 60
    for path in parts_folder().iterdir():
        os.utime(path, (past, past))
    sweep_parts()
    assert list(parts_folder().iterdir()) == []
