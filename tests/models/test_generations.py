"""The state machine of paid work: each status × each verb, and who may write at all."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone

from storyboard.models import (
    Activity,
    Generation,
    Lease,
    NotAllowedNow,
    Receipt,
    Revision,
    Status,
    User,
    Zombie,
)
from storyboard.models.moves import first_move
from storyboard.models.statuses import FREED, IN_FLIGHT, LIVE, MOVES
from tests import builders


@pytest.fixture
def queued(approved: Revision, alice: User) -> Generation:
    return builders.order(approved, by=alice)


def at(generation: Generation, status: Status, by: User) -> Generation:
    if status == Status.CANCELLED:
        return builders.cancel(generation, by=by)
    return builders.bring_to(generation, status)


# RELIABILITY A4, written out again: the machine must agree with it word for word.
_MOVES = {
    "queued": "submitting cancelled held",
    "submitting": "running queued uncertain rejected held",
    "uncertain": "running fetching failed submitting held",
    "running": "fetching failed held",
    "fetching": "stored lost held",
    "held": "queued uncertain running fetching failed lost",
    "stored": "",
    "failed": "",
    "rejected": "",
    "cancelled": "",
    "lost": "",
}


def test_the_moves_are_those_of_the_table() -> None:
    assert {status: set(to) for status, to in MOVES.items()} == {
        status: set(words.split()) for status, words in _MOVES.items()
    }
    assert set(_MOVES) == set(Status.values)


def test_every_status_is_live_held_or_ended() -> None:
    ended = {status for status, to in MOVES.items() if not to}
    assert LIVE | {Status.HELD} | ended == set(Status.values)
    assert IN_FLIGHT <= LIVE
    assert ended >= FREED


@pytest.mark.parametrize("status", list(Status))
def test_each_status_refuses_every_other_move(
    queued: Generation, alice: User, status: Status
) -> None:
    generation = at(queued, status, alice)
    told = Activity.objects.count()
    for to in set(Status.values) - set(_MOVES[status].split()):
        with pytest.raises(ValueError, match="does not move"):
            generation.move(to)
    assert Generation.objects.get().status == status
    assert Activity.objects.count() == told


@pytest.mark.parametrize(
    ("status", "to"), [(status, to) for status, words in _MOVES.items() for to in words.split()]
)
def test_each_move_is_one_step_of_history(
    queued: Generation, alice: User, status: str, to: str
) -> None:
    generation = at(queued, Status(status), alice)
    told = Activity.objects.count()
    generation.move(to)
    assert Generation.objects.get().status == to
    assert Activity.objects.count() == told + 1
    last = Activity.objects.latest("pk")
    assert (last.data["before"], last.data["to"], last.actor_kind) == (status, to, "system")


# What each verb of a person or of Kling's knock makes of each status; the rest stays as it is.
_WITHDRAWN = {"queued": "cancelled"}
_RELEASED = {"held": "queued"}


@pytest.mark.parametrize("status", list(Status))
def test_each_status_by_withdraw(queued: Generation, alice: User, status: Status) -> None:
    generation = at(queued, status, alice)
    if status in _WITHDRAWN:
        generation.withdraw(by=alice)
    else:
        with pytest.raises(NotAllowedNow, match="already on its way"):
            generation.withdraw(by=alice)
    assert Generation.objects.get().status == _WITHDRAWN.get(status, status)


@pytest.mark.parametrize("status", list(Status))
def test_each_status_by_release(queued: Generation, alice: User, status: Status) -> None:
    at(queued, status, alice).release(by=alice)
    assert Generation.objects.get().status == _RELEASED.get(status, status)


@pytest.mark.parametrize("status", list(Status))
def test_each_status_by_give_up(queued: Generation, alice: User, status: Status) -> None:
    """Held and never sent: taken back. The rest: see below."""
    generation = at(queued, status, alice)
    if status == Status.HELD:
        generation.give_up(by=alice)
    else:
        with pytest.raises(NotAllowedNow, match="Nothing was changed"):
            generation.give_up(by=alice)
    assert Generation.objects.get().status == ("cancelled" if status == "held" else status)


def test_what_may_be_paid_is_given_up_and_still_asked_for(queued: Generation, alice: User) -> None:
    generation = builders.hold(queued, "no_answer")
    assert Generation.objects.get().claim("a worker in the middle of its daily look") is False
    generation.give_up(by=alice)
    row = Generation.objects.get()
    assert (row.status, row.hold_reason) == (Status.HELD, "given_up")
    assert row.next_at is not None
    assert 1 in row.order.taken_slots(), "it may be paid, so nothing is ordered in its place"
    last = Activity.objects.latest("pk")
    assert (last.verb, last.actor, "to" in last.data) == ("generation.given_up", alice, False)
    with pytest.raises(NotAllowedNow):
        generation.give_up(by=alice)
    generation.release(by=alice)
    assert Generation.objects.get().status == Status.RUNNING, "kept waiting for after all"


def test_given_up_before_it_was_sent_an_order_is_taken_back_by_two_moves(
    queued: Generation, alice: User
) -> None:
    generation = builders.bring_to(queued, Status.HELD)
    generation.account.tripped_at = timezone.now()
    generation.account.save()
    generation.give_up(by=alice)
    told = list(Activity.objects.order_by("-pk").values_list("verb", "actor", "data__to")[:2])
    assert told == [
        ("generation.withdrawn", alice.pk, "cancelled"),
        ("generation.released", alice.pk, "queued"),
    ]
    assert generation.order.free_slot() == 1
    generation.account.refresh_from_db()
    assert generation.account.tripped_at is not None, "the account stays as it is"


def test_a_person_s_word_takes_a_held_order_out_of_a_worker_s_hands(
    queued: Generation, alice: User
) -> None:
    builders.hold(queued, "no_answer")
    Generation.objects.update(next_at=timezone.now())
    mine = Generation.objects.get()
    assert mine.claim("me")
    Generation.objects.get().release(by=alice)
    with pytest.raises(Zombie):
        mine.stay(wait=86400)
    assert Generation.objects.get().status == Status.RUNNING


def test_a_knock_at_a_held_order_that_was_never_sent_asks_nothing(queued: Generation) -> None:
    builders.bring_to(queued, Status.HELD)
    Generation.hint(queued.pk)
    row = Generation.objects.get()
    assert row.claim("me")
    decided = first_move(row.standing, row.policy, timezone.now())
    assert decided is not None
    row.apply(decided)
    assert Generation.objects.get().next_at is None


def test_a_step_that_ends_is_no_death_of_a_worker(queued: Generation) -> None:
    Generation.objects.update(lease_owner="one that died", crash_count=3)
    row = Generation.objects.get()
    assert row.claim("me")
    assert row.crash_count == 4
    row.stay(wait=0)
    assert Generation.objects.get().crash_count == 0


@pytest.mark.parametrize("status", [status for status, to in MOVES.items() if not to])
def test_what_ended_does_not_even_wait(queued: Generation, alice: User, status: Status) -> None:
    with pytest.raises(ValueError, match="does not move"):
        at(queued, status, alice).stay(wait=1)


@pytest.mark.parametrize("status", list(Status))
def test_each_status_by_a_knock_changes_no_status(
    queued: Generation, alice: User, status: Status
) -> None:
    generation = at(queued, status, alice)
    Generation.objects.update(next_at=timezone.now() + timedelta(hours=1))
    Generation.hint(generation.pk)
    row = Generation.objects.get()
    assert row.status == status
    wakes = status in ("running", "uncertain", "fetching", "held")
    assert (row.hinted_at is not None) is wakes
    assert row.next_at is not None
    assert (row.next_at <= timezone.now()) is wakes


@pytest.mark.parametrize("status", list(Status))
def test_each_status_by_claim(queued: Generation, alice: User, status: Status) -> None:
    generation = at(queued, status, alice)
    Generation.objects.update(next_at=timezone.now(), lease_until=timezone.now())
    assert generation.claim("me") is (status in LIVE or status == Status.HELD)


@pytest.mark.parametrize("status", list(Status))
def test_only_an_order_that_ended_without_a_take_frees_its_slot(
    queued: Generation, alice: User, status: Status
) -> None:
    generation = at(queued, status, alice)
    frees = status in ("failed", "rejected", "cancelled")
    assert (generation.take_slot not in generation.order.taken_slots()) is frees


def test_a_held_order_that_was_sent_is_asked_about_not_sent_again(
    queued: Generation, alice: User
) -> None:
    generation = builders.bring_to(queued, Status.UNCERTAIN)
    builders.advance(generation, Status.HELD, hold_reason="no_answer")
    generation.release(by=alice)
    assert generation.status == Status.UNCERTAIN


def test_a_held_order_with_a_task_is_asked_for_by_it(queued: Generation, alice: User) -> None:
    generation = builders.bring_to(queued, Status.RUNNING)
    builders.advance(generation, Status.HELD, hold_reason="too_long")
    generation.release(by=alice)
    assert generation.status == Status.RUNNING


def test_releasing_lets_a_stopped_account_order_again(queued: Generation, alice: User) -> None:
    generation = builders.bring_to(queued, Status.HELD)
    generation.account.tripped_at = timezone.now()
    generation.account.save()
    generation.release(by=alice)
    generation.account.refresh_from_db()
    assert generation.account.tripped_at is None


def test_two_workers_one_claim(queued: Generation) -> None:
    mine, yours = Generation.objects.get(), Generation.objects.get()
    assert mine.claim("me")
    assert not yours.claim("you")
    assert Generation.objects.get().lease_owner == "me"


def test_what_is_not_due_is_not_claimed(queued: Generation) -> None:
    Generation.objects.update(next_at=timezone.now() + timedelta(seconds=5))
    assert not queued.claim("me")


def test_a_worker_that_lost_its_lease_writes_nothing(queued: Generation) -> None:
    mine = Generation.objects.get()
    mine.claim("me")
    Generation.objects.update(lease_until=timezone.now())
    yours = Generation.objects.get()
    assert yours.claim("you")
    for write in (mine.renew, lambda: mine.move(Status.SUBMITTING), lambda: mine.stay(wait=1)):
        with pytest.raises(Zombie):
            write()
    assert Generation.objects.get().status == Status.QUEUED


def test_a_claimed_order_is_not_withdrawn(queued: Generation, alice: User) -> None:
    Generation.objects.get().claim("worker")
    with pytest.raises(NotAllowedNow):
        queued.withdraw(by=alice)
    assert Generation.objects.get().status == Status.QUEUED


def test_waiting_again_ends_the_lease_and_sets_the_next_look(queued: Generation) -> None:
    queued.claim("me")
    queued.stay(wait=30, tries=2)
    row = Generation.objects.get()
    assert row.tries == 2
    assert row.next_at is not None
    assert row.next_at > timezone.now() + timedelta(seconds=20)
    assert row.lease_until <= timezone.now()


def test_an_ended_order_is_never_due(queued: Generation) -> None:
    builders.bring_to(queued, Status.FAILED)
    row = Generation.objects.get()
    assert (row.next_at, row.ended_at is not None) == (None, True)
    assert not Generation.objects.due().exists()


def test_one_standing_order_per_take_is_kept_by_the_database(
    queued: Generation, alice: User
) -> None:
    twin = Generation(order=queued.order, take_slot=queued.take_slot, account=queued.account)
    twin.freeze_request()
    with pytest.raises(IntegrityError):
        twin.save()


def test_the_name_at_kling_is_unique_short_and_says_which_installation(
    queued: Generation, approved: Revision, alice: User
) -> None:
    second = builders.order(approved, by=alice)
    assert queued.external_task_id != second.external_task_id
    assert len(queued.external_task_id) <= 64
    assert queued.external_task_id.split("-")[0] == second.external_task_id.split("-")[0]


def test_the_frozen_body_holds_no_callback_and_no_picture(queued: Generation) -> None:
    assert not {"callback_url", "external_task_id"} & set(queued.body)
    assert queued.body["multi_prompt"][0]["duration"] == "3"


def test_only_the_hash_of_the_callback_token_is_kept(queued: Generation) -> None:
    token = queued.callback_token
    assert len(token) == 43
    assert queued.callback_sha256 == hashlib.sha256(token.encode()).hexdigest()
    stored = Generation.objects.filter(pk=queued.pk).values().get()
    assert token not in str(stored)


def test_a_callback_is_kept_raw_and_makes_the_row_due(queued: Generation) -> None:
    generation = builders.bring_to(queued, Status.RUNNING)
    Generation.objects.update(next_at=timezone.now() + timedelta(hours=1))
    assert Receipt.keep(generation.pk, b"{not even json", webhook_id="w" * 200)
    receipt = Receipt.objects.get()
    assert bytes(receipt.body) == b"{not even json"
    assert len(receipt.webhook_id) == 80
    assert Generation.objects.due().count() == 1


@pytest.mark.django_db
def test_one_sweeper_holds_the_lease_until_it_ends() -> None:
    assert Lease.hold("sweep", owner="a", seconds=5)
    assert Lease.hold("sweep", owner="a", seconds=5)
    assert not Lease.hold("sweep", owner="b", seconds=5)
    Lease.objects.update(until=timezone.now() - timedelta(seconds=1))
    assert Lease.hold("sweep", owner="b", seconds=5)
