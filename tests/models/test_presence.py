"""Who is here: a row per person and page, dead after 30 s, never history."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from storyboard.models import Activity, Presence, Project, Storyboard, User
from storyboard.models.presence import NOTE, SWEPT
from tests import builders

PAGE = Presence.Page.STORYBOARD
KEY = "K" * 22


def others(viewer: User, *, page: Presence.Page = PAGE, key: str = KEY) -> list[tuple[str, str]]:
    rows = Presence.objects.others_on(page, key, but=viewer)
    return [(str(row.user), row.writing) for row in rows]


def age(seconds: float) -> None:
    """Let all that was said be this old."""
    Presence.objects.update(seen_at=timezone.now() - timedelta(seconds=seconds))


def test_others_are_seen_in_the_order_they_came_and_oneself_is_not(
    alice: User, bob: User, carol: User
) -> None:
    for person in (carol, alice, bob):
        Presence.say(PAGE, KEY, by=person)
    Presence.say(PAGE, KEY, by=carol, writing=NOTE)
    assert others(alice) == [("Carol Lindqvist", NOTE), ("Bob Okafor", "")]


def test_saying_it_again_keeps_one_row_and_one_query(alice: User, bob: User) -> None:
    Presence.say(PAGE, KEY, by=bob)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        Presence.say(PAGE, KEY, by=bob, writing=NOTE)
    assert len(asked) == 1
    assert Presence.objects.count() == 1
    assert others(alice) == [("Bob Okafor", NOTE)]


def test_two_windows_that_arrive_together_make_one_row(bob: User) -> None:
    Presence.say(PAGE, KEY, by=bob)
    with pytest.raises(IntegrityError):
        Presence.objects.create(page=PAGE, page_key=KEY, user=bob)


def test_presence_dies_after_thirty_seconds(alice: User, bob: User) -> None:
    Presence.say(PAGE, KEY, by=bob)
    age(29)
    assert others(alice) == [("Bob Okafor", "")]
    age(30)
    assert others(alice) == []


def test_who_says_it_again_lives_on(alice: User, bob: User) -> None:
    Presence.say(PAGE, KEY, by=bob)
    age(29)
    Presence.say(PAGE, KEY, by=bob)
    assert others(alice) == [("Bob Okafor", "")]


def test_who_leaves_is_gone_at_once_from_that_page_alone(alice: User, bob: User) -> None:
    Presence.say(PAGE, KEY, by=bob)
    Presence.say(Presence.Page.HISTORY, KEY, by=bob)
    Presence.leave(PAGE, KEY, by=bob)
    assert others(alice) == []
    assert others(alice, page=Presence.Page.HISTORY) == [("Bob Okafor", "")]


def test_pages_of_one_kind_are_told_apart_by_their_key(alice: User, bob: User) -> None:
    Presence.say(PAGE, KEY, by=bob)
    assert others(alice, key="L" * 22) == []


def test_an_arrival_takes_away_the_dead_a_bounded_number_at_a_time(alice: User, bob: User) -> None:
    long_ago = timezone.now() - timedelta(minutes=5)
    Presence.objects.bulk_create(
        Presence(page=PAGE, page_key=f"{n:022}", user=bob, seen_at=long_ago)
        for n in range(SWEPT + 7)
    )
    Presence.say(PAGE, KEY, by=alice)
    assert Presence.objects.filter(user=bob).count() == 7
    Presence.say(PAGE, KEY, by=alice)
    assert Presence.objects.filter(user=bob).count() == 7, "only an arrival sweeps"
    Presence.say(PAGE, KEY, by=bob)
    assert set(Presence.objects.values_list("page_key", "user__name")) == {
        (KEY, "Alice Moreau"),
        (KEY, "Bob Okafor"),
    }


def test_the_living_of_other_pages_are_not_swept(alice: User, bob: User) -> None:
    Presence.say(Presence.Page.TAKE, KEY, by=bob)
    age(29)
    Presence.say(PAGE, KEY, by=alice)
    assert others(alice, page=Presence.Page.TAKE) == [("Bob Okafor", "")]


def test_presence_is_no_history(project: Project, storyboard: Storyboard, bob: User) -> None:
    project.refresh_from_db()
    before = project.serial, project.team.serial, Activity.objects.count()
    Presence.say(PAGE, storyboard.key, by=bob, writing=storyboard.shots.all()[0].key)
    Presence.leave(PAGE, storyboard.key, by=bob)
    project.refresh_from_db()
    project.team.refresh_from_db()
    assert (project.serial, project.team.serial, Activity.objects.count()) == before


def test_a_row_names_its_person_and_page(alice: User) -> None:
    Presence.say(PAGE, KEY, by=alice)
    assert str(Presence.objects.get()) == f"Alice Moreau on storyboard {KEY}"


def test_a_person_who_is_deleted_is_nowhere(alice: User, db: None) -> None:
    ghost = builders.make_person("ghost@example.com", "Ghost")
    Presence.say(PAGE, KEY, by=ghost)
    ghost.delete()
    assert others(alice) == []
