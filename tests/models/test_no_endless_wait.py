"""Whatever goes wrong, and however long: no order waits without an end that somebody hears of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from storyboard.models import Status, events
from storyboard.models.moves import first_move, next_move, written
from storyboard.models.standing import Policy, Standing
from storyboard.models.statuses import LIVE, MOVES

MOST_LOOKS = 60_000  # at one order; a month of one each minute has 43,200
Days = Mapping[str, tuple[events.Event, ...]]

NEVER_WELL: tuple[Days, ...] = (
    # nobody answers
    {
        Status.SUBMITTING: (events.LeaseEnded(),),
        Status.UNCERTAIN: (events.Unanswered(),),
        Status.RUNNING: (events.Unanswered(),),
        Status.FETCHING: (events.NotFetched("no_link"), events.NotFetched("storage")),
        Status.HELD: (events.Unanswered(),),
    },
    # Kling answers, and it never comes to anything
    {
        Status.QUEUED: (events.Sends(),),
        Status.SUBMITTING: (events.IsBusy(),),
        Status.UNCERTAIN: (events.Absent(),),
        Status.RUNNING: (events.Found("processing"),),
        Status.FETCHING: (events.NotFetched("fresh_link"), events.NoFilm()),
        Status.HELD: (events.Found("processing"),),
    },
    # it is we who cannot
    {
        Status.QUEUED: (events.MustWait("disk"), events.MustWait("unreachable")),
        Status.UNCERTAIN: (events.MustWait("disk"), events.Absent()),
        Status.FETCHING: (events.NotFetched("disk"),),
        Status.HELD: (events.Absent(),),
    },
)


@pytest.mark.parametrize("days", NEVER_WELL, ids=["silence", "in vain", "our fault"])
@pytest.mark.parametrize("refuses", [True, False], ids=["refuses", "unknown"])
@pytest.mark.parametrize("status", sorted({*LIVE, Status.HELD}))
def test_no_status_waits_for_ever(status: Status, refuses: bool, days: Days) -> None:
    """Within some 33 days it is over, or it waits for a person; nothing else is an end."""
    start = now = datetime(2026, 1, 1, tzinfo=UTC)
    policy = Policy(refuses_duplicates=refuses)
    row, next_at = _begun(status, now), now
    for number in range(MOST_LOOKS):
        row, next_at = _live_on(row, policy, now, days, number)
        if next_at is None:
            break
        now = max(now, next_at)
    assert not MOVES[row.status] or row.status == Status.HELD
    assert next_at is None
    assert now - start < timedelta(days=33)


_PASTS: dict[str, dict[str, object]] = {
    Status.SUBMITTING: {"post_count": 1},
    Status.UNCERTAIN: {"post_count": 1},
    Status.RUNNING: {"post_count": 1, "kling_task_id": "t-1"},
    Status.FETCHING: {"post_count": 1, "kling_task_id": "t-1"},
    Status.HELD: {"post_count": 1, "hold_reason": "unclear"},
}
_ELSE: Days = {
    Status.QUEUED: (events.MustWait("places"),),
    Status.SUBMITTING: (events.Unclear(),),
    Status.RUNNING: (events.Absent(),),
}


def _begun(status: Status, now: datetime) -> Standing:
    times = {"last_post_at": now} if status != Status.QUEUED else {}
    if status == Status.FETCHING:
        times["result_expires_at"] = now + timedelta(days=30)
    return Standing(status, status_at=now, **_PASTS.get(status, {}), **times)  # type: ignore[arg-type]


def _live_on(
    row: Standing,
    policy: Policy,
    now: datetime,
    days: Days,
    number: int,
) -> tuple[Standing, datetime | None]:
    """One look at it; what it is then, and when the next look is."""
    move = first_move(row, policy, now)
    if move is None:
        met = {**_ELSE, **days}[row.status]
        move = next_move(row, met[number % len(met)], policy, now)
    values = written(row.status, move, policy, now)
    known = {name: value for name, value in values.items() if hasattr(row, name)}
    next_at = values["next_at"]
    return replace(row, **known), next_at and max(next_at, values["lease_until"])
