"""Asking Kling what became of an order. RELIABILITY A4, U1-U6 and R1-R4."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from storyboard.kling.errors import AccountTrouble, KlingError, NotFound
from storyboard.kling.reports import Report
from storyboard.kling.troubles import of_failure
from storyboard.models import Account, Call, Generation, Receipt, Status, Take
from storyboard.models.crash import crash_point
from storyboard.models.generations import KEEP_DAYS, MOST_POSTS, NO_TROUBLE, SETTLE
from storyboard.steps import account as accounts
from storyboard.steps.submit import log_trouble, said, send_again, was_sent_with_another_key

log = logging.getLogger(__name__)

ABSENT_GAP = 30.0
SOON = 5.0
LONGEST_WAIT = 300.0
DAY = 86400.0
KEPT = DAY * KEEP_DAYS


class Silence(Exception):
    """Kling could not be asked, or its answer says nothing about the task."""

    def __init__(self, words: str, *, said: dict[str, Any] | None = None) -> None:
        super().__init__(words)
        self.said = said or {"words": words}


def settle(row: Generation) -> None:
    """UNCERTAIN: find out whether Kling took the order, before ever sending it again."""
    if _older_than(row, DAY):
        words = _(
            "Kling has not said for a day whether it took this order. The money counts as spent "
            "until it answers. Look it up in Kling's console, then release the order."
        )
        _hold(row, "unclear", words)
        return
    try:
        report = ask(row)
    except Silence as silence:
        _back_off(row, silence)
    else:
        if report is None:
            _absent(row)
        else:
            record(row, report)


def poll(row: Generation) -> None:
    """RUNNING: ask how far it is."""
    if _older_than(row, DAY):
        _hold(row, "no_answer", _(
            "Kling has been at this for a day without a result. The order stands; it is asked "
            "again each day for 30 days."))  # fmt: skip
        return
    try:
        report = ask(row)
    except Silence as silence:
        _back_off(row, silence)
    else:
        if report is None:  # a known id cannot be absent: never fail the task for it
            words = _("Kling does not know its own task at the moment. It is asked again.")
            _back_off(row, Silence(words))
        else:
            record(row, report)


def look_after_held(row: Generation) -> None:
    """HELD but possibly paid: asked once a day, until the film would be gone."""
    if not row.kling_task_id and not row.post_count:
        row.stay(wait=DAY * 3650)
        return
    try:
        report = ask(row)
    except Silence:
        report = None
    # Counted from the order: each hold begins anew while Kling only says "processing".
    is_over = timezone.now() - (row.last_post_at or row.status_at) > row.account.scaled(KEPT)
    if report is not None and (report.status in ("succeed", "failed") or not is_over):
        record(row, report)
    elif is_over:
        row.move(Status.LOST, words=_("Kling never answered, and keeps films for 30 days only."))
    else:
        row.stay(wait=DAY)


def ask(row: Generation) -> Report | None:
    """What Kling says of the order; None when it precisely says it has no such task.

    Where nobody knows whether Kling finds an order by the name we gave it, the task id a callback
    told is asked for first.
    """
    if not row.kling_task_id and row.account.dialect.ask_by_external_id != "yes":
        hinted = _ask_for_hint(row, Receipt.task_id_told(row))
        if hinted is not None:
            return hinted
    return _ask_for(row, row.kling_task_id or row.external_task_id)


def _ask_for_hint(row: Generation, task_id: str) -> Report | None:
    """A told id is believed only once our own question about it is answered with a task."""
    if not task_id:
        return None
    try:
        return _ask_for(row, task_id)
    except Silence:
        return None
    finally:
        row.renew()


def _ask_for(row: Generation, name: str) -> Report | None:
    """One authenticated GET."""
    account = Account.objects.get(pk=row.account_id)
    if not accounts.may_ask(account):
        raise Silence(_("Kling cannot be reached. Nothing is lost."))
    call = _commit_question(row)
    crash_point("ask.after_commit")
    try:
        with accounts.client_for(account, trace=_on_the_wire) as client:
            report = client.fetch_task(row.endpoint, name)  # type: ignore[arg-type]
    except NotFound as absent:
        accounts.answered(account)
        call.answered(Call.Outcome.ABSENT, http=absent.http, code=absent.code)
        return None
    except KlingError as error:
        _went_unanswered(row, account, call, error)
        raise Silence(error.words, said=said(error)) from error
    crash_point("ask.after_answer")
    accounts.answered(account)
    call.answered(Call.Outcome.PRESENT, http=200, code="0")
    crash_point("answer.after_commit")
    if report.external_task_id not in (None, "", row.external_task_id):
        raise Silence(_("Kling answered about another order."))
    return report


@transaction.atomic
def _commit_question(row: Generation) -> Call:
    """From here on the knocks so far count as heard: the answer is newer than they are."""
    call = Call.objects.create(generation=row, fence=row.fence, verb="GET")
    Receipt.objects.filter(generation=row, processed_at=None).update(processed_at=timezone.now())
    crash_point("ask.before_commit")
    return call


def _on_the_wire(event: str, _facts: object) -> None:
    """The question's own bytes, as httpcore tells of them."""
    if event.endswith("send_request_headers.started"):
        crash_point("ask.before_first_byte")
    elif event.endswith("send_request_body.complete"):
        crash_point("ask.after_last_byte")


def record(row: Generation, report: Report) -> None:
    """Write what Kling says of the task: idempotent and forward only."""
    facts: dict[str, Any] = {
        "kling_task_id": report.task_id,
        "kling_status": report.status,
        "kling_updated_ms": max(row.kling_updated_ms, report.updated_ms or 0),
        "answered_at": timezone.now(),
        **NO_TROUBLE,
    }
    if report.final_units_milli is not None:
        facts["final_units_milli"] = report.final_units_milli
    if report.status == "failed":
        row.move(Status.FAILED, **{**facts, **_why_it_failed(report)})
        log.warning("generation %s: failed at Kling: %s (request %s)",
                    row.key, report.message, report.request_id or "-")  # fmt: skip
    elif report.status == "succeed":
        _succeeded(row, report, facts)
    elif row.status == Status.RUNNING:
        _still_running(row, facts)
    else:
        row.move(Status.RUNNING, wait=15.0, tries=0, **facts)


def _succeeded(row: Generation, report: Report, facts: dict[str, Any]) -> None:
    if not report.videos:
        words = _("Kling says the film is ready but gives no link yet. It is asked again.")
        _back_off(row, Silence(words))
        return
    video = report.videos[0]
    with transaction.atomic():
        Take.expect(row, output_id=video.id[:64], url=video.url)
        row.move(
            Status.FETCHING,
            tries=0,
            result_expires_at=row.result_expires_at or timezone.now() + timedelta(days=KEEP_DAYS),
            **facts,
        )
        crash_point("record.before_commit")
    crash_point("record.after_commit")


def _still_running(row: Generation, facts: dict[str, Any]) -> None:
    wait = SOON if _was_hinted(row) else min(60.0, 15.0 * 1.5 ** min(row.tries, 6))
    row.stay(wait=wait, tries=row.tries + 1, **facts)
    crash_point("waiting.after_commit")


def _was_hinted(row: Generation) -> bool:
    """Read anew: Kling may have knocked while its older answer was on its way."""
    hinted_at = Generation.objects.values_list("hinted_at", flat=True).get(pk=row.pk)
    return hinted_at is not None and (row.answered_at is None or hinted_at > row.answered_at)


def _why_it_failed(report: Report) -> dict[str, str]:
    """Kling answers code 0 about a failed task; its reason stands in the task alone."""
    return {
        "words": of_failure(report.message).words[:500],
        "kling_code": "0",
        "kling_message": report.message[:1000],
        "kling_request_id": report.request_id[:80],
    }


def _absent(row: Generation) -> None:
    """U2-U5: absence counts only after the settling time, twice, half a minute apart."""
    now = timezone.now()
    settled_at = (row.last_post_at or now) + row.account.scaled(SETTLE)
    if now < settled_at:
        left = (settled_at - now) / row.account.scaled(1)
        row.stay(wait=left, absent_count=0)
    elif row.absent_count == 0:
        with transaction.atomic():
            row.stay(wait=ABSENT_GAP, absent_count=1, absent_first_at=now)
            crash_point("absent.before_commit")
        crash_point("absent.after_commit")
    elif now < (again_at := (row.absent_first_at or now) + row.account.scaled(ABSENT_GAP)):
        # A knock made us look sooner: too soon to count.
        row.stay(wait=(again_at - now) / row.account.scaled(1))
    elif row.account.dialect.duplicate_policy != "refuses":
        _hold(row, "unclear", _(
            "This account cannot be asked safely, so a person decides whether to order again."
        ))  # fmt: skip
    elif row.post_count >= MOST_POSTS and not _has_another_key(row):
        _hold(row, "posts", _(
            "Kling lost this order three times, so it waits for a person. Nothing was charged "
            "as far as Kling tells."))  # fmt: skip
    else:
        send_again(row)


def _has_another_key(row: Generation) -> bool:
    return was_sent_with_another_key(row, Account.objects.get(pk=row.account_id))


def _went_unanswered(row: Generation, account: Account, call: Call, error: KlingError) -> None:
    """Not evidence of anything about the task (U6, R4)."""
    log_trouble(row, error)
    accounts.met(account, error)
    call.answered(
        Call.Outcome.UNKNOWN, http=error.http, code=error.code, request_id=error.request_id or ""
    )
    if isinstance(error, AccountTrouble):
        accounts.trip(account, error.words)


def _back_off(row: Generation, silence: Silence) -> None:
    wait = min(LONGEST_WAIT, SOON * 2.0 ** min(row.tries, 6))
    row.stay(wait=wait, tries=row.tries + 1, **silence.said)


def _hold(row: Generation, reason: str, words: str) -> None:
    row.move(Status.HELD, wait=DAY, hold_reason=reason, words=words)


def _older_than(row: Generation, seconds: float) -> bool:
    return timezone.now() - row.status_at > row.account.scaled(seconds)
