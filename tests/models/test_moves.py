"""The table of moves: RELIABILITY A4. Each status × each event, and the way of an order to Kling,
T1-T8 and U1-U6, each by its number."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from storyboard.models import events as e
from storyboard.models.moves import next_move, written
from storyboard.models.standing import IllegalEvent, Move
from storyboard.models.statuses import DAY, MOVES, SETTLE, S, Status
from tests.models.standings import (
    ANOTHER_KEY,
    MAKING,
    NOW,
    READY,
    REFUSES,
    UNKNOWN,
    after,
    ago,
    row,
)

EVENTS: tuple[e.Event, ...] = (
    e.MustWait("places"), e.AccountStopped(), e.NoLongerApproved(), e.Sends(), e.Accepted(),
    e.IsBusy(), e.AlreadyExists(), e.Refused(), e.AccountRefused(), e.NeverLeft(), e.Unclear(),
    e.LeaseEnded(), READY, e.Absent(), e.Unanswered(), e.FilmStored(), e.NotFetched("cut"),
    e.NoFilm(), e.HostRefused(), e.Mistake(), e.Withdrawn(), e.Released(), e.GivenUp(),
)  # fmt: skip
# Written out again: what can happen to an order of each status.
_HAPPENS = {
    S.QUEUED: "MustWait AccountStopped NoLongerApproved Sends Mistake Withdrawn",
    S.SUBMITTING: "Accepted IsBusy AlreadyExists Refused AccountRefused NeverLeft Unclear "
    "LeaseEnded",
    S.UNCERTAIN: "MustWait AccountStopped NoLongerApproved Sends Found Absent Unanswered Mistake",
    S.RUNNING: "Found Absent Unanswered Mistake",
    S.FETCHING: "FilmStored NotFetched NoFilm HostRefused Mistake",
    S.HELD: "Found Absent Unanswered Mistake Released GivenUp",
}


# The whole table


def test_every_event_stands_in_the_list() -> None:
    assert {type(event) for event in EVENTS} == set(e.Event.__subclasses__())


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
@pytest.mark.parametrize("status", list(Status))
def test_each_status_by_each_event(status: Status, event: e.Event) -> None:
    """It is in the table and leads along MOVES, or it is refused."""
    if type(event).__name__ in _HAPPENS.get(status, "").split():
        move = next_move(row(status), event, REFUSES, NOW)
        assert move.to == status or move.to in MOVES[status]
        assert written(status, move, REFUSES, NOW)
    else:
        with pytest.raises(IllegalEvent):
            next_move(row(status), event, REFUSES, NOW)


@pytest.mark.parametrize("status", list(Status))
def test_a_decision_outside_the_table_is_not_written(status: Status) -> None:
    stays = {status} if MOVES[status] else set()
    for to in set(Status) - MOVES[status] - stays:
        with pytest.raises(ValueError, match="does not move"):
            written(status, Move(to), REFUSES, NOW)


# T: from the queue to Kling


def test_t1_the_intent_counts_the_post_and_keeps_the_lease() -> None:
    move = next_move(row(S.QUEUED), e.Sends(), REFUSES, NOW)
    assert (move.to, move.keeps_lease) == (S.SUBMITTING, True)
    assert move.fields == {"post_count": 1, "last_post_at": NOW, "absent_count": 0}
    values = written(S.QUEUED, move, REFUSES, NOW)
    assert values["lease_until"] == NOW + timedelta(seconds=90)
    assert "lease_owner" not in values


@pytest.mark.parametrize(
    ("why", "wait"), [("places", 3.0), ("unreachable", 30.0), ("disk", 60.0), ("storage", 60.0)]
)
def test_t1_what_cannot_be_sent_waits_and_counts_from_the_first_time(
    why: e.Waits, wait: float
) -> None:
    move = next_move(row(S.QUEUED), e.MustWait(why), REFUSES, NOW)
    assert (move.to, move.wait, move.reason) == (S.QUEUED, wait, why)
    assert move.fields["waits_since"] == NOW
    later = next_move(row(S.QUEUED, waits_since=ago(60)), e.MustWait(why), REFUSES, NOW)
    assert later.fields["waits_since"] == ago(60)


def test_t1_after_a_day_of_waiting_a_person_looks() -> None:
    old = row(S.QUEUED, waits_since=ago(DAY + 1))
    assert after(old, e.MustWait("places")) == (S.HELD, None, "waited")
    assert after(replace(old, post_count=1), e.MustWait("places")) == (S.HELD, DAY, "waited")
    assert after(old, e.Sends())[0] == S.SUBMITTING, "what can go is sent, however old it is"


def test_t1_nothing_goes_with_a_stopped_account_or_without_its_approval() -> None:
    assert after(row(S.QUEUED), e.AccountStopped()) == (S.HELD, None, "account")
    assert after(row(S.QUEUED), e.NoLongerApproved()) == (S.CANCELLED, 0.0, "")
    sent = row(S.QUEUED, post_count=1)
    assert after(sent, e.AccountStopped()) == (S.HELD, DAY, "account")
    assert after(sent, e.NoLongerApproved()) == (S.HELD, DAY, "changed")


def test_t1_what_was_sent_before_does_not_go_with_another_key() -> None:
    sent = row(S.QUEUED, post_count=1)
    assert after(sent, e.Sends(), ANOTHER_KEY) == (S.HELD, DAY, "another_key")
    assert after(row(S.QUEUED), e.Sends(), ANOTHER_KEY)[0] == S.SUBMITTING


def test_t2_an_accepted_order_is_asked_about_soon() -> None:
    assert after(row(S.SUBMITTING), e.Accepted()) == (S.RUNNING, 15.0, "")


def test_t2_another_order_s_name_is_no_acceptance() -> None:
    assert after(row(S.SUBMITTING), e.Accepted(is_ours=False)) == (S.UNCERTAIN, 5.0, "")


@pytest.mark.parametrize(("tries", "wait"), [(0, 1.0), (3, 8.0), (6, 60.0), (60, 60.0)])
def test_t3_a_busy_kling_is_tried_again_and_nothing_counts(tries: int, wait: float) -> None:
    move = next_move(row(S.SUBMITTING, tries=tries), e.IsBusy(0.5), REFUSES, NOW)
    assert (move.to, move.wait) == (S.QUEUED, wait / 2)
    assert move.fields == {"post_count": 0, "tries": tries + 1, "waits_since": NOW}


def test_t3_a_kling_busy_for_a_day_is_told_to_a_person() -> None:
    busy = row(S.SUBMITTING, waits_since=ago(DAY + 1))
    assert after(busy, e.IsBusy()) == (S.HELD, None, "waited")
    assert after(replace(busy, post_count=2), e.IsBusy()) == (S.HELD, DAY, "waited")


def test_t4_already_there_means_accepted_with_an_id_to_be_asked_for() -> None:
    assert after(row(S.SUBMITTING), e.AlreadyExists()) == (S.UNCERTAIN, 0.0, "")


def test_t5_a_refusal_is_final() -> None:
    assert after(row(S.SUBMITTING), e.Refused())[0] == S.REJECTED


def test_t5_of_an_order_that_was_sent_before_without_an_answer_may_yet_be_paid() -> None:
    again = row(S.SUBMITTING, post_count=2)
    assert after(again, e.Refused()) == (S.HELD, SETTLE, "refused_again")
    assert next_move(again, e.Refused(), REFUSES, NOW).fields["post_count"] == 1


@pytest.mark.parametrize(
    ("event", "reason"), [(e.AccountRefused(), "account"), (e.NeverLeft(), "address")]
)
def test_t6_what_was_refused_for_the_account_does_not_count_as_sent(
    event: e.Event, reason: str
) -> None:
    assert after(row(S.SUBMITTING), event) == (S.HELD, None, reason)
    assert after(row(S.SUBMITTING, post_count=2), event) == (S.HELD, DAY, reason)
    assert next_move(row(S.SUBMITTING), event, REFUSES, NOW).fields["post_count"] == 0


def test_t7_anything_else_assumes_nothing() -> None:
    move = next_move(row(S.SUBMITTING), e.Unclear(), REFUSES, NOW)
    assert (move.to, move.wait) == (S.UNCERTAIN, 5.0)
    assert "post_count" not in move.fields


def test_t8_a_sender_that_did_not_come_back_leaves_it_unclear() -> None:
    assert after(row(S.SUBMITTING), e.LeaseEnded()) == (S.UNCERTAIN, 0.0, "")


# U: nobody knows whether Kling has it


def test_u1_what_is_found_goes_on_from_where_it_is() -> None:
    assert after(row(S.UNCERTAIN), MAKING) == (S.RUNNING, 15.0, "")
    assert after(row(S.UNCERTAIN), READY)[0] == S.FETCHING
    assert after(row(S.UNCERTAIN), e.Found("failed"))[0] == S.FAILED


@pytest.mark.parametrize("seconds", [0, 70, 149])
def test_u2_absence_before_settling_counts_for_nothing(seconds: float) -> None:
    unsettled = row(S.UNCERTAIN, last_post_at=ago(seconds))
    move = next_move(unsettled, e.Absent(), REFUSES, NOW)
    assert (move.to, move.wait) == (S.UNCERTAIN, 150.0 - seconds)
    assert move.fields == {"absent_count": 0}


def test_u3_the_first_absence_is_noted() -> None:
    first = row(S.UNCERTAIN, absent_count=0, absent_first_at=None)
    move = next_move(first, e.Absent(), REFUSES, NOW)
    assert (move.to, move.wait) == (S.UNCERTAIN, 30.0)
    assert move.fields == {"absent_count": 1, "absent_first_at": NOW}


def test_u3_a_second_look_too_soon_waits_for_the_rest() -> None:
    soon = row(S.UNCERTAIN, absent_first_at=ago(10))
    assert after(soon, e.Absent()) == (S.UNCERTAIN, 20.0, "")


def test_u4_absent_twice_goes_again_as_at_first() -> None:
    move = next_move(row(S.UNCERTAIN), e.Absent(), REFUSES, NOW)
    assert (move.to, move.keeps_lease) == (S.SUBMITTING, True)
    assert move.fields == {"post_count": 2, "last_post_at": NOW, "absent_count": 0}
    assert next_move(row(S.UNCERTAIN), e.Sends(), REFUSES, NOW) == move


def test_u4_nothing_but_that_sends_an_unclear_order_again() -> None:
    unsettled = row(S.UNCERTAIN, last_post_at=ago(149))
    once = row(S.UNCERTAIN, absent_count=0)
    for standing, policy in ((unsettled, REFUSES), (once, REFUSES), (row(S.UNCERTAIN), UNKNOWN)):
        with pytest.raises(IllegalEvent, match="absent twice"):
            next_move(standing, e.Sends(), policy, NOW)


def test_u4_as_t1_waits_for_the_disk_and_stops_with_the_account() -> None:
    assert after(row(S.UNCERTAIN), e.MustWait("disk")) == (S.UNCERTAIN, 60.0, "")
    assert after(row(S.UNCERTAIN), e.AccountStopped()) == (S.HELD, DAY, "account")
    assert after(row(S.UNCERTAIN), e.NoLongerApproved()) == (S.HELD, DAY, "changed")


def test_u5_who_cannot_be_asked_safely_is_not_sent_to_again() -> None:
    move = next_move(row(S.UNCERTAIN), e.Absent(), UNKNOWN, NOW)
    assert (move.to, move.wait, move.reason) == (S.HELD, DAY, "cannot_tell")
    assert move.fields["hold_reason"] == "unclear"


def test_u5_another_key_says_nothing_of_the_first() -> None:
    assert after(row(S.UNCERTAIN), e.Absent(), ANOTHER_KEY) == (S.HELD, DAY, "another_key")
    lost = row(S.UNCERTAIN, post_count=3)
    assert after(lost, e.Absent(), ANOTHER_KEY) == (S.HELD, DAY, "another_key")


def test_u5_three_lost_orders_are_enough() -> None:
    assert after(row(S.UNCERTAIN, post_count=2), e.Absent())[0] == S.SUBMITTING
    assert after(row(S.UNCERTAIN, post_count=3), e.Absent()) == (S.HELD, DAY, "posts")


@pytest.mark.parametrize("event", [e.Absent(), e.Unanswered()])
def test_u5_a_day_of_it_is_enough(event: e.Event) -> None:
    old = row(S.UNCERTAIN, status_at=ago(DAY + 1))
    assert after(old, event) == (S.HELD, DAY, "unclear")
    assert after(old, READY)[0] == S.FETCHING, "an answer is an answer, however late"


@pytest.mark.parametrize(("tries", "wait"), [(0, 5.0), (3, 40.0), (6, 300.0), (99, 300.0)])
@pytest.mark.parametrize("status", [S.UNCERTAIN, S.RUNNING])
def test_u6_silence_is_no_evidence(status: Status, tries: int, wait: float) -> None:
    move = next_move(row(status, tries=tries), e.Unanswered(), REFUSES, NOW)
    assert (move.to, move.wait, move.fields) == (status, wait, {"tries": tries + 1})
