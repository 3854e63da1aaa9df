"""Who sees a note can be changed later: shown to the client, or for the team alone again."""

from __future__ import annotations

import pytest

from storyboard.models import Activity, NotAllowedNow, Note, Take, User


@pytest.fixture
def note(take: Take, bob: User, carol: User) -> Note:
    """For the team alone, with two replies."""
    note = Note.add(take, "Closer.", at_ms=3000, by=bob)
    note.reply("How close?", by=carol)
    note.reply("Very.", by=bob)
    return note


@pytest.fixture
def shown(note: Note, bob: User) -> Note:
    note.show_to_client(by=bob)
    return note


def seen(take: Take) -> list[bool]:
    """Of each note and reply of a take, whether the client sees it."""
    return list(take.notes.order_by("pk").values_list("is_for_client", flat=True))


def said(note: Note) -> list[str]:
    rows = Activity.objects.filter(verb__in=["note.shown", "note.hidden"]).order_by("pk")
    assert all(row.data["note_key"] == note.key for row in rows)
    return [f"{row.actor_name} {row.sentence}" for row in rows]


def test_a_note_is_shown_with_its_replies(note: Note, alice: User, bob: User) -> None:
    note.show_to_client(by=alice)
    assert seen(note.take) == [True] * 3
    assert note.is_for_client
    assert note.reply("As close as that.", by=bob).is_for_client
    assert said(note) == [
        "Alice Moreau showed a note on take 1 of The Lamp, night one to the client"
    ]


def test_a_note_is_hidden_with_its_replies(shown: Note, alice: User, bob: User) -> None:
    shown.hide_from_client(by=alice)
    assert seen(shown.take) == [False] * 3
    assert not shown.is_for_client
    assert not shown.reply("As close as that.", by=bob).is_for_client
    assert said(shown)[1:] == [
        "Alice Moreau hid a note on take 1 of The Lamp, night one from the client"
    ]


def test_other_notes_stay_as_they_are(note: Note, bob: User) -> None:
    Note.add(note.take, "Another.", by=bob)
    note.show_to_client(by=bob)
    assert seen(note.take) == [True, True, True, False]
    Note.add(note.take, "A third.", by=bob, is_for_client=True)
    note.hide_from_client(by=bob)
    assert seen(note.take) == [False, False, False, False, True]


def test_twice_is_once(note: Note, alice: User, bob: User) -> None:
    stale = Note.objects.get(pk=note.pk)
    note.show_to_client(by=bob)
    stale.show_to_client(by=alice)
    stale = Note.objects.get(pk=note.pk)
    note.hide_from_client(by=bob)
    stale.hide_from_client(by=alice)
    assert [line.split()[0] for line in said(note)] == ["Bob", "Bob"]


def test_a_stale_page_replies_as_the_note_is_seen_by_now(note: Note, bob: User) -> None:
    stale = Note.objects.get(pk=note.pk)
    note.show_to_client(by=bob)
    assert stale.reply("Here.", by=bob).is_for_client


@pytest.mark.parametrize("verb", ["show_to_client", "hide_from_client"])
def test_a_reply_is_seen_by_whom_its_note_is(shown: Note, carol: User, verb: str) -> None:
    reply = shown.replies.get(by=carol)
    with pytest.raises(NotAllowedNow, match="Use the note above it"):
        getattr(reply, verb)(by=carol)
    assert seen(shown.take) == [True] * 3


def test_what_was_removed_is_not_shown_but_its_replies_are_hidden(
    note: Note, alice: User, bob: User
) -> None:
    stale = Note.objects.get(pk=note.pk)
    note.remove(by=bob)
    with pytest.raises(NotAllowedNow, match="removed meanwhile"):
        stale.show_to_client(by=alice)
    Note.objects.update(is_for_client=True)
    stale.hide_from_client(by=alice)
    assert seen(note.take) == [False] * 3


def test_what_is_gone_is_hidden_already(take: Take, bob: User) -> None:
    note = Note.add(take, "Closer.", by=bob, is_for_client=True)
    stale = Note.objects.get()
    note.remove(by=bob)
    stale.hide_from_client(by=bob)
    assert said(note) == []
