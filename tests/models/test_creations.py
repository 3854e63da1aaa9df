"""Creations: the six statuses, who holds a row, and that one asking makes one entry."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from storyboard.models import (
    CREATION_MOVES,
    Account,
    Activity,
    Creation,
    CreationStatus,
    Element,
    NotAllowedNow,
    Project,
    Storyboard,
    Team,
    User,
)
from storyboard.models.making import COMING
from tests import builders

S = CreationStatus
Verb = Callable[[Creation], bool]

# Each verb of the worker, and where it leads.
VERBS: dict[str, tuple[str, Verb]] = {
    "begin": (S.SENDING, lambda row: row.begin()),
    "accepted": (S.MAKING, lambda row: row.accepted("t1", wait=3.0)),
    "unclear": (S.UNCERTAIN, lambda row: row.unclear("No answer.", wait=3.0)),
    "queue_again": (S.QUEUED, lambda row: row.queue_again(wait=3.0, words="Busy.")),
    "ready": (S.READY, lambda row: row.ready("77")),
    "fail": (S.FAILED, lambda row: row.fail("No.", code="1201", said="no face")),
}
# What a worker holding a row is allowed to do with it: written out, the code must say the same.
ALLOWED = {
    S.QUEUED: {"begin", "fail"},
    S.SENDING: {"accepted", "unclear", "queue_again", "fail"},
    S.UNCERTAIN: {"accepted", "queue_again", "ready", "fail"},
    S.MAKING: {"ready", "fail"},
    S.READY: set(),
    S.FAILED: {"unclear", "queue_again"},  # legal for a person's asking again alone
}
WAYS: dict[str, tuple[str, ...]] = {
    S.QUEUED: (),
    S.SENDING: ("begin",),
    S.UNCERTAIN: ("begin", "unclear"),
    S.MAKING: ("begin", "accepted"),
    S.READY: ("begin", "accepted", "ready"),
    S.FAILED: ("begin", "fail"),
}


@pytest.fixture
def element(team: Team, alice: User) -> Element:
    return builders.make_element("Aldous", team=team, by=alice)


@pytest.fixture
def row(element: Element, account: Account, alice: User) -> Creation:
    return element.ask_on(account, by=alice)


def bring(row: Creation, status: str) -> Creation:
    for verb in WAYS[status]:
        Creation.objects.filter(pk=row.pk).update(
            next_at=timezone.now(), claimed_until=timezone.now()
        )
        if row.status != S.SENDING:  # a claim of one that is being sent makes it unclear
            assert row.claim(builders.WORKER)
        assert VERBS[verb][1](row)
    return row


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("status", list(S))
def test_each_status_knows_its_moves(row: Creation, status: str, verb: str) -> None:
    bring(row, status)
    to, do = VERBS[verb]
    if verb not in ALLOWED[S(status)]:
        with pytest.raises(ValueError, match=f"{status} does not move to {to}"):
            do(row)
        assert Creation.objects.get().status == status
        return
    assert do(row)
    assert Creation.objects.get().status == to


def test_the_table_names_every_status_and_no_other() -> None:
    assert set(CREATION_MOVES) == set(S)
    assert set().union(*CREATION_MOVES.values()) <= set(S)
    assert {status for status in S if not CREATION_MOVES[status]} == {S.READY}
    assert set(COMING) == set(S) - {S.READY, S.FAILED}


def test_asking_twice_is_asking_once(
    element: Element, account: Account, alice: User, row: Creation
) -> None:
    again = element.ask_on(account, by=alice)
    assert again.pk == row.pk
    assert Activity.objects.filter(verb="creation.asked").count() == 1


def test_there_is_one_for_a_thing_and_an_account(
    element: Element, account: Account, row: Creation
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Creation.objects.create(version=element.latest, account=account)
    with pytest.raises(IntegrityError), transaction.atomic():
        Creation.objects.create(account=account)


def test_one_worker_holds_a_row(row: Creation) -> None:
    other = Creation.objects.get()
    assert row.claim("one")
    assert not other.claim("two")
    assert row.begin()
    assert not Creation.objects.due().exists()


def test_a_worker_that_lost_its_row_writes_nothing(row: Creation) -> None:
    late = Creation.objects.get()
    late.claim("late")
    Creation.objects.update(claimed_until=timezone.now())
    row = Creation.objects.get()
    assert row.claim("quick")
    assert not late.begin()
    assert not late.fail("Late.")
    assert Creation.objects.get().status == S.QUEUED


def test_what_a_worker_was_sending_when_it_ended_is_unclear(row: Creation) -> None:
    row.claim("dead")
    row.begin()
    Creation.objects.update(claimed_until=timezone.now())
    found = Creation.objects.get()
    assert found.claim("alive")
    assert (found.status, found.is_unanswered) == (S.UNCERTAIN, True)
    assert Creation.objects.get().claimed_by == "alive"


@pytest.mark.parametrize("status", COMING)
def test_every_waiting_status_ends_within_an_hour(row: Creation, status: str) -> None:
    bring(row, status)
    now = timezone.now()
    hour = row.account.scaled(3600)
    Creation.objects.update(claimed_until=now, next_at=now, begun_at=now - hour)
    found = Creation.objects.get()
    assert not found.claim(builders.WORKER)
    found = Creation.objects.get()
    assert found.status == S.FAILED
    assert "within an hour" in found.words
    assert not Creation.objects.due().exists()
    told = Activity.objects.get(verb="creation.failed")
    assert "Aldous" in told.sentence
    assert found.words in told.sentence


def test_the_hour_begins_when_a_worker_first_takes_it(row: Creation, alice: User) -> None:
    Creation.objects.update(asked_at=timezone.now() - timedelta(days=1))
    assert row.claim(builders.WORKER)
    assert row.begin()
    row.fail("No.", said="no")
    row.retry(by=alice)
    assert row.begun_at is None


def test_what_kling_may_have_made_after_its_hour_is_looked_for(row: Creation, alice: User) -> None:
    before = bring(row, S.MAKING).external_task_id
    now = timezone.now()
    Creation.objects.update(next_at=now, begun_at=now - timedelta(hours=2))
    assert not Creation.objects.get().claim(builders.WORKER)
    found = Creation.objects.get()
    found.retry(by=alice)
    assert (found.status, found.external_task_id) == (S.UNCERTAIN, before)


def test_what_failed_is_asked_for_anew_under_another_name(row: Creation, alice: User) -> None:
    before = bring(row, S.FAILED).external_task_id
    row.retry(by=alice)
    assert (row.status, row.words, row.said) == (S.QUEUED, "", "")
    assert row.external_task_id != before
    assert row.claim(builders.WORKER)


def test_what_kling_may_have_is_looked_for_under_the_same_name(row: Creation, alice: User) -> None:
    before = bring(row, S.UNCERTAIN).external_task_id
    Creation.objects.update(begun_at=timezone.now() - timedelta(hours=2), next_at=timezone.now())
    Creation.objects.get().claim(builders.WORKER)
    found = Creation.objects.get()
    found.retry(by=alice)
    assert (found.status, found.external_task_id) == (S.UNCERTAIN, before)


@pytest.mark.parametrize("status", [*COMING, S.READY])
def test_only_what_failed_is_tried_again(row: Creation, alice: User, status: str) -> None:
    bring(row, status)
    with pytest.raises(NotAllowedNow, match="did not fail"):
        row.retry(by=alice)


def test_asking_for_what_failed_tries_again(
    row: Creation, element: Element, account: Account, alice: User
) -> None:
    bring(row, S.FAILED)
    assert element.ask_on(account, by=alice).status == S.QUEUED
    assert Creation.objects.get().status == S.QUEUED


def test_an_account_without_a_library_says_so(element: Element, team: Team, alice: User) -> None:
    gateway = team.add_account(
        "Gateway", profile="powertokens", address=builders.SIMULATOR, credential="k", by=alice
    )
    assert not gateway.dialect.has_library
    with pytest.raises(NotAllowedNow, match="offers no elements and voices"):
        element.ask_on(gateway, by=alice)
    assert not Creation.objects.exists()


def test_an_account_that_is_off_is_not_asked(
    element: Element, account: Account, alice: User
) -> None:
    account.switch_off(by=alice)
    with pytest.raises(NotAllowedNow, match="switched off"):
        element.ask_on(account, by=alice)


def test_a_bound_voice_is_asked_for_with_its_element(
    team: Team, account: Account, alice: User
) -> None:
    voice = builders.make_voice("Keeper", team=team, by=alice)
    element = builders.make_element("Aldous", team=team, by=alice, voice=voice)
    element.ask_on(account, by=alice)
    assert voice.creation_on(account) is not None


def test_what_leaves_the_library_is_deleted_at_kling_later(
    row: Creation, element: Element, alice: User
) -> None:
    bring(row, S.READY)
    assert not Creation.objects.to_delete().exists()
    element.remove(by=alice)
    found = Creation.objects.to_delete().get()
    assert found.claim_to_delete(builders.WORKER)
    assert not Creation.objects.to_delete().exists()
    assert found.gone()
    Creation.objects.update(claimed_until=timezone.now())
    assert not Creation.objects.to_delete().exists()


def test_deleting_is_tried_a_few_times(row: Creation, element: Element, alice: User) -> None:
    bring(row, S.READY)
    element.remove(by=alice)
    for _try in range(5):
        Creation.objects.update(claimed_until=timezone.now())
        found = Creation.objects.to_delete().get()
        assert found.claim_to_delete(builders.WORKER)
        assert found.delete_later(wait=0.0)
    assert Creation.objects.get().next_at is None


def test_what_is_known_by_an_id_is_never_deleted_at_kling(
    team: Team, account: Account, alice: User
) -> None:
    known = builders.know_element("Known", kling_id="5", team=team, by=alice)
    known.remove(by=alice)
    assert not Creation.objects.to_delete().exists()


def test_kling_is_not_asked_to_delete_what_an_order_under_way_uses(
    storyboard: Storyboard, row: Creation, element: Element, alice: User, bob: User
) -> None:
    bring(row, S.READY)
    builders.give_first_frame(storyboard, by=alice)
    storyboard.attach_element(element, by=alice)
    revision = builders.make_revision(Storyboard.objects.get(), by=alice)
    builders.order(builders.approve(revision, by=bob), by=alice)
    element.remove(by=alice)
    assert not Creation.objects.to_delete().exists()


@pytest.mark.parametrize("status", [S.READY, S.FAILED])
def test_a_project_whose_draft_uses_it_hears_how_it_ends(
    storyboard: Storyboard, row: Creation, element: Element, team: Team, alice: User, status: str
) -> None:
    storyboard.attach_element(element, by=alice)
    elsewhere = Project.start("Another film", team=team, by=alice)
    before = [Project.objects.get(pk=each.pk).serial for each in (storyboard.project, elsewhere)]
    bring(row, status)
    after = [Project.objects.get(pk=each.pk).serial for each in (storyboard.project, elsewhere)]
    assert after == [before[0] + 1, before[1]]
    told = storyboard.project.activities.latest("serial")
    assert told.verb == f"creation.{status}"
    assert "Aldous" in told.sentence


def test_what_left_the_library_while_it_was_made_is_deleted_at_kling_at_once(
    row: Creation, element: Element, alice: User
) -> None:
    bring(row, S.MAKING)
    Element.objects.get(pk=element.pk).remove(by=alice)
    assert VERBS["ready"][1](row)
    assert list(Creation.objects.to_delete()) == [row]


def test_a_voice_is_not_deleted_at_kling_while_an_element_there_speaks_with_it(
    team: Team, account: Account, alice: User
) -> None:
    voice = builders.make_voice("Keeper", team=team, by=alice)
    element = builders.make_element("Aldous", team=team, by=alice, voice=voice)
    made = element.ask_on(account, by=alice)
    spoken = Creation.objects.get(voice=voice)
    for row in (spoken, made):
        bring(row, S.READY)
    voice.remove(by=alice)
    assert not Creation.objects.to_delete().exists()
    element.remove(by=alice)
    assert list(Creation.objects.to_delete()) == [made]
    assert made.gone()
    assert list(Creation.objects.to_delete()) == [spoken]


def test_two_who_remove_it_say_so_once(element: Element, alice: User) -> None:
    late = Element.objects.get(pk=element.pk)
    element.remove(by=alice)
    late.remove(by=alice)
    assert Activity.objects.filter(verb="element.removed").count() == 1
