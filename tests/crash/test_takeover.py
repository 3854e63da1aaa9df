"""Several workers on one host: what a dead one held is taken at once, and none blocks another."""

from __future__ import annotations

import ast
import json
import time
from pathlib import Path

import pytest

from tests.crash.ground import Ground
from tests.crash.house import ROOT, House, wait_for

AT_ONCE = 15.0  # seconds on a busy machine; the lease itself would last ninety
# Claims the order, and the duty to sweep, and dies before doing anything.
HOLD_AND_DIE = """
import os, signal
from datetime import timedelta
from django.utils import timezone
from storyboard.models import Generation, Lease
from storyboard.steps.owner import me
Lease.objects.update(until=timezone.now() - timedelta(seconds=1))
assert Lease.hold("sweep", owner=me(), seconds=3600)
row = Generation.objects.get()
Generation.objects.update(next_at=timezone.now())
assert row.claim(me())
os.kill(os.getpid(), signal.SIGKILL)
"""
# Eight threads want one duty nobody ever held; prints who got it, and what was raised.
ALL_AT_ONCE = """
import json, threading
from concurrent.futures import ThreadPoolExecutor
from django.db import connection
from storyboard.models import Lease
def hold(rounds, gate, number):
    said = []
    for n in range(rounds):
        gate.wait(30)
        try:
            said.append(Lease.hold(f"duty {n}", owner=f"worker {number}", seconds=60))
        except Exception as error:
            said.append(repr(error))
    connection.close()
    return said
gate = threading.Barrier(8)
with ThreadPoolExecutor(8) as hands:
    got = list(hands.map(lambda number: hold(20, gate, number), range(8)))
print(json.dumps([list(one) for one in zip(*got)]))
"""
# A person edits while a worker records: each holds what the other wants next.
EDIT_WHILE_RECORDING = """
import json, threading
from concurrent.futures import ThreadPoolExecutor
from django.db import connection, transaction
from storyboard.models import Activity, Storyboard
gate = threading.Barrier(2)
def first(lock):
    with transaction.atomic():
        lock()
        gate.wait(30)
        Activity.append("generation.accepted", by=None, storyboard=Storyboard.objects.get())
def second(_lock):
    with transaction.atomic():
        Activity.append("generation.accepted", by=None, storyboard=Storyboard.objects.get())
        gate.wait(30)
def run(work):
    try:
        work[0](work[1])
        return ""
    except Exception as error:
        gate.abort()
        return repr(error)
    finally:
        connection.close()
board = Storyboard.objects.get()
with ThreadPoolExecutor(2) as hands:
    print(json.dumps(list(hands.map(run, [(first, board.locked), (second, None)]))))
"""


def test_a_living_worker_takes_at_once_what_a_dead_one_held(ground: Ground, tmp_path: Path) -> None:
    house = ground.with_an_order(tmp_path / "house")
    # At the speed of real life: a lease of ninety seconds.
    slow = {"TIME_SCALE": "1"}
    house.change("update storyboard_generation set next_at = '2099-01-01 00:00:00+00:00'")
    try:
        house.worker(**slow)
        wait_for(lambda: "sweep started" in house.log(), house.log)
        _hold_and_die(house, slow)
        died_at = time.monotonic()
        wait_for(lambda: _status(house) == "running", house.log, AT_ONCE)
    finally:
        house.end()
    assert time.monotonic() - died_at < AT_ONCE
    assert "took over 1 orders" in house.log()
    [order] = house.rows("select * from storyboard_generation")
    assert len(house.simulator.charges(order["external_task_id"])) == 1


def test_a_duty_that_eight_want_at_once_goes_to_one_and_raises_nothing(
    ground: Ground, tmp_path: Path
) -> None:
    house = ground.with_an_order(tmp_path / "house")
    rounds = json.loads(house.manage("shell", "-v", "0", "-c", ALL_AT_ONCE))
    assert len(rounds) == 20
    for said in rounds:
        assert sorted(said) == [False] * 7 + [True]


@pytest.mark.services
def test_an_edit_and_a_worker_do_not_lock_each_other_out(
    on_services: Ground, tmp_path: Path
) -> None:
    """Rows that others point at are locked without their key; SQLite knows no such lock."""
    house = on_services.with_an_order(tmp_path / "house")
    assert json.loads(house.manage("shell", "-v", "0", "-c", EDIT_WHILE_RECORDING)) == ["", ""]


def test_every_lock_leaves_the_key_alone() -> None:
    """Or a row that points at the locked one waits for it at commit, holding what it waits for."""
    locks = [
        node
        for path in (ROOT / "storyboard").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "select_for_update"
    ]
    assert locks
    for lock in locks:
        assert "no_key" in {word.arg for word in lock.keywords}, ast.unparse(lock)


def _hold_and_die(house: House, environment: dict[str, str]) -> None:
    child = house.start(["manage.py", "shell", "-v", "0", "-c", HOLD_AND_DIE], "dying", environment)
    wait_for(lambda: child.process.poll() is not None, house.log)
    assert child.process.returncode == -9, house.log()


def _status(house: House) -> str:
    [order] = house.rows("select status from storyboard_generation")
    return str(order["status"])
