"""Installations set up within seconds: a team, and approved revisions with or without orders."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.crash.house import House, Simulator
from tests.prepared import lay_installation, lay_static

# Prints the owner's session and the key of each revision. An order's name at Kling begins with the
# name of its storyboard, so that a simulator's faults can be set for it; it is due in a far future.
_SCENE = """
import hashlib, json, uuid
from datetime import timedelta
from django.test import Client
from django.utils import timezone
from storyboard.models import Account, Project, Role, Team
from tests import builders
owner = builders.make_person("owner@studio.example", "Owner")
team = Team.start("Northlight", owner=owner)
team.add_account("Simulator", profile="official", address="{address}", credential="k", by=owner)
Account.objects.update(slots={slots})
reviewer = builders.join(
    team, Role.REVIEWER, builders.make_person("r@studio.example", "Reviewer"), by=owner
)
project = Project.start("Scene", team=team, by=owner)
revisions = dict()
for name in {approved} + {ordered}:
    board = builders.make_storyboard(project, by=owner, name=name)
    revision = builders.approve(builders.make_revision(board, by=owner), by=reviewer)
    revisions[name] = revision.key
    if name in {ordered}:
        row = builders.order(revision, by=owner)
        row.external_task_id = name + "-" + uuid.uuid4().hex
        row.callback_sha256 = hashlib.sha256(row.callback_token.encode()).hexdigest()
        row.next_at = timezone.now() + timedelta(days=3650)
        row.save()
browser = Client()
browser.force_login(owner)
print(json.dumps(dict(session=browser.cookies["session"].value, revisions=revisions)))
"""


@dataclass(frozen=True)
class Scene:
    """What a person's browser must know: a session of the owner, and revision keys by name."""

    session: str
    revisions: dict[str, str]

    @classmethod
    def set(
        cls,
        house: House,
        *,
        approved: Sequence[str] = (),
        ordered: Sequence[str] = (),
        slots: int = 5,
    ) -> Scene:
        """One revision for each name; of the `ordered` a take is in the queue, and not due."""
        told = {
            "{address}": house.simulator.address,
            "{approved}": repr(list(approved)),
            "{ordered}": repr(list(ordered)),
            "{slots}": str(slots),
        }
        code = _SCENE
        for word, value in told.items():
            code = code.replace(word, value)
        printed = house.manage("shell", "-v", "0", "-c", code)
        return cls(**json.loads(printed.splitlines()[-1]))


def make_house(folder: Path, simulator: Simulator, **environment: str) -> House:
    """On files of its own unless the environment says otherwise; its pages need `dress`."""
    lay_installation(folder / "var")
    return House(folder, simulator, environment)


def dress(houses: Iterable[House], folder: Path) -> None:
    """Collect the static files once for all of them."""
    lay_static(folder)
    for house in houses:
        house.static = folder


def at_once(works: Sequence[Callable[[], Any]]) -> list[Any]:
    """Several things that mostly wait, at the same time; what each returned, in order."""
    with ThreadPoolExecutor(max(len(works), 1)) as hands:
        return [done.result() for done in [hands.submit(work) for work in works]]


def make_due(house: House, *names: str) -> None:
    """The orders of these names may be taken from now on."""
    like = " or ".join(f"external_task_id like '{name}-%'" for name in names)
    house.change(f"update storyboard_generation set next_at = status_at where {like}")


def statuses(house: House) -> dict[str, str]:
    """Where each order stands, by the name of its storyboard."""
    rows = house.rows("select external_task_id, status from storyboard_generation")
    return {row["external_task_id"].rpartition("-")[0]: row["status"] for row in rows}


def stored_once(house: House) -> None:
    """Every order is a stored take with its film, sent for one charge, and nothing is left over."""
    orders = house.rows("select * from storyboard_generation")
    assert {order["status"] for order in orders} == {"stored"}, house.log()[-6000:]
    takes = house.rows("select * from storyboard_take")
    assert len(takes) == len(orders)
    assert all((house.media / take["video"]).is_file() for take in takes)
    for order in orders:
        charges = house.simulator.charges(order["external_task_id"])
        assert [charge["task_id"] for charge in charges] == [order["kling_task_id"]]


def posts(house: House) -> dict[str, int]:
    """How often each order was sent, by the name of its storyboard, as the ledger of calls says."""
    rows = house.rows(
        "select g.external_task_id as name, count(*) as n from storyboard_call c "
        "join storyboard_generation g on g.id = c.generation_id "
        "where c.verb = 'POST' group by g.external_task_id"
    )
    return {row["name"].rpartition("-")[0]: row["n"] for row in rows}
