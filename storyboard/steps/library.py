"""Making elements and voices at Kling: claim, ask, record, as for orders.

One asking makes one entry there. The intent is committed before the first byte leaves, and what
nobody answered is looked for in Kling's own list, by the name we gave it, before it is sent again.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from django.utils import timezone

from storyboard.kling.client import KlingClient
from storyboard.kling.client_library import Elements, Voices
from storyboard.kling.errors import (
    AccountTrouble,
    AlreadyExists,
    Busy,
    KlingError,
    NotOffered,
    Refused,
)
from storyboard.kling.guard import AddressRefused
from storyboard.kling.library import Element, LibraryTask
from storyboard.models import NotAllowedNow
from storyboard.models.crash import crash_point
from storyboard.models.creations import Creation
from storyboard.models.making import CreationStatus, check_may_ask
from storyboard.models.statuses import ABSENT_GAP, MOST_POSTS, SEND_WITHIN, SETTLE
from storyboard.models.voices import Voice
from storyboard.steps import account as accounts
from storyboard.steps import library_words
from storyboard.steps.library_bodies import Asking, CannotAsk, NotYet, asking
from storyboard.steps.owner import me
from storyboard.steps.trials import keep_trial
from storyboard.steps.words import WORDS

log = logging.getLogger(__name__)

# Seconds, before TIME_SCALE. Kling takes 5 s to 2 min.
FIRST_LOOK = 3.0
LONGEST_LOOK = 15.0
OUT_OF_REACH = 30.0
FOR_A_VOICE = 3.0
OWN_TROUBLE = 60.0
BUSY = (5.0, 60.0)
DELETE_AGAIN = 600.0

_WHAT = (
    *("account", "voice__team", "voice__take__generation"),
    *("version__element__team", "version__frontal", "version__voice"),
)


def create(pk: int) -> bool:
    """Take the next step of a creation; False when it was not ours to take, or is over."""
    row = Creation.objects.select_related(*_WHAT).filter(pk=pk).first()
    if row is None or not row.claim(me()):
        return False
    crash_point("creation.after_claim")
    before = row.status
    try:
        STEPS[row.status](row)
    except Exception:
        log.exception("creation %s: step failed", row.key)
        _after_a_failure(row)
    if row.status != before:
        log.info("creation %s: %s, before %s", row.key, row.status, before)
    return True


def send(row: Creation) -> None:
    """QUEUED: ask for it, unless something forbids that now."""
    try:
        check_may_ask(row.what, row.account)
        ask = asking(row)
    except (NotAllowedNow, CannotAsk) as refused:
        row.fail(refused.words)
    except NotYet as waits:
        row.wait(FOR_A_VOICE, words=waits.words)
    except OSError as failed:
        log.warning("creation %s: our storage does not answer: %s", row.key, failed)
        row.wait(OWN_TROUBLE, words=str(WORDS["storage"]))
    else:
        _send_if_it_may_go(row, ask)


def settle(row: Creation) -> None:
    """UNCERTAIN: find out whether Kling took it, before ever sending it again."""
    if not _may_ask(row):
        return
    try:
        task = _ask(row, lambda shelf: shelf.find(row.external_task_id))
    except KlingError as error:
        _unanswered(row, error)
    else:
        if task is None:
            _absent(row)
        else:
            record(row, task)


def poll(row: Creation) -> None:
    """MAKING: ask how far it is. A known id cannot be absent: nothing fails for that."""
    if not _may_ask(row):
        return
    try:
        task = _ask(row, lambda shelf: shelf.fetch(row.kling_task_id))
    except KlingError as error:
        _unanswered(row, error)
    else:
        if task is not None:
            record(row, task)


def discard(pk: int) -> bool:
    """Delete at Kling what the library no longer has; False when it was not ours to do."""
    row = Creation.objects.select_related(*_WHAT).filter(pk=pk).first()
    if row is None or not row.claim_to_delete(me()):
        return False
    if not _may_ask(row):
        return True
    try:
        _ask(row, lambda shelf: shelf.delete(row.kling_id))
    except (Refused, NotOffered) as refused:  # of what is not there nothing more can be wanted
        log.warning("creation %s: Kling does not delete it: %s", row.key, refused)
        row.gone()
    except KlingError as error:
        log.warning("creation %s: not deleted at Kling yet: %s", row.key, error)
        row.delete_later(wait=DELETE_AGAIN)
    else:
        row.gone()
    return True


STEPS: dict[str, Callable[[Creation], None]] = {
    CreationStatus.QUEUED: send,
    CreationStatus.UNCERTAIN: settle,
    CreationStatus.MAKING: poll,
}


def record(row: Creation, task: LibraryTask[Any]) -> None:
    """Write what Kling says of the making: idempotent and forward only."""
    was_unclear = row.status != CreationStatus.MAKING
    if was_unclear and not row.accepted(task.task_id, wait=_pace(row)):
        return
    if task.status == "failed":
        log.warning("creation %s: failed at Kling: %s", row.key, task.message)
        row.fail(library_words.of_failed(task.message), code="0", said=task.message)
    elif task.status == "succeed":
        _made(row, task)
    elif not was_unclear:
        row.wait(_pace(row), words="")


def _send_if_it_may_go(row: Creation, ask: Asking) -> None:
    account = row.account
    if account.tripped_at is not None:
        row.fail(library_words.stopped(account.name, account.tripped_words))
    elif _may_ask(row) and row.begin():
        _post(row, ask)


def _post(row: Creation, ask: Asking) -> None:
    committed = time.monotonic()
    crash_point("creation.after_intent")
    try:
        with accounts.client_for(row.account, trace=_on_the_wire) as client:
            if time.monotonic() - committed > row.account.scaled(SEND_WITHIN).total_seconds():
                return  # we were paused: send nothing; the claim ends and the row becomes unclear
            task = ask(client)
    except AddressRefused as refused:
        row.fail(refused.words, code="address")
    except AlreadyExists as error:
        accounts.answered(row.account)
        if row.unclear(library_words.of_error(error)):
            settle(row)
    except KlingError as error:
        _not_taken(row, error)
    else:
        crash_point("creation.after_answer")
        accounts.answered(row.account)
        _taken(row, task)
        crash_point("creation.after_accept")


def _on_the_wire(event: str, _facts: object) -> None:
    """The request's own bytes, as httpcore tells of them."""
    if event.endswith("send_request_body.complete"):
        crash_point("creation.after_last_byte")


def _taken(row: Creation, task: LibraryTask[Any]) -> None:
    """Kling has it, unless its answer names somebody else's."""
    if task.external_task_id in (None, row.external_task_id):
        row.accepted(task.task_id, wait=FIRST_LOOK)
    else:
        row.unclear(str(WORDS["another_name"]), wait=ABSENT_GAP)


def _not_taken(row: Creation, error: KlingError) -> None:
    """What a refusal or a silence means for the row."""
    log.warning("creation %s: %s", row.key, error)
    accounts.met(row.account, error)
    words = library_words.of_error(error)
    told = {"code": str(error.code or ""), "said": error.message}
    if isinstance(error, Busy):
        shortest, longest = BUSY
        row.queue_again(wait=min(longest, shortest * 2**row.attempts), words=words, **told)
    elif isinstance(error, AccountTrouble | Refused | NotOffered):
        _stop_ordering(row, error)
        row.fail(words, **told)
    else:
        row.unclear(words, wait=ABSENT_GAP)


def _ask(
    row: Creation, question: Callable[[Elements | Voices], LibraryTask[Any] | None]
) -> LibraryTask[Any] | None:
    """One free question about it. Raises KlingError."""
    with accounts.client_for(row.account) as client:
        answer = question(_shelf(client, row))
    accounts.answered(row.account)
    return answer


def _may_ask(row: Creation) -> bool:
    """Not while Kling is out of reach, but for one probe now and then; else the row waits."""
    if accounts.may_ask(row.account):
        return True
    row.wait(OUT_OF_REACH, words=str(WORDS["unreachable"]))
    return False


def _shelf(client: KlingClient, row: Creation) -> Elements | Voices:
    return client.voices if isinstance(row.what, Voice) else client.elements


def _unanswered(row: Creation, error: KlingError) -> None:
    """Not evidence of anything about the entry: ask again later."""
    log.warning("creation %s: %s", row.key, error)
    accounts.met(row.account, error)
    _stop_ordering(row, error)
    row.wait(OUT_OF_REACH, words=library_words.of_error(error)[:500])


def _stop_ordering(row: Creation, error: KlingError) -> None:
    """With an account Kling refuses as such; one without the right to a library orders films."""
    if isinstance(error, AccountTrouble) and error.code != library_words.NO_RIGHT:
        accounts.trip(row.account, library_words.of_error(error))


def _absent(row: Creation) -> None:
    """Absence counts only after the settling time, twice, half a minute apart."""
    sent_at = row.sent_at or row.asked_at
    if timezone.now() - sent_at < row.account.scaled(SETTLE):
        row.wait(ABSENT_GAP)
    elif row.absences == 0:
        row.absent(wait=ABSENT_GAP)
    elif row.attempts >= MOST_POSTS:
        row.fail(library_words.lost())
    else:
        row.queue_again(wait=0.0)


def _made(row: Creation, task: LibraryTask[Any]) -> None:
    item = task.items[0]
    if isinstance(item, Element) and item.is_deleted:
        row.fail(library_words.deleted_there(), code="0")
        return
    if isinstance(row.what, Voice):
        row.renew()
        keep_trial(row.what, item.trial_url, row.account)
    crash_point("creation.before_ready")
    row.ready(item.id)
    crash_point("creation.after_ready")


def _pace(row: Creation) -> float:
    """Seconds until the next look: the longer it takes, the rarer."""
    age = (timezone.now() - (row.sent_at or row.asked_at)).total_seconds()
    return min(LONGEST_LOOK, FIRST_LOOK + age * row.account.time_scale / 4)


def _after_a_failure(row: Creation) -> None:
    """A mistake of ours: look again later. What may be on its way keeps its claim, and is unclear
    when that ends."""
    if row.status != CreationStatus.SENDING:
        row.wait(OWN_TROUBLE)
