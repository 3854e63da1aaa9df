"""One step of a generation: claim it, do what its status asks for."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.db import transaction
from django.utils import timezone

from storyboard.models import Generation, Status, Zombie, events
from storyboard.models.crash import crash_point
from storyboard.models.moves import first_move
from storyboard.models.statuses import MOVES
from storyboard.steps.fetch import fetch
from storyboard.steps.owner import me
from storyboard.steps.poll import look_after_held, poll, settle
from storyboard.steps.submit import submit
from storyboard.steps.words import told

log = logging.getLogger(__name__)


def found_sending(row: Generation) -> None:
    """T8: a worker died while sending; nobody knows what Kling got."""
    with transaction.atomic():
        move = row.next_move(events.LeaseEnded())
        row.apply(move, **told(move))
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
        decided = first_move(row.standing, row.policy, timezone.now())
        if decided is not None:
            row.apply(decided, **told(decided))
        else:
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

    A row that may be on its way to Kling keeps its lease and becomes unclear when that ends; of
    one that has ended nothing more is asked.
    """
    fresh = Generation.objects.get(pk=row.pk)
    has_ended = not MOVES[fresh.status]
    if has_ended or fresh.status == Status.SUBMITTING or fresh.fence != row.fence:
        return
    row.refresh_from_db()
    move = row.next_move(events.Mistake())
    try:
        row.apply(move, **told(move))
    except Zombie:
        log.info("generation %s moved on without this worker", row.key)
