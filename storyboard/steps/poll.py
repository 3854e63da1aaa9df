"""Asking Kling what became of an order. RELIABILITY A4, U1-U6 and R1-R4."""

from __future__ import annotations

import logging
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from storyboard.kling.errors import AccountTrouble, KlingError, NotFound
from storyboard.kling.reports import Report
from storyboard.kling.troubles import of_failure
from storyboard.models import Account, Call, Generation, Receipt, Status, Take, events
from storyboard.models.crash import crash_point
from storyboard.models.generations import NO_TROUBLE
from storyboard.models.standing import Move
from storyboard.steps import account as accounts
from storyboard.steps.submit import log_trouble, send_again
from storyboard.steps.words import said, told

log = logging.getLogger(__name__)


class Silence(Exception):
    """Kling could not be asked, or its answer says nothing about the task."""

    def __init__(self, words: str, *, said: dict[str, Any] | None = None) -> None:
        super().__init__(words)
        self.said = said or {"words": words}


def settle(row: Generation) -> None:
    """UNCERTAIN: find out whether Kling took the order, before ever sending it again."""
    try:
        report = ask(row)
    except Silence as silence:
        _unanswered(row, events.Unanswered(), silence)
    else:
        if report is None:
            _absent(row)
        else:
            record(row, report)


def poll(row: Generation) -> None:
    """RUNNING: ask how far it is."""
    try:
        report = ask(row)
    except Silence as silence:
        _unanswered(row, events.Unanswered(), silence)
    else:
        if report is None:  # a known id cannot be absent: never fail the task for it
            words = _("Kling does not know its own task at the moment. It is asked again.")
            _unanswered(row, events.Absent(), Silence(words))
        else:
            record(row, report)


def look_after_held(row: Generation) -> None:
    """HELD but possibly paid: asked once a day, until the film would be gone.

    One whose original is kept here needs Kling no more: what is missing is made from that.
    """
    if Take.objects.filter(generation=row).exclude(video="").exists():
        row.apply(row.next_move(events.Found("succeed", has_link=True)), **NO_TROUBLE)
        return
    event: events.Event = events.Absent()
    report = None
    try:
        report = ask(row)
    except Silence:
        event = events.Unanswered()
    if report is not None:
        record(row, report)
        return
    move = row.next_move(event)
    row.apply(move, **told(move))


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
    move = row.next_move(_what_it_says(row, report))
    facts = _facts(row, report)
    if move.to == Status.FAILED:
        row.apply(move, **facts, **_why_it_failed(report))
        log.warning("generation %s: failed at Kling: %s (request %s)",
                    row.key, report.message, report.request_id or "-")  # fmt: skip
    elif move.to == Status.FETCHING:
        _succeeded(row, report, move, facts)
    elif report.status == "succeed":
        words = _("Kling says the film is ready but gives no link yet. It is asked again.")
        row.apply(move, **(told(move) or {"words": words}))
    elif move.to in (Status.HELD, Status.LOST):  # what they are held for is not over yet
        row.apply(move, **facts, **told(move))
    else:
        row.apply(move, **facts, **NO_TROUBLE)
        crash_point("waiting.after_commit")


def _what_it_says(row: Generation, report: Report) -> events.Found:
    is_being_made = row.status == Status.RUNNING and report.status in ("submitted", "processing")
    return events.Found(
        status=report.status,
        has_link=bool(report.videos),
        changed_ms=report.updated_ms,
        is_hinted=is_being_made and _was_hinted(row),
    )


def _facts(row: Generation, report: Report) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "kling_task_id": report.task_id,
        "kling_status": report.status,
        "kling_updated_ms": max(row.kling_updated_ms, report.updated_ms or 0),
        "answered_at": timezone.now(),
    }
    if report.final_units_milli is not None:
        facts["final_units_milli"] = report.final_units_milli
    return facts


def _succeeded(row: Generation, report: Report, move: Move, facts: dict[str, Any]) -> None:
    video = report.videos[0]
    with transaction.atomic():
        Take.expect(row, output_id=video.id[:64], url=video.url)
        row.apply(move, **facts, **NO_TROUBLE)
        crash_point("record.before_commit")
    crash_point("record.after_commit")


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
    move = row.next_move(events.Absent())
    if move.to == Status.SUBMITTING:
        send_again(row)
        return
    with transaction.atomic():
        row.apply(move, **told(move))
        if move.fields.get("absent_count"):
            crash_point("absent.before_commit")
    if move.fields.get("absent_count"):
        crash_point("absent.after_commit")


def _went_unanswered(row: Generation, account: Account, call: Call, error: KlingError) -> None:
    """Not evidence of anything about the task (U6, R4)."""
    log_trouble(row, error)
    accounts.met(account, error)
    call.answered(
        Call.Outcome.UNKNOWN, http=error.http, code=error.code, request_id=error.request_id or ""
    )
    if isinstance(error, AccountTrouble):
        accounts.trip(account, error.words)


def _unanswered(row: Generation, event: events.Event, silence: Silence) -> None:
    """Ask again later; after a day of it a person looks."""
    move = row.next_move(event)
    row.apply(move, **(told(move) or silence.said))
