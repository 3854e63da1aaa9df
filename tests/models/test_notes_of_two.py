"""Two people at one note at the same moment: nothing is lost, and limits hold."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from storyboard.models import Activity, NotAllowedNow, Note, NoteAnswer, Take, User, notes
from storyboard.models.changes import Change, Part

pytestmark = pytest.mark.django_db(transaction=True)

TIMES = 4  # a race is not lost at the first try


def at_once(*acts: Callable[[], object]) -> list[str]:
    """Run them on threads that begin together; the codes of what was refused.

    Raises whatever else went wrong on one of them.
    """
    refused: list[str] = []
    failed: list[Exception] = []
    together = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> None:
        together.wait()
        try:
            act()
        except NotAllowedNow as refusal:
            refused.append(refusal.code)
        except Exception as error:  # raised below, on the thread that asserts
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]
    return refused


def again(row: Note) -> Note:
    """As another request reads it."""
    return Note.objects.select_related("take__storyboard__project__team").get(pk=row.pk)


def test_two_notes_at_once_do_not_pass_the_limit_together(
    take: Take, alice: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notes, "MOST_NOTES", 1)
    for _time in range(TIMES):
        Note.objects.all().delete()
        other = Take.objects.select_related("storyboard__project__team").get(pk=take.pk)
        refused = at_once(
            lambda: Note.add(take, "One.", at_ms=0, by=alice),
            lambda other=other: Note.add(other, "Two.", at_ms=0, by=bob),
        )
        assert (Note.objects.count(), refused) == (1, ["note.full"])


def test_two_replies_at_once_do_not_pass_the_limit_together(
    take: Take, alice: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notes, "MOST_REPLIES", 1)
    for _time in range(TIMES):
        note = Note.add(take, "Closer.", at_ms=0, by=bob)
        mine, theirs = again(note), again(note)
        refused = at_once(
            lambda mine=mine: mine.reply("One.", by=alice),
            lambda theirs=theirs: theirs.reply("Two.", by=bob),
        )
        assert (note.replies.count(), refused) == (1, ["note.full"])


def test_two_replies_at_once_are_both_there(take: Take, alice: User, bob: User) -> None:
    note = Note.add(take, "Closer.", at_ms=0, by=bob)
    mine, theirs = again(note), again(note)
    assert (
        at_once(
            lambda: mine.reply("One.", by=alice),
            lambda: theirs.reply("Two.", by=bob),
        )
        == []
    )
    assert {reply.words for reply in note.replies.all()} == {"One.", "Two."}


def test_a_reply_made_while_its_note_is_hidden_is_hidden_too(
    take: Take, alice: User, bob: User
) -> None:
    for _time in range(TIMES):
        note = Note.add(take, "Closer.", at_ms=0, by=bob, is_for_client=True)
        mine, theirs = again(note), again(note)
        refused = at_once(
            lambda mine=mine: mine.hide_from_client(by=bob),
            lambda theirs=theirs: theirs.reply("Here is why.", by=alice),
        )
        assert refused == []
        assert not again(note).is_for_client
        assert not note.replies.get().is_for_client


def test_an_edit_and_a_resolve_at_once_both_happen(take: Take, alice: User, bob: User) -> None:
    for _time in range(TIMES):
        note = Note.add(take, "Closer.", at_ms=0, by=bob)
        mine, theirs = again(note), again(note)
        assert (
            at_once(
                lambda mine=mine: mine.edit("Wider.", by=bob),
                lambda theirs=theirs: theirs.resolve(by=alice),
            )
            == []
        )
        note = again(note)
        assert (note.words, note.resolved_by) == ("Wider.", alice)


def test_two_edits_at_once_keep_every_wording(take: Take, bob: User) -> None:
    for _time in range(TIMES):
        note = Note.add(take, "One.", at_ms=0, by=bob)
        first, second = again(note), again(note)
        assert (
            at_once(
                lambda first=first: first.edit("Two.", by=bob),
                lambda second=second: second.edit("Three.", by=bob),
            )
            == []
        )
        old = list(note.wordings.values_list("number", "words"))
        assert [number for number, _words in old] == [1, 2]
        assert {words for _number, words in old} | {again(note).words} == {"One.", "Two.", "Three."}


def test_two_people_resolve_a_note_once(take: Take, alice: User, bob: User) -> None:
    for _time in range(TIMES):
        note = Note.add(take, "Closer.", at_ms=0, by=bob)
        mine, theirs = again(note), again(note)
        at_once(
            lambda mine=mine: mine.resolve(by=bob),
            lambda theirs=theirs: theirs.resolve(by=alice),
        )
        said = Activity.objects.filter(verb="note.resolved", data__note_key=note.key)
        assert said.get().actor == again(note).resolved_by


def test_a_reply_to_what_is_removed_at_once_is_refused_or_keeps_the_place(
    take: Take, alice: User, bob: User
) -> None:
    for _time in range(TIMES):
        note = Note.add(take, "Closer.", at_ms=0, by=bob)
        mine, theirs = again(note), again(note)
        refused = at_once(
            lambda mine=mine: mine.remove(by=bob),
            lambda theirs=theirs: theirs.reply("But why?", by=alice),
        )
        if refused:
            assert refused == ["note.removed"]
            assert not Note.objects.filter(pk=note.pk).exists()
        else:
            assert again(note).removed_at is not None
            assert note.replies.get().words == "But why?"


def test_the_place_goes_with_the_last_of_two_replies_removed_at_once(
    take: Take, alice: User, bob: User
) -> None:
    for _time in range(TIMES):
        note = Note.add(take, "Closer.", at_ms=0, by=bob)
        replies = [note.reply(words, by=alice) for words in ("One.", "Two.")]
        note.remove(by=bob)
        first, second = (again(reply) for reply in replies)
        at_once(
            lambda first=first: first.remove(by=alice),
            lambda second=second: second.remove(by=alice),
        )
        assert not Note.objects.exists()


def test_an_answer_is_taken_back_while_its_note_is_removed(
    take: Take, alice: User, bob: User
) -> None:
    take.storyboard.rewrite({"mode": "pro"}, by=alice)
    for _time in range(TIMES):
        note = Note.add(take, "Sharper.", at_ms=0, by=bob)
        NoteAnswer.give(note, Change(Part.MODE), by=alice)
        answer, theirs = NoteAnswer.objects.get(), again(note)
        answer.note = again(note)
        refused = at_once(
            lambda answer=answer: answer.take_back(by=alice),
            lambda theirs=theirs: theirs.remove(by=bob),
        )
        assert (refused, NoteAnswer.objects.count(), Note.objects.count()) == ([], 0, 0)
