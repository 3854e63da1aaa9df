"""What an order does next: one pure function. RELIABILITY A4, T1-X1.

Nothing here reads a clock, a setting or a row: `now` and what the account allows are given, so
every way through the machine can be walked in memory. Waits are real seconds, before TIME_SCALE.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from storyboard.models import events as e
from storyboard.models.standing import SOON, Case, IllegalEvent, Move, Policy, Standing
from storyboard.models.statuses import (
    ABSENT_GAP,
    DAY,
    HOUR,
    KEEP_DAYS,
    LEASE_SECONDS,
    MOST_CRASHES,
    MOST_POSTS,
    MOVES,
    SETTLE,
    S,
    Status,
)

RUNNING_WAIT = 15.0
LONGEST_POLL = 60.0
LONGEST_ASK = 300.0
LONGEST_FETCH = 3600.0
LONGEST_QUEUE = 60.0
MOST_REFUSALS = 5
KEPT = KEEP_DAYS * DAY
# Until the next look at what cannot be sent yet; out of reach: until the breaker's next probe.
WAITS: Mapping[str, float] = {"places": 3.0, "unreachable": 30.0, "disk": 60.0, "storage": 60.0}


def next_move(standing: Standing, event: e.Event, policy: Policy, now: datetime) -> Move:
    """What becomes of an order to which this happens. Raises IllegalEvent."""
    rule = _RULES.get((standing.status, type(event)))
    if rule is None:
        raise IllegalEvent(f"{standing.status} knows no {type(event).__name__}")
    return rule(Case(standing, policy, now), event)


def first_move(standing: Standing, policy: Policy, now: datetime) -> Move | None:
    """What its own past decides before anything is done about a claimed order; None: go on.

    A worker that ended in the middle of a step is counted at the next claim.
    """
    case = Case(standing, policy, now)
    if standing.status == S.HELD and not standing.may_be_paid:
        return Move(S.HELD, None)  # nothing to ask for: it waits for a person
    if standing.crash_count >= MOST_CRASHES and _is_poison(case):
        return case.hold("crashes")
    return None


def written(status: str, move: Move, policy: Policy, now: datetime) -> dict[str, Any]:
    """The columns a decision writes. Raises ValueError for a move not in MOVES."""
    stays = move.to == status
    if move.to not in MOVES[status] and not (stays and MOVES[status]):
        raise ValueError(f"{status} does not move to {move.to}")
    is_end = not MOVES[move.to]
    never = move.wait is None or is_end
    values: dict[str, Any] = {"next_at": None if never else now + policy.span(move.wait or 0.0)}
    if move.keeps_lease:
        values["lease_until"] = now + policy.span(LEASE_SECONDS)
    else:
        values |= {"lease_until": now, "lease_owner": ""}
    if not stays:
        values |= {"status": move.to, "status_at": now, "hold_reason": ""}
    # A step that came to its end, or an order that came further: stops so far were no poison.
    if stays or move.to in (S.RUNNING, S.FETCHING):
        values["crash_count"] = 0
    if is_end:
        values["ended_at"] = now
    return {**values, **move.fields}


Rule = Callable[[Case, Any], Move]


def _must_wait(case: Case, event: e.MustWait) -> Move:
    if case.row.status == S.QUEUED and case.is_over(case.row.waits_since, DAY):
        return case.hold("waited")
    if case.row.status == S.QUEUED:
        return case.stay(WAITS[event.why], event.why, waits_since=_waits_since(case))
    return case.stay(WAITS[event.why], event.why)


def _no_longer_approved(case: Case, _event: e.NoLongerApproved) -> Move:
    if case.row.status == S.QUEUED and not case.row.may_be_paid:
        return Move(S.CANCELLED)
    return case.hold("changed")


def _sends(case: Case, _event: e.Sends) -> Move:
    """T1."""
    if case.row.post_count and case.policy.has_another_key:
        return case.hold("another_key")
    posts = {"post_count": case.row.post_count + 1, "last_post_at": case.now, "absent_count": 0}
    return Move(S.SUBMITTING, fields=posts, keeps_lease=True)


def _sends_again(case: Case, event: e.Sends) -> Move:
    """U4: nothing but a second absence that counts lets an unclear order go again."""
    move = _sends(case, event)
    if move.to == S.SUBMITTING and _absent(case, e.Absent()).to != S.SUBMITTING:
        raise IllegalEvent("an unclear order is sent again only when it was found absent twice")
    return move


def _accepted(_case: Case, event: e.Accepted) -> Move:
    if not event.is_ours:
        return Move(S.UNCERTAIN, SOON, "another_name", {"tries": 0})
    return Move(S.RUNNING, RUNNING_WAIT, fields={"tries": 0, "waits_since": None})


def _is_busy(case: Case, event: e.IsBusy) -> Move:
    posts = case.row.post_count - 1
    if case.is_over(case.row.waits_since, DAY):
        return case.hold("waited", post_count=posts)
    wait = min(LONGEST_QUEUE, 2.0 ** min(case.row.tries, 6)) * event.jitter
    since = {"tries": case.row.tries + 1, "waits_since": _waits_since(case)}
    return Move(S.QUEUED, wait, fields={"post_count": posts, **since})


def _exists(_case: Case, _event: e.AlreadyExists) -> Move:
    return Move(S.UNCERTAIN, 0.0, "exists", {"tries": 0})


def _refused(case: Case, _event: e.Refused) -> Move:
    """T5; but an earlier sending that was never answered may yet arrive, and then be paid."""
    earlier = case.row.post_count - 1
    if not earlier:
        return Move(S.REJECTED)
    fields = {"hold_reason": "refused_again", "post_count": earlier}
    return Move(S.HELD, SETTLE, fields=fields)


def _account_refused(case: Case, _event: e.AccountRefused) -> Move:
    return case.hold("account", post_count=case.row.post_count - 1)


def _account_stopped(case: Case, _event: e.AccountStopped) -> Move:
    return case.hold("account")


def _never_left(case: Case, _event: e.NeverLeft) -> Move:
    return case.hold("address", post_count=case.row.post_count - 1)


def _unclear(_case: Case, _event: e.Unclear) -> Move:
    return Move(S.UNCERTAIN, SOON, fields={"tries": 0})


def _lease_ended(_case: Case, _event: e.LeaseEnded) -> Move:
    return Move(S.UNCERTAIN, 0.0, "worker_ended", {"tries": 0})


def _found(case: Case, event: e.Found) -> Move:
    """Forward only, whatever came in between."""
    if event.status == "failed":
        return Move(S.FAILED)
    if event.status != "succeed":
        return _STILL_AT_IT[case.row.status](case, event)
    if not event.has_link:
        return _unanswered(case, event)
    expires_at = case.row.result_expires_at or _made_at(case, event) + case.policy.span(KEPT)
    return Move(S.FETCHING, fields={"tries": 0, "result_expires_at": expires_at})


def _is_being_made(case: Case, event: e.Found) -> Move:
    """R1."""
    if case.is_a_day_old:
        return case.hold("no_answer")
    grown = min(LONGEST_POLL, RUNNING_WAIT * 1.5 ** min(case.row.tries, 6))
    return case.stay(SOON if event.is_hinted else grown, tries=case.row.tries + 1)


def _was_taken(_case: Case, _event: e.Found) -> Move:
    """U1."""
    return Move(S.RUNNING, RUNNING_WAIT, fields={"tries": 0, "waits_since": None})


def _goes_on_though_held(case: Case, event: e.Found) -> Move:
    if _is_forgotten(case) or case.row.hold_reason == "given_up":
        return _unanswered(case, event)
    return _was_taken(case, event)


def _absent(case: Case, event: e.Absent) -> Move:
    """U2-U5: absence counts only after the settling time, twice, half a minute apart."""
    row, policy, now = case.row, case.policy, case.now
    sent_at = row.last_post_at or row.status_at
    if now < (settled_at := sent_at + policy.span(SETTLE)):
        return case.stay(policy.seconds(settled_at - now), absent_count=0)
    if case.is_a_day_old:
        return case.hold("unclear")
    if row.absent_count == 0:
        return case.stay(ABSENT_GAP, absent_count=1, absent_first_at=now)
    # A knock may make us look sooner: too soon to count.
    if now < (again_at := (row.absent_first_at or now) + policy.span(ABSENT_GAP)):
        return case.stay(policy.seconds(again_at - now))
    if not policy.refuses_duplicates:
        return case.hold("unclear", because="cannot_tell")
    if policy.has_another_key:
        return case.hold("another_key")
    if row.post_count >= MOST_POSTS:
        return case.hold("posts")
    return _sends(case, e.Sends())


def _unanswered(case: Case, event: e.Event) -> Move:
    """Evidence of nothing: neither that Kling has the task nor that it has not."""
    if case.row.status == S.HELD:
        known = "not_known" if isinstance(event, e.Absent) else "never_answered"
        return Move(S.LOST, reason=known) if _is_forgotten(case) else case.stay(DAY)
    if case.is_a_day_old:
        return case.hold("unclear" if case.row.status == S.UNCERTAIN else "no_answer")
    return case.again(LONGEST_ASK)


def _stored(_case: Case, _event: e.FilmStored) -> Move:
    return Move(S.STORED)


def _not_fetched(case: Case, event: e.NotFetched) -> Move:
    if case.is_cleared and not event.is_here:
        return Move(S.LOST, reason="cleared")
    return case.again(LONGEST_FETCH, first=1.0 if event.why == "fresh_link" else SOON, most=10)


def _no_film(case: Case, event: e.NoFilm) -> Move:
    if case.is_cleared:
        return Move(S.LOST, reason="cleared")
    if event.times > MOST_REFUSALS:
        return case.hold(event.why)
    return case.again(LONGEST_FETCH, most=10)


def _host_refused(case: Case, _event: e.HostRefused) -> Move:
    return Move(S.LOST, reason="cleared") if case.is_cleared else case.hold("unknown_host")


def _mistake(case: Case, _event: e.Mistake) -> Move:
    """Wait longer each time, and after five ask a person."""
    count = case.row.crash_count + 1
    if case.row.status == S.HELD:
        return case.stay(DAY, crash_count=count)
    if count >= MOST_CRASHES and _is_poison(case):
        return case.hold("crashes", crash_count=count)
    return case.stay(min(LONGEST_ASK, SOON * 2.0**count), crash_count=count)


def _withdrawn(case: Case, event: e.Withdrawn) -> Move:
    if case.row.may_be_paid:
        raise IllegalEvent("an order that was sent is not withdrawn")
    return Move(S.CANCELLED)


def _released(case: Case, _event: e.Released) -> Move:
    """To the queue if nothing was sent, else Kling is asked."""
    row = case.row
    to = S.RUNNING if row.kling_task_id else S.UNCERTAIN if row.post_count else S.QUEUED
    return Move(to, fields={
        "crash_count": 0, "absent_count": 0, "tries": 0, "waits_since": None,
        # Sent as often as the machine dares; a person's word allows one more, after asking Kling.
        "post_count": min(row.post_count, MOST_POSTS - 1),
        # Released with another key: a person says that it is of the same account at Kling.
        "last_post_at": case.now if row.hold_reason == "another_key" else row.last_post_at,
    })  # fmt: skip


def _given_up(case: Case, _event: e.GivenUp) -> Move:
    """Asked for daily all the same: what Kling has made comes home."""
    if not case.row.may_be_paid or case.row.hold_reason == "given_up":
        raise IllegalEvent("there is nothing to give up")
    return case.stay(DAY, hold_reason="given_up")


def _waits_since(case: Case) -> datetime:
    """From when it could not be sent: not from when it was queued, nobody may have looked."""
    return case.row.waits_since or case.now


def _is_poison(case: Case) -> bool:
    """What may be paid gets an hour of tries: workers also end for reasons of their own."""
    goes_on = case.row.status in (S.UNCERTAIN, S.RUNNING, S.FETCHING)
    return case.row.status == S.QUEUED or (goes_on and case.is_over(case.row.status_at, HOUR))


def _is_forgotten(case: Case) -> bool:
    """Counted from the order: each hold begins anew while Kling only says "processing"."""
    return case.is_over(case.row.last_post_at or case.row.status_at, KEPT)


def _made_at(case: Case, event: e.Found) -> datetime:
    """By Kling's clock where that can be: after the order was sent, and not to come."""
    sent_at = case.row.last_post_at or case.row.status_at
    at = (event.changed_ms or 0) / 1000
    is_sane = sent_at.timestamp() <= at <= case.now.timestamp()
    return datetime.fromtimestamp(at, tz=UTC) if is_sane else case.now


_STILL_AT_IT: Mapping[str, Rule] = {
    S.UNCERTAIN: _was_taken,
    S.RUNNING: _is_being_made,
    S.HELD: _goes_on_though_held,
}
_TABLE: Mapping[Status, Mapping[type[e.Event], Rule]] = {
    S.QUEUED: {
        e.MustWait: _must_wait,
        e.AccountStopped: _account_stopped,
        e.NoLongerApproved: _no_longer_approved,
        e.Sends: _sends,
        e.Mistake: _mistake,
        e.Withdrawn: _withdrawn,
    },
    S.SUBMITTING: {
        e.Accepted: _accepted,
        e.IsBusy: _is_busy,
        e.AlreadyExists: _exists,
        e.Refused: _refused,
        e.AccountRefused: _account_refused,
        e.NeverLeft: _never_left,
        e.Unclear: _unclear,
        e.LeaseEnded: _lease_ended,
    },
    S.UNCERTAIN: {
        e.MustWait: _must_wait,
        e.AccountStopped: _account_stopped,
        e.NoLongerApproved: _no_longer_approved,
        e.Sends: _sends_again,
        e.Found: _found,
        e.Absent: _absent,
        e.Unanswered: _unanswered,
        e.Mistake: _mistake,
    },
    S.RUNNING: {
        e.Found: _found,
        e.Absent: _unanswered,
        e.Unanswered: _unanswered,
        e.Mistake: _mistake,
    },
    S.FETCHING: {
        e.FilmStored: _stored,
        e.NotFetched: _not_fetched,
        e.NoFilm: _no_film,
        e.HostRefused: _host_refused,
        e.Mistake: _mistake,
    },
    S.HELD: {
        e.Found: _found,
        e.Absent: _unanswered,
        e.Unanswered: _unanswered,
        e.Mistake: _mistake,
        e.Released: _released,
        e.GivenUp: _given_up,
    },
}
_RULES: Mapping[tuple[str, type[e.Event]], Rule] = {
    (status, event): rule for status, rules in _TABLE.items() for event, rule in rules.items()
}
