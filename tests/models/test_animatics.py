"""Previews: asked once for the same shots, claimed by one worker, and never a take."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from storyboard.models import (
    Activity,
    Animatic,
    NotAllowedNow,
    Project,
    Revision,
    Storyboard,
    Take,
    Team,
    User,
)
from storyboard.models.animatics import KEPT, LEASE, MOST_TRIES, showing_of
from tests import builders

ME, OTHER = "one:1", "two:2"


@pytest.fixture
def asked(storyboard: Storyboard, alice: User) -> Animatic:
    return Animatic.ask(storyboard, by=alice)


def let_the_lease_end(row: Animatic) -> None:
    Animatic.objects.filter(pk=row.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    row.refresh_from_db()


def test_it_is_asked_for_with_a_line_in_the_history_and_no_money(
    asked: Animatic, storyboard: Storyboard, alice: User
) -> None:
    told = Activity.objects.latest("pk")
    assert str(told) == "Alice Moreau asked for a preview of The Lamp, night one"
    assert told.money_milli is None
    assert (asked.status, asked.seconds, asked.revision, asked.made_by) == (
        Animatic.Status.WAITING, 5, None, alice,
    )  # fmt: skip
    assert not storyboard.takes.exists()
    assert not storyboard.revisions.exists()


def test_the_same_shots_are_drawn_once(
    asked: Animatic, storyboard: Storyboard, alice: User
) -> None:
    lines = Activity.objects.count()
    assert Animatic.ask(storyboard, by=alice) == asked
    assert asked.claim(ME)
    assert Animatic.ask(storyboard, by=alice) == asked
    assert asked.finish(1000)
    assert Animatic.ask(storyboard, by=alice) == asked
    assert Activity.objects.count() == lines


def test_what_was_drawn_before_an_edit_serves_again_after_it_is_taken_back(
    asked: Animatic, storyboard: Storyboard, alice: User
) -> None:
    asked.claim(ME)
    asked.finish(1000)
    first = storyboard.shots.get(position=1)
    words = first.prompt
    first.rewrite({"prompt": "A boat."}, by=alice)
    other = Animatic.ask(storyboard, by=alice)
    assert other != asked
    first.rewrite({"prompt": words}, by=alice)
    assert Animatic.ask(storyboard, by=alice) == asked
    assert Animatic.objects.of_draft(storyboard).first() == asked


def test_one_that_failed_is_drawn_anew(
    asked: Animatic, storyboard: Storyboard, alice: User
) -> None:
    asked.claim(ME)
    asked.fail("The storage is full.")
    assert asked.words == "The storage is full."
    assert Animatic.ask(storyboard, by=alice) != asked


def test_nobody_waits_for_how_the_shots_were_before(
    asked: Animatic, storyboard: Storyboard, alice: User
) -> None:
    storyboard.shots.get(position=1).rewrite({"prompt": "A boat."}, by=alice)
    newer = Animatic.ask(storyboard, by=alice)
    assert list(Animatic.objects.due()) == [newer]


# What it shows


CHANGES: dict[str, Callable[[Storyboard, User], object]] = {
    "prompt": lambda board, by: board.shots.get(position=2).rewrite({"prompt": "A boat."}, by=by),
    "seconds": lambda board, by: board.shots.get(position=2).rewrite({"seconds": 4}, by=by),
    "ratio": lambda board, by: board.rewrite({"aspect_ratio": "9:16"}, by=by),
    "first frame": lambda board, by: builders.give_first_frame(board, by=by),
    "order": lambda board, by: board.shots.get(position=2).move(1, by=by),
    "shot": lambda board, by: board.add_shot(by=by),
}


@pytest.mark.parametrize("what", CHANGES)
def test_whatever_can_be_seen_makes_another_preview(
    storyboard: Storyboard, alice: User, what: str
) -> None:
    before = showing_of(storyboard).digest
    CHANGES[what](storyboard, alice)
    assert showing_of(Storyboard.objects.get(pk=storyboard.pk)).digest != before


def test_a_setting_nobody_sees_makes_no_other(storyboard: Storyboard, alice: User) -> None:
    before = showing_of(storyboard).digest
    storyboard.rewrite({"mode": "pro", "sound": True, "negative_prompt": "blur"}, by=alice)
    assert showing_of(Storyboard.objects.get(pk=storyboard.pk)).digest == before


def test_words_are_as_people_say_them(storyboard: Storyboard, team: Team, alice: User) -> None:
    aldous = builders.know_element("Aldous", kling_id="1", team=team, by=alice)
    storyboard.attach_element(aldous, by=alice)
    words = "<<<element_1>>> climbs, <<<element_7>>> waits, <<<voice_1>>> sings."
    storyboard.shots.get(position=1).rewrite({"prompt": words}, by=alice)
    shown = showing_of(storyboard).shots[0].words
    assert shown == "Aldous climbs, <<<element_7>>> waits, <<<voice_1>>> sings."


def test_the_pictures_are_those_of_the_cards(take: Take, alice: User) -> None:
    board = take.storyboard
    assert [shot.picture for shot in showing_of(board).shots] == take.stills
    first = builders.give_first_frame(board, by=alice)
    second = board.shots.get(position=2)
    second.picture = first
    second.save(update_fields=["picture"])
    board = Storyboard.objects.get(pk=board.pk)
    assert [shot.picture for shot in showing_of(board).shots] == [first.file, first.file]


def test_what_it_shows_is_frozen_when_it_is_asked_for(
    asked: Animatic, storyboard: Storyboard, alice: User
) -> None:
    before = [shot.words for shot in asked.showing.shots]
    storyboard.shots.get(position=1).rewrite({"prompt": "A boat."}, by=alice)
    asked.refresh_from_db()
    assert [shot.words for shot in asked.showing.shots] == before
    keys = storyboard.shots.values_list("key", flat=True)
    assert asked.bounds == " ".join(f"{key}={n}" for key, n in zip(keys, (3, 2), strict=True))


def test_a_revision_has_its_own(revision: Revision, alice: User) -> None:
    board = revision.storyboard
    of_draft = Animatic.ask(board, by=alice)
    of_revision = Animatic.ask(revision, by=alice)
    assert of_draft != of_revision
    assert Activity.objects.latest("pk").sentence == (
        "asked for a preview of revision 1 of The Lamp, night one"
    )
    board.shots.get(position=1).rewrite({"prompt": "A boat."}, by=alice)
    assert Animatic.ask(revision, by=alice) == of_revision
    assert list(Animatic.objects.of_draft(board)) == [of_draft]


@pytest.mark.parametrize(("seconds", "code"), [(0, "preview.empty"), (99, "preview.too_long")])
def test_shots_of_no_length_and_of_too_much_are_refused(
    project: Project, alice: User, seconds: int, code: str
) -> None:
    board = builders.make_storyboard(project, by=alice, shots=[("A boat.", 5)])
    board.shots.get().rewrite({"seconds": seconds}, by=alice)
    with pytest.raises(NotAllowedNow) as refused:
        Animatic.ask(board, by=alice)
    assert refused.value.code == code
    assert not Animatic.objects.exists()


# Who draws it


def test_one_worker_draws_it(asked: Animatic) -> None:
    same = Animatic.objects.get(pk=asked.pk)
    assert asked.claim(ME)
    assert not same.claim(OTHER)
    assert not Animatic.objects.due().exists()


def test_what_a_silent_worker_held_is_taken_over_and_the_silent_one_has_no_say(
    asked: Animatic,
) -> None:
    asked.claim(ME)
    let_the_lease_end(asked)
    theirs = Animatic.objects.get(pk=asked.pk)
    assert theirs.claim(OTHER)
    assert not asked.tell(3)
    assert not asked.finish(1000)
    assert not asked.fail("Late.")
    assert theirs.tell(2)
    theirs.refresh_from_db()
    assert (theirs.done_seconds, theirs.status) == (2, Animatic.Status.RENDERING)
    assert theirs.finish(1000)


def test_telling_renews_the_lease(asked: Animatic) -> None:
    asked.claim(ME)
    Animatic.objects.filter(pk=asked.pk).update(lease_until=timezone.now() + timedelta(seconds=1))
    assert asked.tell(1)
    asked.refresh_from_db()
    assert asked.lease_until is not None
    assert asked.lease_until > timezone.now() + LEASE - timedelta(seconds=5)


def test_a_worker_that_ends_puts_it_back_and_the_try_does_not_count(asked: Animatic) -> None:
    asked.claim(ME)
    asked.put_back()
    asked.refresh_from_db()
    assert (asked.status, asked.tries, list(Animatic.objects.due())) == ("waiting", 0, [asked])


def test_one_that_kills_its_workers_is_given_up_in_words(asked: Animatic) -> None:
    for _ in range(MOST_TRIES):
        assert asked.claim(ME)
        let_the_lease_end(asked)
    assert not asked.claim(ME)
    assert asked.status == Animatic.Status.FAILED
    assert "Draw it again" in asked.words


# What goes


def test_only_the_newest_few_of_a_storyboard_are_kept(storyboard: Storyboard, alice: User) -> None:
    made = []
    for n in range(KEPT + 2):
        storyboard.shots.get(position=1).rewrite({"prompt": f"Boat {n}."}, by=alice)
        made.append(Animatic.ask(storyboard, by=alice))
        made[-1].claim(ME)
        made[-1].finish(1000)
    assert set(Animatic.objects.left_over()) == set(made[:2])


def test_one_that_is_asked_for_again_meanwhile_is_not_given_away(
    asked: Animatic, storyboard: Storyboard, alice: User
) -> None:
    asked.claim(ME)
    asked.finish(1000)
    found = Animatic.objects.get(pk=asked.pk)
    Animatic.ask(storyboard, by=alice)
    assert not found.give_away()
    assert Animatic.objects.get(pk=asked.pk).give_away()


def test_a_deleted_draft_leaves_the_row_by_which_the_file_is_found(
    asked: Animatic, storyboard: Storyboard, alice: User
) -> None:
    asked.claim(ME)
    asked.finish(1000)
    storyboard.delete_draft(by=alice)
    assert list(Animatic.objects.left_over()) == [asked]
