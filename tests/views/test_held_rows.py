"""Rows of the thread that a page shows already are named in its answer, and not drawn again."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.test import Client

from storyboard.models import Note, Take, User
from storyboard.views.held_rows import MOST

pytestmark = pytest.mark.django_db

_DRAWN = re.compile(r'<li class="note-row" id="row-([\w-]+)" data-digest="(\w{16})">')
_HELD = re.compile(r'<li id="row-([\w-]+)" data-held="(\w{16})"></li>')


@dataclass
class Room:
    """A page of the take, open in somebody's browser."""

    client: Client
    take: Take

    def rows(self, held: str = "", path: str = "pulse/?after=0") -> tuple[dict[str, str], set[str]]:
        """The digests of the rows that are drawn by their notes' keys, and the keys of the rest."""
        headers = {"HX-Request": "true", **({"Held-Rows": held} if held else {})}
        html = self.client.get(f"/takes/{self.take.key}/{path}", headers=headers).content.decode()
        return dict(_DRAWN.findall(html)), {key for key, _digest in _HELD.findall(html)}


@pytest.fixture
def room(client: Client, take: Take, alice: User) -> Room:
    client.force_login(alice)
    return Room(client, take)


@pytest.fixture
def note(take: Take, bob: User) -> Note:
    return Note.add(take, "Hold this a little longer.", at_ms=200, by=bob)


@pytest.fixture
def other(take: Take, alice: User) -> Note:
    made = Note.add(take, "The beam is early.", at_ms=400, by=alice)
    made.reply("It is.", by=alice)
    return Note.objects.get(pk=made.pk)


def test_a_page_that_holds_all_is_drawn_none(room: Room, note: Note, other: Note) -> None:
    drawn, _held = room.rows(path="")
    assert set(drawn) == {note.key, other.key}
    assert room.rows(held=" ".join(drawn.values())) == ({}, {note.key, other.key})


def test_without_the_header_all_is_drawn(room: Room, note: Note) -> None:
    assert list(room.rows()[0]) == [note.key]


CHANGES: dict[str, Callable[[Note, User], object]] = {
    "words": lambda note, bob: note.edit("Hold it.", by=bob),
    "resolved": lambda note, bob: note.resolve(by=bob),
    "a reply": lambda note, bob: note.reply("Why?", by=bob),
    "wanted": lambda note, bob: note.want(by=bob),
    "the client": lambda note, bob: Note.objects.filter(pk=note.pk).update(is_for_client=True),
    "a name": lambda note, bob: User.objects.filter(pk=bob.pk).update(name="Bobby"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_changed_is_drawn_again_alone(
    change: Callable[[Note, User], object], room: Room, note: Note, other: Note, bob: User
) -> None:
    before = room.rows()[0]
    change(note, bob)
    drawn, held = room.rows(held=" ".join(before.values()), path="pulse/?after=0&sort=newest")
    if note.is_open:
        assert list(drawn) == [note.key]
        assert drawn[note.key] != before[note.key]
    else:
        assert drawn == {}, "it is in another part of the list now"
    assert held == {other.key}


def test_a_former_wording_and_a_reply_edited_are_seen(room: Room, other: Note, alice: User) -> None:
    before = room.rows()[0]
    other.replies.get().edit("It is early.", by=alice)
    drawn, _held = room.rows(held=" ".join(before.values()))
    assert list(drawn) == [other.key]


def test_another_person_sees_another_row(room: Room, note: Note, bob: User) -> None:
    before = room.rows()[0]
    room.client.force_login(bob)
    assert list(room.rows(held=" ".join(before.values()))[0]) == [note.key]


def test_what_was_just_written_is_drawn(room: Room, note: Note) -> None:
    before = room.rows()[0]
    answer = room.client.post(
        f"/takes/{room.take.key}/notes/",
        {"text": "New.", "at_ms": "500"},
        headers={"HX-Request": "true", "Held-Rows": " ".join(before.values())},
    )
    html = answer.content.decode()
    assert len(_DRAWN.findall(html)) == 1
    assert [key for key, _digest in _HELD.findall(html)] == [note.key]


def test_only_so_many_are_read(room: Room, note: Note) -> None:
    mine = room.rows()[0][note.key]
    assert list(room.rows(held=" ".join(["0" * 16] * MOST + [mine]))[0]) == [note.key]
