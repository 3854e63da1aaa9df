"""What waits for whom."""

from __future__ import annotations

import pytest
from pytest_django import DjangoAssertNumQueries

from storyboard.access import ROLES_BY_VERB
from storyboard.models import Note, Project, Revision, Status, Storyboard, Take, User
from storyboard.models.waiting import waiting_for
from tests import builders


def kinds(user: User) -> list[str]:
    return [str(thing.kind) for thing in waiting_for(user, ROLES_BY_VERB)]


def test_nothing_waits_where_nothing_was_sent(storyboard: Storyboard, alice: User) -> None:
    assert kinds(alice) == []


def test_a_review_waits_for_those_who_decide_and_not_for_its_sender(
    revision: Revision, alice: User, bob: User, carol: User, paula: User
) -> None:
    assert kinds(alice) == []
    assert kinds(carol) == []
    assert kinds(bob) == ["review"]
    assert kinds(paula) == ["review"]
    (thing,) = waiting_for(bob, ROLES_BY_VERB)
    assert (thing.key, thing.number, thing.storyboard) == (revision.key, 1, revision.storyboard)
    assert thing.since == revision.review.opened_at


def test_ones_own_review_waits_where_no_second_person_is_asked(
    revision: Revision, project: Project, alice: User
) -> None:
    Project.objects.get(pk=project.pk).ask_no_second_person(by=alice)
    assert kinds(alice) == ["review"]


def test_an_approval_waits_for_those_who_generate(
    approved: Revision, alice: User, bob: User, carol: User
) -> None:
    assert kinds(alice) == ["approved"]
    assert kinds(carol) == ["approved"]
    assert kinds(bob) == []


def test_an_order_under_way_waits_for_nobody_and_a_failed_one_again(
    approved: Revision, alice: User
) -> None:
    generation = builders.order(approved, by=alice)
    assert kinds(alice) == []
    builders.bring_to(generation, Status.FAILED)
    assert kinds(alice) == ["approved"]


def test_a_newer_review_replaces_the_approval(approved: Revision, alice: User, bob: User) -> None:
    second = builders.make_revision(approved.storyboard, by=alice)
    assert kinds(alice) == []
    assert kinds(bob) == ["review"]
    second.withdraw(by=alice)
    assert kinds(alice) == ["approved"]


def test_a_take_waits_until_it_is_picked(take: Take, alice: User, bob: User) -> None:
    assert kinds(alice) == ["take"]
    assert kinds(bob) == ["take"]
    take.storyboard.pick(take, by=alice)
    assert kinds(alice) == []
    assert kinds(bob) == []


def test_who_cannot_pick_has_looked_when_they_left_a_note(
    take: Take, alice: User, bob: User
) -> None:
    Note.add(take, "Good.", at_ms=0, by=bob)
    assert kinds(bob) == []
    assert kinds(alice) == ["take"]


def test_a_newer_take_waits_after_an_older_one_was_picked(take: Take, alice: User) -> None:
    take.storyboard.pick(take, by=alice)
    second = builders.make_take(Revision.objects.get(pk=take.revision_id), by=alice)
    (thing,) = waiting_for(alice, ROLES_BY_VERB)
    assert thing.key == second.key


@pytest.mark.parametrize("what", ["storyboard", "project"])
def test_nothing_archived_waits(revision: Revision, alice: User, bob: User, what: str) -> None:
    board = revision.storyboard
    (board if what == "storyboard" else board.project).archive(by=alice)
    assert kinds(bob) == []


def test_nothing_of_another_team_waits(
    revision: Revision, charlie: User, other_project: Project
) -> None:
    assert kinds(charlie) == []


def test_one_project_alone_may_be_asked_about(
    revision: Revision, project: Project, alice: User, bob: User
) -> None:
    other = Project.start("Second", team=project.team, by=alice)
    assert len(waiting_for(bob, ROLES_BY_VERB, project=project)) == 1
    assert waiting_for(bob, ROLES_BY_VERB, project=other) == []


def test_however_much_waits_costs_the_same(
    revision: Revision,
    project: Project,
    alice: User,
    bob: User,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    with django_assert_num_queries(5):
        waiting_for(bob, ROLES_BY_VERB)
    for n in range(12):
        board = builders.make_storyboard(project, by=alice, name=f"Board {n}")
        builders.make_revision(board, by=alice)
    with django_assert_num_queries(5):
        assert len(waiting_for(bob, ROLES_BY_VERB)) == 13
