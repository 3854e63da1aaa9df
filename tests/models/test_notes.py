"""Notes: words at a moment, resolved and opened again."""

from __future__ import annotations

import pytest

from storyboard.models import Activity, NotAllowedNow, Note, Take, User


def test_a_note_stands_on_a_frame_and_keeps_its_shot(take: Take, bob: User) -> None:
    note = Note.add(take, " Closer. ", at_ms=3100, by=bob)
    assert note.words == "Closer."
    assert note.at_ms == take.at_frame(3100)
    assert note.shot_key == take.revision.shots.get(position=2).shot_key
    assert note.by_name == "Bob Okafor"


def test_a_note_needs_words(take: Take, bob: User) -> None:
    with pytest.raises(NotAllowedNow, match="needs words"):
        Note.add(take, " \n ", at_ms=0, by=bob)
    assert not Note.objects.exists()


def test_the_history_tells_where_the_note_is(take: Take, bob: User) -> None:
    note = Note.add(take, "Closer.", at_ms=3000, by=bob)
    told = Activity.objects.latest("pk")
    assert told.sentence == (f"left a note on take 1 of The Lamp, night one at {note.timecode}")
    assert (told.data["take_key"], told.data["words"]) == (take.key, "Closer.")


def test_resolving_and_reopening_are_each_one_step(take: Take, bob: User, alice: User) -> None:
    note = Note.add(take, "Closer.", at_ms=0, by=bob)
    note.resolve(by=alice)
    note.resolve(by=bob)
    assert note.resolved_by == alice
    note.reopen(by=bob)
    note.reopen(by=bob)
    assert (note.resolved_at, note.resolved_by) == (None, None)
    verbs = Activity.objects.filter(verb__startswith="note.").order_by("pk")
    assert list(verbs.values_list("verb", flat=True)) == [
        "note.added",
        "note.resolved",
        "note.reopened",
    ]


def test_notes_are_read_in_the_order_of_the_film(take: Take, bob: User) -> None:
    for at_ms in (4000, 0, 2000):
        Note.add(take, str(at_ms), at_ms=at_ms, by=bob)
    assert [note.words for note in take.notes.all()] == ["0", "2000", "4000"]
