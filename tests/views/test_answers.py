"""Making notes changes, and answering them with changes, through the browser's own requests."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from storyboard.models import Note, NoteAnswer, Storyboard, Take, User
from storyboard.models.changes import Change, Part
from tests import builders
from tests.conftest import SignedIn

HTMX = {"HX-Request": "true"}
POSTS = ("answer_note", "take_back_answer", "want_note", "unwant_note")


@pytest.fixture
def note(take: Take, bob: User) -> Note:
    """On the second shot of take 1, made of revision 1."""
    return Note.add(take, "Slower on the lamp.", by=bob, at_ms=3500)


@pytest.fixture
def prompted(note: Note, alice: User) -> str:
    """The draft's second shot says something else since: the change's value in a form."""
    shot = note.take.storyboard.shots.get(key=note.shot_key)
    shot.rewrite({"prompt": "The keeper winds the lamp, slowly."}, by=alice)
    return Change(Part.PROMPT, note.shot_key).value


def at(name: str, note: Note, on: str = "") -> str:
    return reverse(name, args=[note.key]) + (f"?on={on}" if on else "")


def text(browser: Client, address: str, **headers: str) -> str:
    response = browser.get(address, headers=headers)
    assert response.status_code == 200
    return str(response.content.decode())


def test_the_changes_since_the_take_are_listed_those_of_the_shot_first(
    signed_in: SignedIn, note: Note, prompted: str, alice: User
) -> None:
    board = note.take.storyboard
    board.shots.get(position=1).rewrite({"prompt": "A lighthouse at noon."}, by=alice)
    board.rewrite({"mode": "pro"}, by=alice)
    page = text(signed_in(alice), at("answer_note", note))
    places = [page.index(words) for words in ("Shot 2&#x27;s prompt", "Shot 1&#x27;s prompt")]
    assert places == sorted(places)
    assert "The mode" in page
    assert "from revision 1 to the draft of revision 2" in page
    assert "<ins>" in page
    assert page.count("this note's shot") == 1
    assert "Slower on the lamp." in page


def test_without_changes_the_way_to_the_shot_is_shown(
    signed_in: SignedIn, note: Note, alice: User
) -> None:
    page = text(signed_in(alice), at("answer_note", note))
    assert "The draft of revision 2 is the same as revision 1." in page
    assert f"{reverse('storyboard', args=[note.take.storyboard.key])}#shot-{note.shot_key}" in page
    assert "Open shot 2 in the editor" in page
    assert 'type="radio"' not in page


def test_a_script_gets_the_body_of_a_dialog(
    signed_in: SignedIn, note: Note, prompted: str, alice: User
) -> None:
    body = text(signed_in(alice), at("answer_note", note, on=note.take.key), **HTMX)
    assert "data-late-body" in body
    assert "<html" not in body
    assert f'action="{at("answer_note", note, on=note.take.key)}"' in body


def test_choosing_a_change_answers_the_note_on_the_page_it_came_from(
    signed_in: SignedIn, note: Note, prompted: str, alice: User
) -> None:
    browser = signed_in(alice)
    response = browser.post(at("answer_note", note, on=note.take.key), {"change": prompted})
    assert response.status_code == 302
    assert response["Location"] == (
        f"{reverse('take', args=[note.take.key])}?note={note.key}#note-{note.key}"
    )
    assert NoteAnswer.objects.get().note == note
    again = text(browser, at("answer_note", note))
    assert f'value="{prompted}" checked' in again


def test_with_htmx_the_parts_of_the_takes_page_come(
    signed_in: SignedIn, note: Note, prompted: str, alice: User
) -> None:
    address = at("answer_note", note, on=note.take.key)
    response = signed_in(alice).post(address, {"change": prompted}, headers=HTMX)
    page = response.content.decode()
    assert response.status_code == 200
    assert "<html" not in page
    assert 'id="notes"' in page
    assert "Answered by shot 2&#x27;s prompt" in page


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({}, "No change is chosen. Nothing was answered."),
        ({"change": "mode:"}, "The draft has no such change any more. Nothing was answered."),
        ({"change": "nonsense"}, "The draft has no such change any more. Nothing was answered."),
    ],
)
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_what_answers_nothing_is_said(
    signed_in: SignedIn,
    note: Note,
    prompted: str,
    alice: User,
    data: dict[str, str],
    words: str,
    headers: dict[str, str],
) -> None:
    response = signed_in(alice).post(at("answer_note", note), data, headers=headers)
    assert response.status_code == 422
    assert words in response.content.decode()
    assert not NoteAnswer.objects.exists()


def test_an_archived_storyboard_says_why_and_keeps_the_choice(
    signed_in: SignedIn, note: Note, prompted: str, alice: User
) -> None:
    note.take.storyboard.archive(by=alice)
    response = signed_in(alice).post(at("answer_note", note), {"change": prompted})
    assert response.status_code == 422
    page = response.content.decode()
    assert "This storyboard is archived." in page
    assert f'value="{prompted}" checked' in page


def test_an_answer_is_taken_back(
    signed_in: SignedIn, note: Note, prompted: str, alice: User
) -> None:
    browser = signed_in(alice)
    browser.post(at("answer_note", note), {"change": prompted})
    assert browser.post(at("take_back_answer", note)).status_code == 302
    assert not NoteAnswer.objects.exists()
    assert browser.post(at("take_back_answer", note)).status_code == 302


def test_a_note_is_made_a_change_and_none_any_more(
    signed_in: SignedIn, note: Note, carol: User
) -> None:
    browser = signed_in(carol)
    response = browser.post(at("want_note", note, on=note.take.key), headers=HTMX)
    assert response.status_code == 200
    assert "Not a change any more" in response.content.decode()
    note.refresh_from_db()
    assert note.wanted_by == carol
    response = browser.post(at("unwant_note", note, on="draft"))
    board = reverse("storyboard", args=[note.take.storyboard.key])
    assert response["Location"] == f"{board}#to-make"
    note.refresh_from_db()
    assert note.wanted_at is None


def test_a_removed_note_is_made_no_change(signed_in: SignedIn, note: Note, alice: User) -> None:
    note.reply("How?", by=alice)
    note.remove(by=alice)
    for name in ("want_note", "unwant_note", "answer_note"):
        response = signed_in(alice).post(at(name, note), headers=HTMX)
        assert response.status_code == 422
    note.refresh_from_db()
    assert note.wanted_at is None


def test_the_editor_counts_the_changes_to_make_and_lists_them(
    signed_in: SignedIn, note: Note, prompted: str, alice: User, bob: User
) -> None:
    board = note.take.storyboard
    browser = signed_in(alice)
    assert 'data-n="0"' in text(browser, reverse("storyboard", args=[board.key]))
    general = Note.add(note.take, "Too blue.", by=bob)
    for each in (general, note):
        each.want(by=alice)
    NoteAnswer.give(note, Change(Part.PROMPT, note.shot_key), by=alice)
    page = text(browser, reverse("storyboard", args=[board.key]))
    assert 'data-n="2"' in page
    assert "1 of 2 left" in page
    whole = text(browser, reverse("changes_to_make", args=[board.key]))
    assert whole.index("Slower on") < whole.index("Too blue.")
    assert f"#shot-{note.shot_key}" in whole
    assert f"{reverse('take', args=[note.take.key])}?note={note.key}#note-{note.key}" in whole
    assert "Answered by shot 2&#x27;s prompt" in whole
    assert "in the draft of revision 2" in whole
    part = text(browser, reverse("changes_to_make", args=[board.key]), **HTMX)
    assert "<html" not in part
    assert 'id="to-make-list"' in part
    assert 'id="to-make-count"' in part


def test_an_answer_from_the_editor_answers_with_its_list(
    signed_in: SignedIn, note: Note, prompted: str, alice: User
) -> None:
    note.want(by=alice)
    address = at("answer_note", note, on="draft")
    response = signed_in(alice).post(address, {"change": prompted}, headers=HTMX)
    page = response.content.decode()
    assert 'id="to-make-list"' in page
    assert "all answered" in page


def test_an_empty_list_says_how_it_fills(
    signed_in: SignedIn, storyboard: Storyboard, bob: User
) -> None:
    page = text(signed_in(bob), reverse("changes_to_make", args=[storyboard.key]))
    assert "No note is a change to make." in page


def test_who_does_not_edit_reads_along(
    signed_in: SignedIn, note: Note, prompted: str, alice: User, bob: User
) -> None:
    note.want(by=alice)
    NoteAnswer.give(note, Change(Part.PROMPT, note.shot_key), by=alice)
    page = text(signed_in(bob), reverse("changes_to_make", args=[note.take.storyboard.key]))
    assert "Answered by shot 2&#x27;s prompt" in page
    for words in ("Take the answer back", "Not a change any more", "Answer with a change"):
        assert words not in page


def test_the_list_costs_the_same_for_one_note_and_for_many(
    signed_in: SignedIn, note: Note, prompted: str, alice: User, bob: User
) -> None:
    browser, board = signed_in(alice), note.take.storyboard
    change = Change(Part.PROMPT, note.shot_key)

    def cost() -> int:
        with CaptureQueriesContext(connection) as asked:
            text(browser, reverse("changes_to_make", args=[board.key]), **HTMX)
        return len(asked)

    note.want(by=alice)
    NoteAnswer.give(note, change, by=alice)
    cost()
    few = cost()
    for number in range(12):
        more = Note.add(note.take, f"Note {number}", by=bob, at_ms=number * 100)
        more.want(by=alice)
        NoteAnswer.give(more, change, by=alice)
    assert cost() == few


@pytest.mark.parametrize("name", POSTS)
def test_notes_become_changes_only_by_who_edits(
    signed_in: SignedIn, note: Note, prompted: str, bob: User, charlie: User, name: str
) -> None:
    data = {"change": prompted}
    assert signed_in(bob).post(at(name, note), data).status_code == 403
    assert signed_in(charlie).post(at(name, note), data).status_code == 404
    anonymous = Client().post(at(name, note), data)
    assert anonymous.status_code == 302
    assert anonymous["Location"].startswith(reverse("account_login"))
    note.refresh_from_db()
    assert (note.wanted_at, NoteAnswer.objects.count()) == (None, 0)


@pytest.mark.parametrize("name", POSTS[1:])
def test_changing_takes_posts_alone(
    signed_in: SignedIn, note: Note, alice: User, name: str
) -> None:
    assert signed_in(alice).get(at(name, note)).status_code == 405


def test_the_list_is_for_the_team_and_for_reading(
    signed_in: SignedIn, storyboard: Storyboard, alice: User, charlie: User
) -> None:
    address = reverse("changes_to_make", args=[storyboard.key])
    assert signed_in(charlie).get(address).status_code == 404
    assert signed_in(alice).post(address).status_code == 405
    assert Client().get(address).status_code == 302


def test_a_page_that_is_not_of_the_storyboard_leads_to_the_notes_own_take(
    signed_in: SignedIn, note: Note, prompted: str, alice: User, bob: User
) -> None:
    other = builders.make_storyboard(note.take.storyboard.project, by=alice, name="Another")
    revision = builders.approve(builders.make_revision(other, by=alice), by=bob)
    foreign = builders.make_take(revision, by=alice)
    for on in (foreign.key, "nobody", "%00"):
        response = signed_in(alice).post(at("want_note", note, on=on))
        assert response["Location"].startswith(reverse("take", args=[note.take.key]))
