"""A take of an archived storyboard is read: nothing is said, judged or decided on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from storyboard.models import Activity, NotAllowedNow, Note, NoteAnswer, Take, User
from storyboard.models.changes import Change, Part

CHANGE = Change(Part.MODE)


def shot_of(take: Take) -> str:
    return str(take.revision.shots.get(position=1).shot_key)


def note_of(take: Take) -> Note:
    """The note, as another request reads it."""
    return Note.objects.select_related("take__storyboard__project").get(take=take, parent=None)


# What a person would do; bob wrote the note, judged and decided.
VERBS: dict[str, Callable[[Take, User], object]] = {
    "add": lambda take, by: Note.add(take, "Wider.", at_ms=0, by=by),
    "reply": lambda take, by: note_of(take).reply("Yes.", by=by),
    "edit": lambda take, by: note_of(take).edit("Wider.", by=by),
    "resolve": lambda take, by: note_of(take).resolve(by=by),
    "reopen": lambda take, by: note_of(take).reopen(by=by),
    "want": lambda take, by: note_of(take).want(by=by),
    "unwant": lambda take, by: note_of(take).unwant(by=by),
    "show": lambda take, by: note_of(take).show_to_client(by=by),
    "answer": lambda take, by: NoteAnswer.give(note_of(take), CHANGE, by=by),
    "take the answer back": lambda take, by: NoteAnswer.objects.get().take_back(by=by),
    "judge": lambda take, by: take.judge(shot_of(take), "redo", reason="hands", by=by),
    "unjudge": lambda take, by: take.unjudge(shot_of(take), by=by),
    "draft": lambda take, by: take.draft_redo("Again", by=by),
    "approve": lambda take, by: take.approve(by=by),
    "request changes": lambda take, by: take.request_changes(by=by, words="Closer."),
    "take back": lambda take, by: take.take_back(by=by),
    "pick": lambda take, by: take.storyboard.pick(take, by=by),
}


@pytest.fixture
def archived(request: Any, take: Take, alice: User, bob: User) -> Take:
    """With a note, an answer, a verdict and a decision of bob's; the storyboard or its project."""
    take.storyboard.rewrite({"mode": "pro"}, by=alice)
    NoteAnswer.give(Note.add(take, "Closer.", at_ms=0, by=bob), CHANGE, by=bob)
    take.judge(shot_of(take), "keep", by=bob)
    take.approve(by=bob)
    what = take.storyboard if request.param == "storyboard" else take.storyboard.project
    what.archive(by=alice)
    return Take.objects.get(pk=take.pk)


@pytest.mark.parametrize("archived", ["storyboard", "project"], indirect=True)
@pytest.mark.parametrize("verb", sorted(VERBS))
def test_nothing_is_said_or_decided_on_what_is_archived(
    request: pytest.FixtureRequest, archived: Take, bob: User, verb: str
) -> None:
    told = Activity.objects.count()
    with pytest.raises(NotAllowedNow, match=r"is archived\. Nothing was changed") as refused:
        VERBS[verb](archived, bob)
    assert refused.value.code == "archived"
    assert Activity.objects.count() == told


@pytest.mark.parametrize("archived", ["storyboard", "project"], indirect=True)
@pytest.mark.parametrize("verb", sorted(VERBS))
def test_restored_it_goes_on(archived: Take, alice: User, bob: User, verb: str) -> None:
    """Each of them is refused for that alone."""
    archived.storyboard.restore(by=alice)
    archived.storyboard.project.restore(by=alice)
    if verb == "draft":
        archived.judge(shot_of(archived), "redo", reason="hands", by=bob)
    VERBS[verb](archived, bob)


@pytest.mark.parametrize("archived", ["storyboard", "project"], indirect=True)
def test_words_are_taken_out_of_sight_all_the_same(archived: Take, bob: User) -> None:
    Note.objects.update(is_for_client=True)
    note_of(archived).hide_from_client(by=bob)
    assert not note_of(archived).is_for_client
    note_of(archived).remove(by=bob)
    assert not Note.objects.exists()
