"""What an order is when something happens to it, and what is decided: plain data, no rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta
from typing import Any

from storyboard.models.statuses import DAY, S

SOON = 5.0


class IllegalEvent(ValueError):
    """It cannot happen to an order of this status."""


@dataclass(frozen=True)
class Standing:
    """What a generation knows of itself; the names are its columns."""

    status: str
    status_at: datetime
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

    @classmethod
    def of(cls, row: object) -> Standing:
        """Read off anything with columns of these names."""
        return cls(**{column.name: getattr(row, column.name) for column in fields(cls)})

    @property
    def may_be_paid(self) -> bool:
        """Kling has it, or may have it."""
        return bool(self.post_count or self.kling_task_id)


@dataclass(frozen=True)
class Policy:
    """What the account allows.

    `refuses_duplicates`: only then may an unclear order be sent again. `has_another_key`: the
    account's key was replaced after the order was last sent. `scale` divides every duration.
    """

    refuses_duplicates: bool = False
    has_another_key: bool = False
    scale: float = 1.0

    def span(self, seconds: float) -> timedelta:
        return timedelta(seconds=seconds / self.scale)

    def seconds(self, span: timedelta) -> float:
        return span.total_seconds() * self.scale


@dataclass(frozen=True)
class Move:
    """A decision.

    `to`: the status from then on; the same one means that it stays. `wait`: seconds until the
    next look; None: nobody looks. `reason`: a key for words; "" where there is nothing to say.
    `fields`: what else is written.
    """

    to: str
    wait: float | None = 0.0
    reason: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)
    keeps_lease: bool = False


@dataclass(frozen=True)
class Case:
    """An order at a moment."""

    row: Standing
    policy: Policy
    now: datetime

    def is_over(self, since: datetime | None, seconds: float) -> bool:
        """Whether so many scaled seconds have passed; not where nobody knows since when."""
        return since is not None and self.now - since > self.policy.span(seconds)

    @property
    def is_a_day_old(self) -> bool:
        return self.is_over(self.row.status_at, DAY)

    @property
    def is_cleared(self) -> bool:
        """Kling has cleared the film by now: a day more is given, since what Kling still gives
        comes home, and one mishap at the wrong moment is no proof that it is gone."""
        return self.is_over(self.row.result_expires_at, DAY)

    def stay(self, wait: float | None, reason: str = "", **fields: Any) -> Move:
        return Move(self.row.status, wait, reason, fields)

    def again(self, longest: float, reason: str = "", *, first: float = SOON, most: int = 6) -> Move:  # fmt: skip  # noqa: E501
        """Look again, each time twice as late."""
        wait = min(longest, first * 2.0 ** min(self.row.tries, most))
        return self.stay(wait, reason, tries=self.row.tries + 1)

    def hold(self, reason: str, *, because: str = "", **fields: Any) -> Move:
        """Until a person looks; what may be paid is asked for daily meanwhile."""
        posts = fields.get("post_count", self.row.post_count)
        wait = DAY if posts or self.row.kling_task_id else None
        return Move(S.HELD, wait, because or reason, {"hold_reason": reason, **fields})
