"""Undo and redo: per person and draft, whatever kind of change it was."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from storyboard.media.pictures import clean_picture
from storyboard.models import (
    MOST_EDITS,
    Activity,
    Edit,
    Element,
    NotAllowedNow,
    Note,
    Picture,
    Project,
    Shot,
    Storyboard,
    Team,
    User,
    Voice,
    draft_state,
    recorded,
)
from tests import builders
from tests.models.undoing import can_redo, can_undo

Verb = Callable[[Storyboard, User], object]


@pytest.fixture
def three(project: Project, team: Team, alice: User) -> Storyboard:
    """Three shots with a still, an element, a voice and an end frame; nothing to undo."""
    board = builders.make_storyboard(
        project, by=alice, shots=(("One", 2), ("Two", 3), ("Three", 4))
    )
    board.attach_element(
        builders.know_element("Aldous", kling_id="1", team=team, by=alice), by=alice
    )
    board.attach_voice(builders.know_voice("Keeper", kling_id="v", team=team, by=alice), by=alice)
    shot(board, 2).rewrite({"prompt": "<<<element_1>>> says <<<voice_1>>>"}, by=alice)
    shot(board, 2).set_picture(still(team), by=alice)
    board.set_end_frame(still(team), by=alice)
    Edit.objects.all().delete()
    return Storyboard.objects.get(pk=board.pk)


def still(team: Team, colour: str = "#345") -> Picture:
    return Picture.keep(clean_picture(builders.png((640, 360), colour)), team=team)


def shot(board: Storyboard, position: int) -> Shot:
    return Shot.objects.select_related("storyboard__project__team").get(
        storyboard=board, position=position
    )


def stands(board: Storyboard) -> tuple[object, ...]:
    """The draft as the database has it, and what Kling would be told."""
    row = Storyboard.objects.get(pk=board.pk)
    return draft_state.read(row), row.brief()


def prompts(board: Storyboard) -> list[str]:
    return list(board.shots.values_list("prompt", flat=True))


def later(board: Storyboard) -> None:
    """Eleven seconds pass, so that what comes is a step of its own."""
    for edit in Edit.objects.filter(storyboard=board):
        edit.made_at -= timedelta(seconds=11)
        edit.save()


def element_of(board: Storyboard) -> Element:
    return Element.objects.get(uses__storyboard=board)


def voice_of(board: Storyboard) -> Voice:
    return Voice.objects.get(uses__storyboard=board)


def another(board: Storyboard, by: User) -> Element:
    return builders.know_element("Boat", kling_id="2", team=board.project.team, by=by)


def import_shots(board: Storyboard, by: User) -> None:
    """Several verbs as one step."""
    with recorded(board, by=by):
        shot(board, 1).remove(by=by)
        board.add_shot(by=by, prompt="Brought in", seconds=7)
        shot(board, 1).rewrite({"prompt": "Other words"}, by=by)
        board.rewrite({"mode": "pro", "camera": {"kind": "simple", "pan": 2.5}}, by=by)


def remove_all(board: Storyboard, by: User) -> None:
    with recorded(board, by=by):
        for key in board.shots.values_list("key", flat=True):
            Shot.objects.get(key=key).remove(by=by)


VERBS: dict[str, Verb] = {
    "settings": lambda board, by: board.rewrite(
        {
            "mode": "pro",
            "negative_prompt": "fog",
            "cfg_scale": 0.3,
            "camera": {"kind": "simple", "zoom": 3.0},
        },
        by=by,
    ),
    "make_total": lambda board, by: board.retime({}, total=14, by=by),
    "first_frame": lambda board, by: board.set_first_frame(still(board.project.team, "red"), by=by),
    "end_frame": lambda board, by: board.set_end_frame(None, by=by),
    "attach_element": lambda board, by: board.attach_element(another(board, by), by=by),
    "detach_element": lambda board, by: board.detach_element(element_of(board), by=by),
    "detach_voice": lambda board, by: board.detach_voice(voice_of(board), by=by),
    "add": lambda board, by: board.add_shot(by=by, prompt="Four", seconds=2),
    "rewrite": lambda board, by: shot(board, 2).rewrite({"prompt": "Zwei", "seconds": 9}, by=by),
    "move": lambda board, by: shot(board, 1).move(3, by=by),
    "remove first": lambda board, by: shot(board, 1).remove(by=by),
    "remove middle": lambda board, by: shot(board, 2).remove(by=by),
    "remove last": lambda board, by: shot(board, 3).remove(by=by),
    "duplicate": lambda board, by: shot(board, 2).duplicate(by=by),
    "picture": lambda board, by: shot(board, 1).set_picture(still(board.project.team), by=by),
    "no picture": lambda board, by: shot(board, 2).set_picture(None, by=by),
    "continue": lambda board, by: shot(board, 3).continue_from_previous(by=by),
    "retime": lambda board, by: board.retime(
        {shot(board, 1).key: 3, shot(board, 2).key: 2}, total=12, by=by
    ),
    "several": import_shots,
}


@pytest.mark.parametrize("name", VERBS)
def test_every_change_is_undone_and_redone_exactly(
    three: Storyboard, alice: User, name: str
) -> None:
    before = stands(three)
    VERBS[name](three, alice)
    after = stands(three)
    assert after != before
    assert Edit.objects.filter(storyboard=three, undone_at=None).count() == 1
    told = Activity.objects.count()
    undone = three.undo(by=alice)
    assert (stands(three), undone.left) == (before, "")
    assert undone.done.startswith("Undone: ")
    redone = three.redo(by=alice)
    assert (stands(three), redone.left) == (after, "")
    three.undo(by=alice)
    assert stands(three) == before
    verbs = Activity.objects.order_by("pk")[told:].values_list("verb", flat=True)
    assert list(verbs) == ["storyboard.undone", "storyboard.redone", "storyboard.undone"]


def test_all_of_them_after_another_are_undone_to_where_it_began(
    three: Storyboard, alice: User
) -> None:
    states = [stands(three)]
    for name in ("settings", "add", "detach_element", "move", "rewrite", "remove first", "several"):
        VERBS[name](three, alice)
        later(three)
        states.append(stands(three))
    for state in reversed(states[:-1]):
        three.undo(by=alice)
        assert stands(three) == state
    assert not can_undo(three, alice)
    for state in states[1:]:
        three.redo(by=alice)
        assert stands(three) == state
    assert not can_redo(three, alice)


def test_a_removed_shot_returns_with_its_key_and_so_with_its_notes(
    approved: Any, storyboard: Storyboard, alice: User, bob: User
) -> None:
    take = builders.make_take(approved, by=alice)
    Note.add(take, "Closer.", at_ms=0, by=bob)
    first = shot(storyboard, 1)
    first.remove(by=alice)
    undone = storyboard.undo(by=alice)
    assert (undone.words, undone.shots) == ("Undone: removing shot 1.", (first.key,))
    back = shot(storyboard, 1)
    assert (back.key, back.prompt, back.seconds) == (first.key, first.prompt, first.seconds)
    assert Note.objects.filter(shot_key=back.key).count() == 1


def test_what_somebody_else_changed_since_stays_and_is_said(
    three: Storyboard, alice: User, carol: User
) -> None:
    shot(three, 1).rewrite({"prompt": "Mine", "seconds": 9}, by=alice)
    shot(three, 1).rewrite({"prompt": "Hers"}, by=carol)
    undone = three.undo(by=alice)
    assert undone.done == "Undone: the seconds of shot 1."
    assert undone.left == ("Left as it stands, because it was changed since: the prompt of shot 1.")
    assert (shot(three, 1).prompt, shot(three, 1).seconds) == ("Hers", 2)
    three.redo(by=alice)  # what was left is not hers to do again
    assert (shot(three, 1).prompt, shot(three, 1).seconds) == ("Hers", 9)


def test_a_step_that_is_all_left_is_over_and_changes_nothing(
    three: Storyboard, alice: User, carol: User
) -> None:
    three.rewrite({"mode": "pro"}, by=alice)
    three.rewrite({"mode": "4k"}, by=carol)
    told = Activity.objects.count()
    undone = three.undo(by=alice)
    assert (undone.done, "the mode" in undone.left) == ("", True)
    assert (three.mode, Activity.objects.count()) == ("4k", told)
    assert not can_undo(three, alice)
    assert not can_redo(three, alice)


def test_each_undoes_their_own(three: Storyboard, alice: User, carol: User) -> None:
    shot(three, 1).rewrite({"prompt": "Mine"}, by=alice)
    shot(three, 3).rewrite({"prompt": "Hers"}, by=carol)
    assert three.undo(by=alice).done == "Undone: the prompt of shot 1."
    assert [prompts(three)[0], prompts(three)[2]] == ["One", "Hers"]
    with pytest.raises(NotAllowedNow, match="nothing to undo"):
        three.undo(by=alice)


def test_a_prompt_of_a_shot_that_somebody_removed_is_said_to_be_left(
    three: Storyboard, alice: User, carol: User
) -> None:
    shot(three, 1).rewrite({"prompt": "Mine"}, by=alice)
    shot(three, 1).remove(by=carol)
    assert "the prompt of a shot that was removed" in three.undo(by=alice).left


def test_an_added_shot_that_somebody_wrote_in_stays(
    three: Storyboard, alice: User, carol: User
) -> None:
    three.add_shot(by=alice)
    shot(three, 4).rewrite({"prompt": "Hers"}, by=carol)
    undone = three.undo(by=alice)
    assert (undone.done, "shot 4" in undone.left) == ("", True)
    assert prompts(three)[3] == "Hers"


def test_a_removed_shot_returns_to_its_neighbours_while_others_came(
    three: Storyboard, alice: User, carol: User
) -> None:
    shot(three, 2).remove(by=alice)
    three.add_shot(by=carol, prompt="Hers")
    shot(three, 3).move(1, by=carol)
    three.undo(by=alice)
    assert prompts(three) == ["Hers", "One", "<<<element_1>>> says <<<voice_1>>>", "Three"]


def test_a_move_is_undone_around_a_shot_somebody_added(
    three: Storyboard, alice: User, carol: User
) -> None:
    shot(three, 3).move(1, by=alice)
    three.add_shot(by=carol, prompt="Hers")
    three.undo(by=alice)
    assert prompts(three) == ["One", "<<<element_1>>> says <<<voice_1>>>", "Three", "Hers"]


def test_a_move_stays_where_somebody_moved_since(
    three: Storyboard, alice: User, carol: User
) -> None:
    shot(three, 3).move(1, by=alice)
    shot(three, 1).move(2, by=carol)
    order = prompts(three)
    undone = three.undo(by=alice)
    assert (undone.done, "positions" in undone.left) == ("", True)
    assert prompts(three) == order


def test_a_seventh_shot_does_not_return_and_is_not_lost(
    three: Storyboard, alice: User, carol: User
) -> None:
    shot(three, 1).remove(by=alice)
    for _number in range(4):
        three.add_shot(by=carol)
    with pytest.raises(NotAllowedNow, match=r"Six shots stand.*somebody else remove"):
        three.undo(by=alice)
    assert three.shots.count() == 6
    shot(three, 6).remove(by=carol)
    three.undo(by=alice)
    assert prompts(three)[0] == "One"


def test_the_only_shot_does_not_go(project: Project, alice: User, carol: User) -> None:
    board = Storyboard.start("New", project=project, by=alice)
    board.add_shot(by=alice)
    shot(board, 1).remove(by=carol)
    with pytest.raises(NotAllowedNow, match=r"keeps one\. Have somebody else add"):
        board.undo(by=alice)
    assert board.shots.count() == 1
    board.add_shot(by=carol, prompt="Hers")
    board.undo(by=alice)
    assert prompts(board) == ["Hers"]


def test_saves_of_one_field_in_a_row_are_one_step(three: Storyboard, alice: User) -> None:
    for words in ("O", "On", "Once"):
        shot(three, 1).rewrite({"prompt": words}, by=alice)
    assert Edit.objects.count() == 1
    later(three)
    shot(three, 1).rewrite({"prompt": "Once more"}, by=alice)
    assert Edit.objects.count() == 2
    three.undo(by=alice)
    assert prompts(three)[0] == "Once"
    three.undo(by=alice)
    assert prompts(three)[0] == "One"


def test_a_field_written_back_is_no_step(three: Storyboard, alice: User) -> None:
    shot(three, 1).rewrite({"prompt": "Uno"}, by=alice)
    shot(three, 1).rewrite({"prompt": "One"}, by=alice)
    assert not can_undo(three, alice)


def test_saves_are_two_steps_where_somebody_wrote_between(
    three: Storyboard, alice: User, carol: User
) -> None:
    shot(three, 1).rewrite({"prompt": "Mine"}, by=alice)
    shot(three, 1).rewrite({"prompt": "Hers"}, by=carol)
    shot(three, 1).rewrite({"prompt": "Mine again"}, by=alice)
    three.undo(by=alice)
    assert prompts(three)[0] == "Hers"


def test_two_fields_and_two_attachments_are_two_steps(
    three: Storyboard, team: Team, alice: User
) -> None:
    shot(three, 1).rewrite({"prompt": "Uno"}, by=alice)
    shot(three, 1).rewrite({"seconds": 5}, by=alice)
    for name in ("Boat", "Cliff"):
        three.attach_element(
            builders.know_element(name, kling_id=name, team=team, by=alice), by=alice
        )
    assert Edit.objects.count() == 4


def test_fifty_steps_are_kept(three: Storyboard, alice: User, carol: User) -> None:
    shot(three, 2).rewrite({"seconds": 9}, by=carol)
    for number in range(MOST_EDITS + 1):
        shot(three, 1 + 2 * (number % 2)).rewrite({"prompt": f"Step {number}"}, by=alice)
    assert Edit.objects.filter(person=alice).count() == MOST_EDITS
    for _number in range(MOST_EDITS):
        three.undo(by=alice)
    assert [prompts(three)[0], prompts(three)[2]] == ["Step 0", "Three"]
    assert not can_undo(three, alice)
    assert can_undo(three, carol)


def test_a_new_change_clears_what_could_be_redone(three: Storyboard, alice: User) -> None:
    shot(three, 1).rewrite({"prompt": "Uno"}, by=alice)
    three.undo(by=alice)
    shot(three, 3).rewrite({"prompt": "Tre"}, by=alice)
    with pytest.raises(NotAllowedNow, match="nothing to redo"):
        three.redo(by=alice)
    three.undo(by=alice)
    assert [prompts(three)[0], prompts(three)[2]] == ["One", "Three"]


def test_what_somebody_else_does_clears_nothing(
    three: Storyboard, alice: User, carol: User
) -> None:
    shot(three, 1).rewrite({"prompt": "Uno"}, by=alice)
    three.undo(by=alice)
    shot(three, 3).rewrite({"prompt": "Hers"}, by=carol)
    three.redo(by=alice)
    assert [prompts(three)[0], prompts(three)[2]] == ["Uno", "Hers"]


def test_an_entry_that_left_the_library_does_not_return(three: Storyboard, alice: User) -> None:
    element = element_of(three)
    three.detach_element(element, by=alice)
    element.remove(by=alice)
    undone = three.undo(by=alice)
    assert (undone.done, "the elements" in undone.left) == ("", True)
    assert prompts(three)[1] == "<<<element_91>>> says <<<voice_1>>>"


def test_a_picture_that_is_gone_does_not_return(three: Storyboard, team: Team, alice: User) -> None:
    three.set_first_frame(still(team, "red"), by=alice)
    later(three)
    three.set_first_frame(None, by=alice)
    shot(three, 2).remove(by=alice)
    Picture.objects.all().delete()
    three.undo(by=alice)
    assert shot(three, 2).picture is None
    assert "the first frame" in three.undo(by=alice).left


def test_a_refused_verb_leaves_no_step(three: Storyboard, alice: User) -> None:
    with pytest.raises(NotAllowedNow, match="at least one shot"):
        remove_all(three, alice)
    assert three.shots.count() == 3
    assert not can_undo(three, alice)
    three.add_shot(by=alice)
    assert can_undo(three, alice)


def test_a_page_knows_what_a_person_can_undo(three: Storyboard, alice: User, carol: User) -> None:
    def can(person: User) -> tuple[bool, bool]:
        return can_undo(three, person), can_redo(three, person)

    assert can(alice) == (False, False)
    three.rewrite({"mode": "pro"}, by=alice)
    assert can(alice) == (True, False)
    three.undo(by=alice)
    assert (can(alice), can(carol)) == ((False, True), (False, False))


def test_a_save_stays_small(three: Storyboard, alice: User) -> None:
    """Two queries more than the words and their activity: the last step, and this one."""
    mine = shot(three, 1)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        mine.rewrite({"prompt": "Uno"}, by=alice)
    own = [each["sql"] for each in asked if "SAVEPOINT" not in each["sql"]]
    assert sum("storyboard_edit" in sql for sql in own) == 2
    assert len(own) <= 8 + ("pg_notify" in " ".join(own))


def test_the_history_says_what_was_undone(three: Storyboard, alice: User) -> None:
    shot(three, 2).rewrite({"prompt": "Zwei", "seconds": 9}, by=alice)
    three.undo(by=alice)
    last = Activity.objects.latest("pk")
    assert last.sentence == f"undid changes to prompt and seconds of {three.name}"
    assert last.data["shot"] == shot(three, 2).key
    assert last.at <= timezone.now()
