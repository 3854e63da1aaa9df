"""Ordering from Kling: write the intent, send, settle. RELIABILITY A4, T1-T8."""

from __future__ import annotations

import base64
import logging
import random
import shutil
import time
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from storyboard.kling.errors import (
    AccountTrouble,
    AlreadyExists,
    Busy,
    KlingError,
    Refused,
)
from storyboard.kling.guard import AddressRefused
from storyboard.kling.reports import Report
from storyboard.models import Account, Call, Generation, NotAllowedNow, Status
from storyboard.models.crash import crash_point
from storyboard.models.generations import (
    IN_FLIGHT,
    LEASE_SECONDS,
    MOST_CRASHES,
    NO_TROUBLE,
    SEND_WITHIN,
)
from storyboard.steps import account as accounts

log = logging.getLogger(__name__)

RUNNING_WAIT = 15.0
UNCLEAR_WAIT = 5.0
SLOT_WAIT = 3.0
FREE_BYTES = 2 * 1024**3


@dataclass(frozen=True)
class Intent:
    """What was committed before the POST leaves."""

    call: Call
    body: dict[str, Any]
    committed: float  # monotonic seconds


def submit(row: Generation) -> None:
    """QUEUED: order it, unless something forbids that now."""
    account = Account.objects.get(pk=row.account_id)
    if row.crash_count >= MOST_CRASHES:
        row.move(Status.HELD, wait=_next_look(row.post_count), hold_reason="crashes", words=_(
            "Sending this order ended a worker five times, so it waits for a person. "
            "Nothing was sent."))  # fmt: skip
    elif account.tripped_at is not None:
        row.move(Status.HELD, wait=_next_look(row.post_count), hold_reason="account",
                 words=account.tripped_words)  # fmt: skip
    elif not accounts.may_ask(account):
        row.stay(wait=accounts.PROBE_SECONDS, words=_("Kling cannot be reached. Nothing is lost."))
    elif shutil.disk_usage(settings.MEDIA_ROOT.parent).free < FREE_BYTES:
        row.stay(wait=60.0, words=_("The disk is nearly full, so nothing new is ordered."))
    elif (body := _body_if_approved(row)) is not None:
        _order(row, account, body)


def send_again(row: Generation) -> None:
    """UNCERTAIN, found absent twice: the same body under the same external id (U4)."""
    body = _body_if_approved(row)
    if body is None:
        return
    with transaction.atomic():
        locked = Account.objects.select_for_update(no_key=True).get(pk=row.account_id)
        if was_sent_with_another_key(row, locked):
            _hold_for_another_key(row)
            return
        intent = _commit_intent(row, body)
    _post(row, locked, intent)


def _body_if_approved(row: Generation) -> dict[str, Any] | None:
    """The wire body, after checking once more that it is what was approved."""
    try:
        row.order.check_matches()
        row.order.check_may_order()
    except NotAllowedNow as refused:
        if row.status == Status.QUEUED and not row.post_count:
            row.move(Status.CANCELLED, words=refused.words)
        else:
            row.move(Status.HELD, wait=86400.0, hold_reason="changed", words=refused.words)
        return None
    return wire_body(row)


def wire_body(row: Generation) -> dict[str, Any]:
    """The frozen body with the picture's bytes, our id and where Kling may knock."""
    revision = row.order.revision
    body = dict(row.body)
    if "image" in body and revision.first_frame is not None:
        with default_storage.open(revision.first_frame.file, "rb") as file:
            body["image"] = base64.b64encode(file.read()).decode()
    body["external_task_id"] = row.external_task_id
    if settings.PUBLIC_URL:
        path = reverse("kling_callback", args=[row.callback_token])
        body["callback_url"] = settings.PUBLIC_URL.rstrip("/") + path
    return body


def _order(row: Generation, account: Account, body: dict[str, Any]) -> None:
    with transaction.atomic():
        # Under the account's row lock: places are counted, and its key is the one that is sent.
        locked = Account.objects.select_for_update(no_key=True).get(pk=account.pk)
        if was_sent_with_another_key(row, locked):
            _hold_for_another_key(row)
            return
        in_flight = Generation.objects.filter(account=locked, status__in=IN_FLIGHT).count()
        if in_flight < locked.free_slots_limit():
            intent = _commit_intent(row, body)
        else:
            row.stay(wait=SLOT_WAIT, words=_("All places at Kling are taken; it goes next."))
            return
    _post(row, locked, intent)


def was_sent_with_another_key(row: Generation, account: Account) -> bool:
    """A key may open another account at Kling, whose "not found" says nothing of the first."""
    sent_at = row.last_post_at or row.status_at
    return row.post_count > 0 and account.key_set_at >= sent_at


def _hold_for_another_key(row: Generation) -> None:
    row.move(Status.HELD, wait=_next_look(row.post_count), hold_reason="another_key", words=_(
        "The account's key was replaced after this was sent, and with the new key Kling knows "
        "no such order. If the old key is of another account at Kling, the take may be paid "
        "for there. Nothing was sent again."))  # fmt: skip


@transaction.atomic
def _commit_intent(row: Generation, body: dict[str, Any]) -> Intent:
    """T1: the fact that we are about to ask, durable before the first byte leaves."""
    now = timezone.now()
    row.move(
        Status.SUBMITTING,
        wait=0.0,
        keep_lease=True,
        lease_until=now + row.account.scaled(LEASE_SECONDS),
        post_count=row.post_count + 1,
        last_post_at=now,
        absent_count=0,
        words="",
    )
    call = Call.objects.create(generation=row, fence=row.fence, verb="POST", sent_at=now)
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
    if report.external_task_id not in (None, "", row.external_task_id):
        call.answered(Call.Outcome.UNKNOWN, http=200)
        words = _("Kling answered with another order's name.")
        row.move(Status.UNCERTAIN, wait=UNCLEAR_WAIT, tries=0, words=words)
        return
    with transaction.atomic():
        call.answered(Call.Outcome.ACCEPTED, http=200, code="0")
        row.move(
            Status.RUNNING,
            wait=RUNNING_WAIT,
            kling_task_id=report.task_id,
            kling_status=report.status,
            answered_at=timezone.now(),
            tries=0,
            **NO_TROUBLE,
        )
        crash_point("accepted.before_commit")


def _settle(row: Generation, account: Account, call: Call, error: KlingError) -> None:
    """T3-T7: what a refusal or a silence means for the row."""
    log_trouble(row, error)
    accounts.met(account, error)
    with transaction.atomic():
        if isinstance(error, AlreadyExists):
            _note(call, Call.Outcome.PRESENT, error)
            row.move(Status.UNCERTAIN, wait=0.0, words=_("Kling says it has this order already."))
        elif isinstance(error, Busy):
            _note(call, Call.Outcome.REFUSED, error)
            _again_later(row, account, error)
        elif isinstance(error, AccountTrouble):
            _note(call, Call.Outcome.REFUSED, error)
            accounts.trip(account, error.words)
            posts = row.post_count - 1
            row.move(Status.HELD, wait=_next_look(posts), hold_reason="account",
                     post_count=posts, **said(error))  # fmt: skip
        elif isinstance(error, Refused):
            _note(call, Call.Outcome.REFUSED, error)
            row.move(Status.REJECTED, **said(error))
        else:
            _note(call, Call.Outcome.UNKNOWN, error)
            row.move(Status.UNCERTAIN, wait=UNCLEAR_WAIT, tries=0, **said(error))
        crash_point("refused.before_commit")
    crash_point("refused.after_commit")


def _again_later(row: Generation, account: Account, error: KlingError) -> None:
    """T3: documented as not created, so it goes back to the queue and costs nothing."""
    if str(error.code) == "1303":
        others = Generation.objects.filter(account=account, status__in=IN_FLIGHT).count() - 1
        accounts.crowded(account, others)
    wait = min(60.0, 2.0 ** min(row.tries, 6)) * random.uniform(0.75, 1.25)  # noqa: S311
    row.move(
        Status.QUEUED,
        wait=wait,
        post_count=row.post_count - 1,
        tries=row.tries + 1,
        **said(error),
    )


def _never_left(row: Generation, call: Call, words: str) -> None:
    """The address was refused by ourselves: nothing was sent."""
    posts = row.post_count - 1
    with transaction.atomic():
        call.answered(Call.Outcome.REFUSED)
        row.move(
            Status.HELD,
            wait=_next_look(posts),
            hold_reason="address",
            post_count=posts,
            words=words[:500],
        )


def _next_look(posts: int) -> float | None:
    """A held order that may have reached Kling is asked for daily; another waits for a person."""
    return 86400.0 if posts else None


def said(error: KlingError) -> dict[str, Any]:
    """What the row keeps of Kling's own answer."""
    return {
        "words": error.words[:500],
        "kling_code": "" if error.code is None else str(error.code)[:12],
        "kling_message": (error.message or "")[:1000],
        "kling_request_id": (error.request_id or "")[:80],
    }


def log_trouble(row: Generation, error: KlingError) -> None:
    """One line for a trouble, however often the order meets it again before it is over."""
    now = said(error)
    # The intent to send clears the words, so for an order sent again the code alone must tell.
    same_words = row.words == now["words"] or (row.kling_code and not row.words)
    is_known = same_words and row.kling_code == now["kling_code"]
    level = logging.DEBUG if is_known else logging.WARNING
    log.log(level, "generation %s: %s", row.key, error)


def _note(call: Call, outcome: str, error: KlingError) -> None:
    call.answered(outcome, http=error.http, code=error.code, request_id=error.request_id or "")
