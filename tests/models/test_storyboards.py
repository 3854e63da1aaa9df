"""The draft: its shots, its settings, and what happens when two people write."""

from __future__ import annotations

import pytest

from storyboard.models import (
    MOST_SHOTS,
    Activity,
    Conflict,
    NotAllowedNow,
    Project,
    Revision,
    Shot,
    Stage,
    Status,
    Storyboard,
    Take,
    User,
    digest,
)
from tests import builders


def positions(board: Storyboard) -> list[tuple[int, str]]:
    return list(board.shots.values_list("position", "prompt"))


def last(board: Storyboard) -> Activity:
    return Activity.objects.filter(storyboard=board).latest("pk")


@pytest.fixture
def three(project: Project, alice: User) -> Storyboard:
    return builders.make_storyboard(project, by=alice, shots=(("One", 2), ("Two", 3), ("Three", 4)))


def test_a_new_storyboard_has_one_empty_shot_of_the_whole_length(
    project: Project, alice: User
) -> None:
    board = Storyboard.start("New", project=project, by=alice)
    assert [(s.position, s.prompt, s.seconds) for s in board.shots.all()] == [(1, "", 5)]
    assert board.total_seconds == 5


def test_a_seventh_shot_is_refused_in_words(three: Storyboard, alice: User) -> None:
    for _number in range(3):
        three.add_shot(by=alice)
    with pytest.raises(NotAllowedNow, match="six shots at most"):
        three.add_shot(by=alice)
    assert three.shots.count() == MOST_SHOTS


@pytest.mark.parametrize(
    ("which", "to", "order"),
    [
        (1, 3, ["Two", "Three", "One"]),
        (3, 1, ["Three", "One", "Two"]),
        (2, 1, ["Two", "One", "Three"]),
        (2, 99, ["One", "Three", "Two"]),
        (2, -4, ["Two", "One", "Three"]),
        (2, 2, ["One", "Two", "Three"]),
    ],
)
def test_moving_a_shot_closes_the_others_up(
    three: Storyboard, alice: User, which: int, to: int, order: list[str]
) -> None:
    three.shots.get(position=which).move(to, by=alice)
    assert positions(three) == list(enumerate(order, start=1))


def test_a_removed_shot_leaves_its_words_in_the_history(three: Storyboard, alice: User) -> None:
    three.shots.get(position=2).remove(by=alice)
    assert positions(three) == [(1, "One"), (2, "Three")]
    assert last(three).data["prompt"] == "Two"


def test_the_last_shot_stays(project: Project, alice: User) -> None:
    board = Storyboard.start("New", project=project, by=alice)
    with pytest.raises(NotAllowedNow, match="at least one shot"):
        board.shots.get().remove(by=alice)
    assert board.shots.count() == 1


def test_changing_a_shot_leaves_the_total(three: Storyboard, alice: User) -> None:
    three.shots.get(position=1).rewrite({"seconds": 9}, by=alice)
    three.refresh_from_db()
    assert (three.total_seconds, three.sum_seconds) == (9, 16)


def test_the_total_is_made_what_the_shots_add_up_to(three: Storyboard, alice: User) -> None:
    three.shots.get(position=1).rewrite({"seconds": 5}, by=alice)
    three.make_total(by=alice)
    three.refresh_from_db()
    assert three.total_seconds == 12


def test_writing_what_stands_there_is_no_step(three: Storyboard, alice: User) -> None:
    before = last(three).pk
    assert three.shots.get(position=1).rewrite({"prompt": "One"}, by=alice) == []
    assert last(three).pk == before


def test_the_history_keeps_what_a_field_said_before(three: Storyboard, alice: User) -> None:
    three.shots.get(position=1).rewrite({"prompt": "Uno"}, by=alice)
    assert last(three).data["values"] == {"prompt": ["One", "Uno"]}


def test_two_writers_of_one_field_meet_in_a_conflict_that_writes_nothing(
    three: Storyboard, alice: User, carol: User
) -> None:
    shot = three.shots.get(position=1)
    was = {"prompt": digest("One"), "seconds": digest(2)}
    shot.rewrite({"prompt": "Hers"}, by=carol, was=was)
    with pytest.raises(Conflict) as caught:
        shot.rewrite({"prompt": "Mine", "seconds": 7}, by=alice, was=was)
    assert caught.value.fields == {"prompt": ("Hers", "Mine")}
    assert caught.value.who == "Carol Lindqvist"
    stored = Shot.objects.get(pk=shot.pk)
    assert (stored.prompt, stored.seconds) == ("Hers", 2)


def test_two_writers_of_two_fields_do_not_meet(three: Storyboard, alice: User, carol: User) -> None:
    shot = three.shots.get(position=1)
    shot.rewrite({"prompt": "Hers"}, by=carol, was={"prompt": digest("One")})
    shot.rewrite({"seconds": 7}, by=alice, was={"seconds": digest(2)})
    stored = Shot.objects.get(pk=shot.pk)
    assert (stored.prompt, stored.seconds) == ("Hers", 7)


def test_writing_what_the_other_wrote_is_no_conflict(
    three: Storyboard, alice: User, carol: User
) -> None:
    shot = three.shots.get(position=1)
    shot.rewrite({"prompt": "Same"}, by=carol)
    assert shot.rewrite({"prompt": "Same"}, by=alice, was={"prompt": digest("One")}) == []


def test_settings_meet_in_a_conflict_too(three: Storyboard, alice: User, carol: User) -> None:
    was = {"mode": digest("std")}
    three.rewrite({"mode": "pro"}, by=carol, was=was)
    with pytest.raises(Conflict):
        three.rewrite({"mode": "4k"}, by=alice, was=was)
    assert Storyboard.objects.get(pk=three.pk).mode == "pro"


def test_a_draft_never_sent_is_deleted_and_the_history_remembers(
    three: Storyboard, project: Project, alice: User
) -> None:
    three.delete_draft(by=alice)
    assert not project.storyboards.exists()
    assert "deleted the draft The Lamp, night one" in project.activities.latest("pk").sentence


def test_what_was_sent_is_not_deleted(revision: Revision, alice: User) -> None:
    with pytest.raises(NotAllowedNow, match="Archive it instead"):
        revision.storyboard.delete_draft(by=alice)
    assert Storyboard.objects.filter(pk=revision.storyboard_id).exists()


def test_archive_and_restore_are_each_one_step(three: Storyboard, alice: User) -> None:
    three.archive(by=alice)
    three.archive(by=alice)
    three.restore(by=alice)
    three.restore(by=alice)
    told = Activity.objects.filter(storyboard=three).order_by("-pk").values_list("verb", flat=True)
    assert list(told[:2]) == ["storyboard.restored", "storyboard.archived"]
    assert "storyboard.archived" not in told[2:]


def test_elements_keep_their_numbers_together(three: Storyboard, alice: User) -> None:
    team = three.project.team
    rows = [builders.know_element(f"E{n}", kling_id=str(n), team=team, by=alice) for n in (1, 2, 3)]
    for row in [*rows, rows[0]]:
        three.attach_element(row, by=alice)
    three.detach_element(rows[1], by=alice)
    assert [(u.position, u.element) for u in three.element_uses.all()] == [
        (1, rows[0]),
        (2, rows[2]),
    ]


def test_an_element_taken_out_of_the_library_leaves_the_drafts(
    three: Storyboard, alice: User
) -> None:
    element = builders.know_element("Aldous", kling_id="1", team=three.project.team, by=alice)
    three.attach_element(element, by=alice)
    element.remove(by=alice)
    assert not three.element_uses.exists()


def test_voices_are_attached_once_and_detached(three: Storyboard, alice: User) -> None:
    voice = builders.know_voice("Keeper", kling_id="v1", team=three.project.team, by=alice)
    three.attach_voice(voice, by=alice)
    three.attach_voice(voice, by=alice)
    assert three.voice_uses.count() == 1
    three.detach_voice(voice, by=alice)
    assert not three.voice_uses.exists()


def test_a_take_is_picked_and_another_replaces_it(take: Take, alice: User, paula: User) -> None:
    board = take.storyboard
    board.pick(take, by=alice)
    board.pick(take, by=paula)
    second = builders.make_take(Revision.objects.get(pk=take.revision_id), by=alice)
    board.pick(second, by=paula)
    board.refresh_from_db()
    assert board.picked_take == second
    assert Activity.objects.filter(storyboard=board, verb="take.picked").count() == 2


def test_a_take_is_not_picked_before_it_is_stored(take: Take, alice: User) -> None:
    take.stored_at = None
    with pytest.raises(NotAllowedNow, match="not stored yet"):
        take.storyboard.pick(take, by=alice)


def test_the_stage_follows_the_whole_way(storyboard: Storyboard, alice: User, bob: User) -> None:
    def stage() -> str:
        return Storyboard.objects.get(pk=storyboard.pk).stage

    assert stage() == Stage.DRAFT
    revision = builders.make_revision(storyboard, by=alice, takes=2)
    assert stage() == Stage.IN_REVIEW
    builders.approve(revision, by=bob)
    revision = Revision.objects.get(pk=revision.pk)
    assert stage() == Stage.APPROVED
    first = builders.order(revision, by=alice)
    assert stage() == Stage.GENERATING
    builders.bring_to(first, Status.FAILED)
    assert stage() == Stage.FAILED
    take = builders.make_take(revision, by=alice)
    assert stage() == Stage.TAKES
    storyboard.pick(take, by=alice)
    assert stage() == Stage.PICKED


def test_after_changes_are_requested_it_is_a_draft_again(revision: Revision, bob: User) -> None:
    revision.review.request_changes(by=bob, note="Closer.")
    assert Storyboard.objects.get(pk=revision.storyboard_id).stage == Stage.DRAFT


def test_a_withdrawn_order_leaves_it_approved(approved: Revision, alice: User) -> None:
    builders.cancel(builders.order(approved, by=alice), by=alice)
    assert Storyboard.objects.get(pk=approved.storyboard_id).stage == Stage.APPROVED
