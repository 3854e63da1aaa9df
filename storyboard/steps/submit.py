"""Ordering from Kling: write the intent, send, settle. RELIABILITY A4, T1-T8."""

from __future__ import annotations

import logging
import random
import time
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from storyboard.kling.errors import AccountTrouble, AlreadyExists, Busy, KlingError, Refused
from storyboard.kling.guard import AddressRefused
from storyboard.kling.reports import Report
from storyboard.kling.wire import with_masks
from storyboard.models import Account, Call, Generation, NotAllowedNow, Status, events
from storyboard.models.crash import crash_point
from storyboard.models.files import files
from storyboard.models.generations import NO_TROUBLE
from storyboard.models.room import storage_is_nearly_full
from storyboard.models.statuses import IN_FLIGHT, SEND_WITHIN
from storyboard.steps import account as accounts
from storyboard.steps import sending
from storyboard.steps.words import WORDS, said, told, told_of_waiting

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Intent:
    """What was committed before the POST leaves."""

    call: Call
    body: dict[str, Any]
    committed: float  # monotonic seconds


def submit(row: Generation) -> None:
    """QUEUED: order it, unless something forbids that now."""
    body = _body_if_it_may_go(row, Account.objects.get(pk=row.account_id))
    if body is not None:
        _order(row, body)


def send_again(row: Generation) -> None:
    """UNCERTAIN, found absent twice: the same body under the same external id (U4, as T1)."""
    body = _body_if_it_may_go(row, Account.objects.get(pk=row.account_id))
    if body is None:
        return
    with transaction.atomic():
        locked = _lock(row)
        if not _may_go_with(row, locked):
            return
        if not accounts.may_ask(locked):
            _wait(row, "unreachable")
            return
        intent = _commit_intent(row, body)
    _post(row, locked, intent)


def _body_if_it_may_go(row: Generation, account: Account) -> dict[str, Any] | None:
    """The wire body, or None when this is not the time: then the row says so."""
    if account.tripped_at is not None:
        row.apply(row.next_move(events.AccountStopped()), words=account.tripped_words)
    elif accounts.is_out_of_reach(account):
        _wait(row, "unreachable")
    elif storage_is_nearly_full():
        _wait(row, "disk")
    else:
        return _body_if_approved(row)
    return None


def _body_if_approved(row: Generation) -> dict[str, Any] | None:
    """The wire body, after checking once more that it is what was approved, and can be kept."""
    try:
        files().check()
        row.order.check_matches()
        row.order.check_may_order()
        return wire_body(row)
    except NotAllowedNow as refused:
        row.apply(row.next_move(events.NoLongerApproved()), words=refused.words)
    except OSError as failed:
        level = logging.DEBUG if row.words == str(WORDS["storage"]) else logging.WARNING
        log.log(level, "generation %s: our storage does not answer: %s", row.key, failed)
        _wait(row, "storage")
    return None


def _wait(row: Generation, why: events.Waits) -> None:
    move = row.next_move(events.MustWait(why))
    row.apply(move, **told_of_waiting(move, str(WORDS[why])))


def wire_body(row: Generation) -> dict[str, Any]:
    """The frozen body with the pictures, our id and where Kling may knock."""
    body = dict(row.body)
    for name, picture in row.order.revision.frames().items():
        if name in body and picture is not None:
            body[name] = sending.picture(picture.file, row.account)
    masks = row.order.revision.masks()
    body = with_masks(
        body, lambda named: sending.picture(masks[named.removeprefix("sha256:")].file, row.account)
    )
    body["external_task_id"] = row.external_task_id
    if settings.PUBLIC_URL:
        path = reverse("kling_callback", args=[row.callback_token])
        body["callback_url"] = settings.PUBLIC_URL.rstrip("/") + path
    return body


def _order(row: Generation, body: dict[str, Any]) -> None:
    with transaction.atomic():
        locked = _lock(row)
        if not _may_go_with(row, locked):
            return
        in_flight = Generation.objects.filter(account=locked, status__in=IN_FLIGHT).count()
        if in_flight >= locked.free_slots_limit():
            _wait(row, "places")
            return
        # The one probe of an open breaker is for an order that leaves with it.
        if not accounts.may_ask(locked):
            _wait(row, "unreachable")
            return
        intent = _commit_intent(row, body)
    _post(row, locked, intent)


def _lock(row: Generation) -> Account:
    """Under the account's row lock places are counted, and its key is the one that is sent."""
    return Account.objects.select_for_update(no_key=True).get(pk=row.account_id)


def _may_go_with(row: Generation, account: Account) -> bool:
    """Not when the key was replaced after the order was sent before: then a person decides."""
    move = row.next_move(events.Sends(), row.policy_by(account))
    if move.to == Status.SUBMITTING:
        return True
    row.apply(move, **told(move))
    return False


@transaction.atomic
def _commit_intent(row: Generation, body: dict[str, Any]) -> Intent:
    """T1: the fact that we are about to ask, durable before the first byte leaves."""
    row.apply(row.next_move(events.Sends()), words="")
    call = Call.objects.create(generation=row, fence=row.fence, verb="POST")
    crash_point("intent.before_commit")
    return Intent(call=call, body=body, committed=time.monotonic())


def _post(row: Generation, account: Account, intent: Intent) -> None:
    crash_point("intent.after_commit")
    if time.monotonic() - intent.committed > account.scaled(SEND_WITHIN).total_seconds():
        return  # we were paused: send nothing; the lease ends and the row becomes unclear
    try:
        with accounts.client_for(account, trace=_on_the_wire) as client:
            report = client.create_video(row.endpoint, intent.body)  # type: ignore[arg-type]
    except AddressRefused as refused:
        _never_left(row, intent.call, str(refused))
    except KlingError as error:
        _settle(row, account, intent.call, error)
    else:
        crash_point("send.after_answer")
        _accepted(row, account, intent.call, report)
        crash_point("accepted.after_commit")


def _on_the_wire(event: str, _facts: object) -> None:
    """The order's own bytes, as httpcore tells of them."""
    if event.endswith("send_request_headers.started"):
        crash_point("send.before_first_byte")
    elif event.endswith("send_request_body.started"):
        crash_point("send.between_bytes")
    elif event.endswith("send_request_body.complete"):
        crash_point("send.after_last_byte")


def _accepted(row: Generation, account: Account, call: Call, report: Report) -> None:
    """T2, or T7 when the answer names somebody else's id."""
    accounts.answered(account)
    is_ours = report.external_task_id in (None, "", row.external_task_id)
    move = row.next_move(events.Accepted(is_ours))
    if not is_ours:
        call.answered(Call.Outcome.UNKNOWN, http=200)
        row.apply(move, **told(move))
        return
    with transaction.atomic():
        call.answered(Call.Outcome.ACCEPTED, http=200, code="0")
        row.apply(
            move,
            kling_task_id=report.task_id,
            kling_status=report.status,
            answered_at=timezone.now(),
            **NO_TROUBLE,
        )
        crash_point("accepted.before_commit")


def _settle(row: Generation, account: Account, call: Call, error: KlingError) -> None:
    """T3-T7: what a refusal or a silence means for the row."""
    log_trouble(row, error)
    accounts.met(account, error)
    with transaction.atomic():
        event, outcome = _meaning(error)
        call.answered(outcome, http=error.http, code=error.code, request_id=error.request_id or "")
        if isinstance(error, AccountTrouble):
            accounts.trip(account, error.words)
        elif str(error.code) == "1303":
            others = Generation.objects.filter(account=account, status__in=IN_FLIGHT).count() - 1
            accounts.crowded(account, others)
        move = row.next_move(event)
        facts = told(move) or said(error)
        if isinstance(error, Busy):
            facts = {**said(error), **told_of_waiting(move, error.words)}
        row.apply(move, **facts)
        crash_point("refused.before_commit")
    crash_point("refused.after_commit")


def _meaning(error: KlingError) -> tuple[events.Event, Call.Outcome]:
    """What happened to the order, and what the ledger of calls says of it."""
    if isinstance(error, AlreadyExists):
        return events.AlreadyExists(), Call.Outcome.PRESENT
    if isinstance(error, Busy):
        jitter = random.uniform(0.75, 1.25)  # noqa: S311
        return events.IsBusy(jitter), Call.Outcome.REFUSED
    if isinstance(error, AccountTrouble):
        return events.AccountRefused(), Call.Outcome.REFUSED
    if isinstance(error, Refused):
        return events.Refused(), Call.Outcome.REFUSED
    return events.Unclear(), Call.Outcome.UNKNOWN


def _never_left(row: Generation, call: Call, words: str) -> None:
    """The address was refused by ourselves: nothing was sent."""
    with transaction.atomic():
        call.answered(Call.Outcome.REFUSED)
        row.apply(row.next_move(events.NeverLeft()), words=words[:500])


def log_trouble(row: Generation, error: KlingError) -> None:
    """One line for a trouble, however often the order meets it again before it is over."""
    now = said(error)
    # The intent to send clears the words, so for an order sent again the code alone must tell.
    same_words = row.words == now["words"] or (row.kling_code and not row.words)
    is_known = same_words and row.kling_code == now["kling_code"]
    level = logging.DEBUG if is_known else logging.WARNING
    log.log(level, "generation %s: %s", row.key, error)
