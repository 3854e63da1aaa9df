"""The decision on a take: one approval, and no changes requested by anybody's last word."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from storyboard.models import (
    NotAllowedNow,
    Note,
    Outcome,
    Revision,
    Role,
    Status,
    Take,
    TakeDecision,
    Team,
    User,
)
from storyboard.models.take_decisions import last_words, outcome_of
from tests import builders


def said(take: Take) -> list[TakeDecision]:
    return last_words(take.decisions.order_by("pk"))


def outcome(take: Take) -> str:
    return outcome_of(said(take)).value


def verbs(take: Take) -> list[str]:
    rows = take.storyboard.activities.filter(verb__startswith="take.").order_by("pk")
    return [row.verb for row in rows if row.verb not in ("take.stored", "take.picked")]


def test_one_approval_is_enough(take: Take, bob: User) -> None:
    assert outcome(take) == Outcome.OPEN
    take.approve(by=bob)
    assert outcome(take) == Outcome.APPROVED
    assert take.storyboard.activities.get(verb="take.approved").sentence == (
        f"approved take 1 of {take.storyboard}"
    )


def test_changes_requested_by_anybody_outweigh_an_approval(
    take: Take, bob: User, paula: User
) -> None:
    take.approve(by=bob)
    take.request_changes(by=paula, words="Closer.")
    assert outcome(take) == Outcome.CHANGES
    take.approve(by=paula)
    assert outcome(take) == Outcome.APPROVED
    assert [row.by_name for row in said(take)] == [str(bob), str(paula)]


def test_saying_the_same_again_is_saying_it_once(take: Take, bob: User) -> None:
    for _time in range(2):
        take.approve(by=bob)
    for _time in range(2):
        take.request_changes(by=bob, words="Closer.")
    assert verbs(take) == ["take.approved", "take.changes_requested"]
    assert take.decisions.count() == 2


def test_a_decision_is_taken_back_whole(take: Take, bob: User) -> None:
    take.approve(by=bob)
    take.request_changes(by=bob, words="Closer.")
    for _time in range(2):
        take.take_back(by=bob)
    assert outcome(take) == Outcome.OPEN
    assert verbs(take)[2:] == ["take.decision_taken_back"]


def test_nobody_takes_back_what_another_said(take: Take, bob: User, paula: User) -> None:
    take.approve(by=bob)
    take.take_back(by=paula)
    assert outcome(take) == Outcome.APPROVED


def test_the_sender_of_its_revision_does_not_decide(take: Take, alice: User) -> None:
    Note.add(take, "Closer.", by=alice, at_ms=0)
    with pytest.raises(NotAllowedNow, match="You sent"):
        take.approve(by=alice)
    with pytest.raises(NotAllowedNow, match="You sent"):
        take.request_changes(by=alice, words="Closer.")
    assert not take.decisions.exists()


def test_a_project_without_a_second_person_records_it(take: Take, alice: User) -> None:
    take.storyboard.project.ask_no_second_person(by=alice)
    take = Take.objects.get(pk=take.pk)
    take.approve(by=alice)
    assert take.decisions.get().is_alone
    assert outcome(take) == Outcome.APPROVED
    sentence = take.storyboard.activities.get(verb="take.approved").sentence
    assert sentence.endswith("alone: no second person asked")


def test_asking_for_changes_needs_words_or_an_open_note(take: Take, alice: User, bob: User) -> None:
    Note.add(take, "Of somebody else.", by=alice, at_ms=0)
    note = Note.add(take, "Closer.", by=bob, at_ms=0)
    note.resolve(by=bob)
    with pytest.raises(NotAllowedNow, match="Write what to change"):
        take.request_changes(by=bob, words="  ")
    note.reopen(by=bob)
    take.request_changes(by=bob)
    assert outcome(take) == Outcome.CHANGES


def test_a_picked_take_is_decided(take: Take, alice: User, bob: User) -> None:
    take.approve(by=bob)
    take.storyboard.pick(take, by=alice)
    with pytest.raises(NotAllowedNow, match="is picked"):
        take.approve(by=bob)
    with pytest.raises(NotAllowedNow, match="is picked"):
        take.request_changes(by=bob, words="Closer.")
    with pytest.raises(NotAllowedNow, match="is picked"):
        take.take_back(by=bob)
    assert outcome(take) == Outcome.APPROVED


def test_what_does_not_play_is_not_decided(approved: Revision, alice: User, bob: User) -> None:
    generation = builders.bring_to(builders.order(approved, by=alice), Status.FETCHING)
    take = Take.expect(generation, output_id="v", url="http://127.0.0.1:9/v.mp4")
    with pytest.raises(NotAllowedNow, match="when it plays"):
        take.approve(by=bob)


def test_approving_a_take_orders_nothing(take: Take, bob: User) -> None:
    before = take.revision.order.generations.count()
    take.approve(by=bob)
    assert take.revision.order.generations.count() == before
    assert take.storyboard.picked_take_id is None


def test_a_person_who_left_still_counts_as_one(take: Take, team: Team, alice: User) -> None:
    gone = builders.join(
        team, Role.REVIEWER, builders.make_person("gone@example.com", "Gone"), by=alice
    )
    take.request_changes(by=gone, words="Closer.")
    take.approve(by=gone)
    TakeDecision.objects.update(by=None)
    assert outcome(take) == Outcome.APPROVED


def test_the_database_holds_no_other_decision(take: Take, bob: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        TakeDecision.objects.create(take=take, by=bob, by_name="Bob", verdict="maybe")
