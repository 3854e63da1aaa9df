"""Orders in the middle of their way, as plain data, and one look at what becomes of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from storyboard.models import events as e
from storyboard.models.moves import next_move
from storyboard.models.standing import Policy, Standing
from storyboard.models.statuses import DAY, S

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
REFUSES = Policy(refuses_duplicates=True)
UNKNOWN = Policy()
ANOTHER_KEY = replace(REFUSES, has_another_key=True)
READY = e.Found("succeed", has_link=True)
MAKING = e.Found("processing")


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


def row(status: str, **more: Any) -> Standing:
    """An order as it usually is in a status, ten minutes old."""
    sent = {"post_count": 1, "last_post_at": ago(600)}
    usual: dict[str, dict[str, Any]] = {
        S.QUEUED: {},
        S.UNCERTAIN: {**sent, "absent_count": 1, "absent_first_at": ago(31)},
        S.RUNNING: {**sent, "kling_task_id": "t-1"},
        S.FETCHING: {**sent, "kling_task_id": "t-1", "result_expires_at": ago(-DAY)},
        S.HELD: {**sent, "hold_reason": "unclear"},
    }
    return Standing(status, **{"status_at": ago(600), **usual.get(status, sent), **more})


def after(
    standing: Standing, event: e.Event, policy: Policy = REFUSES
) -> tuple[str, float | None, str]:
    """Where it goes, when it is looked at again, and why it is held."""
    move = next_move(standing, event, policy, NOW)
    return move.to, move.wait, move.fields.get("hold_reason", "")
