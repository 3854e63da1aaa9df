"""A real worker is killed at a named instruction; the next one ends with one charge, one take.

All of them by `make crash`; a few, one a stage, in every test run.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from storyboard.steps.crash import POINTS
from tests.journeys.stack import ROOT, Stack

FEW = ("intent.after_commit", "send.after_answer", "store.after_rename")
ASKED = POINTS if os.environ.get("CRASH_SWEEP") == "all" else FEW
DIES_WITHIN = 40.0
ENDS_WITHIN = 60.0
FAST = {"TIME_SCALE": "40"}

# One approved revision of two shots with one order in the queue.
ONE_ORDER = """
from storyboard.models import Project, Revision, Role, Team
from tests import builders
owner = builders.make_person("owner@studio.example", "Owner")
team = Team.start("Northlight", owner=owner)
team.add_account("Simulator", profile="official", address="{address}", credential="k", by=owner)
reviewer = builders.join(
    team, Role.REVIEWER, builders.make_person("r@studio.example", "Reviewer"), by=owner
)
project = Project.start("Crash", team=team, by=owner)
revision = builders.make_revision(builders.make_storyboard(project, by=owner), by=owner)
builders.approve(revision, by=reviewer)
builders.order(Revision.objects.get(pk=revision.pk), by=owner)
"""


@pytest.fixture(scope="module")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A simulator for all points; each point has a database and a worker of its own."""
    stack = Stack(tmp_path_factory.mktemp("simulator"), callbacks=False, seconds_per_task=0.5)
    try:
        stack.start_simulator()
        yield stack
    finally:
        stack.kill("simulator")


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty installation to copy."""
    stack = Stack(tmp_path_factory.mktemp("migrated"), callbacks=False)
    stack.manage("migrate", "--verbosity", "0")
    return stack.folder / "var"


@pytest.mark.parametrize("point", ASKED)
def test_dying_there_costs_nothing(
    point: str, simulator: Stack, migrated: Path, tmp_path: Path
) -> None:
    shutil.copytree(migrated, tmp_path / "var")
    stack = Stack(
        tmp_path, callbacks=False, simulator_port=simulator.simulator_port, extra=dict(FAST)
    )
    stack.manage("shell", "-v", "0", "-c", ONE_ORDER.format(address=stack.simulator_address))
    try:
        stack.extra["CRASH_AT"] = point
        stack.start_worker()
        assert stack.children["worker"].wait(DIES_WITHIN) == -9, stack.log("worker")
        stack.kill("worker")
        del stack.extra["CRASH_AT"]
        stack.start_worker()
        generation = ended(stack)
    finally:
        if "worker" in stack.children:
            stack.kill("worker")
    assert generation["status"] == "stored", stack.log("worker")
    charged = [line["external_task_id"] for line in simulator.ledger]
    assert charged.count(generation["external_task_id"]) == 1
    [take] = rows(stack, "select * from storyboard_take")
    film = stack.folder / "var" / "media" / take["video"]
    assert take["stored_at"]
    assert hashlib.sha256(film.read_bytes()).hexdigest() == take["sha256"]
    assert len(list((stack.folder / "var" / "media").rglob("*.mp4"))) == 1


def ended(stack: Stack) -> dict[str, Any]:
    """The one order, when it is over."""
    end = time.monotonic() + ENDS_WITHIN
    while time.monotonic() < end:
        [row] = rows(stack, "select * from storyboard_generation")
        if row["ended_at"]:
            return row
        time.sleep(0.2)
    raise AssertionError(json.dumps(row, default=str) + stack.log("worker"))


def rows(stack: Stack, query: str) -> list[dict[str, Any]]:
    database = sqlite3.connect(stack.folder / "var" / "greenlight.sqlite3", timeout=20)
    database.row_factory = sqlite3.Row
    try:
        return [dict(row) for row in database.execute(query)]
    finally:
        database.close()


def test_every_point_stands_in_the_code_once() -> None:
    source = "".join(path.read_text() for path in (ROOT / "storyboard" / "steps").glob("*.py"))
    assert {point: source.count(f'crash_point("{point}")') for point in POINTS} == dict.fromkeys(
        POINTS, 1
    )
