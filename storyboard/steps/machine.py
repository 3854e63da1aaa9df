"""One step of a generation: claim it, do what its status asks for."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.db import transaction

from storyboard.models import Generation, Status, Zombie
from storyboard.models.crash import crash_point
from storyboard.models.generations import MOST_CRASHES
from storyboard.steps.fetch import fetch
from storyboard.steps.owner import me
from storyboard.steps.poll import look_after_held, poll, settle
from storyboard.steps.submit import submit

log = logging.getLogger(__name__)


def found_sending(row: Generation) -> None:
    """T8: a worker died while sending; nobody knows what Kling got."""
    with transaction.atomic():
        row.move(Status.UNCERTAIN, wait=0.0, tries=0, words="A worker ended while sending.")
        crash_point("unclear.before_commit")
    crash_point("unclear.after_commit")


STEPS: dict[str, Callable[[Generation], None]] = {
    Status.QUEUED: submit,
    Status.SUBMITTING: found_sending,
    Status.UNCERTAIN: settle,
    Status.RUNNING: poll,
    Status.FETCHING: fetch,
    Status.HELD: look_after_held,
}


def step(pk: int) -> bool:
    """Take the next step of a generation; False when it was not ours to take.

    Whoever owns the thread closes its connection afterwards: Celery around a task, the sweep
    around its own steps.
    """
    row = (
        Generation.objects.select_related(
            "account", "order__revision__storyboard__project__team", "order__revision__first_frame"
        )
        .filter(pk=pk)
        .first()
    )
    if row is None or not row.claim(me()):
        return False
    crash_point("claim.after_commit")
    before = row.status
    try:
        STEPS[before](row)
    except Zombie:
        log.info("generation %s moved on without this worker", row.key)
    except Exception:
        log.exception("generation %s: step failed", row.key)
        _after_a_failure(row)
    if row.status != before:
        log.info("generation %s: %s, before %s", row.key, row.status, before)
    return True


@transaction.atomic
def _after_a_failure(row: Generation) -> None:
    """A mistake of ours: wait longer each time, and after five ask a person.

    A row that may be on its way to Kling keeps its lease and becomes unclear when that ends.
    """
    fresh = Generation.objects.get(pk=row.pk)
    if fresh.status == Status.SUBMITTING or fresh.fence != row.fence:
        return
    row.refresh_from_db()
    count = row.crash_count + 1
    try:
        if count >= MOST_CRASHES and row.status in (Status.QUEUED, Status.FETCHING):
            row.move(
                Status.HELD,
                wait=86400.0,
                crash_count=count,
                hold_reason="crashes",
                words="Our own worker failed at this five times. Nothing is lost.",
            )
        else:
            row.stay(wait=min(300.0, 5.0 * 2.0**count), crash_count=count)
    except Zombie:
        log.info("generation %s moved on without this worker", row.key)
