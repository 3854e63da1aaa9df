"""manage.py reconcile as it is run: a process of its own, without workers and beside them."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.stack import ROOT, Stack

APPROVED = """
from storyboard.models import Project, Role, Team
from tests import builders
owner = builders.make_person("owner@studio.example", "Owner")
team = Team.start("Northlight", owner=owner)
team.add_account("Simulator", profile="official", address="{address}", credential="k", by=owner)
reviewer = builders.join(
    team, Role.REVIEWER, builders.make_person("r@studio.example", "Reviewer"), by=owner
)
project = Project.start("Asking", team=team, by=owner)
revision = builders.make_revision(builders.make_storyboard(project, by=owner), by=owner, takes=4)
builders.approve(revision, by=reviewer)
"""
ORDER_TWO = """
from storyboard.models import Revision
from tests import builders
for _take in range(2):
    builders.order(Revision.objects.get(), by=Revision.objects.get().sent_by)
"""
STATUSES = """
from storyboard.models import Generation
print("STATUSES", *Generation.objects.order_by("pk").values_list("status", flat=True))
"""
PATIENCE = 90.0


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    """An approved revision, a Kling that charges a repeated order again, and no worker."""
    flags = ("--charges-twice",)
    installation = Stack(tmp_path, callbacks=False, seconds_per_task=0.5, simulator_flags=flags)
    installation.prepare()
    words = APPROVED.format(address=installation.simulator_address)
    installation.manage("shell", "-v", "0", "-c", words)
    installation.start_simulator()
    try:
        yield installation
    finally:
        installation.end()


def statuses(stack: Stack) -> list[str]:
    return stack.manage("shell", "-v", "0", "-c", STATUSES).split()[1:]


def die_sending(stack: Stack) -> None:
    """A worker that ends with the last byte of an order, before Kling's answer."""
    stack.extra["CRASH_AT"] = "send.after_last_byte"
    stack.start_worker("worker-dying")
    del stack.extra["CRASH_AT"]
    stack.children["worker-dying"].wait(PATIENCE)
    stack.kill("worker-dying")


def charges(stack: Stack) -> Counter[str]:
    return Counter(line["external_task_id"] for line in stack.ledger)


def reconcile_beside(stack: Stack) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "manage.py", "reconcile", "--wait", "30"],
        cwd=ROOT,
        env=stack.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.mark.by_hand
def test_what_a_dead_worker_left_is_settled_without_any_and_beside_living_ones(
    stack: Stack,
) -> None:
    stack.manage("shell", "-v", "0", "-c", ORDER_TWO)
    die_sending(stack)
    left = statuses(stack)
    assert "submitting" in left
    waits = len(left) - left.count("queued")
    time.sleep(1.0)  # Kling is done by then

    assert f"{waits} order" in stack.manage("reconcile", "--dry-run")
    printed = stack.manage("reconcile", "--wait", "60")
    assert printed.count("Sending → ") == waits
    assert "could not be asked" not in printed
    time.sleep(1.0)  # also of one that had never reached Kling and was sent again
    stack.manage("reconcile")
    assert statuses(stack) == ["stored" if each != "queued" else each for each in left]

    stack.manage("shell", "-v", "0", "-c", ORDER_TWO)
    stack.start_worker("worker-1")
    stack.start_worker("worker-2")
    end = time.monotonic() + PATIENCE
    told = []
    while statuses(stack) != ["stored"] * 4:
        assert time.monotonic() < end, stack.log("worker-1")[-2000:]
        both = [reconcile_beside(stack) for _n in range(2)]
        told += [one.communicate(timeout=PATIENCE)[0] for one in both]
    assert "Traceback" not in "".join(told)
    assert sorted(charges(stack).values()) == [1, 1, 1, 1]
