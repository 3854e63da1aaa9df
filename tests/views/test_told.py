"""What a person reads of an order that waits: why, since when, what is kept, what to do."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from storyboard.models import Generation, Revision, Status, Take, User
from storyboard.views.spans import clock, day, when
from storyboard.views.told import HELD
from tests import builders
from tests.views.gates import SignedIn, gate_of, page_of

# By what is known of an order, what is said of it and of its money.
NOTHING_SENT = "Nothing was sent and nothing is charged."
MAYBE = "Kling may have the order, so the $0.42 may be charged."
TAKEN_WORDS = "Kling took the order: the $0.42 counts as spent until Kling says otherwise."
FILM = "Kling has made the film and keeps it until %s. The order stands: $0.42."
KEPT = {
    **dict.fromkeys(("account", "address", "waited"), NOTHING_SENT),
    **dict.fromkeys(("unclear", "posts", "refused_again", "another_key", "changed"), MAYBE),
    **dict.fromkeys(("no_answer", "given_up"), TAKEN_WORDS),
    **dict.fromkeys(("crashes", "unknown_host", "no_film", "too_large"), FILM),
}
IN_DAYS = 20


@pytest.fixture
def ordered(approved: Revision, alice: User) -> Generation:
    return builders.order(approved, by=alice)


def fetching(row: Generation) -> Generation:
    """Kling has the film and clears it in 20 days."""
    builders.bring_to(row, Status.FETCHING)
    until = timezone.now() + timedelta(days=IN_DAYS)
    Generation.objects.filter(pk=row.pk).update(result_expires_at=until)
    return row


def shown(browser_of: SignedIn, alice: User, row: Generation) -> str:
    return gate_of(page_of(browser_of(alice), row.order.revision)).replace("&#x27;", "'")


def test_each_reason_to_hold_an_order_has_its_words() -> None:
    assert set(KEPT) == set(HELD) == set(builders.HOLD_REASONS)


@pytest.mark.parametrize("reason", HELD)
def test_a_held_order_says_why_what_is_kept_and_what_to_do(
    signed_in: SignedIn, alice: User, ordered: Generation, reason: str
) -> None:
    builders.hold(ordered, reason)
    gate = shown(signed_in, alice, ordered)
    told = HELD[reason]
    assert str(told.heading) % {"n": 1} in gate
    assert str(told.happened) in gate
    assert str(told.todo) in gate
    until = day(timezone.now() + timedelta(days=IN_DAYS))
    kept = KEPT[reason]
    assert (kept % until if "%s" in kept else kept) in gate
    assert "%(" not in gate


def test_what_the_worker_wrote_of_a_held_order_is_what_happened(
    signed_in: SignedIn, alice: User, ordered: Generation
) -> None:
    builders.hold(
        ordered, "waited", words="This order has waited a day to be sent. The disk is full."
    )
    gate = shown(signed_in, alice, ordered)
    assert "This order has waited a day to be sent. The disk is full." in gate
    assert gate.count("has waited a day") == 1


def test_an_order_given_up_is_no_longer_told_as_what_it_was(
    signed_in: SignedIn, alice: User, ordered: Generation
) -> None:
    builders.hold(ordered, "given_up", words="Kling has been at this for a day.")
    gate = shown(signed_in, alice, ordered)
    assert "Kling has been at this for a day." not in gate
    assert "A person gave up waiting." in gate


def test_what_waits_says_since_when_and_when_kling_is_asked_next(
    signed_in: SignedIn, alice: User, ordered: Generation
) -> None:
    builders.hold(ordered, "no_answer")
    at = timezone.now() - timedelta(days=3)
    Generation.objects.update(status_at=at)
    ordered.refresh_from_db()
    assert ordered.next_at is not None
    gate = shown(signed_in, alice, ordered)
    assert f"Since {clock(at)}. Kling is asked next {when(ordered.next_at)}." in gate


def test_what_was_never_sent_waits_for_a_person_without_an_end(
    signed_in: SignedIn, alice: User, ordered: Generation
) -> None:
    builders.hold(ordered, "account")
    assert "It waits for a person, without an end." in shown(signed_in, alice, ordered)


def test_what_is_over_says_when_it_ended(
    signed_in: SignedIn, alice: User, ordered: Generation
) -> None:
    builders.bring_to(ordered, Status.LOST)
    at = timezone.now() - timedelta(days=40)
    Generation.objects.update(ended_at=at)
    assert f"Ended {when(at)}." in shown(signed_in, alice, ordered)


def test_while_fetching_the_day_is_told_on_which_the_link_dies(
    signed_in: SignedIn, alice: User, ordered: Generation
) -> None:
    fetching(ordered)
    gate = shown(signed_in, alice, ordered)
    until = day(timezone.now() + timedelta(days=IN_DAYS))
    assert f"The link to the film dies on {until}, so there is time." in gate
    assert "not here yet" not in gate


def test_a_film_that_is_late_says_since_when_and_who_looks(
    signed_in: SignedIn, alice: User, ordered: Generation
) -> None:
    fetching(ordered)
    take = Take.expect(ordered, output_id="x", url=f"{builders.SIMULATOR}/film.mp4")
    made_at = timezone.now() - timedelta(days=2)
    Take.objects.filter(pk=take.pk).update(told_late_days=1, created_at=made_at)
    gate = shown(signed_in, alice, ordered)
    assert "Take 1 is made but not here yet" in gate
    assert f"Kling made the film on {day(made_at)}" in gate
    assert f"its link dies on {day(timezone.now() + timedelta(days=IN_DAYS))}" in gate
    assert "owners see more under Health" in gate


def test_a_stored_take_says_since_when_it_is_kept(
    signed_in: SignedIn, alice: User, take: Take
) -> None:
    at = timezone.now() - timedelta(days=9)
    Take.objects.update(stored_at=at)
    assert f"kept for good, since {clock(at)}." in shown(signed_in, alice, take.generation)


def test_a_clock_that_ran_for_hours_is_said_in_hours(
    signed_in: SignedIn, alice: User, ordered: Generation
) -> None:
    builders.bring_to(ordered, Status.RUNNING)
    Generation.objects.update(last_post_at=timezone.now() - timedelta(minutes=59))
    assert "<time-so-far" in shown(signed_in, alice, ordered)
    Generation.objects.update(last_post_at=timezone.now() - timedelta(hours=50))
    gate = shown(signed_in, alice, ordered)
    assert "<time-so-far" not in gate
    assert ">2 days</span>" in gate


def primary_of(gate: str) -> list[str]:
    return re.findall(
        r'<(?:button|a) class="btn [^"]*primary[^"]*"[^>]*>(?:<svg.*?</svg>)?([^<]*)', gate
    )


@pytest.mark.parametrize("status", list(Status))
def test_another_take_is_not_urged_while_an_order_is_open(
    signed_in: SignedIn, alice: User, ordered: Generation, status: Status
) -> None:
    """Least of all while it is unclear whether Kling has the first."""
    if status == Status.CANCELLED:
        ordered.withdraw(by=alice)
    else:
        builders.bring_to(ordered, status)
    primary = primary_of(shown(signed_in, alice, ordered))
    if ordered.is_live or status == Status.HELD:
        assert primary == []
    else:
        assert len(primary) <= 1
