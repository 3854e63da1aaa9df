"""A Kling and a table of orders in memory: what the pure machine is walked against.

Kling keeps one dictionary of charges and answers honestly, late or not at all. The table knows
claims and conditional writes, as the database does; every decision comes from the product.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from storyboard.models.events import Event
from storyboard.models.moves import next_move, written
from storyboard.models.standing import Move, Policy, Standing
from storyboard.models.statuses import FREED, HINTED, LEASE_SECONDS, LIVE, S

START = datetime(2026, 1, 1, tzinfo=UTC)
UNITS = 350


@dataclass
class Row:
    """A generation's columns, as far as the machine reads or writes them."""

    external_id: str
    slot: int
    body: str
    status_at: datetime
    next_at: datetime | None
    lease_until: datetime
    status: str = S.QUEUED
    fence: int = 0
    lease_owner: str = ""
    waits_since: datetime | None = None
    post_count: int = 0
    last_post_at: datetime | None = None
    absent_count: int = 0
    absent_first_at: datetime | None = None
    tries: int = 0
    crash_count: int = 0
    kling_task_id: str = ""
    hold_reason: str = ""
    result_expires_at: datetime | None = None
    ended_at: datetime | None = None
    hinted_at: datetime | None = None
    told_id: str = ""
    units: int | None = None

    @property
    def standing(self) -> Standing:
        return Standing.of(self)


@dataclass
class Task:
    """One charge. It is found from `visible_at` on, under the contract it was ordered with."""

    id: str
    external_id: str
    body: str
    contract: int
    visible_at: datetime
    units: int = UNITS
    status: str = "processing"


@dataclass
class Kling:
    """Charges for whatever arrives, twice for what arrives twice, unless it refuses duplicates."""

    refuses_duplicates: bool
    finds_our_names: bool = True
    blind_until: datetime | None = None
    tasks: list[Task] = field(default_factory=list)
    on_the_way: list[tuple[datetime, Row, int, timedelta]] = field(default_factory=list)

    def of(self, external_id: str) -> list[Task]:
        return [task for task in self.tasks if task.external_id == external_id]

    def accept(self, row: Row, contract: int, now: datetime, lag: timedelta) -> Task | None:
        """A create arrives; None for a duplicate that is refused."""
        if self.refuses_duplicates and self.of(row.external_id):
            return None
        visible_at = now + lag
        number = len(self.tasks)
        task = Task(f"t{number}", row.external_id, row.body, contract, visible_at)
        self.tasks.append(task)
        return task

    def deliver(self, now: datetime) -> None:
        """What was still on its way when its sender stopped listening."""
        due = [one for one in self.on_the_way if one[0] <= now]
        self.on_the_way = [one for one in self.on_the_way if one[0] > now]
        for at, row, contract, lag in due:
            self.accept(row, contract, at, lag)

    def find(self, row: Row, contract: int, now: datetime) -> Task | None:
        """Asked by task id where one is known, else by our name."""
        known = row.kling_task_id or row.told_id
        if self.blind_until is not None and now < self.blind_until:
            return None
        for task in self.tasks:
            names_it = task.id == known if known else task.external_id == row.external_id
            is_seen = task.contract == contract and task.visible_at <= now
            if names_it and is_seen and (known or self.finds_our_names):
                return task
        return None


class Refused(Exception):
    """The row moved on: nothing was written."""


@dataclass
class Table:
    """Rows, the clock, and what was ever written, to be judged."""

    policy: Policy
    now: datetime = START
    rows: list[Row] = field(default_factory=list)
    edges: list[tuple[str, str]] = field(default_factory=list)
    ended: dict[str, Row] = field(default_factory=dict)
    claims: list[tuple[str, int]] = field(default_factory=list)

    def enqueue(self, slot: int) -> Row | None:
        """One standing order per take; a second press makes none."""
        if any(row.slot == slot and row.status not in FREED for row in self.rows):
            return None
        name = f"x{len(self.rows)}"
        row = Row(name, slot, f"body of {name}", self.now, self.now, self.now)
        self.rows.append(row)
        return row

    def row(self, external_id: str) -> Row:
        return next(row for row in self.rows if row.external_id == external_id)

    def at(self, *statuses: str) -> list[Row]:
        return [row for row in self.rows if row.status in statuses]

    def due(self) -> list[Row]:
        return [
            row
            for row in self.at(*LIVE, S.HELD)
            if row.next_at and row.next_at <= self.now and row.lease_until <= self.now
        ]

    def next_look(self) -> datetime | None:
        """When the next one is due of those that nobody has; None when there is none."""
        moments = [row.next_at for row in self.rows if row.next_at and row.lease_until <= self.now]
        return min(moments, default=None)

    def owns(self, copy: Row) -> bool:
        """Whether the copy's claim still stands."""
        row = self.row(copy.external_id)
        ours = (copy.status, copy.fence, copy.lease_owner)
        return (row.status, row.fence, row.lease_owner) == ours

    def claim(self, row: Row, owner: str) -> Row:
        """Take a due row; returns the worker's own copy of it."""
        row.crash_count += 1 if row.lease_owner else 0
        row.fence += 1
        row.lease_owner = owner
        row.lease_until = self.now + self.policy.span(LEASE_SECONDS)
        self.claims.append((row.external_id, row.fence))
        return replace(row)

    def apply(self, copy: Row, event: Event, policy: Policy | None = None, **facts: Any) -> Move:
        """Decide by the worker's copy, write if the row is still what it was."""
        move = next_move(copy.standing, event, policy or self.policy, self.now)
        self.write(copy, move, **facts)
        return move

    def write(self, copy: Row, move: Move, **facts: Any) -> None:
        values = {**written(copy.status, move, self.policy, self.now), **facts}
        if not self.owns(copy):
            raise Refused
        row = self.row(copy.external_id)
        if move.to != row.status:
            self.edges.append((row.status, move.to))
        for name, value in values.items():
            setattr(row, name, value)
            setattr(copy, name, value)
        if row.ended_at is not None:
            self.ended[row.external_id] = replace(row)

    def knock(self, row: Row) -> None:
        """What Generation.hint does."""
        if row.status in HINTED:
            row.hinted_at = self.now
            row.next_at = min(row.next_at or self.now, self.now)
