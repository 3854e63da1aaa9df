"""The eleven statuses of a generation, the one table of moves between them, and how long things
may take. RELIABILITY A4. Seconds are real ones; TIME_SCALE divides them for a simulator alone."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy

LEASE_SECONDS = 90.0
SEND_WITHIN = 10.0  # from the commit of the intent to the first byte
POST_TOTAL = 60.0
# Longer than a POST of ours can still be under way: only then does absence mean anything.
SETTLE = 150.0
ABSENT_GAP = 30.0
MOST_POSTS = 3
MOST_CRASHES = 5
KEEP_DAYS = 30  # Kling clears results after this (source 001)
HOUR = 3600.0
DAY = 86400.0


class Status(models.TextChoices):
    QUEUED = "queued", gettext_lazy("Queued")
    SUBMITTING = "submitting", gettext_lazy("Sending")
    UNCERTAIN = "uncertain", gettext_lazy("Unclear")
    RUNNING = "running", gettext_lazy("Generating")
    FETCHING = "fetching", gettext_lazy("Fetching")
    STORED = "stored", gettext_lazy("Stored")
    FAILED = "failed", gettext_lazy("Failed")
    REJECTED = "rejected", gettext_lazy("Refused")
    CANCELLED = "cancelled", gettext_lazy("Withdrawn")
    HELD = "held", gettext_lazy("Held")
    LOST = "lost", gettext_lazy("Lost")


S = Status
MOVES: dict[str, frozenset[str]] = {
    S.QUEUED: frozenset({S.SUBMITTING, S.CANCELLED, S.HELD}),
    S.SUBMITTING: frozenset({S.RUNNING, S.QUEUED, S.UNCERTAIN, S.REJECTED, S.HELD}),
    S.UNCERTAIN: frozenset({S.RUNNING, S.FETCHING, S.FAILED, S.SUBMITTING, S.HELD}),
    S.RUNNING: frozenset({S.FETCHING, S.FAILED, S.HELD}),
    S.FETCHING: frozenset({S.STORED, S.LOST, S.HELD}),
    S.HELD: frozenset({S.QUEUED, S.UNCERTAIN, S.RUNNING, S.FETCHING, S.FAILED, S.LOST}),
    S.STORED: frozenset(),
    S.FAILED: frozenset(),
    S.REJECTED: frozenset(),
    S.CANCELLED: frozenset(),
    S.LOST: frozenset(),
}
LIVE = frozenset({S.QUEUED, S.SUBMITTING, S.UNCERTAIN, S.RUNNING, S.FETCHING})
IN_FLIGHT = frozenset({S.SUBMITTING, S.UNCERTAIN, S.RUNNING})
# Where a knock of Kling's may be about something new.
HINTED = (S.RUNNING.value, S.UNCERTAIN.value, S.FETCHING.value, S.HELD.value)
FREED = frozenset({S.FAILED, S.REJECTED, S.CANCELLED})  # the take slot may be ordered again
