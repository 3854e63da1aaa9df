"""Notes become changes to make, and changes answer notes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storyboard.kling.brief import Brief, ShotBrief
from storyboard.models import Activity, NotAllowedNow, Note, NoteAnswer, Storyboard, Take, User
from storyboard.models.answers import addressed, answers_of, change_counts, waiting_changes
from storyboard.models.carrying import placed_notes
from storyboard.models.changes import Change, Part, changes_between
from tests import builders


def shoot(board: Storyboard, by: User, approver: User) -> Take:
    """The draft as it stands, approved, and a take of it."""
    revision = builders.make_revision(Storyboard.objects.get(pk=board.pk), by=by)
    return builders.make_take(builders.approve(revision, by=approver), by=by)


@pytest.fixture
def note(take: Take, bob: User) -> Note:
    """On the second shot of take 1, made of revision 1."""
    return Note.add(take, "Slower.", by=bob, at_ms=3500)


@pytest.fixture
def prompted(note: Note, alice: User) -> Change:
    """The draft's second shot says something else since."""
    shot = note.take.storyboard.shots.get(key=note.shot_key)
    shot.rewrite({"prompt": "The keeper winds the lamp, slowly."}, by=alice)
    return Change(Part.PROMPT, note.shot_key)


def test_a_note_is_answered_by_a_change_of_the_draft(
    note: Note, prompted: Change, alice: User
) -> None:
    answer = NoteAnswer.give(note, prompted, by=alice)
    assert (answer.revision_number, answer.change, answer.by_name) == (2, prompted, "Alice Moreau")
    assert answers_of([note.pk]) == {note.pk: answer}
    told = Activity.objects.latest("pk")
    assert told.sentence == (
        "answered a note on take 1 of The Lamp, night one with a change for revision 2: prompt"
    )
    assert (told.data["take_key"], told.data["note_key"]) == (note.take.key, note.key)


def test_a_later_answer_replaces_the_former(note: Note, prompted: Change, alice: User) -> None:
    NoteAnswer.give(note, prompted, by=alice)
    note.take.storyboard.rewrite({"mode": "pro"}, by=alice)
    NoteAnswer.give(note, Change(Part.MODE), by=alice)
    assert NoteAnswer.objects.get().change == Change(Part.MODE)


@pytest.mark.parametrize("change", [Change(Part.SECONDS, "K"), Change(Part.MODE)])
def test_what_did_not_change_answers_nothing(note: Note, alice: User, change: Change) -> None:
    with pytest.raises(NotAllowedNow, match="no such change"):
        NoteAnswer.give(note, change, by=alice)
    assert not NoteAnswer.objects.exists()


def test_a_reply_is_not_answered(note: Note, prompted: Change, alice: User) -> None:
    with pytest.raises(NotAllowedNow, match="This is a reply"):
        NoteAnswer.give(note.reply("How?", by=alice), prompted, by=alice)


def test_a_note_removed_meanwhile_is_not_answered(
    note: Note, prompted: Change, alice: User, bob: User
) -> None:
    Note.objects.get(pk=note.pk).remove(by=bob)
    with pytest.raises(NotAllowedNow, match=r"was removed meanwhile\. Nothing was answered"):
        NoteAnswer.give(note, prompted, by=alice)


def test_an_archived_storyboard_answers_nothing(note: Note, prompted: Change, alice: User) -> None:
    note.take.storyboard.archive(by=alice)
    with pytest.raises(NotAllowedNow, match="archived"):
        NoteAnswer.give(note, prompted, by=alice)


def test_an_answer_is_taken_back_once(note: Note, prompted: Change, alice: User) -> None:
    answer = NoteAnswer.give(note, prompted, by=alice)
    NoteAnswer.objects.get().take_back(by=alice)
    answer.take_back(by=alice)
    assert not NoteAnswer.objects.exists()
    verbs = Activity.objects.filter(verb="note.answer_taken_back")
    assert verbs.count() == 1


def test_the_next_take_counts_the_note_as_addressed(
    note: Note, prompted: Change, alice: User, bob: User
) -> None:
    open_note = Note.add(note.take, "Darker.", by=bob, at_ms=0)
    NoteAnswer.give(note, prompted, by=alice)
    two = shoot(note.take.storyboard, alice, bob)
    carried = placed_notes(two).carried
    assert {each.note for each in carried} == {note, open_note}
    assert addressed(two, carried, answers_of([note.pk, open_note.pk])) == {note.pk}


def test_a_change_turned_back_before_sending_addresses_nothing(
    note: Note, prompted: Change, alice: User, bob: User
) -> None:
    NoteAnswer.give(note, prompted, by=alice)
    shot = note.take.storyboard.shots.get(key=note.shot_key)
    shot.rewrite({"prompt": builders.TWO_SHOTS[1][0]}, by=alice)
    two = shoot(note.take.storyboard, alice, bob)
    assert addressed(two, placed_notes(two).carried, answers_of([note.pk])) == frozenset()


def test_a_take_of_an_earlier_revision_addresses_nothing(
    note: Note, prompted: Change, alice: User, bob: User
) -> None:
    two = shoot(note.take.storyboard, alice, bob)  # of revision 2, which has the new prompt
    note.take.storyboard.rewrite({"mode": "pro"}, by=alice)
    NoteAnswer.give(note, prompted, by=alice)  # pointed out in the draft of revision 3
    assert addressed(two, placed_notes(two).carried, answers_of([note.pk])) == frozenset()


def test_a_shot_removed_after_the_answer_is_addressed(
    note: Note, prompted: Change, alice: User, bob: User
) -> None:
    NoteAnswer.give(note, prompted, by=alice)
    board = note.take.storyboard
    board.shots.get(key=note.shot_key).remove(by=alice)
    board.rewrite({"total_seconds": 3, "shooting": "single"}, by=alice)
    two = shoot(board, alice, bob)
    assert placed_notes(two).elsewhere[0].note == note
    assert addressed(two, placed_notes(two).carried, answers_of([note.pk])) == {note.pk}


def test_a_note_is_put_among_the_changes_to_make_and_off_again(
    note: Note, alice: User, bob: User
) -> None:
    board = note.take.storyboard
    note.want(by=alice)
    note.want(by=bob)
    assert (note.wanted_by, list(waiting_changes(board.pk))) == (alice, [note])
    note.unwant(by=bob)
    note.unwant(by=bob)
    assert not waiting_changes(board.pk)
    said = Activity.objects.filter(verb__in=["note.wanted", "note.unwanted"]).order_by("pk")
    assert [line.sentence for line in said] == [
        "put a note on take 1 among the changes to make in The Lamp, night one",
        "took a note on take 1 off the changes to make in The Lamp, night one",
    ]


def test_a_reply_is_no_change_to_make(note: Note, alice: User) -> None:
    with pytest.raises(NotAllowedNow, match="reply"):
        note.reply("How?", by=alice).want(by=alice)


def test_what_is_left_is_counted(note: Note, prompted: Change, alice: User, bob: User) -> None:
    def counts() -> tuple[int, int]:
        board = Storyboard.objects.annotate(**change_counts()).get(pk=note.take.storyboard_id)
        return board.to_make, board.to_make_left

    other = Note.add(note.take, "Darker.", by=bob, at_ms=0)
    Note.add(note.take, "Only said.", by=bob, at_ms=0)
    assert counts() == (0, 0)
    note.want(by=alice)
    other.want(by=alice)
    assert counts() == (2, 2)
    NoteAnswer.give(note, prompted, by=alice)
    assert counts() == (2, 1)
    other.resolve(by=alice)
    assert counts() == (1, 0)


def brief(shots: list[tuple[str, str, int]], **more: str) -> Brief:
    return Brief(
        shots=tuple(
            ShotBrief(key, position, prompt, seconds)
            for position, (key, prompt, seconds) in enumerate(shots, start=1)
        ),
        shooting="custom", total_seconds=sum(shot[2] for shot in shots),
        model="kling-v3", mode=more.get("mode", "std"), aspect_ratio="16:9", sound=False,
    )  # fmt: skip


def test_every_part_that_differs_is_a_change() -> None:
    before = brief([("A", "Wide.", 3), ("B", "Close.", 2), ("C", "Dark.", 4)])
    after = brief([("B", "Closer.", 3), ("A", "Wide.", 3), ("D", "New.", 3)], mode="pro")
    assert changes_between(before, after) == [
        Change(Part.PROMPT, "B"),
        Change(Part.SECONDS, "B"),
        Change(Part.POSITION, "B"),
        Change(Part.POSITION, "A"),
        Change(Part.ADDED, "D"),
        Change(Part.REMOVED, "C"),
        Change(Part.MODE),
    ]


def test_a_shot_brought_to_the_front_moved_and_the_others_did_not() -> None:
    shots = [(key, "Wide.", 3) for key in "ABCDE"]
    before, after = brief(shots), brief([shots[4], *shots[:3]])
    assert changes_between(before, after)[:2] == [
        Change(Part.POSITION, "E"),
        Change(Part.REMOVED, "D"),
    ]


def test_of_three_turned_round_the_middle_one_did_not_move() -> None:
    shots = [(key, "Wide.", 3) for key in "ABC"]
    assert changes_between(brief(shots), brief(shots[::-1])) == [
        Change(Part.POSITION, "C"),
        Change(Part.POSITION, "A"),
    ]


def test_a_shot_that_only_follows_a_removed_one_did_not_move() -> None:
    before = brief([("A", "Wide.", 3), ("B", "Close.", 3)])
    after = brief([("B", "Close.", 3)])
    assert changes_between(before, after) == [
        Change(Part.REMOVED, "A"),
        Change(Part.TOTAL_SECONDS),
    ]


_shots = st.lists(
    st.tuples(st.sampled_from("ABCDEF"), st.sampled_from(["Wide.", "Close."]), st.integers(1, 3)),
    min_size=1, max_size=6, unique_by=lambda shot: shot[0],
)  # fmt: skip


@given(_shots, _shots)
def test_nothing_differs_from_itself_and_all_else_does(
    one: list[tuple[str, str, int]], other: list[tuple[str, str, int]]
) -> None:
    assert changes_between(brief(one), brief(one)) == []
    assert bool(changes_between(brief(one), brief(other))) is (one != other)
