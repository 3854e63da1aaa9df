"""One order and its life: its status follows from the clock."""

from dataclasses import dataclass
from typing import Any

DAY_MS = 86_400_000
CLEARED_AFTER_MS = 30 * DAY_MS  # source 001: results are kept for 30 days
# How much of a task's life was called back: what the column `told` holds.
UNTOLD, TOLD_SUBMITTED, TOLD_PROCESSING, TOLD_END = -1, 0, 1, 2


@dataclass(frozen=True)
class Task:
    """One accepted create. Times are Unix milliseconds; `body` has its pictures taken out.

    `fails` is why it does, "" for one that succeeds.
    """

    task_id: str
    account: str
    external_task_id: str | None
    kind: str
    body: dict[str, Any]
    model: str
    mode: str
    seconds: int
    sound: bool
    shots: tuple[tuple[int, str], ...]
    watermark: bool
    units_milli: int
    fails: str
    callback_url: str | None
    created_ms: int
    processing_ms: int
    done_ms: int

    def status(self, now_ms: int) -> str:
        """Kling's word for how far the task is at this moment."""
        if now_ms >= self.done_ms:
            return "failed" if self.fails else "succeed"
        return "processing" if now_ms >= self.processing_ms else "submitted"

    def reached_ms(self, status: str) -> int:
        """When it had, or will have, a status."""
        early = {"submitted": self.created_ms, "processing": self.processing_ms}
        return early.get(status, self.done_ms)

    def cleared(self, now_ms: int) -> bool:
        """Whether its result is gone by this moment. It is still listed, as seen live."""
        return now_ms >= self.done_ms + CLEARED_AFTER_MS

    def updated_ms(self, now_ms: int) -> int:
        """When the status it has at this moment began."""
        reached = (self.created_ms, self.processing_ms, self.done_ms)
        return max(moment for moment in reached if moment <= max(now_ms, self.created_ms))
