"""The table of moves, on: RELIABILITY A4, R1-R4, F1-F4, held orders, people, and ourselves."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import get_args

import pytest

from storyboard.models import events as e
from storyboard.models.moves import first_move, next_move, written
from storyboard.models.standing import IllegalEvent, Move, Standing
from storyboard.models.statuses import DAY, HOUR, S, Status
from tests.models.standings import (
    MAKING,
    NOW,
    READY,
    REFUSES,
    after,
    ago,
    row,
)

# R: Kling has it


@pytest.mark.parametrize(("tries", "wait"), [(0, 15.0), (1, 22.5), (2, 33.75), (50, 60.0)])
def test_r1_what_is_being_made_is_asked_about_less_and_less(tries: int, wait: float) -> None:
    assert after(row(S.RUNNING, tries=tries), MAKING) == (S.RUNNING, wait, "")
    hinted = e.Found("processing", is_hinted=True)
    assert after(row(S.RUNNING, tries=tries), hinted) == (S.RUNNING, 5.0, "")


def test_r1_a_day_of_it_is_told_to_a_person() -> None:
    assert after(row(S.RUNNING, status_at=ago(DAY + 1)), MAKING) == (S.HELD, DAY, "no_answer")


def test_r2_the_thirty_days_of_a_film_begin_when_kling_made_it() -> None:
    made = e.Found("succeed", has_link=True, changed_ms=int(ago(300).timestamp() * 1000))
    move = next_move(row(S.RUNNING), made, REFUSES, NOW)
    assert move.to == S.FETCHING
    assert move.fields["result_expires_at"] == ago(300) + timedelta(days=30)


@pytest.mark.parametrize("changed_ms", [None, 2, -1, 10**15 - 1, int(NOW.timestamp() * 1000) + 1])
def test_r2_a_moment_that_cannot_be_is_not_believed(changed_ms: int | None) -> None:
    made = e.Found("succeed", has_link=True, changed_ms=changed_ms)
    move = next_move(row(S.RUNNING), made, REFUSES, NOW)
    assert move.fields["result_expires_at"] == NOW + timedelta(days=30)


def test_r2_they_begin_once() -> None:
    again = row(S.HELD, result_expires_at=ago(-DAY), hold_reason="no_film")
    move = next_move(again, READY, REFUSES, NOW)
    assert move.fields["result_expires_at"] == ago(-DAY)


def test_r2_a_film_without_a_link_is_not_there_yet() -> None:
    assert after(row(S.RUNNING), e.Found("succeed")) == (S.RUNNING, 5.0, "")


def test_r3_a_failure_of_kling_s_is_final() -> None:
    assert after(row(S.RUNNING), e.Found("failed"))[0] == S.FAILED


@pytest.mark.parametrize("event", [e.Unanswered(), e.Absent()])
def test_r4_a_known_task_never_fails_for_want_of_an_answer(event: e.Event) -> None:
    assert after(row(S.RUNNING), event) == (S.RUNNING, 5.0, "")
    assert after(row(S.RUNNING, status_at=ago(DAY + 1)), event) == (S.HELD, DAY, "no_answer")


# F: the film comes home


def test_f1_a_durable_film_ends_it() -> None:
    assert after(row(S.FETCHING), e.FilmStored())[0] == S.STORED


@pytest.mark.parametrize(
    ("event", "waits"),
    [
        (e.NotFetched("fresh_link"), (1.0, 8.0, 1024.0)),
        (e.NotFetched("no_link"), (5.0, 40.0, 3600.0)),
        (e.NotFetched("cut"), (5.0, 40.0, 3600.0)),
        (e.NotFetched("disk"), (5.0, 40.0, 3600.0)),
        (e.NotFetched("storage"), (5.0, 40.0, 3600.0)),
        (e.NoFilm("too_large", 1), (5.0, 40.0, 3600.0)),
    ],
)
def test_f2_f4_it_is_tried_again_later_and_later(
    event: e.Event, waits: tuple[float, float, float]
) -> None:
    for tries, wait in zip((0, 3, 40), waits, strict=True):
        assert after(row(S.FETCHING, tries=tries), event) == (S.FETCHING, wait, "")


@pytest.mark.parametrize("why", ["no_film", "too_large", "unknown_host"])
def test_f2_what_is_no_film_time_and_again_is_told_to_a_person(why: e.Refusals) -> None:
    assert after(row(S.FETCHING), e.NoFilm(why, 5))[0] == S.FETCHING
    assert after(row(S.FETCHING), e.NoFilm(why, 6)) == (S.HELD, DAY, why)
    assert after(row(S.FETCHING), e.HostRefused()) == (S.HELD, DAY, "unknown_host")


@pytest.mark.parametrize("event", [e.NotFetched("cut"), e.NoFilm("no_film", 6), e.HostRefused()])
def test_f3_what_kling_has_cleared_is_lost_only_when_it_is_refused_once_more(
    event: e.Event,
) -> None:
    cleared = row(S.FETCHING, result_expires_at=ago(DAY + 1))
    assert after(cleared, event)[0] == S.LOST
    assert after(cleared, e.FilmStored())[0] == S.STORED


@pytest.mark.parametrize("why", ["disk", "storage"])
def test_f3_a_film_that_is_here_is_not_lost_while_its_pictures_wait(why: e.Misses) -> None:
    cleared = row(S.FETCHING, result_expires_at=ago(DAY + 1))
    assert after(cleared, e.NotFetched(why, is_here=True)) == (S.FETCHING, 5.0, "")


@pytest.mark.parametrize("why", get_args(e.Misses))
def test_f3_one_mishap_after_the_thirty_days_is_not_the_end(why: e.Misses) -> None:
    for seconds in (1, DAY - 1):
        dead = row(S.FETCHING, result_expires_at=ago(seconds))
        assert after(dead, e.NotFetched(why))[0] == S.FETCHING


# Held, and what people do


def test_held_it_is_asked_about_daily_and_goes_on_when_it_is_found() -> None:
    for event in (e.Unanswered(), e.Absent()):
        assert after(row(S.HELD), event) == (S.HELD, DAY, "")
    assert after(row(S.HELD), MAKING) == (S.RUNNING, 15.0, "")
    assert after(row(S.HELD), READY)[0] == S.FETCHING
    assert after(row(S.HELD), e.Found("failed"))[0] == S.FAILED


@pytest.mark.parametrize(
    ("event", "words"),
    [(e.Unanswered(), "never_answered"), (e.Absent(), "not_known"), (MAKING, "never_answered")],
)
def test_held_for_thirty_days_it_is_lost_unless_it_is_there(event: e.Event, words: str) -> None:
    old = row(S.HELD, last_post_at=ago(30 * DAY + 1))
    move = next_move(old, event, REFUSES, NOW)
    assert (move.to, move.reason) == (S.LOST, words)
    assert after(old, READY)[0] == S.FETCHING


def test_held_and_never_sent_it_waits_for_a_person_alone() -> None:
    never = row(S.HELD, post_count=0, last_post_at=None)
    assert first_move(never, REFUSES, NOW) == Move(S.HELD, None)
    assert first_move(row(S.HELD), REFUSES, NOW) is None


def test_given_up_it_waits_for_nobody_and_still_comes_home() -> None:
    move = next_move(row(S.HELD), e.GivenUp(), REFUSES, NOW)
    assert (move.to, move.wait, move.fields) == (S.HELD, DAY, {"hold_reason": "given_up"})
    given_up = row(S.HELD, hold_reason="given_up")
    assert after(given_up, MAKING) == (S.HELD, DAY, "")
    assert after(given_up, READY)[0] == S.FETCHING
    assert after(replace(given_up, last_post_at=ago(31 * DAY)), MAKING)[0] == S.LOST
    for nothing in (given_up, row(S.HELD, post_count=0)):
        with pytest.raises(IllegalEvent):
            next_move(nothing, e.GivenUp(), REFUSES, NOW)


@pytest.mark.parametrize(
    ("standing", "to"),
    [
        (row(S.HELD, post_count=0, last_post_at=None), S.QUEUED),
        (row(S.HELD), S.UNCERTAIN),
        (row(S.HELD, kling_task_id="t-1"), S.RUNNING),
    ],
)
def test_released_it_is_sent_only_when_it_never_was(standing: Standing, to: Status) -> None:
    move = next_move(standing, e.Released(), REFUSES, NOW)
    assert (move.to, move.wait) == (to, 0.0)
    assert move.fields["waits_since"] is None
    assert move.fields["last_post_at"] == standing.last_post_at


def test_released_it_may_be_sent_once_more_after_asking() -> None:
    move = next_move(row(S.HELD, post_count=3), e.Released(), REFUSES, NOW)
    assert (move.to, move.fields["post_count"]) == (S.UNCERTAIN, 2)


def test_released_with_another_key_it_settles_anew() -> None:
    held = row(S.HELD, hold_reason="another_key")
    move = next_move(held, e.Released(), REFUSES, NOW)
    assert move.fields["last_post_at"] == NOW


def test_x1_only_what_was_never_sent_is_withdrawn() -> None:
    assert after(row(S.QUEUED), e.Withdrawn())[0] == S.CANCELLED
    with pytest.raises(IllegalEvent):
        next_move(row(S.QUEUED, post_count=1), e.Withdrawn(), REFUSES, NOW)


# Ourselves


def test_poison_is_held_at_once_before_it_is_sent_and_after_an_hour_when_it_may_be_paid() -> None:
    poison = {"crash_count": 5}
    held = first_move(row(S.QUEUED, **poison), REFUSES, NOW)
    assert held is not None
    assert (held.to, held.wait, held.fields) == (S.HELD, None, {"hold_reason": "crashes"})
    assert first_move(row(S.QUEUED, crash_count=4), REFUSES, NOW) is None
    for status in (S.UNCERTAIN, S.RUNNING, S.FETCHING):
        assert first_move(row(status, **poison), REFUSES, NOW) is None
        old = first_move(row(status, **poison, status_at=ago(HOUR + 1)), REFUSES, NOW)
        assert old is not None
        assert (old.to, old.wait) == (S.HELD, DAY)
    assert first_move(row(S.SUBMITTING, **poison), REFUSES, NOW) is None, "T8 comes first"


def test_a_mistake_of_ours_waits_longer_each_time_and_then_for_a_person() -> None:
    for count, wait in ((0, 10.0), (2, 40.0)):
        move = next_move(row(S.QUEUED, crash_count=count), e.Mistake(), REFUSES, NOW)
        assert (move.to, move.wait, move.fields) == (S.QUEUED, wait, {"crash_count": count + 1})
    assert after(row(S.QUEUED, crash_count=4), e.Mistake()) == (S.HELD, None, "crashes")
    assert after(row(S.RUNNING, crash_count=9), e.Mistake()) == (S.RUNNING, 300.0, "")
    old = row(S.RUNNING, crash_count=9, status_at=ago(HOUR + 1))
    assert after(old, e.Mistake()) == (S.HELD, DAY, "crashes")


# What is written


def test_a_move_ends_the_lease_and_begins_the_status_anew() -> None:
    values = written(S.SUBMITTING, Move(S.RUNNING, 15.0, fields={"tries": 0}), REFUSES, NOW)
    assert values == {
        "status": S.RUNNING,
        "status_at": NOW,
        "next_at": NOW + timedelta(seconds=15),
        "lease_until": NOW,
        "lease_owner": "",
        "hold_reason": "",
        "crash_count": 0,
        "tries": 0,
    }


def test_a_stay_leaves_the_status_and_its_beginning_alone() -> None:
    values = written(S.UNCERTAIN, Move(S.UNCERTAIN, 5.0), REFUSES, NOW)
    assert set(values) == {"next_at", "lease_until", "lease_owner", "crash_count"}
    assert written(S.HELD, Move(S.HELD, None), REFUSES, NOW)["next_at"] is None


def test_an_end_is_looked_at_by_nobody() -> None:
    values = written(S.RUNNING, Move(S.FAILED), REFUSES, NOW)
    assert (values["next_at"], values["ended_at"]) == (None, NOW)


def test_the_scale_divides_every_wait_and_every_limit() -> None:
    fast = replace(REFUSES, scale=40.0)
    unsettled = row(S.UNCERTAIN, last_post_at=ago(1))
    move = next_move(unsettled, e.Absent(), fast, NOW)
    assert move.wait == pytest.approx(110.0)
    next_at = written(S.UNCERTAIN, move, fast, NOW)["next_at"]
    assert next_at == NOW + timedelta(seconds=2.75)
    assert after(row(S.RUNNING, status_at=ago(DAY / 40 + 1)), MAKING, fast)[0] == S.HELD
