"""The three ways everybody begins with, put back: each charges twice, and a campaign must say so.

    post-then-save   Kling is asked first and the row written afterwards; a worker that dies in
                     between, or hears nothing, sends again.
    blind-retry      the intent is written first; what became unclear is sent again at once.
    ask-once         what became unclear is asked about once; "not found" is believed at once.

They stand in for steps of the machine in a worker of the tests alone (`tests.faults.worker`). The
product has no switch for them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils import timezone

from storyboard.kling.errors import Busy, KlingError, NotFound, Refused
from storyboard.kling.reports import Report
from storyboard.models import Account, Call, Generation, Status
from storyboard.models.statuses import IN_FLIGHT
from storyboard.steps import account as accounts
from storyboard.steps import machine
from storyboard.steps.poll import record
from storyboard.steps.submit import wire_body

Step = Callable[[Generation], None]

SOON = 5.0  # as long as the machine itself waits after an unclear answer
NO_PLACE = 3.0


def use(strategy: str) -> None:
    """Swap the steps of this process. Raises KeyError for a strategy nobody knows."""
    machine.STEPS.update(STRATEGIES[strategy])


def post_then_save(row: Generation) -> None:
    """QUEUED: ask Kling, then write down that it was asked."""
    account = Account.objects.get(pk=row.account_id)
    in_flight = Generation.objects.filter(account=account, status__in=IN_FLIGHT).count()
    if in_flight >= account.free_slots_limit():
        row.stay(wait=NO_PLACE)
        return
    sent_at = timezone.now()
    try:
        report = _post(row)
    except Refused as refused:
        _write_intent(row, sent_at)
        row.move(Status.REJECTED, words=refused.words[:500])
    except KlingError as error:
        row.stay(wait=SOON, words=error.words[:500])
    else:
        with transaction.atomic():
            call = _write_intent(row, sent_at)
            _accepted(row, call, report)


def blind_retry(row: Generation) -> None:
    """UNCERTAIN: send it again."""
    _send_again(row)


def ask_once(row: Generation) -> None:
    """UNCERTAIN: send it again when Kling does not know it now."""
    try:
        report = _get(row)
    except NotFound:
        _send_again(row)
    except KlingError as error:
        row.stay(wait=SOON, words=error.words[:500])
    else:
        record(row, report)


STRATEGIES: dict[str, dict[str, Step]] = {
    "post-then-save": {Status.QUEUED: post_then_save},
    "blind-retry": {Status.UNCERTAIN: blind_retry},
    "ask-once": {Status.UNCERTAIN: ask_once},
}


def _send_again(row: Generation) -> None:
    call = _write_intent(row, timezone.now())
    try:
        report = _post(row)
    except Busy as busy:
        call.answered(Call.Outcome.REFUSED, http=busy.http, code=busy.code)
        row.move(Status.UNCERTAIN, wait=SOON, words=busy.words[:500])
    except Refused as refused:
        call.answered(Call.Outcome.REFUSED, http=refused.http, code=refused.code)
        row.move(Status.REJECTED, words=refused.words[:500])
    except KlingError as error:
        call.answered(Call.Outcome.UNKNOWN, http=error.http, code=error.code)
        row.move(Status.UNCERTAIN, wait=SOON, words=error.words[:500])
    else:
        _accepted(row, call, report)


@transaction.atomic
def _write_intent(row: Generation, sent_at: Any) -> Call:
    row.move(
        Status.SUBMITTING,
        keep_lease=True,
        post_count=row.post_count + 1,
        last_post_at=sent_at,
    )
    return Call.objects.create(generation=row, fence=row.fence, verb="POST", sent_at=sent_at)


@transaction.atomic
def _accepted(row: Generation, call: Call, report: Report) -> None:
    call.answered(Call.Outcome.ACCEPTED, http=200, code="0")
    row.move(
        Status.RUNNING,
        wait=15.0,
        kling_task_id=report.task_id,
        kling_status=report.status,
        answered_at=timezone.now(),
        tries=0,
        words="",
    )


def _post(row: Generation) -> Report:
    with accounts.client_for(Account.objects.get(pk=row.account_id)) as client:
        return client.create_video(row.endpoint, wire_body(row))  # type: ignore[arg-type]


def _get(row: Generation) -> Report:
    call = Call.objects.create(generation=row, fence=row.fence, verb="GET")
    try:
        with accounts.client_for(Account.objects.get(pk=row.account_id)) as client:
            report = client.fetch_task(row.endpoint, row.external_task_id)  # type: ignore[arg-type]
    except NotFound:
        call.answered(Call.Outcome.ABSENT)
        raise
    except KlingError:
        call.answered(Call.Outcome.UNKNOWN)
        raise
    call.answered(Call.Outcome.PRESENT, http=200, code="0")
    return report
