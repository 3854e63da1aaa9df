"""Notes: words at a moment, over a range, of a shot or in general; replied to, edited, resolved."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from pytest_django import DjangoAssertNumQueries

from storyboard.access import may_tend
from storyboard.models import Activity, NotAllowedNow, Note, Revision, Take, User, notes
from tests import builders

PEN = [{"tool": "arrow", "colour": "red", "points": [[0.1, 0.1], [0.5, 0.5]], "words": ""}]


def verbs() -> list[str]:
    said = Activity.objects.filter(verb__startswith="note.").order_by("pk")
    return list(said.values_list("verb", flat=True))


def key_of(take: Take, position: int) -> str:
    return take.revision.shots.get(position=position).shot_key


def test_a_note_stands_on_a_frame_and_keeps_its_shot(take: Take, bob: User) -> None:
    note = Note.add(take, " Closer. ", at_ms=3100, by=bob)
    assert note.words == "Closer."
    assert note.at_ms == take.at_frame(3100)
    assert note.shot_key == key_of(take, 2)
    assert note.by_name == "Bob Okafor"
    assert (note.kind, note.end_ms, note.until, note.is_for_client) == ("moment", None, "", False)


def test_a_range_ends_where_its_last_frame_does(take: Take, bob: User) -> None:
    note = Note.add(take, "Too long.", at_ms=1020, end_ms=2010, by=bob)  # six frames a second
    assert (note.kind, note.at_ms, note.end_ms) == ("range", 1000, 2000)
    assert (note.timecode, note.until) == ("00:01:00", "00:01:05")
    assert note.shot_key == key_of(take, 1)


@pytest.mark.parametrize("end_ms", [1000, 1040, 1166])
def test_a_range_has_at_least_its_first_frame(take: Take, bob: User, end_ms: int) -> None:
    note = Note.add(take, "Here.", at_ms=1000, end_ms=end_ms, by=bob)
    assert (note.at_ms, note.end_ms) == (1000, 1167)
    assert note.until == note.timecode


def test_a_range_past_the_end_ends_with_the_film(take: Take, bob: User) -> None:
    note = Note.add(take, "All of it.", at_ms=4000, end_ms=99_000, by=bob)
    assert (note.at_ms, note.end_ms) == (4000, 5000)
    assert Note.add(take, "Last.", at_ms=99_000, end_ms=99_000, by=bob).end_ms == 5000


def test_a_range_that_ends_before_it_begins_is_refused(take: Take, bob: User) -> None:
    with pytest.raises(NotAllowedNow, match="ends after it begins"):
        Note.add(take, "Here.", at_ms=2000, end_ms=1000, by=bob)
    assert not Note.objects.exists()


def test_a_note_of_a_shot_stands_where_the_shot_begins(take: Take, bob: User) -> None:
    note = Note.add(take, "Warmer.", shot_key=key_of(take, 2), by=bob)
    assert (note.kind, note.at_ms, note.shot_key) == ("shot", 3000, key_of(take, 2))


def test_a_shot_of_another_take_is_refused(take: Take, bob: User) -> None:
    with pytest.raises(NotAllowedNow, match="not in the take"):
        Note.add(take, "Warmer.", shot_key="x" * 22, by=bob)


def test_a_note_without_any_place_is_general(take: Take, bob: User) -> None:
    note = Note.add(take, "Lovely.", by=bob, is_for_client=True)
    assert (note.kind, note.at_ms, note.shot_key, note.is_for_client) == ("general", 0, "", True)


def test_a_note_needs_words(take: Take, bob: User) -> None:
    with pytest.raises(NotAllowedNow, match="needs words"):
        Note.add(take, " \n ", at_ms=0, by=bob)
    assert not Note.objects.exists()


def test_a_drawing_may_stand_for_words(take: Take, bob: User) -> None:
    note = Note.add(take, "", at_ms=0, drawing=PEN, by=bob)
    assert Note.objects.get(pk=note.pk).drawing == PEN


def test_a_drawing_that_is_none_is_refused(take: Take, bob: User) -> None:
    with pytest.raises(NotAllowedNow, match="Nothing was added") as refused:
        Note.add(take, "Here.", at_ms=0, drawing=[{**PEN[0], "points": [[2, 2], [3, 3]]}], by=bob)
    assert refused.value.code == "note.drawing"
    assert not Note.objects.exists()


@pytest.mark.parametrize("place", ["shot", "general"])
def test_a_drawing_needs_a_frame(take: Take, bob: User, place: str) -> None:
    shot = key_of(take, 1) if place == "shot" else ""
    with pytest.raises(NotAllowedNow, match="stands on a frame"):
        Note.add(take, "Here.", shot_key=shot, drawing=PEN, by=bob)


def test_a_note_has_a_longest_length(take: Take, bob: User) -> None:
    Note.add(take, "x" * 4000, at_ms=0, by=bob)
    with pytest.raises(NotAllowedNow, match="at most 4000 characters, this one 4001"):
        Note.add(take, "x" * 4001, at_ms=0, by=bob)


def test_the_history_tells_where_the_note_is(take: Take, bob: User) -> None:
    note = Note.add(take, "Closer.", at_ms=3000, by=bob)
    told = Activity.objects.latest("pk")
    assert told.sentence == (f"left a note on take 1 of The Lamp, night one at {note.timecode}")
    assert (told.data["take_key"], told.data["words"]) == (take.key, "Closer.")


def test_the_history_names_a_range_a_shot_and_the_whole_take(take: Take, bob: User) -> None:
    Note.add(take, "Closer.", at_ms=1000, end_ms=2000, by=bob)
    Note.add(take, "Closer.", shot_key=key_of(take, 2), by=bob)
    Note.add(take, "Closer.", by=bob)
    said = [row.sentence for row in Activity.objects.filter(verb="note.added").order_by("pk")]
    assert said == [
        "left a note on take 1 of The Lamp, night one from 00:01:00 to 00:01:05",
        "left a note on shot 2 in take 1 of The Lamp, night one",
        "left a note on take 1 of The Lamp, night one",
    ]


def test_a_reply_stands_with_its_note_and_has_no_place(take: Take, bob: User, carol: User) -> None:
    note = Note.add(take, "Closer.", at_ms=3000, is_for_client=True, by=bob)
    reply = note.reply(" Done. ", by=carol)
    assert (reply.parent, reply.take, reply.words) == (note, take, "Done.")
    assert (reply.kind, reply.at_ms, reply.shot_key) == ("general", 0, "")
    assert reply.is_for_client
    assert list(note.replies.all()) == [reply]
    assert list(take.notes.roots()) == [note]
    told = Activity.objects.latest("pk")
    assert told.sentence == "replied to a note on take 1 of The Lamp, night one"
    assert told.data["timecode"] == "00:03:00"


def test_a_reply_is_not_replied_to(take: Take, bob: User) -> None:
    reply = Note.add(take, "Closer.", by=bob).reply("Done.", by=bob)
    with pytest.raises(NotAllowedNow, match="the note above"):
        reply.reply("Thanks.", by=bob)


@pytest.mark.parametrize("settle", ["resolve", "reopen"])
def test_a_reply_is_not_resolved(take: Take, bob: User, settle: str) -> None:
    reply = Note.add(take, "Closer.", by=bob).reply("Done.", by=bob)
    with pytest.raises(NotAllowedNow, match="the note above"):
        getattr(reply, settle)(by=bob)


def test_a_reply_without_words_is_refused(take: Take, bob: User) -> None:
    note = Note.add(take, "Closer.", at_ms=0, drawing=PEN, by=bob)
    with pytest.raises(NotAllowedNow, match="needs words"):
        note.reply("  ", by=bob)


def test_a_reply_at_a_place_of_its_own_cannot_be_stored(take: Take, bob: User) -> None:
    note = Note.add(take, "Closer.", by=bob)
    with pytest.raises(IntegrityError), transaction.atomic():
        Note.objects.create(take=take, parent=note, kind="general", at_ms=5, words="x")


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "scene", "at_ms": 0},
        {"kind": "range", "at_ms": 5, "end_ms": 5},
        {"kind": "moment", "at_ms": 5, "end_ms": 9},
        {"kind": "range", "at_ms": 5},
    ],
)
def test_a_place_that_makes_no_sense_cannot_be_stored(take: Take, wrong: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Note.objects.create(take=take, words="x", **wrong)


def test_a_take_holds_so_many_notes_and_replies_beside_them(
    take: Take, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notes, "MOST_NOTES", 2)
    first = Note.add(take, "One.", by=bob)
    first.reply("One more.", by=bob)
    Note.add(take, "Two.", by=bob)
    with pytest.raises(NotAllowedNow, match="Take 1 has 2 notes") as refused:
        Note.add(take, "Three.", by=bob)
    assert refused.value.code == "note.full"
    first.reply("Still.", by=bob)


def test_a_note_holds_so_many_replies(
    take: Take, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notes, "MOST_REPLIES", 1)
    note = Note.add(take, "Closer.", by=bob)
    note.reply("Done.", by=bob)
    with pytest.raises(NotAllowedNow, match="1 replies, which is the most"):
        note.reply("Thanks.", by=bob)


def test_edited_words_keep_the_old_ones(take: Take, bob: User) -> None:
    note = Note.add(take, "Closer.", at_ms=0, by=bob)
    note.edit(" Closer, please. ", by=bob)
    note.edit("Much closer.", by=bob)
    note = Note.objects.get(pk=note.pk)
    assert note.words == "Much closer."
    old = [(one.number, one.words) for one in note.wordings.all()]
    assert old == [(1, "Closer."), (2, "Closer, please.")]
    assert note.wordings.get(number=1).at == note.created_at
    assert note.edited_at is not None
    assert note.wordings.get(number=2).at < note.edited_at


def test_the_history_tells_what_a_note_said_before(take: Take, bob: User) -> None:
    Note.add(take, "Closer.", at_ms=0, by=bob).edit("Wider.", by=bob)
    told = Activity.objects.latest("pk")
    assert told.sentence == ("changed a note on take 1 of The Lamp, night one, before: Closer.")
    assert told.data["words"] == "Wider."


def test_the_same_words_again_change_nothing(take: Take, bob: User) -> None:
    note = Note.add(take, "Closer.", at_ms=0, by=bob)
    note.edit("Closer. ", by=bob)
    assert verbs() == ["note.added"]
    assert note.edited_at is None


def test_only_its_writer_edits_a_note_and_not_to_nothing(
    take: Take, alice: User, bob: User
) -> None:
    note = Note.add(take, "Closer.", at_ms=0, by=bob)
    with pytest.raises(NotAllowedNow, match=r"needs words\. Nothing was changed"):
        note.edit(" ", by=bob)
    with pytest.raises(NotAllowedNow, match="Only Bob Okafor can change these words"):
        note.edit("Wider.", by=alice)
    assert Note.objects.get().words == "Closer."


def test_a_note_is_edited_so_often(take: Take, bob: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storyboard.models.note_wordings.MOST_WORDINGS", 1)
    note = Note.add(take, "Closer.", at_ms=0, by=bob)
    note.edit("Wider.", by=bob)
    with pytest.raises(NotAllowedNow, match="edited 1 times"):
        note.edit("Closer.", by=bob)
    assert Note.objects.get().words == "Wider."


def test_resolving_and_reopening_are_each_one_step(take: Take, bob: User, alice: User) -> None:
    note = Note.add(take, "Closer.", at_ms=0, by=bob)
    note.resolve(by=alice)
    note.resolve(by=bob)
    assert note.resolved_by == alice
    note.reopen(by=bob)
    note.reopen(by=bob)
    assert (note.resolved_at, note.resolved_by) == (None, None)
    assert verbs() == ["note.added", "note.resolved", "note.reopened"]


def test_a_note_remembers_the_take_it_was_resolved_on(take: Take, alice: User, bob: User) -> None:
    later = builders.make_take(Revision.objects.get(pk=take.revision_id), by=alice)
    note = Note.add(take, "Closer.", at_ms=0, by=bob)
    note.resolve(by=alice, on=later)
    assert Note.objects.get().resolved_on == later
    note.reopen(by=alice)
    assert Note.objects.get().resolved_on is None


def test_a_stale_page_resolves_nothing_twice(take: Take, alice: User, bob: User) -> None:
    note = Note.add(take, "Closer.", at_ms=0, by=bob)
    stale = Note.objects.get()
    note.resolve(by=alice)
    stale.resolve(by=bob)
    assert Note.objects.get().resolved_by == alice


def test_whose_note_it_is_and_leaders_may_tend_it(
    take: Take, alice: User, bob: User, carol: User, paula: User, charlie: User
) -> None:
    note = Note.add(take, "Closer.", at_ms=0, by=bob)
    people = (alice, bob, carol, paula, charlie)
    assert [may_tend(user, note) for user in people] == [True, True, False, True, False]
    bob.memberships.get().remove(by=alice)
    assert not may_tend(bob, note)


def test_a_removed_note_without_replies_is_gone(take: Take, bob: User) -> None:
    note = Note.add(take, "Closer.", at_ms=0, by=bob)
    note.remove(by=bob)
    assert not Note.objects.exists()
    assert Activity.objects.latest("pk").sentence == (
        "removed a note of Bob Okafor on take 1 of The Lamp, night one"
    )


def test_of_a_removed_note_with_replies_the_place_stays(
    take: Take, alice: User, bob: User, carol: User
) -> None:
    note = Note.add(take, "Closer, @Carol Lindqvist.", at_ms=0, drawing=PEN, by=bob)
    note.edit("Closer, @Carol Lindqvist!", by=bob)
    reply = note.reply("Done.", by=carol)
    note.remove(by=alice)
    left = Note.objects.get(parent=None)
    assert (left.words, left.drawing, left.removed_by_name) == ("", [], "Alice Moreau")
    assert not left.is_open
    assert list(left.replies.all()) == [reply]
    assert not left.wordings.exists()
    assert not left.mentions.exists()
    assert list(take.notes.open()) == []
    assert list(take.notes.resolved()) == [left]


def test_the_place_goes_with_its_last_reply(take: Take, bob: User) -> None:
    note = Note.add(take, "Closer.", at_ms=0, by=bob)
    replies = [note.reply(words, by=bob) for words in ("One.", "Two.")]
    note.remove(by=bob)
    replies[0].remove(by=bob)
    assert Note.objects.count() == 2
    replies[1].remove(by=bob)
    assert not Note.objects.exists()


def test_a_note_is_removed_once(take: Take, bob: User) -> None:
    note, stale = Note.add(take, "Closer.", at_ms=0, by=bob), Note.objects.get()
    note.remove(by=bob)
    stale.remove(by=bob)
    assert verbs() == ["note.added", "note.removed"]


@pytest.mark.parametrize("has_replies", [True, False])
@pytest.mark.parametrize("verb", ["reply", "edit", "resolve", "reopen"])
def test_nothing_is_done_to_a_removed_note(
    take: Take, bob: User, verb: str, has_replies: bool
) -> None:
    note = Note.add(take, "Closer.", at_ms=0, by=bob)
    if has_replies:
        note.reply("Done.", by=bob)
    stale = Note.objects.get(pk=note.pk)
    note.remove(by=bob)
    said = verbs()
    words = ("Wider.",) if verb in ("reply", "edit") else ()
    with pytest.raises(NotAllowedNow, match="removed meanwhile"):
        getattr(stale, verb)(*words, by=bob)
    assert verbs() == said


def test_a_person_who_is_gone_keeps_their_name(take: Take, bob: User) -> None:
    note = Note.add(take, "Closer.", at_ms=0, by=bob)
    note.resolve(by=bob)
    bob.delete()
    note = Note.objects.get()
    assert (note.by, note.by_name, note.resolved_by) == (None, "Bob Okafor", None)


def test_notes_are_read_in_the_order_of_the_film(take: Take, bob: User) -> None:
    for at_ms in (4000, 0, 2000):
        Note.add(take, str(at_ms), at_ms=at_ms, by=bob)
    Note.add(take, "shot", shot_key=key_of(take, 2), by=bob)
    Note.add(take, "all", by=bob)
    assert [note.words for note in take.notes.all()] == ["0", "all", "2000", "shot", "4000"]


def test_notes_are_asked_for_by_what_they_are(take: Take, alice: User, bob: User) -> None:
    one, two = (Note.add(take, str(at), at_ms=at, by=who) for at, who in ((0, bob), (3000, alice)))
    reply = one.reply("Done.", by=alice)
    two.resolve(by=bob)
    mine = take.notes.all()
    assert list(mine) == [one, reply, two]
    assert list(mine.roots()) == [one, two]
    assert list(mine.open()) == [one]
    assert list(mine.resolved()) == [two]


def test_threads_cost_the_same_however_many(
    take: Take, bob: User, carol: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    def draw() -> list[str]:
        words = []
        for note in take.notes.roots().with_thread():
            for one in (note, *note.replies.all()):
                words += [str(one.by), *map(str, one.files.all()), *map(str, one.mentions.all())]
                words += [str(one.wording_count)]
            words.append(f"{note.timecode} {note.until} {note.resolved_by}")
        return words

    def write(number: int) -> None:
        note = Note.add(take, f"{number}, @Carol Lindqvist", at_ms=number * 100, by=bob)
        note.edit(f"{number}: @Carol Lindqvist", by=bob)
        note.reply("@Bob Okafor, done.", by=carol)

    write(1)
    with django_assert_num_queries(6):
        assert draw() == [
            *("Bob Okafor", "@Carol Lindqvist", "1"),
            *("Carol Lindqvist", "@Bob Okafor", "0"),
            "00:00:01  None",
        ]
    builders.many(12, write)
    with django_assert_num_queries(6):
        assert len(draw()) == 13 * 7
